//! One Bake file, HCL or JSON, as it is written.

use hcl::expr::{Expression, Object, ObjectKey, TemplateExpr};
use hcl::{Body, Structure};

/// What one file says; expressions aren't evaluated yet.
#[derive(Debug, Default)]
pub(super) struct File {
    /// Variables by name, with their defaults, and the attributes that stand alone.
    pub variables: Vec<(String, Expression)>,
    /// Groups by name, with their `targets`.
    pub groups: Vec<(String, Expression)>,
    /// Targets by name, with their attributes.
    pub targets: Vec<(String, Vec<(String, Expression)>)>,
}

/// Reads HCL; None for what isn't.
pub(super) fn read(text: &str) -> Option<File> {
    let body: Body = hcl::parse(text).ok()?;
    let mut file = File::default();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                file.variables.push((attribute.key().to_owned(), attribute.expr().clone()));
            }
            Structure::Block(block) => {
                let Some(label) = block.labels().first().map(|label| label.as_str().to_owned()) else {
                    continue;
                };
                let attribute = |name: &str| {
                    block.body().attributes().find(|one| one.key() == name).map(|one| one.expr().clone())
                };
                match block.identifier() {
                    "variable" => file.variables.extend(attribute("default").map(|value| (label, value))),
                    "group" => file.groups.extend(attribute("targets").map(|targets| (label, targets))),
                    "target" => {
                        let attributes = block.body().attributes();
                        let attributes = attributes.map(|one| (one.key().to_owned(), one.expr().clone()));
                        file.targets.push((label, attributes.collect()));
                    }
                    _ => {}
                }
            }
        }
    }
    Some(file)
}

/// Reads JSON, whose texts are templates; None for what isn't.
pub(super) fn read_json(text: &str) -> Option<File> {
    let serde_json::Value::Object(root) = serde_json::from_str(text).ok()? else { return None };
    let mut file = File::default();
    for (kind, named) in root {
        let serde_json::Value::Object(named) = named else { continue };
        for (name, value) in named {
            match kind.as_str() {
                "variable" => file.variables.extend(value.get("default").map(|value| (name, json(value)))),
                "group" => file.groups.extend(value.get("targets").map(|targets| (name, json(targets)))),
                "target" => {
                    let attributes = value.as_object().into_iter().flatten();
                    let attributes = attributes.map(|(key, value)| (key.clone(), json(value)));
                    file.targets.push((name, attributes.collect()));
                }
                _ => {}
            }
        }
    }
    Some(file)
}

fn json(value: &serde_json::Value) -> Expression {
    use serde_json::Value;
    match value {
        Value::Null => Expression::Null,
        Value::Bool(flag) => Expression::Bool(*flag),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Expression::from(whole),
            (None, Some(fraction)) => Expression::from(fraction),
            (None, None) => Expression::Null,
        },
        Value::String(text) if text.contains("${") || text.contains("%{") => {
            TemplateExpr::from(text.as_str()).into()
        }
        Value::String(text) => Expression::from(text.as_str()),
        Value::Array(items) => Expression::Array(items.iter().map(json).collect()),
        Value::Object(pairs) => {
            let pair = |(key, value): (&String, &Value)| {
                (ObjectKey::Expression(Expression::from(key.as_str())), json(value))
            };
            Expression::Object(pairs.iter().map(pair).collect::<Object<_, _>>())
        }
    }
}
