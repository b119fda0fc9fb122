//! The text of the run stage.

use super::app::Public;
use super::base::Kind;
use super::detect::Found;
use super::entry_steps;
use super::pm2::{self, Pm2};
use super::prisma;
use super::steps::Steps;
use super::user::User;
use crate::convert::Question;
use crate::convert::ask::choice;
use crate::convert::instructions::{IMAGES_OWN, Instructions, drop_dead};
use crate::convert::localhost::without_localhost;
use crate::convert::plan::{Fate, Line, comment_spans, comments_of, exec, is_ignore};
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at, shown, warning};
use crate::shell;
use crate::syntax::{Instruction, InstructionId, Keyword};

/// The key of the question whether what loads variables from files may go.
const LOADER: &str = "dotenv";

/// What the run stage is written from.
pub(super) struct RunStage<'r, 'a> {
    pub found: &'r Found<'a>,
    pub user: &'r User,
    /// The app's user may write in the folder that the app lies in.
    pub owns_root: bool,
    /// The folder of the build, relative to the app.
    pub dist: &'r str,
    pub public: Public,
    pub extra: &'r [String],
    /// The name of the build stage.
    pub builder: &'r str,
    /// Writes a keyword as the file does.
    pub keyword: &'r dyn Fn(Keyword) -> String,
}

/// How the app begins.
#[derive(Default)]
pub(super) struct Begin {
    /// ENTRYPOINT and CMD.
    pub lines: Vec<Line>,
    /// What they need besides the app.
    pub installs: Vec<Line>,
    /// CMD for migrations that get a stage of their own.
    pub migrations: Option<Line>,
}

/// The init process in front of the app must be installed in the run stage too.
pub(super) fn init(found: &Found<'_>, runs: &[Line]) -> Result<(), Stop> {
    let Some(program) = found.start.init.first() else { return Ok(()) };
    let name = program.rsplit('/').next().unwrap_or(program);
    if name == IMAGES_OWN {
        return Ok(());
    }
    if runs.iter().any(|line| line.text.split_whitespace().any(|word| word == name)) {
        return Ok(());
    }
    let at = found.instructions.entrypoint.or(found.instructions.cmd);
    let at = at.and_then(|id| found.subject.instruction(id)).ok_or(Stop::NotMine)?;
    let message = format!(
        "Line {} starts through {name}, but no apk or apt-get of the file installs it.",
        at.first_line
    );
    Err(refused_at(NOT_YET, at, message))
}

impl RunStage<'_, '_> {
    /// SHELL goes along, since what stands in shell form means it.
    pub fn shell(&self) -> Result<Option<Line>, Stop> {
        let (found, keyword) = (self.found, self.keyword);
        let Some(id) = found.subject.model.last_frame(found.stage).shell else { return Ok(None) };
        let Some(instruction) = found.subject.instruction(id) else { return Ok(None) };
        let program = instruction.args.first().map(|word| &*word.text).unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or(program);
        let from =
            found.subject.instruction(found.stage.from).map(|from| from.rest_span().of(found.source()));
        let has_bash = from.is_some_and(|from| !from.contains("alpine") && !from.contains('$'));
        if !(matches!(program, "sh" | "ash") || program == "bash" && has_bash) {
            let message = format!(
                "SHELL on line {} sets {program}, which the base image of the run stage may not have.",
                instruction.first_line
            );
            return Err(refused_at(NOT_YET, instruction, message));
        }
        let text = instruction.rest_splice(found.source()).text(found.source()).trim().to_owned();
        Ok(Some(Line::new(format!("{} {text}", keyword(Keyword::Shell)))))
    }

