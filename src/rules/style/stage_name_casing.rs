use crate::rules::prelude::*;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "stage-name-casing",
    theme: Theme::Style,
    aliases: &["buildkit/StageNameCasing"],
    severity: Severities::own(Severity::Hint).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a stage whose name has capitals.",
        why: "BuildKit keeps the name in lower case. `COPY --from=Build` finds it in any case, `FROM Build` only as \
              `build`, and else takes it for an image.",
        example: "FROM node:22 AS Build\n",
        instead: "FROM node:22 AS build\n",
        fix: "The fix writes the name in lower case. It is safe.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad("FROM node:22 AS Build\nFROM build\nCOPY --from=Build /a /a\n", &[(1, "Build")])
            .fixed("FROM node:22 AS build\nFROM build\nCOPY --from=Build /a /a\n"),
        Example::ok("FROM node:22 AS build_1\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(name) = from(site.instruction).and_then(|from| from.name).filter(|_| !site.onbuild) else {
        return;
    };
    let right = name.text.to_lowercase();
    if *right == *name.text {
        return;
    }
    let message = format!(
        "BuildKit keeps this name as `{right}`, and a FROM finds it only so. Write it in lower case."
    );
    let edits = input.edits(vec![Edit::replace(name.span, &*right)]);
    let fix = Fix::safe(format!("Change to `{right}`"), edits);
    found.push(Finding::new(name.span, message).fix(Some(fix)));
}
