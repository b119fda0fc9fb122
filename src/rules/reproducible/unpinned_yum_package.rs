use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-yum-package",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3033", "kics/yum_install_without_version"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `yum install` of packages without a version, and of modules without a stream.",
        why: "The repository's newest version is installed, so a build next month makes another image than today's, and a fault in a new version arrives unasked.",
        example: "FROM centos:7\nRUN yum install -y httpd\n",
        instead: "FROM centos:7\nRUN yum install -y httpd-2.4.6\n",
        fix: "There is no fix: which version is wanted isn't in the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM centos:7\nRUN yum install -y httpd rpm-sign-4.16\n", &[(2, "httpd")])
            .under(Profile::Strict),
        Example::bad("FROM centos:8\nRUN yum module install -y nodejs\n", &[(2, "nodejs")])
            .under(Profile::Hadolint),
        Example::ok("FROM centos:7\nRUN yum install -y httpd\n"),
        Example::ok("FROM centos:7\nRUN yum install -y httpd-2.4.6 /tmp/a-1.rpm\n").under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id).iter().filter(|call| call.is("yum", &["install"])) {
        let packages = kit::unpinned::rpm_packages(call);
        if call.has_arg(&["module"]) {
            kit::unpinned::report(input, packages, |text| text.contains(':'), "module:stream", found);
        } else {
            let pinned = kit::unpinned::rpm_pinned_at(input, site);
            kit::unpinned::report(input, packages, pinned, "package-version", found);
        }
    }
}
