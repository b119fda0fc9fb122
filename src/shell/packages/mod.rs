//! What a package manager is asked to do, one file a tool.

mod apk;
mod apt;
mod args;
mod bun;
mod npm;
mod pip;
mod pnpm;
mod yarn;

use super::{Command, Invocation, Word, wrappers};
use crate::text::Span;

pub use args::Flag;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tool {
    Npm,
    Yarn,
    Pnpm,
    Bun,
    /// `apt-get`, `apt` and `aptitude`.
    Apt,
    Apk,
    /// `pip`, `pip3`, `python -m pip`, `uv pip`.
    Pip,
    /// `node --run`
    Node,
}

impl Tool {
    /// The name that people call it by.
    pub fn name(self) -> &'static str {
        match self {
            Tool::Npm => "npm",
            Tool::Yarn => "yarn",
            Tool::Pnpm => "pnpm",
            Tool::Bun => "bun",
            Tool::Apt => "apt-get",
            Tool::Apk => "apk",
            Tool::Pip => "pip",
            Tool::Node => "node",
        }
    }

    /// Whether it installs what a package.json names.
    pub fn is_javascript(self) -> bool {
        matches!(self, Tool::Npm | Tool::Yarn | Tool::Pnpm | Tool::Bun)
    }
}

/// What the tool is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// What the manifest names: `npm ci`, `npm install`, `yarn`, `pnpm i`, `bun install`,
    /// `pip install -r …`.
    InstallManifest,
    /// The packages that the command names.
    InstallPackages,
    /// A script of package.json, by its name: `npm run build`, `npm start`, `yarn build`.
    RunScript(String),
    /// A program of the packages: `npx next build`, `pnpm exec …`, `yarn next build`. Its words are
    /// [`Action::program`].
    Exec,
    /// Reads the lists of packages anew: `apt-get update`, `apk update`.
    Update,
    /// Installs newer versions of what is there: `apt-get upgrade`, `npm update`.
    Upgrade,
    Remove,
    /// `npm cache clean`, `apt-get clean`, `yarn cache clean`, `pnpm store prune`.
    CleanCache,
    /// Anything else, or nothing.
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Without version; as it is written where it is a URL or a path.
    pub name: String,
    /// What stands behind the name: `1.2.3-r0`, `^18`, `>=2,<3`. `None` where any version will do.
    pub version: Option<String>,
    /// Its whole word in the source.
    pub span: Span,
    /// It is fetched by URL or path rather than by name.
    pub direct: bool,
    /// The value isn't known: the word holds a variable or a command.
    pub dynamic: bool,
}

/// What one command asks a package manager to do.
#[derive(Clone, Debug)]
pub struct Action<'s> {
    pub tool: Tool,
    pub verb: Verb,
    /// The word of the verb (`ci`, `install`, `run`), where there is one.
    pub verb_span: Option<Span>,
    /// The command from the tool's name to its last argument, without what starts it (`sudo`).
    pub span: Span,
    pub packages: Vec<Package>,
    /// Every option, those before the verb included.
    pub flags: Vec<Flag<'s>>,
    /// The words of the program that [`Verb::Exec`] runs, or the script's arguments of [`Verb::RunScript`].
    pub program: &'s [Word],
    /// It fails where lockfile and manifest disagree, rather than writing the lockfile: `npm ci`,
    /// `--frozen-lockfile`, `--immutable`.
    pub frozen: bool,
    /// It installs for the whole system: `npm -g`, `yarn global`.
    pub global: bool,
    /// It leaves the development dependencies out by its own flags: `--omit=dev`, `--production`. What
    /// NODE_ENV adds to that isn't seen here.
    pub production: bool,
    /// It answers its own questions: `-y`.
    pub assume_yes: bool,
    /// `--no-install-recommends`
    pub no_recommends: bool,
    /// It leaves no cache behind: apk's `--no-cache`, pip's `--no-cache-dir`.
    pub no_cache: bool,
    /// Install scripts don't run: `--ignore-scripts`.
    pub ignore_scripts: bool,
    /// The folder that it works in instead of the current one: `--prefix`, `-C`, `--cwd`.
    pub directory: Option<String>,
    /// The name of the group that the packages join: apk's `--virtual`.
    pub group: Option<String>,
    /// The files of requirements that it reads: pip's `-r`.
    pub files: Vec<String>,
}

impl<'s> Action<'s> {
    fn new(tool: Tool, words: &'s [Word], parsed: &args::Args<'s>) -> Self {
        let span = words.iter().map(|word| word.span).reduce(Span::to).unwrap_or_default();
        Action {
            tool,
            verb: Verb::Other,
            verb_span: None,
            span,
            packages: Vec::new(),
            flags: parsed.flags.clone(),
            program: &[],
            frozen: false,
            global: false,
            production: false,
            assume_yes: false,
            no_recommends: false,
            no_cache: false,
            ignore_scripts: false,
            directory: None,
            group: None,
            files: Vec::new(),
        }
    }

