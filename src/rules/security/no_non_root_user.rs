use crate::model::{Base, Stage};
use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::shell::unwrap;
use crate::syntax::Word;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "no-non-root-user",
    theme: Theme::Security,
    aliases: &[
        "hadolint/DL3002",
        "trivy/DS-0002",
        "checkov/CKV_DOCKER_3",
        "checkov/CKV_DOCKER_8",
        "kics/last_user_is_root",
        "kics/missing_user_instruction",
        "semgrep/security/last-user-is-root",
        "semgrep/security/missing-user",
        "semgrep/security/missing-user-entrypoint",
        "sonar/S6471",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports an image that starts its program as root: the final stage has no `USER`, or its last \
               one is `root` or `0`. Bases that are known to set another user, or whose program gives root up \
               itself, are left alone.",
        why: "Root in a container is root to every file in it and to everything mounted into it, and one fault \
              of the kernel or of a setting away from root on the host. Who breaks into a server that runs as \
              an ordinary user can change little.",
        example: "FROM node:22-alpine\nCOPY server.js ./\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22-alpine\nCOPY server.js ./\nUSER node\nCMD [\"node\", \"server.js\"]\n",
        fix: "There is no fix: the program may have to write to folders that belong to root, or listen on a \
              port below 1024, and that shows only when it runs.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22-alpine\nCMD [\"node\", \"a.js\"]\n", &[(1, "node:22-alpine")]),
        Example::bad("FROM node:22 AS base\nUSER 0:0\nFROM base\nCMD [\"node\", \"a.js\"]\n", &[(2, "0:0")]),
        Example::bad(
            "FROM node:22\nUSER node\nRUN id\nUSER root\nCMD [\"node\", \"a.js\"]\n",
            &[(4, "root")],
        ),
        Example::bad("FROM scratch\nCOPY server /\nENTRYPOINT [\"/server\"]\n", &[(1, "scratch")]),
        Example::ok("FROM node:22\nUSER root\nRUN id\nUSER node\nCMD [\"node\", \"a.js\"]\n"),
        Example::ok("FROM node:22\nARG USER_ID=1000\nUSER $USER_ID\nCMD [\"node\", \"a.js\"]\n"),
        Example::ok("FROM gcr.io/distroless/nodejs22-debian12:nonroot\nCMD [\"a.js\"]\n"),
        // Nothing is started here: the base decides, or the image only carries files.
        Example::ok("FROM postgres:17\nCOPY init.sql /docker-entrypoint-initdb.d/\n"),
        Example::ok("FROM scratch\nCOPY dist /\n"),
        Example::ok("FROM alpine:3\nENTRYPOINT [\"su-exec\", \"app\", \"server\"]\n"),
        // hadolint looks at every stage, and at USER alone.
        Example::bad("FROM node:22 AS build\nUSER root\nFROM node:22\nCMD [\"a\"]\n", &[(2, "root")])
            .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    if input.profile() == Profile::Hadolint {
        return for_hadolint(input, found);
    }
    let Some(stage) = input.model().target() else { return };
    if !starts_as_it_is(input, stage) {
        return;
    }
    let user = input.model().last_frame(stage).user.and_then(|id| input.tree().instruction(id));
    match user.map(|user| user.args.first()) {
        Some(Some(user)) if is_root(user) => found.push(last_is_root(user)),
        Some(_) => {}
        None => found.extend(missing(input, stage)),
    }
}

fn last_is_root(user: &Word) -> Finding {
    let message = "The container's program runs as root: whoever breaks into it can change every file of the \
                   image and of what is mounted. Switch to another user for what the image starts, with a USER \
                   behind the last step that needs root.";
    Finding::new(user.span, message).known_as(LAST_IS_ROOT)
}

