use crate::rules::prelude::*;
use crate::syntax::Word;
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
    let own = match input.profile() {
        Profile::Hadolint => named_by_letter(input, site),
        _ => itself(input, site),
    };
    if let Some(from) = own.filter(|_| !site.onbuild) {
        let message = format!(
            "`{}` is the stage in which this COPY stands, and a stage can't read its own result: BuildKit refuses \
             the file. Name an earlier stage, or copy with RUN `cp`.",
            from.text
        );
        found.push(Finding::new(from.span, message));
    }
}

/// What `--from` of a COPY says, where that is the stage in which it stands.
pub fn itself<'a>(input: &Input<'_>, site: Site<'a>) -> Option<&'a Word> {
    let Origin::From(from) = copy(site.instruction)?.origin else { return None };
    let stage = input.model().stage_of(site.id)?;
    let itself = match stage_index(&from.text) {
        Some(index) => index == stage.index,
        None => stage.name.as_deref() == Some(&from.text.to_lowercase()),
    };
    itself.then_some(from)
}

/// The same as hadolint sees it (`src/Hadolint/Rule/DL3023.hs`).
fn named_by_letter<'a>(input: &Input<'_>, site: Site<'a>) -> Option<&'a Word> {
    let Origin::From(from) = copy(site.instruction)?.origin else { return None };
    let name = input.model().stage_of(site.id)?.name_span?;
    (name.of(input.source()) == &*from.text).then_some(from)
}
