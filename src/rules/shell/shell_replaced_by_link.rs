use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "shell-replaced-by-link",
    theme: Theme::Shell,
    aliases: &[
        "hadolint/DL4005",
        "kics/changing_default_shell_using_run_command",
        "semgrep/best-practice/use-shell-instruction",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `ln` that puts another shell in the place of `/bin/sh`.",
        why: "Every script of the base image that starts with `#!/bin/sh` runs in that other shell from then on, at run time too, and an update of the package that owns the link undoes it. `SHELL` sets what runs this file's own steps.",
        example: "FROM debian:12\nRUN ln -sf /bin/bash /bin/sh\n",
        instead: "FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\n",
        fix: "Where the `RUN` does nothing else it becomes a `SHELL`. That is unsafe: programs in the image that call `/bin/sh` get the original shell again.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN ln -sf /bin/bash /bin/sh\nRUN true\n",
            &[(2, "ln -sf /bin/bash /bin/sh")],
        )
        .fixed("FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN true\n"),
        Example::bad("FROM debian:12\nRUN rm /bin/sh && ln -s bash /bin/sh\n", &[(2, "ln -s bash /bin/sh")]),
        Example::ok("FROM debian:12\nRUN ln -s /bin/sh /usr/bin/bash\n"),
        Example::bad("FROM debian:12\nRUN ln -s /bin/sh /usr/bin/bash\n", &[(2, "ln -s /bin/sh")])
            .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    for call in input.calls(site.id).iter().filter(|call| call.is("ln", &["/bin/sh"])) {
        let Some(link) = call.arg(&["/bin/sh"]) else { continue };
        let last = call.operands().last().is_some_and(|last| last.span == link.span);
        if !exact && !last {
            continue;
        }
        let message = "This changes the shell of every script in the image, at run time too, and an update of \
                       the package undoes it. To run this file's own steps in another shell use `SHELL`.";
        found.push(Finding::new(call.span_to(link), message).fix(fix(input, site, call)));
    }
}

/// SHELL in place of a RUN that makes the link and nothing else.
fn fix(input: &Input<'_>, site: Site<'_>, call: &Call<'_>) -> Option<Fix> {
    let instruction = site.instruction;
    let alone = input.commands(site.id).len() == 1 && call.editable && !site.onbuild;
    let plain =
        instruction.flags.is_empty() && instruction.heredocs.is_empty() && instruction.comments.is_empty();
    let operands: Vec<&Arg<'_>> = call.operands().collect();
    let [target, link] = operands[..] else { return None };
    if !alone || !plain || link.text != "/bin/sh" || target.is_dynamic() || target.text.contains(['"', '\\'])
    {
        return None;
    }
    let path = match target.text.starts_with('/') {
        true => target.text.to_string(),
        false => format!("/bin/{}", target.text),
    };
    let edit = Edit::replace(instruction.span, format!("SHELL [\"{path}\", \"-c\"]"));
    Some(Fix::unsafe_("Use SHELL (unsafe: /bin/sh itself stays as it was)", input.edits(vec![edit])))
}
