//! What BuildKit refuses of the sources of COPY and ADD once it plans the build, before anything is fetched.
//!
//! Source: BuildKit `frontend/dockerfile/dockerfile2llb/convert_copy.go`, `frontend/dockerfile/dfgitutil` and
//! `util/gitutil/git_url.go`.

use super::super::Keyword;
use super::super::arguments::Input;
use super::super::error::{ErrorKind, SyntaxError};
use super::super::flags::plain;
use super::super::image;
use super::super::tree::{Instruction, Word};
use crate::text::Edit;

/// What a source of COPY or ADD is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// A path or a pattern; also what begins with a variable.
    Path,
    /// A file on a web server, `http://` or `https://`.
    Http,
    /// A Git repository: `git://`, `ssh://`, `user@host:path`, or a web address whose path ends in `.git`.
    Git,
}

impl SourceKind {
    /// The kind of a source without its quotes. `github.com/owner/name` is a path: only as a build context it
    /// is a repository.
    pub fn of(source: &str) -> SourceKind {
        let Some((scheme, rest)) = scheme(source) else {
            return if is_scp(source) { SourceKind::Git } else { SourceKind::Path };
        };
        match scheme.to_ascii_lowercase().as_str() {
            "git" | "ssh" => SourceKind::Git,
            "http" | "https" => {
                let address = rest.split(['?', '#']).next().unwrap_or("");
                if address.contains('/') && address.ends_with(".git") {
                    SourceKind::Git
                } else if scheme.starts_with('h') && !scheme.bytes().any(|b| b.is_ascii_uppercase()) {
                    SourceKind::Http
                } else {
                    SourceKind::Path
                }
            }
            _ => SourceKind::Path,
        }
    }
}

fn scheme(source: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = source.split_once("://")?;
    let plain = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric());
    plain.then_some((scheme, rest))
}

/// `user@host:path`, as `git` and `scp` take it.
fn is_scp(source: &str) -> bool {
    let Some((user, rest)) = source.split_once('@') else { return false };
    let Some((host, _)) = rest.split_once(':') else { return false };
    let word = |text: &str, more: char| {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == more;
        !text.is_empty() && text.chars().all(fits)
    };
    word(user, '_') && word(host, '.')
}

/// Adds what BuildKit refuses of the sources of a COPY or ADD that has its arguments and flags in order.
pub(super) fn check(input: &Input<'_>, instruction: &Instruction, errors: &mut Vec<SyntaxError>) {
    let Some(copy) = super::copy(instruction) else { return };
    if instruction.keyword == Keyword::Copy {
        for source in &copy.sources {
            errors.extend(remote(input, instruction, source));
        }
        return;
    }
    let Some(checksum) = instruction.flag("checksum").and_then(|flag| flag.value.as_ref()) else { return };
    let Some(digest) = plain(&checksum.text, input.escape) else { return };
    if digest.is_empty() || digest.contains('$') {
        return;
    }
    let refuse = |span, message: String| SyntaxError::new(ErrorKind::Flag, span, message);
    let [source] = &copy.sources[..] else {
        let flag = instruction.flag("checksum").map_or(checksum.span, |flag| flag.span);
        let message = "A checksum is that of one source; give each source an ADD of its own.";
        return errors.push(refuse(flag, message.to_owned()));
    };
    let Some(text) = plain(&source.text, input.escape) else { return };
    match SourceKind::of(&text) {
        SourceKind::Http => {
            if let Some(kind) = image::digest_error(&digest) {
                errors.push(refuse(checksum.span, sentence(&kind.to_string())));
            }
        }
        SourceKind::Path if !text.contains('$') && !text.starts_with("github.com/") => {
            let message = format!(
                "`--checksum` is for what is downloaded, and `{text}` is a file of the build context; leave the \
                 flag out."
            );
            errors.push(refuse(source.span, message));
        }
        SourceKind::Path | SourceKind::Git => {}
    }
}

/// COPY downloads nothing.
fn remote(input: &Input<'_>, instruction: &Instruction, source: &Word) -> Option<SyntaxError> {
    let what = match SourceKind::of(&plain(&source.text, input.escape)?) {
        SourceKind::Path => return None,
        SourceKind::Http => "a URL",
        SourceKind::Git => "a Git repository",
    };
    let message = format!("COPY can't take {what}; ADD downloads it.");
    let error = SyntaxError::new(ErrorKind::Arguments, source.span, message);
    let only_copy = ["from", "parents"].iter().any(|flag| instruction.flag(flag).is_some());
    if only_copy {
        return Some(error);
    }
    Some(error.with_fix("Change to `ADD`", Edit::replace(instruction.keyword_span, "ADD")))
}

/// `text` as a sentence: a capital at its start, a full stop at its end.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map_or_else(String::new, |c| c.to_uppercase().to_string());
    format!("{first}{}.", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    #[test]
    fn sources_are_told_apart_as_buildkit_does() {
        use SourceKind::*;
        for (source, kind) in [
            ("a", Path),
            ("./http://x", Path),
            ("github.com/a/b", Path),
            ("ftp://x/y", Path),
            ("HTTP://x/y", Path),
            ("$URL", Path),
            ("C:\\a", Path),
            ("a:b", Path),
            ("http://x", Http),
            ("https://x/a.tar.gz?x=.git", Http),
            ("https://x.git", Http),
            ("https://x/$V", Http),
            ("https://github.com/a/b.git", Git),
            ("https://github.com/a/b.git#main:sub", Git),
            ("HTTPS://github.com/a/b.git?ref=x", Git),
            ("git://x/y", Git),
            ("ssh://git@x/y", Git),
            ("git@github.com:a/b.git", Git),
        ] {
            assert_eq!(SourceKind::of(source), kind, "{source}");
        }
    }

    /// Where the fault stands, and the text with its fix done.
    fn fault(line: &str) -> Option<(String, Option<String>)> {
        let text = format!("FROM a\n{line}\n");
        let (_, errors) = parse(text.as_str());
        let error = errors.into_iter().next()?;
        let fixed = error.fix.map(|(_, edit)| crate::text::apply(&text, &[edit]).unwrap());
        Some((error.span.of(&text).to_owned(), fixed.map(|it| it.lines().nth(1).unwrap().to_owned())))
    }

    #[test]
    fn what_is_refused_stands_at_the_word() {
        const D: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        let at = |word: &str| Some((word.to_owned(), None));
        assert_eq!(
            fault("COPY \"https://x/y\" /b"),
            Some(("\"https://x/y\"".to_owned(), Some("ADD \"https://x/y\" /b".to_owned())))
        );
        assert_eq!(fault("COPY --from=s git@x:y /b"), at("git@x:y"));
        assert_eq!(fault("ADD https://x/y /b"), None);
        assert_eq!(fault(&format!("ADD --checksum={D} https://x/y /b")), None);
        assert_eq!(fault("ADD --checksum=sha256:12 https://x/y /b"), at("sha256:12"));
        assert_eq!(fault("ADD --checksum=$SUM https://x/y /b"), None);
        assert_eq!(fault("ADD --checksum= a /b"), None);
        assert_eq!(fault("ADD --checksum=0123abc https://x/y.git /b"), None);
        assert_eq!(fault("ADD --checksum=x a /b"), at("a"));
        assert_eq!(fault("ADD --checksum=x $A /b"), None);
        assert_eq!(fault("ADD --checksum=x https://x https://y /b"), at("--checksum=x"));
        assert_eq!(fault("ADD --checksum=x <<EOF /b\nEOF"), at("--checksum=x"));
    }
}
