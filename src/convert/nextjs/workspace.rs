//! Which packages of a workspace a command runs a script of: `npm run build -w web`, `pnpm --filter web build`,
//! `yarn workspace web build`, `turbo run build --filter=web`, scripts of the root that do so, and `cd web && …`
//! in a script.

use crate::context::{PackageJson, Project, StartKind, View};
use crate::convert::places;
use crate::shell::packages::{self, Action, Tool, Verb};
use crate::shell::{self, Command, Word};

/// How often a script may call another before it is taken for a circle.
const DEPTH: u32 = 5;

/// What a command asks for of packages of the workspace.
struct Asked {
    script: String,
    /// Names or folders of packages; empty for all.
    filters: Vec<String>,
    /// What the script is given.
    args: Vec<String>,
}

/// What is told of each package that a command comes to: the package, the script, its arguments. The script is
/// None for Next.js' own command.
type Each<'e, 'a> = dyn FnMut(&'a Project, Option<&str>, &[String]) + 'e;

/// The apps that a command builds, `project` being what lies in the folder that it runs in.
pub(super) fn built<'a>(
    view: &'a View,
    project: Option<&'a Project>,
    command: &Command<'_>,
) -> Vec<&'a Project> {
    let mut found: Vec<&Project> = Vec::new();
    let mut each = |target: &'a Project, script: Option<&str>, _: &[String]| {
        let builds = |package: &PackageJson| script.is_none_or(|script| package.builds_next(script));
        if target.uses_next()
            && target.package().is_some_and(builds)
            && !found.iter().any(|f| f.folder == target.folder)
        {
            found.push(target);
        }
    };
    follow(view, project, command, 0, &shell::next::is_next_build, &mut each);
    found
}

/// The apps that a command starts through the workspace, each start as a command in the app's own folder.
pub(super) fn started<'a>(
    view: &'a View,
    project: Option<&'a Project>,
    command: &Command<'_>,
) -> Vec<(&'a Project, String)> {
    let mut found: Vec<(&Project, String)> = Vec::new();
    let mut each = |target: &'a Project, script: Option<&str>, args: &[String]| {
        // A start within the folder that the command runs in is read as it stands.
        let Some(script) = script.filter(|_| project.is_none_or(|p| p.folder != target.folder)) else {
            return;
        };
        let starts = |package: &PackageJson| package.start_kind(script) != StartKind::Missing;
        let new = found.iter().all(|(known, _)| known.folder != target.folder);
        if new && target.uses_next() && target.package().is_some_and(starts) {
            found.push((target, in_its_folder(script, args)));
        }
    };
    follow(view, project, command, 0, &shell::next::is_next_start, &mut each);
    found
}

/// Whether a command runs a script of a package that isn't an app of Next.js.
pub(super) fn starts_another(view: &View, project: Option<&Project>, command: &Command<'_>) -> bool {
    let mut found = false;
    let mut each = |target: &Project, script: Option<&str>, _: &[String]| {
        let elsewhere = project.is_none_or(|project| project.folder != target.folder);
        let has = |script| target.package().is_some_and(|package| package.script(script).is_some());
        found |= elsewhere && !target.uses_next() && script.is_some_and(has);
    };
    follow(view, project, command, 0, &shell::next::is_next_start, &mut each);
    found
}

/// A script as a command in the folder of its package.
pub(super) fn in_its_folder(script: &str, args: &[String]) -> String {
    let args: Vec<String> = args.iter().map(|arg| crate::convert::commands::quote(arg)).collect();
    if args.is_empty() {
        format!("npm run {script}")
    } else {
        format!("npm run {script} -- {}", args.join(" "))
    }
}

/// Whether a command picks packages by a filter, be they found or not.
pub(super) fn is_filtered(command: &Command<'_>) -> bool {
    packages::of(command).is_some_and(|action| !filters(&action).is_empty())
}

