//! Options apart from operands.

use crate::shell::Word;
use crate::text::Span;
use std::borrow::Cow;

/// One option of a command.
#[derive(Clone, Debug)]
pub struct Flag<'s> {
    /// With its dashes, without a value; letters written together are one flag each (`-yq` is `-y`, `-q`).
    pub name: String,
    /// What follows the `=`, or the next word where the option takes one.
    pub value: Option<Cow<'s, str>>,
    /// Its word, and its value's.
    pub span: Span,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Args<'s> {
    /// All of them.
    words: &'s [Word],
    pub flags: Vec<Flag<'s>>,
    /// The words that are no options, each with its index.
    pub operands: Vec<(usize, &'s Word)>,
    /// The index of the `--` that ends the options.
    pub end: Option<usize>,
}

impl<'s> Args<'s> {
    /// The words behind the operand `index`; none where there is no such operand.
    pub fn after(&self, index: usize) -> &'s [Word] {
        self.operands.get(index).map_or(&[], |(at, _)| &self.words[at + 1..])
    }

    /// The operand `index` and the words behind it; none where there is no such operand.
    pub fn from(&self, index: usize) -> &'s [Word] {
        self.operands.get(index).map_or(&[], |(at, _)| &self.words[*at..])
    }

    /// The operands from `index` on, as packages of node.
    pub fn node_packages(&self, index: usize) -> Vec<super::Package> {
        self.operands.iter().skip(index).map(|(_, word)| super::node_package(word)).collect()
    }

    pub fn verb(&self) -> Option<Cow<'s, str>> {
        self.operands.first()?.1.literal()
    }

    pub fn value(&self, names: &[&str]) -> Option<String> {
        let flag = self.flags.iter().rev().find(|flag| names.contains(&&*flag.name))?;
        flag.value.clone().map(Cow::into_owned)
    }

    pub fn on(&self, names: &[&str]) -> bool {
        on(&self.flags, names)
    }
}

/// Whether a switch is on: there, and not `=false`.
pub(super) fn on(flags: &[Flag<'_>], names: &[&str]) -> bool {
    let last = flags.iter().rev().find(|flag| names.contains(&&*flag.name));
    last.is_some_and(|flag| flag.value.as_deref() != Some("false"))
}

/// Splits arguments; `values` are the options whose value is the next word, short ones with one dash also
/// where the value is written to them (`-tbookworm`).
pub(super) fn split<'s>(args: &'s [Word], values: &[&str]) -> Args<'s> {
    let mut split = Args { words: args, ..Args::default() };
    let mut index = 0;
    while let Some(word) = args.get(index) {
        let text = word.value_or_text();
        let at = index;
        index += 1;
        if split.end.is_some() || !text.starts_with('-') || text == "-" {
            split.operands.push((at, word));
        } else if text == "--" {
            split.end = Some(at);
        } else if let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.contains(' ')) {
            split.flags.push(Flag {
                name: name.to_owned(),
                value: Some(Cow::Owned(value.to_owned())),
                span: word.span,
            });
        } else if values.contains(&&*text) {
            let value = args.get(index);
            index += 1;
            let span = value.map_or(word.span, |value| word.span.to(value.span));
            split.flags.push(Flag { name: text.into_owned(), value: value.map(Word::value_or_text), span });
        } else if text.starts_with("--") || text.len() == 2 {
            split.flags.push(Flag { name: text.into_owned(), value: None, span: word.span });
        } else {
            short(&text, word, values, args, &mut index, &mut split);
        }
    }
    split
}

/// Letters written together; the first that takes a value takes the rest, or the next word.
fn short<'s>(
    text: &str,
    word: &Word,
    values: &[&str],
    args: &'s [Word],
    index: &mut usize,
    split: &mut Args<'s>,
) {
    for (at, letter) in text.char_indices().skip(1) {
        let name = format!("-{letter}");
        let rest = &text[at + letter.len_utf8()..];
        if !values.contains(&&*name) {
            split.flags.push(Flag { name, value: None, span: word.span });
        } else if rest.is_empty() {
            let value = args.get(*index);
            *index += 1;
            let span = value.map_or(word.span, |value| word.span.to(value.span));
            split.flags.push(Flag { name, value: value.map(Word::value_or_text), span });
        } else {
            split.flags.push(Flag { name, value: Some(Cow::Owned(rest.to_owned())), span: word.span });
            return;
        }
    }
}
