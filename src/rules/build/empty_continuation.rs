use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "empty-continuation",
    theme: Theme::Build,
    aliases: &["buildkit/NoEmptyContinuation"],
    severity: Severities::own(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports blank lines inside an instruction that is continued over several lines.",
        why: "The instruction goes on below the blank line, though it reads as if it ended there. BuildKit skips such \
              lines today and has announced that it will refuse them.",
        example: "FROM debian:12\nRUN echo one && \\\n\n    echo two\n",
        instead: "FROM debian:12\nRUN echo one && \\\n    echo two\n",
        fix: "The fix deletes the blank lines. It is safe.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM debian:12\nRUN echo one && \\\n\n    echo two\n", &[(3, "\n")])
            .fixed("FROM debian:12\nRUN echo one && \\\n    echo two\n"),
        Example::bad("FROM debian:12\nENV a=b \\\n  \n\n  # c\n  c=d\n", &[(3, "  \n")])
            .fixed("FROM debian:12\nENV a=b \\\n  # c\n  c=d\n"),
        Example::ok("FROM debian:12\nRUN echo one && \\\n  # two\n    echo two\n\nRUN <<EOF\na\n\nb\nEOF\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let source = input.source();
    for instruction in input.tree().instructions() {
        let whole = |blank: &Span| {
            let rest = source.get(blank.end as usize..).unwrap_or("");
            Span::new(blank.start, blank.end + rest.find('\n').map_or(rest.len(), |at| at + 1) as u32)
        };
        let lines: Vec<Span> = instruction.blank_lines.iter().map(whole).collect();
        let Some(first) = lines.first() else { continue };
        let message = "The instruction goes on below this blank line, though it looks as if it ended here; BuildKit has \
                       announced that it will refuse such lines. Delete it.";
        // BuildKit's warning stands on the last line of the instruction, its heredocs left out.
        let last = instruction.logical.source(instruction.logical.len());
        let span =
            if input.profile() == crate::settings::Profile::Buildkit { Span::empty(last) } else { *first };
        let edits = lines.iter().map(|line| Edit::delete(*line)).collect();
        let fix = Fix::safe("Delete the blank lines in this instruction", input.edits(edits));
        found.push(Finding::new(span, message).on_its_line().fix(Some(fix)));
    }
}
