use super::{Applicability, Fix, Severity, Tag};
use crate::text::{Edit, Span, WorkspaceEdit};

/// What a rule says of one place; the name, severity and links of the rule are added to it later.
#[derive(Clone, Debug)]
pub struct Finding {
    pub(super) span: Span,
    pub(super) message: String,
    /// The aliases that this finding has, where it hasn't all of its rule's.
    pub(super) aliases: Option<&'static [&'static str]>,
    pub(super) at_most: Option<Severity>,
    /// Whether other tools put it on its own line too, not on that of the instruction.
    pub(super) on_its_line: bool,
    pub(super) tags: Vec<Tag>,
    pub(super) related: Vec<(Span, String)>,
    pub(super) fix: Option<Fix>,
}

impl Finding {
    /// `span` are the bytes at fault; the message says what is wrong, why it matters here, what to do.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            aliases: None,
            at_most: None,
            on_its_line: false,
            tags: Vec::new(),
            related: Vec::new(),
            fix: None,
        }
    }

    /// Of the rule's aliases this finding has only these.
    pub fn known_as(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases: Some(aliases), ..self }
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
