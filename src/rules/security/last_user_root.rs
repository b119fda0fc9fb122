use crate::model::Stage;
use crate::rules::kit::users::{is_root, starts_as_it_is};
use crate::rules::prelude::*;
use crate::syntax::Word;

pub const RULE: Rule = Rule {
    name: "last-user-root",
    theme: Theme::Security,
    aliases: &[
        "hadolint/DL3002",
        "trivy/DS-0002",
        "checkov/CKV_DOCKER_8",
        "kics/last_user_is_root",
        "semgrep/security/last-user-is-root",
        "sonar/S6471",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a `USER root` (or `0`) that holds to the end of the image, where the image \
              starts a program.",
        why: "Root in a container is root to every file in it and to everything mounted into it, and \
             one fault of the kernel or of a setting away from root on the host. Who breaks into a \
             server that runs as an ordinary user can change little.",
        example: "FROM node:22-alpine\nUSER root\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22-alpine\nUSER root\nRUN apk add git\nUSER node\nCMD \
            [\"node\", \"server.js\"]\n",
        fix: "Where another user is switched to further up, or the image has one for its program, the fix puts that `USER` \
              above what the image starts. It is unsafe: the program may have to write to folders that belong to \
              root, or listen on a port below 1024, and that shows only when it runs.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22 AS base\nUSER 0:0\nFROM base\nCMD [\"node\", \"a.js\"]\n", &[(2, "0:0")])
            .fixed("FROM node:22 AS base\nUSER 0:0\nFROM base\nUSER 1000\nCMD [\"node\", \"a.js\"]\n"),
        Example::bad(
            "FROM node:22\nUSER node\nRUN id\nUSER root\nCMD [\"node\", \"a.js\"]\n",
            &[(4, "root")],
        )
        .fixed("FROM node:22\nUSER node\nRUN id\nUSER root\nUSER 1000\nCMD [\"node\", \"a.js\"]\n"),
        Example::bad("FROM debian:12\nCMD [\"/srv/a\"]\nUSER root\n", &[(3, "root")]),
        Example::ok("FROM node:22\nUSER root\nRUN id\nUSER node\nCMD [\"node\", \"a.js\"]\n"),
        Example::ok("FROM node:22\nARG USER_ID=1000\nUSER $USER_ID\nCMD [\"node\", \"a.js\"]\n"),
        Example::ok("FROM alpine:3\nUSER root\nENTRYPOINT [\"su-exec\", \"app\", \"server\"]\n"),
        Example::ok("FROM postgres:17\nUSER root\nRUN apt-get update\n"),
        Example::bad("FROM node:22 AS build\nUSER root\nFROM node:22\nCMD [\"a\"]\n", &[(2, "root")])
            .under(Profile::Hadolint),
        Example::ok("FROM node:22\nUSER root \n").under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    if input.profile() == Profile::Hadolint {
        return for_hadolint(input, found);
    }
    let Some(stage) = input.model().target() else { return };
    // What an image that only carries files runs as is decided elsewhere.
    if input.profile() != Profile::Strict && !starts_as_it_is(input, stage) {
        return;
    }
    let user = input.model().last_frame(stage).user.and_then(|id| input.tree().instruction(id));
    if let Some(user) = user.and_then(|user| user.args.first()).filter(|user| is_root(user)) {
        found.push(finding(user).fix(fix(input, stage)));
    }
}

/// Switches to the user that was last switched to, else to the one that the image has for its program.
fn fix<'a>(input: &Input<'a>, stage: &'a Stage) -> Option<Fix> {
    let other = |site: &Site<'a>| {
        let user = site.instruction.args.first().filter(|user| !is_root(user) && !user.text.contains('$'));
        user.filter(|_| site.instruction.keyword == Keyword::User).map(|user| user.text.to_string())
    };
    let above =
        input.model().with_bases(stage).find_map(|stage| input.steps(stage).rev().find_map(|s| other(&s)));
    // A number is what Kubernetes can check.
    let number =
        |user: &str| kit::users::numbers_of(input, *stage.instructions.last()?, user).map(|(uid, _)| uid);
    let above = above.map(|user| number(&user).unwrap_or(user));
    kit::users::switch_to(input, stage, &above.or_else(|| kit::users::of_image(input, stage))?)
}

fn finding(user: &Word) -> Finding {
    let message = "The container's program runs as root: whoever breaks into it can change every file of the \
                   image and of what is mounted. Switch to another user for what the image starts, with a USER \
                   behind the last step that needs root.";
    Finding::new(user.span, message)
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3002.hs`): in each stage, the last USER where it is root.
fn for_hadolint(input: &Input<'_>, found: &mut Vec<Finding>) {
    for stage in input.model().stages() {
        let Some(site) = input.last(stage, Keyword::User) else { continue };
        let user = kit::hadolint::user(site.instruction, input.source()).unwrap_or_default();
        let root = matches!(user, "root" | "0") || user.starts_with("root:") || user.starts_with("0:");
        found.extend(site.instruction.args.first().filter(|_| root).map(finding));
    }
}
