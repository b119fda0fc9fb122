//! From a logical line to an instruction: keyword, flags, arguments.
//!
//! Source: BuildKit `frontend/dockerfile/parser/line_parsers.go` and the dispatch table of `parser.go`.

use super::error::{ErrorKind, SyntaxError};
use super::tree::{Flag, Form, Instruction, Word};
use super::words::{self, Json};
use super::{Keyword, suggest};
use crate::text::{Edit, Span, Splice};
use memchr::memchr;

/// What reading an instruction needs to know of the file.
pub(super) struct Input<'a> {
    pub source: &'a str,
    pub escape: char,
}

/// ONBUILD may hold another instruction, which BuildKit refuses to be ONBUILD again; deeper nesting isn't read.
const MAX_TRIGGERS: u32 = 8;

/// Reads one logical line. Lines, comments and heredocs are for the caller to fill in.
pub(super) fn read(input: &Input<'_>, logical: Splice, errors: &mut Vec<SyntaxError>) -> Instruction {
    read_in(input, &logical, Span::new(0, logical.len()), errors, 0)
}

/// Reads the instruction in `within`, which counts bytes of `logical`.
fn read_in(
    input: &Input<'_>,
    logical: &Splice,
    within: Span,
    errors: &mut Vec<SyntaxError>,
    depth: u32,
) -> Instruction {
    let text = logical.text(input.source);
    let trimmed = trim(text, within);
    let line = trimmed.of(text);
    let keyword_len = line.bytes().position(words::is_blank).unwrap_or(line.len());
    let name = &line[..keyword_len];
    let keyword = Keyword::parse(name);
    let keyword_span = logical.span(Span::new(trimmed.start, trimmed.start + keyword_len as u32));

    let blanks = line[keyword_len..].bytes().take_while(|&byte| words::is_blank(byte)).count();
    let behind = keyword_len + blanks;
    let (raw_flags, rest_at) = words::flags(&line[behind..]);
    let base = trimmed.start + behind as u32;
    let flags = raw_flags.iter().map(|raw| flag(input, logical, base, raw)).collect();
    let rest = trim(text, Span::new(base + rest_at as u32, trimmed.end));

    let mut instruction = Instruction {
        keyword,
        keyword_span,
        span: logical.span(trimmed),
        full_span: logical.span(trimmed),
        first_line: 0,
        last_line: 0,
        flags,
        form: Form::None,
        args: Vec::new(),
        heredocs: Vec::new(),
        trigger: None,
        comments: Vec::new(),
        blank_lines: Vec::new(),
        logical: logical.clone(),
        rest,
    };
    let mut arguments = Arguments { input, logical, text, rest, errors };
    match keyword {
        Keyword::Add | Keyword::Copy | Keyword::Volume => {
            (instruction.form, instruction.args) = match arguments.exec(rest) {
                Some(args) => (Form::Exec, args),
                None => (Form::Words, arguments.words()),
            }
        }
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell => {
            (instruction.form, instruction.args) = match arguments.exec(rest) {
                Some(args) => (Form::Exec, args),
                None => (Form::Text, arguments.text(rest)),
            }
        }
        Keyword::From | Keyword::Expose => {
            (instruction.form, instruction.args) = (Form::Words, arguments.words());
        }
        Keyword::Env | Keyword::Label => {
            (instruction.form, instruction.args) = arguments.pairs(keyword);
        }
        Keyword::Arg => (instruction.form, instruction.args) = (Form::Names, arguments.names()),
        Keyword::Healthcheck => (instruction.form, instruction.args) = arguments.check(),
        Keyword::Maintainer | Keyword::Stopsignal | Keyword::User | Keyword::Workdir => {
            (instruction.form, instruction.args) = (Form::Text, arguments.text(rest));
        }
        Keyword::Onbuild => {
            instruction.form = Form::Trigger;
            if !rest.is_empty() && depth < MAX_TRIGGERS {
                let trigger = read_in(input, logical, rest, arguments.errors, depth + 1);
                instruction.trigger = Some(Box::new(trigger));
            }
        }
        Keyword::Unknown if depth == 0 => errors.push(unknown_instruction(name, keyword_span)),
        Keyword::Unknown => {}
    }
    instruction
}

/// The arguments of one instruction; all spans count bytes of the logical line.
struct Arguments<'a, 'e> {
    input: &'a Input<'a>,
    logical: &'a Splice,
    /// The text of `logical`.
    text: &'a str,
    rest: Span,
    errors: &'e mut Vec<SyntaxError>,
}

