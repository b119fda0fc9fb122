use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "admin-port-exposed",
    theme: Theme::Security,
    aliases: &["trivy/DS-0004", "checkov/CKV_DOCKER_1", "kics/exposing_port_22", "sonar/S6473"],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports an `EXPOSE` of a port on which machines are administered: 22 (SSH), 23 \
              (Telnet), 3389 (remote desktop), 5800 and 5900 (VNC).",
        why: "A container is changed by building it anew, and looked into with `docker exec`. A login \
             service in it needs accounts, keys and updates of its own, and is one more door.",
        example: "FROM debian:12\nEXPOSE 22\n",
        instead: "FROM debian:12\nEXPOSE 8080\n",
        fix: "The fix takes the port out. It is unsafe: what is started with `--publish-all` no longer reaches it, and the \
              service behind it is still there.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Expose], check),
    examples: &[
        Example::bad("FROM debian:12\nEXPOSE 80 22/tcp 3389\n", &[(2, "22/tcp"), (2, "3389")])
            .fixed("FROM debian:12\nEXPOSE 80\n"),
        Example::bad("FROM debian:12\nEXPOSE \\\n  # ssh\n  22 \\\n  80\n", &[(4, "22")])
            .fixed("FROM debian:12\nEXPOSE \\\n  # ssh\n  80\n"),
        Example::bad("FROM debian:12\nEXPOSE 22\n# web\nEXPOSE 80", &[(2, "22")])
            .fixed("FROM debian:12\n# web\nEXPOSE 80"),
        Example::bad("FROM debian:12\nARG PORT=23\nEXPOSE $PORT 20-25\n", &[(3, "$PORT"), (3, "20-25")]),
        Example::ok("FROM debian:12\nEXPOSE 80 2222 220 22/udp 220/tcp $UNKNOWN\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let parts: Vec<Span> = site.instruction.args.iter().map(|word| word.span).collect();
    for word in &site.instruction.args {
        let text = input.model().expanded(site.id, &word.text).unwrap_or_else(|| word.text.to_string());
        let (ports, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let (Ok(first), Ok(last)) = (first.parse::<u16>(), last.parse::<u16>()) else { continue };
        let Some((port, service)) = SERVICES.iter().find(|(port, _)| (first..=last).contains(port)) else {
            continue;
        };
        if !protocol.eq_ignore_ascii_case("tcp") {
            continue;
        }
        let message = format!(
            "Port {port} is {service}'s: a login service in a container is one more door with accounts of its own. \
             `docker exec` gets you in without it."
        );
        let aliases = if *port == 22 { RULE.aliases } else { OTHERS };
        // A range holds other ports too, and what a variable holds may be another one.
        let single = *text == *word.text && first == last;
        let edit = kit::take_out::part(input, site, &parts, word.span).filter(|_| single);
        let title = format!("Don't expose port {port} (unsafe: `--publish-all` no longer reaches it)");
        let fix = edit.map(|edit| Fix::unsafe_(title, input.edits(vec![edit])));
        found.push(Finding::new(word.span, message).known_as(aliases).fix(fix));
    }
}

const SERVICES: [(u16, &str); 5] =
    [(22, "SSH"), (23, "Telnet"), (3389, "remote desktop"), (5800, "VNC"), (5900, "VNC")];

const OTHERS: &[&str] = &["sonar/S6473"];
