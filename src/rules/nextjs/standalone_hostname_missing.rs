use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "standalone-hostname-missing",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an image that starts the `server.js` of Next.js' standalone output without setting `HOSTNAME`. Where \
               no health check asks for `localhost` it is less grave.",
        why: "The server listens on the address that `HOSTNAME` names, and Docker sets that variable to the container's \
              own name. So it listens on one address of the container only: a health check or a sidecar that asks \
              `localhost` is refused, and so is whatever comes in by a second network.",
        example: "FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./\nENV HOSTNAME=0.0.0.0\n\
                  CMD [\"node\", \"server.js\"]\n",
        fix: "The fix adds `ENV HOSTNAME=0.0.0.0`. It is unsafe: the server listens on every address of the container.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22\nWORKDIR /app\nENV NODE_ENV=production\nCOPY --from=build /app/.next/standalone ./\n\
             CMD [\"node\", \"server.js\"]\n",
            &[(5, "\"node\", \"server.js\"")],
        )
        .fixed(
            "FROM node:22\nWORKDIR /app\nENV NODE_ENV=production\nENV HOSTNAME=0.0.0.0\n\
             COPY --from=build /app/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n",
        ),
        Example::bad(
            "FROM node:22\r\nWORKDIR /app\r\nCOPY --from=build /app/.next/standalone ./\r\nHEALTHCHECK CMD curl \
             localhost:3000\r\nCMD node server.js",
            &[(5, "node server.js")],
        )
        .fixed(
            "FROM node:22\r\nWORKDIR /app\r\nCOPY --from=build /app/.next/standalone ./\r\nENV HOSTNAME=0.0.0.0\r\n\
             HEALTHCHECK CMD curl localhost:3000\r\nCMD node server.js",
        ),
        Example::ok("FROM node:22\nENV HOSTNAME ::\nCOPY --from=build /app/.next/standalone ./\nCMD node server.js\n"),
        Example::ok("FROM node:22\nCOPY --from=build /app/.next/standalone ./\nCMD HOSTNAME=0.0.0.0 node server.js\n"),
        Example::ok("FROM node:22\nCOPY --from=build /app/.next/standalone ./\nENTRYPOINT [\"./start.sh\"]\n\
                     CMD [\"node\", \"server.js\"]\n"),
        // The server of 12 doesn't read the variable.
        Example::ok("FROM node:22\nCOPY --from=build /app/.next/standalone ./\nCMD node server.js\n")
            .with(&[("package.json", r#"{"dependencies": {"next": "12.3.4"}}"#)]),
        Example::ok("FROM node:22\nCOPY server.js ./\nCMD [\"node\", \"server.js\"]\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let Some((standalone, start, _)) = app.server() else { return };
    let written = start.site.instruction.span.of(input.source());
    if start.opaque
        || written.contains("HOSTNAME")
        || app.is_older(13, 5)
        || kit::next::environment(input, app.target, "HOSTNAME").is_some()
    {
        return;
    }
    let check = input.last(app.target, Keyword::Healthcheck);
    let asked = check.is_some_and(|check| {
        let text = check.instruction.span.of(input.source());
        text.contains("localhost") || text.contains("127.0.0.1")
    });
    let effect = match asked {
        true => "the health check, which asks the container itself, is refused",
        false => "what asks `localhost` inside the container is refused",
    };
    let message = format!(
        "The standalone server listens on the address that HOSTNAME names, and Docker sets that to the container's \
         name: {effect}. Set `ENV HOSTNAME=0.0.0.0`."
    );
    let mut own = input.steps(app.target);
    let below = own.rfind(|site| site.instruction.keyword == Keyword::Env).unwrap_or(standalone.site);
    let stage = input.model().stage_of(below.id).map(|stage| stage.index);
    let fix = (stage == Some(app.target.index)).then(|| {
        let edit = kit::line_below(input, below.instruction, "ENV", "HOSTNAME=0.0.0.0");
        Fix::unsafe_("Listen on every address: `ENV HOSTNAME=0.0.0.0`", input.edits(vec![edit]))
    });
    let finding = Finding::new(start.span, message).fix(fix);
    found.push(if asked { finding } else { finding.at_most(Severity::Info) });
}