impl<'a> Arguments<'a, '_> {
    fn word(&self, span: Span) -> Word {
        Word { span: word_span(self.logical, span), text: span.of(self.text).into() }
    }

    /// The whole of `span` as one word; nothing where it is empty.
    fn text(&self, span: Span) -> Vec<Word> {
        if span.is_empty() { Vec::new() } else { vec![self.word(span)] }
    }

    fn rest_text(&self) -> &'a str {
        self.rest.of(self.text)
    }

    fn at(&self, (start, end): (usize, usize)) -> Span {
        Span::new(self.rest.start + start as u32, self.rest.start + end as u32)
    }

    fn words(&self) -> Vec<Word> {
        words::plain_words(self.rest_text()).map(|range| self.word(self.at(range))).collect()
    }

    fn names(&self) -> Vec<Word> {
        let words = words::quoted_words(self.rest_text(), self.input.escape);
        words.map(|range| self.word(self.at(range))).collect()
    }

    /// The strings of a JSON array; None where `span` holds none.
    fn exec(&mut self, span: Span) -> Option<Vec<Word>> {
        let text = span.of(self.text);
        match words::json_strings(text) {
            Json::No => None,
            Json::Strings(strings) => {
                let place = |start: usize, end: usize| {
                    self.logical.span(Span::new(span.start + start as u32, span.start + end as u32))
                };
                Some(
                    strings
                        .into_iter()
                        .map(|(start, end, value)| Word { span: place(start, end), text: value.into() })
                        .collect(),
                )
            }
            Json::NotStrings(start, end) => {
                let place = Span::new(span.start + start as u32, span.start + end as u32);
                let message = format!(
                    "The exec form takes strings only, and `{}` is none. Put it in double quotes.",
                    place.of(self.text)
                );
                let place = self.logical.span(place);
                self.errors.push(SyntaxError::new(ErrorKind::Form, place, message));
                Some(Vec::new())
            }
        }
    }

    fn pairs(&mut self, keyword: Keyword) -> (Form, Vec<Word>) {
        let text = self.rest_text();
        let mut ranges = words::quoted_words(text, self.input.escape).peekable();
        let Some(&(start, end)) = ranges.peek() else {
            return (Form::Pairs { legacy: false }, Vec::new());
        };
        if memchr(b'=', &text.as_bytes()[start..end]).is_none() {
            return (Form::Pairs { legacy: true }, self.legacy_pair(keyword));
        }
        let mut args = Vec::with_capacity(2);
        for (start, end) in ranges {
            match memchr(b'=', &text.as_bytes()[start..end]) {
                Some(equals) => {
                    args.push(self.word(self.at((start, start + equals))));
                    args.push(self.word(self.at((start + equals + 1, end))));
                }
                None => {
                    let word = self.word(self.at((start, end)));
                    let message = [
                        "`",
                        &word.text,
                        "` has no `=`. ",
                        keyword.as_str(),
                        " takes `name=value`; put a value with blanks in double quotes.",
                    ];
                    let message = message.concat();
                    self.errors.push(SyntaxError::new(ErrorKind::Form, word.span, message));
                }
            }
        }
        (Form::Pairs { legacy: false }, args)
    }

    /// `ENV name the whole rest`, the old form.
    fn legacy_pair(&mut self, keyword: Keyword) -> Vec<Word> {
        let text = self.rest_text();
        let name_end = text.bytes().position(words::is_blank).unwrap_or(text.len());
        let blanks = text[name_end..].bytes().take_while(|&byte| words::is_blank(byte)).count();
        let name = self.word(self.at((0, name_end)));
        if blanks == 0 {
            let message = format!(
                "{keyword} `{}` has no value. Write `{}=value`, or `{}=` for an empty one.",
                name.text, name.text, name.text
            );
            self.errors.push(SyntaxError::new(ErrorKind::Form, name.span, message));
            return Vec::new();
        }
        vec![name, self.word(self.at((name_end + blanks, text.len())))]
    }

    /// HEALTHCHECK's type, and its command in exec or shell form.
    fn check(&mut self) -> (Form, Vec<Word>) {
        let text = self.rest_text();
        let kind_end = text.bytes().position(|b| words::is_blank(b) || b == b'\n').unwrap_or(text.len());
        let command = trim(self.text, Span::new(self.rest.start + kind_end as u32, self.rest.end));
        let mut args = self.text(Span::new(self.rest.start, self.rest.start + kind_end as u32));
        match self.exec(command) {
            Some(strings) => {
                args.extend(strings);
                (Form::Check { exec: true }, args)
            }
            None => {
                args.extend(self.text(command));
                (Form::Check { exec: false }, args)
            }
        }
    }
}

/// `within`, bytes of `text`, without the blanks at its ends.
fn trim(text: &str, within: Span) -> Span {
    let text = within.of(text);
    let behind = text.trim_start();
    let start = within.end - behind.len() as u32;
    Span::new(start, start + behind.trim_end().len() as u32)
}

/// Where `span` of the logical line stands. An empty value stands behind the byte before it, not on the next
/// line where a continuation follows.
fn word_span(logical: &Splice, span: Span) -> Span {
    match span.start.checked_sub(1) {
        Some(before) if span.is_empty() => Span::empty(logical.source(before) + 1),
        _ => logical.span(span),
    }
}

fn flag(input: &Input<'_>, logical: &Splice, base: u32, raw: &words::RawFlag<'_>) -> Flag {
    let span = Span::new(base + raw.start as u32, base + raw.end as u32);
    let body = raw.text.strip_prefix("--").unwrap_or(&raw.text);
    let written = span.of(logical.text(input.source));
    let equals = written.find('=').map(|at| span.start + at as u32);
    let name_end = equals.unwrap_or(span.end);
    let name_span = logical.span(Span::new((span.start + 2).min(name_end), name_end));
    let (name, value) = match body.split_once('=') {
        Some((name, value)) => {
            let value_span = Span::new((name_end + 1).min(span.end), span.end);
            (name, Some(Word { span: word_span(logical, value_span), text: value.into() }))
        }
        None => (body, None),
    };
    Flag { span: logical.span(span), name: name.into(), name_span, value }
}

fn unknown_instruction(name: &str, span: Span) -> SyntaxError {
    let near = suggest::nearest(name, Keyword::ALL.iter().map(|keyword| keyword.as_str()));
    match near {
        Some(near) => {
            let refused = "` is no instruction, so BuildKit refuses the whole file. Did you mean `";
            let message = ["`", name, refused, near, "`?"].concat();
            SyntaxError::new(ErrorKind::UnknownInstruction, span, message)
                .with_fix(["Change to `", near, "`"].concat(), Edit::replace(span, near))
        }
        None => {
            let message = format!(
                "`{name}` is no instruction, so BuildKit refuses the whole file. A line that goes on from the \
                 one above needs that one to end in the escape character."
            );
            SyntaxError::new(ErrorKind::UnknownInstruction, span, message)
        }
    }
}
