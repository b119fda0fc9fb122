use super::*;
use crate::model::Model;
use crate::syntax::{InstructionId, parse};
use std::sync::Arc;

/// Asks `question` of the Dockerfile `text`, without a build context.
fn ask<T>(text: &str, question: impl Fn(&Subject<'_>) -> T) -> T {
    let model = Model::new(Arc::new(parse(text).0));
    let plan = Plan::new(&model, None);
    question(&Subject { model: &model, plan: &plan, context: None })
}

/// The lines of the steps that run again after `change`, `?` behind one that may.
fn again(text: &str, change: Change) -> Vec<String> {
    ask(text, |subject| lines(subject.model, &changed_by(subject, std::slice::from_ref(&change))))
}

/// The lines of steps that run again, `?` behind one that may.
pub(super) fn lines(model: &Model, steps: &[(InstructionId, Again)]) -> Vec<String> {
    let line = |id| model.tree().instruction(id).unwrap().first_line;
    let again = steps.iter().filter(|(_, again)| *again != Again::No);
    again
        .map(|&(id, again)| format!("{}{}", line(id), if again == Again::Maybe { "?" } else { "" }))
        .collect()
}

const NEXT: &str = "FROM node:20-alpine\nWORKDIR /app\nCOPY package.json package-lock.json* ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nEXPOSE 3000\nCMD [\"npm\", \"start\"]\n";

#[test]
fn a_source_edit_runs_what_stands_below_its_copy() {
    assert_eq!(again(NEXT, Change::File("app/page.tsx".into())), ["5", "6"]);
    assert_eq!(again(NEXT, Change::File("package-lock.json".into())), ["3", "4", "5", "6"]);
    assert_eq!(again(NEXT, Change::Base), ["2", "3", "4", "5", "6"]);
}

#[test]
fn what_is_copied_from_a_stage_that_ran_again_may_be_the_same() {
    let text = "FROM a AS b\nCOPY . /src\nRUN make\nFROM c\nRUN true\nCOPY --from=b /out /\nCOPY --link x /x\nRUN false\n";
    assert_eq!(again(text, Change::File("main.c".into())), ["2", "3", "6?", "8?"]);
}

#[test]
fn a_link_that_is_switched_off_is_none() {
    let text = |flag| format!("FROM a\nCOPY x /x\nCOPY {flag} y /y\n");
    assert_eq!(again(&text("--link"), Change::File("x".into())), ["2"]);
    assert_eq!(again(&text("--link=true"), Change::File("x".into())), ["2"]);
    assert_eq!(again(&text("--link=false"), Change::File("x".into())), ["2", "3"]);
}

#[test]
fn an_argument_is_in_the_key_of_every_run_below_it() {
    let text = "FROM a\nRUN one\nARG V\nRUN two\nCOPY x /x\n";
    assert_eq!(again(text, Change::Arg("V".into())), ["4", "5"]);
}

#[test]
fn an_argument_reaches_keys_through_flags_and_other_variables() {
    let text = "ARG V\nARG TAG=x-$V\nFROM a\nARG V\nENV D=/app/$V\nCOPY --chown=$V x /x\nWORKDIR /y\n";
    assert_eq!(again(text, Change::Arg("V".into())), ["6", "7"]);
    let text = "FROM a AS one\nARG V\nENV D=/app/$V\nFROM one\nCOPY x y\nWORKDIR $D\nRUN x\n";
    assert_eq!(again(text, Change::Arg("V".into())), ["6", "7"]);
    let text =
        "ARG V=1\nARG TAG=x-$V\nFROM a:$TAG\nWORKDIR /y\nFROM b\nARG TAG\nCOPY --from=0 /z /z\nRUN x\n";
    assert_eq!(again(text, Change::Arg("V".into())), ["4", "7", "8"]);
}

#[test]
fn an_environment_variable_hides_an_argument() {
    let text = "FROM a\nARG V\nENV V=1\nRUN x\n";
    assert!(again(text, Change::Arg("V".into())).is_empty());
    let text = "FROM a\nARG V\nENV V=$V\nRUN x\n";
    assert_eq!(again(text, Change::Arg("V".into())), ["4"]);
}

#[test]
fn an_image_that_is_copied_from_is_a_base_too() {
    let text = "FROM scratch AS s\nCOPY x /\nFROM scratch\nCOPY --from=s /x /x\nCOPY --link --from=nginx:1 /n /n\nRUN --mount=from=busybox,target=/b /b/true\nCOPY --link x /\n";
    assert_eq!(again(text, Change::Base), ["5", "6"]);
}

#[test]
fn what_a_copy_excludes_does_not_run_it_again() {
    let text = "FROM a\nCOPY --exclude=*.md --exclude=docs . /\nCOPY --exclude=$X . /\n";
    assert_eq!(again(text, Change::File("README.md".into())), ["3"]);
    assert_eq!(again(text, Change::File("a.ts".into())), ["2", "3"]);
}

#[test]
fn layers_by_instruction() {
    let text = "FROM a AS unused\nRUN x\nFROM b\nWORKDIR /\nWORKDIR app\nENV A=1\nARG B\nCOPY . .\nCMD x\n";
    let layers = ask(text, |subject| {
        subject
            .plan
            .steps()
            .iter()
            .map(|s| format!("{}{}", s.layer.as_str(), s.in_image as u8))
            .collect::<Vec<_>>()
    });
    assert_eq!(
        layers,
        [
            "none0",
            "none0",
            "filesystem1",
            "metadata1",
            "filesystem1",
            "metadata1",
            "none0",
            "filesystem1",
            "metadata1"
        ]
    );
}

#[test]
fn a_run_hangs_on_its_text_and_on_every_argument_above() {
    let text = "FROM a\nARG V\nENV E=1\nRUN --mount=type=cache,target=/c make\n";
    let found = ask(text, |subject| {
        let id = subject.plan.steps().last().unwrap().id;
        dependencies(subject, id)
            .into_iter()
            .map(|d| format!("{} {}", d.kind.as_str(), d.detail))
            .collect::<Vec<_>>()
    });
    assert_eq!(found, ["parent the steps above", "command its own text", "arg V", "env E", "mount cache /c"]);
}

/// What the last step of a stage leaves, as one word each.
fn left(text: &str) -> Vec<String> {
    ask(&format!("FROM node:20\nWORKDIR /app\n{text}\n"), |subject| {
        let id = subject.plan.steps().last().unwrap().id;
        let word = |leftover| match leftover {
            Leftover::NodeModules { .. } => "node_modules".to_owned(),
            Leftover::PackageCache { folder, .. } => folder,
            Leftover::NextBuild { cache, .. } => format!("next{}", if cache { "+cache" } else { "" }),
            Leftover::SystemPackages { names, .. } => names.join(" "),
            Leftover::NodePackages { names, .. } => names.into_iter().flatten().collect::<Vec<_>>().join(" "),
            Leftover::AptLists => "lists".to_owned(),
            Leftover::ApkIndex => "index".to_owned(),
        };
        subject.leftovers(id).iter().cloned().map(word).collect()
    })
}

#[test]
fn what_a_later_command_removes_does_not_stay() {
    for (text, stays) in [
        ("RUN npm ci", &["node_modules", "/root/.npm"][..]),
        ("RUN npm ci && rm -rf node_modules ~/.npm", &[]),
        ("RUN rm -rf node_modules && npm ci && rm -rf $HOME/.npm", &["node_modules"]),
        ("RUN npm ci && rm -rf $X/node_modules /root/.npm/_cacache", &["node_modules"]),
        ("RUN cd web && npm ci && rm -rf /app/web/node_modules /app/.npm", &["/root/.npm"]),
        ("RUN npm cache clean --force && npm ci", &["node_modules", "/root/.npm"]),
        ("RUN next build", &["next+cache"]),
        ("RUN next build && rm -rf .next/cache", &["next"]),
        ("RUN --mount=type=cache,target=/app/.next/cache next build", &["next"]),
        ("RUN --mount=type=cache,target=.next/cache next build", &["next"]),
        ("RUN apt-get update && apt-get install -y git", &["lists", "git"]),
        ("RUN apt-get update && apt-get install -y git && apt-get distclean", &["git"]),
        ("RUN apt-get update && find /var/lib/apt/lists -type f -delete", &[]),
        ("RUN apt-get update && find /var/lib/apt/lists -name x -delete", &["lists"]),
        ("RUN apk add --virtual .b gcc && apk del .b", &[]),
        ("RUN apk add gcc git && apk del gcc", &["git"]),
    ] {
        assert_eq!(left(text), stays, "{text}");
    }
}

#[test]
fn a_cache_lies_where_user_variables_and_options_say() {
    for (text, folder) in [
        ("USER node\nRUN npm ci", Some("/home/node/.npm")),
        ("USER app\nRUN npm ci", None),
        ("USER 1001\nRUN npm ci", None),
        ("ENV npm_config_cache=/c\nRUN npm ci", Some("/c")),
        ("ARG C\nENV npm_config_cache=$C\nRUN npm ci", None),
        ("RUN npm ci --cache /tmp/c", Some("/tmp/c")),
        ("RUN npm ci --cache=/tmp/c && rm -rf /tmp/c", None),
        ("ENV PNPM_HOME=/pnpm\nRUN pnpm install", Some("/pnpm/store")),
        ("ENV YARN_CACHE_FOLDER=/y\nRUN yarn install", Some("/y")),
        ("ENV HOME=/h\nRUN npm ci", Some("/h/.npm")),
    ] {
        let mut left = left(text);
        left.retain(|thing| thing != "node_modules");
        assert_eq!(left, folder.into_iter().collect::<Vec<_>>(), "{text}");
    }
    assert!(left("ENV PIP_NO_CACHE_DIR=1\nRUN pip install x").iter().all(|thing| !thing.starts_with('/')));
}
