use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "redundant-platform",
    theme: Theme::Style,
    aliases: &["hadolint/DL3065", "buildkit/RedundantTargetPlatform"],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `FROM --platform=$TARGETPLATFORM`.",
        why: "A stage is for that platform without the flag. With it the line reads as if it did something.",
        example: "FROM --platform=$TARGETPLATFORM node:22\n",
        instead: "FROM node:22\n",
        fix: "The fix takes the flag out. It is safe.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM --platform=$TARGETPLATFORM node:22\n", &[(1, "--platform=$TARGETPLATFORM")])
            .fixed("FROM node:22\n"),
        Example::bad("FROM --platform=${TARGETPLATFORM}  node:22\n", &[(1, "--platform=${TARGETPLATFORM}")])
            .fixed("FROM node:22\n"),
        Example::bad("FROM --platform=$TARGETPLATFORM \\\n  node:22\n", &[(1, "--platform=$TARGETPLATFORM")])
            .fixed("FROM node:22\n"),
        Example::ok("FROM --platform=$BUILDPLATFORM node:22\nFROM --platform=${TARGETPLATFORM%/*} node:22\n"),
        Example::ok("FROM --platform=${TARGETPLATFORM:-} node:22\n").under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for facts in &input.frontend().froms {
        let Some(instruction) = facts.id.and_then(|id| input.tree().instruction(id)) else { continue };
        let Some(flag) = instruction.flag("platform") else { continue };
        let value = flag.value.as_ref().map_or("", |value| &*value.text);
        let redundant = match input.profile() {
            Profile::Hadolint => matches!(value, "$TARGETPLATFORM" | "${TARGETPLATFORM}"),
            _ => facts.redundant_platform,
        };
        if redundant {
            let message = "Every stage is for the target platform unless another one is asked for, so this flag does \
                           nothing. Leave it out.";
            let edit = kit::take_out::flag(input, instruction, flag);
            let fix = edit.map(|edit| Fix::safe("Leave the flag out", input.edits(vec![edit])));
            found.push(Finding::new(flag.span, message).fix(fix));
        }
    }
}
