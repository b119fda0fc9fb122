use super::builds::build_arguments;
use crate::context::View;
use crate::context::builds::BuildUse;
use crate::context::shellcheck::Answers;
use crate::layers::{self, Plan, Scenario, Subject, scenarios};
use crate::model::Model;
use crate::rules::{self, Checked, Diagnostic, Script};
use crate::settings::{Profile, Settings};
use crate::syntax::{SyntaxError, Tree, parse};
use crate::text::LineTable;
use std::sync::{Arc, OnceLock};

/// One version of one Dockerfile with all that is known of it. Immutable; what is derived from the
/// text is computed once, on first use, by whichever thread asks first. A clone is cheap and shares it.
#[derive(Clone)]
pub struct Snapshot {
    text: Arc<Text>,
    meaning: Arc<Meaning>,
    context: Option<Arc<View>>,
    settings: Arc<Settings>,
    /// What ShellCheck has said so far.
    answers: Arc<Answers>,
    /// What hangs on the context and the settings too.
    derived: Arc<Derived>,
    kept: Option<Kept>,
}

/// What was reckoned of the stages of earlier versions of a file, in the same context and with the same settings. What
/// an edit leaves as it is is taken from there.
#[derive(Clone, Default)]
pub struct Kept {
    weights: Arc<layers::Kept>,
    findings: Arc<rules::Kept>,
}

/// What hangs on the text alone, shared by snapshots that differ in their context.
struct Text {
    source: Arc<str>,
    lines: OnceLock<LineTable>,
    parsed: OnceLock<(Arc<Tree>, Vec<SyntaxError>)>,
}

impl Text {
    fn parsed(&self) -> &(Arc<Tree>, Vec<SyntaxError>) {
        self.parsed.get_or_init(|| {
            let (tree, errors) = parse(Arc::clone(&self.source));
            (Arc::new(tree), errors)
        })
    }
}

/// What the text means where it is built with these arguments.
struct Meaning {
    arguments: Vec<(String, Option<String>)>,
    model: OnceLock<Model>,
}

impl Meaning {
    fn new(arguments: Vec<(String, Option<String>)>) -> Arc<Self> {
        Arc::new(Self { arguments, model: OnceLock::new() })
    }
}

/// The build of a Compose or Bake file that holds, if one does.
fn build<'a>(context: Option<&'a Arc<View>>, settings: &Settings) -> Option<&'a BuildUse> {
    // hadolint knows nothing of them.
    context.filter(|_| settings.profile != Profile::Hadolint)?.builds.used()
}

/// The build arguments that are given, those of the settings last, which is where they count.
fn arguments(text: &Text, context: Option<&Arc<View>>, settings: &Settings) -> Vec<(String, Option<String>)> {
    build_arguments(|| Arc::clone(&text.parsed().0), build(context, settings), &settings.build_arguments)
}

#[derive(Default)]
struct Derived {
    plan: OnceLock<Plan>,
    /// That of the last stage, where the build asks for another.
    whole: OnceLock<Plan>,
    scenarios: OnceLock<Vec<Scenario>>,
    diagnostics: OnceLock<Vec<Diagnostic>>,
    shell_scripts: OnceLock<Vec<Script>>,
}

impl Snapshot {
    /// A snapshot of `source`. `context` is what is known of the build context so far, None before the
    /// first look at the disk.
    pub fn new(source: impl Into<Arc<str>>, context: Option<Arc<View>>, settings: Arc<Settings>) -> Self {
        let text = Text { source: source.into(), lines: OnceLock::new(), parsed: OnceLock::new() };
        let meaning = Meaning::new(arguments(&text, context.as_ref(), &settings));
        let (answers, derived) = (Arc::default(), Arc::default());
        Self { text: Arc::new(text), meaning, context, settings, answers, derived, kept: None }
    }

    /// The same as a version of a file that others precede and follow. `kept` is for versions in one view of the context
    /// with one value of the settings.
    pub fn keeping(self, kept: Kept) -> Self {
        Self { kept: Some(kept), ..self }
    }

