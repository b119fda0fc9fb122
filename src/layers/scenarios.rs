//! Changes that are likely in the project at hand, and what each runs again.

use super::rerun::changed_since;
use super::{Again, Change, Subject};
use crate::context::View;
use crate::model::{Base, Origin};
use crate::syntax::InstructionId;

/// One likely change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What changes, as people name it: a path of the context, several with ` + ` between them, `ARG NAME`,
    /// or the base image.
    pub change: String,
    pub changes: Vec<Change>,
    /// The steps that run again, in the order of the file.
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
/// What names a project's dependencies, and what pins them: a dependency added changes both.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    (
        "package.json",
        &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"],
    ),
    ("pyproject.toml", &["uv.lock", "poetry.lock", "pdm.lock"]),
    ("Pipfile", &["Pipfile.lock"]),
    ("requirements.txt", &[]),
    ("go.mod", &["go.sum"]),
    ("Cargo.toml", &["Cargo.lock"]),
    ("Gemfile", &["Gemfile.lock"]),
    ("composer.json", &["composer.lock"]),
    ("pom.xml", &[]),
    ("build.gradle", &["gradle.lockfile"]),
    ("build.gradle.kts", &["gradle.lockfile"]),
];
const CONFIGS: &[&str] = &[
    "next.config.ts",
    "next.config.mjs",
    "next.config.js",
    "next.config.cjs",
    "nuxt.config.ts",
    "vite.config.ts",
    "vite.config.js",
    "tsconfig.json",
];
/// Arguments whose names say that a build takes their values into what browsers get.
const PUBLIC: &[&str] = &["NEXT_PUBLIC_", "NUXT_PUBLIC_", "VITE_", "REACT_APP_", "PUBLIC_"];

/// The changes that this context and this file make likely, those first that are made most. Only what is
/// there is named: files that a build can take, arguments that the file declares.
pub fn scenarios(subject: &Subject<'_>, view: &View) -> Vec<Scenario> {
    let before = subject.keys();
    let made = |(change, changes): (String, Vec<Change>)| {
        let runs_again = changed_since(subject, before, &changes);
        Scenario { change, changes, runs_again }
    };
    likely(subject, view).into_iter().map(made).collect()
}

fn likely(subject: &Subject<'_>, view: &View) -> Vec<(String, Vec<Change>)> {
    let mut found: Vec<(String, Vec<Change>)> = Vec::new();
    let mut add = |files: Vec<String>| {
        let change = files.join(" + ");
        if !files.is_empty() && !found.iter().any(|(known, _)| *known == change) {
            found.push((change, files.into_iter().map(Change::File).collect()));
        }
    };
    add(source(view).into_iter().collect());
    if let Some((manifest, lockfile)) = dependencies(view) {
        add([Some(manifest), lockfile.clone()].into_iter().flatten().collect());
        add(lockfile.into_iter().collect());
    }
    add(first(view, CONFIGS).into_iter().collect());
    add(under(view, "public/").into_iter().collect());
    add(first(view, &["README.md", "README.rst", "README"]).into_iter().collect());
    found.extend(argument(subject).map(|name| (format!("ARG {name}"), vec![Change::Arg(name)])));
    found.extend(base(subject).map(|images| (images, vec![Change::Base])));
    found
}

/// The first of the paths that is there: in the root, or else in the first folder with a project of its own.
fn first(view: &View, paths: &[&str]) -> Option<String> {
    places(view).find_map(|folder| {
        let mut below = paths.iter().map(|path| within(folder, path));
        below.find(|path| view.file(path).is_some())
    })
}

fn places(view: &View) -> impl Iterator<Item = &str> {
    let folders = view.projects.iter().map(|project| project.folder.as_str());
    std::iter::once("").chain(folders.filter(|folder| !folder.is_empty()))
}

fn within(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

/// The first project's list of dependencies, and the lockfile beside it or, in a workspace, in the root.
fn dependencies(view: &View) -> Option<(String, Option<String>)> {
    places(view).find_map(|folder| {
        DEPENDENCIES.iter().find_map(|(manifest, lockfiles)| {
            let manifest = within(folder, manifest);
            view.file(&manifest)?;
            let beside = lockfiles.iter().map(|lockfile| within(folder, lockfile));
            let mut all = beside.chain(lockfiles.iter().map(|lockfile| (*lockfile).to_owned()));
            Some((manifest, all.find(|path| view.file(path).is_some())))
        })
    })
}

fn source(view: &View) -> Option<String> {
    let known: Vec<String> =
        SOURCES.iter().flat_map(|stem| EXTENSIONS.iter().map(move |end| format!("{stem}.{end}"))).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    if let Some(found) = first(view, &known) {
        return Some(found);
    }
    let is_source = |path: &str| {
        let (stem, end) = path.rsplit_once('.').unwrap_or((path, ""));
        EXTENSIONS.contains(&end) && !stem.ends_with(".config") && !path.contains("node_modules/")
    };
    view.files.iter().map(|file| &*file.path).find(|path| is_source(path)).map(str::to_owned)
}

fn under(view: &View, folder: &str) -> Option<String> {
    let inside = |path: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
    let mut files = view.files.iter().filter(|file| !file.is_link).map(|file| &*file.path);
    files.find(|path| inside(path) && !path.contains("node_modules/")).map(str::to_owned)
}

/// The first argument of a stage that names something public.
fn argument(subject: &Subject<'_>) -> Option<String> {
    let stages = subject.model.stages().iter();
    let mut names = stages
        .flat_map(|stage| subject.model.all_variables(stage))
        .filter(|variable| variable.origin == Origin::Arg)
        .map(|variable| &*variable.name);
    names.find(|name| PUBLIC.iter().any(|start| name.starts_with(start))).map(str::to_owned)
}

fn base(subject: &Subject<'_>) -> Option<String> {
    let mut images: Vec<&str> = Vec::new();
    for stage in subject.model.stages() {
        if let Base::Image { written, reference } = &stage.base {
            let image = reference.as_deref().unwrap_or(written);
            if !images.contains(&image) {
                images.push(image);
            }
        }
    }
    match images.as_slice() {
        [] => None,
        [one] => Some(format!("base image {one}")),
        several => Some(format!("base images {}", several.join(", "))),
    }
}
