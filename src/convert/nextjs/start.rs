//! What the container starts: CMD and ENTRYPOINT put together, looked through down to `next start`.

use super::commands::{line, quote};
use crate::context::{NextStart, PackageJson, StartKind};
use crate::layers::Subject;
use crate::model::Stage;
use crate::shell::packages::{self, Verb};
use crate::shell::{self, Command, Link, next};
use crate::syntax::{Form, Instruction, InstructionId, Keyword};

/// The instructions that say what is started. Those that a later one of their kind overrides are `dead`.
#[derive(Clone, Debug, Default)]
pub(super) struct Instructions {
    pub entrypoint: Option<InstructionId>,
    pub cmd: Option<InstructionId>,
    pub dead: Vec<InstructionId>,
}

impl Instructions {
    pub fn of(subject: &Subject<'_>, stage: &Stage) -> Self {
        let mut found = Self::default();
        for (id, instruction) in subject.model.steps(stage) {
            let place = match instruction.keyword {
                Keyword::Cmd => &mut found.cmd,
                Keyword::Entrypoint => &mut found.entrypoint,
                _ => continue,
            };
            found.dead.extend(place.replace(id));
        }
        // Under an ENTRYPOINT in shell form CMD has no effect.
        let entrypoint = found.entrypoint.and_then(|id| subject.instruction(id));
        if entrypoint.is_some_and(|entrypoint| entrypoint.form != Form::Exec) {
            found.dead.extend(found.cmd.take());
        }
        found
    }

    /// The instruction that a message about the start points at: the one that names the app's own start.
    pub fn deciding(&self) -> Option<InstructionId> {
        self.cmd.or(self.entrypoint)
    }
}

/// What is started, as far as it matters here.
#[derive(Clone, Debug)]
pub(super) enum Begin {
    Nothing,
    /// `next start` alone, perhaps through scripts.
    Next(Box<Start>),
    Dev,
    Builds,
    /// More than one process; the word names the one that isn't the app.
    Several(String),
    Custom(String),
    Static(String),
    /// Something that a later release may convert; the sentence's end, "the start …".
    NotYet(String),
    Other(String),
}

/// A plain `next start`.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub settings: NextStart,
    /// The words of an init process in front of it: `dumb-init --`.
    pub init: Vec<String>,
    /// Folders that the command changes into first, relative to WORKDIR; empty for none.
    pub folder: Option<String>,
}

/// Programs that make a container one of several processes.
const OTHERS: [&str; 9] =
    ["nginx", "supervisord", "cron", "crond", "concurrently", "apache2", "httpd", "redis-server", "postgres"];

const FILE_SERVERS: [&str; 3] = ["serve", "http-server", "serve-static"];

pub(super) fn read(
    subject: &Subject<'_>,
    instructions: &Instructions,
    package: Option<&PackageJson>,
) -> Begin {
    let source = &**subject.source();
    let parts = [instructions.entrypoint, instructions.cmd];
    let parts: Vec<&Instruction> =
        parts.into_iter().flatten().filter_map(|id| subject.instruction(id)).collect();
    let Some(first) = parts.first() else { return Begin::Nothing };
    let mut words = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        if part.form == Form::Exec {
            words.extend(part.args.iter().map(|word| quote(&word.text)));
        } else if index == 0 && parts.len() == 1 || part.keyword == Keyword::Entrypoint {
            words.push(part.rest_splice(source).text(source).to_owned());
        } else {
            // Docker hands the shell form of CMD to an ENTRYPOINT as these words.
            words.extend(["/bin/sh".into(), "-c".into(), quote(part.rest_splice(source).text(source))]);
        }
    }
    if words.is_empty() {
        return Begin::Nothing;
    }
    // The images of Node.js come with this one; it starts what it is given.
    if first.keyword == Keyword::Entrypoint && words[0].rsplit('/').next() == Some("docker-entrypoint.sh") {
        return Begin::NotYet("goes through docker-entrypoint.sh, which isn't read yet".into());
    }
    of_line(&words.join(" "), package)
}

