use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "constant-platform",
    theme: Theme::Build,
    aliases: &[
        "hadolint/DL3029",
        "buildkit/FromPlatformFlagConstDisallowed",
        "kics/using_platform_with_from",
        "semgrep/best-practice/avoid-platform-with-from",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `FROM --platform` with a platform written out, in a stage whose name doesn't say that it is for \
               that platform.",
        why: "The stage is of that platform on every machine and for every `--platform` of the build: on another one \
              it runs emulated, many times slower, or the image is of another platform than it was asked for.",
        example: "FROM --platform=linux/amd64 node:22\nRUN npm ci\n",
        instead: "FROM --platform=$BUILDPLATFORM node:22\nRUN npm ci\n",
        fix: "There is no fix: whether the stage is for the machine that builds, the one that runs, or that platform \
              alone, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM --platform=linux/amd64 node:22\n", &[(1, "linux/amd64")]),
        Example::ok(
            "FROM --platform=linux/arm64 node:22 AS build_arm64\nFROM --platform=linux node:22 AS linux\n",
        ),
        Example::ok("FROM --platform=$BUILDPLATFORM node:22\nFROM node:22\n"),
        Example::bad("FROM --platform=$P node:22 AS amd64\n", &[(1, "$P")]).under(Profile::Hadolint),
        Example::ok(
            "FROM --platform=\"${BUILDPLATFORM:-}\" node:22\nFROM --platform=$TARGETPLATFORM node:22\n",
        )
        .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for facts in &input.frontend().froms {
        let read = facts.id.and_then(|id| from(input.tree().instruction(id)?));
        let Some(platform) = read.and_then(|read| read.platform) else { continue };
        let constant = match input.profile() {
            Profile::Hadolint => for_hadolint(&platform.text),
            _ => facts.constant_platform.is_some(),
        };
        if constant {
            let message = format!(
                "This stage is for `{}` whatever the build is for: elsewhere it runs emulated, or makes an image of the \
                 wrong platform. Write `$BUILDPLATFORM` or leave the flag out, or name the stage after the platform.",
                platform.text
            );
            found.push(Finding::new(platform.span, message));
        }
    }
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3029.hs`): any platform but the builder's own variables.
fn for_hadolint(platform: &str) -> bool {
    let name = platform.trim_start_matches(['$', '{', '"', '\'']);
    !(platform.contains('$')
        && ["BUILDPLATFORM", "TARGETPLATFORM"].iter().any(|known| name.starts_with(known)))
        && !platform.is_empty()
}
