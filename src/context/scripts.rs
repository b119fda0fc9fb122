//! What the scripts of a package.json come to: does one build Next.js, how does one start it.

mod loaders;

use super::package_json::PackageJson;
use crate::shell::{self, Word};
use loaders::{LOADERS, loaded};

/// How often a script may call another before it is taken for a circle.
const DEPTH: u32 = 8;

/// What a start script does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartKind {
    /// Nothing but `next start`, perhaps through other scripts.
    NextStart(NextStart),
    /// `next dev`.
    NextDev,
    /// The server of the standalone output: `node .next/standalone/server.js`.
    Standalone,
    /// A server of the project's own: `node server.js`, `ts-node server.ts`.
    CustomServer {
        /// The file that is run, as written.
        entry: String,
    },
    /// Anything else; the sentence completes "the script …".
    Other { why: String },
    /// There is no such script.
    Missing,
}

/// The settings that a `next start` is given. Values stand as written, so that `${PORT:-3000}` is one too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextStart {
    /// `-p`, `--port`.
    pub port: Option<String>,
    /// `-H`, `--hostname`.
    pub host: Option<String>,
    /// `--keepAliveTimeout`, in milliseconds.
    pub keep_alive_timeout: Option<String>,
    /// The folder named after `next start`.
    pub folder: Option<String>,
    /// Variables set for this command only (`PORT=4000 next start`, `cross-env …`).
    pub env: Vec<(String, String)>,
    /// What Node.js itself is given: `--max-old-space-size=4096` of `node --max-old-space-size=4096 … next start`.
    pub node_flags: Vec<String>,
    /// The file that what it prints goes to instead of the container's log.
    pub output: Option<String>,
}

impl PackageJson {
    /// Whether the script runs `next build`, itself or through scripts that it calls, its `pre` and
    /// `post` scripts included.
    pub fn builds_next(&self, script: &str) -> bool {
        self.script(script).is_some() && script_builds(self, script, 0)
    }

    /// Whether a command line runs `next build`: `npm run build`, `yarn build`, `npx next build`, ….
    pub fn command_builds_next(&self, line: &str) -> bool {
        line_builds(self, line, 0)
    }

    /// The programs that a script runs, those of the scripts that it calls
    /// included; `None` where it isn't there or isn't plain.
    pub fn programs(&self, script: &str) -> Option<Vec<Program>> {
        self.script(script)?;
        let mut found = Vec::new();
        script_programs(self, script, &[], 0, &mut found).then_some(found)
    }

    /// The programs that a command line runs, those of the scripts that it calls included; `None` where it isn't
    /// plain, or calls a script that isn't there.
    pub fn command_programs(&self, line: &str) -> Option<Vec<Program>> {
        let mut found = Vec::new();
        line_programs(self, line, &[], 0, &mut found).then_some(found)
    }

    /// What the script starts.
    pub fn start_kind(&self, script: &str) -> StartKind {
        if self.script(script).is_none() {
            return StartKind::Missing;
        }
        script_starts(self, script, &[], 0)
    }

    /// What a command line starts: `npm start`, `next start -p 8080`, `node server.js`.
    pub fn command_start_kind(&self, line: &str) -> StartKind {
        line_starts(self, line, &[], 0)
    }
}

/// A program that a script runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Variables set for it only, as they are written.
    pub env: Vec<(String, String)>,
    /// The files that what starts it loads variables from, as they are written (`env-cmd -f .env.prod`).
    pub loads: Vec<String>,
    /// Its name and arguments, without what only starts it (`npx`, `cross-env`).
    pub words: Vec<String>,
}

/// Programs of packages that a package manager runs by their name alone: `yarn vite build`.
const BINARIES: [&str; 6] = ["next", "vite", "react-scripts", "serve", "http-server", "sirv"];

/// One simple command of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Command {
    /// The assignments before its name (`PORT=3000`), as name and value.
    env: Vec<(String, String)>,
    /// Its words, quotes taken off; what expands stands as written.
    words: Vec<String>,
    /// The file that a redirection sends what it prints to.
    output: Option<String>,
}

/// The simple commands of a script in their order, whatever joins them. Those within substitutions and
/// within the arguments of `sh -c` are no commands of this script.
fn commands(line: &str) -> Vec<Command> {
    let text = |word: &Word| word.unquoted().into_owned();
    let script = shell::parse_str(line);
    let own = script.commands().into_iter().filter(|c| !c.nesting.substitution && !c.nesting.inner);
    let read = own.map(|command| Command {
        env: command.assignments().iter().map(|a| (a.name.to_string(), text(&a.value))).collect(),
        words: command.words().iter().map(text).collect(),
        output: command.output(),
    });
    read.filter(|command| !command.words.is_empty() || !command.env.is_empty()).collect()
}

