use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "curl-ignores-redirects",
    theme: Theme::Shell,
    aliases: &["tally/curl-should-follow-redirects"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a download with `curl` that doesn't follow redirects. Calls that send something, or that ask for \
               the answer's headers or status, are left alone.",
        why: "Release pages and mirrors answer with a redirect as soon as a file moves. Without `-L` curl then writes \
              the redirect's own page to the file and says that all went well.",
        example: "FROM debian:12\nRUN curl -fsSo /tool https://example.com/tool\n",
        instead: "FROM debian:12\nRUN curl -fsSLo /tool https://example.com/tool\n",
        fix: "The fix adds `-L`. It is unsafe: what the redirect leads to is downloaded too, from whichever host it names.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN curl -fsS https://a.org/x | tar xz\n", &[(2, "curl")])
            .under(Profile::Strict)
            .fixed("FROM debian:12\nRUN curl -L -fsS https://a.org/x | tar xz\n"),
        Example::bad("FROM debian:12\nRUN sh -c 'curl -O https://a.org/x'\n", &[(2, "curl")]).under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN curl -fsSL https://a.org/x && curl --location --output x \"$URL\"\n")
            .under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN curl -I https://a.org && curl -X POST https://a.org && curl http://localhost:80\n")
            .under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN curl --version; curl -K curlrc https://a.org\n").under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN curl -O https://a.org/x\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id).iter().filter(|call| call.name == "curl") {
        let url =
            call.args.iter().find(|arg| arg.text.starts_with("http://") || arg.text.starts_with("https://"));
        let near =
            |arg: &Arg<'_>| ["localhost", "127.0.0.1", "0.0.0.0"].iter().any(|host| arg.text.contains(host));
        let follows = call.has_flag(&["L", "location", "location-trusted"]);
        if follows || call.has_flag(OTHER_USE) || url.is_none_or(near) {
            continue;
        }
        let message = "Where the server answers with a redirect, curl keeps the redirect's own page and says that all \
                       went well. Follow it with `-L`.";
        let edit = kit::step::insert_behind(call, call.program, "-L");
        let title = "Add `-L` (unsafe: redirects may lead to any host)";
        let fix = edit.map(|edit| Fix::unsafe_(title, input.edits(vec![edit])));
        found.push(Finding::new(call.program, message).fix(fix));
    }
}

/// Options of curl(1) by which a call sends something, reads the answer's head, or takes its options from a file.
const OTHER_USE: &[&str] = &[
    "I",
    "head",
    "X",
    "request",
    "d",
    "data",
    "data-binary",
    "data-raw",
    "data-urlencode",
    "json",
    "F",
    "form",
    "T",
    "upload-file",
    "w",
    "write-out",
    "K",
    "config",
    "max-redirs",
];
