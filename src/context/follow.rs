//! Which files of the context a build asks its client for: BuildKit's `FollowPaths`.
//!
//! Source: tonistiigi/fsutil `followlinks.go` (paths, and what links on the way lead to, become include
//! patterns) and `filter.go` (what the include patterns match).

use super::copy_match::{has_wildcard, segment_match};
use super::dockerignore::{Dockerignore, clean};
use super::view::{ContextFile, View};
use super::walk::{inside, parent};
use std::collections::BTreeSet;

impl View {
    /// The files that BuildKit's client sends when a build asks for `paths`, by path: what COPY and ADD
    /// name, what bind mounts show, `/` for everything. A link that is on the way is sent, and what it
    /// leads to. None where BuildKit refuses a path.
    pub fn asked_for(&self, paths: &[&str]) -> Option<Vec<&ContextFile>> {
        let Some(patterns) = self.include_patterns(paths) else { return Some(self.files.iter().collect()) };
        let mut files: Vec<&ContextFile> = Vec::new();
        let is_plain =
            |path: &&String| !path.contains(['*', '?', '[', ']', '^', '\\', '!']) && path.trim() == *path;
        let (plain, other): (Vec<&String>, Vec<&String>) = patterns.iter().partition(is_plain);
        for path in plain {
            let start = self.files.partition_point(|file| *file.path < **path);
            let near = self.files[start..].iter().take_while(|file| file.path.starts_with(path.as_str()));
            files.extend(near.filter(|file| *file.path == **path || inside(path, &file.path)));
        }
        if !other.is_empty() {
            let matcher = Dockerignore::from_patterns(other.iter().map(|pattern| pattern.as_str()));
            if !matcher.problems().is_empty() {
                return None;
            }
            files.extend(self.files.iter().filter(|file| matcher.ignores(&file.path)));
        }
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Some(files)
    }

    /// fsutil's `FollowLinks`; None where there is nothing to filter by.
    fn include_patterns(&self, paths: &[&str]) -> Option<Vec<String>> {
        // As `path.Join("/", …)` and then `path.Join(".", …)` make them.
        let mut asked: Vec<String> = paths.iter().map(|path| clean(&format!("/{path}"))).collect();
        if asked.iter().any(|path| path == "/") {
            return None;
        }
        asked.sort_unstable();
        let mut resolved = BTreeSet::new();
        for path in asked {
            self.resolve(path, &mut resolved);
        }
        let mut patterns: Vec<String> = Vec::new();
        for path in resolved {
            if path == "." {
                return None;
            }
            // Only what stands right before it in the sorted list is looked at, as there.
            if patterns.last().is_none_or(|last| !inside(last, &path)) {
                patterns.push(path);
            }
        }
        Some(patterns)
    }

