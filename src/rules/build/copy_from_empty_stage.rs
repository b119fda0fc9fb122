use crate::model::{Base, Stage, UseKind};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "copy-from-empty-stage",
    theme: Theme::Build,
    aliases: &["tally/copy-from-empty-scratch-stage"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a `COPY --from` of a stage that starts from `scratch` and in which nothing puts \
              a file.",
        why: "There is nothing to copy: the build fails with `not found`.",
        example: "FROM scratch AS assets\nENV A=1\nFROM nginx:1.27\nCOPY --from=assets /dist /srv/\n",
        instead: "FROM scratch AS assets\nCOPY dist /dist\nFROM nginx:1.27\nCOPY --from=assets /dist /srv/\n",
        fix: "There is no fix: what belongs into the stage, only you know.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM scratch AS a\nENV A=1\nFROM a AS b\nFROM nginx:1.27\nCOPY --from=b /dist /srv/\n",
            &[(5, "b")],
        ),
        Example::ok(
            "FROM scratch AS a\nCOPY dist /dist\nFROM a AS b\nFROM nginx:1.27\nCOPY --from=b /dist /srv/\n",
        ),
        Example::ok("FROM node:22 AS a\nFROM nginx:1.27\nCOPY --from=a /dist /srv/\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    for usage in stage.uses.iter().filter(|usage| usage.kind == UseKind::Copy) {
        let Some(other) = input.model().stages().get(usage.stage) else { continue };
        if is_empty(input, other) {
            let message = format!(
                "`{}` starts from scratch and nothing puts a file there, so this copies nothing and the build fails. \
                 Fill that stage, or name the one that is meant.",
                usage.span.of(input.source())
            );
            found.push(Finding::new(usage.span, message));
        }
    }
}

fn is_empty<'a>(input: &Input<'a>, stage: &'a Stage) -> bool {
    let writes = |keyword| matches!(keyword, Keyword::Copy | Keyword::Add | Keyword::Run | Keyword::Workdir);
    let filled = |stage| input.steps(stage).any(|site| writes(site.instruction.keyword));
    matches!(input.model().root(stage), Base::Scratch) && !input.model().with_bases(stage).any(filled)
}
