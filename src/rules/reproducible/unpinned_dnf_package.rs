use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-dnf-package",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3041", "kics/missing_version_specification_in_dnf_install"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `dnf install` and `microdnf install` of packages without a version, and of modules without a stream.",
        why: "The repository's newest version is installed, so a build next month makes another image than today's, and a fault in a new version arrives unasked.",
        example: "FROM fedora:42\nRUN dnf install -y httpd\n",
        instead: "FROM fedora:42\nRUN dnf install -y httpd-2.4.63\n",
        fix: "There is no fix: which version is wanted isn't in the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM fedora:42\nRUN microdnf install -y httpd\n", &[(2, "httpd")])
            .under(Profile::Strict),
        Example::bad("FROM fedora:42\nENV V=1\nRUN dnf install -y a-${V} b-${W}\n", &[(3, "b-${W}")])
            .under(Profile::Hadolint),
        Example::ok("FROM fedora:42\nRUN dnf install -y httpd\n"),
        Example::ok("FROM fedora:42\nRUN dnf group install -y 'Development Tools'\n").under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id) {
        if !matches!(&*call.name, "dnf" | "microdnf") || !call.has_arg(&["install"]) {
            continue;
        }
        let packages = kit::unpinned::rpm_packages(call);
        if call.has_arg(&["module"]) {
            kit::unpinned::report(input, packages, |text| text.contains(':'), "module:stream", found);
        } else if !call.has_arg(&["group"]) {
            let pinned = kit::unpinned::rpm_pinned_at(input, site);
            kit::unpinned::report(input, packages, pinned, "package-version", found);
        }
    }
}