    /// The same text with another view of its build context, and other settings; nothing is kept of other versions.
    pub fn with(&self, context: Option<Arc<View>>, settings: Arc<Settings>) -> Self {
        let arguments = arguments(&self.text, context.as_ref(), &settings);
        let meaning = match arguments == self.meaning.arguments {
            true => Arc::clone(&self.meaning),
            false => Meaning::new(arguments),
        };
        let (text, answers) = (Arc::clone(&self.text), Arc::clone(&self.answers));
        Self { text, meaning, context, settings, answers, derived: Arc::default(), kept: None }
    }

    /// The same with what ShellCheck has said.
    pub fn checked(&self, answers: Arc<Answers>) -> Self {
        let same = self.with(self.context.clone(), Arc::clone(&self.settings));
        Self { answers, kept: self.kept.clone(), ..same }
    }

    /// What ShellCheck has said so far.
    pub fn answers(&self) -> &Arc<Answers> {
        &self.answers
    }

    /// The scripts of the file that ShellCheck is asked about.
    pub fn shell_scripts(&self) -> &[Script] {
        self.derived.shell_scripts.get_or_init(|| rules::scripts(self.model(), &self.settings))
    }

    /// The whole text.
    pub fn source(&self) -> &Arc<str> {
        &self.text.source
    }

    /// The lines as the LSP counts them.
    pub fn lines(&self) -> &LineTable {
        self.text.lines.get_or_init(|| LineTable::lsp(&self.text.source))
    }

    /// The tree that the text is read into.
    pub fn tree(&self) -> &Arc<Tree> {
        &self.parsed().0
    }

    /// What BuildKit refuses of the text.
    pub fn syntax_errors(&self) -> &[SyntaxError] {
        &self.parsed().1
    }

    /// Stages, variables, and what holds at each instruction.
    pub fn model(&self) -> &Model {
        let tree = || Arc::clone(&self.parsed().0);
        self.meaning.model.get_or_init(|| Model::with_given(tree(), self.meaning.arguments.clone()))
    }

    /// The build of a Compose or Bake file that the file is looked at as.
    pub fn build(&self) -> Option<&BuildUse> {
        build(self.context.as_ref(), &self.settings)
    }

    /// The steps of a build: of the stage that the build asks for, else of the last one.
    pub fn plan(&self) -> &Plan {
        self.derived.plan.get_or_init(|| {
            let target = self.build().and_then(|build| build.target.as_ref()?.as_deref());
            let target = target.and_then(|name| self.model().stage_called(name));
            self.new_plan(target.map(|stage| stage.index))
        })
    }

    /// The build context; None where it isn't known, or not yet.
    pub fn context(&self) -> Option<&Arc<View>> {
        self.context.as_ref()
    }

    /// The settings that the findings, hints and lenses obey.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The changes that are likely in this project, and what each runs again.
    /// None where the context isn't known.
    pub fn scenarios(&self) -> &[Scenario] {
        self.derived.scenarios.get_or_init(|| {
            let subject = self.subject();
            subject.context.map_or_else(Vec::new, |view| scenarios(&subject, view))
        })
    }

    /// What rules, actions and recipes read.
    pub fn subject(&self) -> Subject<'_> {
        Subject { model: self.model(), plan: self.plan(), context: self.context.as_deref() }
    }

    /// What the rules find, in the order of the text.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.derived.diagnostics.get_or_init(|| {
            let checked = self
                .answers
                .are_expected()
                .then(|| Checked { scripts: self.shell_scripts(), answers: &self.answers });
            // Other builds want the stages behind the target of this one: what is wrong with them is told.
            let last = self.model().target().map(|stage| stage.index);
            let plan = match self.plan().target() == last {
                true => self.plan(),
                false => self.derived.whole.get_or_init(|| self.new_plan(None)),
            };
            let subject = Subject { plan, ..self.subject() };
            let kept = self.kept.as_ref().map(|kept| &*kept.findings);
            rules::check(&subject, self.syntax_errors(), &self.settings, checked, kept)
        })
    }

    fn new_plan(&self, target: Option<usize>) -> Plan {
        let plan = Plan::new(self.model(), target);
        match &self.kept {
            Some(kept) => plan.keeping(Arc::clone(&kept.weights)),
            None => plan,
        }
    }

    fn parsed(&self) -> &(Arc<Tree>, Vec<SyntaxError>) {
        self.text.parsed()
    }
}
