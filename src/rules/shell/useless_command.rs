use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "useless-command",
    theme: Theme::Shell,
    aliases: &[
        "hadolint/DL3001",
        "kics/run_utilities_and_posix_commands",
        "semgrep/best-practice/nonsensical-command",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Info).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports commands that make no sense in a build, such as `ssh`, `vim`, `shutdown`, `service`, `ps`, `free`, `top`, `kill` and `mount`.",
        why: "A build has no services, no terminal and no devices: what such a command shows or starts is gone when the step ends.",
        example: "FROM debian:12\nRUN service nginx start\n",
        instead: "FROM debian:12\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
        fix: "There is no fix: what the command was meant for isn't known.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN service nginx start && ps aux\n", &[(2, "service"), (2, "ps")])
            .under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN apt-get install -y ssh vim\n").under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN service nginx start\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    const USELESS: [&str; 9] = ["free", "kill", "mount", "ps", "service", "shutdown", "ssh", "top", "vim"];
    for call in input.calls(site.id).iter().filter(|call| USELESS.contains(&&*call.name)) {
        let message = format!(
            "{} has nothing to act on in a build: what it shows or starts is gone when the step ends. Leave it out.",
            call.name
        );
        found.push(Finding::new(call.program, message));
    }
}
