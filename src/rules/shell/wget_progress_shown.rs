use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "wget-progress-shown",
    theme: Theme::Shell,
    aliases: &[
        "hadolint/DL3047",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `wget` whose progress goes to the build's log.",
        why: "Without a terminal wget writes a line for every 50 kilobytes: a large download makes a log of thousands of lines in which nobody finds anything else.",
        example: "FROM debian:12\nRUN wget https://a.org/large.tar\n",
        instead: "FROM debian:12\nRUN wget --progress=dot:giga https://a.org/large.tar\n",
        fix: "The fix adds `--progress=dot:giga`, a line for every 32 megabytes. It is safe: what is downloaded stays the same.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN cd /a && wget https://a.org/b\n", &[(2, "wget")])
            .under(Profile::Strict)
            .fixed("FROM debian:12\nRUN cd /a && wget --progress=dot:giga https://a.org/b\n"),
        Example::ok("FROM debian:12\nRUN wget -qO- a.org/b && wget -nv a.org/c && wget -o log a.org/d && wget --progress=bar a.org/e\n")
            .under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN wget https://a.org/b\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    const QUIET: [&str; 8] =
        ["progress", "q", "quiet", "o", "output-file", "a", "append-output", "no-verbose"];
    for call in input.calls(site.id).iter().filter(|call| call.name == "wget") {
        if call.has_flag(&QUIET) || call.has_arg(&["-nv"]) {
            continue;
        }
        let message = "wget fills the build's log with its progress, a line for every 50 kilobytes. Add \
                       `--progress=dot:giga`, or `-nv` to see none.";
        let fix = kit::step::insert_behind(call, call.program, "--progress=dot:giga")
            .map(|edit| Fix::safe("Add --progress=dot:giga", input.edits(vec![edit])));
        found.push(Finding::new(call.program, message).fix(fix));
    }
}
