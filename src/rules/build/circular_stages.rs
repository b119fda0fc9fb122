use crate::model::Stage;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "circular-stages",
    theme: Theme::Build,
    aliases: &["tally/circular-stage-deps"],
    severity: Severities::own(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports stages that need each other: by `FROM`, `COPY --from` or `RUN --mount=from=`.",
        why: "Neither can be built before the other, and BuildKit refuses the file.",
        example: "FROM node:22 AS a\nCOPY --from=b /x /x\nFROM node:22 AS b\nCOPY --from=a /y /y\n",
        instead: "FROM node:22 AS a\nRUN make /y\nFROM node:22 AS b\nCOPY --from=a /y /y\n",
        fix: "There is no fix: which of the two should come first, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22 AS a\nCOPY --from=b /x /x\nFROM node:22 AS b\nCOPY --from=a /y /y\n",
            &[(2, "b")],
        ),
        Example::bad(
            "FROM node:22 AS a\nRUN --mount=from=c,target=/c true\nFROM a AS b\nFROM b AS c\n",
            &[(2, "c")],
        ),
        Example::ok("FROM node:22 AS a\nCOPY --from=b /x /x\nFROM node:22 AS b\nRUN make\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let stages = input.model().stages();
    for stage in stages {
        // A circle has at least one step to a later stage.
        for usage in stage.uses.iter().filter(|usage| usage.stage > stage.index) {
            if needs(stages, usage.stage, stage.index) {
                let message = format!(
                    "`{}` needs this stage in turn, so neither can be built first: BuildKit refuses the file. Take \
                     one of the two ways out.",
                    usage.span.of(input.source())
                );
                found.push(Finding::new(usage.span, message));
            }
        }
    }
}

/// Whether building the stage `from` needs the stage `wanted`.
fn needs(stages: &[Stage], from: usize, wanted: usize) -> bool {
    let mut seen = vec![false; stages.len()];
    let mut open = vec![from];
    while let Some(index) = open.pop() {
        if index == wanted {
            return true;
        }
        if let Some(stage) = stages.get(index).filter(|_| !std::mem::replace(&mut seen[index], true)) {
            open.extend(stage.uses.iter().map(|usage| usage.stage));
        }
    }
    false
}
