use super::{Applicability, Finding, Input, Severity, Site};
use crate::model::Stage;
use crate::settings::Profile;
use crate::syntax::Keyword;

use super::input::Cmd;

/// One rule: what it is called, why it is there, how it finds its fault, and examples that prove it.
///
/// A rule is one file with one public constant of this type, entered once in the list of `rules/mod.rs`.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case, says the fault. The file is its snake_case.
    pub name: &'static str,
    /// Its folder.
    pub theme: Theme,
    /// The names that its findings have in other tools, as `tool/ID`. A finding may have only some of them
    /// ([`Finding::known_as`]); one alias may stand on several rules.
    pub aliases: &'static [&'static str],
    pub severity: Severities,
    pub fix: FixKind,
    /// The release that had it first.
    pub since: &'static str,
    pub reads: Reads,
    pub docs: Docs,
    pub check: Check,
    pub examples: &'static [Example],
}

impl Rule {
    /// Whether what it finds in a stage hangs on that stage alone, in the sense of [`Scope::Stage`].
    pub(super) fn looks_at_stages(&self, profile: Profile) -> bool {
        let by_stage = matches!(self.check, Check::Instruction(..) | Check::Command(_) | Check::Stage(_));
        let wide = self.reads.wide_for_hadolint && profile == Profile::Hadolint;
        by_stage && self.reads.scope < Scope::File && !wide && !self.reads.shellcheck
    }
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Whether the file builds at all.
    Build,
    /// What runs again after a change.
    Cache,
    /// What the image weighs.
    Size,
    Security,
    /// Whether the same file builds the same image tomorrow.
    Reproducible,
    Style,
    /// The commands inside RUN.
    Shell,
    Nextjs,
}

impl Theme {
    /// The folder's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::Build => "build",
            Theme::Cache => "cache",
            Theme::Size => "size",
            Theme::Security => "security",
            Theme::Reproducible => "reproducible",
            Theme::Style => "style",
            Theme::Shell => "shell",
            Theme::Nextjs => "nextjs",
        }
    }
}

/// How gravely a rule reports by profile; `None` where it doesn't.
#[derive(Clone, Copy, Debug)]
pub struct Severities {
    pub editor: Option<Severity>,
    pub hadolint: Option<Severity>,
    pub buildkit: Option<Severity>,
    /// Under `strict` everything reports.
    pub strict: Severity,
}

impl Severities {
    /// The same in `editor` and `strict`, off where another tool's answers are asked for.
    pub const fn own(severity: Severity) -> Self {
        Self { editor: Some(severity), hadolint: None, buildkit: None, strict: severity }
    }

    pub const fn hadolint(self, severity: Severity) -> Self {
        Self { hadolint: Some(severity), ..self }
    }

    pub const fn buildkit(self, severity: Severity) -> Self {
        Self { buildkit: Some(severity), ..self }
    }

    pub const fn strict(self, severity: Severity) -> Self {
        Self { strict: severity, ..self }
    }

    /// Reports only where it is asked for by name, or under `strict`.
    pub const fn off_in_editor(self) -> Self {
        Self { editor: None, ..self }
    }

    pub fn of(self, profile: Profile) -> Option<Severity> {
        match profile {
            Profile::Editor => self.editor,
            Profile::Hadolint => self.hadolint,
            Profile::Buildkit => self.buildkit,
            Profile::Strict => Some(self.strict),
        }
    }
}

/// Whether findings come with a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixKind {
    None,
    /// Where there is a fix it is safe.
    Safe,
    /// Where there is a fix it is unsafe.
    Unsafe,
    /// Some fixes are safe, some are not.
    Either,
}

impl FixKind {
    pub fn as_str(self) -> &'static str {
        match self {
            FixKind::None => "none",
            FixKind::Safe => "safe",
            FixKind::Unsafe => "unsafe",
            FixKind::Either => "safe or unsafe",
        }
    }

    /// Whether a rule of this kind may have such a fix.
    pub fn allows(self, applicability: Applicability) -> bool {
        match self {
            FixKind::None => false,
            FixKind::Safe => applicability == Applicability::Safe,
            FixKind::Unsafe => applicability == Applicability::Unsafe,
            FixKind::Either => true,
        }
    }
}

/// What a finding hangs on, so that an edit need only ask again those rules that it can touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    pub scope: Scope,
    /// Whether the answer hangs on the build context too.
    pub context: bool,
    /// Whether it hangs on what ShellCheck says.
    pub shellcheck: bool,
    /// Whether it hangs on the whole file in the profile `hadolint`.
    pub wide_for_hadolint: bool,
    /// What can be set for the rule besides its severity.
    pub options: &'static [RuleOption],
}

/// Something that can be set for a rule: `[rules.NAME] option = …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleOption {
    /// Kebab-case.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    pub default: OptionDefault,
}

/// What an option takes, and what holds where nothing is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionDefault {
    Flag(bool),
    Number(u64),
    Texts(&'static [&'static str]),
}

impl OptionDefault {
    /// What the option takes, in words.
    pub fn takes(self) -> &'static str {
        match self {
            OptionDefault::Flag(_) => "true or false",
            OptionDefault::Number(_) => "a number",
            OptionDefault::Texts(_) => "a list of texts",
        }
    }
}

