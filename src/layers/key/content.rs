use super::digest::{Digest, Mix};
use std::sync::OnceLock;

/// What lies at one path, described by where it comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    /// Known parts from the topmost layer down: a path below the place described (empty for the place
    /// itself) and what was put there.
    pub known: Vec<(String, Digest)>,
    /// Keys of commands that may have written there, with the path: everything that they saw is in them.
    pub commands: Vec<Digest>,
    /// Images that hold something there.
    pub images: Vec<Digest>,
    exact: OnceLock<Digest>,
}

/// More parts than this are told by one digest together.
const PARTS: usize = 128;

impl Content {
    /// One known thing.
    pub fn known(digest: Digest) -> Self {
        Self { known: vec![(String::new(), digest)], ..Self::default() }
    }

    /// Something of an image.
    pub fn image(digest: Digest) -> Self {
        Self { images: vec![digest], ..Self::default() }
    }

    /// Whether a command may have written some of it.
    pub fn written(&self) -> bool {
        !self.commands.is_empty()
    }

    /// Whether nothing is known to lie there.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.commands.is_empty() && self.images.is_empty()
    }

    /// The same for the same description only.
    pub fn exact(&self) -> Digest {
        *self.exact.get_or_init(|| {
            let mut mix = Mix::new("content").number(self.known.len() as u64);
            for (path, digest) in &self.known {
                mix = mix.text(path).digest(*digest);
            }
            mix = mix.number(self.commands.len() as u64);
            mix = self.commands.iter().chain(&self.images).fold(mix, |mix, digest| mix.digest(*digest));
            mix.end()
        })
    }

    /// Adds what lies beneath, `at` a path below the place described. `change` is mixed into what is
    /// known: owner and mode, where the copy sets them.
    pub fn add(&mut self, below: &Content, at: &str, change: Option<Digest>) {
        for (path, digest) in &below.known {
            let path = match (at.is_empty(), path.is_empty()) {
                (true, _) => path.clone(),
                (false, true) => at.to_owned(),
                (false, false) => format!("{at}/{path}"),
            };
            let digest = change.map_or(*digest, |change| Mix::new("as").digest(*digest).digest(change).end());
            // What lies beneath the same thing isn't seen where it is one file; where it is a folder, the
            // two are there together.
            self.known.push((path, digest));
        }
        if self.known.len() > PARTS {
            let whole =
                self.known.drain(..).fold(Mix::new("parts"), |mix, (path, d)| mix.text(&path).digest(d));
            self.known.push((String::new(), whole.end()));
        }
        let placed = |digest: &Digest| Mix::new("at").digest(*digest).text(at).end();
        self.commands.extend(below.commands.iter().map(placed));
        self.images.extend(below.images.iter().map(placed));
    }
}

/// Whether a base image is likely to have something at or below `path`. Where files were copied to a path
/// of which it has nothing, another image doesn't change what lies there.
pub(super) fn in_images(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    let first = parts.next().unwrap_or("");
    let deeper = parts.next();
    match first {
        "" | "bin" | "boot" | "dev" | "etc" | "lib" | "lib32" | "lib64" | "libx32" | "proc" | "sbin"
        | "sys" | "var" => true,
        "usr" => deeper != Some("src"),
        // There, but as good as empty: only the folder itself is the image's.
        "home" | "root" | "opt" | "srv" | "mnt" | "media" | "tmp" | "run" => deeper.is_none(),
        _ => false,
    }
}
