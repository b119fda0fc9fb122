use crate::rules::prelude::*;
use crate::syntax::instruction::copy;

pub const RULE: Rule = Rule {
    name: "cleartext-download",
    theme: Theme::Security,
    aliases: &["sonar/S5332"],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a download over `http://` or `ftp://`, by `ADD` without `--checksum`, `curl`, `wget`, `git clone`, or from an \
               index of pip or a registry of npm. Addresses of this machine and of neighbours without a dot in their \
               names are left alone.",
        why: "Anybody on the way can read what is asked for and change what comes back, and it is built into the image.",
        example: "FROM alpine:3.20\nRUN wget http://acme.io/tool.tgz\n",
        instead: "FROM alpine:3.20\nRUN wget https://acme.io/tool.tgz\n",
        fix: "The fix writes `https://` in place of `http://`. It is unsafe: the server may not answer there.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run, Keyword::Add], check),
    examples: &[
        Example::bad("FROM alpine:3.20\nRUN curl -fsSO \"http://acme.io/$V.tgz\"\n", &[(2, "http://")])
            .fixed("FROM alpine:3.20\nRUN curl -fsSO \"https://acme.io/$V.tgz\"\n"),
        Example::bad("FROM alpine:3.20\nADD http://acme.io/a /a\n", &[(2, "http://")])
            .fixed("FROM alpine:3.20\nADD https://acme.io/a /a\n"),
        Example::bad("FROM alpine:3.20\nRUN wget ftp://acme.io/a\n", &[(2, "ftp://")]),
        Example::ok(
            "FROM alpine:3.20\nRUN curl http://localhost:8080/up && curl http://db/a && curl https://a.io http://$HOST/a\n",
        ),
        Example::ok(
            "FROM alpine:3.20\nRUN echo see http://acme.io && curl --proxy http://proxy.acme.io https://a.io\n",
        ),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    if site.instruction.keyword == Keyword::Add {
        let Some(copy) = copy(site.instruction).filter(|_| site.instruction.flag("checksum").is_none())
        else {
            return;
        };
        for source in copy.sources {
            found.extend(finding(input, source.text.trim_matches(['"', '\'']), source.span, true));
        }
        return;
    }
    for call in input.calls(site.id) {
        let downloads = match &*call.name {
            "curl" | "wget" => true,
            "git" => call.has_arg(&["clone"]),
            "npm" | "yarn" | "pnpm" => true,
            name => name.starts_with("pip"),
        };
        if !downloads {
            continue;
        }
        for (at, arg) in call.args.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| call.args.get(before));
            let proxy = |text: &str| {
                text.contains("proxy") || matches!(text, "-x" | "-e" | "-H" | "--header" | "--referer")
            };
            let address = arg.text.rsplit_once('=').filter(|(name, _)| name.starts_with('-') && !proxy(name));
            let address = address.map_or(&*arg.text, |(_, address)| address);
            if !before.is_some_and(|before| proxy(&before.text)) {
                found.extend(finding(input, address, arg.span, call.editable));
            }
        }
    }
}

/// The finding for an address that stands somewhere in `span`.
fn finding(input: &Input<'_>, address: &str, span: Span, editable: bool) -> Option<Finding> {
    let (scheme, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?']).next().filter(|_| matches!(scheme, "http" | "ftp"))?;
    // Never the user and password before it.
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let here = host.starts_with("127.")
        || host == "0.0.0.0"
        || host.ends_with(".internal")
        || host.ends_with(".local");
    if here || !host.contains('.') || host.contains("${") {
        return None;
    }
    let whole = format!("{scheme}://");
    let start = span.start + span.of(input.source()).find(&whole)? as u32;
    let span = Span::new(start, start + whole.len() as u32);
    let message = format!(
        "What comes from {host} over {scheme} can be read and changed by anybody on the way. Ask for it with https."
    );
    let fix = (scheme == "http" && editable).then(|| {
        let edit = Edit::replace(span, "https://");
        Fix::unsafe_("Write https:// (unsafe: the server may not answer there)", input.edits(vec![edit]))
    });
    Some(Finding::new(span, message).fix(fix))
}
