//! Our types as the protocol's.

use crate::features;
use crate::rules::{self, Severity};
use crate::text::{LineTable, Position, PositionRange, Positions, Span};
use serde::{Serialize, Serializer};
use tower_lsp::gen_lsp_types as lsp;

use super::documents::Version;
use super::session::Session;

pub fn from_position(position: lsp::Position) -> Position {
    Position { line: position.line, character: position.character }
}

pub fn from_range(range: lsp::Range) -> PositionRange {
    PositionRange { start: from_position(range.start), end: from_position(range.end) }
}

fn position(position: Position) -> lsp::Position {
    lsp::Position { line: position.line, character: position.character }
}

/// The range of `span`, which counts bytes of `text`, in the client's columns.
pub fn range(span: Span, text: &str, lines: &LineTable, session: &Session) -> lsp::Range {
    let range = lines.range(span, text, session.encoding);
    lsp::Range { start: position(range.start), end: position(range.end) }
}

/// The position of a byte of the version's text, in the client's columns.
pub fn place(offset: u32, version: &Version, session: &Session) -> lsp::Position {
    let snapshot = version.snapshot();
    range(Span::new(offset, offset), snapshot.source(), snapshot.lines(), session).start
}

/// The range of `span` in the version's text, in the client's columns.
pub fn range_of(span: Span, version: &Version, session: &Session) -> lsp::Range {
    let snapshot = version.snapshot();
    range(span, snapshot.source(), snapshot.lines(), session)
}

/// The byte of the version's text that a client's position means.
pub fn offset(position: lsp::Position, version: &Version, session: &Session) -> u32 {
    let snapshot = version.snapshot();
    snapshot.lines().offset(from_position(position), snapshot.source(), session.encoding)
}

/// The ranges of many spans of one text, in the client's columns; quickest in the order of the text.
pub struct Ranges<'a>(Positions<'a>);

impl<'a> Ranges<'a> {
    pub fn of(version: &'a Version, session: &Session) -> Self {
        let snapshot = version.snapshot();
        Self(Positions::new(snapshot.lines(), snapshot.source(), session.encoding))
    }

    pub fn position(&mut self, offset: u32) -> lsp::Position {
        position(self.0.position(offset))
    }

    pub fn range(&mut self, span: Span) -> lsp::Range {
        let range = self.0.range(span);
        lsp::Range { start: position(range.start), end: position(range.end) }
    }
}

/// The span of a client's range in the version's text. One that runs backwards is turned round.
pub fn span(range: lsp::Range, version: &Version, session: &Session) -> Span {
    let snapshot = version.snapshot();
    let at = |position| snapshot.lines().offset(from_position(position), snapshot.source(), session.encoding);
    let (start, end) = (at(range.start), at(range.end));
    Span::new(start.min(end), start.max(end))
}

/// A [`lsp::Diagnostic`] as it is written, of words that live elsewhere: there are hundreds of them in a long file, and
/// they are told anew with each keystroke.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic<'a> {
    range: lsp::Range,
    severity: lsp::DiagnosticSeverity,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_description: Option<lsp::CodeDescription>,
    source: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<lsp::DiagnosticTag>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_information: Option<Vec<lsp::DiagnosticRelatedInformation>>,
}

impl From<Diagnostic<'_>> for lsp::Diagnostic {
    fn from(one: Diagnostic<'_>) -> Self {
        lsp::Diagnostic {
            range: one.range,
            severity: Some(one.severity),
            code: Some(lsp::Code::String(one.code.to_owned())),
            code_description: one.code_description,
            source: Some(one.source.to_owned()),
            message: lsp::Message::String(one.message.to_owned()),
            tags: one.tags,
            related_information: one.related_information,
            data: None,
        }
    }
}

/// All that the rules find in a version. Made one by one while they are written: they needn't be held all at once.
pub struct Diagnostics<'a> {
    pub version: &'a Version,
    pub session: &'a Session,
}

impl Serialize for Diagnostics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { version, session } = *self;
        let found = features::diagnostics(version.snapshot());
        let mut ranges = Ranges::of(version, session);
        serializer.collect_seq(found.iter().map(|found| written(found, version, session, &mut ranges)))
    }
}

