use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "invalid-onbuild-trigger",
    theme: Theme::Build,
    aliases: &["hadolint/DL3043", "tally/invalid-onbuild-trigger"],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `ONBUILD` of `FROM`, `MAINTAINER` or another `ONBUILD`, and of a word that is no instruction.",
        why: "BuildKit refuses the first three. The last is worse: this image is built, and every image that is built \
              on it is refused.",
        example: "FROM node:22\nONBUILD FROM alpine:3\n",
        instead: "FROM node:22\nONBUILD COPY . .\n",
        fix: "There is no fix: what is meant, only you know.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Onbuild], check),
    examples: &[
        Example::bad("FROM node:22\nONBUILD FROM alpine:3\n", &[(2, "FROM")]),
        Example::bad("FROM node:22\nONBUILD ONBUILD RUN true\n", &[(2, "ONBUILD")]),
        Example::bad("FROM node:22\nONBUILD MAINTAINER me\n", &[(2, "MAINTAINER")]).under(Profile::Hadolint),
        Example::bad("FROM node:22\nONBUILD RUNN npm ci\n", &[(2, "RUNN")]),
        Example::ok("FROM node:22\nONBUILD RUN npm ci\n"),
        Example::ok("FROM node:22\nONBUILD RUNN npm ci\n").under(Profile::Buildkit),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(trigger) = site.instruction.trigger.as_deref().filter(|_| !site.onbuild) else { return };
    match trigger.keyword {
        Keyword::From | Keyword::Maintainer | Keyword::Onbuild => {
            let message = format!(
                "{} can't stand behind ONBUILD, so the build is refused. Write an instruction that changes the image \
                 that is built on this one, such as `ONBUILD COPY`.",
                trigger.keyword
            );
            found.push(Finding::new(trigger.keyword_span, message));
        }
        // The other tools don't tell it.
        Keyword::Unknown if matches!(input.profile(), Profile::Editor | Profile::Strict) => {
            let word = trigger.keyword_span.of(input.source());
            let message = format!(
                "`{word}` is no instruction. This image is built all the same, but each one that is built on it is \
                 refused. Write an instruction, such as `ONBUILD RUN`."
            );
            found.push(Finding::new(trigger.keyword_span, message));
        }
        _ => {}
    }
}
