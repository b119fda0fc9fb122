use crate::model::{Base, Stage};
use crate::rules::prelude::*;
use crate::shell::unwrap;
use crate::text::newline;

pub const RULE: Rule = Rule {
    name: "stopsignal-unfit-for-program",
    theme: Theme::Build,
    aliases: &["tally/prefer-nginx-sigquit", "tally/prefer-systemd-sigrtmin-plus-3"],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports an image that starts nginx or systemd and doesn't stop it with the signal that \
              ends it gently. The image `nginx` itself sets the right one.",
        why: "nginx drops its connections at SIGTERM and finishes them at SIGQUIT. systemd as the \
             first process takes SIGTERM for nothing and shuts down at SIGRTMIN+3; with anything else \
             `docker stop` waits ten seconds and kills it.",
        example: "FROM fedora:40\nENTRYPOINT [\"/sbin/init\"]\n",
        instead: "FROM fedora:40\nSTOPSIGNAL SIGRTMIN+3\nENTRYPOINT [\"/sbin/init\"]\n",
        fix: "The fix sets the signal. It is unsafe, since what stops the container changes: that is \
             its purpose.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM fedora:40\nENTRYPOINT [\"/sbin/init\"]\n", &[(2, "ENTRYPOINT")])
            .fixed("FROM fedora:40\nSTOPSIGNAL SIGRTMIN+3\nENTRYPOINT [\"/sbin/init\"]\n"),
        Example::bad(
            "FROM nginx:1.27\nSTOPSIGNAL SIGTERM\nCMD [\"nginx\", \"-g\", \
            \"daemon off;\"]\n",
            &[(2, "SIGTERM")],
        )
        .fixed(
            "FROM nginx:1.27\nSTOPSIGNAL SIGQUIT\nCMD [\"nginx\", \"-g\", \
            \"daemon off;\"]\n",
        ),
        Example::bad(
            "FROM alpine:3.20\nRUN apk add nginx\nCMD [\"nginx\", \"-g\", \
            \"daemon off;\"]\n",
            &[(3, "CMD")],
        )
        .fixed(
            "FROM alpine:3.20\nRUN apk add nginx\nSTOPSIGNAL SIGQUIT\nCMD \
            [\"nginx\", \"-g\", \"daemon off;\"]\n",
        ),
        Example::ok("FROM nginx:1.27\nCMD [\"nginx\", \"-g\", \"daemon off;\"]\n"),
        Example::ok("FROM fedora:40\nSTOPSIGNAL 37\nCMD /usr/lib/systemd/systemd\n"),
        Example::ok("FROM fedora:40 AS base\nSTOPSIGNAL SIGRTMIN+3\nFROM base\nCMD [\"/sbin/init\"]\n"),
        Example::ok("FROM node:22\nCMD [\"node\", \"a.js\"]\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let entry = input.last(stage, Keyword::Entrypoint).or_else(|| input.last(stage, Keyword::Cmd));
    let signal = input.last(stage, Keyword::Stopsignal);
    let base = kit::image::root(input.model(), stage).map(|(name, _)| name);
    let own = base.as_deref().is_some_and(|name| matches!(name, "nginx" | "openresty/openresty"));
    let started = entry.and_then(|site| Some((site, program(input, site)?)));
    let (site, (wanted, aliases, why)) = match (started, signal) {
        (Some((site, program)), _) => (site, program),
        (None, Some(signal)) if own && entry.is_none() => (signal, NGINX),
        _ => return,
    };
    let message = format!("{why} Set `STOPSIGNAL {wanted}`.");
    let (span, edit) = match signal.and_then(|signal| signal.instruction.args.first()) {
        Some(word) => match kit::signal::canonical(&word.text) {
            Some(name) if name != wanted => (word.span, Edit::replace(word.span, wanted)),
            _ => return,
        },
        None => {
            // A stage that this one is built on may have set it, and the image does.
            if wanted == NGINX.0 && own || matches!(stage.base, Base::Stage(_)) {
                return;
            }
            let start = site.instruction.span.start;
            let (source, newline) = (input.source(), newline(input.source()));
            let text = format!("STOPSIGNAL {wanted}{newline}{}", kit::indent_of(source, start));
            (site.instruction.keyword_span, Edit::insert(start, text))
        }
    };
    let fix = Fix::unsafe_(format!("Set `STOPSIGNAL {wanted}`"), input.edits(vec![edit]));
    found.push(Finding::new(span, message).known_as(aliases).fix(Some(fix)));
}

/// The signal that is wanted, its names, and why.
type Wanted = (&'static str, &'static [&'static str], &'static str);

const NGINX: Wanted = (
    "SIGQUIT",
    &["tally/prefer-nginx-sigquit"],
    "nginx drops its open connections at SIGTERM, and finishes them at SIGQUIT.",
);

const SYSTEMD: Wanted = (
    "SIGRTMIN+3",
    &["tally/prefer-systemd-sigrtmin-plus-3"],
    "systemd shuts down at SIGRTMIN+3 and not at SIGTERM, so `docker stop` waits its time and kills it.",
);

/// What the started program wants.
fn program(input: &Input<'_>, site: Site<'_>) -> Option<Wanted> {
    let command = input.commands(site.id).first()?;
    let name = unwrap(&command.command).program()?;
    match &*name {
        "nginx" | "/usr/sbin/nginx" | "openresty" => Some(NGINX),
        "/sbin/init" | "/usr/sbin/init" | "systemd" => Some(SYSTEMD),
        name if name.ends_with("/systemd/systemd") || name.ends_with("/bin/systemd") => Some(SYSTEMD),
        _ => None,
    }
}