/// A command of these words, the assignments before its name taken off.
fn command(words: Vec<String>) -> Command {
    let pair = |word: &String| shell::assignment(word).map(|(name, value)| (name.into(), value.into()));
    let env: Vec<_> = words.iter().map_while(pair).collect();
    let words = words.into_iter().skip(env.len()).collect();
    Command { env, words, output: None }
}

/// What is set on the way down to the command that is started in the end.
#[derive(Default)]
struct Set {
    env: Vec<(String, String)>,
    loads: Vec<String>,
}

/// What one simple command is about.
enum Act {
    /// Runs scripts of the package, with more arguments for the last.
    Scripts(Vec<String>, Vec<String>),
    /// Runs a command line in a shell of its own.
    Line(String),
    /// Runs a program (its base name) with arguments.
    Program(Vec<String>),
}

fn script_builds(package: &PackageJson, script: &str, depth: u32) -> bool {
    if depth > DEPTH {
        return false;
    }
    [format!("pre{script}"), script.to_string(), format!("post{script}")]
        .iter()
        .filter_map(|name| package.script(name))
        .any(|line| line_builds(package, line, depth + 1))
}

fn line_builds(package: &PackageJson, line: &str, depth: u32) -> bool {
    if depth > DEPTH {
        return false;
    }
    commands(line).into_iter().any(|command| match act(command, package).1 {
        Act::Scripts(names, _) => names.iter().any(|name| script_builds(package, name, depth + 1)),
        Act::Line(line) => line_builds(package, &line, depth + 1),
        Act::Program(words) => match next_arguments(&words) {
            Some(arguments) => arguments.first().is_some_and(|word| word == "build"),
            None => false,
        },
    })
}

/// Gathers the programs of a script, of which the last is given `more`; whether all of it could be followed.
fn script_programs(
    package: &PackageJson,
    script: &str,
    more: &[String],
    depth: u32,
    found: &mut Vec<Program>,
) -> bool {
    let Some(own) = package.script(script) else { return false };
    let mut line = |line: Option<&str>, more: &[String]| {
        line.is_none_or(|line| line_programs(package, line, more, depth + 1, found))
    };
    line(package.script(&format!("pre{script}")), &[])
        && line(Some(own), more)
        && line(package.script(&format!("post{script}")), &[])
}

fn line_programs(
    package: &PackageJson,
    line: &str,
    more: &[String],
    depth: u32,
    found: &mut Vec<Program>,
) -> bool {
    if depth > DEPTH {
        return false;
    }
    let mut all = commands(line);
    if let Some(last) = all.last_mut() {
        last.words.extend(more.iter().cloned());
    }
    all.into_iter().all(|command| match act(command, package) {
        (_, Act::Scripts(names, more)) => {
            names.iter().all(|name| script_programs(package, name, &more, depth + 1, found))
        }
        (_, Act::Line(line)) => line_programs(package, &line, &[], depth + 1, found),
        (Set { env, loads }, Act::Program(words)) => {
            found.push(Program { env, loads, words });
            true
        }
    })
}

fn script_starts(package: &PackageJson, script: &str, more: &[String], depth: u32) -> StartKind {
    let Some(line) = package.script(script) else {
        return StartKind::Other {
            why: format!("calls the script `{script}`, which package.json doesn't have"),
        };
    };
    if depth > DEPTH {
        return StartKind::Other { why: "calls itself".into() };
    }
    for hook in [format!("pre{script}"), format!("post{script}")] {
        if package.script(&hook).is_some() {
            return StartKind::Other { why: format!("has the script `{hook}` run with it") };
        }
    }
    line_starts(package, line, more, depth + 1)
}

fn line_starts(package: &PackageJson, line: &str, more: &[String], depth: u32) -> StartKind {
    let mut all = commands(line);
    let Some(mut last) = all.pop() else {
        return StartKind::Other { why: "is empty".into() };
    };
    if let Some(first) = all.first() {
        return StartKind::Other {
            why: format!("runs more than one command (`{}` first)", first.words.join(" ")),
        };
    }
    last.words.extend(more.iter().cloned());
    let output = last.output.take();
    let (Set { env, .. }, act) = act(last, package);
    let kind = match act {
        Act::Scripts(names, more) => match names.as_slice() {
            [one] => script_starts(package, one, &more, depth + 1),
            _ => StartKind::Other { why: "runs several scripts".into() },
        },
        Act::Line(_) if depth > DEPTH => StartKind::Other { why: "is nested too deeply".into() },
        Act::Line(line) => line_starts(package, &line, &[], depth + 1),
        Act::Program(words) => program_starts(&words),
    };
    match kind {
        StartKind::NextStart(mut start) => {
            // What is set nearer to the command wins.
            start.env.splice(0..0, env);
            start.output = start.output.or(output);
            StartKind::NextStart(start)
        }
        other => other,
    }
}

