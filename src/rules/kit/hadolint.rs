//! How hadolint reads a few things that BuildKit reads otherwise: for rules that answer as it does.
//!
//! Sources: hadolint `src/Hadolint/Rule.hs`; `Language/Docker/Parser` of the parser that it uses.

use crate::syntax::Instruction;

/// The endings of archives that ADD unpacks, in hadolint's opinion.
pub const ARCHIVES: [&str; 15] = [
    ".tar", ".Z", ".bz2", ".gz", ".lz", ".lzma", ".tZ", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz",
    ".txz", ".xz",
];

/// A word without the quotes around it.
pub fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

/// An image as FROM names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    /// What stands before the first `/` behind a dot.
    pub registry: Option<&'a str>,
    pub name: &'a str,
    pub tag: Option<&'a str>,
    pub digest: Option<&'a str>,
}

pub fn image(text: &str) -> Image<'_> {
    let registry = text.find('.').and_then(|dot| {
        let slash = text[dot + 1..].find('/').filter(|length| *length > 0)?;
        (dot > 0).then_some(dot + 1 + slash)
    });
    let (registry, rest) = match registry {
        Some(slash) => (Some(&text[..slash]), &text[slash + 1..]),
        None => (None, text),
    };
    let (rest, digest) = match rest.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (rest, None),
    };
    let (name, tag) = match rest.split_once(':') {
        Some((name, tag)) => (name, Some(tag)),
        None => (rest, None),
    };
    Image { registry, name, tag, digest }
}

/// The argument of USER: hadolint keeps the blanks behind it.
pub fn user<'a>(instruction: &'a Instruction, source: &'a str) -> Option<&'a str> {
    let word = instruction.args.first()?;
    if word.span.of(source) != &*word.text {
        return Some(&word.text);
    }
    let rest = source.get(word.span.start as usize..)?;
    Some(rest.split(['\n', '\r']).next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_cut_where_hadolint_cuts_it() {
        let parts = |text| {
            let image = image(text);
            (image.registry, image.name, image.tag)
        };
        assert_eq!(parts("node:22.1"), (None, "node", Some("22.1")));
        assert_eq!(parts("ghcr.io/a/b:1@sha256:0"), (Some("ghcr.io"), "a/b", Some("1")));
        assert_eq!(parts("localhost:5000/a"), (None, "localhost", Some("5000/a")));
        assert_eq!(parts("r.example.com:5000/a"), (Some("r.example.com:5000"), "a", None));
    }
}
