use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-apt-package",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3008", "kics/apt_get_install_pin_version_not_defined"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `apt-get install` of packages without a version.",
        why: "The mirror's newest version is installed, so a build next month makes another image than today's, and a fault in a new version arrives unasked. Distributions delete old versions from their mirrors, so a pin may fail later: many projects pin the base image's digest instead.",
        example: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        instead: "FROM debian:12\nRUN apt-get update && apt-get install -y curl=7.88.1-10+deb12u12\n",
        fix: "There is no fix: which version is wanted isn't in the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN apt-get install -y curl git=1:2.39.5-0+deb12u2\n", &[(2, "curl")])
            .under(Profile::Strict),
        Example::bad("FROM debian:12\nRUN apt-get install -y \\\n  curl \\\n  git\n", &[(2, "RUN")])
            .under(Profile::Hadolint),
        Example::ok("FROM debian:12\nRUN apt-get install -y curl\n"),
        Example::ok("FROM debian:12\nRUN apt-get install -y -t bookworm-backports ./a.deb $PACKAGES\n")
            .under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN sudo apt-get install -y curl\n").under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id) {
        let apt = call.name == "apt-get" || (call.name == "apt" && input.profile() != Profile::Hadolint);
        if apt && call.has_arg(&["install"]) {
            let packages = call.operands_but_values_of(&["t", "target-release"]);
            let packages = packages.into_iter().filter(|arg| arg.text != "install").collect();
            let pinned = |text: &str| text.contains(['=', '/']) || text.ends_with(".deb");
            kit::unpinned::report(input, packages, pinned, "package=version", found);
        }
    }
}
