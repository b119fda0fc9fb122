//! What the commands of a RUN leave in its layer, as far as the commands say.

use super::Subject;
use crate::model::resolve;
use crate::shell::packages::{self, Action, Tool, Verb};
use crate::shell::{Command, Word, next};
use crate::syntax::{Instruction, InstructionId, Keyword, flags};

/// Something that stays in the layer of a RUN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leftover {
    /// `node_modules`, installed by `tool`; with the development dependencies unless `production`.
    NodeModules {
        tool: Tool,
        production: bool,
        /// The folder that it lies in, absolute; None where that isn't known.
        folder: Option<String>,
        /// What was there before is deleted first, as `npm ci` does.
        anew: bool,
    },
    /// Packages of the JavaScript world that are installed by name, without their versions; `None` in
    /// place of a name that isn't known.
    NodePackages { tool: Tool, names: Vec<Option<String>>, global: bool },
    /// What a package manager downloaded and keeps for the next time.
    PackageCache { tool: Tool, folder: String },
    /// `.next`: what Next.js built; with its build cache in `.next/cache` where `cache` says so.
    NextBuild {
        cache: bool,
        /// The app's folder, absolute; None where that isn't known.
        folder: Option<String>,
    },
    /// Packages of the system, by name.
    SystemPackages {
        tool: Tool,
        names: Vec<String>,
        /// Those are left out whose name isn't known.
        more: bool,
        /// With what they recommend.
        recommends: bool,
    },
    /// The lists that `apt-get update` fetched.
    AptLists,
    /// The indexes that `apk update` fetched.
    ApkIndex,
}

/// What the RUN `id` leaves behind. What one of its own later commands removes is left out where that is
/// plain to see, and so is what a cache or tmpfs mount keeps out of the layer.
pub(super) fn read(subject: &Subject<'_>, id: InstructionId) -> Vec<Leftover> {
    let mut found: Vec<Leftover> = Vec::new();
    let Some(instruction) = subject.instruction(id).filter(|i| i.keyword == Keyword::Run) else {
        return found;
    };
    let Some(script) = subject.model.script(id) else { return found };
    let commands = script.commands();
    let actions = commands.iter().map(packages::of).collect();
    let run = Run { subject, id, instruction, commands, actions };
    for at in 0..run.commands.len() {
        for leftover in run.left_by(at) {
            if !found.contains(&leftover) {
                found.push(leftover);
            }
        }
    }
    found
}

/// One RUN with its commands.
struct Run<'s> {
    subject: &'s Subject<'s>,
    id: InstructionId,
    instruction: &'s Instruction,
    commands: Vec<Command<'s>>,
    /// By command, what it asks of a package manager.
    actions: Vec<Option<Action<'s>>>,
}

