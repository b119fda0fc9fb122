use crate::model::Base;
use crate::rules::kit::hadolint::unquoted;
use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::Word;
use crate::syntax::instruction::{Origin, copy};

pub const RULE: Rule = Rule {
    name: "whole-file-system-copied",
    theme: Theme::Size,
    aliases: &["hadolint/DL3067"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a `COPY --from` that copies `/` of another stage to `/`. A stage that starts \
              from `scratch` is left alone, since that is how layers are squashed, and so are images \
              that are made for it.",
        why: "The image gets a second copy of everything that the base has as well, and what the build \
             left behind with it: tools, caches, perhaps secrets.",
        example: "FROM node:22 AS build\nRUN npm run build\nFROM node:22-slim\nCOPY --from=build / /\n",
        instead: "FROM node:22 AS build\nRUN npm run build\nFROM node:22-slim\nCOPY \
            --from=build /app/dist /app/dist\n",
        fix: "There is no fix: which files are needed, only you know.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Copy], check),
    examples: &[
        Example::bad(
            "FROM node:22 AS build\nFROM node:22-slim\nCOPY --from=build / /\n",
            &[(3, "COPY --from=build / /")],
        ),
        Example::ok(
            "FROM node:22 AS build\nFROM scratch\nCOPY --from=build / /\nFROM \
            node:22\nCOPY --from=tonistiigi/xx / /\nCOPY / /\nCOPY --from=build \
            / /rootfs/\n",
        ),
        Example::bad(
            "FROM node:22\nCOPY --from=tonistiigi/xx / /\nCOPY / /\nCOPY --from=a / /x\n",
            &[(2, "COPY --from=tonistiigi/xx / /")],
        )
        .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(copy) = copy(site.instruction).filter(|_| !site.onbuild) else { return };
    let Origin::From(from) = copy.origin else { return };
    let root = |word: &Word| unquoted(&word.text) == "/";
    if !root(copy.destination) || !copy.sources.iter().any(|source| root(source)) {
        return;
    }
    if input.profile() != Profile::Hadolint {
        let Some(stage) = input.model().stage_of(site.id) else { return };
        let of_stage = stage.uses.iter().any(|usage| usage.by == site.id);
        if !of_stage || stage.base == Base::Scratch {
            return;
        }
    }
    let message = format!(
        "This copies the whole file system of `{}` over that of this image: the base's files once more, and all \
         that the other one left behind. Copy the folders that are needed.",
        from.text
    );
    found.push(Finding::new(site.instruction.span, message));
}
