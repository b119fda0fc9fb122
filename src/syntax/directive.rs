use super::error::{ErrorKind, SyntaxError};
use super::tree::Directive;
use crate::text::{Edit, Span};

/// Reads parser directives, which stand above everything else in the file.
///
/// Source: BuildKit `frontend/dockerfile/parser/directives.go`.
#[derive(Default)]
pub(super) struct Reader {
    done: bool,
    seen: Vec<Box<str>>,
}

pub(super) enum Read {
    Comment,
    Directive(Directive, Option<SyntaxError>),
}

impl Reader {
    /// No directive may follow any more.
    pub(super) fn finish(&mut self) {
        self.done = true;
    }

    /// Reads the comment at `span`, which starts with `#` and stands on the 1-based `line`.
    pub(super) fn read(&mut self, source: &str, span: Span, line: u32) -> Read {
        if self.done {
            return Read::Comment;
        }
        let Some(directive) = directive(source, span, line) else {
            self.done = true;
            return Read::Comment;
        };
        let error = if self.seen.contains(&directive.name) {
            Some(SyntaxError::new(
                ErrorKind::Directive,
                directive.name_span,
                format!("The directive `{}` is given twice; BuildKit takes only one.", directive.name),
            ))
        } else if &*directive.name == "escape" && !matches!(&*directive.value, "`" | "\\") {
            Some(
                SyntaxError::new(
                    ErrorKind::Directive,
                    directive.value_span,
                    "The escape character can be a backslash or a backquote, nothing else.".to_owned(),
                )
                .with_fix("Use a backslash", Edit::replace(directive.value_span, "\\")),
            )
        } else {
            None
        };
        self.seen.push(directive.name.clone());
        Read::Directive(directive, error)
    }
}

/// `# name = value`, where the name is one of the three that there are.
fn directive(source: &str, span: Span, line: u32) -> Option<Directive> {
    let text = span.of(source);
    let body = text.strip_prefix('#')?.trim_start();
    let name_at = text.len() - body.len();
    let name_len = body.find(|c: char| !c.is_ascii_alphanumeric())?;
    let name = &body[..name_len];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let blank = |c: char| matches!(c, ' ' | '\t' | '\x0c' | '\r');
    let value = body[name_len..].trim_start_matches(blank).strip_prefix('=')?;
    let value = value.trim_start_matches(blank);
    let value_at = text.len() - value.len();
    let value = value.trim_end_matches(blank);
    if value.is_empty() || !["syntax", "escape", "check"].iter().any(|d| d.eq_ignore_ascii_case(name)) {
        return None;
    }
    let at = |from: usize, len: usize| Span::new(span.start + from as u32, span.start + (from + len) as u32);
    Some(Directive {
        span,
        line,
        name: name.to_ascii_lowercase().into(),
        name_span: at(name_at, name_len),
        value: value.into(),
        value_span: at(value_at, value.len()),
    })
}
