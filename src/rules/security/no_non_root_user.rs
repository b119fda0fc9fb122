use crate::model::{Base, Stage};
use crate::rules::prelude::*;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "no-non-root-user",
    theme: Theme::Security,
    aliases: &[
        "trivy/DS-0002",
        "checkov/CKV_DOCKER_3",
        "kics/missing_user_instruction",
        "semgrep/security/missing-user",
        "semgrep/security/missing-user-entrypoint",
        "sonar/S6471",
        "tally/stateful-root-runtime",
    ],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports an image that starts its program as root: the final stage has no `USER`. Bases that are known to set another user, or whose program gives root up \
               itself, are left alone; where a `RUN` creates a user, `created-user-not-used` tells of it.",
        why: "Root in a container is root to every file in it and to everything mounted into it, and one fault \
              of the kernel or of a setting away from root on the host. Who breaks into a server that runs as \
              an ordinary user can change little.",
        example: "FROM node:22-alpine\nCOPY server.js ./\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22-alpine\nCOPY server.js ./\nUSER node\nCMD [\"node\", \"server.js\"]\n",
        fix: "For images of runtimes that have a user for the program, and for `scratch`, the fix puts a `USER` above what the image \
              starts. It is unsafe: the program may have to write to folders that belong to root, or listen on a \
              port below 1024, and that shows only when it runs.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22-alpine\nCMD [\"node\", \"a.js\"]\n", &[(1, "node:22-alpine")])
            .fixed("FROM node:22-alpine\nUSER 1000\nCMD [\"node\", \"a.js\"]\n"),
        Example::bad("FROM nginx:1.29\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n", &[(1, "nginx:1.29")]),
        Example::bad(
            "FROM python:3.13\r\nWORKDIR /app\r\nCMD [\"python\", \"a.py\"]\r\n",
            &[(1, "python:3.13")],
        ),
        Example::bad("FROM scratch\nCOPY server /\nENTRYPOINT [\"/server\"]\n", &[(1, "scratch")])
            .fixed("FROM scratch\nCOPY server /\nUSER 65532\nENTRYPOINT [\"/server\"]\n"),
        Example::ok("FROM node:22\nUSER root\nRUN id\nUSER node\nCMD [\"node\", \"a.js\"]\n"),
        // `created-user-not-used` knows better which user is meant.
        Example::ok("FROM node:22\nRUN useradd -r -u 999 app\nCMD [\"node\", \"a.js\"]\n"),
        Example::ok("FROM node:22\nARG USER_ID=1000\nUSER $USER_ID\nCMD [\"node\", \"a.js\"]\n"),
        Example::ok("FROM gcr.io/distroless/nodejs22-debian12:nonroot\nCMD [\"a.js\"]\n"),
        // Nothing is started here: the base decides, or the image only carries files.
        Example::ok("FROM postgres:17\nCOPY init.sql /docker-entrypoint-initdb.d/\n"),
        Example::ok("FROM scratch\nCOPY dist /\n"),
        Example::ok("FROM alpine:3\nENTRYPOINT [\"su-exec\", \"app\", \"server\"]\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(stage) = input.model().target() else { return };
    let judged = input.profile() == Profile::Strict || kit::users::starts_as_it_is(input, stage);
    // `created-user-not-used` tells of a user that is there.
    let unused = || kit::users::left_unused(input, stage).is_some();
    if judged && input.model().last_frame(stage).user.is_none() && !unused() {
        found.extend(missing(input, stage));
    }
}

fn missing<'a>(input: &Input<'a>, stage: &'a Stage) -> Option<Finding> {
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
    // The number is what Kubernetes can check, and what an image without names knows.
    let user = kit::users::of_image(input, stage).or_else(|| scratch.then(|| NOBODY.to_owned()));
    let official = scratch || !name.contains(['/', '.']) || name == "oven/bun";
    let unless = if official { "" } else { ", unless the base image sets another user" };
    let message = format!(
        "No USER is set for the image that this file makes, so its program runs as root{unless}: whoever breaks \
         into it can change every file of the image and of what is mounted. Add {advice}."
    );
    let fix = user.and_then(|user| kit::users::switch_to(input, stage, &user));
    Some(Finding::new(image.span, message).fix(fix))
}

/// What distroless images call `nonroot`; scratch knows no names.
const NOBODY: &str = "65532";

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
