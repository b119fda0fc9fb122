use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::image::stage_index;
use crate::syntax::instruction::{Origin, copy};

pub const RULE: Rule = Rule {
    name: "copy-from-own-stage",
    theme: Theme::Build,
    aliases: &["hadolint/DL3023", "trivy/DS-0006", "kics/copy_from_references_current_from_alias"],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `COPY --from` that names the very stage in which it stands, by its name or \
              its number.",
        why: "A stage can't read what it hasn't finished yet: BuildKit refuses the file for a circle \
             of stages.",
        example: "FROM node:22 AS build\nCOPY --from=build /app/dist /srv\n",
        instead: "FROM node:22 AS build\nRUN cp -r /app/dist /srv\n",
        fix: "There is no fix: which stage is meant, only you know.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Copy], check),
    examples: &[
        Example::bad("FROM node:22 AS build\nCOPY --from=build /app/dist /srv\n", &[(2, "build")]),
        Example::bad(
            "FROM a:1\nFROM node:22 AS Web\nCOPY --from=web /a /b\nCOPY --from=1 /a /b\n",
            &[(3, "web"), (4, "1")],
        ),
        Example::ok(
            "FROM node:22 AS build\nFROM node:22 AS web\nCOPY --from=build /a /b\nCOPY --from=0 /a /c\n",
        ),
        Example::ok("FROM node:22 AS Web\nCOPY --from=web /a /b\nCOPY --from=0 /a /b\n")
            .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(Origin::From(from)) = copy(site.instruction).map(|copy| copy.origin) else { return };
    let Some(stage) = input.model().stage_of(site.id).filter(|_| !site.onbuild) else { return };
    let itself = match input.profile() {
        Profile::Hadolint => stage.name_span.is_some_and(|name| name.of(input.source()) == from.text),
        _ => match stage_index(&from.text) {
            Some(index) => index == stage.index,
            None => stage.name.as_deref() == Some(&from.text.to_lowercase()),
        },
    };
    if itself {
        let message = format!(
            "`{}` is the stage in which this COPY stands, and a stage can't read its own result: BuildKit refuses \
             the file. Name an earlier stage, or copy with RUN `cp`.",
            from.text
        );
        found.push(Finding::new(from.span, message));
    }
}
