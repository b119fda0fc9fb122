use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "install-without-yes",
    theme: Theme::Shell,
    aliases: &[
        "hadolint/DL3014",
        "hadolint/DL3030",
        "hadolint/DL3034",
        "hadolint/DL3038",
        "trivy/DS-0021",
        "kics/apt_get_missing_yes_flag_to_avoid_manual_input",
        "kics/yum_install_allows_manual_input",
        "kics/missing_flag_from_dnf_install",
        "kics/missing_zypper_non_interactive_switch",
        "semgrep/correctness/missing-assume-yes-switch",
        "semgrep/best-practice/missing-yum-assume-yes-switch",
        "semgrep/best-practice/missing-dnf-assume-yes-switch",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports installs with apt-get, yum, dnf, microdnf or zypper that would ask before they begin.",
        why: "Nobody answers during a build: the package manager takes the end of its input for a no, and the build fails.",
        example: "FROM debian:12\nRUN apt-get update && apt-get install curl\n",
        instead: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        fix: "The fix adds the option that answers yes. It is safe: without it the build stops here.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN apt-get install curl\n", &[(2, "apt-get install")])
            .fixed("FROM debian:12\nRUN apt-get install -y curl\n"),
        Example::bad(
            "FROM debian:12\nRUN sudo apt-get -q install \\\n  curl\n",
            &[(2, "apt-get -q install")],
        )
        .fixed("FROM debian:12\nRUN sudo apt-get -q install -y \\\n  curl\n"),
        Example::bad("FROM fedora:42\nRUN microdnf install curl\n", &[(2, "microdnf install")])
            .fixed("FROM fedora:42\nRUN microdnf install -y curl\n"),
        Example::bad("FROM opensuse/leap:15.6\nRUN zypper in curl\n", &[(2, "zypper in")])
            .fixed("FROM opensuse/leap:15.6\nRUN zypper --non-interactive in curl\n"),
        Example::bad("FROM centos:7\nRUN [\"yum\", \"install\", \"curl\"]\n", &[(2, "\"yum\", \"install\"")]),
        Example::ok(
            "FROM debian:12\nRUN apt-get -qq install curl && apt-get -y install git && yes | apt-get install wget\n",
        ),
        Example::ok(
            "FROM debian:12\nRUN apt-get install --assume-yes a && apt-get -q -q install b && apt-get -q=2 install c\n",
        ),
        Example::ok("FROM opensuse/leap:15.6\nRUN zypper -n in curl && zypper install -y git\n"),
        Example::ok("FROM debian:12\nRUN sudo apt-get install curl\n").under(Profile::Hadolint),
    ],
};

/// A package manager, what it asks about, and what answers it.
struct Manager {
    programs: &'static [&'static str],
    verbs: &'static [&'static str],
    /// Options, without dashes.
    yes: &'static [&'static str],
    aliases: &'static [&'static str],
}

/// hadolint's `DL3014`, `DL3030`, `DL3038` and `DL3034` of `src/Hadolint/Rule`.
const MANAGERS: &[Manager] = &[
    Manager {
        programs: &["apt-get"],
        verbs: &["install"],
        yes: &["y", "yes", "qq", "assume-yes"],
        aliases: &[
            "hadolint/DL3014",
            "trivy/DS-0021",
            "kics/apt_get_missing_yes_flag_to_avoid_manual_input",
            "semgrep/correctness/missing-assume-yes-switch",
        ],
    },
    Manager {
        programs: &["yum"],
        verbs: &["install", "groupinstall", "localinstall"],
        yes: &["y", "assumeyes"],
        aliases: &[
            "hadolint/DL3030",
            "kics/yum_install_allows_manual_input",
            "semgrep/best-practice/missing-yum-assume-yes-switch",
        ],
    },
    Manager {
        programs: &["dnf", "microdnf"],
        verbs: &["install", "groupinstall", "localinstall"],
        yes: &["y", "assumeyes"],
        aliases: &[
            "hadolint/DL3038",
            "kics/missing_flag_from_dnf_install",
            "semgrep/best-practice/missing-dnf-assume-yes-switch",
        ],
    },
    Manager {
        programs: &["zypper"],
        verbs: &["install", "in", "remove", "rm", "source-install", "si", "patch"],
        yes: &["non-interactive", "n", "no-confirm", "y"],
        aliases: &["hadolint/DL3034", "kics/missing_zypper_non_interactive_switch"],
    },
];

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id) {
        let exact = input.profile() == Profile::Hadolint;
        let program = if &*call.name == "apt" && !exact { "apt-get" } else { &*call.name };
        let Some(manager) = MANAGERS.iter().find(|manager| manager.programs.contains(&program)) else {
            continue;
        };
        let Some(verb) = call.arg(manager.verbs) else { continue };
        if answered(input, site, call, manager, exact) {
            continue;
        }
        let zypper = program == "zypper";
        let (behind, option) = if zypper { (call.program, "--non-interactive") } else { (verb.span, "-y") };
        let message = format!(
            "{program} asks whether to go on, and nobody answers during a build: it takes that for a no, and \
             the build fails. Answer beforehand with `{option}`."
        );
        let fix = kit::step::insert_behind(call, behind, option)
            .map(|edit| Fix::safe(format!("Add {option}"), input.edits(vec![edit])));
        found.push(Finding::new(call.span_to(verb), message).known_as(manager.aliases).fix(fix));
    }
}

fn answered(input: &Input<'_>, site: Site<'_>, call: &Call<'_>, manager: &Manager, exact: bool) -> bool {
    let mut yes = call.has_flag(manager.yes);
    if manager.programs == ["apt-get"] {
        let quiet = call.count_flag("q").max(call.count_flag("quiet"));
        yes = yes || quiet == 2 || call.has_arg(&["-q=2"]);
    }
    if exact {
        return yes;
    }
    let Some(command) = input.commands(site.id).get(call.index) else { return true };
    // Something is piped to it, `yes` most likely; or a group with redirected input.
    let fed = command.command.position > 0 || !command.command.redirects().is_empty();
    yes || fed || command.action.as_ref().is_some_and(|action| action.assume_yes)
}
