use super::call::{self, Call};
use super::ignores::{Ignore, Ignores};
use super::kit::frontend::Frontend;
use super::kit::next::App;
use super::kit::stages::StageNames;
use super::kit::users::Users;
use super::{Checked, OptionDefault, RuleOption};
use crate::context::View;
use crate::context::builds::BuildUse;
use crate::layers::Subject;
use crate::model::{Frame, Model, Stage};
use crate::settings::{OptionValue, Profile, Settings};
use crate::shell::{Command, Script, packages};
use crate::syntax::{Instruction, InstructionId, Keyword, SyntaxError, Tree};
use crate::text::Span;
use std::cell::OnceCell;

/// What the rules read: one file with all that is known of it. Commands are read once for all rules.
pub struct Input<'a> {
    pub subject: Subject<'a>,
    pub errors: &'a [SyntaxError],
    pub settings: &'a Settings,
    /// What ShellCheck has said; None where it isn't asked.
    pub checked: Option<Checked<'a>>,
    pub(super) ignores: Ignores,
    commands: Vec<OnceCell<Vec<Cmd<'a>>>>,
    calls: Vec<OnceCell<Vec<Call<'a>>>>,
    frontend: OnceCell<Frontend>,
    next: OnceCell<Option<App<'a>>>,
    users: Vec<OnceCell<Users<'a>>>,
    stage_names: OnceCell<StageNames>,
}

/// One instruction and where it stands.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The instruction's name in its tree; behind ONBUILD, the name of the ONBUILD.
    pub id: InstructionId,
    pub instruction: &'a Instruction,
    /// Whether it stands behind ONBUILD.
    pub onbuild: bool,
}

/// One command of a script, and what it asks of a package manager.
pub struct Cmd<'a> {
    pub command: Command<'a>,
    pub action: Option<packages::Action<'a>>,
}

impl<'a> Cmd<'a> {
    /// The bytes from the program to the verb (`apt-get update`, `npm ci`), or the program's alone. Starters
    /// such as `sudo` are left out.
    pub fn head(&self) -> Span {
        match &self.action {
            Some(action) => {
                let program = Span::empty(action.span.start);
                action.verb_span.map_or(action.span, |verb| program.to(verb))
            }
            None => self.command.program().map_or(self.command.span, |program| program.span),
        }
    }
}

impl<'a> Input<'a> {
    pub(super) fn new(
        subject: Subject<'a>,
        errors: &'a [SyntaxError],
        settings: &'a Settings,
        checked: Option<Checked<'a>>,
    ) -> Self {
        let commands = subject.tree().items().iter().map(|_| OnceCell::new()).collect();
        let calls = subject.tree().items().iter().map(|_| OnceCell::new()).collect();
        let ignores = Ignores::read(subject.tree(), settings);
        let users = subject.model.stages().iter().map(|_| OnceCell::new()).collect();
        let (frontend, next, stage_names) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self {
            subject,
            errors,
            settings,
            checked,
            ignores,
            commands,
            calls,
            frontend,
            next,
            users,
            stage_names,
        }
    }

    /// What BuildKit's frontend does with the file.
    pub fn frontend(&self) -> &Frontend {
        self.frontend.get_or_init(|| Frontend::new(self.model(), self.errors))
    }

