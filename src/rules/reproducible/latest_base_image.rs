use crate::rules::prelude::*;
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "latest-base-image",
    theme: Theme::Reproducible,
    aliases: &[
        "hadolint/DL3007",
        "trivy/DS-0001",
        "checkov/CKV_DOCKER_7",
        "kics/image_version_using_latest",
        "semgrep/best-practice/avoid-latest-version",
        "sonar/S6596",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `FROM` whose image has the tag `latest`.",
        why: "`latest` is whatever the owner published last: the same Dockerfile builds another image \
             tomorrow than today, and two machines that pulled at different times disagree.",
        example: "FROM node:latest\nRUN node --version\n",
        instead: "FROM node:22-alpine\nRUN node --version\n",
        fix: "The fix writes the line of releases that `latest` meant when Plimsoll's table of images was made, \
              for images that the table knows. It is unsafe: `latest` may have moved on since.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad("FROM --platform=linux/amd64 node:latest AS build\n", &[(1, "latest")])
            .fixed("FROM --platform=linux/amd64 node:26 AS build\n"),
        Example::bad("FROM ghcr.io/a/b:latest\n", &[(1, "latest")]),
        Example::bad("ARG MIRROR=\nFROM ${MIRROR}alpine:latest\n", &[(2, "latest")]),
        Example::ok("ARG TAG=latest\nFROM node:$TAG\nFROM node\nFROM node:22\n"),
        Example::ok(
            "FROM node:latest@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
        ),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(word) = from(site.instruction).map(|from| from.image).filter(|_| !site.onbuild) else { return };
    let image = ImageRef::parse(&word.text, input.tree().escape());
    if image.tag() == Some("latest") && image.digest.is_none() {
        let name = image.name_span().of(&word.text);
        let message = format!(
            "`latest` is another image whenever the owner of `{name}` publishes one, so the same file builds \
             something else tomorrow. Write the version that you mean instead."
        );
        let exact = word.span.of(input.source()) == &*word.text;
        let tag = image.tag.filter(|_| exact);
        let at = word.span.start;
        let span = tag.map_or(word.span, |tag| Span::new(at + tag.start, at + tag.end));
        found.push(Finding::new(span, message).fix(kit::image::pin(input, word)));
    }
}
