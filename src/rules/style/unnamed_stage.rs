use crate::model::Stage;
use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "unnamed-stage",
    theme: Theme::Style,
    aliases: &["kics/using_unnamed_build_stages"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a stage without a name in a file of several stages, the last one apart.",
        why: "`COPY --from=0` counts stages: one that is put between them makes it copy from another \
             one. A name stays.",
        example: "FROM node:22\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=0 /app /srv\n",
        instead: "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY --from=build /app /srv\n",
        fix: "There is no fix: the name is yours to choose.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nRUN x\nFROM nginx:1.27\n", &[(1, "FROM node:22")]).under(Profile::Strict),
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
    found.push(Finding::new(from.span, message));
}
