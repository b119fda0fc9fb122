use super::source::{Source, SourceError};
use super::view::{ContextFile, View};
use siphasher::sip128::{Hasher128, SipHasher13};
use std::collections::HashMap;
use std::hash::Hasher;
use std::sync::Arc;

/// What files of a build context hold, as digests: kind, permission bits, content, a link's target. Times
/// don't count, and owners aren't sent to the builder.
///
/// Source: BuildKit `cache/contenthash/filehash.go`.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    files: HashMap<Arc<str>, u128>,
    /// Where each symbolic link of the context leads, as it is written in the link.
    links: HashMap<Arc<str>, String>,
    /// What couldn't be read; it counts as something that is in no other context.
    pub problems: Vec<SourceError>,
}

/// As many links as Linux follows in one path.
const LINKS: usize = 40;

impl Contents {
    /// Reads those files of `view` that are `wanted`, by their path in the context, and those at or below the
    /// paths of `named` where a link stands in them. `source` is the one that the view was made from.
    pub fn read(source: &dyn Source, view: &View, wanted: &dyn Fn(&str) -> bool, named: &[String]) -> Self {
        let mut contents = Self::default();
        let Some(root) = &view.root else { return contents };
        for file in view.files.iter().filter(|file| file.is_link) {
            match source.link(&root.join(&*file.path)) {
                Ok(target) => {
                    let target = target.replace('\\', "/");
                    contents.links.insert(file.path.clone(), target);
                }
                Err(problem) => contents.problems.push(problem),
            }
        }
        let named = named.iter().map(|path| (&**path, contents.follow(path)));
        let links =
            contents.links.keys().filter(|path| wanted(path)).map(|path| (&**path, contents.follow(path)));
        let mut led: Vec<String> =
            named.chain(links).filter(|(path, to)| path != to).map(|(_, to)| to).collect();
        led.sort_unstable();
        led.dedup();
        let leads = |path: &str| {
            let above = path.match_indices('/').map(|(at, _)| &path[..at]);
            !led.is_empty()
                && above
                    .chain([path, ""])
                    .any(|path| led.binary_search_by(|led| led.as_str().cmp(path)).is_ok())
        };
        for file in &view.files {
            if wanted(&file.path) || leads(&file.path) {
                let digest = contents.of(source, view, file);
                contents.files.insert(file.path.clone(), digest);
            }
        }
        contents
    }

    fn of(&mut self, source: &dyn Source, view: &View, file: &ContextFile) -> u128 {
        let mut hasher = SipHasher13::new();
        if let Some(target) = self.links.get(&file.path) {
            hasher.write(b"link");
            hasher.write(target.as_bytes());
            return hasher.finish128().as_u128();
        }
        hasher.write_u32(file.mode);
        let path = view.absolute(&file.path).unwrap_or_default();
        if let Err(problem) = source.bytes(&path, &mut |bytes| hasher.write(bytes)) {
            // Whatever it holds, it isn't known to be the same as anything else.
            hasher.write(problem.to_string().as_bytes());
            self.problems.push(problem);
        }
        hasher.finish128().as_u128()
    }

    /// The digest of the file at a path of the context; none where it wasn't wanted or isn't there.
    pub fn digest(&self, path: &str) -> Option<u128> {
        self.files.get(path).copied()
    }

    /// Whether a symbolic link stands at a path of the context.
    pub fn is_link(&self, path: &str) -> bool {
        self.links.contains_key(path)
    }

    /// A path of the context with the links in it followed, as BuildKit follows those in what COPY names.
    /// A link that leads out of the context stays inside it.
    pub fn follow(&self, path: &str) -> String {
        if self.links.is_empty() {
            return path.to_owned();
        }
        let mut path = path.to_owned();
        for _ in 0..LINKS {
            let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            let link = ends.filter_map(|end| Some((end, self.links.get(&path[..end])?))).next();
            let Some((end, target)) = link else { break };
            let folder = path[..end].rfind('/').map_or("", |at| &path[..at]);
            let base = if target.starts_with('/') { "" } else { folder };
            let joined = super::dockerignore::clean(&format!("/{base}/{target}{}", &path[end..]));
            path = joined.trim_start_matches('/').to_owned();
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Memory, Request};
    use super::*;

    fn contents(memory: &Memory) -> (View, Contents) {
        let request = Request::new(None, Some("/c".into()));
        let view = View::gather(memory, &request).unwrap();
        let contents = Contents::read(memory, &view, &|_| true, &[]);
        (view, contents)
    }

    #[test]
    fn mode_and_content_count_and_the_time_does_not() {
        let mut memory = Memory::from_files([("/c/a", "same"), ("/c/b", "same"), ("/c/d", "other")]);
        let (_, first) = contents(&memory);
        assert_eq!(first.digest("a"), first.digest("b"));
        assert_ne!(first.digest("a"), first.digest("d"));
        memory.insert("/c/a", "same");
        memory.set_mode("/c/b", 0o755);
        let (_, second) = contents(&memory);
        assert_eq!(first.digest("a"), second.digest("a"));
        assert_ne!(first.digest("b"), second.digest("b"));
        assert_eq!(first.digest("none"), None);
    }

    #[test]
    fn links_are_followed_inside_the_context() {
        let mut memory = Memory::from_files([("/c/src/a.txt", "a")]);
        for (link, target) in
            [("now", "src"), ("deep/up", "../src/a.txt"), ("out", "/../../src"), ("me", "me")]
        {
            memory.insert_link(&format!("/c/{link}"), target);
        }
        let (_, contents) = contents(&memory);
        for (path, leads) in [
            ("now", "src"),
            ("now/a.txt", "src/a.txt"),
            ("deep/up", "src/a.txt"),
            ("out/a.txt", "src/a.txt"),
            ("me", "me"),
            ("src", "src"),
        ] {
            assert_eq!(contents.follow(path), leads, "{path}");
        }
        assert!(contents.digest("deep/up").is_some());
    }
}
