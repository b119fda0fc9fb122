use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "recommended-packages-installed",
    theme: Theme::Size,
    aliases: &[
        "hadolint/DL3015",
        "trivy/DS-0029",
        "kics/apt_get_not_avoiding_additional_packages",
        "semgrep/best-practice/missing-no-install-recommends",
    ],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Info).strict(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `apt-get install` without `--no-install-recommends`.",
        why: "apt-get installs the packages that a package recommends along with those that it needs. In an image they are mostly of no use, and they often are the larger part of what is installed.",
        example: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        instead: "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n",
        fix: "The fix adds the option. It is unsafe: something that the image uses may come as a recommended package, such as ca-certificates with curl.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN apt-get install -y curl\n", &[(2, "apt-get install")])
            .fixed("FROM debian:12\nRUN apt-get install --no-install-recommends -y curl\n"),
        Example::bad(
            "FROM debian:12\nRUN <<EOF\nsudo apt-get -y install curl\nEOF\n",
            &[(3, "apt-get -y install")],
        )
        .fixed("FROM debian:12\nRUN <<EOF\nsudo apt-get -y install --no-install-recommends curl\nEOF\n"),
        Example::ok("FROM debian:12\nRUN apt-get install --no-install-recommends -y curl\n"),
        Example::ok("FROM debian:12\nRUN apt-get -o APT::Install-Recommends=false install -y curl\n"),
        Example::ok("FROM debian:12\nRUN sudo apt-get install -y curl\n").under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    for call in input.calls(site.id) {
        if call.name != "apt-get" && (exact || call.name != "apt") {
            continue;
        }
        let Some(verb) = call.arg(&["install"]) else { continue };
        let action = input.commands(site.id).get(call.index).and_then(|command| command.action.as_ref());
        let without = call.has_flag(&["no-install-recommends"])
            || call.has_arg(&["APT::Install-Recommends=false"])
            || (!exact && action.is_some_and(|action| action.no_recommends));
        if without {
            continue;
        }
        let message = "Packages that are merely recommended are installed as well, often more than what was \
                       asked for. Leave them out with `--no-install-recommends`, and name what is missing then.";
        let fix = kit::step::insert_behind(call, verb.span, "--no-install-recommends").map(|edit| {
            let title = "Add --no-install-recommends (unsafe: something may need a recommended package)";
            Fix::unsafe_(title, input.edits(vec![edit]))
        });
        found.push(Finding::new(call.span_to(verb), message).fix(fix));
    }
}
