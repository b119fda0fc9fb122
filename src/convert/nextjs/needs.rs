//! What shell scripts want of the run stage, and whether it can have that.

use super::detect::Found;
use super::entry::{Entry, unchanged};
use super::node_options;
use super::prisma;
use super::programs;
use super::script::{Image, Missing, Spot, Text};
use super::through::{Front, contains, is_within_function};
use crate::convert::places::{self, is_within};
use crate::convert::refuse::{NOT_YET, Stop, refused_by};
use crate::model::resolve;
use crate::shell::packages::{Tool, Verb};
use crate::shell::{self, Command, PieceKind, Script, Word};
use crate::syntax::Keyword;
use crate::text::Span;
use std::collections::BTreeSet;

/// What the script in front of the app and those that it calls want; or why the run stage can't have it.
pub(super) fn read(found: &Found<'_>, front: &Front) -> Result<Entry, Stop> {
    let image = Image { subject: &found.subject, stage: found.stage };
    let mut needs = Needs { found, image, entry: Entry::default(), functions: BTreeSet::new() };
    needs.script(front.text.clone(), &front.shell, Some(&front.folder), Role::Front(front.hands))?;
    Ok(needs.entry)
}

/// Why a script is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It stands in front of the app, and hands over to it at this place.
    Front(Span),
    /// Another one reads it in, so that both have the same arguments.
    ReadIn,
    /// Another one runs it, with arguments of its own.
    Called,
}

/// What the scripts want, as far as they were read.
struct Needs<'f, 'a> {
    found: &'f Found<'a>,
    image: Image<'f, 'a>,
    entry: Entry,
    /// The functions that the scripts define.
    functions: BTreeSet<String>,
}

/// More scripts than these call each other in no sound project.
const MOST: usize = 8;

