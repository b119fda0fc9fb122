//! What is told of the builds of Compose and Bake files that use a Dockerfile.

use super::Snapshot;
use super::hover::code;
use crate::context::builds::{BuildUse, Given};
use crate::model::{Origin, Variable};
use crate::syntax::instruction::declarations;
use crate::syntax::{Keyword, Tree};
use std::collections::HashSet;
use std::sync::Arc;

/// How many arguments and builds are listed.
const MOST: usize = 8;

/// The lens above a file: as which build it is looked at. None where no build uses it.
pub(super) fn lens(snapshot: &Snapshot) -> Option<String> {
    let build = snapshot.build()?;
    let builds = &snapshot.context()?.builds;
    let outside = if build.is_inside { "" } else { ", which isn't looked at" };
    let context = format!("context {}{outside}", build.context_shown);
    let mut parts = vec![format!("built as {}", build.title()), context];
    parts.extend(build.target.as_ref().map(|target| match target {
        Some(target) if snapshot.model().stage_called(target).is_none() => {
            format!("target {target}, which isn't here")
        }
        Some(target) => format!("target {target}"),
        None => "target not known here".to_owned(),
    }));
    parts.extend(match build.more_arguments {
        true => Some("not all arguments known here".to_owned()),
        false => counted(build.arguments.len(), "argument", "arguments"),
    });
    parts.extend(counted(builds.others().count(), "more build uses it", "more builds use it"));
    if let Some(missing) = &builds.missing {
        parts.push(format!("no build called {missing} uses it"));
    }
    Some(parts.join(" · "))
}

fn counted(number: usize, one: &str, many: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{number} {many}")),
    }
}

/// The facts that the hover of the target's FROM ends with.
pub(super) fn facts(snapshot: &Snapshot) -> Vec<String> {
    let Some(builds) = snapshot.context().map(|context| &context.builds) else { return Vec::new() };
    let notes = builds.notes.iter().chain(&builds.unclear).take(MOST);
    let notes = notes.map(|note| format!("**Builds** are not all known: {note}."));
    let Some(build) = snapshot.build() else { return notes.collect() };
    let mut facts = vec![format!("**Built as** {}: {}.", build.title(), said(build))];
    let others: Vec<String> =
        builds.others().take(MOST).map(|one| format!("\n  - {}: {}", one.title(), said(one))).collect();
    if !others.is_empty() {
        let more = builds.others().count().saturating_sub(MOST);
        let more = if more > 0 { format!("\n  - and {more} more") } else { String::new() };
        let why = match builds.chosen {
            true => "The setting `build` chose the one above".to_owned(),
            false => "What is built by default comes first, then what is built to the last stage, then what stands first in \
                      the nearest folder; the setting `build` chooses another"
                .to_owned(),
        };
        facts.push(format!("**Other builds** use it too. {why}.{}{more}", others.concat()));
    }
    if let Some(missing) = &builds.missing {
        facts.push(format!(
            "The setting `build` asks for {}, but no build of that name uses this file.",
            code(missing)
        ));
    }
    facts.extend(notes);
    facts
}

/// ``context `.`, target `prod`, `NODE` = `22` ``
fn said(build: &BuildUse) -> String {
    let outside = match build.is_inside {
        true => "",
        false => ", which lies outside of the workspace and is not looked at",
    };
    let mut parts = vec![format!("context {}{outside}", code(&build.context_shown))];
    parts.extend(build.target.as_ref().map(|target| match target {
        Some(target) => format!("target {}", code(target)),
        None => "a target that isn't known here".to_owned(),
    }));
    let given = |(name, value): &(String, Given)| match value {
        Some(value) => format!("{} = {}", code(name), code(value)),
        None => format!("{} = a value that isn't known here", code(name)),
    };
    parts.extend(build.arguments.iter().take(MOST).map(given));
    parts.extend(counted(build.arguments.len().saturating_sub(MOST), "more argument", "more arguments"));
    if build.more_arguments {
        parts.push("arguments that aren't known here".to_owned());
    }
    parts.extend(build.contexts.iter().take(MOST).map(|(name, value)| match value {
        Some(value) => format!("{} stands for {}", code(name), code(value)),
        None => format!("{} is a context of its own", code(name)),
    }));
    parts.join(", ")
}