/// Calls `each` with every package that a command comes to.
fn follow<'a>(
    view: &'a View,
    project: Option<&'a Project>,
    command: &Command<'_>,
    depth: u32,
    is_own: &dyn Fn(&Command<'_>) -> bool,
    each: &mut Each<'_, 'a>,
) {
    if depth > DEPTH {
        return;
    }
    if is_own(command) {
        let folder = shell::next::of(command).and_then(|next| next.folder);
        let base = project.map(|project| project.folder.as_str());
        let place = base.and_then(|base| at(view, base, folder.as_deref().unwrap_or(".")));
        if let Some(target) = place {
            each(target, None, &[]);
        }
        return;
    }
    if let Some(asked) = asked(command) {
        for target in targets(view, &asked) {
            each(target, Some(&asked.script), &asked.args);
            // A script of the package may go on to another one.
            scripts(view, target, &asked.script, depth, is_own, each);
        }
        return;
    }
    let Some(Verb::RunScript(script)) = packages::of(command).map(|action| action.verb) else { return };
    if let Some(project) = project {
        each(project, Some(&script), &[]);
        scripts(view, project, &script, depth, is_own, each);
    }
}

/// Follows a script with its `pre` and `post` scripts to other packages.
fn scripts<'a>(
    view: &'a View,
    project: &'a Project,
    script: &str,
    depth: u32,
    is_own: &dyn Fn(&Command<'_>) -> bool,
    each: &mut Each<'_, 'a>,
) {
    let names = [format!("pre{script}"), script.to_owned(), format!("post{script}")];
    let lines = names.iter().filter_map(|name| project.package()?.script(name));
    for line in lines {
        let parsed = shell::parse_str(line);
        for inner in parsed.commands() {
            let folder = inner.directory().unwrap_or(".");
            let place = at(view, &project.folder, folder);
            // Next.js in the package's own folder is what its script says already.
            let same = place.is_some_and(|place| place.folder == project.folder);
            if same && is_own(&inner) && shell::next::of(&inner).is_none_or(|next| next.folder.is_none()) {
                continue;
            }
            follow(view, place, &inner, depth + 1, is_own, each);
        }
    }
}

/// The project in a folder, named from another one.
fn at<'a>(view: &'a View, base: &str, folder: &str) -> Option<&'a Project> {
    let path = crate::model::resolve(&format!("/{base}"), folder);
    let project = view.project_at(&path)?;
    project.package_json.is_some().then_some(project)
}

fn asked(command: &Command<'_>) -> Option<Asked> {
    let invocation = shell::unwrap(command);
    let words: Vec<String> = invocation.words.iter().map(|word| word.unquoted().into_owned()).collect();
    let name = invocation.name()?;
    match &*name {
        "turbo" => return turbo(&words[1..]),
        // `lerna run build` runs it in every package that has it.
        "lerna" if words.get(1).is_some_and(|word| word == "run") => {
            let scope = words.iter().filter_map(|word| word.strip_prefix("--scope=")).map(str::to_owned);
            let script = words.get(2)?.clone();
            return Some(Asked { script, filters: scope.collect(), args: Vec::new() });
        }
        "yarn" if words.get(1).is_some_and(|word| word == "workspace") => {
            let run = usize::from(words.get(3).is_some_and(|word| word == "run"));
            let script = words.get(3 + run)?.clone();
            let args = words.get(4 + run..).unwrap_or_default().to_vec();
            return Some(Asked { script, filters: vec![words.get(2)?.clone()], args });
        }
        _ => {}
    }
    let action = packages::of(command)?;
    if action.verb == Verb::Exec || matches!(&action.verb, Verb::RunScript(name) if name == "turbo") {
        let program: Vec<String> = action.program.iter().map(|word| word.unquoted().into_owned()).collect();
        let rest = match &action.verb {
            Verb::Exec if program.first().is_some_and(|name| name == "turbo") => &program[1..],
            Verb::RunScript(_) => &program[..],
            _ => return None,
        };
        return turbo(rest);
    }
    let Verb::RunScript(script) = &action.verb else { return None };
    let filters = filters(&action);
    let all = match action.tool {
        Tool::Pnpm => action.has(&["-r", "--recursive"]),
        Tool::Npm => action.has(&["--workspaces", "-ws"]),
        _ => false,
    };
    if filters.is_empty() && !all {
        return None;
    }
    Some(Asked { script: script.clone(), filters, args: arguments(&action) })
}

