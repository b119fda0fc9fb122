use crate::context::{PackageJson, Project, View, copy_takes};
use crate::model::{Stage, resolve};
use crate::rules::prelude::*;
use crate::shell::packages::{Action, Tool, Verb};
use crate::syntax::instruction::Copy;
use crate::syntax::suggest::in_case_of;
use crate::syntax::{Form, Word};

pub const RULE: Rule = Rule {
    name: "copy-before-install",
    theme: Theme::Cache,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Either,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports a COPY of the whole project above the step that installs its dependencies with npm, \
               yarn, pnpm or bun.",
        why: "A step is taken from the cache as long as nothing above it changed. With the sources copied \
              first, a change in any of them, a comment in a page or a word in the README, installs every \
              dependency again. With only package.json and the lockfile above it, the install runs again \
              when the dependencies change.",
        example: "FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n",
        instead: "FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n\
                  COPY . .\nRUN npm run build\n",
        fix: "The fix copies package.json and the lockfiles that are there first, and moves the COPY of the \
              rest below the install, its comments with it. It is safe where package.json is known and has \
              no script that runs at the install. With such a script (`postinstall`, `prepare`, Prisma's \
              generator) it is unsafe: the script may need sources that aren't there yet. It is unsafe, too, \
              where the build context isn't known, and where .dockerignore lets `node_modules` through: the \
              COPY below would put the packages of your machine over the installed ones. There is none where the packages lie in the project \
              itself (workspaces, `file:` dependencies, patches), or where a step in between may need the \
              sources.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(APP, &[(4, ".")]).with(PROJECT).fixed(
            "FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n# 소스\n\
             COPY . .\nRUN npm run build\n",
        ),
        Example::bad("FROM node:22\r\nCOPY --chown=node ./ /app\r\nWORKDIR /app\r\nENV CI=1\r\nRUN yarn", &[(2, "./")])
            .with(&[("package.json", "{}"), ("yarn.lock", ""), (".dockerignore", "node_modules\n")])
            .fixed(
                "FROM node:22\r\nCOPY --chown=node package.json yarn.lock /app/\r\nWORKDIR /app\r\nENV CI=1\r\n\
                 RUN yarn\r\nCOPY --chown=node ./ /app",
            ),
        Example::bad("FROM node:22\ncopy web .\nrun cd ./ && pnpm i\n", &[(2, "web")])
            .with(&[("web/package.json", "{}"), ("web/a.js", ""), ("web/pnpm-lock.yaml", ""), (".dockerignore", "**/node_modules\n")])
            .fixed("FROM node:22\ncopy web/package.json web/pnpm-lock.yaml ./\nrun cd ./ && pnpm i\ncopy web .\n"),
        // The manifests stand above already; only the rest has to move.
        Example::bad("FROM node:22\nCOPY package*.json ./\nCOPY . .\nRUN npm ci\nRUN npm test\n", &[(3, ".")])
            .with(PROJECT)
            .fixed("FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm test\n"),
        // Above stands a part of what the install needs, or something of another name or place.
        Example::bad("FROM node:22\nCOPY package.json .\nCOPY . .\nRUN npm ci\n", &[(3, ".")])
            .with(PROJECT)
            .fixed(
                "FROM node:22\nCOPY package.json .\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n",
            ),
        Example::bad("FROM node:22\nCOPY packages /p\nCOPY . .\nRUN npm ci\n", &[(3, ".")]).with(PROJECT).fixed(
            "FROM node:22\nCOPY packages /p\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n",
        ),
        Example::bad("FROM node:22\nCOPY package*.json /p/\nCOPY . .\nRUN npm ci\n", &[(3, ".")])
            .with(PROJECT)
            .fixed(
                "FROM node:22\nCOPY package*.json /p/\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n",
            ),
        Example::bad(
            "FROM node:22\nWORKDIR /a\nCOPY package.json .\nCOPY package-lock.json /a/\nCOPY . .\nRUN npm ci\n",
            &[(5, ".")],
        )
        .with(PROJECT)
        .fixed(
            "FROM node:22\nWORKDIR /a\nCOPY package.json .\nCOPY package-lock.json /a/\nRUN npm ci\nCOPY . .\n",
        ),
        // node_modules of the machine would land over what was installed: unsafe.
        Example::bad("FROM node:22\nCOPY . .\nRUN npm ci\n", &[(2, ".")])
            .with(&[("package.json", "{}"), ("package-lock.json", "{}"), ("a.js", "")])
            .fixed_unsafely("FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"),
        // Without the context the fix copies what may be there.
        Example::bad("FROM node:22\nCOPY . .\nRUN npm ci\n", &[(2, ".")])
            .fixed_unsafely("FROM node:22\nCOPY package.json package-lock.json* ./\nRUN npm ci\nCOPY . .\n"),
        Example::bad("FROM node:22\nCOPY . .\nRUN npm ci\n", &[(2, ".")])
            .with(&[
                ("package.json", r#"{"scripts": {"postinstall": "node setup.js"}}"#),
                ("package-lock.json", "{}"),
                (".dockerignore", "node_modules\n"),
            ])
            .fixed_unsafely("FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"),
        // The build in the same RUN, or a step in between, needs the sources.
        Example::bad("FROM node:22\nCOPY . .\nRUN npm ci && npm run build\n", &[(2, ".")]).with(PROJECT),
        Example::bad("FROM node:22\nCOPY . .\nRUN ./prepare.sh\nRUN npm ci\n", &[(2, ".")]).with(PROJECT),
        Example::bad("FROM node:22\nCOPY . .\nRUN npm ci\n", &[(2, ".")]).with(&[
            ("package.json", r#"{"workspaces": ["packages/*"]}"#),
            ("package-lock.json", "{}"),
            ("packages/a/package.json", "{}"),
            (".dockerignore", "node_modules\n"),
        ]),
        Example::ok("FROM node:22\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n"),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm i -g serve && npm run build\n"),
        Example::ok("FROM node:22\nCOPY . /docs\nWORKDIR /app\nRUN npm ci\n"),
        Example::ok("FROM node:22\nCOPY nginx /etc/nginx\nCOPY --from=deps . .\nRUN npm ci\n"),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\n")
            .with(&[("package.json", "{}"), ("a.js", ""), (".dockerignore", "*\n!package*.json\n")]),
    ],
};

