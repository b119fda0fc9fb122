use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "password-set-in-run",
    theme: Theme::Security,
    aliases: &["checkov/CKV2_DOCKER_17"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `RUN` that gives a user a password, with `chpasswd`, `passwd --stdin` or the option `-p` of \
               `useradd` and `usermod`, or takes the password away with `passwd -d`. A step that is given a secret to do it with \
               is left alone, and so is a locked password (`-p '*'`).",
        why: "Every container of the image has the same password, and the command that sets it is told by `docker \
              history`. A program in a container needs none: it runs as the user that `USER` names, and `docker exec` \
              asks for no password.",
        example: "FROM debian:12\nRUN useradd app && echo 'app:app' | chpasswd\n",
        instead: "FROM debian:12\nRUN useradd app\n",
        fix: "There is no fix: something may log in with the password, such as an SSH server.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN echo root:root | chpasswd\n", &[(2, "chpasswd")]),
        Example::bad(
            "FROM fedora:40\nRUN echo a | passwd --stdin app && useradd -m -p a b && passwd -d c\n",
            &[(2, "passwd --stdin"), (2, "useradd -m -p"), (2, "passwd -d")],
        ),
        Example::ok("FROM debian:12\nRUN --mount=type=secret,id=p chpasswd < /run/secrets/p\n"),
        Example::ok(
            "FROM debian:12\nRUN useradd -p '*' -m app && adduser --disabled-password b && chgrp a /etc/passwd\n",
        ),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let is_setting = |call: &&Call<'_>| matches!(&*call.name, "chpasswd" | "passwd" | "useradd" | "usermod");
    let calls = input.calls(site.id);
    for call in calls.iter().filter(is_setting) {
        // One that is made up during the build is known to nobody.
        let random = |other: &Call<'_>| other.args.iter().any(|arg| arg.text.contains("${}"));
        let made_up = |other: &Call<'_>| matches!(&*other.name, "echo" | "printf") && random(other);
        if call.pipeline > 1 && calls.iter().any(|other| other.pipeline == call.pipeline && made_up(other)) {
            continue;
        }
        if kit::mount::mounts(site.instruction).any(|mount| mount.value("type") == Some("secret")) {
            return;
        }
        let (span, does): (Span, &str) = match &*call.name {
            "chpasswd" => (call.program, "sets a password"),
            "passwd" => {
                let option = |names: &[&str]| call.arg(names).map(|arg| call.span_to(arg));
                match (option(&["--stdin"]), option(&["-d", "--delete"])) {
                    (Some(span), _) => (span, "sets a password"),
                    (None, Some(span)) => (span, "takes the password away, so that nobody is asked for one"),
                    (None, None) => continue,
                }
            }
            _ => {
                let pair = call.args.windows(2).find(|pair| matches!(&*pair[0].text, "-p" | "--password"));
                let locked = |text: &str| text.is_empty() || text.starts_with(['*', '!', 'x', '-']);
                match pair.filter(|pair| !locked(&pair[1].text)) {
                    Some(pair) => (call.span_to(&pair[0]), "sets a password"),
                    None => continue,
                }
            }
        };
        let message = format!(
            "This {does}: the same one in every container, and `docker history` tells it. A container needs no \
             password; start its program with `USER`."
        );
        let aliases: &[&str] = if call.name == "chpasswd" { RULE.aliases } else { &[] };
        found.push(Finding::new(span, message).known_as(aliases));
    }
}
