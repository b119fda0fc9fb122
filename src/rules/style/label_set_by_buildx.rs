use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "label-set-by-buildx",
    theme: Theme::Style,
    aliases: &["tally/labels/no-buildx-git-overlap"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports the labels that `docker buildx build` sets itself where `BUILDX_GIT_LABELS` is \
              on: `org.opencontainers.image.revision` and `org.opencontainers.image.source`.",
        why: "Two places then say which commit the image comes from, and the one in the Dockerfile is \
             the one that goes stale.",
        example: "FROM node:22\nLABEL org.opencontainers.image.revision=\"abc123\"\n",
        instead: "FROM node:22\nLABEL org.opencontainers.image.title=\"shop\"\n",
        fix: "The fix takes the label out. It is unsafe: where `BUILDX_GIT_LABELS` is off, the image then lacks it.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Label], check),
    examples: &[
        Example::bad(
            "FROM node:22\nLABEL org.opencontainers.image.revision=\"abc123\" a=1\n",
            &[(2, "org.opencontainers.image.revision")],
        )
        .under(Profile::Strict)
        .fixed("FROM node:22\nLABEL a=1\n"),
        Example::ok("FROM node:22\nLABEL org.opencontainers.image.title=\"a\"\n").under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for label in kit::label::labels(site) {
        if matches!(label.key, "org.opencontainers.image.revision" | "org.opencontainers.image.source") {
            let message = format!(
                "buildx sets `{}` from git where `BUILDX_GIT_LABELS` is on, and always rightly. Leave it to that, or \
                 leave this rule off.",
                label.key
            );
            let title = format!("Leave `{}` to buildx (unsafe: it has to be told to)", label.key);
            let edit = kit::label::take_out(input, &label);
            let fix = edit.map(|edit| Fix::unsafe_(title, input.edits(vec![edit])));
            found.push(Finding::new(label.key_span, message).fix(fix));
        }
    }
}
