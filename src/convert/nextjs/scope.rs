//! Whether the file is about an app of Next.js at all, and which project lies where in its image.

use super::workspace;
use crate::context::{Project, View, copy_takes};
use crate::convert::commands::Ran;
use crate::convert::places::{self, project_in};
use crate::layers::Subject;
use crate::model::Stage;
use crate::syntax::Keyword;
use crate::syntax::instruction::{Origin, copy};

/// Whether another package of a workspace is what the image runs: by its script, or a file of it by Node.js.
pub(super) fn starts_another(
    subject: &Subject<'_>,
    view: &View,
    stage: &Stage,
    started: Option<&Project>,
    folder: &str,
    ran: &Ran<'_>,
) -> bool {
    if workspace::starts_another(view, started, &ran.command)
        && workspace::started(view, started, &ran.command).is_empty()
    {
        return true;
    }
    let invocation = crate::shell::unwrap(&ran.command);
    if ran.next.is_some() || !matches!(invocation.name().as_deref(), Some("node" | "bun" | "tsx" | "ts-node"))
    {
        return false;
    }
    let Some(entry) = invocation.args().iter().find(|word| !word.text().starts_with('-')) else {
        return false;
    };
    let entry = crate::model::resolve(folder, &entry.unquoted());
    let mut deepest: Option<(String, &Project)> = None;
    for project in view.projects.iter().filter(|project| project.package_json.is_some()) {
        let manifest = places::below(&project.folder, "package.json");
        for place in places::in_image(subject, view, stage, &manifest, None) {
            let folder = places::parent(&place).to_owned();
            let deeper = deepest.as_ref().is_none_or(|(known, _)| folder.len() > known.len());
            if deeper && places::is_within(&entry, &folder) {
                deepest = Some((folder, project));
            }
        }
    }
    let others = view.projects.iter().filter(|project| project.package_json.is_some()).count() > 1;
    others && deepest.is_some_and(|(_, project)| !project.uses_next() && !project.folder.is_empty())
}

/// Whether Next.js is named in the file itself, or what it copies and runs is a project that uses it.
pub(super) fn is_nextjs(subject: &Subject<'_>, ran: &[Vec<Ran<'_>>]) -> bool {
    if ran.iter().flatten().any(|ran| ran.next.is_some()) {
        return true;
    }
    let mut copies = subject.tree().instructions().filter(|i| i.keyword == Keyword::Copy);
    if copies.any(|copy| copy.args.iter().any(|word| word.text.split('/').any(|part| part == ".next"))) {
        return true;
    }
    let Some(view) = subject.context.filter(|view| view.projects.iter().any(|p| p.package_json.is_some()))
    else {
        // Without a package.json only what the file says of itself can tell.
        let text = subject.source().to_ascii_lowercase();
        let hints = ["next.js", "nextjs", "next_public_", "next_telemetry_disabled"];
        return ran.iter().flatten().any(Ran::is_javascript) && hints.iter().any(|hint| text.contains(hint));
    };
    let stages = subject.model.stages().iter().zip(ran);
    let mut stages = stages.filter(|(_, ran)| ran.iter().any(Ran::is_javascript));
    stages.any(|(stage, ran)| {
        let copied = view.projects.iter().filter(|project| project.uses_next()).any(|project| {
            let manifest = places::below(&project.folder, "package.json");
            !places::in_image(subject, view, stage, &manifest, None).is_empty()
                || !view.ignores(&manifest) && copies_somewhere(subject, stage, &manifest)
        });
        copied && !is_of_another(subject, view, stage, ran)
    })
}

/// Whether all that runs is of packages that aren't apps of Next.js, though one is copied along.
fn is_of_another(subject: &Subject<'_>, view: &View, stage: &Stage, ran: &[Ran<'_>]) -> bool {
    let mut known = false;
    for ran in ran.iter().filter(|ran| ran.is_javascript()) {
        let project = ran.folder.as_deref().and_then(|folder| project_in(subject, view, stage, folder, None));
        if project.is_some_and(Project::uses_next)
            || !workspace::built(view, project, &ran.command).is_empty()
            || !workspace::started(view, project, &ran.command).is_empty()
        {
            return false;
        }
        known |= project.is_some();
    }
    known
}

/// Whether a COPY or ADD takes a file of the context to a place that isn't known.
fn copies_somewhere(subject: &Subject<'_>, stage: &Stage, path: &str) -> bool {
    let steps = subject.model.steps(stage);
    let mut copies = steps.filter(|(_, i)| matches!(i.keyword, Keyword::Copy | Keyword::Add));
    copies.any(|(id, instruction)| {
        copy(instruction).is_some_and(|copied| {
            copied.origin == Origin::Context
                && copied.sources.iter().any(|source| copy_takes(&source.text, path))
                && places::destination(subject, id, &copied.destination.text).is_none()
        })
    })
}
