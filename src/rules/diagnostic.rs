use crate::text::{Span, WorkspaceEdit};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Hint,
    Info,
    Warning,
    Error,
}

impl Severity {
    /// The name on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Hint => "hint",
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Whether a fix may change what is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// What is built stays the same, but for the fault.
    Safe,
    /// What is built may change; the fix's title or page says how.
    Unsafe,
}

/// How an editor may draw a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    Unnecessary,
    Deprecated,
}

/// One finding of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's name, kebab-case.
    pub rule: &'static str,
    /// The names that this very finding has in other tools, as `tool/ID`.
    pub aliases: Vec<&'static str>,
    pub severity: Severity,
    /// What is wrong, why it matters here, what to do.
    pub message: String,
    /// The bytes of the Dockerfile that are at fault.
    pub span: Span,
    /// A page about it that exists, of BuildKit's docs or hadolint's wiki.
    pub url: Option<String>,
    pub tags: Vec<Tag>,
    /// Other places of the Dockerfile that matter to the finding, each with a sentence.
    pub related: Vec<(Span, String)>,
    /// A credential: an excerpt of the file, which may end up in a build's public log, leaves it out.
    pub concealed: Option<Span>,
    pub fix: Option<Fix>,
}

/// How a finding is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub applicability: Applicability,
    pub edit: WorkspaceEdit,
}
