use super::alias;
use super::kept::Told;
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
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The rule's name, kebab-case.
    pub rule: &'static str,
    pub severity: Severity,
    /// The bytes of the Dockerfile that are at fault.
    pub span: Span,
    pub(super) aliases: &'static [&'static str],
    pub(super) finding: Told,
}

impl Diagnostic {
    /// A finding as a rule would tell it.
    #[cfg(test)]
    pub fn of(
        rule: &'static str,
        aliases: &'static [&'static str],
        severity: Severity,
        finding: super::Finding,
    ) -> Self {
        Self { rule, severity, span: finding.span, aliases, finding: finding.into() }
    }

    /// The names that this very finding has in other tools, as `tool/ID`.
    pub fn aliases(&self) -> &[&'static str] {
        self.finding.shared.aliases.as_deref().unwrap_or(self.aliases)
    }

    /// What is wrong, why it matters here, what to do.
    pub fn message(&self) -> &str {
        &self.finding.shared.message
    }

    /// A page about it that exists, of our own, BuildKit's docs or hadolint's wiki.
    pub fn url(&self) -> Option<String> {
        url(self.rule, self.aliases())
    }

    pub fn tags(&self) -> &[Tag] {
        &self.finding.shared.tags
    }

    /// Other places of the Dockerfile that matter to the finding, each with a sentence.
    pub fn related(&self) -> &[(Span, String)] {
        if self.finding.shared.related.is_empty() { &[] } else { &self.finding.placed().related }
    }

    /// A credential: an excerpt of the file, which may end up in a build's public log, leaves it out.
    pub fn concealed(&self) -> Option<Span> {
        self.finding.shared.concealed.and_then(|_| self.finding.placed().concealed)
    }

    pub fn fix(&self) -> Option<&Fix> {
        self.finding.shared.fix.as_ref().and_then(|_| self.finding.placed().fix.as_ref())
    }

    /// Whether it has a fix, and which kind. Cheaper than the fix itself.
    pub fn applicability(&self) -> Option<Applicability> {
        self.finding.shared.fix.as_ref().map(|fix| fix.applicability)
    }
}

impl PartialEq for Diagnostic {
    fn eq(&self, other: &Self) -> bool {
        let own = |one: &Self| (one.rule, one.severity, one.span, one.concealed());
        own(self) == own(other)
            && self.message() == other.message()
            && self.aliases() == other.aliases()
            && self.tags() == other.tags()
            && self.related() == other.related()
            && self.fix() == other.fix()
    }
}

impl Eq for Diagnostic {}

/// The page that tells more of a finding: our own where they are published, else that of the tool that
/// says the same.
fn url(rule: &str, aliases: &[&str]) -> Option<String> {
    let of = |tool: &str| aliases.iter().filter(|a| alias::split(a).0 == tool).find_map(|a| alias::url(a));
    of("shellcheck").or_else(|| super::page_url(rule)).or_else(|| of("buildkit")).or_else(|| of("hadolint"))
}

/// How a finding is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub applicability: Applicability,
    pub edit: WorkspaceEdit,
}
