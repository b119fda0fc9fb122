use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-zypper-package",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3037", "kics/zypper_install_without_version"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `zypper install` of packages without a version.",
        why: "The repository's newest version is installed, so a build next month makes another image than today's, and a fault in a new version arrives unasked.",
        example: "FROM opensuse/leap:15.6\nRUN zypper install -y httpd\n",
        instead: "FROM opensuse/leap:15.6\nRUN zypper install -y httpd=2.4.58\n",
        fix: "There is no fix: which version is wanted isn't in the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM opensuse/leap:15.6\nRUN zypper in -y httpd 'curl>=8'\n", &[(2, "httpd")])
            .under(Profile::Strict),
        Example::ok("FROM opensuse/leap:15.6\nRUN zypper install -y httpd\n"),
        Example::ok("FROM opensuse/leap:15.6\nRUN zypper install -y a.rpm\n").under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id).iter().filter(|call| call.is("zypper", &["install", "in"])) {
        let packages = call.operands().filter(|arg| !matches!(&*arg.text, "install" | "in")).collect();
        let pinned = |text: &str| text.contains(['=', '>', '<']) || text.ends_with(".rpm");
        kit::unpinned::report(input, packages, pinned, "package=version", found);
    }
}
