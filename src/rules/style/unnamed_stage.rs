use crate::model::Stage;
use crate::rules::prelude::*;
use crate::syntax::Instruction;

pub const RULE: Rule = Rule {
    name: "unnamed-stage",
    theme: Theme::Style,
    aliases: &["kics/using_unnamed_build_stages"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a stage without a name in a file of several stages, the last one apart.",
        why: "`COPY --from=0` counts stages: one that is put between them makes it copy from another \
             one. A name stays.",
        example: "FROM node:22\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=0 /app /srv\n",
        instead: "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app /srv\n",
        fix: "The fix calls the stage `build`, or `build-2` where that is taken, and writes the name where its number stands. \
              It is safe.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nRUN x\nFROM nginx:1.27\n", &[(1, "FROM node:22")])
            .under(Profile::Strict)
            .fixed("FROM node:22 AS build\nRUN x\nFROM nginx:1.27\n"),
        Example::bad(
            "from node:22\nfrom node:22 as build\nfrom nginx:1.27\ncopy --from=0 /a /a\nrun --mount=from=0,target=/m x\n",
            &[(1, "from node:22")],
        )
        .under(Profile::Strict)
        .fixed(
            "from node:22 as build-2\nfrom node:22 as build\nfrom nginx:1.27\ncopy --from=build-2 /a /a\nrun \
             --mount=from=build-2,target=/m x\n",
        ),
        // The comment would be taken for a bad description of the stage.
        Example::bad("# the tools\nFROM node:22\nFROM nginx:1.27\n", &[(2, "FROM node:22")]).under(Profile::Strict),
        Example::ok("FROM node:22 AS a\nFROM nginx:1.27\n").under(Profile::Strict),
        Example::ok("FROM nginx:1.27\n").under(Profile::Strict),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let last = input.model().stages().len() == stage.index + 1;
    let Some(from) = input.tree().instruction(stage.from).filter(|_| !last && stage.name.is_none()) else {
        return;
    };
    let message = format!(
        "This stage has only its number, {}, which changes when a stage \
            is put before it. Give it a name with `AS`.",
        stage.index
    );
    found.push(Finding::new(from.span, message).fix(fix(input, stage, from)));
}

fn fix(input: &Input<'_>, stage: &Stage, from: &Instruction) -> Option<Fix> {
    let image = from.args.last().filter(|_| from.args.len() == 1)?;
    if !input.tree().comments_above(from).is_empty() {
        return None;
    }
    let name = input.stage_names().free("build", stage)?;
    let mut edits = kit::stages::renamed(input, stage, &name)?;
    let lower = from.keyword_span.of(input.source()).starts_with('f');
    edits.push(Edit::insert(image.span.end, format!(" {} {name}", if lower { "as" } else { "AS" })));
    Some(Fix::safe(format!("Call it `{name}`"), input.edits(edits)))
}
