use crate::model::Base;
use crate::rules::prelude::*;
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "unpinned-base-image",
    theme: Theme::Reproducible,
    aliases: &[
        "hadolint/DL3006",
        "trivy/DS-0001",
        "checkov/CKV_DOCKER_7",
        "kics/image_version_not_explicit",
        "semgrep/best-practice/missing-image-version",
        "sonar/S6596",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a `FROM` whose image has no tag, which means `latest`. Names of stages, \
              `scratch`, images pinned by digest, and images that come from a variable are left alone.",
        why: "What `latest` means changes whenever its owner publishes. The same Dockerfile then \
             builds another image tomorrow than today, with another major version of Node.js or Debian \
             in it, and two machines that pulled at different times disagree.",
        example: "FROM node\nRUN node --version\n",
        instead: "FROM node:22-alpine\nRUN node --version\n",
        fix: "The fix writes the line of releases that `latest` meant when Plimsoll's table of images was made, \
              for images that the table knows. It is unsafe: `latest` may have moved on since.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad("FROM postgres\nRUN true\n", &[(1, "postgres")]),
        Example::bad("FROM docker.io/library/golang AS build\r\n", &[(1, "docker.io/library/golang")])
            .fixed("FROM docker.io/library/golang:1.27 AS build\r\n"),
        Example::bad("FROM node\nRUN node --version\n", &[(1, "node")])
            .fixed("FROM node:26\nRUN node --version\n"),
        Example::bad(
            "FROM registry.example.com:5000/team/app\n",
            &[(1, "registry.example.com:5000/team/app")],
        ),
        Example::bad("ARG OWNER\nFROM ghcr.io/$OWNER/app\n", &[(2, "ghcr.io/$OWNER/app")]),
        Example::bad("FROM \\\n  node\n", &[(1, "FROM")])
            .under(Profile::Hadolint)
            .fixed("FROM \\\n  node:26\n"),
        Example::ok("FROM node:22 AS build\nFROM build AS test\nFROM scratch\nCOPY --from=test /a /a\n"),
        Example::ok(
            "ARG BASE=node\nARG TAG\nFROM $BASE\nFROM node:$TAG\nFROM ${REGISTRY}/node\nFROM node:latest\n",
        ),
        Example::ok("FROM node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"),
        Example::ok("# hadolint ignore=DL3006\nFROM node\n"),
        Example::bad(
            "FROM node:22 AS Build\nFROM build\nFROM localhost:5000/a\nFROM ghcr.io/$IMAGE\n",
            &[(2, "build")],
        )
        .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(image) = from(site.instruction).map(|from| from.image).filter(|_| !site.onbuild) else { return };
    let untagged = match input.profile() {
        Profile::Hadolint => for_hadolint(input, site, &image.text),
        _ => untagged(input, site, &image.text),
    };
    if untagged {
        let name = &image.text;
        let message = format!(
            "`{name}` has no tag, so it means `latest`: another image whenever its owner publishes one, and another \
             build from the same file. Write the version that you mean behind it, `{name}:…`."
        );
        found.push(Finding::new(image.span, message).fix(kit::image::pin(input, image)));
    }
}

fn untagged(input: &Input<'_>, site: Site<'_>, text: &str) -> bool {
    let of_image =
        input.model().stage_of(site.id).is_some_and(|stage| matches!(stage.base, Base::Image { .. }));
    let image = ImageRef::parse(text, input.tree().escape());
    // What is named by a variable is chosen, tag and all, where the build is started.
    of_image && image.digest.is_none() && image.tag().is_none() && !text.starts_with('$')
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3006.hs`).
fn for_hadolint(input: &Input<'_>, site: Site<'_>, text: &str) -> bool {
    let image = kit::hadolint::image(text);
    let mut above = input.model().stages().iter().filter(|stage| stage.from < site.id);
    let stage = above.any(|stage| stage.name_span.is_some_and(|name| name.of(input.source()) == image.name));
    let pinned = image.tag.is_some() || image.digest.is_some();
    !pinned && !stage && image.name != "scratch" && !image.name.starts_with('$')
}
