//! What the build reads from `.env` without the image keeping it: Next.js copies the file into the standalone
//! output, so the run stage would keep it.

use super::detect::Found;
use crate::convert::commands::{Ran, line};
use crate::convert::refuse::{NOT_YET, Stop, refused_at};
use crate::model::resolve;
use crate::shell::next;
use crate::syntax::flags;

/// The files of variables that come into the output. Source: Next.js, `writeStandaloneDirectory` in
/// `packages/next/src/build/index.ts`.
const COPIED: [&str; 2] = [".env", ".env.production"];

/// Refuses a build whose variables come from a mount, or from a file that is taken away again or changed.
pub(super) fn check(found: &Found<'_>) -> Result<(), Stop> {
    mounted(found)?;
    let mut is_built = false;
    for ran in found.ran.iter().filter(|ran| ran.id >= found.build) {
        if !is_built && ran.id == found.build {
            is_built = builds(found, ran);
            continue;
        }
        let text: String = ran.command.span.of(found.source()).chars().take(60).collect();
        let at = ran.instruction.first_line;
        let message = if let Some(name) = deleted(found, ran) {
            format!(
                "`{text}` on line {at} takes {name} away after the build, but Next.js copies {name} into the standalone \
                 output, so what it held would stay in the image. Give the build such values as variables: `RUN \
                 --mount=type=secret,id=…,env=NAME …`."
            )
        } else if let Some(name) = written(found, ran) {
            format!(
                "`{text}` on line {at} writes {name} after the build, but the standalone output has {name} as the build read \
                 it. Write it before the build, or set the variables by ENV."
            )
        } else {
            continue;
        };
        return Err(refused_at(NOT_YET, ran.instruction, message));
    }
    Ok(())
}

fn mounted(found: &Found<'_>) -> Result<(), Stop> {
    let Some(build) = found.subject.instruction(found.build) else { return Ok(()) };
    let model = found.subject.model;
    let workdir = model.frame(found.build).map_or("/", |frame| &*frame.workdir.path);
    for flag in build.flags.iter().filter(|flag| &*flag.name == "mount") {
        let Some(value) = &flag.value else { continue };
        let mount = flags::mount::parse(&value.text);
        let Some(target) = mount.value("target") else { continue };
        let target = model.expanded(found.build, target).unwrap_or_else(|| target.to_owned());
        if let Some(name) = copied(found, &resolve(workdir, &target)) {
            return Err(refused_at(
                NOT_YET,
                build,
                format!(
                    "Line {} builds with a {name} that is only mounted, and Next.js copies {name} into the standalone output, \
                     so what it holds would stay in the image. Give the build such values as variables: `RUN \
                     --mount=type=secret,id=…,env=NAME …`.",
                    build.first_line
                ),
            ));
        }
    }
    Ok(())
}

/// Whether this is the command that builds the app, of those of its RUN.
fn builds(found: &Found<'_>, ran: &Ran<'_>) -> bool {
    next::is_next_build(&ran.command) || found.package.command_builds_next(&line(&ran.command))
}

/// The copied file that a path of the image is.
fn copied(found: &Found<'_>, path: &str) -> Option<&'static str> {
    COPIED.into_iter().find(|name| resolve(&found.app, name) == path)
}

/// The copied file that a command writes.
fn written(found: &Found<'_>, ran: &Ran<'_>) -> Option<&'static str> {
    let folder = ran.folder.as_deref().unwrap_or(&found.app);
    let redirects = ran.command.redirects().iter().filter(|redirect| redirect.kind.writes());
    let mut targets = redirects.filter_map(|redirect| redirect.target.as_ref());
    targets.find_map(|word| copied(found, &resolve(folder, &word.value_or_text())))
}

/// The copied file that a command deletes.
fn deleted(found: &Found<'_>, ran: &Ran<'_>) -> Option<&'static str> {
    let args = ran.command.args();
    let finds = ran.command.is("find") && args.iter().any(|word| word.is("-delete") || word.is("-exec"));
    if !(finds || ran.command.is("rm")) {
        return None;
    }
    let folder = ran.folder.as_deref().unwrap_or(&found.app);
    args.iter().map(|word| word.value_or_text()).find_map(|path| match path.find(['*', '?', '[', '{']) {
        // A pattern may mean whatever begins as it does; one for all files means none that begin with a dot.
        Some(at) if !path[..at].is_empty() && !path[..at].ends_with('/') => {
            let start = resolve(folder, &path[..at]);
            COPIED.into_iter().find(|name| resolve(&found.app, name).starts_with(&start))
        }
        Some(_) => None,
        None if finds => COPIED.into_iter().find(|name| *name == path),
        None => copied(found, &resolve(folder, &path)),
    })
}
