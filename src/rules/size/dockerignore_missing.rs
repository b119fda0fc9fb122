use crate::context::{Project, View, copy_excludes};
use crate::layers::{bytes, excludes};
use crate::model::Stage;
use crate::rules::prelude::*;
use crate::syntax::Word;
use crate::text::{FileChange, FileEdit, FileId, WorkspaceEdit};

pub const RULE: Rule = Rule {
    name: "dockerignore-missing",
    theme: Theme::Size,
    aliases: &["sonar/S6470"],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a COPY of a whole folder where there is no .dockerignore, or where the .dockerignore \
               lets `node_modules` or a `.git` that is there through. Where the build context isn't known it says nothing.",
        why: "What isn't ignored is sent to the builder and copied: the whole history in `.git`, local \
              settings with secrets in them, and a `node_modules` whose programs were built for your machine \
              and land over those that the image installed for its own. Every change in them runs the steps \
              below again.",
        example: "FROM node:22-alpine\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n",
        instead: "FROM node:22-alpine\nCOPY package*.json ./\nRUN npm ci\nCOPY package*.json src/ ./\n",
        fix: "The fix creates a .dockerignore beside package.json with `node_modules`, `.git`, local \
              settings (`.env*.local`) and, for Next.js, `.next`; one that is there gets the missing lines at its end. It is \
              unsafe: a build that reads one of these files, as the version from `.git`, no longer finds it.",
        files: Some(&[("package.json", "{}"), ("package-lock.json", "{}")]),
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nCOPY package.json ./\nRUN npm ci\nCOPY . .\n", &[(4, ".")])
            .with(&[
                ("package.json", r#"{"dependencies": {"next": "15"}}"#),
                ("node_modules/next/index.js", "next"),
            ])
            .fixed_files(&[(".dockerignore", "node_modules\n.next\n.git\n.env*.local\n")]),
        Example::bad("FROM node:22\nCOPY . .\n", &[(2, ".")])
            .with(&[("package.json", "{}"), (".dockerignore", "dist\r\n*.md")])
            .fixed_files(&[(".dockerignore", "dist\r\n*.md\r\nnode_modules\r\n")]),
        Example::bad("FROM node:22\nCOPY web/ ./\n", &[(2, "web/")])
            .with(&[("web/package.json", "{}"), (".dockerignore", "node_modules\n")])
            .fixed_files(&[(".dockerignore", "node_modules\nweb/node_modules\n")]),
        Example::bad("FROM alpine:3\nCOPY . /srv\n", &[(2, ".")])
            .with(&[(".git/HEAD", "ref: refs/heads/main"), ("index.html", "")])
            .fixed_files(&[(".dockerignore", ".git\n")]),
        Example::bad("FROM alpine:3\nCOPY . /srv\n", &[(2, ".")])
            .with(&[(".git/HEAD", "ref: refs/heads/main"), (".dockerignore", "*.md\n")])
            .fixed_files(&[(".dockerignore", "*.md\n.git\n")]),
        Example::bad("FROM alpine:3\nCOPY . /srv\n", &[(2, ".")])
            .with(&[("node_modules/a/index.js", "a"), ("index.html", "")])
            .fixed_files(&[(".dockerignore", "node_modules\n.git\n")]),
        Example::ok("FROM node:22\nCOPY . .\n"),
        // The build reads it.
        Example::ok("FROM alpine:3\nCOPY . /srv\nRUN git -C /srv describe\n")
            .with(&[(".git/HEAD", "ref: refs/heads/main"), (".dockerignore", "*.md\n")]),
        Example::ok("FROM node:22\nCOPY . .\n")
            .with(&[("package.json", "{}"), (".dockerignore", "**/node_modules\n")]),
        Example::ok("FROM node:22\nCOPY src ./src\n").with(&[("package.json", "{}"), ("src/a.js", "")]),
        Example::ok("FROM node:22\nCOPY --exclude=node_modules . .\n")
            .with(&[("package.json", "{}"), (".dockerignore", "dist\n")]),
        Example::ok("FROM alpine:3\nCOPY . /srv\n").with(&[("index.html", "")]),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(view) = input.context() else { return };
    for stage in input.model().stages() {
        for (site, copy) in kit::node::context_copies(input, stage) {
            if site.instruction.flag("parents").is_some() {
                continue;
            }
            let case = copy.sources.iter().find_map(|source| Case::of(input, view, stage, site, source));
            if let Some(case) = case {
                // One .dockerignore mends them all.
                found.push(case.finding(view));
                return;
            }
        }
    }
}

/// A COPY that takes what should be ignored.
struct Case<'a> {
    source: &'a Word,
    folder: &'a str,
    project: Option<&'a Project>,
    /// Whether a step above in the stage installs the project's packages.
    installed: bool,
    missing: bool,
    /// node_modules goes to the build, or would if it were there.
    modules: bool,
    /// A `.git` goes to the build.
    git: bool,
}

