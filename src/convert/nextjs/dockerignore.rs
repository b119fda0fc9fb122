//! What .dockerignore must keep out of a build of Next.js.

use super::detect::Found;
use crate::convert::places;

/// A path that tells whether a pattern is there already, and the pattern.
pub(super) fn wanted(found: &Found<'_>, dist: &str) -> Vec<(String, String)> {
    let folder = &found.project.folder;
    let depth = if folder.is_empty() { "" } else { "**/" };
    let at = |name: &str| places::below(folder, name);
    let mut wanted = vec![
        (at("node_modules/next/package.json"), format!("{depth}node_modules")),
        (at(".next/BUILD_ID"), format!("{depth}.next")),
    ];
    if dist != ".next" {
        wanted.push((at(&format!("{dist}/BUILD_ID")), at(dist)));
    }
    let by_config = found.project.config().is_some_and(|config| config.file.text.contains("git "));
    if !(found.uses_git() || by_config) {
        wanted.push((".git/HEAD".into(), ".git".into()));
    }
    // Where such a file is there and read by the build, keeping it out would change what is built.
    let read =
        found.project.env_files.iter().any(|name| name.ends_with(".local") && found.is_built_with(name));
    if !read {
        wanted.push((at(".env.local"), format!("{depth}.env*.local")));
    }
    wanted
}
