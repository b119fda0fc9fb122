//! Matching paths against a .dockerignore.

use super::fits;
use plimsoll::context::dockerignore::{Dockerignore, FolderMatch};

/// Paths that patterns are likely to be about; more are made of the patterns themselves.
const PATHS: [&str; 9] =
    ["a", "a/b", "a/b/c", "ab", "a.md", "src/app/page.tsx", ".env", "node_modules/next/x.js", "한글/é.txt"];

/// Reads `text` as a .dockerignore and checks what it says of paths against what must follow from it, and
/// against a second matcher that follows moby's code literally.
pub fn check(text: &str) {
    let ignore = Dockerignore::parse(text);
    for span in ignore.patterns().iter().map(|p| p.span).chain(ignore.problems().iter().map(|p| p.span)) {
        fits(text, span, "a pattern");
        assert_eq!(span.of(text), span.of(text).trim());
    }
    for problem in ignore.problems() {
        assert!(problem.message.contains("BuildKit refuses"), "{}", problem.message);
    }
    let exceptions = ignore.patterns().iter().any(|pattern| pattern.exception);
    let more = Dockerignore::parse(&format!("{text}\na/b"));
    for path in paths(text) {
        let verdict = ignore.verdict(&path);
        assert_eq!(verdict.ignored, ignore.ignores(&path));
        let decider = verdict.decided_by.map(|index| ignore.patterns()[index].exception);
        assert_eq!(verdict.ignored, decider == Some(false), "{path}: {verdict:?}");
        by_folders(&ignore, &path, exceptions);
        if verdict.ignored {
            assert!(more.ignores(&path), "a pattern without `!` took {path} back");
        }
        naive(text, &ignore, &path, verdict.ignored);
    }
}

/// What each folder on the way says is what the whole path gets.
fn by_folders(ignore: &Dockerignore, path: &str, exceptions: bool) {
    let mut state = FolderMatch::default();
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    let mut above: Option<&str> = None;
    for end in ends {
        let here = &path[..end];
        let (walked, next) = ignore.walk(here, &state);
        state = next;
        if !exceptions {
            assert_eq!(walked, ignore.ignores(here), "walking and asking differ on {here}");
        }
        if let Some(folder) = above {
            // Where an ignored folder holds something that isn't, the walk must go into it.
            assert!(walked || ignore.may_reinclude_below(folder), "{here} is lost below {folder}");
            assert!(exceptions || ignore.ignores(here), "{folder} is ignored, {here} isn't");
        }
        above = walked.then_some(here);
    }
}

fn paths(text: &str) -> Vec<String> {
    let mut paths: Vec<String> = PATHS.iter().map(|path| path.to_string()).collect();
    for line in text.lines().take(8) {
        let line: String = line.trim_start_matches(['!', '/', ' ']).trim().chars().take(80).collect();
        let plain = line.replace("**", "x/y").replace(['*', '?', '\\', '[', ']', '^'], "z");
        let none = line.replace(['*', '?', '\\'], "");
        for path in [format!("{plain}/below"), format!("x/{plain}"), plain, none] {
            // The walk asks for paths as they are in a folder: cleaned, relative.
            let parts: Vec<&str> = path
                .split('/')
                .filter(|part| !matches!(*part, "" | "." | "..") && !part.contains('\n'))
                .collect();
            if !parts.is_empty() {
                paths.push(parts.join("/"));
            }
        }
    }
    paths.sort();
    paths.dedup();
    paths
}

/// Compares with [`matches`] where that knows the pattern: not with classes and escapes.
fn naive(text: &str, ignore: &Dockerignore, path: &str, ignored: bool) {
    if text.contains(['\\', '[', ']', '^', '\r', '\u{feff}']) || text.len() > 400 || path.len() > 200 {
        return;
    }
    let mut expected = false;
    for pattern in ignore.patterns() {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        if folders.chain([path]).any(|part| matches(&pattern.text, part)) {
            expected = !pattern.exception;
        }
    }
    assert_eq!(ignored, expected, "{path}");
}

/// A pattern without classes and escapes: moby/patternmatcher's `compile` and `match`, step by step.
fn matches(pattern: &str, path: &str) -> bool {
    let chars: Vec<char> = pattern.chars().collect();
    let plain = |rest: &str| !rest.contains(['*', '?']);
    if plain(pattern) {
        return pattern == path;
    }
    if let Some(rest) = pattern.strip_prefix("**").filter(|rest| plain(rest)) {
        return path.ends_with(rest) || rest.strip_prefix('/').is_some_and(|rest| rest == path);
    }
    if let Some(rest) = pattern.strip_suffix("**").filter(|rest| plain(rest)) {
        return path.starts_with(rest);
    }
    let path: Vec<char> = path.chars().collect();
    let mut known = vec![None; (chars.len() + 1) * (path.len() + 1)];
    from(&chars, &path, 0, 0, &mut known)
}

/// Whether `pattern` from `p` on matches all of `path` from `at` on; `known` remembers.
fn from(pattern: &[char], path: &[char], p: usize, at: usize, known: &mut [Option<bool>]) -> bool {
    let place = p * (path.len() + 1) + at;
    if let Some(known) = known[place] {
        return known;
    }
    let mut go = |p: usize, at: usize| from(pattern, path, p, at, known);
    let here = path.get(at);
    let result = match &pattern[p..] {
        [] => at == path.len(),
        ['*', '*'] | ['*', '*', '/'] => !path[at..].contains(&'\n'),
        ['*', '*', rest @ ..] => {
            // `(.*/)?`: nothing, or up to any slash.
            let next = pattern.len() - rest.strip_prefix(&['/']).unwrap_or(rest).len();
            go(next, at) || (at..path.len()).any(|end| path[end] == '/' && go(next, end + 1))
        }
        ['*', ..] => go(p + 1, at) || (here.is_some_and(|c| *c != '/') && go(p, at + 1)),
        ['?', ..] => here.is_some_and(|c| *c != '/') && go(p + 1, at + 1),
        [c, ..] => here == Some(c) && go(p + 1, at + 1),
    };
    known[place] = Some(result);
    result
}