impl<'a> Case<'a> {
    fn of(
        input: &Input<'a>,
        view: &'a View,
        stage: &Stage,
        site: Site<'_>,
        source: &'a Word,
    ) -> Option<Self> {
        let folder = kit::node::whole_project(Some(view), source)?;
        let project = view.project_at(folder).filter(|project| project.package_json.is_some());
        let excludes = excludes(site.instruction)?;
        let excluded = |name: &str| {
            let path = join(folder, name);
            let leaves_out = |path: &str| copy_excludes(&source.text, &excludes, path);
            leaves_out(&path) || leaves_out(&format!("{path}/a"))
        };
        let missing = match &view.dockerignore {
            None => true,
            Some(Ok(_)) => false,
            // What can't be read can't be judged.
            Some(Err(_)) => return None,
        };
        let modules = (project.is_some() || takes(view, folder, "node_modules"))
            && !excluded("node_modules")
            && !covers(view, folder, "node_modules");
        let git = takes(view, folder, ".git") && !excluded(".git") && (missing || !reads_git(input, project));
        if !modules && !git {
            return None;
        }
        let mut above = input.model().steps(stage).take_while(|(id, _)| *id < site.id);
        let installed = above.any(|(id, _)| {
            let actions = input.commands(id).iter().filter_map(|command| command.action.as_ref());
            actions.into_iter().any(|action| action.installs_manifest_of_node() && !action.global)
        });
        Some(Case { source, folder, project, installed, missing, modules, git })
    }

    fn finding(&self, view: &View) -> Finding {
        let patterns = self.patterns(view);
        let size = |name| measured(view, self.folder, name);
        let aside = |name| size(name).map_or_else(String::new, |size| format!(" ({size}, as measured here)"));
        let message = match (self.missing, self.modules, self.git) {
            (true, false, _) => {
                format!(
                    "There is no .dockerignore, so this copies the whole history in `.git` too{}.",
                    aside(".git")
                )
            }
            (true, true, _) => {
                let size = match (size("node_modules"), size(".git")) {
                    (Some(modules), Some(git)) => {
                        format!("; node_modules has {modules} and .git {git}, as measured here")
                    }
                    (Some(modules), None) => format!("; node_modules alone has {modules}, as measured here"),
                    (None, Some(git)) => format!("; .git alone has {git}, as measured here"),
                    (None, None) => String::new(),
                };
                let onto = if self.installed {
                    " Packages of your machine then replace those that were installed for the image."
                } else {
                    ""
                };
                format!(
                    "There is no .dockerignore, so this copies node_modules, .git and local settings too, wherever \
                     they lie in the folder{size}.{onto}"
                )
            }
            (false, true, git) => {
                let onto = if self.installed { " over those that were installed for the image" } else { "" };
                let history = match git {
                    true => format!(" It lets .git through too, the whole history{}.", aside(".git")),
                    false => String::new(),
                };
                format!(
                    "The .dockerignore lets node_modules through, so this copies the packages of your machine{}{onto}.\
                     {history}",
                    aside("node_modules")
                )
            }
            (false, false, _) => format!(
                "The .dockerignore lets .git through, so this copies the whole history{}, and each commit runs it \
                 again.",
                aside(".git")
            ),
        };
        let advice = if self.missing { "Create one with" } else { "Add" };
        let message = format!("{message} {advice} {}.", listed(&patterns));
        Finding::new(self.source.span, message).fix(self.fix(view, &patterns))
    }

