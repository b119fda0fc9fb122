use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "exposed-port-unused",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an `EXPOSE` of another port than the one on which the Next.js app listens.",
        why: "`EXPOSE` opens nothing, but people and tools believe it: `docker run -P`, proxies that find containers by \
              themselves and hosting platforms send requests to a port where nobody answers.",
        example: "FROM node:22\nEXPOSE 8080\nCMD [\"npx\", \"next\", \"start\"]\n",
        instead: "FROM node:22\nEXPOSE 3000\nCMD [\"npx\", \"next\", \"start\"]\n",
        fix: "The fix writes the port of the app. It is unsafe: perhaps the app is what should be changed, with `ENV PORT`.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nEXPOSE 80/tcp\nCMD npx next start -p 8080\n", &[(2, "80/tcp")])
            .fixed("FROM node:22\nEXPOSE 8080/tcp\nCMD npx next start -p 8080\n"),
        Example::bad(
            "FROM node:22\nENV HOSTNAME=0.0.0.0 PORT=80\nCOPY --from=build /app/.next/standalone ./\nEXPOSE 3000\nCMD [\"node\", \"server.js\"]\n",
            &[(4, "3000")],
        )
        .fixed("FROM node:22\nENV HOSTNAME=0.0.0.0 PORT=80\nCOPY --from=build /app/.next/standalone ./\nEXPOSE 80\nCMD [\"node\", \"server.js\"]\n"),
        Example::ok("FROM node:22\nEXPOSE 3000 9229\nCMD npx next start\n"),
        Example::ok("FROM node:22\nENV PORT=$P\nEXPOSE 80\nCMD npx next start\n"),
        Example::ok("FROM node:22\nEXPOSE $PORT\nCMD npx next start -p $PORT\n"),
        Example::ok("FROM node:22\nEXPOSE 80\nCMD npm start\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let exposed: Vec<(Site<'_>, &crate::syntax::Word)> = input
        .model()
        .with_bases(app.target)
        .flat_map(|stage| input.steps(stage))
        .filter(|site| site.instruction.keyword == Keyword::Expose)
        .flat_map(|site| site.instruction.args.iter().map(move |word| (site, word)))
        .collect();
    // Of several ports one may be of something else.
    let [(site, word)] = exposed[..] else { return };
    let Some(written) = input.model().expanded(site.id, &word.text) else { return };
    let (port, protocol) =
        written.split_once('/').map_or((&*written, ""), |(port, protocol)| (port, protocol));
    if port.is_empty() || !port.chars().all(|c| c.is_ascii_digit()) || protocol == "udp" {
        return;
    }
    let Some(own) = app.port(input).filter(|own| own != port) else { return };
    let message = format!(
        "The app listens on port {own}, and nothing on {port}: who trusts this line asks a port where nobody answers. Expose \
         {own}, or set `ENV PORT={port}`."
    );
    let plain = word.span.of(input.source()).starts_with(port);
    let at = Span::new(word.span.start, word.span.start + port.len() as u32);
    let fix = plain
        .then(|| Fix::unsafe_(format!("Expose {own}"), input.edits(vec![Edit::replace(at, own.as_str())])));
    found.push(Finding::new(word.span, message).fix(fix));
}
