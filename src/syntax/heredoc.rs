//! Where heredocs open, and how they are called.
//!
//! Source: BuildKit `frontend/dockerfile/parser/parser.go`, `heredocsFromLine` and `ParseHeredoc`.

use super::expand::Lex;
use super::tree::{Form, Heredoc, Instruction};
use super::{Keyword, words};
use crate::text::Span;
use std::collections::HashMap;

/// The heredocs that an instruction opens, in order; their bodies are for the caller to find.
pub(super) fn openers(source: &str, instruction: &Instruction) -> Vec<Heredoc> {
    let inner = match (instruction.keyword, &instruction.trigger) {
        (Keyword::Onbuild, Some(trigger)) => trigger,
        _ => instruction,
    };
    let takes_heredocs = matches!(inner.keyword, Keyword::Add | Keyword::Copy | Keyword::Run);
    if !takes_heredocs || inner.form == Form::Exec {
        return Vec::new();
    }
    let line = instruction.logical.text(source);
    if memchr::memmem::find(line.as_bytes(), b"<<").is_none() {
        return Vec::new();
    }
    let place = |span: Span, heredoc| Heredoc { opener: instruction.logical.span(span), ..heredoc };
    let mut found = Vec::new();
    let each = |word: Span| {
        if let Some(heredoc) = opener(word.of(line)) {
            if found.is_empty() {
                // Most lines open one.
                found.reserve_exact(1);
            }
            found.push(place(word, heredoc));
        }
    };
    if written_words(line, each).is_some() {
        return found;
    }
    // BuildKit reads the words of the whole line with a backslash as escape, whatever the file's is.
    let Ok(words) = Lex::verbatim('\\').words_with_spans(line, &|_| None) else {
        return Vec::new();
    };
    words
        .into_iter()
        .filter_map(|word| opener(&word.value).map(|heredoc| place(word.span, heredoc)))
        .collect()
}

/// Gives the words of a line in which nothing is escaped and nothing expands, as most are: each is what is
/// written. `None` where the line isn't such a one, or a quote isn't closed; some words may be given before.
fn written_words(line: &str, mut each: impl FnMut(Span)) -> Option<()> {
    let bytes = line.as_bytes();
    if line.starts_with('\u{feff}') || memchr::memchr2(b'$', b'\\', bytes).is_some() {
        return None;
    }
    let (mut start, mut at) = (None, 0);
    while let Some(&byte) = bytes.get(at) {
        let (width, blank) = words::step(line, at);
        if blank {
            start.take().into_iter().for_each(|start| each(Span::from(start..at)));
        } else {
            start.get_or_insert(at);
        }
        at += width;
        if matches!(byte, b'\'' | b'"') {
            at += memchr::memchr(byte, &bytes[at..])? + 1;
        }
    }
    start.into_iter().for_each(|start| each(Span::from(start..at)));
    Some(())
}

/// Whether a word opens a heredoc.
pub(super) fn is_opener(word: &str) -> bool {
    opener(word).is_some()
}

/// `3<<-"EOF"`: digits, `<<`, perhaps a dash, and a name that may be quoted.
fn opener(word: &str) -> Option<Heredoc> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = word[digits..].strip_prefix("<<")?;
    let (strip_tabs, rest) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let plain = |c: char| !matches!(c, '$' | '\'' | '"' | '\\' | '\u{feff}') && !c.is_whitespace();
    let (name, expand) = if rest.chars().all(plain) {
        (rest.into(), true)
    } else if let Some(name) = inside(rest).filter(|name| !name.is_empty() && name.chars().all(plain)) {
        (name.into(), false)
    } else {
        let plain = Lex { skip_unset: true, ..Lex::new('\\') }.words(rest, &|_| None).ok()?;
        let verbatim = Lex::verbatim('\\').words(rest, &|_| None).ok()?;
        let ([name], [written]) = (&plain[..], &verbatim[..]) else {
            return None;
        };
        (name.as_str().into(), name == written)
    };
    Some(Heredoc {
        opener: Span::default(),
        name,
        expand,
        strip_tabs,
        fd: word[..digits].parse().unwrap_or(0),
        body: Span::default(),
        end: None,
    })
}

/// What stands between the quotes that `word` begins and ends with.
fn inside(word: &str) -> Option<&str> {
    let between = |quote| word.strip_prefix(quote)?.strip_suffix(quote);
    between('\'').or_else(|| between('"'))
}

/// Whether a line starts like an instruction: in capitals at its first column, or in the manner of `opener`,
/// the keyword of the instruction that opens the heredoc with the blanks before it. A blank stands behind.
///
/// Scripts have lines such as `env A=b make` or `  copy x y`, so other manners don't count.
pub(super) fn looks_like_instruction(line: &str, opener: &str) -> bool {
    let like = opener.trim_start();
    let indent = &opener[..opener.len() - like.len()];
    starts_with_keyword(line, "RUN")
        || line.strip_prefix(indent).is_some_and(|line| starts_with_keyword(line, like))
}

/// Whether `line` begins with a keyword, written in capitals or small letters as `like` is.
fn starts_with_keyword(line: &str, like: &str) -> bool {
    let Some(end) = line.find([' ', '\t']) else { return false };
    let (word, keyword) = (&line[..end], Keyword::parse(&line[..end]));
    keyword != Keyword::Unknown
        && (!like.bytes().all(|b| b.is_ascii_uppercase()) || word.bytes().all(|b| b.is_ascii_uppercase()))
        && (!like.bytes().all(|b| b.is_ascii_lowercase()) || word.bytes().all(|b| b.is_ascii_lowercase()))
}

/// Which lines stand last in a file: says at once that a heredoc has no end, however many are left open.
pub(super) struct LastLines<'a> {
    /// Where the last line of this text starts, and of this text behind tabs.
    exact: HashMap<&'a str, usize>,
    behind_tabs: HashMap<&'a str, usize>,
}

impl<'a> LastLines<'a> {
    /// `lines` are the lines with the bytes at which they start, without their line breaks, in order; `count` is
    /// how many there may be.
    pub(super) fn of(lines: impl Iterator<Item = (usize, &'a str)>, count: usize) -> Self {
        let (mut exact, mut behind_tabs) = (HashMap::with_capacity(count), HashMap::new());
        for (start, line) in lines {
            exact.insert(line, start);
            let behind = line.trim_start_matches('\t');
            if behind.len() < line.len() {
                behind_tabs.insert(behind, start);
            }
        }
        Self { exact, behind_tabs }
    }

    /// Whether a line at byte `from` or below it ends `heredoc`.
    pub(super) fn has_end(&self, heredoc: &Heredoc, from: usize) -> bool {
        let below = |lines: &HashMap<&str, usize>| lines.get(&*heredoc.name).is_some_and(|&at| at >= from);
        below(&self.exact) || (heredoc.strip_tabs && below(&self.behind_tabs))
    }
}
