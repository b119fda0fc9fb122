//! What the container starts: CMD and ENTRYPOINT put together, looked through down to `next start`.

use super::node_options;
use super::pm2::{self, Pm2};
use super::prisma;
use super::script::{Image, Spot, Text};
use super::through::{self, Front};
use crate::context::{NextStart, PackageJson, StartKind};
use crate::convert::commands::{line, quote};
use crate::convert::instructions::{IMAGES_OWN, Instructions};
use crate::layers::Subject;
use crate::shell::packages::{self, Verb};
use crate::shell::{self, Command, Link, Word, next};

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
    /// What a script of the project decides, and where in it.
    At(Spot, Box<Begin>),
}

impl Begin {
    /// The place in a script that decides, and what it decides.
    pub fn apart(self) -> (Option<Spot>, Begin) {
        match self {
            Begin::At(spot, begin) => (Some(spot), *begin),
            other => (None, other),
        }
    }
}

/// A plain `next start`.
#[derive(Clone, Debug, Default)]
pub(super) struct Start {
    pub settings: NextStart,
    /// The words of an init process in front of it: `dumb-init --`.
    pub init: Vec<String>,
    /// pm2, where the app runs under it.
    pub pm2: Option<Pm2>,
    /// The migrations of a database that run before it, as they are written.
    pub migrations: Option<String>,
    /// What loads variables from files in front of it: `dotenv -e .env.staging`.
    pub loader: Option<String>,
    /// It asks for Bun as what runs the server: `bun --bun next start`.
    pub by_bun: bool,
    /// Shell scripts that it goes through and that do nothing else, so that they aren't used any more.
    pub through: Vec<Text>,
    /// The folder of the image that the last of them starts the app in.
    pub folder: Option<String>,
    /// Such a script takes no notice of what CMD gives it.
    pub ignores_cmd: bool,
    /// A shell script that does something and then runs what CMD says.
    pub front: Option<Front>,
}

/// What the start is read with.
#[derive(Clone, Copy)]
pub(super) struct Scripts<'a> {
    /// The package whose scripts are meant.
    pub package: Option<&'a PackageJson>,
    /// The start as a command of this package, where the file names it through a workspace.
    pub line: Option<&'a str>,
    /// Where shell scripts are looked for; None where they aren't.
    pub image: Option<Image<'a, 'a>>,
    /// The folder of the image that a command line begins in.
    pub folder: &'a str,
}

impl Scripts<'_> {
    /// Whether the project itself brings the program of this name.
    fn brings(&self, name: &str) -> bool {
        self.image.is_some_and(|image| image.program(name, self.folder).is_ok())
    }
}

/// Programs that make a container one of several processes.
const OTHERS: [&str; 9] =
    ["nginx", "supervisord", "cron", "crond", "concurrently", "apache2", "httpd", "redis-server", "postgres"];

const FILE_SERVERS: [&str; 3] = ["serve", "http-server", "serve-static"];

pub(super) fn read(subject: &Subject<'_>, instructions: &Instructions, scripts: Scripts<'_>) -> Begin {
    let words = instructions.words(subject);
    if words.is_empty() {
        return Begin::Nothing;
    }
    let is_entrypoint = instructions.entrypoint.is_some();
    // The images of Node.js and Bun come with this one; it starts what it is given.
    let own = is_entrypoint && base_name(&words[0]) == IMAGES_OWN && !scripts.brings(&words[0]);
    let begin = of_line(&words[usize::from(own)..].join(" "), scripts, 0);
    match begin {
        Begin::Next(mut start) if own => {
            start.init.insert(0, words[0].clone());
            start.front.iter_mut().for_each(|front| front.words += 1);
            Begin::Next(start)
        }
        other => other,
    }
}

/// How often a script may call another before it is taken for a circle.
pub(super) const DEPTH: u32 = 5;

fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

pub(super) fn of_line(line_text: &str, scripts: Scripts<'_>, depth: u32) -> Begin {
    let package = scripts.package;
    let script = shell::parse_str(line_text);
    let all = script.commands();
    // `sh -c '…'` itself is left out for what it runs.
    let real: Vec<&Command<'_>> = all
        .iter()
        .filter(|command| command.node.inner.is_none() && !command.nesting.substitution)
        .filter(|command| !(command.is("cd") || command.is("set") || command.words().is_empty()))
        .collect();
    if let Some(program) = real.iter().find_map(|command| other_process(command)) {
        return Begin::Several(program);
    }
    if all.iter().any(|command| command.follows == Some(Link::Background)) {
        return Begin::Several("a process in the background".into());
    }
    if real.iter().any(|command| builds(command, package)) {
        return Begin::Builds;
    }
    if depth > 0 && all.iter().any(|command| command.is("cd")) {
        return Begin::Other("changes the folder first".into());
    }
    let migrations = real.iter().position(|command| prisma::migrates(command));
    if let (Some(0), [first, second]) = (migrations, &real[..])
        && !prisma::migrates(second)
    {
        let text = line(first);
        return match of_command(second, scripts, depth) {
            Begin::Next(mut start) => {
                start.migrations = Some(text);
                Begin::Next(start)
            }
            other => other,
        };
    }
    let [only] = real[..] else {
        if real.iter().any(|command| starts_dev(command, package)) {
            return Begin::Dev;
        }
        let first = real.first().map(|command| line(command)).unwrap_or_default();
        return Begin::Other(format!("runs more than one command (`{first}` first)"));
    };
    of_command(only, scripts, depth)
}

