use super::ignores::experimental;
use super::kept::{Held, Kept, Told};
use super::{Check, Checked, Cmd, Diagnostic, Finding, Input, Rule, Severity, Site, alias, kit};
use crate::layers::Subject;
use crate::model::Stage;
use crate::settings::{Level, Profile, RuleSetting, Settings};
use crate::syntax::{InstructionId, Keyword, SyntaxError};
use crate::text::Span;
use std::collections::HashMap;
use std::sync::Arc;

/// What the rules find in `subject`, in the order of the text. `errors` are those of its parsing, `checked` is what
/// ShellCheck said, None where it isn't asked. `kept` is what was found in earlier versions of the file, with the same
/// settings and view of the context; None where there is no earlier and no later one.
pub fn check(
    subject: &Subject<'_>,
    errors: &[SyntaxError],
    settings: &Settings,
    checked: Option<Checked<'_>>,
    kept: Option<&Kept>,
) -> Vec<Diagnostic> {
    let active = active(settings);
    let input = Input::new(*subject, errors, settings, checked);
    let mut run = Run { input: &input, scratch: Vec::new(), out: Vec::new() };
    let (local, wide): (Vec<&Active>, Vec<&Active>) =
        active.iter().partition(|active| kept.is_some() && active.rule.looks_at_stages(settings.profile));
    run.instructions(&wide, &Questions::of(&wide), subject.tree().numbered().map(|(id, _)| id));
    for active in &wide {
        match active.rule.check {
            Check::Stage(check) => {
                for stage in subject.model.stages() {
                    run.ask(active, |input, found| check(input, stage, found));
                }
            }
            Check::File(check) => run.ask(active, check),
            _ => {}
        }
    }
    if let Some(kept) = kept {
        run.stages(&local, kept);
    }
    // Last, since what a comment silences shows only then.
    for rule in &active {
        if let Check::Ignores(check) = rule.rule.check {
            let asked = |rule: &Rule| {
                let called = |wanted: &String| rule.is_called(wanted);
                let off = |(name, setting): &(String, RuleSetting)| {
                    setting.severity == Some(Level::Off) && rule.is_called(name)
                };
                active.iter().any(|active| active.rule.name == rule.name && active.severity.is_some())
                    && !settings.rules.iter().any(off)
                    && (settings.select.is_empty() || settings.select.iter().any(|name| name == rule.name))
                    && !settings.ignore.iter().any(called)
            };
            run.ask(rule, |input, found| check(input, &asked, found));
        }
    }
    let mut out = run.out;
    out.sort_by(|a, b| (a.span, a.rule).cmp(&(b.span, b.rule)));
    out
}

/// A rule that reports.
struct Active {
    rule: &'static Rule,
    /// How gravely; None where only a setting for some of its findings makes it report.
    severity: Option<Severity>,
}

/// The rules that report by these settings. A rule that is asked for by name reports even where its profile
/// has it off.
fn active(settings: &Settings) -> Vec<Active> {
    let rules = super::all().iter().filter_map(|rule| {
        let selected = settings.select.iter().any(|wanted| rule.is_called(wanted));
        if !settings.select.is_empty() && !selected {
            return None;
        }
        let severity = match rule.severity.of(settings.profile) {
            None if selected => Some(rule.severity.strict),
            // Reports where the file asks for it.
            None if settings.profile == Profile::Buildkit && experimental(rule.aliases).is_some() => {
                Some(Severity::Warning)
            }
            severity => severity,
        };
        // A severity that is set turns a rule on, as hadolint's `override` does.
        let set = settings.rules.iter().rev().filter(|(name, _)| rule.is_called(name));
        let mut set = set.filter_map(|(_, setting)| setting.severity).peekable();
        match set.peek() {
            Some(Level::Off) if severity.is_none() => None,
            None if severity.is_none() => None,
            _ => Some(Active { rule, severity }),
        }
    });
    rules.collect()
}

/// Whether a rule that reports by these settings hangs on what ShellCheck says.
pub(super) fn asks_shellcheck(settings: &Settings) -> bool {
    let ignored = |rule: &Rule| settings.ignore.iter().any(|name| name == rule.name);
    active(settings).iter().any(|active| active.rule.reads.shellcheck && !ignored(active.rule))
}