    /// What pnpm and bun have in common.
    fn with_lockfile(tool: Tool, words: &'s [Word], parsed: &args::Args<'s>) -> Self {
        Action {
            verb_span: parsed.operands.first().map(|(_, word)| word.span),
            global: parsed.on(&["-g", "--global"]),
            frozen: parsed.on(&["--frozen-lockfile"]),
            ignore_scripts: parsed.on(&["--ignore-scripts"]),
            ..Action::new(tool, words, parsed)
        }
    }

    pub fn flag(&self, names: &[&str]) -> Option<&Flag<'s>> {
        self.flags.iter().find(|flag| names.contains(&&*flag.name))
    }

    /// Whether a switch is on: there, and not `=false`.
    pub fn has(&self, names: &[&str]) -> bool {
        args::on(&self.flags, names)
    }

    /// Whether it installs anything.
    pub fn installs(&self) -> bool {
        matches!(self.verb, Verb::InstallManifest | Verb::InstallPackages)
    }

    /// Whether it installs what package.json names.
    pub fn installs_manifest_of_node(&self) -> bool {
        self.tool.is_javascript() && self.verb == Verb::InstallManifest
    }
}

/// What the command asks a package manager to do; `None` where its program is none.
///
/// `sudo`, `env` and their like are seen through; `npx PROGRAM` and `pnpm dlx PROGRAM` are actions of the tool
/// with [`Verb::Exec`].
pub fn of<'s>(command: &Command<'s>) -> Option<Action<'s>> {
    of_words(&command.node.words)
}

pub(super) fn of_words(words: &[Word]) -> Option<Action<'_>> {
    let invocation: Invocation<'_> = wrappers::of_words(words);
    // The outermost starter that is a package manager itself is the tool.
    let runner = invocation.wrappers.iter().find_map(|wrapper| {
        let name = wrapper.literal()?;
        let tool = match super::inner::base_name(&name) {
            "npx" | "npm" => Tool::Npm,
            "pnpx" | "pnpm" => Tool::Pnpm,
            "bunx" | "bun" => Tool::Bun,
            "yarn" => Tool::Yarn,
            _ => return None,
        };
        let start = words.iter().position(|word| std::ptr::eq(word, *wrapper))?;
        Some((tool, &words[start..]))
    });
    if let Some((tool, words)) = runner {
        let before = words.len() - invocation.words.len();
        let parsed = args::split(&words[1..before.max(1)], &["-p", "--package", "-c", "--call"]);
        let mut action = Action::new(tool, words, &parsed);
        action.verb = Verb::Exec;
        action.program = invocation.words;
        return Some(action);
    }
    let mut words = invocation.words;
    let mut name = invocation.name()?;
    if let Some(end) = name.find('@').filter(|at| *at > 0) {
        // `corepack pnpm@9 install`
        name.truncate(end);
    }
    let python = name.starts_with("python") || name == "py";
    if python && words.get(1).is_some_and(|w| w.is("-m")) && words.get(2).is_some_and(|w| w.is("pip")) {
        words = &words[2..];
        name = "pip".to_owned();
    } else if name == "uv" && words.get(1).is_some_and(|word| word.is("pip")) {
        words = &words[1..];
        name = "pip".to_owned();
    }
    match &*name {
        "npm" => Some(npm::action(words)),
        "yarn" | "yarnpkg" => Some(yarn::action(words)),
        "pnpm" => Some(pnpm::action(words)),
        "bun" => Some(bun::action(words)),
        "apt-get" | "apt" | "aptitude" => Some(apt::action(words)),
        "apk" => Some(apk::action(words)),
        "node" => npm::node_run(words),
        name if name == "pip" || is_versioned_pip(name) => Some(pip::action(words)),
        _ => None,
    }
}

/// `pip3`, `pip3.11`
fn is_versioned_pip(name: &str) -> bool {
    name.strip_prefix("pip").is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c == '.' || c.is_ascii_digit())
    })
}

/// A package by its word; `split` says where the name ends and the version begins.
fn package(word: &Word, split: impl FnOnce(&str) -> (String, Option<String>)) -> Package {
    let dynamic = word.literal().is_none();
    let text = word.value_or_text();
    let direct = text.contains("://")
        || text == "."
        || ["./", "../", "/", "~/", ".["].iter().any(|start| text.starts_with(start))
        || text.starts_with("git+")
        || text.starts_with("git@")
        || text.starts_with("file:")
        || text.starts_with("github:");
    let (name, version) = if direct { (text.clone().into_owned(), None) } else { split(&text) };
    Package { name, version: version.filter(|v| !v.is_empty()), span: word.span, direct, dynamic }
}

/// `name@version` and `@scope/name@version`, as npm, yarn, pnpm and bun write it.
fn node_package(word: &Word) -> Package {
    package(word, |text| {
        let scoped = usize::from(text.starts_with('@'));
        match text[scoped..].find('@') {
            Some(at) => (text[..scoped + at].to_owned(), Some(text[scoped + at + 1..].to_owned())),
            None => (text.to_owned(), None),
        }
    })
}

#[cfg(test)]
mod tests;
