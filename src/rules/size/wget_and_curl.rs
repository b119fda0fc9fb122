use crate::rules::prelude::*;

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
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a stage that calls both wget and curl.",
        why: "Both do the same here. The image is smaller with one of them, and the file is easier to read.",
        example: "FROM debian:12\nRUN wget https://a.org/a\nRUN curl -O https://a.org/b\n",
        instead: "FROM debian:12\nRUN curl -O https://a.org/a\nRUN curl -O https://a.org/b\n",
        fix: "There is no fix: the options of the two differ.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN wget a.org/a\nRUN curl a.org/b\nRUN wget a.org/c\n",
            &[(3, "curl"), (4, "wget")],
        )
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
                    found.push(Finding::new(call.program, message));
                }
            }
            _ => {}
        }
    }
}
