use crate::rules::prelude::*;
use crate::syntax::InstructionId;

pub const RULE: Rule = Rule {
    name: "wget-and-curl",
    theme: Theme::Size,
    aliases: &[
        "hadolint/DL4001",
        "trivy/DS-0014",
        "kics/run_using_wget_and_curl",
        "semgrep/best-practice/use-either-wget-or-curl",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a stage that calls both wget and curl.",
        why: "Both do the same here. The image is smaller with one of them, and the file is easier to read.",
        example: "FROM debian:12\nRUN wget https://a.org/a\nRUN curl -O https://a.org/b\n",
        instead: "FROM debian:12\nRUN curl -O https://a.org/a\nRUN curl -O https://a.org/b\n",
        fix: "Where curl is called first, and each wget only fetches one URL to a file or to standard output, the fix writes \
              these as calls of curl. It is unsafe: the two differ in what they show and how often they try.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN wget a.org/a\nRUN curl a.org/b\nRUN wget a.org/c\n",
            &[(3, "curl"), (4, "wget")],
        )
        .under(Profile::Strict),
        Example::bad(
            "FROM debian:12\nRUN curl -fsSL https://a.org/a | sh\nRUN wget -qO- https://a.org/b | sh && wget https://a.org/c.tgz\nRUN \
             wget --quiet -O /d \"https://a.org/$V\"\n",
            &[(3, "wget"), (4, "wget")],
        )
        .under(Profile::Strict)
        .fixed(
            "FROM debian:12\nRUN curl -fsSL https://a.org/a | sh\nRUN curl -fsSL https://a.org/b | sh && curl -fSLO \
             https://a.org/c.tgz\nRUN curl -fsSLo /d \"https://a.org/$V\"\n",
        ),
        Example::bad("FROM debian:12\nRUN curl a.org/b\nRUN wget -r https://a.org/a\n", &[(3, "wget")])
            .under(Profile::Strict),
        Example::bad("FROM debian:12\nRUN wget a.org/a && curl a.org/b\n", &[(2, "curl")])
            .under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN curl a.org/a\nFROM debian:12\nRUN wget a.org/a\n")
            .under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    // Steps of a stage and what stands behind its ONBUILDs run apart.
    let mut seen = [[false; 2]; 2];
    // The fix is for the whole stage, so the first finding has it.
    let mut fixed = None;
    for (id, outer) in input.tree().numbered() {
        let instruction = outer.trigger.as_deref().unwrap_or(outer);
        let onbuild = usize::from(outer.trigger.is_some());
        match instruction.keyword {
            Keyword::From => seen[0] = [false; 2],
            Keyword::Run => {
                let names = ["wget", "curl"];
                let of = |name: &str| input.calls(id).iter().rfind(|call| call.name == name);
                let here = names.map(|name| of(name).is_some());
                let seen = &mut seen[onbuild];
                *seen = [seen[0] || here[0], seen[1] || here[1]];
                let call = of("curl").or_else(|| of("wget")).filter(|_| *seen == [true; 2]);
                if let Some(call) = call {
                    let message = "This stage calls wget and curl, which do the same. Call one of them: the other \
                                   need not be installed then.";
                    let stage = input.model().stage_of(id).map(|stage| stage.index);
                    let first = fixed.replace(stage) != Some(stage);
                    let fix = if first { fix(input, id) } else { None };
                    found.push(Finding::new(call.program, message).fix(fix));
                }
            }
            _ => {}
        }
    }
}

/// Calls of curl in place of all of wget, in the stage of the instruction `id`.
fn fix(input: &Input<'_>, id: InstructionId) -> Option<Fix> {
    let stage = input.model().stage_of(id)?;
    let runs = || input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run);
    let (mut edits, mut has_curl) = (Vec::new(), false);
    for (site, call) in runs().flat_map(|site| input.calls(site.id).iter().map(move |call| (site, call))) {
        has_curl |= call.name == "curl";
        if call.name == "wget" {
            // Before the first call of curl it may not be there.
            let command = input.commands(site.id).get(call.index).filter(|_| has_curl && call.editable)?;
            let (start, words) = (call.program.start, command.command.words());
            let end = words.last()?.span.end;
            edits.push(Edit::replace(
                Span::new(start, end),
                as_curl(input.source(), call, Span::new(start, end))?,
            ));
        }
    }
    let title = "Call curl instead of wget (unsafe: the two differ in what they show and how often they try)";
    (!edits.is_empty()).then(|| Fix::unsafe_(title, input.edits(edits)))
}

/// The call of curl that does the same as one of wget which fetches one URL.
fn as_curl(source: &str, call: &Call<'_>, span: Span) -> Option<String> {
    let (mut quiet, mut to, mut url) = ("", None, None);
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        let written = arg.span.of(source);
        match &*arg.text {
            "-q" | "--quiet" | "-nv" | "--no-verbose" => quiet = "s",
            "-O" | "--output-document" => to = Some(args.next()?.span.of(source)),
            "-qO" => (quiet, to) = ("s", Some(args.next()?.span.of(source))),
            "-O-" => to = Some("-"),
            "-qO-" => (quiet, to) = ("s", Some("-")),
            text if text.starts_with("--progress=") => {}
            text if text.starts_with('-') || url.is_some() || !text.contains("://") => return None,
            _ => url = Some(written),
        }
    }
    let url = url?;
    // What a redirection or a line break between the words means isn't for a guess.
    let plain = !span.of(source).contains(['\n', '>', '<']);
    let named = !url.contains(['?', '#']) && !url.trim_end_matches(['"', '\'']).ends_with('/');
    match to {
        Some("-") if plain => Some(format!("curl -f{quiet}SL {url}")),
        Some(file) if plain => Some(format!("curl -f{quiet}SLo {file} {url}")),
        None if plain && named => Some(format!("curl -f{quiet}SLO {url}")),
        _ => None,
    }
}
