use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "yarn-cache-left",
    theme: Theme::Size,
    aliases: &["hadolint/DL3060"],
    severity: Severities::own(Severity::Info).hadolint(Severity::Info).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE.wide_for_hadolint(),
    docs: Docs {
        what: "Reports `yarn install` in a `RUN` that doesn't clean yarn's cache again, in a stage whose layers ship.",
        why: "yarn keeps every archive that it downloads for the next install. In a layer that next install never comes, and the image is larger by all of it. A cache mount keeps the downloads out of the layer and is quicker too.",
        example: "FROM node:22\nRUN yarn install\n",
        instead: "FROM node:22\nRUN yarn install && yarn cache clean\n",
        fix: "The fix appends `yarn cache clean` to the `RUN`. It is safe: what is installed stays.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN yarn install\n", &[(2, "yarn install")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nRUN yarn install && yarn cache clean\n"),
        Example::bad("FROM node:22 AS a\nRUN yarn install\nFROM a\nRUN true\n", &[(2, "yarn install")])
            .under(Profile::Hadolint)
            .fixed("FROM node:22 AS a\nRUN yarn install && yarn cache clean\nFROM a\nRUN true\n"),
        Example::ok("FROM node:22\nRUN yarn install && yarn cache clean --all\n").under(Profile::Strict),
        Example::ok(
            "FROM node:22\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM node:22 AS a\nRUN yarn install\nFROM node:22\nCOPY --from=a /a /a\n")
            .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    let calls = input.calls(site.id);
    let Some(install) = calls.iter().find(|call| call.is("yarn", &["install"])) else { return };
    let mounted: &[&str] = if exact { &[".cache/yarn"] } else { &["/.cache", "/yarn", "/.yarn"] };
    let ships =
        if exact { kit::step::ships_for_hadolint(input, site) } else { kit::step::ships(input, site) };
    let cleaned = calls.iter().any(|call| call.is("yarn", &["cache", "clean"]));
    let Some(verb) = install.arg(&["install"]).filter(|_| ships && !cleaned) else { return };
    if kit::step::keeps_out(site, mounted) {
        return;
    }
    let message = "yarn keeps what it downloads in the layer, for a next install that never comes. Clean it in \
                   this same RUN with `yarn cache clean`, or give yarn a cache mount.";
    let fix = kit::append_command(input, site, "yarn cache clean")
        .map(|edit| Fix::safe("Clean yarn's cache in this RUN", input.edits(vec![edit])));
    found.push(Finding::new(install.span_to(verb), message).fix(fix));
}
