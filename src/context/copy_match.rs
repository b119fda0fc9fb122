//! Which files of the context a COPY source takes, as BuildKit resolves it: `ResolveWildcards` of
//! tonistiigi/fsutil's `copy` package, which asks Go's `filepath.Match` segment by segment.

use super::dockerignore::{Dockerignore, clean};
use super::view::ContextFile;
use std::sync::Arc;

/// The files that `source` names, out of files sorted by path: the file itself, all that is in a folder,
/// everything for `.`. `*`, `?` and `[…]` match inside one segment. A source that leads out of the
/// context stays inside it, as in a build. `follow` gives a path with the links in it followed: those in
/// what `source` names are, those inside of a folder that it takes aren't.
pub(super) fn matches<'f>(
    files: &'f [ContextFile],
    folders: &[Arc<str>],
    follow: &dyn Fn(&str) -> String,
    source: &str,
) -> Vec<&'f ContextFile> {
    let cleaned = clean(&format!("/{source}"));
    let pattern = &cleaned[1..];
    if pattern.is_empty() {
        return files.iter().collect();
    }
    if !has_wildcard(pattern) {
        return below(files, &follow(pattern));
    }
    let parts = pattern.split('/');
    let plain: Vec<&str> = parts.take_while(|part| !has_wildcard(part)).collect();
    let plain = plain.join("/");
    let resolved = format!("{}{}", follow(&plain), &pattern[plain.len()..]);
    let pattern = resolved.trim_start_matches('/');
    let mut out: Vec<&ContextFile> = Vec::new();
    // What matches begins with what stands before the first wildcard.
    let start = &pattern[..pattern.find(['*', '?', '[', '\\']).unwrap_or(pattern.len())];
    let first = files.partition_point(|file| *file.path < *start);
    let files_there = files[first..].iter().take_while(|file| file.path.starts_with(start));
    let folders_there = folders.iter().filter(|folder| folder.starts_with(start));
    // Of a folder that matches, all is taken; its own path is no prefix of another match at that depth.
    for folder in folders_there.filter(|folder| path_match(pattern, folder)) {
        out.extend(below(files, folder));
    }
    for file in files_there.filter(|file| path_match(pattern, &file.path)) {
        match file.is_link {
            true => out.extend(below(files, &follow(&file.path))),
            false => out.push(file),
        }
    }
    out.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    out.dedup_by(|a, b| a.path == b.path);
    out
}

/// Whether a COPY of `source` takes the file at `path`, should there be one: `source` is the file, or a
/// folder that it lies in.
pub fn copy_takes(source: &str, path: &str) -> bool {
    let cleaned = clean(&format!("/{source}"));
    let pattern = &cleaned[1..];
    if pattern.is_empty() {
        return true;
    }
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    if has_wildcard(pattern) {
        let mut paths = ends.map(|end| &path[..end]);
        return paths.any(|path| path_match(pattern, path));
    }
    path.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether `excludes`, the patterns of `COPY --exclude`, surely leave the file at `path` out of what a
/// COPY of `source` takes. They are matched below the folder that `source` names; of a wildcard, or of a
/// source that is the file itself, nothing is claimed.
pub fn copy_excludes(source: &str, excludes: &Dockerignore, path: &str) -> bool {
    let cleaned = clean(&format!("/{source}"));
    let folder = &cleaned[1..];
    let inside = match folder {
        "" => Some(path),
        _ if has_wildcard(folder) => None,
        _ => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
    };
    inside.is_some_and(|inside| excludes.ignores(inside))
}

/// The file at `path` and the files in the folder at `path`.
fn below<'f>(files: &'f [ContextFile], path: &str) -> Vec<&'f ContextFile> {
    if path.is_empty() {
        return files.iter().collect();
    }
    let prefix = format!("{path}/");
    let own = files.binary_search_by(|file| (*file.path).cmp(path)).ok();
    let start = files.partition_point(|file| *file.path < *prefix);
    let inside = files[start..].iter().take_while(|file| file.path.starts_with(&prefix));
    own.map(|at| &files[at]).into_iter().chain(inside).collect()
}

/// Whether a source has an unescaped wildcard.
pub(super) fn has_wildcard(source: &str) -> bool {
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '*' | '?' | '[' => return true,
            _ => {}
        }
    }
    false
}