fn program_starts(words: &[String]) -> StartKind {
    if let Some(arguments) = next_arguments(words) {
        return match arguments.split_first() {
            Some((first, flags)) if first == "start" => next_start(flags, node_flags(words)),
            Some((first, _)) if first == "dev" => StartKind::NextDev,
            // A bare `next` is `next dev`.
            None => StartKind::NextDev,
            Some((first, _)) => StartKind::Other { why: format!("runs `next {first}`") },
        };
    }
    let program = words.first().map(|word| base_name(word)).unwrap_or_default();
    let entry = first_argument(words).map(|at| &words[at]).filter(|word| is_code(word));
    match (program, entry) {
        ("node" | "bun" | "deno" | "nodejs", Some(entry)) if entry.contains(".next/standalone") => {
            StartKind::Standalone
        }
        (
            "node" | "nodejs" | "bun" | "deno" | "ts-node" | "tsx" | "nodemon" | "babel-node" | "ts-node-dev",
            Some(entry),
        ) => StartKind::CustomServer { entry: entry.clone() },
        _ => StartKind::Other { why: format!("runs `{}`", words.join(" ")) },
    }
}

/// What a `node …` gives to Node.js itself.
fn node_flags(words: &[String]) -> Vec<String> {
    let is_node = words.first().is_some_and(|word| matches!(base_name(word), "node" | "nodejs"));
    let end = first_argument(words).filter(|_| is_node).unwrap_or(1);
    words.get(1..end).unwrap_or_default().to_vec()
}

fn next_start(flags: &[String], node_flags: Vec<String>) -> StartKind {
    let mut start = NextStart { node_flags, ..NextStart::default() };
    let mut rest = flags.iter();
    while let Some(word) = rest.next() {
        let (flag, joined) = match word.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => (flag, Some(value.to_string())),
            _ => (word.as_str(), None),
        };
        let place = match flag {
            "-p" | "--port" => &mut start.port,
            "-H" | "--hostname" => &mut start.host,
            "--keepAliveTimeout" => &mut start.keep_alive_timeout,
            // `npm start -- -p 80` through a script that has its own `--`.
            "--" => continue,
            flag if flag.starts_with('-') => {
                // `-p8080`
                match flag.strip_prefix("-p").filter(|port| port.chars().all(|c| c.is_ascii_digit())) {
                    Some(port) if !port.is_empty() => {
                        start.port = Some(port.to_string());
                        continue;
                    }
                    _ => {
                        return StartKind::Other { why: format!("gives `next start` the flag `{flag}`") };
                    }
                }
            }
            folder if start.folder.is_none() => {
                start.folder = Some(folder.to_string());
                continue;
            }
            other => return StartKind::Other { why: format!("gives `next start` the argument `{other}`") },
        };
        match joined.or_else(|| rest.next().cloned()) {
            Some(value) => *place = Some(value),
            None => return StartKind::Other { why: format!("gives `{flag}` no value") },
        }
    }
    StartKind::NextStart(start)
}

/// The arguments of Next.js' own command, where this is it: `next …`, `node_modules/.bin/next …`,
/// `node node_modules/next/dist/bin/next …`.
fn next_arguments(words: &[String]) -> Option<&[String]> {
    let (first, rest) = words.split_first()?;
    let is_next = |word: &str| {
        word == "next"
            || word.ends_with("node_modules/.bin/next")
            || word.ends_with("node_modules/next/dist/bin/next")
    };
    if is_next(first) {
        return Some(rest);
    }
    if !matches!(base_name(first), "node" | "nodejs" | "bun") {
        return None;
    }
    let at = first_argument(words)?;
    is_next(&words[at]).then(|| &words[at + 1..])
}

/// Where the file that a JavaScript runtime is given stands among its words: the first that is neither a
/// flag nor a flag's value.
fn first_argument(words: &[String]) -> Option<usize> {
    let mut at = 1;
    loop {
        match words.get(at)?.as_str() {
            "-r"
            | "--require"
            | "--import"
            | "--loader"
            | "--experimental-loader"
            | "-C"
            | "--conditions"
            | "-P"
            | "--project" => at += 2,
            flag if flag.starts_with('-') => at += 1,
            _ => return Some(at),
        }
    }
}

