//! Changes that are likely in this project, and what each runs again.

use crate::context::View;
use crate::layers::{Again, Change, Subject, changed_by};
use crate::model::Base;
use crate::syntax::InstructionId;

/// One likely change.
pub struct Scenario {
    /// The file that changes, or the base image in words.
    pub change: String,
    pub runs_again: Vec<(InstructionId, Again)>,
}

/// Where people work most, in the order in which the first one found is taken.
const SOURCES: &[&str] = &[
    "app/page",
    "src/app/page",
    "pages/index",
    "src/pages/index",
    "src/App",
    "src/main",
    "src/index",
    "src/server",
    "src/app",
    "index",
    "server",
    "main",
    "app",
    "src/lib",
    "manage",
];
const EXTENSIONS: &[&str] = &[
    "tsx", "ts", "jsx", "js", "mjs", "cjs", "vue", "svelte", "py", "go", "rs", "rb", "php", "java", "kt",
    "cs",
];
const MANIFESTS: &[&str] = &[
    "package.json",
    "requirements.txt",
    "pyproject.toml",
    "go.mod",
    "Cargo.toml",
    "Gemfile",
    "composer.json",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
];
const LOCKFILES: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "go.sum",
    "Cargo.lock",
    "Gemfile.lock",
    "composer.lock",
];
const CONFIGS: &[&str] = &[
    "next.config.ts",
    "next.config.mjs",
    "next.config.js",
    "next.config.cjs",
    "vite.config.ts",
    "vite.config.js",
];

/// The changes that this context and this file make likely. Only files that a build can take are named.
pub fn find(subject: &Subject<'_>, view: &View) -> Vec<Scenario> {
    let mut files: Vec<String> = Vec::new();
    files.extend(source(view));
    for names in [MANIFESTS, LOCKFILES, CONFIGS] {
        files.extend(first(view, names.iter().map(|name| name.to_string())));
    }
    files.extend(under(view, "public/"));
    files.extend(first(view, ["README.md".to_string()].into_iter()));
    let mut scenarios: Vec<Scenario> = files
        .into_iter()
        .map(|path| Scenario { runs_again: changed_by(subject, &[Change::File(path.clone())]), change: path })
        .collect();
    scenarios.extend(base(subject));
    scenarios
}

/// The first of the paths that is there: in the root, or else in the first folder with a project of its own.
fn first(view: &View, paths: impl Iterator<Item = String> + Clone) -> Option<String> {
    let folders = view.projects.iter().map(|project| project.folder.as_str());
    let mut places = std::iter::once("").chain(folders.filter(|folder| !folder.is_empty()));
    places.find_map(|folder| {
        let mut below = paths.clone().map(|path| match folder {
            "" => path,
            folder => format!("{folder}/{path}"),
        });
        below.find(|path| view.file(path).is_some())
    })
}

fn source(view: &View) -> Option<String> {
    let known = SOURCES.iter().flat_map(|stem| EXTENSIONS.iter().map(move |end| format!("{stem}.{end}")));
    if let Some(found) = first(view, known) {
        return Some(found);
    }
    let is_source = |path: &str| {
        let (stem, end) = path.rsplit_once('.').unwrap_or((path, ""));
        EXTENSIONS.contains(&end) && !stem.ends_with(".config") && !path.contains("node_modules/")
    };
    view.files.iter().map(|file| &*file.path).find(|path| is_source(path)).map(str::to_string)
}

fn under(view: &View, folder: &str) -> Option<String> {
    let inside = |path: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
    let mut files = view.files.iter().filter(|file| !file.is_link).map(|file| &*file.path);
    files.find(|path| inside(path) && !path.contains("node_modules/")).map(str::to_string)
}

fn base(subject: &Subject<'_>) -> Option<Scenario> {
    let mut images: Vec<&str> = Vec::new();
    for stage in subject.model.stages() {
        if let Base::Image { written, reference } = &stage.base {
            let image = reference.as_deref().unwrap_or(written);
            if !images.contains(&image) {
                images.push(image);
            }
        }
    }
    let change = match images.as_slice() {
        [] => return None,
        [one] => format!("base image {one}"),
        several => format!("base images {}", several.join(", ")),
    };
    Some(Scenario { change, runs_again: changed_by(subject, &[Change::Base]) })
}