/// The tool whose answers a profile gives.
fn tool(profile: Profile) -> Option<&'static str> {
    match profile {
        Profile::Hadolint => Some("hadolint"),
        Profile::Buildkit => Some("buildkit"),
        Profile::Editor | Profile::Strict => None,
    }
}

struct Run<'i, 'a> {
    input: &'i Input<'a>,
    /// What one question brought; empty between questions.
    scratch: Vec<Finding>,
    out: Vec<Diagnostic>,
}

impl<'a> Run<'_, 'a> {
    /// Asks rules about stages, but for those of which is known what they find.
    fn stages(&mut self, local: &[&Active], kept: &Kept) {
        let model = self.input.model();
        let questions = Questions::of(local);
        let mut now = HashMap::new();
        let mut id = 0;
        let mut steps = self.input.subject.plan.steps();
        for (stage, mark) in model.stages().iter().zip(model.fingerprints()) {
            let (own, below) = steps.split_at(steps.partition_point(|step| step.stage <= stage.index));
            steps = below;
            let key = (mark.family, own.iter().any(|step| step.in_image));
            let known = kept.get(key);
            let held = known.unwrap_or_else(|| self.of_stage(&questions, stage, mark.start));
            for held in held.iter() {
                if let Some(active) = local.get(held.rule) {
                    let told = held.told(self.input.subject.source(), mark.start);
                    let diagnostic = self.report(active, told);
                    self.out.extend(diagnostic);
                }
            }
            now.insert(key, held);
            id += stage.instructions.len();
        }
        kept.keep(now);
        // What stands above the stages.
        if id < self.input.tree().numbered().count() {
            let apart = |id: &InstructionId| model.stage_of(*id).is_none();
            let ids = self.input.tree().numbered().map(|(id, _)| id).filter(apart);
            self.instructions(local, &questions, ids);
        }
    }

    fn of_stage(&self, questions: &Questions, stage: &'a Stage, start: u32) -> Arc<[Held]> {
        let mut held = Vec::new();
        let mut take = |rule: usize, finding: Finding| held.push(Held::new(rule, finding, start));
        for &id in &stage.instructions {
            ask_of(self.input, questions, id, &mut take);
        }
        let mut found = Vec::new();
        for &(rule, check) in &questions.stages {
            check(self.input, stage, &mut found);
            found.drain(..).rev().for_each(|finding| take(rule, finding));
        }
        held.into()
    }

    /// Asks the rules that look at single instructions or commands.
    fn instructions(
        &mut self,
        asked: &[&Active],
        questions: &Questions,
        ids: impl Iterator<Item = InstructionId>,
    ) {
        let mut out = std::mem::take(&mut self.out);
        for id in ids {
            ask_of(self.input, questions, id, &mut |rule, finding| {
                let active = asked.get(rule);
                out.extend(active.and_then(|active| self.report(active, finding.into())));
            });
        }
        self.out = out;
    }

    fn ask(&mut self, active: &Active, question: impl FnOnce(&Input<'a>, &mut Vec<Finding>)) {
        question(self.input, &mut self.scratch);
        while let Some(finding) = self.scratch.pop() {
            let diagnostic = self.report(active, finding.into());
            self.out.extend(diagnostic);
        }
    }

    /// The finding as it is shown; None where settings or comments silence it.
    fn report(&self, active: &Active, told: Told) -> Option<Diagnostic> {
        let (rule, settings, finding) = (active.rule, self.input.settings, &*told.shared);
        let aliases = finding.aliases.as_deref().unwrap_or(rule.aliases);
        let name = finding.name.unwrap_or(rule.name);
        let called = |wanted: &String| {
            rule.name == wanted || name == wanted || aliases.iter().any(|a| alias::matches(a, wanted))
        };
        if !settings.select.is_empty() && !settings.select.iter().any(called) {
            return None;
        }
        if settings.ignore.iter().any(called) {
            return None;
        }
        let ignores = &self.input.ignores;
        let set = settings.rules.iter().rev().filter(|(name, _)| called(name));
        let set = set.filter_map(|(_, setting)| setting.severity).next();
        let mut severity = match set {
            Some(Level::Off) => return None,
            Some(Level::Hint) => Severity::Hint,
            Some(Level::Info) => Severity::Info,
            Some(Level::Warning) => Severity::Warning,
            Some(Level::Error) => Severity::Error,
            None => active.severity.map(|severity| finding.severity.unwrap_or(severity))?,
        };
        let mut span = told.span();
        match tool(settings.profile) {
            Some(tool) => {
                let of_tool = |alias: &&&str| alias::split(alias).0 == tool;
                if rule.aliases.iter().any(|a| of_tool(&a)) && !aliases.iter().any(|a| of_tool(&a)) {
                    return None;
                }
                if tool == "buildkit" && (ignores.is_off(aliases) || !self.comes_to(aliases, span)) {
                    return None;
                }
                if !finding.on_its_line {
                    span = self.line_of_tool(span);
                }
            }
            // What is set is set.
            None if set.is_none() => severity = finding.at_most.map_or(severity, |most| most.min(severity)),
            None => {}
        }
        if ignores.silence(&[name, rule.name], aliases, told.span(), self.input.tree()) {
            return None;
        }
        let severity = ignores.severity(aliases, severity);
        Some(Diagnostic { rule: name, severity, span, aliases: rule.aliases, finding: told })
    }

    /// Whether BuildKit comes to a finding, which stops at the first thing that it refuses, and tells that.
    fn comes_to(&self, aliases: &[&str], span: Span) -> bool {
        let frontend = self.input.frontend();
        let mut checks = aliases.iter().map(|a| alias::split(a)).filter(|(tool, _)| *tool == "buildkit");
        match checks.next() {
            Some((_, check)) => {
                let id = self.input.tree().id_at(span.start);
                !frontend.stops_before(kit::frontend::order_of(check, id))
            }
            None => frontend.refusals.first().is_some_and(|first| first.span == span),
        }
    }

    /// hadolint and BuildKit's checks put a finding on the line where the instruction starts.
    fn line_of_tool(&self, span: Span) -> Span {
        let tree = self.input.tree();
        match tree.instruction_at(span.start) {
            Some(instruction)
                if tree.lines().line(span.start) != tree.lines().line(instruction.span.start) =>
            {
                instruction.keyword_span
            }
            _ => span,
        }
    }
}

