use crate::rules::prelude::*;
use crate::shell::Dialect;

pub const RULE: Rule = Rule {
    name: "chained-commands-on-one-line",
    theme: Theme::Style,
    aliases: &["tally/newline-per-chained-call"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports commands of a `RUN` that are joined by `&&` or `||` on one line.",
        why: "With a line for each command a change touches the line of that command alone, and reviews show it.",
        example: "FROM node:22\nRUN npm ci && npm run build && npm test\n",
        instead: "FROM node:22\nRUN npm ci \\\n    && npm run build \\\n    && npm test\n",
        fix: "The fix puts each command on a line of its own. It is safe: the shell reads the same. The step runs \
              again once, since BuildKit compares its text.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN a && b || c\n", &[(2, "&&")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nRUN a \\\n    && b \\\n    || c\n"),
        Example::bad("FROM node:22\nRUN a \\\n  && b; c && d\n", &[(3, "&&")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nRUN a \\\n  && b; c \\\n  && d\n"),
        Example::bad("FROM node:22\nRUN a && \\\n  b && c\n", &[(3, "&&")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nRUN a && \\\n  b && \\\n  c\n"),
        Example::ok(
            "FROM node:22\nRUN a \\\n  && b\nRUN a && \\\n  b\nRUN sh -c 'a && b'\nRUN <<EOF\na && b\nEOF\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM node:22\nRUN a && b\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let run = site.instruction;
    let Some(script) = input.script(site.id).filter(|script| script.dialect == Dialect::Posix) else {
        return;
    };
    if run.is_exec() || !run.heredocs.is_empty() || !script.errors.is_empty() || script.truncated {
        return;
    }
    let source = input.source();
    let same_line =
        |from: u32, to: u32| !source.get(from as usize..to as usize).is_none_or(|gap| gap.contains('\n'));
    let mut crowded: Vec<Span> = Vec::new();
    for item in script.items() {
        let mut end = item.chain.first.span.end;
        for (_, connector, pipeline) in &item.chain.rest {
            let gap = Span::new(end, connector.start);
            let blank = gap.of(source).chars().all(|c| c == ' ' || c == '\t');
            if same_line(end, pipeline.span.start) && blank {
                crowded.push(*connector);
            }
            end = pipeline.span.end;
        }
    }
    let Some(first) = crowded.first() else { return };
    let fix = Fix::safe("Give each command a line", input.edits(kit::break_chain(input, site, &crowded)));
    let message = "With a line for each command, a change touches that command's line alone.";
    found.push(Finding::new(*first, message).fix(Some(fix)));
}
