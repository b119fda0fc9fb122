use crate::rules::prelude::*;
use crate::shell::packages::{Tool, Verb};

pub const RULE: Rule = Rule {
    name: "os-upgrade",
    theme: Theme::Reproducible,
    aliases: &[
        "hadolint/DL3035",
        "trivy/DS-0024",
        "kics/run_using_upgrade_commands",
        "kics/run_using_dnf_update",
        "kics/use_of_apk_upgrade",
        "kics/yum_update_disabled",
        "kics/run_using_zypper_update",
        "semgrep/best-practice/avoid-apt-get-upgrade",
        "semgrep/best-practice/avoid-apk-upgrade",
        "semgrep/best-practice/avoid-dnf-update",
        "semgrep/best-practice/avoid-yum-update",
        "semgrep/best-practice/avoid-zypper-update",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports upgrades of the whole system: `apt-get upgrade`, `apk upgrade`, `yum update`, `dnf upgrade`, `zypper dist-upgrade` and their like.",
        why: "What is upgraded is decided on the day of the build, every package that changes is in the image twice, and the step stays in the cache for as long as its text is the same. A newer base image has the upgrades in it already.",
        example: "FROM debian:12\nRUN apt-get update && apt-get upgrade -y\n",
        instead: "FROM debian:12.11\nRUN apt-get update && apt-get install -y curl\n",
        fix: "The fix takes the command out, and its `RUN` too where nothing but fetching and removing lists is left of it. It \
              is unsafe: packages stay as old as the base image.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN apt-get update && apt-get -y dist-upgrade\n",
            &[(2, "apt-get -y dist-upgrade")],
        )
        .under(Profile::Strict)
        .fixed("FROM debian:12\n"),
        Example::bad(
            "FROM debian:12\nRUN apt-get update \\\n  && apt-get upgrade -y \\\n  # tools\n  && apt-get install -y \
             curl\n",
            &[(3, "apt-get upgrade")],
        )
        .under(Profile::Strict)
        .fixed("FROM debian:12\nRUN apt-get update \\\n  # tools\n  && apt-get install -y curl\n"),
        Example::bad("FROM alpine:3.22\nRUN <<EOF\napk upgrade\nmake\nEOF\n", &[(3, "apk upgrade")])
            .under(Profile::Strict)
            .fixed("FROM alpine:3.22\nRUN <<EOF\nmake\nEOF\n"),
        Example::bad("FROM alpine:3.22\nRUN [ -f /x ] && apk upgrade\n", &[(2, "apk upgrade")])
            .under(Profile::Strict),
        Example::bad(
            "FROM fedora:42\nRUN dnf -y update && microdnf upgrade\n",
            &[(2, "dnf -y update"), (2, "microdnf upgrade")],
        )
        .under(Profile::Strict)
        .fixed("FROM fedora:42\n"),
        Example::bad(
            "FROM debian:12\nRUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*\n",
            &[(2, "apt-get upgrade")],
        )
        .under(Profile::Strict)
        .fixed("FROM debian:12\n"),
        Example::bad(
            "FROM debian:12\nRUN apt-get update && apt-get upgrade -y && rm -rf /etc/nginx/conf.d/default.conf\n",
            &[(2, "apt-get upgrade")],
        )
        .under(Profile::Strict)
        .fixed("FROM debian:12\nRUN apt-get update && rm -rf /etc/nginx/conf.d/default.conf\n"),
        Example::bad("FROM opensuse/leap:15.6\nRUN zypper dup -y\n", &[(2, "zypper dup")])
            .under(Profile::Hadolint)
            .fixed("FROM opensuse/leap:15.6\n"),
        Example::ok("FROM debian:12\nRUN apt-get -y upgrade\n").under(Profile::Hadolint),
        Example::ok("FROM debian:12\nRUN apt-get update && apt-get install --only-upgrade -y openssl\n")
            .under(Profile::Strict),
        Example::ok("FROM fedora:42\nRUN dnf -y upgrade openssl\n").under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN apt-get upgrade -y\n"),
    ],
};

