//! YAML as what Compose makes of it.

use saphyr::{LoadableYamlNode, Scalar, Yaml};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Null,
    /// A text, or a number or truth value as Compose writes it.
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    /// `!reset`: what stood there before is taken away.
    Reset,
    /// `!override`: it isn't merged with what stood there before.
    Override(Box<Node>),
}

/// The first document of a text; None for what is no YAML or holds no map.
pub(super) fn read(text: &str) -> Option<Node> {
    if is_deep(text) {
        return None;
    }
    let documents = Yaml::load_from_str(text).ok()?;
    match node(documents.first()?) {
        map @ Node::Map(_) => Some(map),
        // An empty file says nothing, which is sound.
        Node::Null => Some(Node::Map(Vec::new())),
        _ => None,
    }
}

/// Whether values stand so deep in one another that reading them takes too much of the stack. Flows are
/// bounded by the library itself, and indentation by the size of the file.
fn is_deep(text: &str) -> bool {
    let dashes =
        |line: &str| line.chars().take_while(|c| " \t-?".contains(*c)).filter(|c| "-?".contains(*c)).count();
    text.lines().any(|line| dashes(line) > 32)
}

fn node(yaml: &Yaml<'_>) -> Node {
    match yaml {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Node::Null,
            Scalar::Boolean(flag) => Node::Text(flag.to_string()),
            Scalar::Integer(number) => Node::Text(number.to_string()),
            Scalar::FloatingPoint(number) => Node::Text(number.to_string()),
            Scalar::String(text) => Node::Text(text.to_string()),
        },
        Yaml::Sequence(items) => Node::List(items.iter().map(node).collect()),
        Yaml::Mapping(pairs) => {
            let mut own = Vec::new();
            let mut merged = Vec::new();
            for (key, value) in pairs {
                match (key.as_str(), node(value)) {
                    (Some("<<"), Node::Map(more)) => merged.extend(more),
                    // Of several maps the first counts.
                    (Some("<<"), Node::List(maps)) => {
                        for map in maps {
                            if let Node::Map(more) = map {
                                merged.extend(more);
                            }
                        }
                    }
                    (Some(key), value) => own.push((key.to_owned(), value)),
                    (None, value) => {
                        if let Node::Text(key) = node(key) {
                            own.push((key, value));
                        }
                    }
                }
            }
            for (key, value) in merged {
                if !own.iter().any(|(known, _)| *known == key) {
                    own.push((key, value));
                }
            }
            Node::Map(own)
        }
        Yaml::Tagged(tag, inner) => match tag.suffix.as_str() {
            "reset" => Node::Reset,
            "override" => Node::Override(Box::new(node(inner))),
            _ => node(inner),
        },
        _ => Node::Null,
    }
}

impl Node {
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.map().iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The pairs of a map; none of anything else.
    pub fn map(&self) -> &[(String, Node)] {
        match self {
            Node::Map(pairs) => pairs,
            Node::Override(inner) => inner.map(),
            _ => &[],
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            Node::Override(inner) => inner.text(),
            _ => None,
        }
    }
}
