//! The JSON schema of `plimsoll.toml`, made from the table that its reader goes by.

use crate::settings::{KEYS, Key, Kind, LabelKind, Level};
use serde_json::{Map, Value, json};

/// The schema, for editors that check and complete TOML by one.
pub fn schema() -> Value {
    let mut properties = Map::new();
    properties.insert("$schema".to_owned(), json!({"type": "string"}));
    // A file of a workspace names no program.
    for key in KEYS.iter().filter(|key| !matches!(key.kind, Kind::Program)) {
        match key.name.split_once('.') {
            None => {
                properties.insert(key.name.to_owned(), of(key));
            }
            Some((table, name)) => {
                let table = properties.entry(table).or_insert_with(
                    || json!({"type": "object", "additionalProperties": false, "properties": {}}),
                );
                table["properties"][name] = of(key);
            }
        }
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "plimsoll.toml",
        "description": "Settings of Plimsoll, for the Dockerfiles in this folder and below",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn of(key: &Key) -> Value {
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    let mut schema = match key.kind {
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Text | Kind::Program => json!({"type": "string"}),
        Kind::OneOf(names) => json!({"enum": names()}),
        Kind::Texts | Kind::RuleNames => texts(),
        Kind::Labels => {
            json!({"type": "object", "additionalProperties": {"enum": LabelKind::ALL.map(LabelKind::as_str)}})
        }
        Kind::Pairs => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        Kind::Rules => {
            let severity = json!({"enum": Level::ALL.map(Level::as_str)});
            let table = json!({
                "type": "object",
                "properties": {"severity": severity},
                "additionalProperties": {
                    "anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 0}, texts()],
                },
            });
            json!({"type": "object", "additionalProperties": {"anyOf": [severity, table]}})
        }
    };
    schema["description"] = json!(key.about);
    schema
}