    /// One path and all that links on the way lead to. Each link is followed once, so this ends; that a
    /// second path through the same link isn't followed is as BuildKit does.
    fn resolve(&self, path: String, resolved: &mut BTreeSet<String>) {
        let mut open = vec![path];
        'paths: while let Some(path) = open.pop() {
            let mut rest = path.trim_start_matches('/');
            let mut current = String::from(".");
            loop {
                let (part, after) = rest.split_once('/').unwrap_or((rest, ""));
                current = clean(&format!("{current}/{part}"));
                rest = after;
                let targets = self.targets(&current);
                if (rest.is_empty() || !targets.is_empty()) && !resolved.insert(current.clone()) {
                    continue 'paths;
                }
                if !targets.is_empty() {
                    open.extend(targets.iter().rev().map(|target| clean(&format!("{target}/{rest}"))));
                    continue 'paths;
                }
                if rest.is_empty() {
                    continue 'paths;
                }
            }
        }
    }

    /// Where the links lead that `path` names; its last part may have wildcards.
    fn targets(&self, path: &str) -> Vec<String> {
        let lead = |path: &str| {
            let target = self.link(path)?;
            let folder = if target.starts_with('/') { "" } else { parent(path).unwrap_or("") };
            Some(clean(&format!("/{folder}/{target}")))
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        if !has_wildcard(name) {
            return lead(path).into_iter().collect();
        }
        let folder = parent(path);
        let pattern: Vec<char> = name.chars().collect();
        let links = self.walked.links.iter().map(|(link, _)| &**link).filter(|link| parent(link) == folder);
        let matching = links.filter(|link| {
            let name: Vec<char> = link.rsplit('/').next().unwrap_or(link).chars().collect();
            segment_match(&pattern, &name)
        });
        matching.filter_map(lead).collect()
    }

    /// A path of the context with the links in it followed, as BuildKit follows those in what COPY names.
    /// A link that leads out of the context stays inside it.
    pub(super) fn followed(&self, path: &str) -> String {
        let mut path = path.to_owned();
        if self.walked.links.is_empty() {
            return path;
        }
        for _ in 0..MAX_LINKS {
            let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            let Some((end, target)) = ends.filter_map(|end| Some((end, self.link(&path[..end])?))).next()
            else {
                break;
            };
            let folder = if target.starts_with('/') { "" } else { parent(&path[..end]).unwrap_or("") };
            let joined = clean(&format!("/{folder}/{target}{}", &path[end..]));
            path = joined.trim_start_matches('/').to_owned();
        }
        path
    }
}

/// As many links as Linux follows in one path.
const MAX_LINKS: usize = 40;

#[cfg(test)]
mod tests {
    use super::super::{Memory, Request};
    use super::*;

    /// A context of these files and links (`link -> target`).
    fn view(paths: &[&str]) -> View {
        let mut memory = Memory::new();
        for path in paths {
            match path.split_once(" -> ") {
                Some((link, target)) => memory.insert_link(&format!("/c/{link}"), target),
                None => memory.insert(&format!("/c/{path}"), "x"),
            }
        }
        let request = Request::new(None, Some("/c".into()));
        View::gather(&memory, &request).unwrap()
    }

