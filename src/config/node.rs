//! Settings as they are written, in whatever format: values with their places.

use crate::text::Span;

/// A value, and where it stands in its file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub span: Option<Span>,
    pub data: Data,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
    Null,
    Flag(bool),
    Number(u64),
    Text(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
    /// Something that no setting takes: its kind.
    Other(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub name: String,
    pub span: Option<Span>,
    pub value: Node,
}

impl Node {
    pub fn bare(data: Data) -> Self {
        Self { span: None, data }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// How a message names it.
    pub fn shown(&self) -> String {
        match &self.data {
            Data::Null => "nothing".to_owned(),
            Data::Flag(flag) => flag.to_string(),
            Data::Number(number) => number.to_string(),
            Data::Text(text) => format!("{text:?}"),
            Data::List(_) => "a list".to_owned(),
            Data::Table(_) => "a table".to_owned(),
            Data::Other(kind) => format!("a {kind}"),
        }
    }
}