/// One finding, for where the client is given it back.
pub fn diagnostic(found: &rules::Diagnostic, version: &Version, session: &Session) -> lsp::Diagnostic {
    written(found, version, session, &mut Ranges::of(version, session)).into()
}

fn written<'a>(
    found: &'a rules::Diagnostic,
    version: &Version,
    session: &Session,
    ranges: &mut Ranges<'_>,
) -> Diagnostic<'a> {
    let range = ranges.range(found.span);
    let related = (session.related_information && !found.related().is_empty()).then(|| {
        let places = found.related().iter().map(|(span, message)| lsp::DiagnosticRelatedInformation {
            location: lsp::Location {
                uri: lsp::Uri(version.uri.to_string()),
                range: range_of(*span, version, session),
            },
            message: message.clone(),
        });
        places.collect()
    });
    let tags = session.tags && !found.tags().is_empty();
    let page = || Some(lsp::CodeDescription { href: lsp::Uri(found.url()?) });
    Diagnostic {
        range,
        severity: severity(found.severity),
        code: found.rule,
        code_description: session.code_descriptions.then(page).flatten(),
        source: "plimsoll",
        message: found.message(),
        tags: tags.then(|| found.tags().iter().copied().map(tag).collect()),
        related_information: related,
    }
}

pub fn severity(severity: Severity) -> lsp::DiagnosticSeverity {
    match severity {
        Severity::Error => lsp::DiagnosticSeverity::Error,
        Severity::Warning => lsp::DiagnosticSeverity::Warning,
        Severity::Info => lsp::DiagnosticSeverity::Information,
        Severity::Hint => lsp::DiagnosticSeverity::Hint,
    }
}

fn tag(tag: rules::Tag) -> lsp::DiagnosticTag {
    match tag {
        rules::Tag::Unnecessary => lsp::DiagnosticTag::Unnecessary,
        rules::Tag::Deprecated => lsp::DiagnosticTag::Deprecated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Finding, Tag};
    use crate::server::documents::Documents;
    use crate::text::Encoding;
    use serde_json::{Value, json};
    use std::sync::Arc;

    const TEXT: &str = "LABEL t=\"😀\"\rFORM x\r\n";

    fn shown(session: &Session) -> Value {
        let form = TEXT.find("FORM").unwrap() as u32;
        let label = TEXT.find("\"\r").unwrap() as u32;
        let finding = Finding::new(Span::new(form, form + 4), "FORM is no instruction");
        let finding = finding.tag(Tag::Unnecessary).tag(Tag::Deprecated);
        let finding = finding.related(Span::new(label, label + 1), "here");
        let aliases = &["hadolint/DL3006"];
        let found = rules::Diagnostic::of("unknown-instruction", aliases, Severity::Error, finding);
        let (_, version) = Documents::default().open("untitled:%41", "dockerfile", 1, TEXT, Arc::default());
        serde_json::to_value(diagnostic(&found, &version, session)).unwrap()
    }

    #[test]
    fn a_client_that_can_show_little_gets_little() {
        let range = json!({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 4}});
        let expected = json!({
            "range": range,
            "severity": 1,
            "code": "unknown-instruction",
            "source": "plimsoll",
            "message": "FORM is no instruction",
        });
        assert_eq!(shown(&Session::default()), expected);
    }

    #[test]
    fn tags_pages_and_related_places_go_to_clients_that_show_them() {
        let all =
            Session { tags: true, related_information: true, code_descriptions: true, ..Session::default() };
        for (encoding, column) in [(Encoding::Utf8, 13), (Encoding::Utf16, 11)] {
            let shown = shown(&Session { encoding, ..all.clone() });
            assert_eq!(shown["tags"], json!([1, 2]));
            assert_eq!(shown["codeDescription"]["href"], "https://github.com/hadolint/hadolint/wiki/DL3006");
            let place = &shown["relatedInformation"][0]["location"];
            assert_eq!(place["uri"], "untitled:%41");
            assert_eq!(place["range"]["start"], json!({"line": 0, "character": column}));
        }
    }
}
