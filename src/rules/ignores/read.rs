use super::{Dialect, Name, Reach};
use crate::text::Span;
use std::cell::Cell;

/// What a comment says to a linter.
pub(super) enum Said {
    Ignore {
        dialect: Dialect,
        reach: Reach,
        names: Vec<Name>,
    },
    /// What reads the shell forms of RUN: `shell=`.
    Shell {
        dialect: Dialect,
        value: Span,
    },
}

/// Reads the comment at `span`, its `#` included.
pub(super) fn read(source: &str, span: Span) -> Option<Said> {
    let comment = Part { text: span.of(source), start: span.start };
    let comment = comment.after('#')?.trim();
    if let Some(value) = check(comment.text) {
        let names = Options::read(Part { text: value, start: comment.end() - value.len() as u32 }).skip;
        let (dialect, reach) = (Dialect::Check, Reach::Instruction);
        return (!names.is_empty()).then_some(Said::Ignore { dialect, reach, names });
    }
    let (tool, rest) = comment.word()?;
    let dialect = match tool {
        "hadolint" => Dialect::Hadolint,
        "tally" => Dialect::Tally,
        "plimsoll" => Dialect::Own,
        _ => return None,
    };
    if let (Some(value), true) = (rest.value_of("shell"), dialect != Dialect::Own) {
        let (name, after) = value.word().unwrap_or((value.text, Part { text: "", ..value }));
        let sound = !name.is_empty() && (after.text.is_empty() || after.text.starts_with('#'));
        let value = Span::new(value.start, value.start + name.len() as u32);
        return sound.then_some(Said::Shell { dialect, value });
    }
    let (reach, rest) = match rest.word() {
        Some(("global", rest)) => (Reach::File, rest),
        Some(("file", rest)) if dialect == Dialect::Own => (Reach::File, rest),
        Some(("stage", rest)) if dialect != Dialect::Tally => (Reach::Stage, rest),
        _ => (Reach::Instruction, rest),
    };
    let Some(value) = rest.value_of("ignore") else {
        // Ours, and meant: what is wrong with it can be told.
        let meant = dialect == Dialect::Own && rest.text.starts_with("ignore");
        return meant.then_some(Said::Ignore { dialect, reach, names: Vec::new() });
    };
    let names = match dialect {
        Dialect::Hadolint => codes(value)?,
        Dialect::Tally => value.before(";").split(&[',']).filter_map(Part::first_word).collect(),
        Dialect::Own => {
            let names = reason(value).split(&[',', ' ', '\t']);
            names.filter(|name| !name.text.is_empty()).map(Part::name).collect()
        }
        Dialect::Check => return None,
    };
    (!names.is_empty() || dialect == Dialect::Own).then_some(Said::Ignore { dialect, reach, names })
}

/// The value of `check = …`, as of a parser directive.
fn check(text: &str) -> Option<&str> {
    let name = text.get(..5)?;
    let value = text[5..].trim_start().strip_prefix('=')?;
    name.eq_ignore_ascii_case("check").then(|| value.trim_start())
}

/// hadolint's list of codes; None where anything in it isn't one. A ` # reason` may follow.
fn codes(value: Part<'_>) -> Option<Vec<Name>> {
    let code = |part: Part<'_>| {
        let part = part.trim();
        let sound =
            !part.text.is_empty() && part.text.chars().all(|c| "DLSC".contains(c) || c.is_ascii_digit());
        sound.then(|| part.name())
    };
    value.before("#").split(&[',']).map(code).collect()
}

/// What stands before ` -- why`.
fn reason(value: Part<'_>) -> Part<'_> {
    match value.text.starts_with("--") {
        true => Part { text: "", ..value },
        false => value.before(" --").before("\t--"),
    }
}

/// What a check directive says. Its value ends at the first blank.
#[derive(Default)]
pub(super) struct Options {
    pub skip: Vec<Name>,
    pub error: bool,
    pub experimental: Vec<Name>,
}

impl Options {
    pub(super) fn of(source: &str, value: Span) -> Self {
        Self::read(Part { text: value.of(source), start: value.start })
    }

    fn read(value: Part<'_>) -> Self {
        let mut options = Self::default();
        for option in value.before(" ").before("\t").split(&[';']) {
            let (key, _) = option.text.split_once('=').unwrap_or((option.text, ""));
            let Some(value) = option.after('=') else { continue };
            let names = || value.split(&[',']).filter_map(Part::first_word).collect::<Vec<Name>>();
            match key.trim() {
                "skip" => options.skip = names(),
                "experimental" => options.experimental = names(),
                // What Go's strconv.ParseBool takes for true.
                "error" => options.error = matches!(value.text, "1" | "t" | "T" | "TRUE" | "true" | "True"),
                _ => {}
            }
        }
        options
    }
}

/// A piece of the file, and where it begins.
#[derive(Clone, Copy)]
struct Part<'t> {
    text: &'t str,
    start: u32,
}

impl<'t> Part<'t> {
    fn end(self) -> u32 {
        self.start + self.text.len() as u32
    }

    fn from(self, at: usize) -> Self {
        Self { text: &self.text[at..], start: self.start + at as u32 }
    }

    /// What follows the first `mark`.
    fn after(self, mark: char) -> Option<Self> {
        Some(self.from(self.text.find(mark)? + mark.len_utf8()))
    }

    fn before(self, mark: &str) -> Self {
        Self { text: self.text.split(mark).next().unwrap_or(self.text), ..self }
    }

    fn trim(self) -> Self {
        let text = self.text.trim_start();
        let start = self.text.len() - text.len();
        Self { text: text.trim_end(), start: self.start + start as u32 }
    }

    /// The first word, and what follows the blanks behind it; None where there are no blanks.
    fn word(self) -> Option<(&'t str, Self)> {
        let end = self.text.find([' ', '\t'])?;
        Some((&self.text[..end], self.from(end).trim()))
    }

    /// The value of `key = value`.
    fn value_of(self, key: &str) -> Option<Self> {
        let rest = self.text.strip_prefix(key)?.trim_start_matches([' ', '\t']);
        let value = rest.strip_prefix('=')?;
        Some(self.from(self.text.len() - value.len()).trim())
    }

    /// The parts between marks, each of which is one byte.
    fn split(self, marks: &[char]) -> impl Iterator<Item = Self> {
        let mut start = self.start;
        self.text.split(marks).map(move |text| {
            let part = Self { text, start };
            start = part.end() + 1;
            part
        })
    }

    fn first_word(self) -> Option<Name> {
        let part = self.trim();
        let text = part.text.split_whitespace().next()?;
        Some(Self { text, ..part }.name())
    }

    fn name(self) -> Name {
        let span = Span::new(self.start, self.end());
        Name { text: self.text.into(), span, used: Cell::new(false) }
    }
}