const APP: &str = "FROM node:22-alpine\nWORKDIR /app\n# 소스\nCOPY . .\nRUN npm ci\nRUN npm run build\n";

const PROJECT: crate::rules::Files = &[
    ("package.json", r#"{"scripts": {"build": "tsc", "test": "jest"}}"#),
    ("package-lock.json", "{}"),
    ("index.ts", ""),
    (".dockerignore", "node_modules\n"),
];

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let mut copied: Option<(usize, Site<'_>, Copy<'_>, &Word, &str)> = None;
    let steps: Vec<Site<'_>> = input.steps(stage).collect();
    for (index, &site) in steps.iter().enumerate() {
        if copied.is_none()
            && let Some(copy) = kit::node::context_copy(site)
            && let Some((source, folder)) = whole_project(input, &copy)
        {
            copied = Some((index, site, copy, source, folder));
            continue;
        }
        let Some(command) = install(input, site) else { continue };
        let Some((at, site_of_copy, copy, source, folder)) = copied else { return };
        let place = Place::of(input, site_of_copy, &copy, site, command);
        if place.as_ref().is_some_and(|place| !place.inside) {
            return;
        }
        let case =
            Case { input, steps: &steps, copy_at: at, install_at: index, copy, source, folder, command };
        let fix = place.and_then(|place| case.fix(&place));
        let install = command.head().of(input.source());
        let message = format!(
            "The whole project is copied before `{install}`, so a change to any file of it installs every \
             dependency again. Copy package.json and the lockfile first, install, and copy the rest below."
        );
        found.push(
            Finding::new(source.span, message).related(command.head(), "This runs again each time.").fix(fix),
        );
        return;
    }
}

/// The source of a COPY that takes a whole project, and the project's folder.
fn whole_project<'s>(input: &Input<'_>, copy: &Copy<'s>) -> Option<(&'s Word, &'s str)> {
    let context = input.context();
    let found =
        copy.sources.iter().find_map(|source| Some((*source, kit::node::whole_project(context, source)?)))?;
    // .dockerignore may leave nothing but the manifests of it.
    let only_manifests = context.is_some_and(|view| {
        let taken = view.matches(&found.0.text);
        !taken.is_empty() && taken.iter().all(|file| is_manifest(&file.path))
    });
    (!only_manifests).then_some(found)
}

