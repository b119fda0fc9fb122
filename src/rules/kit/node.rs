//! Which Node.js project a stage is about, and what its commands do with it.

use crate::context::lockfiles::LockKind;
use crate::context::{PackageJson, Project, StartKind, View};
use crate::model::Stage;
use crate::rules::{Cmd, Input, Site};
use crate::shell::next;
use crate::shell::packages::{Tool, Verb};
use crate::syntax::instruction::{Copy, Origin, copy};
use crate::syntax::{Keyword, Word};

/// The lockfiles that a package manager reads, those first that win over others.
pub fn lock_kinds(tool: Tool) -> &'static [LockKind] {
    match tool {
        Tool::Npm => &[LockKind::NpmShrinkwrap, LockKind::Npm],
        Tool::Yarn => &[LockKind::Yarn],
        Tool::Pnpm => &[LockKind::Pnpm],
        Tool::Bun => &[LockKind::Bun, LockKind::BunBinary],
        _ => &[],
    }
}

/// The COPYs and ADDs of a stage that take something from the build context.
pub fn context_copies<'a>(input: &Input<'a>, stage: &'a Stage) -> impl Iterator<Item = (Site<'a>, Copy<'a>)> {
    input.steps(stage).filter_map(|site| Some((site, context_copy(site)?)))
}

/// The COPY or ADD at `site`, where it takes something from the build context.
pub fn context_copy(site: Site<'_>) -> Option<Copy<'_>> {
    if !matches!(site.instruction.keyword, Keyword::Copy | Keyword::Add) {
        return None;
    }
    copy(site.instruction).filter(|copy| copy.origin == Origin::Context)
}

/// The folder that a source names, relative to the context's root: empty for the root itself. None where it
/// is a pattern, hangs on a variable or isn't a path.
pub fn folder(source: &Word) -> Option<&str> {
    let text = source.text.trim_matches('/');
    let text = text.trim_start_matches("./").trim_end_matches("/.");
    if text == "." || text == "*" || text.is_empty() {
        return Some("");
    }
    let plain = !text.contains(['*', '?', '[', '$', '\\', ':']) && !text.starts_with("..");
    plain.then_some(text)
}

/// The project that a source takes as a whole: the folder of a package.json that is known, or the context's
/// root. None where the source is a file or some other folder.
pub fn whole_project<'s>(context: Option<&View>, source: &'s Word) -> Option<&'s str> {
    let folder = folder(source)?;
    let is_project = || {
        context.and_then(|view| view.project_at(folder)).is_some_and(|project| project.package_json.is_some())
    };
    (folder.is_empty() || is_project()).then_some(folder)
}

/// The project that a stage installs and builds: the first one that a COPY takes, in the stage or those that it
/// is built on. None where the context isn't known or the stage copies no package.json.
pub fn project<'a>(input: &Input<'a>, stage: &'a Stage) -> Option<&'a Project> {
    let view = input.context()?;
    let mut found = None;
    for stage in input.model().with_bases(stage) {
        let copied = context_copies(input, stage).find_map(|(_, copy)| {
            copy.sources.iter().find_map(|source| {
                let path = source.text.trim_start_matches("./").trim_start_matches('/');
                let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
                let folder = if name.starts_with("package") { Some(parent) } else { folder(source) }?;
                view.project_at(folder).filter(|project| project.package().is_some())
            })
        });
        found = copied.or(found);
    }
    found
}

/// Whether a command runs `next build`, itself or through a script of package.json that is known to.
pub fn builds_next(command: &Cmd<'_>, package: Option<&PackageJson>) -> bool {
    if next::is_next_build(&command.command) {
        return true;
    }
    match command.action.as_ref().map(|action| &action.verb) {
        Some(Verb::RunScript(script)) => package.is_some_and(|package| package.builds_next(script)),
        _ => false,
    }
}

/// What a command starts, where it is Next.js's own or a script of a package.json that is known.
pub fn starts(command: &Cmd<'_>, package: Option<&PackageJson>) -> Option<StartKind> {
    if let Some(next) = next::of(&command.command) {
        return match &*next.verb {
            "start" => Some(StartKind::NextStart(Default::default())),
            "dev" => Some(StartKind::NextDev),
            _ => None,
        };
    }
    match &command.action.as_ref()?.verb {
        Verb::RunScript(script) => Some(package?.start_kind(script)),
        _ => None,
    }
}
