//! BuildKit's parser cases: our tree, printed in the shape of BuildKit's dump, equals it.

use crate::shared;
use plimsoll::syntax::{ErrorKind, Form, Instruction, Keyword, Tree, parse};
use serde_json::Value;

#[test]
fn the_tree_equals_buildkits_dump() {
    let Some(cases) = shared::cases("buildkit_parser_cases.dev.json") else { return };
    let mut faults = Vec::new();
    let mut positive = 0;
    for case in cases.iter().filter(|case| case["kind"] == "positive") {
        positive += 1;
        let text = case["dockerfile"].as_str().unwrap();
        let (tree, errors) = parse(text);
        let dump = dump(&tree);
        let want = case["ast"].as_str().unwrap();
        if dump != want {
            faults.push(format!("{}: dump\n  want {want}\n  have {dump}", case["id"]));
        }
        let nodes: Vec<Value> = tree
            .instructions()
            .map(|i| serde_json::json!([i.keyword_span.of(text), i.first_line, i.last_line]))
            .collect();
        if Value::from(nodes.clone()) != case["nodes"] {
            faults.push(format!(
                "{}: nodes\n  want {}\n  have {}",
                case["id"],
                case["nodes"],
                Value::from(nodes)
            ));
        }
        if tree.escape().to_string() != case["escape"].as_str().unwrap() {
            faults.push(format!("{}: escape is {:?}", case["id"], tree.escape()));
        }
        // The parser's own test files ask the parser alone, which knows neither stages nor flags.
        let parser_only = case["source"].as_str().unwrap().contains("parser/testfiles/");
        let beyond = |kind| matches!(kind, ErrorKind::BeforeFrom | ErrorKind::NoStages | ErrorKind::Flag);
        let errors: Vec<_> =
            errors.into_iter().filter(|error| !(parser_only && beyond(error.kind))).collect();
        if !errors.is_empty() && case.get("later_error").is_none() {
            faults.push(format!("{}: errors in {text:?}: {errors:?}", case["id"]));
        }
        covers(&tree, text, &case["id"], &mut faults);
    }
    assert!(positive > 300);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_buildkit_refuses_has_an_error_on_its_line() {
    let Some(cases) = shared::cases("buildkit_parser_cases.dev.json") else { return };
    let mut faults = Vec::new();
    for case in cases.iter().filter(|case| case["kind"] == "negative") {
        let text = case["dockerfile"].as_str().unwrap();
        let (tree, errors) = parse(text);
        let message = case["error"].as_str().unwrap();
        let line =
            message.split("on line ").nth(1).and_then(|rest| rest.split(':').next()?.parse::<u32>().ok());
        let lines: Vec<u32> = errors
            .iter()
            .map(|e| {
                let at = tree.instruction_at(e.span.start);
                at.map_or(tree.lines().line(e.span.start) + 1, |i| i.first_line)
            })
            .collect();
        if lines.is_empty() || line.is_some_and(|line| !lines.contains(&line)) {
            faults.push(format!("{}: {text:?}\n  want {message}\n  have {errors:?}", case["id"]));
        }
        covers(&tree, text, &case["id"], &mut faults);
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn covers(tree: &Tree, text: &str, id: &Value, faults: &mut Vec<String>) {
    let joined: String = tree.tokens().map(|(_, span)| span.of(text)).collect();
    if joined != text {
        faults.push(format!("{id}: the tokens joined are not the text"));
    }
}

/// BuildKit's dump: one s-expression a line.
fn dump(tree: &Tree) -> String {
    tree.instructions().map(|i| format!("({})", node(i, tree.source()))).collect::<Vec<_>>().join("\n")
}

fn node(instruction: &Instruction, source: &str) -> String {
    let mut out = instruction.keyword_span.of(source).to_lowercase();
    if !instruction.flags.is_empty() {
        let flags: Vec<String> = instruction
            .flags
            .iter()
            .map(|flag| {
                let value = flag.value.as_ref().map_or(String::new(), |v| format!("={}", v.text));
                quote(&format!("--{}{value}", flag.name))
            })
            .collect();
        out.push_str(&format!(" [{}]", flags.join(" ")));
    }
    if instruction.keyword == Keyword::Unknown {
        return out;
    }
    if let Some(trigger) = &instruction.trigger {
        out.push_str(&format!(" ({})", node(trigger, source)));
    }
    for (index, word) in instruction.args.iter().enumerate() {
        out.push_str(&format!(" {}", quote(&word.text)));
        if let (Form::Pairs { legacy }, 1) = (instruction.form, index % 2) {
            out.push_str(if legacy { " \"\"" } else { " \"=\"" });
        }
    }
    out
}

/// Go's `strconv.Quote`.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            '\x0c' => out.push_str("\\f"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            c if c.is_control() && (c as u32) < 0x80 => out.push_str(&format!("\\x{:02x}", c as u32)),
            '\u{a0}' => out.push_str("\\u00a0"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
