//! What .dockerignore must keep out of the build.

use super::detect::Found;
use super::places;
use crate::text::{Edit, FileChange, FileEdit, FileId};

/// Creates .dockerignore, or adds what it lacks at its end; None where it lacks nothing.
pub(super) fn edit(found: &Found<'_>, dist: &str) -> Option<FileEdit> {
    let path = found.view.dockerignore_path()?;
    let ignore = match &found.view.dockerignore {
        None => None,
        Some(Ok(parsed)) => Some(parsed),
        // What can't be read isn't written to.
        Some(Err(_)) => return None,
    };
    let missing: Vec<String> = wanted(found, dist)
        .into_iter()
        .filter(|(probe, _)| ignore.is_none_or(|parsed| !parsed.content.ignores(probe)))
        .map(|(_, pattern)| pattern)
        .collect();
    if missing.is_empty() {
        return None;
    }
    let Some(parsed) = ignore else {
        let text = missing.iter().map(|line| format!("{line}\n")).collect();
        let label = Some("The build takes only what it needs".into());
        return Some(FileEdit { file: FileId::Path(path), change: FileChange::Create { text }, label });
    };
    let text = &parsed.file.text;
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut added = if text.is_empty() || text.ends_with('\n') { String::new() } else { eol.to_owned() };
    for line in missing {
        added.push_str(&line);
        added.push_str(eol);
    }
    let edits = vec![Edit::insert(text.len() as u32, added)];
    let change = FileChange::Modify { base: text.clone(), version: parsed.file.version, edits };
    let label = Some("The build takes only what it needs".into());
    Some(FileEdit { file: FileId::Path(path), change, label })
}

/// A path that tells whether a pattern is there already, and the pattern.
fn wanted(found: &Found<'_>, dist: &str) -> Vec<(String, String)> {
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
    let git = found.ran.iter().any(|ran| ran.command.is("git"))
        || found.package.scripts.iter().any(|(_, line)| line.contains("git "))
        || found.project.config().is_some_and(|config| config.file.text.contains("git "));
    if !git {
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
