//! What the commands of a RUN leave in its layer, as far as the commands say.

use super::Subject;
use crate::shell::packages::{self, Tool, Verb};
use crate::shell::{Command, next};
use crate::syntax::{Instruction, InstructionId, Keyword, flags};

/// Something that stays in the layer of a RUN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leftover {
    /// `node_modules`, installed by `tool`; with the development dependencies unless `production`.
    NodeModules { tool: Tool, production: bool },
    /// What a package manager downloaded and keeps for the next time.
    PackageCache { tool: Tool, folder: String },
    /// `.next`: what Next.js built, and its build cache.
    NextBuild,
    /// Packages of the system, by name; a name that isn't known is left out.
    SystemPackages { tool: Tool, names: Vec<String> },
    /// The lists that `apt-get update` fetched.
    AptLists,
}

/// What the RUN `id` leaves behind. Files that one of its own later commands removes are left out where
/// that is plain to see.
pub fn leftovers(subject: &Subject<'_>, id: InstructionId) -> Vec<Leftover> {
    let mut found: Vec<Leftover> = Vec::new();
    let Some(instruction) = subject.instruction(id).filter(|i| i.keyword == Keyword::Run) else {
        return found;
    };
    let Some(script) = subject.model.script(id) else { return found };
    let commands = script.commands();
    for command in &commands {
        if builds_next(subject, command) && !found.contains(&Leftover::NextBuild) {
            found.push(Leftover::NextBuild);
        }
        let Some(action) = packages::of(command) else { continue };
        match (action.tool, &action.verb) {
            (tool, Verb::InstallManifest) if tool.is_javascript() => {
                let production = action.production || is_production(subject, id);
                found.push(Leftover::NodeModules { tool, production });
            }
            (tool, Verb::InstallPackages) if !tool.is_javascript() => {
                let names = action.packages.iter().filter(|p| !p.dynamic).map(|p| p.name.clone()).collect();
                found.push(Leftover::SystemPackages { tool, names });
            }
            (Tool::Apt, Verb::Update) => found.push(Leftover::AptLists),
            _ => {}
        }
        if action.installs() && !action.no_cache {
            let folder = cache_folder(subject, id, action.tool);
            let cache = folder.map(|folder| Leftover::PackageCache { tool: action.tool, folder });
            found.extend(cache.filter(|cache| !found.contains(cache)));
        }
    }
    found.retain(|leftover| match leftover {
        Leftover::PackageCache { tool, folder } => {
            !has_cache_mount(instruction, folder)
                && !commands.iter().any(|c| removes(c, folder) || cleans(c, *tool))
        }
        Leftover::AptLists => {
            !has_cache_mount(instruction, "/var/lib/apt/lists")
                && !commands.iter().any(|c| removes(c, "/var/lib/apt/lists"))
        }
        _ => true,
    });
    found
}

/// The folder in which `tool` keeps its downloads where `id` stands; None where it keeps none.
///
/// Sources: the tools' own documentation of `cache`, `cacheFolder` and `store-dir`; Debian's images delete
/// downloaded packages themselves (`/etc/apt/apt.conf.d/docker-clean`), and apk keeps none.
pub fn cache_folder(subject: &Subject<'_>, id: InstructionId, tool: Tool) -> Option<String> {
    let home = home(subject, id);
    let root = home == "/root";
    match tool {
        Tool::Npm => Some(format!("{home}/.npm")),
        Tool::Yarn if is_berry(subject) => Some(format!("{home}/.yarn/berry/cache")),
        Tool::Yarn if root => Some("/usr/local/share/.cache/yarn".to_owned()),
        Tool::Yarn => Some(format!("{home}/.cache/yarn")),
        Tool::Pnpm => Some(format!("{home}/.local/share/pnpm/store")),
        Tool::Bun => Some(format!("{home}/.bun/install/cache")),
        Tool::Pip => Some(format!("{home}/.cache/pip")),
        Tool::Apt | Tool::Apk | Tool::Node => None,
    }
}

/// Whether a RUN keeps `folder` outside of the image, by a cache or tmpfs mount there or above it.
pub fn has_cache_mount(instruction: &Instruction, folder: &str) -> bool {
    instruction.flags.iter().filter(|flag| &*flag.name == "mount").any(|flag| {
        let Some(value) = &flag.value else { return false };
        let mount = flags::mount::parse(&value.text);
        let target = mount.value("target").unwrap_or("").trim_end_matches('/');
        let kept_out = matches!(mount.value("type"), Some("cache" | "tmpfs"));
        let below = folder.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        kept_out && !target.is_empty() && below
    })
}

/// Whether a command builds the Next.js app, itself or through a script of package.json.
pub fn builds_next(subject: &Subject<'_>, command: &Command<'_>) -> bool {
    if next::is_next_build(command) {
        return true;
    }
    let Some(action) = packages::of(command) else { return false };
    let Verb::RunScript(script) = &action.verb else { return false };
    let folder = command.directory().unwrap_or("");
    let project = subject.context.map(|context| context.project_at(folder).unwrap_or(context.project()));
    project.and_then(|project| project.package()).is_some_and(|package| package.builds_next(script))
}

/// The home of the user that runs `id`. Without USER it is taken to be root, as in most base images.
fn home(subject: &Subject<'_>, id: InstructionId) -> String {
    let user = subject.model.frame(id).and_then(|frame| frame.user);
    let user = user.and_then(|user| subject.instruction(user)?.args.first());
    match user.map(|user| user.text.split(':').next().unwrap_or("")) {
        None | Some("root" | "0" | "") => "/root".to_owned(),
        Some(user) => format!("/home/{user}"),
    }
}

fn is_berry(subject: &Subject<'_>) -> bool {
    use crate::context::lockfiles::YarnKind;
    let kind = subject.context.and_then(|context| context.project().lockfiles.yarn());
    kind == Some(YarnKind::Berry)
}

fn is_production(subject: &Subject<'_>, id: InstructionId) -> bool {
    subject.model.value(id, "NODE_ENV") == Some("production")
}

fn removes(command: &Command<'_>, folder: &str) -> bool {
    command.is("rm")
        && command.args().iter().any(|word| {
            let path = word.known_prefix();
            let path = path.trim_end_matches(['*', '/']).replacen("~", "/root", 1);
            !path.is_empty() && (folder == path || folder.starts_with(&format!("{path}/")))
        })
}

fn cleans(command: &Command<'_>, tool: Tool) -> bool {
    packages::of(command).is_some_and(|action| action.tool == tool && action.verb == Verb::CleanCache)
}