fn of_line(line_text: &str, package: Option<&PackageJson>) -> Begin {
    let script = shell::parse_str(line_text);
    let all = script.commands();
    // `sh -c '…'` itself is left out for what it runs.
    let real: Vec<&Command<'_>> = all
        .iter()
        .filter(|command| command.node.inner.is_none() && !command.nesting.substitution)
        .filter(|command| !(command.is("cd") || command.is("set") || command.words().is_empty()))
        .collect();
    let several = real.iter().find_map(|command| {
        let program = shell::unwrap(command).name()?;
        OTHERS.contains(&&*program).then_some(program)
    });
    if let Some(program) = several {
        return Begin::Several(program);
    }
    if all.iter().any(|command| command.follows == Some(Link::Background)) {
        return Begin::Several("a process in the background".into());
    }
    if real.iter().any(|command| builds(command, package)) {
        return Begin::Builds;
    }
    let [only] = real[..] else {
        if real.iter().any(|command| starts_dev(command, package)) {
            return Begin::Dev;
        }
        let first = real.first().map(|command| line(command)).unwrap_or_default();
        return Begin::Other(format!("runs more than one command (`{first}` first)"));
    };
    of_command(only, package)
}

fn of_command(command: &Command<'_>, package: Option<&PackageJson>) -> Begin {
    let invocation = shell::unwrap(command);
    let mut init = Vec::new();
    for wrapper in &invocation.wrappers {
        let name = wrapper.literal().unwrap_or_default().into_owned();
        match name.rsplit('/').next().unwrap_or(&name) {
            "dumb-init" | "tini" => {
                let from = command.words().iter().position(|word| std::ptr::eq(word, *wrapper)).unwrap_or(0);
                let to = command.words().len() - invocation.words.len();
                init.extend(command.words()[from..to].iter().map(|word| word.value_or_text().into_owned()));
                break;
            }
            "exec" | "env" | "cross-env" | "command" | "npx" | "npm" | "pnpm" | "yarn" | "bun" | "bunx"
            | "pnpx" | "corepack" => {}
            other => return Begin::NotYet(format!("goes through `{other}`, which isn't converted yet")),
        }
    }
    let name = invocation.name().unwrap_or_default();
    if name == "pm2-runtime" || name == "pm2" {
        return Begin::NotYet(
            "runs under pm2, which an image of the standalone output would have to install".into(),
        );
    }
    if FILE_SERVERS.contains(&&*name) {
        return Begin::Static(name);
    }
    if name.ends_with(".sh") {
        return Begin::NotYet(format!("is the script `{name}`, whose text isn't read yet"));
    }
    let text = if init.is_empty() {
        line(command)
    } else {
        let words = invocation.words.iter().map(|word| match word.literal() {
            Some(value) => quote(&value),
            None => word.text().to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let kind = match package {
        Some(package) => package.command_start_kind(&text),
        None => without_package(command, &text),
    };
    let folder = command.directory().map(str::to_owned);
    match kind {
        StartKind::NextStart(settings) => {
            // A variable that no shell expands: in the exec form it stands for its own letters.
            let literal =
                command.words().iter().any(|word| word.literal().is_some_and(|value| value.contains('$')));
            if literal {
                return Begin::NotYet("names a variable in exec form, where nothing expands it".into());
            }
            Begin::Next(Box::new(Start { settings, init, folder }))
        }
        StartKind::NextDev => Begin::Dev,
        _ if runs_dev_script(command) => Begin::Dev,
        StartKind::Standalone => {
            Begin::NotYet("runs the standalone server already; only the image is still a single stage".into())
        }
        StartKind::CustomServer { entry } => Begin::Custom(entry),
        StartKind::Missing => Begin::Other("is a script that package.json doesn't have".into()),
        StartKind::Other { why } => match package.and_then(|package| file_server(command, package)) {
            Some(server) => Begin::Static(server),
            None => Begin::Other(why),
        },
    }
}

/// What can be told without package.json: Next.js by its own command, and scripts by their usual names.
fn without_package(command: &Command<'_>, text: &str) -> StartKind {
    let empty = PackageJson::default();
    if next::of(command).is_some() {
        return empty.command_start_kind(text);
    }
    match packages::of(command).map(|action| action.verb) {
        Some(Verb::RunScript(name)) if name == "dev" => StartKind::NextDev,
        Some(Verb::RunScript(name)) if name == "start" => StartKind::NextStart(NextStart::default()),
        _ => empty.command_start_kind(text),
    }
}

/// A script of this name starts a development server, be it a server of the project's own.
fn runs_dev_script(command: &Command<'_>) -> bool {
    let script = packages::of(command).map(|action| action.verb);
    matches!(script, Some(Verb::RunScript(name)) if name == "dev" || name.starts_with("dev:"))
}

fn starts_dev(command: &Command<'_>, package: Option<&PackageJson>) -> bool {
    match package {
        Some(package) => package.command_start_kind(&line(command)) == StartKind::NextDev,
        None => without_package(command, &line(command)) == StartKind::NextDev,
    }
}

fn builds(command: &Command<'_>, package: Option<&PackageJson>) -> bool {
    if next::is_next_build(command) {
        return true;
    }
    match package {
        Some(package) => package.command_builds_next(&line(command)),
        None => {
            matches!(packages::of(command).map(|a| a.verb), Some(Verb::RunScript(name)) if name == "build")
        }
    }
}

/// The program that serves plain files, where the script that is run is one.
fn file_server(command: &Command<'_>, package: &PackageJson) -> Option<String> {
    let Verb::RunScript(name) = packages::of(command)?.verb else { return None };
    let script = shell::parse_str(package.script(&name)?);
    let commands = script.commands();
    let [only] = &commands[..] else { return None };
    let program = shell::unwrap(only).name()?;
    FILE_SERVERS.contains(&&*program).then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(line: &str) -> Begin {
        let scripts = [("start", "next start"), ("dev", "next dev"), ("build", "next build")];
        let scripts = scripts.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
        of_line(line, Some(&PackageJson { scripts, ..PackageJson::default() }))
    }

    #[test]
    fn plain_starts_are_seen_through_every_form() {
        for line in [
            "npm start",
            "npm run start",
            "yarn start",
            "pnpm start",
            "npx next start",
            "next start",
            "node_modules/.bin/next start",
            "./node_modules/.bin/next start",
            "exec npm start",
            "sh -c 'npm start'",
            "/bin/bash -lc 'cd /app && exec yarn start'",
            "dumb-init -- npm start",
        ] {
            assert!(matches!(begin(line), Begin::Next(_)), "{line}: {:?}", begin(line));
        }
        let Begin::Next(start) = begin("npm start -- -p 80 -H 127.0.0.1") else { panic!() };
        assert_eq!(start.settings.port.as_deref(), Some("80"));
        let Begin::Next(start) = begin("sh -c 'next start -p ${PORT:-8080}'") else { panic!() };
        assert_eq!(start.settings.port.as_deref(), Some("${PORT:-8080}"));
        let Begin::Next(start) = begin("PORT=4000 npm start") else { panic!() };
        assert_eq!(start.settings.env, [("PORT".to_string(), "4000".to_string())]);
    }

    #[test]
    fn other_starts_are_told_apart() {
        assert!(matches!(begin("npm run dev"), Begin::Dev));
        assert!(matches!(begin("sh -c 'npm run build && npm start'"), Begin::Builds));
        assert!(matches!(begin("bash -c \"nginx -g 'daemon off;' & npm start\""), Begin::Several(_)));
        assert!(matches!(begin("sh -c 'npx prisma migrate deploy && npm start'"), Begin::Other(_)));
        assert!(matches!(begin("node server.js"), Begin::Custom(_)));
        assert!(matches!(begin("npx serve out"), Begin::Static(_)));
        assert!(matches!(begin("pm2-runtime start npm -- start"), Begin::NotYet(_)));
        assert!(matches!(begin("npx next start -p '${PORT}'"), Begin::NotYet(_)));
    }
}