/// Looks through what only starts another command, down to that command. Returns what is set on the way,
/// too.
fn act(first: Command, package: &PackageJson) -> (Set, Act) {
    let Command { env, mut words, .. } = first;
    let mut set = Set { env, loads: Vec::new() };
    for _ in 0..DEPTH {
        let skip = |words: &[String], count: usize| words.get(count..).unwrap_or_default().to_vec();
        let arg = |at: usize| words.get(at).map(String::as_str).unwrap_or_default();
        // Flags right after the name (`npm --silent run x`, `npx --yes next`), those with values apart.
        let verb = 1 + words.iter().skip(1).take_while(|word| word.starts_with('-')).count();
        let next = match base_name(arg(0)) {
            "cross-env" | "env" | "exec" | "command" | "time" => skip(&words, verb),
            "cross-env-shell" => return (set, Act::Line(skip(&words, verb).join(" "))),
            loader if LOADERS.contains(&loader) => {
                let Some((files, at)) = loaded(loader, &words) else { return (set, Act::Program(words)) };
                // What these load isn't known here; starting through them isn't a plain start, but a build is one.
                let inner = skip(&words, at);
                if next_arguments(&inner).is_some_and(|a| a.first().is_some_and(|w| w == "start")) {
                    return (set, Act::Program(words));
                }
                set.loads.extend(files);
                inner
            }
            "npx" | "bunx" | "pnpx" => skip(&words, verb),
            "sh" | "bash" | "ash" if words.iter().any(|w| w == "-c") => {
                let at = words.iter().position(|w| w == "-c").unwrap_or_default();
                return (set, Act::Line(words.get(at + 1).cloned().unwrap_or_default()));
            }
            "npm" => match arg(verb) {
                "run" | "run-script" | "rum" | "urn" => {
                    return (set, scripts(&words, verb + 1, true));
                }
                verb @ ("start" | "test" | "stop" | "restart") => {
                    let at = words.iter().position(|w| w == verb).unwrap_or(1);
                    return (set, scripts(&words, at, true));
                }
                "exec" | "x" => {
                    let at = verb + 1;
                    skip(&words, at + words.iter().skip(at).take_while(|w| w.starts_with('-')).count())
                }
                _ => return (set, Act::Program(words)),
            },
            name @ ("yarn" | "pnpm" | "bun") => match arg(verb) {
                "run" | "run-script" => {
                    let flags = words.iter().skip(verb + 1).take_while(|w| w.starts_with('-')).count();
                    let at = verb + 1 + flags;
                    // All three run a program of node_modules/.bin where there is no such script.
                    if words.get(at).is_some_and(|script| package.script(script).is_none()) {
                        skip(&words, at)
                    } else {
                        return (set, scripts(&words, at, false));
                    }
                }
                "exec" | "dlx" | "x" => skip(&words, verb + 1),
                word if package.script(word).is_some() && (name != "bun" || word != "build") => {
                    return (set, scripts(&words, verb, false));
                }
                word if BINARIES.contains(&word) => skip(&words, verb),
                _ => return (set, Act::Program(words)),
            },
            "run-s" | "npm-run-all" | "run-p" | "npm-run-all2" => {
                let names = words.iter().skip(1).filter(|w| !w.starts_with('-')).cloned().collect();
                return (set, Act::Scripts(names, Vec::new()));
            }
            _ => return (set, Act::Program(words)),
        };
        let inner = command(next);
        set.env.extend(inner.env);
        words = inner.words;
    }
    (set, Act::Program(words))
}

/// The script named by the word at `at`. npm passes on only what follows `--`.
fn scripts(words: &[String], at: usize, only_after_dashes: bool) -> Act {
    let flags = words.iter().skip(at).take_while(|word| word.starts_with('-')).count();
    let at = at + flags;
    let rest = words.get(at + 1..).unwrap_or_default();
    let more = match rest.iter().position(|word| word == "--") {
        Some(dashes) => rest[dashes + 1..].to_vec(),
        None if only_after_dashes => Vec::new(),
        None => rest.to_vec(),
    };
    Act::Scripts(words.get(at).cloned().into_iter().collect(), more)
}

fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

fn is_code(word: &str) -> bool {
    let extension = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"].iter().any(|end| word.ends_with(end));
    !word.starts_with('-')
        && (extension || matches!(base_name(word), "server" | "index" | "app" | "main" | "."))
}

#[cfg(test)]
mod tests;
