use crate::rules::prelude::*;
use crate::syntax::indent::even_indents;

pub const RULE: Rule = Rule {
    name: "uneven-indentation",
    theme: Theme::Style,
    aliases: &["tally/consistent-indentation"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports an instruction that is indented otherwise than most in the file, and an indented `FROM`. Whether \
               the instructions of a stage are indented below its `FROM` or not is for you to choose.",
        why: "An indent tells readers what belongs to what. One that differs for no reason tells them something wrong.",
        example: "FROM node:22\nWORKDIR /app\n  COPY . .\nRUN npm ci\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        fix: "The fix indents the first line of the instruction as the others are. It is safe: no instruction reads \
              the blanks in front of it.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM a:1\nRUN a\n  RUN b\nRUN c\n", &[(3, "RUN")])
            .under(Profile::Strict)
            .fixed("FROM a:1\nRUN a\nRUN b\nRUN c\n"),
        Example::bad("FROM a:1\n  RUN a\n  RUN b\n\n FROM b:1\n\tRUN c\n", &[(5, "FROM"), (6, "RUN")])
            .under(Profile::Strict)
            .fixed("FROM a:1\n  RUN a\n  RUN b\n\nFROM b:1\n  RUN c\n"),
        Example::ok("FROM a:1\n\tRUN a\n\tRUN b \\\n    c\n").under(Profile::Strict),
        Example::ok("FROM a:1\nRUN a\n  RUN b\nRUN c\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for (instruction, wanted) in even_indents(input.tree()) {
        let start = instruction.span.start;
        let own = kit::indent_of(input.source(), start);
        if own == wanted {
            continue;
        }
        let message = match instruction.keyword {
            Keyword::From => "A stage begins here; without an indent it shows.",
            _ => "This is indented otherwise than most instructions of the file.",
        };
        let edit = Edit::replace(Span::new(start - own.len() as u32, start), wanted);
        let fix = Fix::safe("Indent as the others are", input.edits(vec![edit]));
        found.push(Finding::new(instruction.keyword_span, message).fix(Some(fix)));
    }
}