/// Programs, what upgrades all, and the names of the finding elsewhere.
type Upgrade = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);

const UPGRADES: &[Upgrade] = &[
    (
        &["apt-get", "apt"],
        &["upgrade", "dist-upgrade", "full-upgrade"],
        &["trivy/DS-0024", "kics/run_using_upgrade_commands", "semgrep/best-practice/avoid-apt-get-upgrade"],
    ),
    (&["apk"], &["upgrade"], &["kics/use_of_apk_upgrade", "semgrep/best-practice/avoid-apk-upgrade"]),
    (
        &["yum"],
        &["update", "upgrade"],
        &["kics/yum_update_disabled", "semgrep/best-practice/avoid-yum-update"],
    ),
    (
        &["dnf", "microdnf"],
        &["update", "upgrade"],
        &["kics/run_using_dnf_update", "semgrep/best-practice/avoid-dnf-update"],
    ),
    (
        &["zypper"],
        &["dist-upgrade", "dup"],
        &["hadolint/DL3035", "semgrep/best-practice/avoid-zypper-update"],
    ),
    (
        &["zypper"],
        &["update", "up"],
        &["kics/run_using_zypper_update", "semgrep/best-practice/avoid-zypper-update"],
    ),
];

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    for call in input.calls(site.id) {
        for (programs, verbs, aliases) in UPGRADES {
            if !programs.contains(&&*call.name) {
                continue;
            }
            let Some(verb) = call.arg(verbs) else { continue };
            // Packages behind the verb: these alone are upgraded.
            if !exact && call.operands().any(|arg| arg.span.start > verb.span.start) {
                continue;
            }
            let message = "What this upgrades is decided on the day of the build, and every package that changes is \
                           in the image twice. Take a newer base image, which has the upgrades in it.";
            let finding = Finding::new(call.span_to(verb), message).known_as(aliases);
            found.push(finding.fix(fix(input, site, call)));
            break;
        }
    }
}

/// Takes the command out, or the whole RUN where nothing that is of use is left of it.
fn fix(input: &Input<'_>, site: Site<'_>, call: &Call<'_>) -> Option<Fix> {
    let command = input.commands(site.id).get(call.index).filter(|command| !command.command.conditional)?;
    let others = || input.commands(site.id).iter().enumerate().filter(|(at, _)| *at != call.index);
    let idle = |command: &Cmd<'_>| match &command.action {
        Some(action) => {
            matches!(action.verb, Verb::Update | Verb::CleanCache) && !used_later(input, site, action.tool)
        }
        None => removes_lists(command),
    };
    let edit = match others().all(|(_, command)| idle(command)) {
        true => kit::take_out::instruction(input, site)?,
        false => kit::take_out::commands(input, site, command.command.span)?,
    };
    Some(Fix::unsafe_(
        "Leave the upgrade out (unsafe: packages stay as the base has them)",
        input.edits(vec![edit]),
    ))
}

fn used_later(input: &Input<'_>, site: Site<'_>, tool: Tool) -> bool {
    kit::step::lists_used_later(input, site.id, tool)
}

/// Whether the command removes nothing but what package managers fetched for themselves.
fn removes_lists(command: &Cmd<'_>) -> bool {
    const KEPT: [&str; 7] = [
        "/var/lib/apt/lists",
        "/var/cache/apt",
        "/var/cache/apk",
        "/var/cache/dnf",
        "/var/cache/libdnf5",
        "/var/cache/yum",
        "/var/cache/zypp",
    ];
    let mut operands = command.command.args().iter().filter(|word| !word.text().starts_with('-'));
    let lists = |text: &str| {
        let plain = !text.contains("..") && !text.contains(['$', '`']);
        plain && KEPT.iter().any(|folder| kit::next::is_below(text, folder))
    };
    command.command.is("rm") && operands.all(|word| lists(word.text()))
}