impl Run<'_> {
    /// What the command `at` leaves, when all commands have run.
    fn left_by(&self, at: usize) -> Vec<Leftover> {
        let (subject, id, command) = (self.subject, self.id, &self.commands[at]);
        let mut left = Vec::new();
        if asks_for_next_build(subject, command, self.actions[at].as_ref()) {
            let named = next::of(command).and_then(|next| next.folder);
            let folder = self.path(command, named.as_deref().unwrap_or("."));
            let stays = |path: &str| folder.as_deref().is_none_or(|f| self.stays(&resolve(f, path), at));
            if stays(".next") {
                left.push(Leftover::NextBuild { cache: stays(".next/cache"), folder });
            }
        }
        let Some(action) = &self.actions[at] else { return left };
        match (action.tool, &action.verb) {
            (tool, Verb::InstallManifest) if tool.is_javascript() && !action.global => {
                if !self.is_chosen(command, tool) {
                    return left;
                }
                let folder = self.path(command, action.directory.as_deref().unwrap_or("."));
                if folder.as_ref().is_none_or(|f| self.stays(&resolve(f, "node_modules"), at)) {
                    let production = leaves_development_out(subject, id, command, action)
                        || (at + 1..self.commands.len()).any(|later| self.prunes(later));
                    let anew = tool == Tool::Npm && action.frozen;
                    left.push(Leftover::NodeModules { tool, production, folder, anew });
                }
            }
            (tool, Verb::InstallPackages) if tool.is_javascript() => {
                let names = action.packages.iter().map(|p| (!p.dynamic && !p.direct).then(|| p.name.clone()));
                left.push(Leftover::NodePackages { tool, names: names.collect(), global: action.global });
            }
            (Tool::Apk, Verb::Update) if self.stays("/var/cache/apk", at) => left.push(Leftover::ApkIndex),
            (tool, Verb::InstallPackages) if !tool.is_javascript() => {
                left.extend(self.system_packages(action, at));
            }
            (Tool::Apt, Verb::Update) if self.stays("/var/lib/apt/lists", at) => {
                left.push(Leftover::AptLists);
            }
            _ => {}
        }
        let chosen = action.verb != Verb::InstallManifest || self.is_chosen(command, action.tool);
        if action.installs()
            && chosen
            && !action.no_cache
            && let Some(folder) = named_cache(action, self).or_else(|| cache_folder(subject, id, action.tool))
            && self.stays(&folder, at)
            && !self.actions[at + 1..].iter().flatten().any(|later| cleans(later, action.tool))
        {
            left.push(Leftover::PackageCache { tool: action.tool, folder });
        }
        left
    }

    /// The packages that the command `at` installs, those left out that a later one removes by name or
    /// with their group.
    fn system_packages(&self, action: &Action<'_>, at: usize) -> Option<Leftover> {
        let later = self.actions[at + 1..].iter().flatten();
        let removals = later.filter(|later| later.tool == action.tool && later.verb == Verb::Remove);
        let removed: Vec<&str> =
            removals.flat_map(|action| &action.packages).map(|package| &*package.name).collect();
        if action.group.as_ref().is_some_and(|group| removed.contains(&&**group)) {
            return None;
        }
        let stay: Vec<_> =
            action.packages.iter().filter(|package| !removed.contains(&&*package.name)).collect();
        if stay.is_empty() && !action.packages.is_empty() {
            return None;
        }
        let names = stay.iter().filter(|package| !package.dynamic).map(|package| package.name.clone());
        Some(Leftover::SystemPackages {
            tool: action.tool,
            names: names.collect(),
            more: stay.iter().any(|package| package.dynamic) || !action.files.is_empty(),
            recommends: !action.no_recommends,
        })
    }

    /// Whether an install runs, as far as can be told: of several that hang on which lockfile is there, the
    /// one of the project's own package manager does.
    fn is_chosen(&self, command: &Command<'_>, tool: Tool) -> bool {
        let mut others = self.commands.iter().zip(&self.actions).filter(|(other, action)| {
            other.conditional
                && action.as_ref().is_some_and(|a| a.installs_manifest_of_node() && a.tool != tool)
        });
        if !command.conditional || others.next().is_none() {
            return true;
        }
        let Some(view) = self.subject.context else { return true };
        let found = &view.project().lockfiles.found;
        found.first().is_none_or(|lock| lock.kind.manager().name() == tool.name())
    }

    /// Whether the command `at` takes the development dependencies out again.
    fn prunes(&self, at: usize) -> bool {
        let command = &self.commands[at];
        !command.conditional
            && self.actions[at]
                .as_ref()
                .is_some_and(|it| takes_development_out(self.subject, self.id, command, it))
    }

    /// Whether what the command `at` puts into `folder`, an absolute path, is in the layer in the end.
    fn stays(&self, folder: &str, at: usize) -> bool {
        let workdir = self.subject.model.frame(self.id).map_or("/", |frame| &*frame.workdir.path);
        let mounted = mounts(self.instruction).any(|target| is_below(folder, &resolve(workdir, &target)));
        !mounted && !self.commands[at + 1..].iter().any(|later| self.removes(later, folder))
    }

    /// Whether a command surely removes all of `folder`.
    fn removes(&self, command: &Command<'_>, folder: &str) -> bool {
        if command.conditional {
            return false;
        }
        let apt = command.is("apt-get") || command.is("apt");
        if apt && command.args().iter().any(|word| word.is("distclean")) {
            return is_below(folder, "/var/lib/apt/lists");
        }
        let is_option = |word: &&Word| word.text().starts_with('-');
        let words: Vec<&Word> = if command.is("rm") {
            command.args().iter().filter(|word| !is_option(word)).collect()
        } else if command.is("find") && deletes_all(command) {
            command.args().iter().take_while(|word| !is_option(word)).collect()
        } else {
            return false;
        };
        words.into_iter().filter_map(|word| self.word_path(command, word)).any(|path| {
            is_below(folder, &path)
                // All that npm keeps of packages is in there.
                || folder.ends_with("/.npm") && path == format!("{folder}/_cacache")
        })
    }

    /// The absolute path that a word of a command means; None where that isn't known.
    fn word_path(&self, command: &Command<'_>, word: &Word) -> Option<String> {
        let text = word.literal().map_or_else(|| word.text().trim_matches('"').to_owned(), Into::into);
        let at_home = ["~", "$HOME", "${HOME}"]
            .iter()
            .find_map(|name| text.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with('/')));
        let text = match at_home {
            Some(rest) => format!("{}{rest}", home(self.subject, self.id)?),
            None => text,
        };
        let text = text.strip_suffix("/*").unwrap_or(&text);
        if text.contains(['$', '`', '*', '?', '[', '~']) {
            return None;
        }
        self.path(command, text)
    }

    /// `path` as a command means it, absolute; None where it hangs on a `cd` that can't be followed.
    fn path(&self, command: &Command<'_>, path: &str) -> Option<String> {
        if path.starts_with('/') {
            return Some(resolve("/", path));
        }
        let workdir = &self.subject.model.frame(self.id)?.workdir.path;
        Some(resolve(&resolve(workdir, command.directory()?), path))
    }
}

