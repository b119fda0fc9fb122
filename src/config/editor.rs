//! What an editor sets: `initializationOptions`, and what it says of its configuration later.

use super::node::{Data, Entry, Node};
use super::read::Reader;
use crate::settings::Layer;
use serde_json::Value;

/// Reads an editor's settings, bare or below `plimsoll`. What is wrong is left out, with a sentence for the user.
pub fn read(value: &Value) -> (Layer, Vec<String>) {
    let value = value.get("plimsoll").unwrap_or(value);
    let mut problems = Vec::new();
    let layer = Reader { problems: &mut problems, prefix: "plimsoll.", own: true }.table(&node(value));
    let sentence = |problem: super::Problem| format!("In the editor's settings: {}.", problem.message);
    (layer, problems.into_iter().map(sentence).collect())
}

fn node(value: &Value) -> Node {
    Node::bare(match value {
        Value::Null => Data::Null,
        Value::Bool(flag) => Data::Flag(*flag),
        Value::Number(number) => number.as_u64().map_or(Data::Other("number below 0"), Data::Number),
        Value::String(text) => Data::Text(text.clone()),
        Value::Array(items) => Data::List(items.iter().map(node).collect()),
        Value::Object(entries) => {
            let entry = |(name, value): (&String, &Value)| Entry {
                name: name.clone(),
                span: None,
                value: node(value),
            };
            Data::Table(entries.iter().map(entry).collect())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Hints, Lenses, Profile, Settings};
    use serde_json::json;

    #[test]
    fn settings_are_read_bare_and_below_the_name() {
        let bare = json!({"profile": "hadolint", "hints": {"cache": false}, "lenses": {"stages": false}});
        for value in [bare.clone(), json!({"plimsoll": bare, "other": 1})] {
            let (layer, wrong) = read(&value);
            let settings = Settings::of(&[&layer]);
            assert_eq!(settings.profile, Profile::Hadolint);
            assert_eq!(settings.hints, Hints { cache: false, ..Hints::default() });
            assert_eq!(settings.lenses, Lenses { stages: false, ..Lenses::default() });
            assert_eq!(wrong, [""; 0]);
        }
        for nothing in [json!(null), json!({}), json!({"plimsoll": null}), json!({"hints": null})] {
            assert_eq!(read(&nothing), (Layer::default(), Vec::new()), "{nothing}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_holds() {
        let value = json!({"profile": "loose", "hints": {"weight": "no", "cache": false}});
        let (layer, wrong) = read(&value);
        assert_eq!(Settings::of(&[&layer]).hints, Hints { cache: false, ..Hints::default() });
        assert_eq!(
            wrong,
            [
                "In the editor's settings: plimsoll.profile takes one of editor, hadolint, buildkit and strict, not \"loose\"; it is left out.",
                "In the editor's settings: plimsoll.hints.weight takes true or false, not \"no\"; it is left out.",
            ]
        );
        let (layer, wrong) = read(&json!([1]));
        assert_eq!((layer, wrong.len()), (Layer::default(), 1));
    }
}
