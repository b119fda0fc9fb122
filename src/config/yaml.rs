//! YAML as neutral values, with their places in bytes.

use super::Problem;
use super::node::{Data, Entry, Node};
use crate::text::Span;
use saphyr::{LoadableYamlNode, MarkedYaml, Marker, Scalar, YamlData};

/// The first document of a text; a text that is no YAML has none.
pub(super) fn read(text: &str, problems: &mut Vec<Problem>) -> Option<Node> {
    let places = Places(text.char_indices().map(|(at, _)| at as u32).chain([text.len() as u32]).collect());
    match MarkedYaml::load_from_str(text) {
        Ok(documents) => documents.first().map(|document| node(document, &places)),
        Err(error) => {
            let at = places.byte(error.marker());
            problems.push(Problem {
                span: Some(Span::new(at, at)),
                message: format!("this is no YAML: {}", error.info()),
            });
            None
        }
    }
}

/// Where each character begins; saphyr counts characters.
struct Places(Vec<u32>);

impl Places {
    fn byte(&self, marker: &Marker) -> u32 {
        self.0.get(marker.index()).or(self.0.last()).copied().unwrap_or(0)
    }
}

fn node(yaml: &MarkedYaml<'_>, places: &Places) -> Node {
    let (start, end) = (places.byte(&yaml.span.start), places.byte(&yaml.span.end));
    let data = match &yaml.data {
        YamlData::Value(scalar) => match scalar {
            Scalar::Null => Data::Null,
            Scalar::Boolean(flag) => Data::Flag(*flag),
            Scalar::Integer(number) => {
                u64::try_from(*number).map_or(Data::Other("number below 0"), Data::Number)
            }
            Scalar::FloatingPoint(_) => Data::Other("fraction"),
            Scalar::String(text) => Data::Text(text.to_string()),
        },
        YamlData::Sequence(items) => Data::List(items.iter().map(|item| node(item, places)).collect()),
        YamlData::Mapping(pairs) => {
            let entry = |(name, value): (&MarkedYaml<'_>, &MarkedYaml<'_>)| {
                let name = node(name, places);
                Some(Entry { name: name.text()?.to_owned(), span: name.span, value: node(value, places) })
            };
            Data::Table(pairs.iter().filter_map(entry).collect())
        }
        YamlData::Tagged(_, inner) => return node(inner, places),
        _ => Data::Other("value that YAML can't tell"),
    };
    Node { span: Some(Span::new(start, end.max(start))), data }
}
