use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-apk-package",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3018", "kics/unpinned_package_version_in_apk_add"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `apk add` of packages without a version.",
        why: "The newest version of the branch is installed, so a build next month makes another image than today's. Alpine's mirrors keep one version of a package for each branch, so an exact pin fails once it is replaced; `~` pins as much of it as stays.",
        example: "FROM alpine:3.22\nRUN apk add --no-cache curl\n",
        instead: "FROM alpine:3.22\nRUN apk add --no-cache 'curl~8'\n",
        fix: "There is no fix: which version is wanted isn't in the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM alpine:3.22\nRUN apk add --no-cache -t build curl git=2.49.1-r0\n",
            &[(2, "curl")],
        )
        .under(Profile::Strict),
        Example::ok("FROM alpine:3.22\nRUN apk add --no-cache curl\n"),
        Example::ok("FROM alpine:3.22\nRUN apk add --no-cache 'curl~8' ./a.apk\n").under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id).iter().filter(|call| call.is("apk", &["add"])) {
        let packages = call.operands_but_values_of(&["t", "virtual", "repository", "X"]);
        let packages = packages.into_iter().filter(|arg| arg.text != "add").collect();
        let pinned = |text: &str| text.contains(['=', '~', '<', '>']) || text.ends_with(".apk");
        kit::unpinned::report(input, packages, pinned, "package~version", found);
    }
}
