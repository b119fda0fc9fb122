use crate::context::builds::BuildUse;
use crate::model::{Model, Stage};
use crate::rules::Tag;
use crate::rules::prelude::*;
use crate::syntax::instruction::from;
use crate::syntax::{Instruction, Keyword};

pub const RULE: Rule = Rule {
    name: "unused-stage",
    theme: Theme::Build,
    aliases: &["tally/no-unreachable-stages"],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a stage from which the last one takes nothing, neither directly nor through \
              others. A stage with a CMD or ENTRYPOINT of its own is left alone: it is there to be run \
              by itself, and so is one that a service of a Compose file or a target of a Bake file asks for.",
        why: "BuildKit leaves such a stage out unless it is asked for with `--target`. Where nobody \
             does, it is dead text; often a `COPY --from` names the wrong stage.",
        example: "FROM node:22 AS docs\nRUN npm run docs\nFROM node:22\nRUN npm run build\n",
        instead: "FROM node:22 AS docs\nRUN npm run docs\nFROM node:22\nCOPY --from=docs \
            /docs /docs\nRUN npm run build\n",
        fix: "There is no fix: a stage for tests or for another `--target` belongs there.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM node:22 AS docs\nRUN npm run docs\nFROM node:22\nRUN npm run build\n",
            &[(1, "docs")],
        ),
        Example::bad("FROM node:22 AS a\nFROM a\nRUN x\nFROM node:22\nRUN y\n", &[(1, "a"), (2, "a")]),
        Example::ok("FROM node:22 AS tests\nCMD [\"npm\", \"test\"]\nFROM node:22\nRUN npm run build\n"),
        Example::ok("FROM node:22 AS a\nFROM a AS b\nFROM node:22\nCOPY --from=b /x /x\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if stage.used || input.model().target().is_some_and(|target| target.index == stage.index) {
        return;
    }
    // A stage that says what it starts is an image of its own: one for tests, for migrations, for development.
    let starts = |(_, step): (_, &Instruction)| matches!(step.keyword, Keyword::Cmd | Keyword::Entrypoint);
    if input.model().steps(stage).any(starts) {
        return;
    }
    if input.builds().iter().any(|build| asks_for(input.model(), build, stage)) {
        return;
    }
    let image = input.tree().instruction(stage.from).and_then(from).map(|from| from.image.span);
    let Some(span) = stage.name_span.or(image) else { return };
    let message = "The last stage takes nothing from this one, so a build leaves it out unless `--target` asks for \
                   it. Remove it if nobody does, or check the names behind `--from`.";
    found.push(Finding::new(span, message).tag(Tag::Unnecessary));
}

/// Whether a build takes something from the stage, or may.
fn asks_for(model: &Model, build: &BuildUse, stage: &Stage) -> bool {
    match &build.target {
        None => false,
        // Which one it is hangs on something that isn't known here.
        Some(None) => true,
        Some(Some(name)) => {
            let target = model.stage_called(name);
            target.is_some_and(|target| model.needed(target.index).get(stage.index) == Some(&true))
        }
    }
}
