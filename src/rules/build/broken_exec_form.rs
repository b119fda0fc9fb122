use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "broken-exec-form",
    theme: Theme::Build,
    aliases: &["tally/invalid-json-form", "sonar/S7030"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports arguments that begin and end like a JSON array and aren't one: single quotes, a \
              comma too many, words without quotes.",
        why: "BuildKit takes what is no JSON for the shell form, without a word: `CMD ['node', \
             'a.js']` makes a shell look for a program called `[node,`.",
        example: "FROM node:22\nCMD ['node', 'server.js']\n",
        instead: "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
        fix: "The fix writes the array as JSON. It is unsafe: then the program runs without a shell, \
             which is likely what was meant.",
        files: None,
    },
    check: Check::Instruction(
        &[
            Keyword::Run,
            Keyword::Cmd,
            Keyword::Entrypoint,
            Keyword::Healthcheck,
            Keyword::Copy,
            Keyword::Add,
            Keyword::Volume,
        ],
        check,
    ),
    examples: &[
        Example::bad("FROM node:22\nCMD ['node', 'server.js']\n", &[(2, "['node', 'server.js']")])
            .fixed("FROM node:22\nCMD [\"node\", \"server.js\"]\n"),
        Example::bad("FROM node:22\nRUN [\"echo\", \"a b\",]\n", &[(2, "[\"echo\", \"a b\",]")])
            .fixed("FROM node:22\nRUN [\"echo\", \"a b\"]\n"),
        Example::bad(
            "FROM node:22\nCMD [bash, -lc, \"echo hello\"]\n",
            &[(2, "[bash, -lc, \"echo hello\"]")],
        )
        .fixed("FROM node:22\nCMD [\"bash\", \"-lc\", \"echo hello\"]\n"),
        Example::ok(
            "FROM node:22\nRUN [ -f /a ]\nRUN [ \"$A\" = \"b,c\" ]\nRUN [ \
            \"echo\", \"b\" ]\nRUN [[ \"$A\" =~ \"x\" ]]\nCOPY a [b] /\n",
        ),
        Example::ok("FROM node:22\nCMD [\"node\", \"a.js\"]\nRUN [ -f /a ] && echo \"[b]\"\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let instruction = site.instruction;
    if instruction.is_exec() || !instruction.heredocs.is_empty() {
        return;
    }
    let source = input.source();
    let (span, text) = match instruction.keyword {
        Keyword::Healthcheck => match instruction.args.get(1) {
            Some(command) => (command.span, command.text.to_string()),
            None => return,
        },
        _ => (instruction.rest_span(), instruction.rest_splice(source).text(source).to_owned()),
    };
    let Some(inner) = text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return };
    // `[ -f a ]` and `[[ … ]]` are commands; an array of several words has commas.
    let test = inner.starts_with('[') || inner.ends_with('[') || inner.contains("]") || inner.contains(" = ");
    let quoted = inner.trim().starts_with(['\'', '"', '\u{201c}', '\u{2018}']);
    let Some(items) = items(inner).filter(|items| !test && (items.len() > 1 || quoted)) else { return };
    if instruction.keyword == Keyword::Run && inner.trim_start().starts_with('-') {
        return;
    }
    let message = "This looks like a JSON array and isn't one, so it is taken for words of a shell, brackets and all. \
                   JSON takes double quotes around every word, and no comma behind the last.";
    let json = serde_json::to_string(&items).ok().map(|json| json.replace("\",\"", "\", \""));
    let exact = span.of(source) == text;
    let fix = json
        .filter(|_| exact)
        .map(|json| Fix::unsafe_("Write it as JSON", input.edits(vec![Edit::replace(span, json)])));
    found.push(Finding::new(span, message).fix(fix));
}

/// The words between commas, without their quotes; None where quotes don't close or a word is empty.
fn items(inner: &str) -> Option<Vec<String>> {
    let mut items = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut was_quoted = false;
    for c in inner.chars().chain([',']) {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.push(c),
            (None, '"' | '\'') => (quote, was_quoted) = (Some(c), true),
            (None, '\u{201c}') => (quote, was_quoted) = (Some('\u{201d}'), true),
            (None, '\u{2018}') => (quote, was_quoted) = (Some('\u{2019}'), true),
            (None, ',') => {
                let text = if was_quoted { word.as_str() } else { word.trim() };
                items.push((text.trim_end().to_owned(), was_quoted));
                word.clear();
                was_quoted = false;
            }
            (None, c) if was_quoted && c.is_whitespace() => {}
            (None, c) if c.is_whitespace() && word.is_empty() => {}
            (None, c) => word.push(c),
        }
    }
    // A comma behind the last word is what is wrong.
    if items.last().is_some_and(|(text, quoted)| text.is_empty() && !quoted) {
        items.pop();
    }
    let broken = quote.is_some()
        || items.iter().any(|(text, quoted)| !quoted && (text.is_empty() || text.contains(' ')));
    (!broken && !items.is_empty()).then(|| items.into_iter().map(|(text, _)| text).collect())
}
