use crate::rules::prelude::*;
use crate::shell::{Word, unwrap};

pub const RULE: Rule = Rule {
    name: "sudo-in-run",
    theme: Theme::Security,
    aliases: &[
        "hadolint/DL3004",
        "trivy/DS-0010",
        "checkov/CKV2_DOCKER_1",
        "kics/run_using_sudo",
        "semgrep/security/no-sudo-in-dockerfile",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `sudo` in a `RUN`.",
        why: "A step runs as root unless `USER` says otherwise, so sudo gives it nothing. It takes a package, handles signals and the terminal in its own way, and leaves a door open in the image: whoever breaks in may use it too. Switch with `USER`, or with gosu at run time.",
        example: "FROM debian:12\nRUN sudo apt-get update\n",
        instead: "FROM debian:12\nRUN apt-get update\n",
        fix: "The fix takes sudo out where no `USER` stands above it. It is unsafe: the base image may set a user of its own, and sudo changes a few variables.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN sudo apt-get update && sudo true\n", &[(2, "sudo")])
            .fixed("FROM debian:12\nRUN apt-get update && true\n"),
        Example::bad("FROM debian:12\nUSER app\nRUN sudo -E true\n", &[(3, "sudo")]),
        Example::bad("FROM debian:12\nUSER app\nRUN sudo true\n", &[(3, "sudo")]),
        Example::ok("FROM debian:12\nRUN apt-get install -y sudo\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    if exact {
        if let Some(call) = input.calls(site.id).iter().find(|call| call.name == "sudo") {
            found.push(Finding::new(call.program, MESSAGE));
        }
        return;
    }
    let sudos: Vec<(&Cmd<'_>, &Word)> =
        input.commands(site.id).iter().filter_map(|command| Some((command, sudo(command)?))).collect();
    if let Some((_, first)) = sudos.first() {
        let edits: Option<Vec<Edit>> =
            sudos.iter().map(|(command, sudo)| edit(input, site, command, sudo)).collect();
        let title = "Leave sudo out (unsafe: the base image may set a user)";
        let fix = edits.map(|edits| Fix::unsafe_(title, input.edits(edits)));
        found.push(Finding::new(first.span, MESSAGE).fix(fix));
    }
}

const MESSAGE: &str = "A step runs as root unless USER says otherwise, and sudo in an image is a way to root for \
                       whoever breaks in. Leave it out; to run as somebody else use `USER`.";

/// The word sudo, where the command is started with it.
fn sudo<'a>(command: &Cmd<'a>) -> Option<&'a Word> {
    let is_sudo = |word: &&'a Word| word.is("sudo") || word.is("/usr/bin/sudo");
    let wrappers = unwrap(&command.command).wrappers;
    wrappers.into_iter().find(is_sudo).or_else(|| command.command.program().filter(is_sudo))
}

/// Takes the word out, where it has no options and the file itself sets no user.
fn edit(input: &Input<'_>, site: Site<'_>, command: &Cmd<'_>, sudo: &Word) -> Option<Edit> {
    let inner = command.command.nesting.inner || site.instruction.is_exec();
    if inner || site.onbuild || input.frame(site.id)?.user.is_some() {
        return None;
    }
    let words = command.command.words();
    let at = words.iter().position(|word| std::ptr::eq(word, sudo))?;
    let next = words.get(at + 1)?;
    if next.text().starts_with('-') || next.text().contains('=') {
        return None;
    }
    let between = Span::new(sudo.span.end, next.span.start);
    let apart = between.of(input.source()).contains(['\n', '#']);
    (!apart).then(|| Edit::delete(Span::new(sudo.span.start, next.span.start)))
}