/// What the rules of a list ask, each by its place in the list.
#[derive(Default)]
struct Questions {
    by_keyword: [Vec<(usize, InstructionCheck)>; KEYWORDS],
    commands: Vec<(usize, CommandCheck)>,
    stages: Vec<(usize, StageCheck)>,
}

type InstructionCheck = for<'a> fn(&Input<'a>, Site<'a>, &mut Vec<Finding>);
type CommandCheck = for<'a> fn(&Input<'a>, Site<'a>, &Cmd<'a>, &mut Vec<Finding>);
type StageCheck = for<'a> fn(&Input<'a>, &'a Stage, &mut Vec<Finding>);

impl Questions {
    fn of(list: &[&Active]) -> Self {
        let mut questions = Self::default();
        for (at, active) in list.iter().enumerate() {
            match active.rule.check {
                Check::Instruction(keywords, check) => {
                    for keyword in keywords {
                        questions.by_keyword[*keyword as usize].push((at, check));
                    }
                }
                Check::Command(check) => questions.commands.push((at, check)),
                Check::Stage(check) => questions.stages.push((at, check)),
                Check::File(_) | Check::Ignores(_) => {}
            }
        }
        questions
    }
}

/// Asks about an instruction, its commands, and the instruction behind its ONBUILD. Gives what is found to `take`, with
/// the place of the rule.
fn ask_of<'a>(
    input: &Input<'a>,
    questions: &Questions,
    id: InstructionId,
    take: &mut dyn FnMut(usize, Finding),
) {
    let Some(outer) = input.subject.instruction(id) else { return };
    let mut found = Vec::new();
    for (instruction, onbuild) in [(Some(outer), false), (outer.trigger.as_deref(), true)] {
        let Some(instruction) = instruction else { continue };
        let site = Site { id, instruction, onbuild };
        for &(rule, check) in &questions.by_keyword[instruction.keyword as usize] {
            check(input, site, &mut found);
            found.drain(..).rev().for_each(|finding| take(rule, finding));
        }
        if instruction.keyword == Keyword::Run && !questions.commands.is_empty() {
            for command in input.commands(id) {
                for &(rule, check) in &questions.commands {
                    check(input, site, command, &mut found);
                    found.drain(..).rev().for_each(|finding| take(rule, finding));
                }
            }
        }
    }
}

/// How many kinds of instruction there are, the unknown one included.
const KEYWORDS: usize = Keyword::Unknown as usize + 1;
