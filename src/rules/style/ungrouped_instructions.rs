use crate::rules::prelude::*;
use crate::syntax::Item;
use crate::text::newline;

pub const RULE: Rule = Rule {
    name: "ungrouped-instructions",
    theme: Theme::Style,
    aliases: &["tally/newline-between-instructions"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports two instructions of different kinds without a blank line between them, and two of the same kind \
               with nothing but blank lines between them. Above a `FROM` a blank line is always wanted.",
        why: "Groups of one kind with a blank line between show at a glance what a stage copies, sets and runs. It is one \
              taste among others, so the rule is off unless it is asked for.",
        example: "FROM node:22\n\nENV A=1\n\nENV B=2\nRUN npm ci\n",
        instead: "FROM node:22\n\nENV A=1\nENV B=2\n\nRUN npm ci\n",
        fix: "The fix adds a blank line, or takes those between two of the same kind away. It is safe: blank lines between instructions \
              mean nothing.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM a:1\nRUN a\n\n\nRUN b\n# why\nCMD [\"c\"]\n",
            &[(2, "RUN"), (5, "RUN"), (7, "CMD")],
        )
        .under(Profile::Strict)
        .fixed("FROM a:1\n\nRUN a\nRUN b\n\n# why\nCMD [\"c\"]\n"),
        Example::ok("ARG V=1\n\nFROM a:$V AS b\n\nRUN a\nRUN b\n\n# why\nRUN c\n\nFROM b\n")
            .under(Profile::Strict),
        Example::ok("FROM a:1\nRUN a\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let (source, tree) = (input.source(), input.tree());
    let mut before = None;
    let mut counts = (0, 0);
    for item in tree.items() {
        let Item::Instruction(instruction) = item else {
            counts.0 += 1;
            // A comment that silences a finding begins no group of its own.
            counts.1 += usize::from(!item.span().of(source).contains("ignore="));
            continue;
        };
        let ((comments, notes), above) = (std::mem::take(&mut counts), before.replace(&**instruction));
        let Some(above) = above else { continue };
        let gap = Span::new(above.full_span.end, instruction.full_span.start);
        let blank = gap.of(source).lines().any(|line| line.trim().is_empty());
        let same = above.keyword == instruction.keyword && instruction.keyword != Keyword::From;
        let (message, title, edit) = if !same && !blank {
            let edit = Some(Edit::insert(gap.start, newline(source)));
            ("A blank line above this would part it from what is of another kind.", "Add a blank line", edit)
        } else if same && blank && notes == 0 {
            let edit = (comments == 0).then(|| Edit::delete(gap));
            (
                "Without a blank line above, this stands with those of its kind.",
                "Take the blank lines away",
                edit,
            )
        } else {
            continue;
        };
        let fix = edit.map(|edit| Fix::safe(title, input.edits(vec![edit])));
        found.push(Finding::new(instruction.keyword_span, message).fix(fix));
    }
}
