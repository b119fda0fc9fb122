use crate::rules::prelude::*;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "reserved-stage-name",
    theme: Theme::Build,
    aliases: &["hadolint/DL3063", "buildkit/ReservedStageName"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a stage that is called `scratch` or `context`.",
        why: "`scratch` means the empty image and `context` the build context. A stage of that name takes the word \
              over: `FROM scratch` below it is no longer empty.",
        example: "FROM alpine:3 AS scratch\nRUN true\n",
        instead: "FROM alpine:3 AS build\nRUN true\n",
        fix: "There is no fix: what names the stage may mean it or the word.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad(
            "FROM alpine:3 AS scratch\nFROM alpine:3 AS Context\n",
            &[(1, "scratch"), (2, "Context")],
        ),
        Example::ok("FROM scratch AS build\nFROM alpine:3 AS contexts\n"),
    ],
};

fn check(_: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(name) = from(site.instruction).and_then(|from| from.name).filter(|_| !site.onbuild) else {
        return;
    };
    let meaning = match name.text.to_lowercase().as_str() {
        "scratch" => "the empty image",
        "context" => "the build context",
        _ => return,
    };
    let message = format!(
        "`{}` means {meaning} to BuildKit, and this stage takes the word over for all below. Give the stage another \
         name.",
        name.text
    );
    found.push(Finding::new(name.span, message));
}
