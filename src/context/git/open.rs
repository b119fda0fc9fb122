//! Finds out what has changed since a revision.

use super::objects::Objects;
use super::run::{Git, path_of};
use super::{Blob, GitError, Revision, Size};
use crate::context::Disk;
use crate::context::source::{Kind, Source, normal};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Component, Path, PathBuf};

pub(super) fn open(folder: &Path, revision: &str) -> Result<Revision, GitError> {
    let folder = normal(folder).into_owned();
    let git = Git::in_folder(&folder)?;
    let (top, roots) = roots(&git, &folder)?;
    let git = git.at(&top);
    let commit = commit(&git, revision)?;
    let configuration = configuration(&git)?;
    let says =
        |key: &str| configuration.iter().rev().find(|(known, _)| known == key).map(|(_, v)| v.as_str());
    let keeps_modes = says("core.filemode") != Some("false");
    let keeps_links = says("core.symlinks") != Some("false");
    let has_lfs = configuration.iter().any(|(key, _)| key.starts_with("filter.lfs."));
    let git = git.without_filters(&configuration)?;

    let diff =
        ["diff-index", "-z", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules=all"];
    let differing: HashSet<PathBuf> = paths(&git.ask(&[&diff[..], &[&commit, "--"]].concat())?).collect();
    let others = git.ask(&["ls-files", "-z", "--others", "--exclude-standard"])?;
    let tree = git.ask(&["ls-tree", "-z", "-r", "--full-tree", &commit])?;
    let (stood, submodules) = stood(&tree, &differing);

    let mut new: BTreeSet<PathBuf> = differing.into_iter().filter(|path| !stood.contains_key(path)).collect();
    // A repository of its own ends in a slash; nothing is known of it.
    new.extend(others.split(|byte| *byte == 0).filter(|path| !path.ends_with(b"/")).filter_map(inside));
    new.retain(|path| !submodules.iter().any(|submodule| path.starts_with(submodule)));

    let stored = stored(&git, &top, stood.iter().filter(|(_, tree)| tree.is_file()).map(|(path, _)| path));
    let mut changed = BTreeMap::new();
    for (path, in_tree) in stood {
        let now = Disk.stat(&top.join(&path)).ok();
        let runs = now.filter(|now| now.is_file()).map(|now| now.mode & 0o100 != 0);
        let same_mode = !keeps_modes || runs == Some(in_tree.runs());
        if same_mode && stored.get(&path).is_some_and(|id| *id == in_tree.id) {
            continue;
        }
        let kind = if in_tree.is_link() && keeps_links { Kind::Link } else { Kind::File };
        let mode = match now.filter(|now| now.is_file() && kind == Kind::File) {
            Some(now) if same_mode => now.mode,
            // As a change of the executable bit alone would leave it: who may read may run.
            Some(now) if in_tree.runs() => now.mode | (now.mode & 0o444) >> 2,
            Some(now) => now.mode & !0o111,
            None if kind == Kind::Link => 0o777,
            None if in_tree.runs() => 0o755,
            None => 0o644,
        };
        changed.insert(path, Blob { id: in_tree.id, kind, mode, size: Size::Missing });
    }
    let objects = Objects::new(git);
    let ids: Vec<&str> = changed.values().map(|blob| &*blob.id).collect();
    let sizes = objects.sizes(&ids)?;
    for (blob, size) in changed.values_mut().zip(sizes) {
        blob.size = size.map_or(Size::Missing, Size::Known);
    }
    if has_lfs {
        look_at_pointers(&objects, &top, &mut changed)?;
    }
    let held = above(changed.keys());
    let above_new = above(new.iter());
    Ok(Revision { commit, roots, changed, held, new, above_new, submodules, objects })
}

/// The work tree's root, and the spellings of it under which paths may come.
fn roots(git: &Git, folder: &Path) -> Result<(PathBuf, Vec<(PathBuf, PathBuf)>), GitError> {
    let asked = git.run(&["rev-parse", "--show-toplevel"], None)?;
    let top = match asked.failed {
        None => path_of(line(&asked.out)),
        Some(said) if said.contains("dubious ownership") => {
            return Err(GitError::NotOwned { folder: folder.to_path_buf() });
        }
        Some(said)
            if said.contains("not a git repository")
                || said.contains("work tree")
                || said.contains("safe.bare") =>
        {
            return Err(GitError::NoRepository { folder: folder.to_path_buf() });
        }
        Some(said) => return Err(GitError::Failed { said }),
    };
    let prefix = path_of(line(&git.ask(&["rev-parse", "--show-prefix"])?));
    let prefix: PathBuf = prefix.components().collect();
    // The folder may be reached through links, and then its own spelling isn't git's.
    let as_given = match folder.ends_with(&prefix) {
        true => (
            folder.ancestors().nth(prefix.components().count()).unwrap_or(folder).to_path_buf(),
            PathBuf::new(),
        ),
        false => (folder.to_path_buf(), prefix),
    };
    Ok((top.clone(), vec![as_given, (top, PathBuf::new())]))
}

fn commit(git: &Git, revision: &str) -> Result<String, GitError> {
    let unknown = |shallow| GitError::NoRevision { revision: revision.to_string(), shallow };
    if revision.is_empty() || revision.starts_with('-') || revision.contains(['\0', '\n']) {
        return Err(unknown(false));
    }
    // Its own question: what follows `:/` is a pattern up to its end.
    let named = git.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", revision], None)?;
    if named.failed.is_none() {
        let wanted = format!("{}^{{commit}}", String::from_utf8_lossy(line(&named.out)));
        let peeled = git.run(&["rev-parse", "--verify", "--quiet", &wanted], None)?;
        if peeled.failed.is_none() {
            return Ok(String::from_utf8_lossy(line(&peeled.out)).into_owned());
        }
    }
    let any = git.run(&["rev-list", "--max-count=1", "--all"], None)?;
    if any.failed.is_none() && any.out.is_empty() {
        return Err(GitError::NoCommit);
    }
    let shallow = git.ask(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|out| line(&out) == b"true");
    Err(unknown(shallow))
}

/// All settings that hold for the repository, in their order; later ones win.
fn configuration(git: &Git) -> Result<Vec<(String, String)>, GitError> {
    let out = git.ask(&["config", "-z", "--list"])?;
    let entries = out.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    let entries = entries.map(|entry| {
        let entry = String::from_utf8_lossy(entry);
        let (key, value) = entry.split_once('\n').unwrap_or((&entry, "true"));
        (key.to_string(), value.to_string())
    });
    Ok(entries.collect())
}

/// One file of a commit's tree.
struct InTree {
    mode: u32,
    id: String,
}

impl InTree {
    fn is_link(&self) -> bool {
        self.mode == 0o120_000
    }

    fn is_file(&self) -> bool {
        !self.is_link()
    }

    /// Whether it is executable.
    fn runs(&self) -> bool {
        self.mode & 0o100 != 0
    }
}

/// Of the tree the files that differ from the work tree, and all submodules.
fn stood(tree: &[u8], differing: &HashSet<PathBuf>) -> (BTreeMap<PathBuf, InTree>, Vec<PathBuf>) {
    let mut files = BTreeMap::new();
    let mut submodules = Vec::new();
    for entry in tree.split(|byte| *byte == 0) {
        let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
        let Some(path) = inside(&entry[tab + 1..]) else { continue };
        let head = String::from_utf8_lossy(&entry[..tab]);
        let mut words = head.split(' ');
        let (Some(mode), Some(kind), Some(id)) = (words.next(), words.next(), words.next()) else { continue };
        let mode = u32::from_str_radix(mode, 8).unwrap_or(0);
        match kind {
            "commit" => submodules.push(path),
            "blob" if differing.contains(&path) => {
                files.insert(path, InTree { mode, id: id.to_string() });
            }
            _ => {}
        }
    }
    (files, submodules)
}

/// The names under which git would store the content that files have now. A file that can't be asked for
/// is left out, and so are all where git fails.
fn stored<'p>(git: &Git, top: &Path, files: impl Iterator<Item = &'p PathBuf>) -> BTreeMap<PathBuf, String> {
    let is_plain = |path: &str| !path.contains(['\n', '\r']) && !path.starts_with('"');
    let files: Vec<&PathBuf> = files
        .filter(|path| path.to_str().is_some_and(is_plain))
        .filter(|path| Disk.stat(&top.join(path)).is_ok_and(|stat| stat.is_file()))
        .collect();
    if files.is_empty() {
        return BTreeMap::new();
    }
    let mut input = Vec::new();
    for path in &files {
        input.extend(path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/").bytes());
        input.push(b'\n');
    }
    let printed = git.run(&["hash-object", "--stdin-paths"], Some(input));
    let Ok(out) = printed.and_then(|printed| printed.expected()) else { return BTreeMap::new() };
    let out = String::from_utf8_lossy(&out);
    files.into_iter().cloned().zip(out.lines().map(str::to_string)).collect()
}

/// What Git LFS puts in place of a file's content.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// The longest pointer, in bytes, by the specification of Git LFS.
const MAX_POINTER: u64 = 1024;

/// Takes the length of a file that Git LFS keeps from its pointer. Where the file on disk has that
/// length, it counts as unchanged: git can't tell without running the filter.
fn look_at_pointers(
    objects: &Objects,
    top: &Path,
    changed: &mut BTreeMap<PathBuf, Blob>,
) -> Result<(), GitError> {
    let mut unchanged = Vec::new();
    for (path, blob) in changed.iter_mut() {
        if !matches!(blob.size, Size::Known(size) if size <= MAX_POINTER && blob.kind == Kind::File) {
            continue;
        }
        let Some(content) = objects.content(&blob.id)? else { continue };
        let Some(rest) = content.strip_prefix(POINTER) else { continue };
        let rest = String::from_utf8_lossy(rest);
        let Some(size) = rest.lines().find_map(|line| line.strip_prefix("size ")?.parse().ok()) else {
            continue;
        };
        blob.size = Size::Elsewhere(size);
        if Disk
            .stat(&top.join(path))
            .is_ok_and(|now| now.is_file() && now.size == size && now.mode == blob.mode)
        {
            unchanged.push(path.clone());
        }
    }
    for path in unchanged {
        changed.remove(&path);
    }
    Ok(())
}

fn paths(out: &[u8]) -> impl Iterator<Item = PathBuf> {
    out.split(|byte| *byte == 0).filter_map(inside)
}

/// A path of the repository. One that leads out of it, which git itself would refuse, is none.
fn inside(bytes: &[u8]) -> Option<PathBuf> {
    let path = path_of(bytes);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    (!bytes.is_empty() && plain).then_some(path)
}

/// All folders that the files lie in, the root of the repository left out.
fn above<'p>(files: impl Iterator<Item = &'p PathBuf>) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    for file in files {
        for folder in file.ancestors().skip(1).take_while(|folder| !folder.as_os_str().is_empty()) {
            if !folders.insert(folder.to_path_buf()) {
                break;
            }
        }
    }
    folders
}

/// Output of one line, without its end.
fn line(out: &[u8]) -> &[u8] {
    let out = out.strip_suffix(b"\n").unwrap_or(out);
    out.strip_suffix(b"\r").unwrap_or(out)
}
