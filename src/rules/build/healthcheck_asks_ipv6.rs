use crate::rules::prelude::*;
use crate::shell::unwrap;

pub const RULE: Rule = Rule {
    name: "healthcheck-asks-ipv6",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a `HEALTHCHECK` by BusyBox' wget that asks `localhost` in an image whose server listens on IPv4 only \
               (`HOSTNAME=0.0.0.0`, as Next.js' standalone server reads it).",
        why: "On Alpine `localhost` is `::1` first, and BusyBox' wget doesn't try the next address when that one refuses. So the \
              check fails although the server answers on 127.0.0.1, and the container is never healthy.",
        example: "FROM node:22-alpine\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD wget -q --spider http://localhost:3000/\n\
                  CMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22-alpine\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD wget -q --spider http://127.0.0.1:3000/\n\
                  CMD [\"node\", \"server.js\"]\n",
        fix: "The fix writes 127.0.0.1. It is safe: that is the address on which the server listens.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22-alpine\nENV HOSTNAME=\"0.0.0.0\"\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD wget -q --spider http://localhost:3000/ || exit 1\n\
             CMD node server.js\n",
            &[(4, "localhost")],
        )
        .fixed(
            "FROM node:22-alpine\nENV HOSTNAME=\"0.0.0.0\"\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD wget -q --spider http://127.0.0.1:3000/ || exit 1\n\
             CMD node server.js\n",
        ),
        Example::bad(
            "FROM node:22-alpine\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD [\"wget\", \"-q\", \"localhost:3000\"]\nCMD [\"node\", \"server.js\"]\n",
            &[(4, "localhost")],
        )
        .fixed(
            "FROM node:22-alpine\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD [\"wget\", \"-q\", \"127.0.0.1:3000\"]\nCMD [\"node\", \"server.js\"]\n",
        ),
        Example::ok("FROM node:22\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD wget -q http://localhost:3000/\nCMD node server.js\n"),
        Example::ok("FROM node:22-alpine\nENV HOSTNAME=::\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD wget -q http://localhost:3000/\nCMD node server.js\n"),
        Example::ok("FROM node:22-alpine\nRUN apk add wget\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD wget -q http://localhost:3000/\nCMD node server.js\n"),
        Example::ok("FROM node:22-alpine\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nHEALTHCHECK CMD wget -q http://localhost:3000/\nCMD npx next start\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next().filter(|app| app.server().is_some()) else { return };
    let stage = app.target;
    let Some(site) = input.last(stage, Keyword::Healthcheck) else { return };
    if kit::next::environment(input, stage, "HOSTNAME") != Some(Some("0.0.0.0")) {
        return;
    }
    let Some(image) = kit::image::known(input.model(), stage) else { return };
    if image.package_manager != Some("apk") || kit::next::installs(input, stage, &["wget"]) {
        return;
    }
    for command in input.commands(site.id) {
        if unwrap(&command.command).name().as_deref() != Some("wget") {
            continue;
        }
        for word in command.command.args() {
            let text = word.span.of(input.source());
            let Some(at) = text.find("localhost") else { continue };
            let (before, after) = (&text[..at], &text[at + "localhost".len()..]);
            let host = (before.is_empty() || before.ends_with(['/', '"', '\'']))
                && (after.is_empty() || after.starts_with([':', '/', '"', '\'']));
            if !host {
                continue;
            }
            let start = word.span.start + at as u32;
            let span = Span::new(start, start + "localhost".len() as u32);
            let message = "BusyBox' wget takes `localhost` for ::1 and tries nothing else, and the server listens on IPv4 only, so \
                           this check always fails. Ask 127.0.0.1.";
            let edit = input.edits(vec![Edit::replace(span, "127.0.0.1")]);
            found.push(Finding::new(span, message).fix(Some(Fix::safe("Ask 127.0.0.1", edit))));
        }
    }
}
