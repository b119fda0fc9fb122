use super::lockfile_not_enforced::{lockfile, strict_form};
use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::packages::Tool;

pub const RULE: Rule = Rule {
    name: "lockfile-not-copied",
    theme: Theme::Reproducible,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports an install with npm, yarn, pnpm or bun above which package.json is copied, but not the lockfile that the \
               project has. Where the command needs the lockfile it is graver.",
        why: "Without the lockfile the newest versions are installed that package.json allows, so each build may have other \
              packages than the last one, and than those that were tested. `npm ci` and `--frozen-lockfile` fail.",
        example: "FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\nCOPY . .\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm install\nCOPY . .\n",
        fix: "The fix adds the lockfile to the COPY of package.json, and takes the command that holds to it (`npm ci`). It is unsafe: other \
              versions are installed.",
        files: Some(NPM),
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nCOPY package.json ./\nRUN npm install\n", &[(2, "package.json")])
            .with(NPM)
            .fixed("FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm ci\n"),
        Example::bad("FROM node:22\nCOPY web/package.json /app/\nWORKDIR /app\nRUN pnpm i --frozen-lockfile\n", &[(2, "web/package.json")])
            .with(&[("web/package.json", "{}"), ("web/pnpm-lock.yaml", "")])
            .fixed("FROM node:22\nCOPY web/package.json web/pnpm-lock.yaml /app/\nWORKDIR /app\nRUN pnpm i --frozen-lockfile\n"),
        // .dockerignore keeps it out.
        Example::bad("FROM node:22\nCOPY package*.json ./\nRUN npm ci\n", &[(2, "package*.json")])
            .with(&[("package.json", "{}"), ("package-lock.json", "{}"), (".dockerignore", "package-lock.json\n")]),
        Example::bad("FROM node:22\nCOPY package.json bun.* ./\nRUN bun install\n", &[(2, "package.json")])
            .with(&[("package.json", "{}"), ("bun.lockb", "b"), (".dockerignore", "*.lockb\n")]),
        Example::ok("FROM node:22\nCOPY package*.json ./\nRUN npm ci\n").with(NPM),
        Example::ok("FROM node:22\nCOPY package.json ./\nRUN --mount=type=bind,source=package-lock.json,target=package-lock.json npm ci\n")
            .with(NPM),
        Example::ok("FROM node:22\nCOPY package.json ./\nRUN npm install\n").with(&[("package.json", "{}")]),
        // Another tool's.
        Example::ok("FROM node:22\nCOPY package.json ./\nRUN npm install\n").with(&[("package.json", "{}"), ("yarn.lock", "")]),
        Example::ok("FROM node:22\nCOPY package.json ./\nRUN npm install\n"),
    ],
};

const NPM: crate::rules::Files = &[("package.json", "{}"), ("package-lock.json", "{}")];

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let Some(view) = input.context() else { return };
    let Some(project) = kit::node::project(input, stage) else { return };
    let join = |name: &str| project.path_of(name);
    for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
        let mut actions =
            input.commands(site.id).iter().filter_map(|command| Some((command, command.action.as_ref()?)));
        let install = actions.find(|(command, action)| {
            action.installs_manifest_of_node() && !action.global && !command.command.conditional
        });
        let Some((command, action)) = install else { continue };
        // Mounts and other stages may bring it.
        let mounted = kit::mount::mounts(site.instruction)
            .any(|mount| mount.kind() != Some(crate::catalog::flags::MountType::Cache));
        let from = input.model().with_bases(stage).flat_map(|stage| input.steps(stage)).any(|other| {
            other.id < site.id
                && other.instruction.keyword == Keyword::Copy
                && other.instruction.flag("from").is_some()
        });
        if mounted || from {
            return;
        }
        let known = lockfile(view, project, action.tool).or_else(|| ignored(project, action.tool).map(join));
        let Some(lock) = known.filter(|lock| !kit::next::takes(input, stage, lock, Some(site))) else {
            return;
        };
        // Another file of the lock's kind may do.
        let manifest = join("package.json");
        let taken = input
            .model()
            .with_bases(stage)
            .flat_map(|stage| kit::node::context_copies(input, stage))
            .find_map(|(copy, copied)| {
                let word =
                    copied.sources.iter().find(|word| crate::context::copy_takes(&word.text, &manifest))?;
                (copy.id < site.id).then_some((copy, copied.sources.len(), *word, copied.destination))
            });
        let Some((copy, _, word, destination)) = taken else { return };
        let name = lock.rsplit('/').next().unwrap_or(&lock);
        let sent = view.file(&lock).is_some();
        let effect = match action.frozen {
            true => "and the install needs it, so the build fails",
            false => "so the newest versions are installed that package.json allows",
        };
        let message = match sent {
            true => format!("{name} isn't copied with package.json, {effect}. Copy it too."),
            false => format!(".dockerignore keeps {name} out of the build, {effect}. Take the line out."),
        };
        let folder = destination.text.ends_with('/') || &*destination.text == ".";
        let exact = &*word.text == word.span.of(input.source()) && word.text.ends_with("package.json");
        let fix =
            (sent && folder && exact && copy.instruction.form == crate::syntax::Form::Words).then(|| {
                let added = word.text.replace("package.json", name);
                let mut edits = vec![Edit::insert(word.span.end, format!(" {added}"))];
                let mut title = format!("Copy {name} too");
                // A lockfile that isn't held to would be the next fault.
                let editable =
                    !site.instruction.is_exec() && !command.command.nesting.inner && !action.frozen;
                if let Some((better, edit)) =
                    strict_form(input, project, command, action).filter(|_| editable)
                {
                    title = format!("{title}, and install by it: `{better}`");
                    edits.push(edit);
                }
                Fix::unsafe_(title, input.edits(edits))
            });
        let finding = Finding::new(word.span, message).fix(fix);
        found.push(if action.frozen { finding } else { finding.at_most(Severity::Info) });
        return;
    }
}

/// The lockfile of the tool, where the project has it but the build doesn't get it.
fn ignored(project: &crate::context::Project, tool: Tool) -> Option<&'static str> {
    let mut kinds = kit::node::lock_kinds(tool).iter();
    kinds.find_map(|kind| project.lockfiles.get(*kind)).map(|lock| lock.kind.file_name())
}
