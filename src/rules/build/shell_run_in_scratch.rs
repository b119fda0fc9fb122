use crate::model::{Base, Stage};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "shell-run-in-scratch",
    theme: Theme::Build,
    aliases: &["tally/shell-run-in-scratch"],
    severity: Severities::own(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `RUN` for a shell in a stage that starts from `scratch` and into which \
              nothing was copied yet.",
        why: "The empty image has no `/bin/sh`, nor any other program: the step fails.",
        example: "FROM scratch\nRUN echo hello > /hello\n",
        instead: "FROM busybox:1 AS build\nRUN echo hello > /hello\nFROM scratch\nCOPY \
            --from=build /hello /hello\n",
        fix: "There is no fix: the command needs a stage with a shell, whose result is then copied.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM scratch\nRUN echo hello\n", &[(2, "RUN")]),
        Example::bad("FROM scratch AS a\nENV A=1\nFROM a\nRUN <<EOF\nmake\nEOF\n", &[(4, "RUN")]),
        Example::ok("FROM scratch\nADD rootfs.tar.xz /\nRUN echo hello\n"),
        Example::ok("FROM scratch\nRUN [\"/a\"]\nFROM node:22\nRUN a\n"),
        Example::ok("FROM scratch\nRUN --mount=from=busybox:1,target=/bin,source=/bin echo\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if !is_bare(input, stage) {
        return;
    }
    for site in input.steps(stage) {
        match site.instruction.keyword {
            Keyword::Copy | Keyword::Add => return,
            Keyword::Run
                if !site.instruction.is_exec() && kit::mount::mounts(site.instruction).next().is_none() =>
            {
                let message = "The stage starts from scratch, where there is no shell: this step fails. Run it in a \
                               stage with a shell, and copy the result with COPY --from.";
                found.push(Finding::new(site.instruction.keyword_span, message));
            }
            _ => {}
        }
    }
}

/// Whether a stage begins with nothing but an empty image.
fn is_bare<'a>(input: &Input<'a>, stage: &'a Stage) -> bool {
    let fills = |site: Site<'_>| matches!(site.instruction.keyword, Keyword::Copy | Keyword::Add);
    matches!(input.model().root(stage), Base::Scratch)
        && !input.model().with_bases(stage).skip(1).any(|base| input.steps(base).any(fills))
}