/// What the arguments of a file are given: by the build, else by `set`, whose values count where both say one. None
/// for a value that isn't known, which may be that of any ARG where the build doesn't name them all.
pub fn build_arguments(
    tree: impl FnOnce() -> Arc<Tree>,
    build: Option<&BuildUse>,
    set: &[(String, String)],
) -> Vec<(String, Given)> {
    let mut given = build.map_or_else(Vec::new, |build| build.arguments.clone());
    if build.is_some_and(|build| build.more_arguments) {
        let mut named: HashSet<String> = given.iter().map(|(name, _)| name.clone()).collect();
        let tree = tree();
        let args = tree.instructions().filter(|instruction| instruction.keyword == Keyword::Arg);
        for declared in args.flat_map(declarations) {
            if named.insert(declared.name.to_owned()) {
                given.push((declared.name.to_owned(), None));
            }
        }
    }
    given.extend(set.iter().map(|(name, value)| (name.clone(), Some(value.clone()))));
    given
}

/// Where the value of an ARG comes from, and whether it is known: None where the build doesn't give it.
pub(super) fn of_argument<'a>(
    snapshot: &'a Snapshot,
    variable: &Variable,
) -> Option<(&'a BuildUse, &'a Given)> {
    let set = &snapshot.settings().build_arguments;
    if variable.origin != Origin::Arg || set.iter().any(|(name, _)| **name == *variable.name) {
        return None;
    }
    let build = snapshot.build()?;
    Some((build, build.argument(&variable.name)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::builds::BuildSearch;
    use crate::context::{Memory, Request, View};
    use crate::features::{code_lenses, hover, inlay_hints};
    use crate::settings::Settings;
    use crate::text::Span;
    use std::path::{Path, PathBuf};

    const FILE: &str = "ARG NODE=20\nFROM node:${NODE}-alpine AS base\nARG TOKEN=none\nRUN echo ${TOKEN} ${NODE}\nFROM base AS dev\n\
                        COPY . .\nRUN echo 완료 && true\nFROM base AS prod\nARG NODE\nENV V=$NODE\n";

    fn snapshot(files: &[(&str, &str)], settings: Settings) -> Snapshot {
        let source = Memory::from_files(files.iter().copied().chain([("/w/Dockerfile", FILE)]));
        let request = Request {
            workspace_root: Some(PathBuf::from("/w")),
            builds: Some(BuildSearch {
                wanted: settings.build.as_deref(),
                within: Some(Path::new("/w")),
                outside: false,
            }),
            ..Request::new(Some(PathBuf::from("/w/Dockerfile")), None)
        };
        let view = View::gather(&source, &request).unwrap();
        Snapshot::new(FILE, Some(Arc::new(view)), Arc::new(settings))
    }

    const COMPOSE: &str = "services:\n  web:\n    build:\n      context: .\n      target: dev\n      args:\n        NODE: ${NODE_VERSION:-24}\n        \
                           TOKEN: ${TOKEN}\n";

    fn at(snapshot: &Snapshot, place: &str) -> String {
        let offset = FILE.find(place).unwrap() as u32;
        hover(snapshot, offset).unwrap().markdown
    }

    #[test]
    fn values_say_where_they_come_from() {
        let seen = snapshot(&[("/w/compose.yaml", COMPOSE)], Settings::default());
        let told = at(&seen, "NODE}-alpine");
        assert!(told.contains("Its value here is `24`, from compose.yaml, service web."), "{told}");
        let told = at(&seen, "TOKEN} ");
        assert!(told.contains("compose.yaml, service web gives it a value that isn't known here"), "{told}");
        let told = at(&seen, "NODE=20");
        assert!(told.contains("`24`") && told.contains("compose.yaml, service web"), "{told}");
        assert!(at(&seen, "FROM node").contains("`node:24-alpine`"));

        // What is set counts over what a build says.
        let settings =
            Settings { build_arguments: vec![("NODE".into(), "18".into())], ..Settings::default() };
        let told = at(&snapshot(&[("/w/compose.yaml", COMPOSE)], settings), "NODE}-alpine");
        assert!(told.contains("`18`") && !told.contains("compose"), "{told}");
        let settings = Settings { build: Some("none".into()), ..Settings::default() };
        let told = at(&snapshot(&[("/w/compose.yaml", COMPOSE)], settings), "NODE}-alpine");
        assert!(told.contains("`20`"), "{told}");
    }

    #[test]
    fn the_target_is_the_builds_and_rules_see_all_stages() {
        let seen = snapshot(&[("/w/compose.yaml", COMPOSE)], Settings::default());
        let built: Vec<&str> = code_lenses(&seen)
            .iter()
            .map(|lens| lens.title.as_str())
            .map(|title| {
                if title.contains("dev:") {
                    "dev"
                } else if title == "prod: not built" {
                    "not built"
                } else {
                    ""
                }
            })
            .filter(|word| !word.is_empty())
            .collect();
        assert_eq!(built, ["dev", "not built"]);
        assert!(at(&seen, "FROM base AS dev").contains("**Built as** compose.yaml, service web"));
        assert!(!inlay_hints(&seen, Span::new(0, FILE.len() as u32)).is_empty());
        let told = |seen: &Snapshot| seen.diagnostics().iter().map(|found| found.rule).collect::<Vec<_>>();
        // All but that nobody asks for the stage: a build does.
        let mut plain = told(&snapshot(&[], Settings::default()));
        assert!(plain.contains(&"unused-stage"));
        plain.retain(|rule| *rule != "unused-stage");
        assert_eq!(told(&seen), plain);
    }

    #[test]
    fn a_context_that_a_build_names_is_no_unknown_stage() {
        let text = "FROM scratch\nCOPY --from=shared /x /x\n";
        let told = |compose: &str| {
            let source = Memory::from_files([("/w/compose.yaml", compose), ("/w/Dockerfile", text)]);
            let builds = Some(BuildSearch::default());
            let request = Request { builds, ..Request::new(Some(PathBuf::from("/w/Dockerfile")), None) };
            let view = View::gather(&source, &request).unwrap();
            let seen = Snapshot::new(text, Some(Arc::new(view)), Arc::default());
            let rules: Vec<&str> = seen.diagnostics().iter().map(|found| found.rule).collect();
            (rules.contains(&"copy-from-unknown-stage"), hover(&seen, 15).unwrap().markdown)
        };
        assert!(told("services: {web: {build: .}}").0);
        let (unknown, hover) =
            told("services: {web: {build: {context: ., additional_contexts: {Shared: ../shared}}}}");
        assert!(!unknown);
        assert!(hover.contains("`shared` is a context that compose.yaml, service web gives"), "{hover}");
    }

    #[test]
    fn the_lens_says_which_build_of_several_it_is() {
        let bake = ("/w/docker-bake.hcl", "target \"release\" {\n  args = { NODE = \"26\" }\n}\n");
        let files = [("/w/compose.yaml", COMPOSE), bake];
        let first = |settings| code_lenses(&snapshot(&files, settings))[0].title.clone();
        assert_eq!(
            first(Settings::default()),
            "built as compose.yaml, service web · context . · target dev · 2 arguments · 1 more build uses it"
        );
        let of = |name: &str| Settings { build: Some(name.into()), ..Settings::default() };
        assert_eq!(
            first(of("release")),
            "built as docker-bake.hcl, target release · context . · 1 argument · 1 more build uses it"
        );
        assert!(first(of("gone")).ends_with("no build called gone uses it"));
        assert!(first(of("none")).starts_with("final image"));
        let told = at(&snapshot(&files, of("release")), "FROM base AS prod");
        assert!(told.contains("The setting `build` chose the one above"), "{told}");
        assert!(
            told.contains("\n  - compose.yaml, service web: context `.`, target `dev`, `NODE` = `24`"),
            "{told}"
        );
        let hadolint = Settings { profile: crate::settings::Profile::Hadolint, ..Settings::default() };
        assert!(at(&snapshot(&files, hadolint), "FROM node").contains("`node:20-alpine`"));
    }
}
