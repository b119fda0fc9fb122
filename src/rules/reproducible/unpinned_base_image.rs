use crate::model::Base;
use crate::rules::prelude::*;
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "unpinned-base-image",
    theme: Theme::Reproducible,
    aliases: &[
        "hadolint/DL3006",
        "hadolint/DL3007",
        "trivy/DS-0001",
        "checkov/CKV_DOCKER_7",
        "kics/image_version_not_explicit",
        "kics/image_version_using_latest",
        "semgrep/best-practice/missing-image-version",
        "semgrep/best-practice/avoid-latest-version",
        "sonar/S6596",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a `FROM` whose image has no tag, or the tag `latest`, which is the same. Names of \
               stages, `scratch`, images pinned by digest, and tags that come from a variable are left alone.",
        why: "What `latest` means changes whenever its owner publishes. The same Dockerfile then builds \
              another image tomorrow than today, with another major version of Node.js or Debian in it, and \
              two machines that pulled at different times disagree.",
        example: "FROM node\nRUN node --version\n",
        instead: "FROM node:22-alpine\nRUN node --version\n",
        fix: "There is no fix: which version is meant, only you know.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad("FROM node\nRUN node --version\n", &[(1, "node")]),
        Example::bad("FROM --platform=linux/amd64 node:latest AS build\n", &[(1, "latest")]),
        Example::bad(
            "FROM registry.example.com:5000/team/app\n",
            &[(1, "registry.example.com:5000/team/app")],
        ),
        Example::bad("ARG OWNER\nFROM ghcr.io/$OWNER/app\n", &[(2, "ghcr.io/$OWNER/app")]),
        Example::bad("ARG MIRROR=\nFROM ${MIRROR}alpine:latest\n", &[(2, "latest")]),
        Example::bad("FROM \\\n  node\n", &[(1, "FROM")]).under(crate::settings::Profile::Hadolint),
        Example::ok("FROM node:22 AS build\nFROM build AS test\nFROM scratch\nCOPY --from=test /a /a\n"),
        Example::ok("ARG BASE=node\nARG TAG\nFROM $BASE\nFROM node:$TAG\nFROM ${REGISTRY}/node\n"),
        Example::ok("FROM node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"),
        Example::ok("# hadolint ignore=DL3006\nFROM node\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(from) = from(site.instruction) else { return };
    if site.onbuild {
        return;
    }
    let of_image =
        input.model().stage_of(site.id).is_some_and(|stage| matches!(stage.base, Base::Image { .. }));
    let image = ImageRef::parse(&from.image.text, input.tree().escape());
    if !of_image || image.digest.is_some() {
        return;
    }
    let name = image.name_span().of(&from.image.text);
    match image.tag() {
        // What is named by a variable is chosen, tag and all, where the build is started.
        None if from.image.text.starts_with('$') => {}
        None => {
            let message = format!(
                "`{name}` has no tag, so it means `latest`: another image whenever its owner publishes one, \
                 and another build from the same file. Write the version that you mean behind it, `{name}:…`."
            );
            found.push(Finding::new(from.image.span, message).known_as(UNTAGGED));
        }
        Some("latest") => {
            let message = format!(
                "`latest` is another image whenever the owner of `{name}` publishes one, so the same file \
                 builds something else tomorrow. Write the version that you mean instead."
            );
            let exact = from.image.span.of(input.source()) == &*from.image.text;
            let tag = image.tag.filter(|_| exact);
            let at = from.image.span.start;
            let span = tag.map_or(from.image.span, |tag| Span::new(at + tag.start, at + tag.end));
            found.push(Finding::new(span, message).known_as(LATEST).at_most(Severity::Info));
        }
        Some(_) => {}
    }
}

const UNTAGGED: &[&str] = &[
    "hadolint/DL3006",
    "trivy/DS-0001",
    "checkov/CKV_DOCKER_7",
    "kics/image_version_not_explicit",
    "semgrep/best-practice/missing-image-version",
    "sonar/S6596",
];

const LATEST: &[&str] = &[
    "hadolint/DL3007",
    "trivy/DS-0001",
    "checkov/CKV_DOCKER_7",
    "kics/image_version_using_latest",
    "semgrep/best-practice/avoid-latest-version",
    "sonar/S6596",
];
