use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::InstructionId;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "reserved-stage-name",
    theme: Theme::Build,
    aliases: &["hadolint/DL3063", "buildkit/ReservedStageName"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a stage that is called `scratch` or `context`.",
        why: "`scratch` means the empty image and `context` the build context. A stage of that name takes the word \
              over: `FROM scratch` below it is no longer empty.",
        example: "FROM alpine:3 AS scratch\nRUN true\n",
        instead: "FROM alpine:3 AS build\nRUN true\n",
        fix: "The fix puts `-stage` behind the name, here and where the stage is named. It is unsafe: a `--target` may name \
              it, and who wrote `FROM scratch` below it may have meant the empty image.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad(
            "FROM alpine:3 AS scratch\nFROM alpine:3 AS Context\n",
            &[(1, "scratch"), (2, "Context")],
        )
        .fixed("FROM alpine:3 AS scratch-stage\nFROM alpine:3 AS context-stage\n"),
        Example::bad(
            "FROM alpine:3 AS scratch\nFROM scratch\nCOPY --from=scratch /a /a\n",
            &[(1, "scratch")],
        )
        .fixed("FROM alpine:3 AS scratch-stage\nFROM scratch-stage\nCOPY --from=scratch-stage /a /a\n"),
        Example::ok("FROM alpine:3 AS Scratch\n").under(Profile::Hadolint),
        Example::ok("FROM scratch AS build\nFROM alpine:3 AS contexts\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(name) = from(site.instruction).and_then(|from| from.name).filter(|_| !site.onbuild) else {
        return;
    };
    // hadolint minds the case.
    let written =
        if input.profile() == Profile::Hadolint { name.text.clone() } else { name.text.to_lowercase() };
    let meaning = match written.as_str() {
        "scratch" => "the empty image",
        "context" => "the build context",
        _ => return,
    };
    let message = format!(
        "`{}` means {meaning} to BuildKit, and this stage takes the word over for all below. Give the stage another \
         name.",
        name.text
    );
    found.push(Finding::new(name.span, message).fix(fix(input, site.id)));
}

/// Gives the stage of the FROM `id` another name.
fn fix(input: &Input<'_>, id: InstructionId) -> Option<Fix> {
    let (name, edits) = kit::stages::with_suffix(input, id, "-stage")?;
    Some(Fix::unsafe_(format!("Call the stage `{name}`"), input.edits(edits)))
}