fn missing(input: &Input<'_>, stage: &Stage) -> Option<Finding> {
    let image = from(input.tree().instruction(stage.from)?)?.image;
    let base = kit::image::root(input.model(), stage);
    let scratch = matches!(stage.base, Base::Scratch);
    // Where the base hangs on a variable its user isn't known.
    if base.is_none() && !scratch {
        return None;
    }
    let (name, tag) = base.unwrap_or_default();
    if sets_user(&name, tag.as_deref()) {
        return None;
    }
    let advice = match &*name {
        "node" => "`USER node`, which this image has, before the command that it starts",
        "oven/bun" => "`USER bun`, which this image has, before the command that it starts",
        _ if scratch => "a USER with a number, such as `USER 65532`, since scratch has no names",
        _ => "a USER that isn't root before the command that it starts",
    };
    let official = scratch || !name.contains(['/', '.']) || name == "oven/bun";
    let unless = if official { "" } else { ", unless the base image sets another user" };
    let message = format!(
        "No USER is set for the image that this file makes, so its program runs as root{unless}: whoever breaks \
         into it can change every file of the image and of what is mounted. Add {advice}."
    );
    Some(Finding::new(image.span, message).known_as(MISSING).at_most(Severity::Hint))
}

/// Whether the image starts a program of its own, and as the user that it is given: a CMD or ENTRYPOINT stands
/// in the stage or in one that it is built on, and doesn't change the user itself.
fn starts_as_it_is<'a>(input: &Input<'a>, stage: &'a Stage) -> bool {
    let mut next = Some(stage);
    let mut starts = false;
    while let Some(stage) = next {
        for keyword in [Keyword::Entrypoint, Keyword::Cmd] {
            let Some(site) = input.last(stage, keyword) else { continue };
            starts = true;
            let changes = |command: &Cmd<'_>| {
                ["gosu", "su-exec", "setpriv", "runuser", "su", "chpst", "s6-setuidgid"]
                    .iter()
                    .any(|name| command.command.is(name) || unwrap(&command.command).through(name))
            };
            if input.commands(site.id).iter().any(changes) {
                return false;
            }
        }
        next = match stage.base {
            // A base is always an earlier stage, so this ends.
            Base::Stage(base) => input.model().stages().get(base),
            _ => None,
        };
    }
    starts
}

fn is_root(user: &Word) -> bool {
    matches!(user.text.split(':').next(), Some("root" | "0"))
}

/// Images that end as another user than root, or are Windows, where there is none. Sources: the `USER` of their
/// Dockerfiles; distroless' README for `nonroot`.
fn sets_user(name: &str, tag: Option<&str>) -> bool {
    let nonroot = tag.is_some_and(|tag| tag.contains("nonroot"));
    let publishers = [
        "cgr.dev/chainguard/",
        "bitnami/",
        "bitnamilegacy/",
        "nginxinc/nginx-unprivileged",
        "circleci/",
        "cimg/",
    ];
    let official = [
        "elasticsearch",
        "kibana",
        "logstash",
        "solr",
        "sonarqube",
        "varnish",
        "memcached",
        "haproxy",
        "kong",
        "spark",
        "open-liberty",
        "websphere-liberty",
        "rocket.chat",
    ];
    nonroot
        || publishers.iter().any(|publisher| name.starts_with(publisher))
        || official.contains(&name)
        || name.contains("/ubi") && name.contains("nodejs")
        || name.contains("windows")
        || name.contains("nanoserver")
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3002.hs`): in each stage, the last USER where it is root.
fn for_hadolint(input: &Input<'_>, found: &mut Vec<Finding>) {
    for stage in input.model().stages() {
        let user = input.last(stage, Keyword::User).and_then(|site| site.instruction.args.first());
        found.extend(user.filter(|user| is_root(user)).map(last_is_root));
    }
}

const LAST_IS_ROOT: &[&str] = &[
    "hadolint/DL3002",
    "trivy/DS-0002",
    "checkov/CKV_DOCKER_8",
    "kics/last_user_is_root",
    "semgrep/security/last-user-is-root",
    "sonar/S6471",
];

const MISSING: &[&str] = &[
    "trivy/DS-0002",
    "checkov/CKV_DOCKER_3",
    "kics/missing_user_instruction",
    "semgrep/security/missing-user",
    "semgrep/security/missing-user-entrypoint",
    "sonar/S6471",
];