/// Whether a `find` deletes whatever it finds below its folders.
fn deletes_all(command: &Command<'_>) -> bool {
    let is = |names: &[&str]| command.args().iter().any(|word| names.iter().any(|name| word.is(name)));
    let narrows =
        ["-name", "-iname", "-path", "-regex", "-mtime", "-size", "-user", "-maxdepth", "!", "-not"];
    (is(&["-delete"]) || is(&["-exec", "-execdir"]) && is(&["rm"])) && !is(&narrows)
}

/// The cache that the options of an install name.
fn named_cache(action: &Action<'_>, run: &Run<'_>) -> Option<String> {
    let names: &[&str] = match action.tool {
        Tool::Npm => &["--cache"],
        Tool::Yarn => &["--cache-folder"],
        Tool::Pnpm => &["--store-dir"],
        Tool::Bun | Tool::Pip => &["--cache-dir"],
        _ => &[],
    };
    let folder = action.flag(names)?.value.as_deref()?;
    let workdir = &run.subject.model.frame(run.id)?.workdir.path;
    Some(resolve(workdir, folder))
}

/// Whether `path` is `folder` or lies in it; both absolute.
fn is_below(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The folder in which `tool` keeps its downloads where `id` stands; None where it keeps none, and where
/// the folder isn't known: it hangs on the home of a user that the image makes, or on a variable's value.
///
/// Sources: the tools' own documentation of `cache`, `cacheFolder`, `store-dir` and the variables that
/// set them; Debian's images delete downloaded packages themselves
/// (`/etc/apt/apt.conf.d/docker-clean`), and apk keeps none.
pub fn cache_folder(subject: &Subject<'_>, id: InstructionId, tool: Tool) -> Option<String> {
    // By variable, what stands behind its value.
    let variables: &[(&str, &str)] = match tool {
        Tool::Npm => &[("npm_config_cache", ""), ("NPM_CONFIG_CACHE", "")],
        Tool::Yarn => &[("YARN_CACHE_FOLDER", "")],
        Tool::Pnpm => &[("npm_config_store_dir", ""), ("PNPM_HOME", "/store")],
        Tool::Bun => &[("BUN_INSTALL_CACHE_DIR", ""), ("BUN_INSTALL", "/install/cache")],
        Tool::Pip => &[("PIP_NO_CACHE_DIR", ""), ("PIP_CACHE_DIR", "")],
        Tool::Apt | Tool::Apk | Tool::Node => return None,
    };
    for (name, behind) in variables {
        if is_declared(subject, id, name) {
            let folder = subject.model.value(id, name)?;
            return folder.starts_with('/').then(|| resolve("/", &format!("{folder}{behind}")));
        }
    }
    let home = home(subject, id)?;
    let root = home == "/root";
    Some(match tool {
        Tool::Npm => format!("{home}/.npm"),
        Tool::Yarn if is_berry(subject) => format!("{home}/.yarn/berry/cache"),
        Tool::Yarn if root => "/usr/local/share/.cache/yarn".to_owned(),
        Tool::Yarn => format!("{home}/.cache/yarn"),
        Tool::Pnpm => format!("{home}/.local/share/pnpm/store"),
        Tool::Bun => format!("{home}/.bun/install/cache"),
        Tool::Pip => format!("{home}/.cache/pip"),
        Tool::Apt | Tool::Apk | Tool::Node => return None,
    })
}

fn is_declared(subject: &Subject<'_>, id: InstructionId, name: &str) -> bool {
    subject.model.variables(id).iter().any(|variable| &*variable.name == name)
}

/// Whether a RUN keeps `folder`, an absolute path, outside of the image, by a cache or tmpfs mount there
/// or above it.
pub fn has_cache_mount(instruction: &Instruction, folder: &str) -> bool {
    mounts(instruction).any(|target| target.starts_with('/') && is_below(folder, &target))
}

/// The targets of the mounts that keep what is written there out of the layer.
fn mounts(instruction: &Instruction) -> impl Iterator<Item = String> {
    instruction.flags.iter().filter(|flag| &*flag.name == "mount").filter_map(|flag| {
        let mount = flags::mount::parse(&flag.value.as_ref()?.text);
        let kept_out = matches!(mount.value("type"), Some("cache" | "tmpfs"));
        let target = mount.value("target").filter(|target| !target.is_empty() && !target.contains('$'))?;
        kept_out.then(|| target.to_owned())
    })
}

/// Whether a command builds the Next.js app, itself or through a script of package.json.
pub fn builds_next(subject: &Subject<'_>, command: &Command<'_>) -> bool {
    asks_for_next_build(subject, command, packages::of(command).as_ref())
}

fn asks_for_next_build(subject: &Subject<'_>, command: &Command<'_>, action: Option<&Action<'_>>) -> bool {
    if next::is_next_build(command) {
        return true;
    }
    let Some(Verb::RunScript(script)) = action.map(|action| &action.verb) else { return false };
    let folder = command.directory().unwrap_or("");
    let project = subject.context.map(|context| context.project_at(folder).unwrap_or(context.project()));
    project.and_then(|project| project.package()).is_some_and(|package| package.builds_next(script))
}

/// The home of the user that runs `id`. Without USER it is taken to be root, as in most base images; of
/// other users only `node`, whom Node's images make, has a home that is known.
fn home(subject: &Subject<'_>, id: InstructionId) -> Option<String> {
    if is_declared(subject, id, "HOME") {
        return subject.model.value(id, "HOME").map(str::to_owned);
    }
    let user = subject.model.frame(id)?.user;
    let user = user.and_then(|user| subject.instruction(user)?.args.first());
    match user.map(|user| user.text.split(':').next().unwrap_or("")) {
        None | Some("root" | "0" | "") => Some("/root".to_owned()),
        Some("node") => Some("/home/node".to_owned()),
        Some(_) => None,
    }
}

fn is_berry(subject: &Subject<'_>) -> bool {
    use crate::context::lockfiles::YarnKind;
    let kind = subject.context.and_then(|context| context.project().lockfiles.yarn());
    kind == Some(YarnKind::Berry)
}

/// Whether a command takes the development dependencies out of a node_modules that is there: `npm prune
/// --omit=dev`, `pnpm prune --prod`, `yarn install --production`.
pub fn prunes(subject: &Subject<'_>, id: InstructionId, command: &Command<'_>) -> bool {
    packages::of(command).is_some_and(|action| takes_development_out(subject, id, command, &action))
}

fn takes_development_out(
    subject: &Subject<'_>,
    id: InstructionId,
    command: &Command<'_>,
    action: &Action<'_>,
) -> bool {
    if !action.tool.is_javascript() {
        return false;
    }
    let verb = action.verb_span.map(|span| span.of(subject.source())).unwrap_or_default();
    let takes_out = match action.verb {
        Verb::Remove => verb == "prune" && action.packages.is_empty(),
        Verb::InstallManifest => !action.global,
        _ => false,
    };
    takes_out && leaves_development_out(subject, id, command, action)
}

/// Whether an install leaves the development dependencies out, by its options or by NODE_ENV.
///
/// Sources: the documentation of npm's `omit`, yarn 1's `--production`, pnpm's `--prod`; bun and yarn
/// berry don't ask NODE_ENV.
fn leaves_development_out(
    subject: &Subject<'_>,
    id: InstructionId,
    command: &Command<'_>,
    action: &Action<'_>,
) -> bool {
    let is_off =
        |names: &[&str]| action.flag(names).is_some_and(|flag| flag.value.as_deref() == Some("false"));
    let is_dev =
        |name: &str| action.flags.iter().any(|f| f.name == name && f.value.as_deref() == Some("dev"));
    if is_dev("--include") || is_dev("--also") || is_off(&["--production", "--prod"]) {
        return false;
    }
    let asks = match action.tool {
        Tool::Bun => false,
        Tool::Yarn => !is_berry(subject),
        _ => true,
    };
    // A variable that stands before the command counts for it alone.
    let own = command.assignments().iter().rev().find(|assignment| &*assignment.name == "NODE_ENV");
    let value = match own {
        Some(own) => own.value.literal().map(|value| value.into_owned()),
        None => subject.model.value(id, "NODE_ENV").map(str::to_owned),
    };
    action.production || asks && value.as_deref() == Some("production")
}

fn cleans(action: &Action<'_>, tool: Tool) -> bool {
    action.tool == tool && action.verb == Verb::CleanCache
}