/// How far a rule looks around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One instruction, and what holds there (variables, user, working directory).
    Step,
    /// The stage, those that it is built on and those that are built on it, and whether its layers are part of the image.
    Stage,
    File,
}

impl Reads {
    pub const STEP: Reads = Reads::of(Scope::Step);
    pub const STAGE: Reads = Reads::of(Scope::Stage);
    pub const FILE: Reads = Reads::of(Scope::File);

    const fn of(scope: Scope) -> Self {
        Self { scope, context: false, shellcheck: false, wide_for_hadolint: false, options: &[] }
    }

    pub const fn and_context(self) -> Self {
        Self { context: true, ..self }
    }

    pub const fn and_shellcheck(self) -> Self {
        Self { shellcheck: true, ..self }
    }

    /// hadolint's own answer, in its profile, hangs on the whole file.
    pub const fn wide_for_hadolint(self) -> Self {
        Self { wide_for_hadolint: true, ..self }
    }

    /// The rule has options, which it reads with [`Input::number`](super::Input::number) and its like.
    pub const fn and_options(self, options: &'static [RuleOption]) -> Self {
        Self { options, ..self }
    }
}

/// The words of a rule's page. The Dockerfiles in it are checked like examples: `example` has the fault,
/// `instead` doesn't.
#[derive(Clone, Copy, Debug)]
pub struct Docs {
    /// "What it does", in Markdown.
    pub what: &'static str,
    /// "Why it matters", in Markdown.
    pub why: &'static str,
    /// "Example": a Dockerfile with the fault.
    pub example: &'static str,
    /// "Use instead": the same without it.
    pub instead: &'static str,
    /// "Fix safety", in Markdown.
    pub fix: &'static str,
    /// The build context of both Dockerfiles; `None` where it isn't known.
    pub files: Option<Files>,
}

/// Path and text of each file of a build context.
pub type Files = &'static [(&'static str, &'static str)];

/// How a rule is asked: the shapes that most rules have. A fold is a loop in a [`Check::Stage`].
#[derive(Clone, Copy)]
pub enum Check {
    /// Once for each instruction of these kinds, those behind ONBUILD too.
    Instruction(&'static [Keyword], for<'a> fn(&Input<'a>, Site<'a>, &mut Vec<Finding>)),
    /// Once for each command of each RUN, those behind ONBUILD too.
    Command(for<'a> fn(&Input<'a>, Site<'a>, &Cmd<'a>, &mut Vec<Finding>)),
    /// Once for each stage.
    Stage(for<'a> fn(&Input<'a>, &'a Stage, &mut Vec<Finding>)),
    /// Once.
    File(fn(&Input<'_>, &mut Vec<Finding>)),
    /// Once, after all others, when [`Input::ignores`] know what they have silenced. The second argument says
    /// whether a rule was asked under these settings.
    Ignores(fn(&Input<'_>, Asked<'_>, &mut Vec<Finding>)),
}

/// Whether a rule was asked under the settings that hold.
pub type Asked<'a> = &'a dyn Fn(&Rule) -> bool;

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Check::Instruction(..) => "Instruction",
            Check::Command(_) => "Command",
            Check::Stage(_) => "Stage",
            Check::File(_) => "File",
            Check::Ignores(_) => "Ignores",
        })
    }
}

/// A Dockerfile that shows a rule at work. All of them are run as tests.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    pub text: &'static str,
    /// The build context; `None` where it isn't known.
    pub files: Option<Files>,
    pub profile: Profile,
    /// The text of a `plimsoll.toml`.
    pub settings: &'static str,
    /// The 1-based line of each finding of the rule and the text that it marks; none for a sound file.
    pub found: &'static [(u32, &'static str)],
    /// The text after all fixes of the rule; `None` where no finding has one.
    pub fixed: Option<&'static str>,
    /// Whether the fixes may change what is built.
    pub unsafely: bool,
    /// The other files that the fixes write, and their text afterwards.
    pub fixed_files: Files,
}

impl Example {
    /// A file with the fault.
    pub const fn bad(text: &'static str, found: &'static [(u32, &'static str)]) -> Self {
        Self {
            text,
            files: None,
            profile: Profile::Editor,
            settings: "",
            found,
            fixed: None,
            unsafely: false,
            fixed_files: &[],
        }
    }

    /// A file in which the rule finds nothing.
    pub const fn ok(text: &'static str) -> Self {
        Self::bad(text, &[])
    }

    /// With a build context of these files.
    pub const fn with(self, files: Files) -> Self {
        Self { files: Some(files), ..self }
    }

    pub const fn under(self, profile: Profile) -> Self {
        Self { profile, ..self }
    }

    /// With this text of a `plimsoll.toml`.
    pub const fn set(self, settings: &'static str) -> Self {
        Self { settings, ..self }
    }

    /// The Dockerfile after the fixes.
    pub const fn fixed(self, text: &'static str) -> Self {
        Self { fixed: Some(text), ..self }
    }

    /// The Dockerfile after the fixes of a rule that has safe ones too; these are unsafe.
    pub const fn fixed_unsafely(self, text: &'static str) -> Self {
        Self { fixed: Some(text), unsafely: true, ..self }
    }

    /// Another file after the fixes; the Dockerfile stays as it is.
    pub const fn fixed_files(self, files: Files) -> Self {
        Self { fixed: Some(self.text), fixed_files: files, ..self }
    }
}