fn install<'i, 'a>(input: &'i Input<'a>, site: Site<'_>) -> Option<&'i Cmd<'a>> {
    if site.instruction.keyword != Keyword::Run {
        return None;
    }
    input.commands(site.id).iter().find(|command| {
        command.action.as_ref().is_some_and(|action| action.installs_manifest_of_node() && !action.global)
    })
}

/// Where the install runs, as seen from the folder that the COPY fills.
struct Place {
    inside: bool,
    /// The folder between the two, empty where they are the same.
    below: String,
    /// The folder of the install, absolute.
    here: String,
}

impl Place {
    /// None where one of the folders hangs on a variable or can't be followed.
    fn of(
        input: &Input<'_>,
        site: Site<'_>,
        copy: &Copy<'_>,
        run: Site<'_>,
        command: &Cmd<'_>,
    ) -> Option<Self> {
        let destination = &copy.destination.text;
        let flag = command.action.as_ref()?.directory.as_deref().unwrap_or("");
        if destination.contains('$') || flag.contains('$') {
            return None;
        }
        let filled = resolve(&input.frame(site.id)?.workdir.path, destination);
        let here = resolve(&resolve(&input.frame(run.id)?.workdir.path, command.command.directory()?), flag);
        let rest = if filled == "/" { here.strip_prefix('/') } else { here.strip_prefix(&*filled) };
        let rest = rest.filter(|rest| filled == "/" || rest.is_empty() || rest.starts_with('/'));
        let below = rest.unwrap_or_default().trim_matches('/').to_owned();
        Some(Place { inside: rest.is_some(), below, here })
    }
}

/// A COPY that stands before its install.
struct Case<'i, 'a> {
    input: &'i Input<'a>,
    steps: &'i [Site<'a>],
    copy_at: usize,
    install_at: usize,
    copy: Copy<'a>,
    source: &'a Word,
    folder: &'a str,
    command: &'i Cmd<'a>,
}

impl Case<'_, '_> {
    /// Copies the manifests of the project in which the install runs, and moves the COPY behind the install.
    fn fix(&self, place: &Place) -> Option<Fix> {
        let below = &*place.below;
        let (copy, install) = (self.steps.get(self.copy_at)?, self.steps.get(self.install_at)?);
        let instruction = copy.instruction;
        let odd = |flag: &crate::syntax::Flag| matches!(&*flag.name, "exclude" | "parents");
        let plain =
            self.copy.sources.len() == 1 && self.copy.heredocs.is_empty() && instruction.form == Form::Words;
        if !plain || instruction.flags.iter().any(odd) || !self.may_move() {
            return None;
        }
        let action = self.command.action.as_ref()?;
        let mut project = self.folder.to_owned();
        for part in below.split('/').filter(|part| !part.is_empty()) {
            project = join(&project, part);
        }
        let (manifests, doubt) = match self.input.context() {
            Some(view) => manifests(view, &project, action)?,
            None => (guessed(action.tool, &project), Some("what the install needs isn't known".to_owned())),
        };
        let source = self.input.source();
        let newline = crate::text::newline(source);
        let tree = self.input.tree();
        let first =
            tree.comments_above(instruction).first().map_or(instruction.first_line, |comment| comment.line);
        let block = Span::new(tree.lines().start(first - 1), instruction.full_span.end);
        let indent = kit::indent_of(source, instruction.span.start);
        let above = if manifests.iter().all(|manifest| self.is_above(manifest, &place.here)) {
            String::new()
        } else {
            let keyword = in_case_of("COPY", instruction.keyword_span.of(source));
            let flags: String =
                instruction.flags.iter().map(|flag| format!("{} ", flag.span.of(source))).collect();
            let destination = match (self.copy.destination.text.trim_end_matches('/'), below) {
                ("", "") => "/".to_owned(),
                (destination, "") => format!("{destination}/"),
                (destination, below) => format!("{destination}/{below}/"),
            };
            format!("{indent}{keyword} {flags}{} {destination}{newline}", manifests.join(" "))
        };
        let moved = block.of(source);
        let end = install.instruction.full_span;
        let below = if end.of(source).ends_with('\n') {
            moved.to_owned()
        } else {
            format!("{newline}{}", moved.trim_end_matches(['\n', '\r']))
        };
        let edit = self.input.edits(vec![Edit::replace(block, above), Edit::insert(end.end, below)]);
        let title = "Copy the manifests first, the rest after the install";
        Some(match doubt {
            None => Fix::safe(title, edit),
            Some(doubt) => Fix::unsafe_(format!("{title} (unsafe: {doubt})"), edit),
        })
    }

