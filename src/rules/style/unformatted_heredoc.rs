use crate::rules::prelude::*;
use crate::syntax::Heredoc;
use crate::syntax::instruction::copy;
use serde_json::Value;

pub const RULE: Rule = Rule {
    name: "unformatted-heredoc",
    theme: Theme::Style,
    aliases: &["tally/prefer-formatted-heredocs"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a heredoc of `COPY` or `ADD` that writes a `.json` file in one line, or with uneven indents.",
        why: "Laid out a line for each value, the file can be read where it is written, and a change of one value is a change of one line.",
        example: "FROM node:22\nCOPY <<EOF /app/a.json\n{\"a\":1,\"b\":[]}\nEOF\n",
        instead: "FROM node:22\nCOPY <<EOF /app/a.json\n{\n  \"a\": 1,\n  \"b\": []\n}\nEOF\n",
        fix: "The fix lays the JSON out with two blanks an indent. It is unsafe: the file's values stay, its bytes don't.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Copy, Keyword::Add], check),
    examples: &[
        Example::bad("FROM a:1\nCOPY <<\"E\" /a.json\n{\"b\": 1, \"a\": \"$x\"}\nE\n", &[(3, "{\"b\": 1, \"a\": \"$x\"}")])
            .under(Profile::Strict)
            .fixed("FROM a:1\nCOPY <<\"E\" /a.json\n{\n  \"b\": 1,\n  \"a\": \"$x\"\n}\nE\n"),
        Example::ok("FROM a:1\nCOPY <<E /a.json\n{\n  \"b\": 1\n}\nE\nCOPY <<E /b.txt\n{\"a\":1}\nE\nCOPY <<E /c.json\n$V\nE\n")
            .under(Profile::Strict),
        Example::ok("FROM a:1\nCOPY <<E /a.json\n{\"a\":1}\nE\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let [heredoc] = &site.instruction.heredocs[..] else { return };
    let json = copy(site.instruction)
        .is_some_and(|copy| copy.destination.text.trim_end_matches(['"', '\'']).ends_with(".json"));
    let Some(pretty) = json.then(|| laid_out(input, heredoc)).flatten() else { return };
    let source = input.source();
    let body = heredoc.body.of(source);
    let start = heredoc.body.start + (body.len() - body.trim_start().len()) as u32;
    let span = Span::new(start, start + body.trim().len() as u32);
    let fix = Fix::unsafe_(
        "Lay the JSON out (unsafe: the file's bytes change)",
        input.edits(vec![Edit::replace(heredoc.body, pretty)]),
    );
    found.push(
        Finding::new(span, "This JSON is easier to read, and to compare, with a line for each value.")
            .fix(Some(fix)),
    );
}

/// The body laid out; none where it is so already, or would become another text but for blanks.
fn laid_out(input: &Input<'_>, heredoc: &Heredoc) -> Option<String> {
    let body = heredoc.body.of(input.source());
    if heredoc.strip_tabs && body.contains('\t') {
        return None;
    }
    let value: Value =
        serde_json::from_str(body).ok().filter(|value: &Value| value.is_object() || value.is_array())?;
    let pretty = serde_json::to_string_pretty(&value).ok()?;
    // Numbers and escapes may be written in several ways; they must stay as they are.
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    if bare(&pretty) != bare(body) || body.trim() == pretty {
        return None;
    }
    let newline = crate::text::newline(input.source());
    Some(pretty.replace('\n', newline) + newline)
}
