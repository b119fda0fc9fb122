//! YAML as what Compose makes of it.

use super::budget::LARGEST_NODES;
use saphyr::{Scalar, Yaml, YamlLoader};
use saphyr_parser::Parser;
use std::collections::{HashMap, HashSet};

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
    /// A text that hangs on something that isn't known here.
    Unknown,
}

/// The documents of a text that hold a map; None for what is no YAML or holds none.
pub(super) fn read(text: &str) -> Option<Vec<Node>> {
    if is_deep(text) {
        return None;
    }
    let mut loader: YamlLoader<'_, Yaml<'_>> = YamlLoader::default();
    // An alias is a copy of what it names, and each node of that may be as long as the whole text.
    loader.alias_limit(LARGEST_NODES / text.len().max(1));
    Parser::new_from_str(text).load(&mut loader, true).ok()?;
    if loader.error().is_some() {
        return None;
    }
    let mut left = LARGEST_NODES;
    let documents = loader.into_documents();
    let mut maps = Vec::new();
    for document in &documents {
        match node(document, &mut left)? {
            // What is empty says nothing, which is sound.
            Node::Null => {}
            map @ Node::Map(_) => maps.push(map),
            _ => return None,
        }
    }
    Some(maps)
}

/// Whether values stand so deep in one another that reading them takes too much of the stack. Flows are
/// bounded by the library itself, and indentation by the size of the file.
fn is_deep(text: &str) -> bool {
    let dashes =
        |line: &str| line.chars().take_while(|c| " \t-?".contains(*c)).filter(|c| "-?".contains(*c)).count();
    text.lines().any(|line| dashes(line) > 32)
}

/// None where it holds more than is `left`.
fn node(yaml: &Yaml<'_>, left: &mut usize) -> Option<Node> {
    *left = left.checked_sub(size_of::<Node>())?;
    let mut text = |text: String| {
        *left = left.checked_sub(text.len())?;
        Some(Node::Text(text))
    };
    match yaml {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Some(Node::Null),
            Scalar::Boolean(flag) => text(flag.to_string()),
            Scalar::Integer(number) => text(number.to_string()),
            Scalar::FloatingPoint(number) => text(number.to_string()),
            Scalar::String(string) => text(string.to_string()),
        },
        Yaml::Sequence(items) => {
            items.iter().map(|item| node(item, left)).collect::<Option<_>>().map(Node::List)
        }
        Yaml::Mapping(pairs) => {
            let mut own = Vec::new();
            let mut merged = Vec::new();
            for (key, value) in pairs {
                let key = match key.as_str() {
                    Some(key) => key.to_owned(),
                    None => match node(key, left)? {
                        Node::Text(key) => key,
                        _ => continue,
                    },
                };
                *left = left.checked_sub(key.len())?;
                match (key.as_str(), node(value, left)?) {
                    ("<<", Node::Map(more)) => merged.extend(more),
                    // Of several maps the first counts.
                    ("<<", Node::List(maps)) => {
                        for map in maps {
                            if let Node::Map(more) = map {
                                merged.extend(more);
                            }
                        }
                    }
                    (_, value) => own.push((key, value)),
                }
            }
            if !merged.is_empty() {
                let mut known: HashSet<String> = own.iter().map(|(key, _)| key.clone()).collect();
                merged.retain(|(key, _)| known.insert(key.clone()));
                own.extend(merged);
            }
            Some(Node::Map(own))
        }
        Yaml::Tagged(tag, inner) => Some(match tag.suffix.as_str() {
            "reset" => Node::Reset,
            "override" => Node::Override(Box::new(node(inner, left)?)),
            _ => node(inner, left)?,
        }),
        _ => Some(Node::Null),
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

    /// What `make` makes of what stands here; the tags stay.
    pub fn map_with(&self, make: impl FnOnce(&Node) -> Node) -> Node {
        match self {
            Node::Reset | Node::Null => self.clone(),
            Node::Override(inner) => Node::Override(Box::new(make(inner))),
            other => make(other),
        }
    }

    /// Lays `over` over this, as a later file over an earlier one. Source: compose-go, `override/merge.go` and
    /// `loader/reset.go`.
    pub fn overlay(&mut self, over: Node) {
        match (&mut *self, over) {
            (_, Node::Null) => {}
            (Node::Map(own), Node::Map(over)) => {
                let mut places: HashMap<String, usize> =
                    own.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect();
                for (key, value) in over {
                    let place = *places.entry(key.clone()).or_insert(own.len());
                    match own.get_mut(place) {
                        Some((_, known)) => known.overlay(value),
                        None => own.push((key, value.plain())),
                    }
                }
            }
            (Node::List(own), Node::List(over)) => own.extend(over),
            (own, over) => *own = over.plain(),
        }
    }

    /// What stands here where nothing stood before.
    pub fn plain(self) -> Node {
        match self {
            Node::Reset => Node::Null,
            Node::Override(inner) => inner.plain(),
            Node::Map(pairs) => {
                Node::Map(pairs.into_iter().map(|(key, value)| (key, value.plain())).collect())
            }
            other => other,
        }
    }
}
