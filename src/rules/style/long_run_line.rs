use crate::rules::prelude::*;
use crate::shell::Dialect;

pub const RULE: Rule = Rule {
    name: "long-run-line",
    theme: Theme::Style,
    aliases: &["sonar/S7020"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a line of a `RUN` that has more than 120 characters and several commands.",
        why: "Who reads or changes one of the commands has to find it first, and a review shows the \
             whole line as changed.",
        example: "FROM node:22\nRUN apt-get update && apt-get install -y --no-install-recommends \
            build-essential ca-certificates curl && make all install && \
            make clean\n",
        instead: "FROM node:22\nRUN apt-get update && \\\n    apt-get install \
            -y --no-install-recommends build-essential ca-certificates curl \
            && \\\n    make all install && \\\n    make clean\n",
        fix: "The fix breaks the line at each `&&` and `||` between its commands, as the `RUN` is laid out. It is safe, though the step runs again, since \
              the text of a `RUN` is part of its cache key.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN true && echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\n", &[(2, "RUN true && echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]).under(Profile::Strict)
            .fixed("FROM node:22\nRUN true \\\n    && echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\n"),
        Example::bad("FROM node:22\nRUN a \\\n  && b && echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\n", &[(3, "  && b && echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]).under(Profile::Strict)
            .fixed("FROM node:22\nRUN a \\\n  && b \\\n  && echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\n"),
        Example::ok("FROM node:22\nRUN echo 012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123\nRUN \
            a && b\n").under(Profile::Strict),
    ],
};

/// Source: the default of SonarQube's rule.
const LONGEST: usize = 120;

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let (tree, source) = (input.tree(), input.source());
    // What stands behind ONBUILD has the lines of the ONBUILD.
    let Some(outer) = tree.instruction(site.id) else { return };
    for line in outer.first_line..=outer.last_line {
        let span = tree.lines().span(line - 1, source);
        let text = span.of(source);
        if text.len() <= LONGEST || text.chars().count() <= LONGEST || text.trim_start().starts_with('#') {
            continue;
        }
        let commands = input.commands(site.id).iter().filter(|c| span.contains(c.command.span.start)).count();
        if commands > 1 {
            let message = format!(
                "This line has {} characters and {commands} commands. Give each command a line of its own.",
                text.chars().count()
            );
            found.push(Finding::new(span, message).fix(fix(input, site, span)));
        }
    }
}

/// Breaks the line at `span` at each `&&` of the outermost chain. None where a line would stay too long.
fn fix(input: &Input<'_>, site: Site<'_>, span: Span) -> Option<Fix> {
    let script = input.script(site.id)?;
    let sound = script.dialect == Dialect::Posix && script.errors.is_empty() && !script.truncated;
    let plain = site.instruction.heredocs.is_empty() && !site.instruction.is_exec();
    let item = script.items().iter().find(|item| item.chain.span().meets(span)).filter(|_| sound && plain)?;
    let source = input.source();
    let line_break = |gap: Span| gap.of(source).trim().starts_with(input.tree().escape());
    // Those with a command on both sides on this line.
    let connectors: Vec<Span> = item.chain.rest.iter().map(|(_, at, _)| *at).collect();
    let connectors: Vec<Span> = connectors
        .into_iter()
        .filter(|at| span.encloses(*at))
        .filter(|at| !Span::new(span.start, at.start).of(source).trim().is_empty())
        .filter(|at| !line_break(Span::new(at.end, span.end)) && at.end < span.end)
        .collect();
    let ends = connectors.iter().map(|at| at.start).chain([span.end]);
    let starts = std::iter::once(span.start).chain(connectors.iter().map(|at| at.end));
    let fits = |piece: Span| {
        let commands =
            input.commands(site.id).iter().filter(|c| piece.contains(c.command.span.start)).count();
        commands < 2 || piece.of(source).trim().chars().count() + 10 < LONGEST
    };
    let all = !connectors.is_empty() && starts.zip(ends).all(|(start, end)| fits(Span::new(start, end)));
    let edits = kit::break_chain(input, site, &connectors);
    all.then(|| Fix::safe("Give each command a line of its own", input.edits(edits)))
}
