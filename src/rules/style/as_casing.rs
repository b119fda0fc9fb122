use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "as-casing",
    theme: Theme::Style,
    aliases: &["buildkit/FromAsCasing"],
    severity: Severities::own(Severity::Hint).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `FROM … as`, where the one is in capitals and the other isn't.",
        why: "Both are words of the language, and a reader looks for them in one case.",
        example: "FROM node:22 as build\n",
        instead: "FROM node:22 AS build\n",
        fix: "The fix writes `AS` in the case of `FROM`. It is safe.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad("FROM node:22 as build\nfrom node:22 AS test\n", &[(1, "as"), (2, "AS")])
            .fixed("FROM node:22 AS build\nfrom node:22 as test\n"),
        Example::ok("FROM node:22 AS build\nfrom node:22 as test\nFrom node:22 aS x\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let [_, word, _, ..] = &site.instruction.args[..] else { return };
    let from = site.instruction.keyword_span.of(input.source());
    let right = if from == from.to_lowercase() {
        word.text.to_lowercase()
    } else if from == from.to_uppercase() {
        word.text.to_uppercase()
    } else {
        return;
    };
    if site.onbuild || *right == *word.text || !word.text.eq_ignore_ascii_case("as") {
        return;
    }
    let message = format!("`{}` isn't in the case of `{from}`. Write `{right}`.", word.text);
    let edits = input.edits(vec![Edit::replace(word.span, &*right)]);
    let fix = Fix::safe(format!("Change to `{right}`"), edits);
    found.push(Finding::new(word.span, message).fix(Some(fix)));
}