    /// What the file does with a Next.js app; None where it has nothing to do with one.
    pub fn next(&self) -> Option<&App<'a>> {
        self.next.get_or_init(|| App::read(self)).as_ref()
    }

    /// What the RUNs of a stage do about users.
    pub fn users(&self, stage: &'a Stage) -> &Users<'a> {
        const NONE: &Users<'static> = &Users { created: Vec::new(), joined: Vec::new(), changed: Vec::new() };
        self.users.get(stage.index).map_or(NONE, |cell| cell.get_or_init(|| Users::read(self, stage)))
    }

    /// The names that stages have and can have.
    pub fn stage_names(&self) -> &StageNames {
        self.stage_names.get_or_init(|| StageNames::read(self))
    }

    pub fn model(&self) -> &'a Model {
        self.subject.model
    }

    pub fn tree(&self) -> &'a Tree {
        self.subject.model.tree()
    }

    pub fn source(&self) -> &'a str {
        self.subject.model.tree().source()
    }

    /// The build context; None where it isn't known, or not yet, or where there is none.
    pub fn context(&self) -> Option<&'a View> {
        self.subject.context.filter(|view| view.root.is_some())
    }

    /// The builds of Compose and Bake files that use the Dockerfile, whether their context is known or not.
    pub fn builds(&self) -> &'a [BuildUse] {
        self.subject.context.map(|view| &view.builds.uses[..]).unwrap_or_default()
    }

    pub fn profile(&self) -> Profile {
        self.settings.profile
    }

    /// The script of a RUN, CMD, ENTRYPOINT or HEALTHCHECK.
    pub fn script(&self, id: InstructionId) -> Option<&'a Script> {
        self.subject.model.script(id)
    }

    /// The commands of a RUN, CMD, ENTRYPOINT or HEALTHCHECK, or of the one behind an ONBUILD.
    pub fn commands(&self, id: InstructionId) -> &[Cmd<'a>] {
        let read = || {
            let script: Option<&'a Script> = self.subject.model.script(id);
            let commands = script.map(Script::commands).unwrap_or_default().into_iter();
            commands.map(|command| Cmd { action: packages::of(&command), command }).collect()
        };
        self.commands.get(id.index()).map_or(&[], |cell| cell.get_or_init(read))
    }

    /// The programs that a RUN, CMD, ENTRYPOINT or HEALTHCHECK, or the one behind an ONBUILD, calls.
    pub fn calls(&self, id: InstructionId) -> &[Call<'a>] {
        let read = || {
            let (Some(script), Some(outer)) = (self.subject.model.script(id), self.tree().instruction(id))
            else {
                return Vec::new();
            };
            let instruction = outer.trigger.as_deref().unwrap_or(outer);
            call::calls(self.profile(), self.source(), instruction, script, self.commands(id))
        };
        self.calls.get(id.index()).map_or(&[], |cell| cell.get_or_init(read))
    }

    /// The instructions of a stage behind its FROM.
    pub fn steps(&self, stage: &'a Stage) -> impl DoubleEndedIterator<Item = Site<'a>> {
        let steps = self.subject.model.steps(stage);
        steps.map(|(id, instruction)| Site { id, instruction, onbuild: false })
    }

    /// The number set for an option of the rule `rule`, else the option's default.
    pub fn number(&self, rule: &str, option: &RuleOption) -> u64 {
        match (self.option(rule, option), option.default) {
            (Some(OptionValue::Number(number)), _) => *number,
            (_, OptionDefault::Number(number)) => number,
            _ => 0,
        }
    }

    /// Whether an option of the rule `rule` is on.
    pub fn flag(&self, rule: &str, option: &RuleOption) -> bool {
        match (self.option(rule, option), option.default) {
            (Some(OptionValue::Flag(flag)), _) => *flag,
            (_, OptionDefault::Flag(flag)) => flag,
            _ => false,
        }
    }

    /// The texts set for an option of the rule `rule`, else the option's default.
    pub fn texts(&self, rule: &str, option: &RuleOption) -> Vec<&'a str> {
        match (self.option(rule, option), option.default) {
            (Some(OptionValue::Texts(texts)), _) => texts.iter().map(String::as_str).collect(),
            (_, OptionDefault::Texts(texts)) => texts.to_vec(),
            _ => Vec::new(),
        }
    }

    fn option(&self, rule: &str, option: &RuleOption) -> Option<&'a OptionValue> {
        let rule = super::find(rule)?;
        let mut set = self.settings.rules.iter().rev().filter(|(name, _)| rule.is_called(name));
        set.find_map(|(_, setting)| setting.options.get(option.name))
    }

    /// The comments that silence findings, in the order of the text.
    pub fn ignores(&self) -> &[Ignore] {
        self.ignores.all()
    }

    /// What `# hadolint shell=` says that reads the shell forms where `id` stands, as it is written
    /// (`/bin/bash`, `pwsh -c`). It comes before SHELL and the default.
    pub fn said_shell(&self, id: InstructionId) -> Option<&'a str> {
        self.ignores.shell(self.subject.model, id)
    }

    pub fn frame(&self, id: InstructionId) -> Option<&'a Frame> {
        self.subject.model.frame(id)
    }

    /// The last instruction of this kind in a stage: the one that counts of CMD, ENTRYPOINT, HEALTHCHECK.
    pub fn last(&self, stage: &'a Stage, keyword: Keyword) -> Option<Site<'a>> {
        self.steps(stage).rev().find(|site| site.instruction.keyword == keyword)
    }
}