/// What a script is given, without the flags that pick the package.
pub(super) fn arguments(action: &Action<'_>) -> Vec<String> {
    let mut words = action.program.iter().map(Word::unquoted).map(|word| word.into_owned());
    let mut args = Vec::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--" => continue,
            "-w" | "--workspace" | "--filter" | "-F" => drop(words.next()),
            word if word.starts_with("--workspace=") || word.starts_with("--filter=") => {}
            _ => args.push(word),
        }
    }
    args
}

fn filters(action: &Action<'_>) -> Vec<String> {
    let names: &[&str] = match action.tool {
        Tool::Npm => &["-w", "--workspace"],
        Tool::Pnpm => &["--filter", "-F", "--filter-prod"],
        Tool::Bun => &["--filter", "-F"],
        _ => return Vec::new(),
    };
    let flags = action.flags.iter().filter(|flag| names.contains(&&*flag.name));
    flags.filter_map(|flag| flag.value.as_ref().map(|value| value.to_string())).collect()
}

fn turbo(words: &[String]) -> Option<Asked> {
    let (mut tasks, mut filters) = (Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--" => break,
            "--filter" | "-F" | "--scope" => filters.extend(words.next().cloned()),
            flag if flag.starts_with("--filter=") || flag.starts_with("--scope=") => {
                filters.extend(flag.split_once('=').map(|(_, value)| value.to_owned()));
            }
            flag if flag.starts_with('-') => {}
            "run" if tasks.is_empty() => {}
            task => tasks.push(task.to_owned()),
        }
    }
    let script = tasks.into_iter().next()?;
    // `turbo prune`, `turbo login` and their like run no script.
    let own = ["prune", "login", "link", "logout", "unlink", "daemon", "gen", "ls"];
    (!own.contains(&&*script)).then_some(Asked { script, filters, args: Vec::new() })
}

/// The packages that are asked for. A name matches with or without its scope, where only one has it.
fn targets<'a>(view: &'a View, asked: &Asked) -> Vec<&'a Project> {
    let all: Vec<&Project> = view.projects.iter().map(|p| &**p).filter(|p| p.package().is_some()).collect();
    if asked.filters.is_empty() {
        return all.into_iter().filter(|project| !project.folder.is_empty()).collect();
    }
    let mut found: Vec<&Project> = Vec::new();
    for filter in &asked.filters {
        // `web...` and `...web` bring in what it needs, or what needs it.
        let name = filter.trim_matches('.').trim_end_matches('^').trim_matches(['{', '}']);
        let path = name.trim_start_matches("./").trim_matches('/');
        let named =
            |project: &&&Project| project.package().and_then(|package| package.name.as_deref()) == Some(name);
        let placed = |project: &&&Project| !path.is_empty() && project.folder == path;
        let scoped = |project: &&&Project| {
            let own = project.package().and_then(|package| package.name.as_deref());
            own.and_then(|own| own.rsplit('/').next()) == Some(name)
        };
        let mut picked: Vec<&Project> = all.iter().filter(|p| named(p) || placed(p)).copied().collect();
        if picked.is_empty() {
            picked = all.iter().filter(scoped).copied().collect();
        }
        found.extend(picked);
    }
    found
}

/// The path of an app within the root of its workspace; empty for the root itself.
pub(super) fn within<'a>(app: &'a str, root: &str) -> &'a str {
    if places::is_within(app, root) { app[root.len().min(app.len())..].trim_start_matches('/') } else { "" }
}