    /// What is taken from the build stage, and the folder that the server writes its cache to.
    pub fn copies(&self) -> Vec<Line> {
        let (found, dist, below) = (self.found, self.dist, self.found.below_root());
        let mut lines = Vec::new();
        if let Some(owner) = &self.user.owner {
            let place = format!("{below}{dist}");
            let parents = if place.contains('/') { "-p " } else { "" };
            let all = if self.owns_root { format!(". {place}") } else { place.clone() };
            lines.push(format!(
                "{} mkdir {parents}{place} && chown {owner} {all}",
                (self.keyword)(Keyword::Run)
            ));
        }
        let owner = self.user.owner.as_ref().map(|owner| format!(" --chown={owner}")).unwrap_or_default();
        let copy = format!("{} --from={}{owner}", (self.keyword)(Keyword::Copy), self.builder);
        let app = &found.app;
        match self.public {
            Public::There => lines.push(format!("{copy} {app}/public ./{below}public")),
            // BuildKit lets a pattern match nothing, where a plain path must be there.
            Public::Perhaps => lines.push(format!("{copy} {app}/publi[c] ./{below}public")),
            Public::Missing => {}
        }
        lines.push(format!("{copy} {app}/{dist}/standalone ./"));
        lines.push(format!("{copy} {app}/{dist}/static ./{below}{dist}/static"));
        lines.extend(self.extra.iter().map(|name| format!("{copy} {app}/{name} ./{below}{name}")));
        lines.extend(found.entry.kept.iter().map(|text| {
            let inside = text.place.strip_prefix(&*found.root).and_then(|rest| rest.strip_prefix('/'));
            let to = inside.map_or_else(|| text.place.clone(), |inside| format!("./{inside}"));
            format!("{copy} {} {to}", text.place)
        }));
        lines.into_iter().map(Line::new).collect()
    }

    /// USER and what else only describes the image.
    pub fn settings(&self, host: &str, steps: &mut Steps) -> Vec<Line> {
        let (found, user, keyword) = (self.found, self.user, self.keyword);
        let source = found.source();
        let mut lines = Vec::new();
        let mut own = None;
        for (id, instruction) in found.subject.model.steps(found.stage) {
            if instruction.keyword == Keyword::User && id > found.build {
                if Some(id) == user.instruction {
                    steps.fates.insert(id, Fate::Move);
                    own = Some(Line::moved(id, instruction, source));
                } else {
                    steps.fates.insert(id, Fate::Gone);
                    let text = shown(instruction, source);
                    let comments = comments_of(found, instruction);
                    let line = instruction.first_line;
                    let message = format!(
                        "`{text}` (line {line}) is left out: nothing of the run stage stands behind it.{comments}"
                    );
                    steps.notes.push(note(instruction, message));
                }
            }
        }
        match (&own, &user.name) {
            (Some(own), _) => lines.push(own.clone()),
            (None, Some(name)) => lines.push(Line::new(format!("{} {name}", keyword(Keyword::User)))),
            (None, None) => {}
        }
        let moved: Vec<(InstructionId, &Instruction)> = found
            .subject
            .model
            .steps(found.stage)
            .filter(|(id, i)| {
                steps.fates.get(id) == Some(&Fate::Move)
                    && !matches!(
                        i.keyword,
                        Keyword::User
                            | Keyword::Env
                            | Keyword::Arg
                            | Keyword::Run
                            | Keyword::Cmd
                            | Keyword::Entrypoint
                    )
            })
            .collect();
        for (id, instruction) in moved {
            let mut line = Line::moved(id, instruction, source);
            if instruction.keyword == Keyword::Healthcheck {
                // Only `::` is reached by both of the addresses that localhost may stand for.
                if let Some(text) = without_localhost(&line.text).filter(|_| host != "::") {
                    line.text = text;
                    steps.notes.push(note(
                        instruction,
                        format!(
                            "The health check on line {} asks 127.0.0.1 instead of localhost: the standalone server \
                             listens on IPv4 only, and localhost may be tried as ::1 first.",
                            instruction.first_line
                        ),
                    ));
                }
            }
            lines.push(line);
        }
        lines
    }