    /// Whether the image stays the same when the COPY moves below the install: nothing in between needs the
    /// files or changes where they go.
    fn may_move(&self) -> bool {
        let Some(between) = self.steps.get(self.copy_at + 1..=self.install_at) else { return false };
        let destination = &self.copy.destination.text;
        let flags = self.steps[self.copy_at].instruction.flags.iter();
        let variables = destination.contains('$')
            || self.source.text.contains('$')
            || flags.filter_map(|flag| flag.value.as_ref()).any(|value| value.text.contains('$'));
        between.iter().all(|site| match site.instruction.keyword {
            Keyword::Run => self.input.commands(site.id).iter().all(needs_no_sources),
            Keyword::Workdir => destination.starts_with('/'),
            Keyword::Env | Keyword::Arg => !variables,
            Keyword::Copy | Keyword::Add | Keyword::Volume | Keyword::Unknown | Keyword::From => false,
            _ => true,
        })
    }

    /// Whether a COPY above puts a manifest into the folder `here`. A manifest that may be missing ends in `*`.
    fn is_above(&self, manifest: &str, here: &str) -> bool {
        let manifest = manifest.trim_end_matches('*');
        let (folder, name) = manifest.rsplit_once('/').unwrap_or(("", manifest));
        let above = self.steps.get(..self.copy_at).unwrap_or_default();
        above.iter().any(|site| {
            let Some(copy) = kit::node::context_copy(*site) else { return false };
            let odd = |flag: &crate::syntax::Flag| matches!(&*flag.name, "exclude" | "parents");
            let Some(frame) = self.input.frame(site.id) else { return false };
            let destination = &copy.destination.text;
            if destination.contains('$') || site.instruction.flags.iter().any(odd) {
                return false;
            }
            let filled = resolve(&frame.workdir.path, destination);
            let lands = filled == here || filled == resolve(here, name);
            lands
                && copy.sources.iter().any(|source| {
                    let source = resolve("/", &source.text);
                    // The file by its name or a pattern, or all that is in its folder.
                    let parent = source.rsplit_once('/').map_or("", |(parent, _)| parent).trim_matches('/');
                    (parent == folder && copy_takes(&source, manifest))
                        || (source.trim_matches('/') == folder && filled == here)
                })
        })
    }
}

/// Commands that a project's sources mean nothing to.
fn needs_no_sources(command: &Cmd<'_>) -> bool {
    match &command.action {
        Some(action) => {
            let by_name = !action.packages.iter().any(|package| package.direct || package.dynamic);
            match action.verb {
                Verb::InstallManifest => action.tool.is_javascript(),
                Verb::InstallPackages => by_name,
                Verb::Update | Verb::Upgrade | Verb::CleanCache => true,
                Verb::Other => !action.tool.is_javascript() || action.span.is_empty(),
                Verb::RunScript(_) | Verb::Exec | Verb::Remove => false,
            }
        }
        None => match command.command.name().as_deref() {
            Some("cd" | "set" | "echo" | "true" | ":" | "corepack" | "export" | "mkdir") => true,
            Some("rm") => command.command.args().iter().all(|word| {
                let path = word.value_or_text();
                path.starts_with('-')
                    || path.starts_with("/var/")
                    || path.starts_with("/tmp/")
                    || path.starts_with("/root/")
            }),
            _ => false,
        },
    }
}

