use crate::rules::prelude::*;
use crate::shell::Link;
use crate::text::newline;

pub const RULE: Rule = Rule {
    name: "cd-instead-of-workdir",
    theme: Theme::Shell,
    aliases: &[
        "hadolint/DL3003",
        "trivy/DS-0013",
        "kics/run_command_cd_instead_of_workdir",
        "semgrep/best-practice/use-workdir",
    ],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `RUN` that begins with `cd`. Profile `hadolint` reports every `cd`.",
        why: "Each `RUN` starts in the folder of `WORKDIR` anew. With `WORKDIR` the folder is made where it is missing, holds for the steps below and for the container, and is plain to see.",
        example: "FROM debian:12\nRUN cd /app && make\n",
        instead: "FROM debian:12\nWORKDIR /app\nRUN make\n",
        fix: "The fix writes a `WORKDIR` above the `RUN`, where the path is absolute. It is unsafe: the folder holds for everything below, too.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN cd /app && make\n", &[(2, "cd /app")])
            .fixed("FROM debian:12\nWORKDIR /app\nRUN make\n"),
        Example::bad(
            "FROM debian:12\nRUN --network=none cd /app \\\n  && make \\\n  && make install\n",
            &[(2, "cd /app")],
        )
        .fixed("FROM debian:12\nWORKDIR /app\nRUN --network=none make \\\n  && make install\n"),
        Example::bad("FROM debian:12\nRUN cd $HOME && make\n", &[(2, "cd $HOME")]),
        Example::ok("FROM debian:12\nRUN make && cd /app && make\n"),
        Example::bad("FROM debian:12\nRUN make && (cd /app && make)\n", &[(2, "cd")])
            .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    let Some(call) = input.calls(site.id).iter().find(|call| call.name == "cd") else { return };
    let command = input.commands(site.id).get(call.index).filter(|command| {
        let nesting = &command.command.nesting;
        let scoped = nesting.subshell || nesting.substitution || nesting.function || nesting.inner;
        call.index == 0 && !scoped && !command.command.conditional && call.args.len() == 1
    });
    if !exact && command.is_none() {
        return;
    }
    let span = command.filter(|_| !exact).map_or(call.program, |command| command.command.span);
    let message = "The folder holds for this one RUN only. `WORKDIR` makes it where it is missing, and holds for \
                   the steps below and for the container.";
    let fix = command.and_then(|command| fix(input, site, call, command));
    found.push(Finding::new(span, message).fix(fix));
}

/// `WORKDIR` above the rest of the RUN.
fn fix(input: &Input<'_>, site: Site<'_>, call: &Call<'_>, command: &Cmd<'_>) -> Option<Fix> {
    let (source, instruction) = (input.source(), site.instruction);
    let [folder] = &call.args[..] else { return None };
    let next = input.commands(site.id).get(1)?;
    let plain = folder.text.starts_with('/') && !folder.text.contains(['$', ' ', '\\', '"', '\'', '*', '~']);
    let chained = command.command.follows == Some(Link::And) && next.command.link == Link::And;
    if !plain || !chained || !call.editable || site.onbuild || !instruction.heredocs.is_empty() {
        return None;
    }
    // What stands between the keyword and the program, and between the two commands.
    let before = Span::new(instruction.keyword_span.start, command.command.span.start);
    let between = Span::new(command.command.span.end, next.command.span.start).of(source);
    if before.of(source).contains('\n')
        || between.contains('#')
        || between.replace(['\\', '`'], "").trim() != "&&"
    {
        return None;
    }
    let keyword = match instruction.keyword_span.of(source).starts_with('r') {
        true => "workdir",
        false => "WORKDIR",
    };
    let workdir = format!("{keyword} {}{}", folder.text, newline(source));
    let edits = vec![
        Edit::insert(instruction.keyword_span.start, workdir),
        Edit::delete(Span::new(command.command.span.start, next.command.span.start)),
    ];
    Some(Fix::unsafe_("Use WORKDIR (unsafe: it holds for what stands below)", input.edits(edits)))
}
