use crate::rules::prelude::*;

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
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `FROM --platform` with a platform written out, in a stage whose name doesn't say that it is for \
               that platform.",
        why: "The stage is of that platform on every machine and for every `--platform` of the build: on another one \
              it runs emulated, many times slower, or the image is of another platform than it was asked for.",
        example: "FROM --platform=linux/amd64 node:22\nRUN npm ci\n",
        instead: "FROM --platform=$BUILDPLATFORM node:22\nRUN npm ci\n",
        fix: "The fix leaves the flag out, so that the stage is for the platform that is asked for. It is unsafe: on another \
              machine it then is for another platform than now.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM --platform=linux/amd64 node:22\n", &[(1, "linux/amd64")]).fixed("FROM node:22\n"),
        Example::ok(
            "FROM --platform=linux/arm64 node:22 AS build_arm64\nFROM --platform=linux node:22 AS linux\n",
        ),
        Example::ok("FROM --platform=$BUILDPLATFORM node:22\nFROM node:22\n"),
        Example::bad("FROM --platform=$P node:22 AS amd64\n", &[(1, "$P")])
            .under(Profile::Hadolint)
            .fixed("FROM node:22 AS amd64\n"),
        Example::ok(
            "FROM --platform=\"${BUILDPLATFORM:-}\" node:22\nFROM --platform=$TARGETPLATFORM node:22\n",
        )
        .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for facts in &input.frontend().froms {
        let Some(instruction) = facts.id.and_then(|id| input.tree().instruction(id)) else { continue };
        let Some(flag) = instruction.flag("platform") else { continue };
        let Some(platform) = &flag.value else { continue };
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
            let title = "Leave `--platform` out (unsafe: elsewhere the stage is for another platform then)";
            let edit = kit::take_out::flag(input, instruction, flag);
            let fix = edit.map(|edit| Fix::unsafe_(title, input.edits(vec![edit])));
            found.push(Finding::new(platform.span, message).fix(fix));
        }
    }
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3029.hs`): any platform but the builder's own variables.
fn for_hadolint(platform: &str) -> bool {
    let name = platform.trim_start_matches(['$', '{', '"', '\'']);
    let known = ["BUILDPLATFORM", "TARGETPLATFORM"].iter().any(|known| name.starts_with(known));
    !(platform.is_empty() || platform.contains('$') && known)
}
