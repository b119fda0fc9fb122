//! What each pattern of a .dockerignore does to the files of a context.

use super::{Dockerignore, FolderMatch, Pattern};
use crate::context::{Inventory, Totals};
use std::collections::BTreeMap;

/// What the patterns do, by their index.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub patterns: Vec<Told>,
    /// What they keep out together.
    pub ignored: Totals,
}

/// What one pattern does.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Whether it matches anything at all, whatever other patterns say of that.
    pub matches: bool,
    /// The files that it keeps out, or takes back, where it stands.
    pub turned: Totals,
    /// Those of them on which it has the last word.
    pub decided: Totals,
    /// The later patterns that turn its files again, with their number.
    pub undone_by: BTreeMap<usize, u64>,
    /// What it matches itself, not only the folder that that is in: entries of the inventory, with what it decides
    /// in them.
    pub heads: BTreeMap<usize, Totals>,
}

/// What the patterns say of a folder, for what is in it.
struct Folder {
    /// The index behind what is in it.
    end: usize,
    /// By pattern, the entry that it matched: the folder, or one that it is in.
    matched: Vec<Option<usize>>,
}

impl Dockerignore {
    /// What each pattern does to what is there, by the walk that BuildKit's client does.
    pub fn tally(&self, inventory: &Inventory) -> Tally {
        let mut tally = Tally { patterns: vec![Told::default(); self.patterns.len()], ..Tally::default() };
        let mut open: Vec<Folder> = Vec::new();
        let nothing = vec![None; self.patterns.len()];
        let mut matched = nothing.clone();
        let mut turns: Vec<usize> = Vec::new();
        let mut at = 0;
        while let Some(entry) = inventory.entries().get(at) {
            while open.last().is_some_and(|folder| folder.end <= at) {
                open.pop();
            }
            let parent = open.last().map_or(&nothing, |folder| &folder.matched);
            let mut ignored = false;
            turns.clear();
            for (index, pattern) in self.patterns.iter().enumerate() {
                let own = || pattern.exception == ignored && pattern.matcher.matches(&entry.path);
                matched[index] = parent[index].or_else(|| own().then_some(at));
                if matched[index].is_some() {
                    tally.patterns[index].matches = true;
                    if pattern.exception == ignored {
                        ignored = !pattern.exception;
                        turns.push(index);
                    }
                }
            }
            if !entry.is_folder {
                let totals = Totals { files: 1, bytes: entry.bytes };
                tally.take(totals, &turns, &matched, ignored);
                at += 1;
            } else if ignored && !self.may_reinclude_below(&entry.path) {
                // All that is in it goes the same way.
                tally.take(inventory.totals(at), &turns, &matched, ignored);
                at += inventory.below(at).len();
            } else {
                open.push(Folder { end: at + inventory.below(at).len(), matched: matched.clone() });
                at += 1;
            }
        }
        for (told, pattern) in tally.patterns.iter_mut().zip(&self.patterns) {
            told.matches =
                told.matches || inventory.entries().iter().any(|entry| pattern.matches(&entry.path));
        }
        tally
    }
}

impl Dockerignore {
    /// Which entries are files that are kept out, by the same walk.
    pub fn kept_out(&self, inventory: &Inventory) -> Vec<bool> {
        let entries = inventory.entries();
        let mut out = vec![false; entries.len()];
        let root = FolderMatch::default();
        let mut open: Vec<(usize, FolderMatch)> = Vec::new();
        let mut at = 0;
        while let Some(entry) = entries.get(at) {
            while open.last().is_some_and(|(end, _)| *end <= at) {
                open.pop();
            }
            let parent = open.last().map_or(&root, |(_, matched)| matched);
            let (ignored, matched) = self.walk(&entry.path, parent);
            let end = at + inventory.below(at).len().max(1);
            let all_alike = ignored && !self.may_reinclude_below(&entry.path);
            if entry.is_folder && !all_alike {
                open.push((end, matched));
                at += 1;
                continue;
            }
            for at in at..end {
                out[at] = ignored && !entries[at].is_folder;
            }
            at = end;
        }
        out
    }
}

