use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "apt-instead-of-apt-get",
    theme: Theme::Shell,
    aliases: &[
        "hadolint/DL3027",
        "checkov/CKV_DOCKER_9",
        "kics/run_using_apt",
        "semgrep/best-practice/prefer-apt-get",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `apt` in a `RUN`.",
        why: "apt is made for people at a terminal: its options and its output may change with every release, and it warns of that when it runs in a script. apt-get and apt-cache stay as they are.",
        example: "FROM debian:12\nRUN apt update && apt install -y curl\n",
        instead: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        fix: "The fix writes `apt-get` where that has the same command. It is safe: both do the same.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN apt update && sudo apt install -y curl\n",
            &[(2, "apt"), (2, "apt")],
        )
        .fixed("FROM debian:12\nRUN apt-get update && sudo apt-get install -y curl\n"),
        Example::bad("FROM debian:12\nRUN apt list --installed\n", &[(2, "apt")]),
        Example::ok("FROM debian:12\nRUN apt-get update && apt-get install -y apt\n"),
        Example::ok("FROM debian:12\nRUN sudo apt update\n").under(Profile::Hadolint),
    ],
};

/// The commands that apt-get has too.
const SHARED: [&str; 11] = [
    "install",
    "update",
    "upgrade",
    "dist-upgrade",
    "remove",
    "purge",
    "autoremove",
    "clean",
    "autoclean",
    "build-dep",
    "source",
];

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id).iter().filter(|call| call.name == "apt") {
        let message = "apt is made for people at a terminal: its options and output may change with any release. \
                       In scripts use `apt-get`, or `apt-cache` to search.";
        let shared = call.operands().next().is_some_and(|verb| SHARED.contains(&&*verb.text));
        let plain = call.editable && call.program.of(input.source()) == "apt";
        let fix = (shared && plain)
            .then(|| Fix::safe("Use apt-get", input.edits(vec![Edit::replace(call.program, "apt-get")])));
        found.push(Finding::new(call.program, message).fix(fix));
    }
}