impl Needs<'_, '_> {
    /// Reads a script and those that it calls.
    fn script(&mut self, text: Text, by: &str, folder: Option<&str>, role: Role) -> Result<(), Stop> {
        if self.entry.kept.iter().any(|known| known.place == text.place) {
            return Ok(());
        }
        unchanged(self.found, &text)?;
        let start = text.spot(Span::new(0, text.text.lines().next().map_or(0, str::len) as u32));
        if self.entry.kept.len() >= MOST {
            return Err(by_spot(
                &start,
                format!("{} begins one script too many to be followed.", start.what),
            ));
        }
        if !matches!(by, "sh" | "ash" | "dash" | "bash") {
            let message =
                format!("{} has {by} run the script, whose text is read for sh and bash only.", start.what);
            return Err(by_spot(&start, message));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
        if !text.place.chars().all(plain) {
            let message =
                format!("{} begins a script whose name has blanks or other special characters.", start.what);
            return Err(by_spot(&start, message));
        }
        self.entry.kept.push(text.clone());
        let script = shell::parse_str(&text.text);
        if let Some(error) = script.errors.first() {
            let spot = text.spot(error.span);
            return Err(by_spot(&spot, format!("{} can't be read: {}", spot.what, error.message)));
        }
        let by_bash = by == "bash";
        self.program(by, &start, by_bash)?;
        self.variables(&text, &script, role)?;
        let functions = script.pieces().into_iter().filter(|piece| piece.kind == PieceKind::Function);
        self.functions.extend(functions.map(|piece| piece.span.of(&text.text).to_owned()));
        let mut migrates = None;
        for command in script.commands() {
            let spot = text.spot(command.span);
            let place = command.directory().zip(folder).map(|(own, folder)| resolve(folder, own));
            let place = place.as_deref();
            if role == Role::Front(command.span) {
                if place != Some(&*self.found.root) {
                    let message = format!("{} runs in another folder than the standalone server.", spot.what);
                    return Err(by_spot(&spot, message));
                }
                for wrapper in shell::unwrap(&command).wrappers {
                    self.program(&wrapper.value_or_text(), &spot, by_bash)?;
                }
                continue;
            }
            if prisma::migrates(&command) {
                migrates = migrates.or(Some(spot));
                continue;
            }
            if role != Role::Called && sets_arguments(&command) {
                let message = format!(
                    "{} changes what the script is given, so what it starts isn't followed.",
                    spot.what
                );
                return Err(by_spot(&spot, message));
            }
            self.command(&command, &spot, place, by)?;
            self.files(&command, &spot, place)?;
        }
        match migrates {
            Some(spot) => Err(by_spot(
                &spot,
                format!(
                    "{} needs Prisma's command line, which the run stage hasn't, and the script does other things beside. Give \
                     the migrations a script or a command of their own.",
                    spot.what
                ),
            )),
            None => Ok(()),
        }
    }

    /// One command: what it runs must be there.
    fn command(
        &mut self,
        command: &Command<'_>,
        spot: &Spot,
        folder: Option<&str>,
        by: &str,
    ) -> Result<(), Stop> {
        let writes = |redirect: &shell::Redirect| {
            let target =
                redirect.target.as_ref().map(|word| word.unquoted().into_owned()).unwrap_or_default();
            redirect.kind.writes()
                && !["/dev/", "/proc/", "/tmp/"].iter().any(|start| target.starts_with(start))
        };
        if command.redirects().iter().any(writes) {
            self.entry.writes.get_or_insert_with(|| spot.what.clone());
        }
        if command.words().is_empty() {
            return Ok(());
        }
        let invocation = shell::unwrap(command);
        let own = invocation.words.first();
        for word in invocation.wrappers.iter().copied().chain(own) {
            let Some(name) = word.literal() else {
                let message = format!("{} runs what a variable says, which can't be told.", spot.what);
                return Err(by_spot(spot, message));
            };
            if self.functions.contains(&*name) {
                continue;
            }
            let is_own = own.is_some_and(|own| std::ptr::eq(own, word));
            let first = || invocation.args().iter().find(|word| !word.text().starts_with('-'));
            match name.rsplit('/').next().unwrap_or(&name) {
                "." | "source" => self.call(first(), spot, folder, Some(by), Role::ReadIn)?,
                "eval" if command.node.inner.is_none() => {
                    let message = format!("{} runs what isn't written out.", spot.what);
                    return Err(by_spot(spot, message));
                }
                "sh" | "ash" | "dash" | "bash" if is_own && command.node.inner.is_none() => {
                    self.program(&name, spot, by == "bash")?;
                    let by = name.rsplit('/').next().unwrap_or(&name);
                    self.call(first(), spot, folder, Some(by), Role::Called)?;
                }
                "node" | "bun" if is_own && evaluates(invocation.args()) => {}
                _ if is_path(&name) => self.call(Some(word), spot, folder, None, Role::Called)?,
                _ => self.program(&name, spot, by == "bash")?,
            }
        }
        let changes = ["mkdir", "chown", "chmod", "touch", "cp", "mv", "ln", "rm", "tee", "install", "sed"];
        if own.is_some_and(|word| changes.iter().any(|name| word.is(name))) {
            self.entry.writes.get_or_insert_with(|| spot.what.clone());
        }
        Ok(())
    }

    /// A script that another one calls or reads in.
    fn call(
        &mut self,
        word: Option<&Word>,
        spot: &Spot,
        folder: Option<&str>,
        by: Option<&str>,
        role: Role,
    ) -> Result<(), Stop> {
        let unknown = |why: &str| by_spot(spot, format!("{} {why}.", spot.what));
        let Some(word) = word else { return Err(unknown("runs a shell without a script")) };
        let path = word.literal().ok_or_else(|| unknown("runs a script whose name isn't written out"))?;
        let folder = folder.ok_or_else(|| unknown("runs a script from a folder that isn't known"))?;
        match self.image.file(&resolve(folder, &path)) {
            Ok(text) => {
                let by = by.or(text.interpreter()).unwrap_or("sh").to_owned();
                self.script(text, &by, Some(folder), role)
            }
            Err(Missing::NotThere) => {
                let message =
                    format!("runs `{path}`, which no COPY takes from the build context as a script");
                Err(unknown(&message))
            }
            Err(Missing::Unreadable(why)) => {
                Err(unknown(&format!("runs `{path}`, whose text can't be read: it {why}")))
            }
        }
    }

    /// A program of the system.
    fn program(&mut self, name: &str, spot: &Spot, by_bash: bool) -> Result<(), Stop> {
        let program = name.rsplit('/').next().unwrap_or(name);
        if programs::ROOTS.contains(&program) {
            self.entry.root.get_or_insert_with(|| spot.what.clone());
        }
        if programs::is_there(program, &self.found.base, by_bash) {
            return Ok(());
        }
        if let Ok(text) = self.image.program(program, "/") {
            let by = text.interpreter().unwrap_or("sh").to_owned();
            let root = self.found.root.clone();
            return self.script(text, &by, Some(&root), Role::Called);
        }
        let actions = self.found.ran.iter().filter_map(|ran| ran.action.as_ref());
        let system: Vec<_> = actions.filter(|action| matches!(action.tool, Tool::Apk | Tool::Apt)).collect();
        let removed = |name: &str| {
            let removes = system.iter().filter(|action| action.verb == Verb::Remove);
            removes.flat_map(|action| &action.packages).any(|package| package.name == name)
        };
        let installs = system.iter().filter(|action| action.verb == Verb::InstallPackages);
        let mut brings = installs
            .filter(|action| action.group.as_ref().is_none_or(|group| !removed(group)))
            .flat_map(|action| &action.packages)
            .filter(|package| programs::brings(&package.name, program) && !removed(&package.name));
        if let Some(package) = brings.next() {
            self.entry.packages.insert(package.name.clone());
            return Ok(());
        }
        let why = match program {
            "npm" | "npx" | "yarn" | "pnpm" | "bun" | "bunx" | "node" | "next" | "prisma" | "tsx"
            | "ts-node" => {
                "with files of the project, and the standalone output has only what the app itself imports"
            }
            _ => "and whether the run stage has that isn't known: no apk or apt-get of the file installs it",
        };
        let comma = if why.starts_with("and") { "," } else { "" };
        Err(by_spot(spot, format!("{} runs `{program}`{comma} {why}.", spot.what)))
    }

    /// The files of the app that a command names must be in the run stage.
    fn files(&self, command: &Command<'_>, spot: &Spot, folder: Option<&str>) -> Result<(), Stop> {
        let found = self.found;
        let targets = command.redirects().iter().filter_map(|redirect| redirect.target.as_deref());
        let values = command.assignments().iter().map(|assignment| &assignment.value);
        for word in command.args().iter().chain(targets).chain(values) {
            let Some(text) = word.literal() else { continue };
            let path = text.rsplit('=').next().unwrap_or(&text);
            if path.is_empty() || path.starts_with('-') || !(path.starts_with('/') || folder.is_some()) {
                continue;
            }
            let place = resolve(folder.unwrap_or("/"), path);
            let Some(inside) = place.strip_prefix(&*found.app).and_then(|rest| rest.strip_prefix('/')) else {
                continue;
            };
            let dist = found.project.config().and_then(|config| config.content.dist_dir.literal());
            let taken =
                [dist.unwrap_or(".next"), "public", "server.js", "package.json", ".env", ".env.production"];
            let is_taken = taken.iter().any(|name| is_within(&format!("/{inside}"), &format!("/{name}")))
                || self.entry.kept.iter().any(|text| text.place == place);
            let in_context = places::below(&found.project.folder, inside);
            let folders = &found.view.folders;
            let is_there = inside.split('/').next() == Some("node_modules")
                || found.view.file(&in_context).is_some()
                || folders.iter().any(|folder| **folder == *in_context);
            if is_there && !is_taken {
                let message = format!(
                    "{} names {inside} of the app's folder, and of that the run stage has only what Next.js traces.",
                    spot.what
                );
                return Err(by_spot(spot, message));
            }
        }
        Ok(())
    }

    /// Variables that mean something else in the run stage, and what CMD says, which is another start there.
    fn variables(&mut self, text: &Text, script: &Script, role: Role) -> Result<(), Stop> {
        self.entry.reads_public |= text.text.contains("NEXT_PUBLIC_");
        let commands = script.commands();
        for piece in script.pieces() {
            let (PieceKind::Variable { name, .. } | PieceKind::Assigned { name }) = piece.kind else {
                continue;
            };
            let within = commands.iter().rfind(|command| contains(command.span, piece.span));
            let spot = text.spot(within.map_or(piece.span, |command| command.span));
            let is_argument =
                matches!(name, "@" | "*" | "#") || name.parse::<u32>().is_ok_and(|number| number > 0);
            if is_argument {
                let own = matches!(role, Role::Front(hands) if contains(hands, piece.span));
                if role != Role::Called && !own && !is_within_function(script, piece.span) {
                    let message = format!(
                        "{} looks at what CMD says, and that is another command after the conversion.",
                        spot.what
                    );
                    return Err(by_spot(&spot, message));
                }
            } else if let Some(why) = self.is_another(name) {
                let message = format!("{} uses {name}, which {why}.", spot.what);
                return Err(by_spot(&spot, message));
            }
            self.entry.names.insert(name.to_owned());
        }
        let values = commands.iter().flat_map(|command| {
            let words = command.args().iter().map(|word| word.unquoted().into_owned());
            let own =
                command.assignments().iter().map(|own| format!("{}={}", own.name, own.value.unquoted()));
            words.chain(own).map(|word| (command.span, word)).collect::<Vec<_>>()
        });
        for (span, word) in values {
            let Some(value) = word.strip_prefix("NODE_OPTIONS=") else { continue };
            if let Some(what) = node_options::loaded(value.split_whitespace()) {
                let spot = text.spot(span);
                let message = format!(
                    "{} has Node.js load `{what}` first, and the standalone output has only what the app itself imports.",
                    spot.what
                );
                return Err(by_spot(&spot, message));
            }
        }
        Ok(())
    }

    /// Why a variable isn't in the run stage what it was before.
    fn is_another(&self, name: &str) -> Option<&'static str> {
        let settings = &self.found.start.settings;
        let env = self.found.subject.model.steps(self.found.stage).filter(|(_, i)| i.keyword == Keyword::Env);
        let own = env.flat_map(|(_, i)| i.pairs()).filter(|(known, _)| &*known.text == name).last();
        match name {
            "HOSTNAME" => Some("tells the standalone server where to listen"),
            "PORT" if settings.port.is_some() || own.is_none() => Some("the run stage sets itself"),
            "KEEP_ALIVE_TIMEOUT" if settings.keep_alive_timeout.is_some() => {
                Some("the run stage sets itself")
            }
            "NODE_ENV"
                if own.is_none_or(|(_, value)| value.text.trim_matches(['"', '\'']) != "production") =>
            {
                Some("the run stage sets to `production`")
            }
            _ => None,
        }
    }
}