impl Tally {
    fn take(&mut self, totals: Totals, turns: &[usize], matched: &[Option<usize>], ignored: bool) {
        if totals.files == 0 {
            return;
        }
        if ignored {
            self.ignored = self.ignored.and(totals);
        }
        for (nth, &index) in turns.iter().enumerate() {
            let told = &mut self.patterns[index];
            told.turned = told.turned.and(totals);
            match turns.get(nth + 1) {
                Some(&next) => *told.undone_by.entry(next).or_default() += totals.files,
                None => {
                    told.decided = told.decided.and(totals);
                    let head = matched.get(index).copied().flatten().unwrap_or_default();
                    let sum = told.heads.entry(head).or_default();
                    *sum = sum.and(totals);
                }
            }
        }
    }
}

impl Pattern {
    /// Whether the pattern matches exactly this path; the folders that it is in don't count.
    pub fn matches(&self, path: &str) -> bool {
        self.matcher.matches(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Memory, Request, View};
    use std::path::{Path, PathBuf};
    use std::sync::atomic::AtomicBool;

    const FILES: &[(&str, &str)] = &[
        ("/w/Dockerfile", "FROM a"),
        ("/w/README.md", "12345"),
        ("/w/docs/a.md", "1"),
        ("/w/docs/deep/b.md", "22"),
        ("/w/node_modules/x/index.js", "333"),
        ("/w/node_modules/x/README.md", "4444"),
        ("/w/node_modules/y.js", "55555"),
        ("/w/web/node_modules/z.js", "1"),
        ("/w/web/index.ts", "1"),
    ];

    fn tally(text: &str) -> (Tally, Inventory) {
        let source = Memory::from_files(FILES.iter().copied());
        let all = Inventory::take(&source, Path::new("/w"), &AtomicBool::new(false)).unwrap();
        (Dockerignore::parse(text).tally(&all), all)
    }

    #[test]
    fn each_pattern_has_what_it_decides() {
        let (tally, all) = tally("node_modules\n**/*.md\n!docs/**\n**/b.md\n*.log\n!*.txt\n");
        let told: Vec<(bool, u64, u64)> =
            tally.patterns.iter().map(|told| (told.matches, told.turned.files, told.decided.files)).collect();
        assert_eq!(
            told,
            [(true, 3, 3), (true, 3, 1), (true, 2, 1), (true, 1, 1), (false, 0, 0), (false, 0, 0)]
        );
        assert_eq!(tally.patterns[0].decided.bytes, 12);
        assert_eq!(tally.patterns[1].undone_by, BTreeMap::from([(2, 2)]));
        assert_eq!(tally.patterns[2].undone_by, BTreeMap::from([(3, 1)]));
        let heads: Vec<&str> = tally.patterns[0].heads.keys().map(|at| &*all.entries()[*at].path).collect();
        assert_eq!(heads, ["node_modules"]);
        assert_eq!(tally.ignored.files, 5);
    }

    /// The same as a view of the context finds, whatever the patterns.
    #[test]
    fn the_totals_are_those_of_a_look_at_the_context() {
        for text in [
            "",
            "*",
            "**",
            "*\n!web",
            "node_modules\n!node_modules/x\nnode_modules/x/*.md",
            "**/node_modules\n!**/x/index.js",
            "docs\n!docs/deep\ndocs/deep/b.md\n!docs/deep/b.md",
            "!docs\ndocs\n**/*.md",
            "*\n!**/*.md\nnode_modules",
        ] {
            let files = FILES.iter().copied().chain([("/w/.dockerignore", text)]);
            let source = Memory::from_files(files);
            let request = Request::new(Some(PathBuf::from("/w/Dockerfile")), Some(PathBuf::from("/w")));
            let view = View::gather(&source, &request).unwrap();
            let all = Inventory::take(&source, Path::new("/w"), &AtomicBool::new(false)).unwrap();
            let tally = Dockerignore::parse(text).tally(&all);
            assert_eq!(tally.ignored, view.ignored, "{text:?}");
            let kept = |told: (&Told, &Pattern)| if told.1.exception { 0 } else { told.0.decided.files };
            let ignore = Dockerignore::parse(text);
            let sum: u64 = tally.patterns.iter().zip(ignore.patterns()).map(kept).sum();
            assert_eq!(sum, view.ignored.files, "{text:?}");
            let out = ignore.kept_out(&all).into_iter().filter(|out| *out).count();
            assert_eq!(out as u64, view.ignored.files, "{text:?}");
        }
    }
}