    /// CMD and ENTRYPOINT of the standalone server, each in the place of the user's own.
    pub fn start(&self, steps: &mut Steps) -> Begin {
        let (found, keyword) = (self.found, self.keyword);
        let Instructions { entrypoint, cmd, .. } = &found.instructions;
        let source = found.source();
        let init: Vec<&str> = found.start.init.iter().map(String::as_str).collect();
        let server = format!("{}server.js", found.below_root());
        let mut begin = Begin::default();
        self.without_loader(steps);
        let pm2 = self.pm2(steps, &mut begin);
        let mut program = match &pm2 {
            Some(_) => vec!["pm2-runtime", &server],
            None => {
                let flags = found.start.settings.node_flags.iter().map(String::as_str);
                [found.base.runtime].into_iter().chain(flags).chain([&*server]).collect()
            }
        };
        program.extend(pm2.iter().flat_map(|pm2| &pm2.flags).map(String::as_str));
        let words: Vec<&str> = init.iter().chain(&program).copied().collect();
        let apart = entry_steps::start(found, &words, &program, &mut begin.lines, steps);
        let parts: Vec<(InstructionId, Keyword, String)> = match (entrypoint, cmd) {
            _ if apart.is_some() => apart.unwrap_or_default(),
            (Some(entrypoint), Some(cmd)) => {
                let own = found.subject.instruction(*entrypoint);
                let kept = own.filter(|own| own.args.iter().map(|word| &*word.text).eq(init.iter().copied()));
                match kept {
                    Some(own) => {
                        steps.fates.insert(*entrypoint, Fate::Move);
                        begin.lines.push(Line::moved(*entrypoint, own, source));
                        vec![(*cmd, Keyword::Cmd, exec(&program))]
                    }
                    // What a user of the image can override stays the same: the words behind the program.
                    None => {
                        let (first, rest) = words.split_at(init.len() + 1);
                        vec![
                            (*entrypoint, Keyword::Entrypoint, exec(first)),
                            (*cmd, Keyword::Cmd, exec(rest)),
                        ]
                    }
                }
            }
            (Some(id), None) => vec![(*id, Keyword::Entrypoint, exec(&words))],
            (None, Some(id)) => vec![(*id, Keyword::Cmd, exec(&words))],
            (None, None) => Vec::new(),
        };
        let mut is_first = true;
        for (id, kind, text) in parts {
            let Some(instruction) = found.subject.instruction(id) else { continue };
            let text = format!("{} {text}", keyword(kind));
            steps.fates.insert(id, Fate::Move);
            if instruction.span.of(source) != text {
                let spans = comment_spans(&found.subject, found.build, instruction);
                let ignores =
                    spans.iter().map(|span| span.of(source).trim_end()).filter(|text| is_ignore(text));
                let ignores: Vec<&str> = ignores.collect();
                let left = match &ignores[..] {
                    [] => String::new(),
                    _ => format!(" What was ignored of it is gone: {}", ignores.join(" ")),
                };
                let shown = shown(instruction, source);
                let set = if is_first { self.set_by_start() } else { String::new() };
                steps.notes.push(note(
                    instruction,
                    format!(
                        "`{shown}` becomes `{text}`: the standalone output brings its own server.{set}{left}"
                    ),
                ));
                is_first = false;
            }
            begin.lines.push(Line { comments_of: Some(id), text });
        }
        self.migrations(steps, &mut begin);
        drop_dead(found, &mut steps.fates, &mut steps.notes);
        begin
    }