    /// The lines that .dockerignore lacks.
    fn patterns(&self, view: &View) -> Vec<String> {
        let mut wanted: Vec<&str> = Vec::new();
        if self.modules {
            wanted.push("node_modules");
            if self.project.is_some_and(Project::uses_next) {
                wanted.push(".next");
            }
        }
        if self.missing || self.git {
            wanted.push(".git");
        }
        if self.missing && self.project.is_some() {
            wanted.push(".env*.local");
        }
        wanted.retain(|pattern| !covers(view, self.folder, &pattern.replace('*', "")));
        // A history lies where the repository begins, which mostly is the context's root.
        let root = |pattern: &str| self.folder.is_empty() || (pattern == ".git" && !self.git);
        let place = |pattern: &str| match root(pattern) {
            true => pattern.to_owned(),
            false => format!("{}/{pattern}", self.folder),
        };
        wanted.into_iter().map(place).collect()
    }

    fn fix(&self, view: &View, patterns: &[String]) -> Option<Fix> {
        let path = view.dockerignore_path()?;
        let label = "What the build needn't see isn't sent to it".to_owned();
        let (title, change) = match view.ignore() {
            None => {
                let text = patterns.iter().map(|pattern| format!("{pattern}\n")).collect();
                (format!("Create .dockerignore with {}", listed(patterns)), FileChange::Create { text })
            }
            Some(ignore) => {
                let change = kit::dockerignore::append(ignore, patterns);
                (format!("Add {} to .dockerignore", listed(patterns)), change)
            }
        };
        let file = FileEdit { file: FileId::Path(path), change, label: Some(label) };
        Some(Fix::unsafe_(title, WorkspaceEdit { files: vec![file] }))
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether .dockerignore keeps out the folder or file, or all that is in it.
fn covers(view: &View, folder: &str, name: &str) -> bool {
    let path = join(folder, name);
    view.ignores(&path) || view.ignores(&format!("{path}/a"))
}

/// Whether files of that folder go to the build.
fn takes(view: &View, folder: &str, name: &str) -> bool {
    let below = join(folder, name) + "/";
    view.files.iter().any(|file| file.path.starts_with(&below))
}

/// The bytes of a folder that go to the build, where all of them were seen.
fn measured(view: &View, folder: &str, name: &str) -> Option<String> {
    let below = join(folder, name) + "/";
    let sizes = view.files.iter().filter(|file| file.path.starts_with(&below)).map(|file| file.size);
    let (count, total) = sizes.fold((0, 0), |(count, total), size| (count + 1, total + size));
    (count > 0 && !view.truncated).then(|| bytes(total))
}

/// Whether the build asks git for something, by its own commands or the project's scripts.
fn reads_git(input: &Input<'_>, project: Option<&Project>) -> bool {
    let steps = input.model().stages().iter().flat_map(|stage| input.steps(stage));
    let ran = steps.filter(|site| site.instruction.keyword == Keyword::Run);
    let runs = |site: Site<'_>| input.commands(site.id).iter().any(|command| command.command.is("git"));
    let package = project.and_then(|project| project.package());
    ran.into_iter().any(runs)
        || package.is_some_and(|package| package.scripts.iter().any(|(_, line)| line.contains("git ")))
}

/// `a`, `b` and `c`, in backquotes.
fn listed(patterns: &[String]) -> String {
    let quoted: Vec<String> = patterns.iter().map(|pattern| format!("`{pattern}`")).collect();
    match quoted.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => quoted.concat(),
    }
}
