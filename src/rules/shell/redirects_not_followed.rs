use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "redirects-not-followed",
    theme: Theme::Shell,
    aliases: &["tally/curl-should-follow-redirects"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `curl` of an address without `-L` (`--location`). Calls that send something, or that ask for the \
               answer's headers or status, are left alone.",
        why: "When the file moves, the server answers with its new address. Without `-L` curl writes that answer, a \
              short page, in place of the file, and says that all went well.",
        example: "FROM debian:12\nRUN curl -fsSo /tool https://acme.io/tool\n",
        instead: "FROM debian:12\nRUN curl -fsSLo /tool https://acme.io/tool\n",
        fix: "The fix adds `-L`. It is unsafe: the download may come from another server then.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM a:1\nRUN curl -fsSo /t https://a.io\n", &[(2, "curl")])
            .under(Profile::Strict)
            .fixed("FROM a:1\nRUN curl -L -fsSo /t https://a.io\n"),
        Example::ok("FROM a:1\nRUN curl -fsSL https://a.io && curl --location https://a.io && curl http://localhost/up && curl --version\n")
            .under(Profile::Strict),
        Example::ok("FROM a:1\nRUN curl -I https://a.io && curl -X POST https://a.io; curl -K curlrc https://a.io\n")
            .under(Profile::Strict),
        Example::ok("FROM a:1\nRUN curl -fsSo /t https://a.io\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id).iter().filter(|call| call.name == "curl") {
        let here = |text: &str| {
            text.contains("://localhost") || text.contains("://127.") || text.contains("://0.0.0.0")
        };
        let fetches = call.args.iter().any(|arg| arg.text.contains("://") && !here(&arg.text));
        let follows = call.has_flag(&["L", "location", "location-trusted", "follow"]);
        if !fetches || follows || call.has_flag(OTHER_USE) {
            continue;
        }
        let message = "When this file moves, curl writes the short page that says where to, and takes it for the file. Add \
                       `-L`, so that it goes there.";
        let fix = kit::step::insert_behind(call, call.program, "-L")
            .map(|edit| Fix::unsafe_("Add -L (unsafe: another server may answer)", input.edits(vec![edit])));
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