/// Whether Node.js is given a script of its own that needs no package.
fn evaluates(args: &[Word]) -> bool {
    let is_code = args.iter().any(|word| matches!(word.text(), "-e" | "--eval" | "-p" | "--print" | "-pe"));
    let own = ["net", "http", "https", "fs", "dns", "os", "path", "url", "crypto", "child_process", "util"];
    let text: String = args.iter().map(|word| word.unquoted().into_owned()).collect();
    let loads = text.split("require(").skip(1).all(|rest| {
        let name = rest.trim_start_matches(['"', '\'', '`', '\\']);
        let name = name.strip_prefix("node:").unwrap_or(name);
        own.iter()
            .any(|own| name.strip_prefix(own).is_some_and(|rest| rest.starts_with(['"', '\'', '`', '\\'])))
    });
    let version = matches!(args, [only] if only.is("--version") || only.is("-v"));
    version || is_code && loads && !text.contains("import ") && !text.contains("import(")
}

/// A path that isn't of the system's programs.
fn is_path(name: &str) -> bool {
    let system = ["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"];
    name.contains('/') && !system.iter().any(|folder| name.starts_with(folder))
}

fn by_spot(spot: &Spot, message: String) -> Stop {
    refused_by(NOT_YET, spot.path.clone(), Some(spot.span), message)
}

/// Whether a command changes `$@`: `set -- …`, `shift`.
fn sets_arguments(command: &Command<'_>) -> bool {
    let is_option = |word: &Word| {
        let text = word.text();
        text != "--" && text.starts_with(['-', '+']) || matches!(text, "pipefail" | "errexit" | "nounset")
    };
    !command.nesting.function
        && (command.is("shift") || command.is("set") && !command.args().iter().all(is_option))
}