/// The files of a tool that an install reads, besides package.json.
fn files_of(tool: Tool) -> &'static [&'static str] {
    match tool {
        Tool::Npm => &["npm-shrinkwrap.json", "package-lock.json", ".npmrc"],
        Tool::Yarn => &["yarn.lock", ".yarnrc.yml", ".yarnrc", ".npmrc"],
        Tool::Pnpm => &["pnpm-lock.yaml", "pnpm-workspace.yaml", ".pnpmfile.cjs", ".npmrc"],
        Tool::Bun => &["bun.lock", "bun.lockb", "bunfig.toml", ".npmrc"],
        _ => &[],
    }
}

fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let tools = [Tool::Npm, Tool::Yarn, Tool::Pnpm, Tool::Bun];
    name == "package.json" || tools.iter().any(|tool| files_of(*tool).contains(&name))
}

/// The manifests that are there, and why copying them alone may not do. None where it wouldn't.
fn manifests(view: &View, folder: &str, action: &Action<'_>) -> Option<(Vec<String>, Option<String>)> {
    let project = view.project_at(folder)?;
    let package = project.package()?;
    if local_packages(view, project, package) {
        return None;
    }
    let there = |name: &&str| view.file(&join(folder, name)).is_some();
    let names = std::iter::once("package.json").chain(files_of(action.tool).iter().copied());
    let manifests: Vec<String> = names.filter(there).map(|name| join(folder, name)).collect();
    let odd = |path: &String| path.contains([' ', '$', '*', '[', '?']);
    if manifests.first().is_none_or(|first| *first != join(folder, "package.json"))
        || manifests.iter().any(odd)
    {
        return None;
    }
    // Without the fix the install comes last: npm ci deletes what was copied there, the others mend it.
    let modules = join(folder, "node_modules");
    let covered = view.ignores(&format!("{modules}/a"));
    let copied = (!covered).then(|| {
        format!("`{modules}` isn't in .dockerignore, so one that is there is copied over the installed one")
    });
    let doubts: Vec<String> = copied.into_iter().chain(doubt(package, action)).collect();
    Some((manifests, (!doubts.is_empty()).then(|| doubts.join("; "))))
}

/// Whether packages of the project itself are installed, whose folders the install needs.
fn local_packages(view: &View, project: &Project, package: &PackageJson) -> bool {
    let all = [&package.dependencies, &package.dev_dependencies, &package.optional_dependencies];
    let local = |version: &str| {
        ["file:", "link:", "portal:", "patch:", "workspace:"].iter().any(|p| version.starts_with(p))
    };
    let several = view.projects.iter().filter(|project| project.package_json.is_some()).count() > 1;
    let workspace = view.file(&join(&project.folder, "pnpm-workspace.yaml")).is_some();
    let patched = ["pnpm", "patchedDependencies"].iter().filter_map(|key| package.raw.get(*key));
    !package.workspaces.is_empty()
        || (workspace && several)
        || all.into_iter().flatten().any(|(_, version)| local(version))
        || patched.into_iter().any(|value| value.to_string().contains("patch"))
        || project.lockfiles.yarnrc.as_ref().is_some_and(|rc| rc.yarn_path.is_some())
}

/// What runs at the install and may need the sources.
fn doubt(package: &PackageJson, action: &Action<'_>) -> Option<String> {
    if action.ignore_scripts {
        return None;
    }
    let hooks = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"];
    let runs = |hook: &&&str| package.script(hook).is_some_and(|line| !line.starts_with("npx only-allow "));
    if let Some(hook) = hooks.iter().find(runs) {
        return Some(format!("the script `{hook}` runs at the install and may need the sources"));
    }
    let prisma = package.dependency("@prisma/client").is_some();
    prisma.then(|| "Prisma generates its client at the install, from the schema".to_owned())
}

/// The manifests by pattern: those that may be missing end in `*`, so that COPY doesn't fail.
fn guessed(tool: Tool, folder: &str) -> Vec<String> {
    let locks: &[&str] = match tool {
        Tool::Yarn => &["yarn.lock*"],
        Tool::Pnpm => &["pnpm-lock.yaml*"],
        Tool::Bun => &["bun.lock*"],
        _ => &["package-lock.json*"],
    };
    std::iter::once("package.json").chain(locks.iter().copied()).map(|name| join(folder, name)).collect()
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
