//! Yarn 2 and later: how it installs, and whether its settings are there when it does.

use super::detect::Found;
use crate::context::Project;
use crate::context::lockfiles::YarnKind;
use crate::convert::places;
use crate::convert::refuse::{NOT_YET, Stop, refused_by};
use crate::shell::packages::{Tool, Verb};

/// Refuses what standalone output can't be made of.
pub(super) fn check(found: &Found<'_>) -> Result<(), Stop> {
    let is_yarn = |tool| tool == Tool::Yarn;
    let actions = || found.ran.iter().filter_map(|ran| Some((ran, ran.action.as_ref()?)));
    if !actions().any(|(_, action)| is_yarn(action.tool)) {
        return Ok(());
    }
    // The lockfile and the settings are those of the workspace's root, where there is one.
    let in_root = |project: &&Project| {
        let path = places::below(&project.folder, "package.json");
        let places = places::in_image(&found.subject, found.view, found.stage, &path, Some(found.build));
        places.iter().any(|place| places::parent(place) == found.root)
    };
    let root = found.view.projects.iter().map(|project| &**project).find(in_root);
    let project = root.filter(|root| root.lockfiles.yarn().is_some()).unwrap_or(found.project);
    if project.lockfiles.yarn() != Some(YarnKind::Berry) {
        return Ok(());
    }
    let settings = places::below(&project.folder, ".yarnrc.yml");
    let by = |code, message: String| Err(refused_by(code, found.view.absolute(&settings), None, message));
    if project.lockfiles.is_plug_n_play() {
        return by(
            "yarn-pnp",
            "Yarn installs by Plug'n'Play here, without node_modules, and Next.js' standalone output needs those. \
             Set `nodeLinker: node-modules` in .yarnrc.yml first."
                .into(),
        );
    }
    let linker = project.lockfiles.yarnrc.as_ref().and_then(|settings| settings.node_linker.as_deref());
    if let Some(linker) = linker.filter(|linker| *linker != "node-modules") {
        return by(
            NOT_YET,
            format!(
                "Yarn installs with `nodeLinker: {linker}`, whose links the standalone output may not take along; set \
                 `nodeLinker: node-modules` first."
            ),
        );
    }
    let install = actions().find(|(ran, action)| {
        is_yarn(action.tool) && action.verb == Verb::InstallManifest && ran.id <= found.build
    });
    let Some((install, _)) = install else { return Ok(()) };
    let there = places::in_image(&found.subject, found.view, found.stage, &settings, Some(install.id));
    if there.iter().any(|place| places::is_within(&found.app, places::parent(place))) {
        return Ok(());
    }
    by(
        "yarn-pnp",
        format!(
            ".yarnrc.yml isn't copied before line {} installs, so Yarn doesn't see `nodeLinker: node-modules` and \
             installs by Plug'n'Play, without the node_modules that standalone output needs.",
            install.instruction.first_line
        ),
    )
}
