use crate::rules::prelude::*;
use crate::syntax::Instruction;

pub const RULE: Rule = Rule {
    name: "instruction-casing",
    theme: Theme::Style,
    aliases: &["buildkit/ConsistentInstructionCasing", "sonar/S6476"],
    severity: Severities::own(Severity::Hint).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports an instruction that isn't in the case in which most of the file's instructions are: all capitals \
               or all small.",
        why: "In a file that keeps to one way the eye finds the instructions, and a search finds them all.",
        example: "FROM node:22\nRun npm ci\nCMD [\"node\"]\n",
        instead: "FROM node:22\nRUN npm ci\nCMD [\"node\"]\n",
        fix: "The fix writes the instruction as the others are. It is safe.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nRun npm ci\ncmd [\"node\"]\nUSER node\n", &[(2, "Run"), (3, "cmd")])
            .fixed("FROM node:22\nRUN npm ci\nCMD [\"node\"]\nUSER node\n"),
        Example::bad("from node:22\nrun npm ci\nCMD [\"node\"]\n", &[(3, "CMD")])
            .fixed("from node:22\nrun npm ci\ncmd [\"node\"]\n"),
        Example::ok("arg A\nFROM node:22\nRUN npm ci\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    // BuildKit leaves the ARGs above the first FROM out.
    let all = || input.tree().instructions().skip_while(|instruction| instruction.keyword != Keyword::From);
    let written = |instruction: &Instruction| instruction.keyword_span.of(input.source());
    // Keywords are ASCII.
    let is_small = |word: &str| !word.bytes().any(|byte| byte.is_ascii_uppercase());
    let is_capital = |word: &str| !word.bytes().any(|byte| byte.is_ascii_lowercase());
    let (mut small, mut capital) = (0, 0);
    for word in all().filter(|instruction| instruction.keyword != Keyword::Unknown).map(written) {
        if is_small(word) {
            small += 1;
        } else if is_capital(word) {
            capital += 1;
        }
    }
    let (to_small, most) = (small > capital, if small > capital { "small letters" } else { "capitals" });
    for instruction in all().filter(|instruction| instruction.keyword != Keyword::Unknown) {
        let word = written(instruction);
        if !(if to_small { is_small(word) } else { is_capital(word) }) {
            let right = if to_small { word.to_lowercase() } else { word.to_uppercase() };
            let message =
                format!("Most instructions of this file are in {most}, and `{word}` isn't. Write `{right}`.");
            let edits = input.edits(vec![Edit::replace(instruction.keyword_span, right.as_str())]);
            let fix = Fix::safe(format!("Change to `{right}`"), edits);
            found.push(Finding::new(instruction.keyword_span, message).fix(Some(fix)));
        }
    }
}
