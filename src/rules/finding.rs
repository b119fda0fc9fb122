use super::{Applicability, Fix, Severity, Tag};
use crate::text::{Edit, Span, WorkspaceEdit};
use std::borrow::Cow;

/// What a rule says of one place; the name, severity and links of the rule are added to it later.
#[derive(Clone, Debug)]
pub struct Finding {
    pub(super) span: Span,
    pub(super) message: String,
    /// The aliases that this finding has, where it hasn't all of its rule's.
    pub(super) aliases: Option<Cow<'static, [&'static str]>>,
    /// What it is called, where it hasn't the name of its rule.
    pub(super) name: Option<&'static str>,
    /// How grave it is, where its rule doesn't say.
    pub(super) severity: Option<Severity>,
    pub(super) at_most: Option<Severity>,
    /// Whether other tools put it on its own line too, not on that of the instruction.
    pub(super) on_its_line: bool,
    pub(super) tags: Vec<Tag>,
    pub(super) related: Vec<(Span, String)>,
    pub(super) concealed: Option<Span>,
    pub(super) fix: Option<Fix>,
}

impl Finding {
    /// `span` are the bytes at fault; the message says what is wrong, why it matters here, what to do.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            aliases: None,
            name: None,
            severity: None,
            at_most: None,
            on_its_line: false,
            tags: Vec::new(),
            related: Vec::new(),
            concealed: None,
            fix: None,
        }
    }

    /// Of the rule's aliases this finding has only these.
    pub fn known_as(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases: Some(Cow::Borrowed(aliases)), ..self }
    }

    /// It has a name of its own, and these aliases. The name of the rule means it too.
    pub fn named(self, name: &'static str, aliases: Vec<&'static str>) -> Self {
        Self { name: Some(name), aliases: Some(Cow::Owned(aliases)), ..self }
    }

    /// As grave as this, under every profile in which the rule reports.
    pub fn as_grave_as(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }

    /// Less grave than the rule mostly is. Profiles of other tools keep the severity of that tool.
    pub fn at_most(self, severity: Severity) -> Self {
        Self { at_most: Some(severity), ..self }
    }

    /// Other tools put it on its own line too, not on that where the instruction starts.
    pub fn on_its_line(self) -> Self {
        Self { on_its_line: true, ..self }
    }

    pub fn tag(mut self, tag: Tag) -> Self {
        self.tags.push(tag);
        self
    }

    /// Another place of the Dockerfile that matters, with a sentence.
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push((span, message.into()));
        self
    }

    /// Holds a credential, which isn't to be shown again where others may read it.
    pub fn conceals(self, span: Span) -> Self {
        Self { concealed: Some(span), ..self }
    }

    pub fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }
}

impl Fix {
    /// A fix that leaves what is built as it is, but for the fault.
    pub fn safe(title: impl Into<String>, edit: WorkspaceEdit) -> Self {
        Self { title: title.into(), applicability: Applicability::Safe, edit }
    }

    /// A fix that may change what is built; the title or the rule's page says how.
    pub fn unsafe_(title: impl Into<String>, edit: WorkspaceEdit) -> Self {
        Self { title: title.into(), applicability: Applicability::Unsafe, edit }
    }
}

impl super::Input<'_> {
    /// Edits of the Dockerfile as a workspace edit.
    pub fn edits(&self, edits: Vec<Edit>) -> WorkspaceEdit {
        WorkspaceEdit::document(self.subject.source().clone(), edits)
    }
}
