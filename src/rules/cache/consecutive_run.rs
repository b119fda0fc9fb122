use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "consecutive-run",
    theme: Theme::Cache,
    aliases: &[
        "hadolint/DL3059",
        "tally/prefer-run-heredoc",
        "kics/multiple_run_add_copy_instructions_listed",
        "sonar/S7031",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Info).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a `RUN` of one command that follows another such `RUN` with the same flags.",
        why: "Each `RUN` is a layer and a step of the cache. Commands that belong together make one step, in which what the first leaves behind can be cleaned up. Where steps change at different times they are better apart.",
        example: "FROM debian:12\nRUN useradd app\nRUN mkdir /app\n",
        instead: "FROM debian:12\nRUN useradd app && mkdir /app\n",
        fix: "The fix appends the commands to the `RUN` above. It is safe: they run in the same order, and only where those before succeed. Where the first `RUN` leaves its folder or sets variables there is none.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM debian:12\nRUN useradd app\nRUN mkdir /app\n", &[(3, "RUN")])
            .under(Profile::Strict)
            .fixed("FROM debian:12\nRUN useradd app && mkdir /app\n"),
        Example::bad("FROM debian:12\nRUN cd /a\n# note\nRUN mkdir /app\n", &[(4, "RUN")])
            .under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN a && b\nRUN mkdir /app\n").under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN a\nUSER b\nRUN c\n").under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN --mount=type=secret,id=a a\nRUN b\n").under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN useradd app\nRUN mkdir /app\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    // The RUN before, and how many commands it has.
    let mut before: Option<(Site<'_>, usize)> = None;
    for (id, instruction) in input.tree().numbered() {
        if instruction.keyword != Keyword::Run {
            before = None;
            continue;
        }
        let site = Site { id, instruction, onbuild: false };
        let count = input.calls(id).len();
        match before {
            Some((first, calls)) if flags(first) == flags(site) && calls < 2 && count < 2 => {
                let message = "This RUN and the one above are small steps that could be one: a layer less, and what \
                               the first leaves behind could be cleaned up. Join them with `&&`.";
                let adjacent = input.tree().comments_above(instruction).is_empty();
                let fix = kit::step::merge_runs(input, first, site)
                    .filter(|_| adjacent)
                    .map(|edits| Fix::safe("Join with the RUN above", input.edits(edits)));
                found.push(Finding::new(instruction.keyword_span, message).fix(fix));
            }
            _ => before = Some((site, count)),
        }
    }
}

/// The flags that RUN knows, in an order that doesn't hang on how they are written.
fn flags(site: Site<'_>) -> Vec<(&str, &str)> {
    let known = ["mount", "network", "security", "device"];
    let flags = site.instruction.flags.iter().filter(|flag| known.contains(&&*flag.name));
    let mut flags: Vec<(&str, &str)> =
        flags.map(|flag| (&*flag.name, flag.value.as_ref().map_or("", |value| &*value.text))).collect();
    flags.sort_unstable();
    flags
}
