//! Scripts within arguments: `sh -c '…'`, `bash -lc "…"`, `eval …`, `su -c …`, `npx -c …`.

use super::wrappers;
use super::{Part, PartKind, Text, Word};
use crate::text::Span;

/// How deep scripts within arguments are read: each level reads its text once more.
pub(super) const MAX_REPARSED: u32 = 4;

const SHELLS: [&str; 8] = ["sh", "bash", "ash", "dash", "zsh", "ksh", "busybox", "mksh"];

/// The last part of a path.
pub(super) fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

fn is_shell(word: &Word) -> bool {
    word.literal().is_some_and(|name| SHELLS.contains(&base_name(&name)))
}

/// The script that an argument of the command holds: which word, and its text.
pub(super) fn argument(words: &[Word], depth: u32, reparsed: u32) -> Option<(usize, Text)> {
    if words.len() < 2 || reparsed >= MAX_REPARSED || depth >= super::MAX_DEPTH {
        return None;
    }
    let skipped = wrappers::skip(words);
    let index = skipped.script.or_else(|| script_argument(words, skipped.words))?;
    Some((index, text_of(words.get(index)?)?))
}

fn script_argument(words: &[Word], first: usize) -> Option<usize> {
    let mut first = first;
    let mut name = words.get(first)?;
    if name.is("busybox") {
        first += 1;
        name = words.get(first)?;
    }
    if name.is("eval") && words.len() == first + 2 {
        return Some(first + 1);
    }
    let su = name.is("su") || name.is("runuser");
    if name.is("cross-env-shell") {
        return words.len().checked_sub(1).filter(|last| *last > first);
    }
    if !su && !is_shell(name) {
        return None;
    }
    for (index, word) in words.iter().enumerate().skip(first + 1) {
        let option = word.literal()?;
        if option == "--command" {
            return Some(index + 1);
        }
        let letters = option.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
        match letters {
            Some(letters) if letters.contains('c') => {
                // `-c` may be followed by more options (`sh -c -e '…'`): the script is the first that isn't.
                let after = words[index + 1..].iter().position(|w| !w.text().starts_with(['-', '+']));
                return after.map(|n| index + 1 + n);
            }
            Some(_) => {}
            // `bash -o pipefail -c …`, `su node -c …`
            None if option.starts_with("--") || option.starts_with('+') || su => {}
            None if words
                .get(index - 1)
                .is_some_and(|w| w.text().starts_with('-') && w.text().ends_with('o')) => {}
            None => return None,
        }
    }
    None
}

/// Whether the command is a shell that reads its commands from standard input.
pub(super) fn reads_input(words: &[Word]) -> bool {
    let first = wrappers::skip(words).words;
    words.get(first).is_some_and(is_shell)
        && words[first + 1..].iter().all(|word| {
            let text = word.text();
            let command = text.contains('c') && !text.starts_with("--");
            (text.starts_with('-') && !command) || text == "pipefail"
        })
}

/// The text that the shell gets when `word` is its script: cut from the word where its quoting allows it.
///
/// `$x` in double quotes is expanded by the shell around it; it is kept as it is written, since what
/// stands around it is still worth reading. A word that holds a command substitution isn't read.
fn text_of(word: &Word) -> Option<Text> {
    let mut slices = Vec::new();
    let source = word.source.as_str();
    if collect(&word.parts, source, &mut slices) {
        slices.retain(|slice| !slice.is_empty());
        return Some(word.source.cut(&slices));
    }
    word.literal().map(|value| Text::fixed(&value, word.span))
}

/// The slices of the text that make the parts' value; `false` where it isn't made of slices.
fn collect(parts: &[Part], text: &str, slices: &mut Vec<Span>) -> bool {
    parts.iter().all(|part| {
        let at = part.at;
        match &part.kind {
            PartKind::Literal | PartKind::Glob => slices.push(at),
            PartKind::Single => {
                let length = super::word::unquoted(at.of(text), 1).len() as u32;
                slices.push(Span::new(at.start + 1, at.start + 1 + length));
            }
            PartKind::Escaped => {
                let mut chars = at.of(text).char_indices();
                while let Some((backslash, _)) = chars.next() {
                    let Some((start, char)) = chars.next() else {
                        slices.push(Span::new(at.start + backslash as u32, at.end));
                        break;
                    };
                    if char != '\n' && char != '\r' {
                        let start = at.start + start as u32;
                        slices.push(Span::new(start, start + char.len_utf8() as u32));
                    }
                }
            }
            PartKind::Double(parts) => return collect(parts, text, slices),
            PartKind::Variable(variable) if variable.operand.iter().all(Part::is_text) => slices.push(at),
            _ => return false,
        }
        true
    })
}

impl Part {
    fn is_text(&self) -> bool {
        match &self.kind {
            PartKind::Literal | PartKind::Glob | PartKind::Escaped | PartKind::Single | PartKind::AnsiC => {
                true
            }
            PartKind::Double(parts) => parts.iter().all(Part::is_text),
            PartKind::Variable(variable) => variable.operand.iter().all(Part::is_text),
            _ => false,
        }
    }
}