    /// What became of the variables and settings that the start gave the app, as a sentence; empty where it gave none.
    fn set_by_start(&self) -> String {
        let settings = &self.found.start.settings;
        let flags = [
            (settings.port.is_some(), "PORT"),
            (settings.host.is_some(), "HOSTNAME"),
            (settings.keep_alive_timeout.is_some(), "KEEP_ALIVE_TIMEOUT"),
        ];
        let mut names: Vec<&str> =
            flags.into_iter().filter(|(given, _)| *given).map(|(_, name)| name).collect();
        for (name, _) in &settings.env {
            if !matches!(name.as_str(), "NODE_ENV" | "HOSTNAME") && !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        match names.split_last() {
            None => String::new(),
            Some((only, [])) => format!(" What it set is ENV now: {only}."),
            Some((last, before)) => format!(" What it set is ENV now: {} and {last}.", before.join(", ")),
        }
    }

    /// What loads variables from files before the start isn't in the run stage.
    fn without_loader(&self, steps: &mut Steps) {
        let found = self.found;
        let Some(loader) = &found.start.loader else { return };
        let Some(at) = found.instructions.deciding().and_then(|id| found.subject.instruction(id)) else {
            return;
        };
        let question = Question {
            key: LOADER,
            message: format!(
                "Line {} has `{loader}` load variables from a file before Next.js starts, which the run stage hasn't. The \
                 standalone server itself reads .env and .env.production only; give the container what other files \
                 hold as its variables. Shall it go?",
                at.first_line
            ),
            choices: vec![choice("drop", format!("without `{loader}`"))],
            default: None,
        };
        found.answers.ask(question);
        let message = format!(
            "`{loader}` is left out: the standalone server reads .env and .env.production, and what other files hold must \
             be given to the container as variables."
        );
        steps.notes.push(warning(at, message));
    }

    /// pm2, where the app runs under it and the user keeps it.
    fn pm2(&self, steps: &mut Steps, begin: &mut Begin) -> Option<Pm2> {
        let found = self.found;
        let pm2 = found.start.pm2.as_ref()?;
        let at = found.instructions.deciding().and_then(|id| found.subject.instruction(id))?;
        let actions = found.ran.iter().filter_map(|ran| ran.action.as_ref()).filter(|action| action.global);
        let package = actions.flat_map(|action| &action.packages).find(|package| package.name == "pm2");
        let mut choices = vec![choice("drop", "without pm2")];
        if package.is_some() && found.base.kind != Kind::Bun {
            choices.push(choice("keep", "keeping pm2"));
        }
        let question = Question {
            key: pm2::KEY,
            message: format!(
                "Line {} starts the app under pm2. Docker itself restarts a container and keeps its log, so `{} server.js` \
                 alone does; keep pm2 where you use its cluster mode or its commands. Shall it go?",
                at.first_line, found.base.runtime
            ),
            choices,
            default: Some("drop"),
        };
        if found.answers.ask(question) == "keep" {
            let version = package.and_then(|package| package.version.as_deref());
            let package = version.map_or_else(|| "pm2".to_owned(), |version| format!("pm2@{version}"));
            begin
                .installs
                .push(Line::new(format!("{} npm install -g {package}", (self.keyword)(Keyword::Run))));
            return Some(pm2.clone());
        }
        let options =
            if pm2.flags.is_empty() { String::new() } else { format!(" and its `{}`", pm2.flags.join(" ")) };
        steps
            .notes
            .push(note(at, format!("pm2{options} is left out: the app is the container's only process.")));
        None
    }

    /// What becomes of migrations that ran before the app. The comments of the start are theirs.
    fn migrations(&self, steps: &mut Steps, begin: &mut Begin) {
        let found = self.found;
        let Some(text) = &found.start.migrations else { return };
        let Some(id) = found.instructions.deciding() else { return };
        let Some(at) = found.subject.instruction(id) else { return };
        let start = begin.lines.iter_mut().find(|line| line.comments_of == Some(id));
        if prisma::migrations_apart(found, at.first_line, text) {
            if let Some(start) = start {
                start.comments_of = None;
            }
            let command = format!("{} {}", (self.keyword)(Keyword::Cmd), self.migration_command(text));
            begin.migrations = Some(Line { comments_of: Some(id), text: command });
            steps.notes.push(warning(
                at,
                format!(
                    "`{text}` runs in a stage of its own from now on: build that with `--target` and run it, with the \
                     address of the database in its environment, before the app starts."
                ),
            ));
        } else {
            if let Some(start) = start {
                start.comments_of = None;
            }
            let comments = comments_of(found, at);
            steps.notes.push(warning(
                at,
                format!(
                    "`{text}` doesn't run any more when the container starts; run it before, where Prisma \
                     is.{comments}"
                ),
            ));
        }
    }

    /// The command as CMD takes it. A script finds Prisma among the project's packages by itself, CMD doesn't.
    fn migration_command(&self, text: &str) -> String {
        let parsed = shell::parse_str(text);
        let words = parsed.commands().first().map(|command| command.words().to_vec()).unwrap_or_default();
        let words: Option<Vec<String>> =
            words.iter().map(|word| word.literal().map(|text| text.into_owned())).collect();
        let Some(mut words) = words else { return text.to_owned() };
        let actions =
            self.found.ran.iter().filter_map(|ran| ran.action.as_ref()).filter(|action| action.global);
        let is_global = actions.flat_map(|action| &action.packages).any(|package| package.name == "prisma");
        if words.first().is_some_and(|name| name == "prisma") && !is_global {
            let starter = if self.found.base.runtime == "bun" { "bunx" } else { "npx" };
            words.insert(0, starter.to_owned());
        }
        exec(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }
}