/// Go's `path.Match`; a malformed pattern matches nothing.
fn path_match(pattern: &str, path: &str) -> bool {
    let mut patterns = pattern.split('/');
    let mut segments = path.split('/');
    loop {
        match (patterns.next(), segments.next()) {
            (None, None) => return true,
            (Some(pattern), Some(segment)) => {
                // Most patterns and most files are told apart without a look at every character.
                let special = |byte: &u8| matches!(byte, b'*' | b'?' | b'[' | b'\\');
                let first = pattern.as_bytes().first();
                if first.is_some_and(|first| !special(first)) && first != segment.as_bytes().first() {
                    return false;
                }
                if !pattern.as_bytes().iter().any(special) {
                    if pattern != segment {
                        return false;
                    }
                    continue;
                }
                let pattern: Vec<char> = pattern.chars().collect();
                let segment: Vec<char> = segment.chars().collect();
                if !segment_match(&pattern, &segment) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// One segment. After a mismatch only the last `*` seen needs to take one character more.
pub(super) fn segment_match(pattern: &[char], segment: &[char]) -> bool {
    let (mut p, mut s) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.get(p), segment.get(s)) {
            (None, None) => return true,
            (Some('*'), _) => {
                star = Some((p, s));
                p += 1;
                continue;
            }
            (Some(_), Some(&c)) => one(&pattern[p..], c),
            _ => None,
        };
        match (step, star) {
            (Some(length), _) => {
                p += length;
                s += 1;
            }
            (None, Some((star_at, taken))) if taken < segment.len() => {
                star = Some((star_at, taken + 1));
                p = star_at + 1;
                s = taken + 1;
            }
            _ => return false,
        }
    }
}

/// Matches one character against the head of a pattern; the length of that head where it fits.
fn one(pattern: &[char], c: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '\\' => (*pattern.get(1)? == c).then_some(2),
        '[' => {
            let mut at = 1;
            let negated = pattern.get(at) == Some(&'^');
            at += usize::from(negated);
            let first = at;
            let mut hit = false;
            while at == first || pattern.get(at)? != &']' {
                let low = bound(pattern, &mut at)?;
                let mut high = low;
                if pattern.get(at) == Some(&'-') {
                    at += 1;
                    high = bound(pattern, &mut at)?;
                }
                hit |= low <= c && c <= high;
            }
            (hit != negated).then_some(at + 1)
        }
        own => (*own == c).then_some(1),
    }
}

fn bound(pattern: &[char], at: &mut usize) -> Option<char> {
    let mut c = *pattern.get(*at)?;
    if c == '-' || c == ']' {
        return None;
    }
    if c == '\\' {
        *at += 1;
        c = *pattern.get(*at)?;
    }
    *at += 1;
    Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(source: &str) -> Vec<String> {
        let paths = [
            ".env",
            "a/b/c.ts",
            "a/x.ts",
            "app-lib/y",
            "app/page.tsx",
            "arr[0].txt",
            "package-lock.json",
            "package.json",
            "public/a.png",
        ];
        let files: Vec<ContextFile> = paths
            .iter()
            .map(|path| ContextFile { path: (*path).into(), size: 1, mode: 0o644, is_link: false })
            .collect();
        let folders: Vec<Arc<str>> = ["a", "a/b", "app", "app-lib", "public"].map(Into::into).to_vec();
        matches(&files, &folders, &str::to_owned, source).iter().map(|file| file.path.to_string()).collect()
    }

    #[test]
    fn a_source_takes_what_buildkit_copies() {
        for (source, expected) in [
            ("package.json", &["package.json"][..]),
            ("./package.json", &["package.json"]),
            ("/package.json", &["package.json"]),
            ("../package.json", &["package.json"]),
            ("package*.json", &["package-lock.json", "package.json"]),
            ("package-lock.json*", &["package-lock.json"]),
            ("yarn.lock*", &[]),
            ("app", &["app/page.tsx"]),
            ("app/", &["app/page.tsx"]),
            ("a", &["a/b/c.ts", "a/x.ts"]),
            ("a/*", &["a/b/c.ts", "a/x.ts"]),
            ("a/*.ts", &["a/x.ts"]),
            ("**/*.ts", &["a/x.ts"]),
            ("app*", &["app-lib/y", "app/page.tsx"]),
            ("publi[c]", &["public/a.png"]),
            ("publi[^c]", &[]),
            ("arr[[]0].txt", &["arr[0].txt"]),
            (r"arr\[0].t?t", &["arr[0].txt"]),
            ("[", &[]),
            ("?env", &[".env"]),
        ] {
            assert_eq!(taken(source), expected, "{source}");
        }
        assert_eq!(taken(".").len(), 9);
        assert_eq!(taken("*").len(), 9);
        assert_eq!(taken("./").len(), 9);
    }
}

#[cfg(test)]
mod takes {
    use super::{Dockerignore, copy_excludes, copy_takes};

    #[test]
    fn what_is_excluded_is_looked_for_below_the_source() {
        let excludes = Dockerignore::from_patterns(["*.md", "docs"]);
        for (source, path, out) in [
            (".", "README.md", true),
            (".", "web/README.md", false),
            ("web/", "web/README.md", true),
            ("./web", "web/docs/a", true),
            ("*", "README.md", false),
            ("README.md", "README.md", false),
        ] {
            assert_eq!(copy_excludes(source, &excludes, path), out, "{source} {path}");
        }
    }

    #[test]
    fn a_source_takes_the_file_that_it_names_and_all_below_a_folder() {
        for (source, path) in [
            (".", "app/page.tsx"),
            ("./", "a"),
            ("/src/", "src/a/b"),
            ("package*.json", "package-lock.json"),
            ("*/src", "web/src/x"),
            ("../a", "a"),
        ] {
            assert!(copy_takes(source, path), "{source} takes {path}");
        }
        for (source, path) in [("src", "srcs/a"), ("*.json", "web/package.json"), ("src/a", "src")] {
            assert!(!copy_takes(source, path), "{source} doesn't take {path}");
        }
    }
}