fn of_command(command: &Command<'_>, scripts: Scripts<'_>, depth: u32) -> Begin {
    let package = scripts.package;
    let invocation = shell::unwrap(command);
    let (mut init, mut loader) = (Vec::new(), None);
    let to = command.words().len() - invocation.words.len();
    for wrapper in &invocation.wrappers {
        let name = wrapper.literal().unwrap_or_default().into_owned();
        match name.rsplit('/').next().unwrap_or(&name) {
            "dumb-init" | "tini" => {
                let from = command.words().iter().position(|word| std::ptr::eq(word, *wrapper)).unwrap_or(0);
                init.extend(command.words()[from..to].iter().map(|word| word.value_or_text().into_owned()));
                break;
            }
            "dotenv" | "dotenvx" | "env-cmd" => {
                let from = command.words().iter().position(|word| std::ptr::eq(word, *wrapper)).unwrap_or(0);
                let words = command.words()[from..to].iter().filter(|word| !word.is("--"));
                loader = Some(words.map(Word::text).collect::<Vec<_>>().join(" "));
                break;
            }
            "exec" | "env" | "cross-env" | "command" | "npx" | "npm" | "pnpm" | "yarn" | "bun" | "bunx"
            | "pnpx" | "corepack" => {}
            other => return Begin::NotYet(format!("goes through `{other}`, which isn't converted yet")),
        }
    }
    let name = invocation.name().unwrap_or_default();
    if name == "pm2-runtime" || name == "pm2" {
        return under_pm2(&invocation, init, scripts, depth);
    }
    if FILE_SERVERS.contains(&&*name) {
        return Begin::Static(name);
    }
    if let Some(begin) = through::read(command, invocation.words, &init, scripts, depth) {
        return begin;
    }
    if name.ends_with(".sh") {
        return Begin::NotYet(format!("is the script `{name}`, which isn't found in the build context"));
    }
    let text = if init.is_empty() && loader.is_none() {
        line(command)
    } else {
        let words = invocation.words.iter().map(|word| match word.literal() {
            Some(value) => quote(&value),
            None => word.text().to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let text = scripts.line.map_or(text, str::to_owned);
    let kind = match package {
        Some(package) => package.command_start_kind(&text),
        None => without_package(command, &text),
    };
    match kind {
        StartKind::NextStart(settings) => {
            // A variable that no shell expands: in the exec form it stands for its own letters.
            let literal =
                command.words().iter().any(|word| word.literal().is_some_and(|value| value.contains('$')));
            if literal {
                return Begin::NotYet("names a variable in exec form, where nothing expands it".into());
            }
            let mut settings = settings;
            settings.output = settings.output.or_else(|| command.output());
            if let Some(file) = &settings.output {
                return Begin::Other(format!("writes what it prints to {file}"));
            }
            if let Some(what) = node_options::loaded(settings.node_flags.iter().map(String::as_str)) {
                return Begin::Other(format!("has Node.js load `{what}` first"));
            }
            let by_bun = asks_for_bun(command)
                || package
                    .is_some_and(|package| scripts_of(&text, package).any(|line| line.contains("--bun")));
            Begin::Next(Box::new(Start { settings, init, loader, by_bun, ..Start::default() }))
        }
        StartKind::NextDev => Begin::Dev,
        _ if runs_dev_script(command) => Begin::Dev,
        StartKind::Standalone => {
            Begin::NotYet("runs the standalone server already; only the image is still a single stage".into())
        }
        StartKind::CustomServer { entry } => Begin::Custom(entry),
        StartKind::Missing => Begin::Other("is a script that package.json doesn't have".into()),
        StartKind::Other { why } if depth < DEPTH => {
            // What this script runs may be understood here, though it is more than `next start`.
            let through = package.and_then(|package| through_script(&text, package));
            let begin = through.map(|line| of_line(&line, Scripts { line: None, ..scripts }, depth + 1));
            match begin {
                Some(Begin::Next(mut start)) => {
                    start.init.splice(0..0, init);
                    start.loader = loader.or(start.loader);
                    Begin::Next(start)
                }
                Some(decided @ Begin::At(..)) => decided,
                _ => match package.and_then(|package| file_server(command, package)) {
                    Some(server) => Begin::Static(server),
                    None => Begin::Other(why),
                },
            }
        }
        StartKind::Other { why } => match package.and_then(|package| file_server(command, package)) {
            Some(server) => Begin::Static(server),
            None => Begin::Other(why),
        },
    }
}

/// What pm2 is told to run.
fn under_pm2(
    invocation: &shell::Invocation<'_>,
    init: Vec<String>,
    scripts: Scripts<'_>,
    depth: u32,
) -> Begin {
    let pm2 = match pm2::read(invocation.words) {
        Ok(pm2) => pm2,
        Err(why) => return Begin::NotYet(why),
    };
    if depth > DEPTH {
        return Begin::NotYet("starts pm2 within pm2".into());
    }
    match of_line(&pm2.inner, scripts, depth + 1) {
        Begin::Next(mut start)
            if start.migrations.is_none()
                && start.init.is_empty()
                && start.settings.node_flags.is_empty() =>
        {
            start.init = init;
            start.pm2 = Some(pm2);
            Begin::Next(start)
        }
        Begin::Next(_) => {
            Begin::NotYet("runs under pm2 together with other commands or with flags of Node.js".into())
        }
        other => other,
    }
}

/// A script as one line with what runs before it. None where a script that isn't there is named, or more
/// than the script is asked for.
fn through_script(text: &str, package: &PackageJson) -> Option<String> {
    let parsed = shell::parse_str(text);
    let commands = parsed.commands();
    let [only] = &commands[..] else { return None };
    let action = packages::of(only)?;
    let Verb::RunScript(name) = &action.verb else { return None };
    if !action.program.is_empty() || !only.assignments().is_empty() {
        return None;
    }
    let line = package.script(name)?;
    // `post` scripts run when the server has ended.
    if package.script(&format!("post{name}")).is_some() {
        return None;
    }
    Some(match package.script(&format!("pre{name}")) {
        Some(before) => format!("{before} && {line}"),
        None => line.to_owned(),
    })
}

/// The lines of the scripts that a command line runs.
fn scripts_of<'p>(text: &str, package: &'p PackageJson) -> impl Iterator<Item = &'p str> {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    package.scripts.iter().filter(move |(name, _)| words.contains(name)).map(|(_, line)| line.as_str())
}

fn asks_for_bun(command: &Command<'_>) -> bool {
    let words = command.words();
    words.iter().any(|word| word.is("--bun") || word.is("-b") && command.is("bun"))
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

/// Whether a command starts a development server, by Next.js or of the project's own.
pub(super) fn is_dev(command: &Command<'_>, package: Option<&PackageJson>) -> bool {
    starts_dev(command, package) || runs_dev_script(command)
}

/// The program of a command that is a process beside the app.
pub(super) fn other_process(command: &Command<'_>) -> Option<String> {
    let program = shell::unwrap(command).name()?;
    OTHERS.contains(&&*program).then_some(program)
}

fn starts_dev(command: &Command<'_>, package: Option<&PackageJson>) -> bool {
    match package {
        Some(package) => package.command_start_kind(&line(command)) == StartKind::NextDev,
        None => without_package(command, &line(command)) == StartKind::NextDev,
    }
}

pub(super) fn builds(command: &Command<'_>, package: Option<&PackageJson>) -> bool {
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
        let package = PackageJson { scripts, ..PackageJson::default() };
        of_line(line, Scripts { package: Some(&package), line: None, image: None, folder: "/app" }, 0)
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
    fn pm2_and_migrations_are_seen_beside_the_start() {
        let Begin::Next(start) = begin("pm2-runtime start npm --name web -- start") else { panic!() };
        assert_eq!(start.pm2.map(|pm2| pm2.flags.join(" ")).as_deref(), Some("--name web"));
        let Begin::Next(start) = begin("sh -c 'npx prisma migrate deploy && npm start'") else { panic!() };
        assert_eq!(start.migrations.as_deref(), Some("npx prisma migrate deploy"));
        assert!(matches!(begin("sh -c 'node seed.js && npm start'"), Begin::Other(_)));
    }

    #[test]
    fn other_starts_are_told_apart() {
        assert!(matches!(begin("npm run dev"), Begin::Dev));
        assert!(matches!(begin("sh -c 'npm run build && npm start'"), Begin::Builds));
        assert!(matches!(begin("bash -c \"nginx -g 'daemon off;' & npm start\""), Begin::Several(_)));
        assert!(matches!(begin("node server.js"), Begin::Custom(_)));
        assert!(matches!(begin("npx serve out"), Begin::Static(_)));
        assert!(matches!(begin("pm2-runtime start ecosystem.config.js"), Begin::NotYet(_)));
        assert!(matches!(begin("npx next start -p '${PORT}'"), Begin::NotYet(_)));
    }
}