    /// What fsutil's tests of `FollowLinks` say; no patterns stand for no filter.
    #[test]
    fn links_are_followed_as_fsutil_does() {
        let one = ["dir/foo", "dir/l1 -> foo", "l2 -> dir/l1", "bar", "baz"];
        let circle = ["l1 -> l1", "l3 -> l2", "l2 -> l3"];
        let absolute = ["dir/l1 -> /foo/bar/baz", "foo/bar -> ../", "baz"];
        let outside = ["dir/l1 -> /foo/bar/baz", "foo/bar -> ../../../", "baz"];
        let normalized = ["dir/l1 -> /foo", "dir/l2 -> /", "foo/bar"];
        let wildcards = [
            "dir/l1 -> /foo/bar1",
            "dir/l2 -> /foo/bar2",
            "dir/anotherlink -> /foo/bar3",
            "foo/bar2 -> ../baz",
            "foo/bar1",
            "foo/bar3",
            "baz",
        ];
        type Case<'a> = (&'a [&'a str], &'a [&'a str], Option<&'a [&'a str]>);
        let cases: [Case<'_>; 14] = [
            (&one, &["l2", "bar"], Some(&["bar", "dir/foo", "dir/l1", "l2"])),
            (&circle, &["l1", "l3"], Some(&["l1", "l2", "l3"])),
            (&absolute, &["dir/l1"], Some(&["baz", "dir/l1", "foo/bar"])),
            (&outside, &["dir/l1"], Some(&["baz", "dir/l1", "foo/bar"])),
            (&[], &["foo/bar/baz", "bar/baz"], Some(&["bar/baz", "foo/bar/baz"])),
            (&[], &["."], None),
            (&[], &["f*/foo/t*"], Some(&["f*/foo/t*"])),
            (&[], &["foo/bar/baz", "foo/bar"], Some(&["foo/bar"])),
            (&normalized, &["dir/l1", "foo/bar"], Some(&["dir/l1", "foo"])),
            (&normalized, &["dir/l2", "foo", "foo/bar"], None),
            (&wildcards, &["dir/l*"], Some(&["baz", "dir/l*", "foo/bar1", "foo/bar2"])),
            (&wildcards, &["dir"], Some(&["dir"])),
            (&wildcards, &["dir", "dir/*link"], Some(&["dir", "foo/bar3"])),
            (&one, &["./dir/../bar/", "/../baz"], Some(&["bar", "baz"])),
        ];
        for (files, paths, expected) in cases {
            let patterns = view(files).include_patterns(paths);
            let patterns =
                patterns.as_ref().map(|patterns| patterns.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(patterns.as_deref(), expected, "{paths:?}");
        }
    }

    /// What fsutil's tests of its walker with include patterns and followed links say.
    #[test]
    fn files_are_included_as_fsutil_does() {
        let simple = ["bar/foo", "foo2"];
        let deep = ["a/b/bar/foo", "a/b/bar/fop", "bar/foo", "foo2", "foo/bar/bee"];
        let links =
            ["bar", "foo/l1 -> /baz/one", "foo/l2 -> /baz/two", "baz/one", "baz/two -> ../bax", "bax", "bay"];
        let to_root = ["foo -> .", "bar", "bax", "bay/baz"];
        let cases: [(&[&str], &[&str], &[&str]); 18] = [
            (&simple, &["bar"], &["bar/foo"]),
            (&simple, &["bar/foo"], &["bar/foo"]),
            (&simple, &["b*"], &["bar/foo"]),
            (&simple, &["bar/f*"], &["bar/foo"]),
            (&simple, &["bar/g*"], &[]),
            (&simple, &["f*"], &["foo2"]),
            (&simple, &["b*/f*"], &["bar/foo"]),
            (&simple, &["b*/"], &["bar/foo"]),
            (&simple, &["ba"], &[]),
            (&deep, &["**/bar"], &["a/b/bar/foo", "a/b/bar/fop", "bar/foo", "foo/bar/bee"]),
            (&deep, &["**/bar/foo"], &["a/b/bar/foo", "bar/foo"]),
            (&deep, &["**/bar/g*"], &[]),
            (&deep, &["**/b*/f*"], &["a/b/bar/foo", "a/b/bar/fop", "bar/foo"]),
            (&deep, &["**/foo/**"], &["foo/bar/bee"]),
            (&deep, &["foo2", "bar", "a/b/bar/fo?"], &["a/b/bar/foo", "a/b/bar/fop", "bar/foo", "foo2"]),
            (&links, &["foo/l*", "bar"], &["bar", "bax", "baz/one", "baz/two", "foo/l1", "foo/l2"]),
            (&to_root, &["foo"], &["bar", "bax", "bay/baz", "foo"]),
            (&to_root, &["/"], &["bar", "bax", "bay/baz", "foo"]),
        ];
        for (files, paths, expected) in cases {
            let view = view(files);
            let sent = view.asked_for(paths).unwrap();
            let sent: Vec<&str> = sent.iter().map(|file| &*file.path).collect();
            assert_eq!(sent, expected, "{paths:?}");
        }
        assert!(view(&simple).asked_for(&["a[", "bar"]).is_none());
    }

    #[test]
    fn a_copy_through_a_link_takes_what_it_leads_to() {
        let view =
            view(&["now -> releases/2", "releases/1/a", "releases/2/b", "releases/2/c", "l.txt -> now/b"]);
        for (source, expected) in [
            ("now", &["releases/2/b", "releases/2/c"][..]),
            ("now/c", &["releases/2/c"]),
            ("n?w", &["releases/2/b", "releases/2/c"]),
            ("now/*", &["releases/2/b", "releases/2/c"]),
            ("*.txt", &["releases/2/b"]),
            // In a folder a link stays a link.
            ("releases", &["releases/1/a", "releases/2/b", "releases/2/c"]),
        ] {
            let taken: Vec<&str> = view.matches(source).iter().map(|file| &*file.path).collect();
            assert_eq!(taken, expected, "{source}");
        }
    }
}
