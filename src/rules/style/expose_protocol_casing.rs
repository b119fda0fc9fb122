use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "expose-protocol-casing",
    theme: Theme::Style,
    aliases: &["buildkit/ExposeProtoCasing"],
    severity: Severities::own(Severity::Hint).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `EXPOSE` with a protocol in capitals.",
        why: "BuildKit writes it in lower case into the image; the file should say what is there.",
        example: "FROM nginx:1.29\nEXPOSE 80/TCP\n",
        instead: "FROM nginx:1.29\nEXPOSE 80/tcp\n",
        fix: "The fix writes the protocol in lower case. It is safe.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM nginx:1.29\nEXPOSE 80/TCP 53/Udp\n", &[(2, "80/TCP"), (2, "53/Udp")])
            .fixed("FROM nginx:1.29\nEXPOSE 80/tcp 53/udp\n"),
        Example::ok("FROM nginx:1.29\nEXPOSE 80 80/tcp\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for facts in &input.frontend().ports {
        let known = |protocol: &&String| ["tcp", "udp", "sctp"].contains(&protocol.to_lowercase().as_str());
        let Some(protocol) = facts.port.protocol.as_ref().filter(known) else { continue };
        let lower = protocol.to_lowercase();
        if lower == *protocol {
            continue;
        }
        let message = format!("The protocol is written `{lower}` in the image. Write it so here.");
        let exact = facts.span.of(input.source()) == facts.text;
        let at = Span::new(facts.span.end - protocol.len() as u32, facts.span.end);
        let edits = || input.edits(vec![Edit::replace(at, lower.as_str())]);
        let fix = exact.then(|| Fix::safe(format!("Change to `{lower}`"), edits()));
        found.push(Finding::new(facts.span, message).fix(fix));
    }
}
