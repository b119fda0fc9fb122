use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "invalid-expose-format",
    theme: Theme::Build,
    aliases: &["buildkit/ExposeInvalidFormat"],
    severity: Severities::own(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `EXPOSE` with an address or a port of the host, as in `127.0.0.1:80:80`.",
        why: "`EXPOSE` only says on which port the program listens; BuildKit drops the rest, and has announced that it \
              will refuse it. Where the port is published is decided by `docker run -p` or compose.",
        example: "FROM nginx:1.29\nEXPOSE 127.0.0.1:8080:80\n",
        instead: "FROM nginx:1.29\nEXPOSE 80\n",
        fix: "The fix keeps the container's port. It is safe: that is all that BuildKit keeps.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM nginx:1.29\nEXPOSE 127.0.0.1:8080:80 443\n", &[(2, "127.0.0.1:8080:80")])
            .fixed("FROM nginx:1.29\nEXPOSE 80 443\n"),
        Example::bad("FROM nginx:1.29\nEXPOSE 8080:80/tcp\n", &[(2, "8080:80/tcp")])
            .fixed("FROM nginx:1.29\nEXPOSE 80/tcp\n"),
        Example::ok("FROM nginx:1.29\nEXPOSE 80 8000-8010/udp\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for facts in input.frontend().ports.iter().filter(|facts| facts.port.mapped) {
        let kept = facts.text.rsplit(':').next().unwrap_or_default();
        let message = format!(
            "EXPOSE takes the port of the container alone; BuildKit drops what stands before it, and will refuse it. \
             Write `{kept}`, and publish the port where the container is started."
        );
        let exact = facts.port.refused.is_none() && facts.span.of(input.source()) == facts.text;
        let edits = || input.edits(vec![Edit::replace(facts.span, kept)]);
        let fix = exact.then(|| Fix::safe(format!("Change to `{kept}`"), edits()));
        found.push(Finding::new(facts.span, message).fix(fix));
    }
}
