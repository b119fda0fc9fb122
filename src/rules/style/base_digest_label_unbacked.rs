use crate::model::{Base, Stage};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "base-digest-label-unbacked",
    theme: Theme::Style,
    aliases: &["tally/labels/no-stale-base-digest"],
    severity: Severities::own(Severity::Info).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports the label `org.opencontainers.image.base.digest` with a fixed value in an image \
              whose `FROM` isn't pinned by a digest.",
        why: "The tag moves on and the label doesn't: it then names an image that this one isn't built \
             on.",
        example: "FROM alpine:3.20\nLABEL org.opencontainers.image.base.digest=\"sha256:2222222222222222222222222222222222222222222222222222222222222222\"\n",
        instead: "FROM alpine:3.20\nLABEL org.opencontainers.image.base.name=\"docker.io/library/alpine:3.20\"\n",
        fix: "The fix takes the label out. It is unsafe: something may read it, and pinning the base may be what is wanted.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM alpine:3.20 AS a\nFROM a\nLABEL org.opencontainers.image.base.digest=\"sha256:22\"\n",
            &[(3, "org.opencontainers.image.base.digest=\"sha256:22\"")],
        )
        .under(Profile::Strict)
        .fixed("FROM alpine:3.20 AS a\nFROM a\n"),
        Example::ok(
            "FROM alpine:3.20@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nLABEL \
            org.opencontainers.image.base.digest=\"sha256:22\"\nFROM alpine:3.20\nARG \
            D\nLABEL org.opencontainers.image.base.digest=$D\n",
        )
        .under(Profile::Strict),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let Base::Image { written, reference } = input.model().root(stage) else { return };
    if reference.as_deref().unwrap_or(written).contains(['@', '$']) {
        return;
    }
    for label in kit::label::of_stage(input, stage) {
        if label.key == "org.opencontainers.image.base.digest" && !label.value.contains('$') {
            let message = format!(
                "The base `{written}` isn't pinned by a digest, so this label is wrong as soon as the tag moves. Pin \
                 the base, or leave the label out."
            );
            let edit = kit::label::take_out(input, &label);
            let fix = edit.map(|edit| Fix::unsafe_("Leave the label out", input.edits(vec![edit])));
            found.push(Finding::new(label.span, message).fix(fix));
        }
    }
}
