use crate::rules::prelude::*;
use crate::shell::{Dialect, Separator};
use crate::syntax::instruction::{Body, run_body};
use crate::text::newline;

pub const RULE: Rule = Rule {
    name: "heredoc-without-errexit",
    theme: Theme::Shell,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `RUN` with a heredoc of several commands whose shell doesn't stop at the first one that fails: there is \
               no `set -e`, and neither SHELL nor the script's first line turns it on.",
        why: "The step succeeds where the last command does. When one before it fails, the step goes on, its half result is in \
              the layer, and the layer is in the cache. Commands joined with `&&` don't have this trap, so it is easily \
              overlooked when they are written as a heredoc.",
        example: "FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n",
        instead: "FROM debian:12\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n",
        fix: "The fix adds `set -e` as the first command. It is unsafe: a failure that went unseen fails the build.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN <<EOF\n  make\n  make install\nEOF\n", &[(2, "<<EOF")])
            .fixed("FROM debian:12\nRUN <<EOF\n  set -e\n  make\n  make install\nEOF\n"),
        Example::bad("FROM debian:12\r\nRUN <<EOF\r\nmake; make install\r\nEOF\r\n", &[(2, "<<EOF")])
            .fixed("FROM debian:12\r\nRUN <<EOF\r\nset -e\r\nmake; make install\r\nEOF\r\n"),
        Example::bad(
            "FROM debian:12\nRUN <<-EOF\n\t#!/bin/bash\n\t# all\n\tmake\n\tmake install\n\tEOF\n",
            &[(2, "<<-EOF")],
        )
        .fixed(
            "FROM debian:12\nRUN <<-EOF\n\t#!/bin/bash\n\tset -e\n\t# all\n\tmake\n\tmake install\n\tEOF\n",
        ),
        Example::ok("FROM debian:12\nRUN <<EOF\nset -eux\nmake\nmake install\nEOF\n"),
        Example::ok("FROM debian:12\nRUN <<EOF\nset -o errexit\nmake\nmake install\nEOF\n"),
        Example::ok("FROM debian:12\nRUN <<EOF\nmake && \\\n  make install\nEOF\n"),
        Example::ok("FROM debian:12\nRUN <<EOF\n#!/bin/bash -e\nmake\nmake install\nEOF\n"),
        Example::ok("FROM python:3.13\nRUN <<EOF\n#!/usr/bin/env python3\nimport a\na.b()\nEOF\n"),
        Example::ok(
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-euo\", \"pipefail\", \"-c\"]\nRUN <<EOF\nmake\nmake install\nEOF\n",
        ),
        Example::ok(
            "FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"errexit\", \"-c\"]\nRUN <<EOF\nmake\nmake install\nEOF\n",
        ),
        Example::ok("FROM debian:12\nRUN cat <<EOF > /etc/a\nmake\nmake install\nEOF\n"),
        // What fails here is nothing that anyone would miss.
        Example::ok("FROM debian:12\nRUN <<EOF\necho one\necho two\nEOF\n"),
        Example::ok("FROM debian:12\nRUN <<EOF\nmake || exit 1\nmake install\nEOF\n"),
        Example::ok("FROM debian:12\nCOPY <<EOF /run.sh\nmake\nmake install\nEOF\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let [heredoc] = &site.instruction.heredocs[..] else { return };
    let source = input.source();
    let body = match run_body(site.instruction, source) {
        Body::Shell(_) if site.instruction.rest_span() != heredoc.opener => return,
        Body::Exec => return,
        Body::Shell(body) => body,
        Body::Script(body) => body,
    };
    let Some(script) = input.script(site.id).filter(|script| script.dialect == Dialect::Posix) else {
        return;
    };
    let text = body.text(source);
    let shebang = text.lines().next().filter(|line| line.starts_with("#!"));
    let stops = match shebang {
        Some(line) => stops_by_shebang(line),
        None => input
            .frame(site.id)
            .and_then(|frame| frame.shell)
            .and_then(|shell| input.tree().instruction(shell))
            .is_some_and(|shell| shell.args.iter().skip(1).any(|word| sets_errexit(&word.text))),
    };
    if stops || !script.errors.is_empty() || script.truncated {
        return;
    }
    // A failure of the last item is the step's own; one behind `||` is provided for.
    let Some((_, before)) = script.items().split_last() else { return };
    let commands = input.commands(site.id);
    let lost = before.iter().any(|item| {
        let span = item.chain.span();
        let or = item.chain.rest.iter().any(|(connector, ..)| *connector == crate::shell::Connector::Or);
        let background = item.separator.is_some_and(|(kind, _)| kind == Separator::Background);
        !or && !background
            && commands.iter().any(|command| {
                span.encloses(command.command.span) && !command.command.nesting.condition && may_fail(command)
            })
    });
    let sets = commands.iter().any(|command| {
        command.command.is("set")
            && command.command.args().iter().any(|word| sets_errexit(&word.value_or_text()))
            || command.command.is("trap")
    });
    if !lost || sets {
        return;
    }
    let message = "When one of these commands fails the next one runs all the same, and the step succeeds if the last one does. \
                   Begin with `set -e`.";
    found.push(Finding::new(heredoc.opener, message).fix(fix(input, site, shebang.is_some())));
}

/// `-e`, `-ec`, `-euo`, and what may stand behind `-o`.
fn sets_errexit(word: &str) -> bool {
    word == "errexit" || word.starts_with('-') && !word.starts_with("--") && word.contains('e')
}

/// Whether the program of a script's first line stops, or isn't a shell of this kind.
fn stops_by_shebang(line: &str) -> bool {
    let mut words = line[2..].split_whitespace().filter(|word| !word.ends_with("/env"));
    let program = words.next().unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or(program);
    let is_shell = ["sh", "bash", "dash", "ash", "zsh", "ksh"].contains(&name);
    !is_shell || words.any(sets_errexit)
}

/// Commands that have a reason to fail.
fn may_fail(command: &Cmd<'_>) -> bool {
    let words = command.command.words();
    !words.is_empty()
        && command.command.position + 1 == command.command.pipeline
        && !matches!(
            command.command.name().as_deref(),
            Some(
                "echo"
                    | "printf"
                    | "true"
                    | ":"
                    | "set"
                    | "export"
                    | "exit"
                    | "umask"
                    | "shopt"
                    | "alias"
                    | "trap"
            )
        )
}

fn fix(input: &Input<'_>, site: Site<'_>, shebang: bool) -> Option<Fix> {
    let [heredoc] = &site.instruction.heredocs[..] else { return None };
    let source = input.source();
    let body = heredoc.body.of(source);
    let mut lines = body.split_inclusive('\n');
    let head = if shebang { lines.next()? } else { "" };
    let next = lines.find(|line| !line.trim().is_empty())?;
    let indent = &next[..next.len() - next.trim_start().len()];
    let at = heredoc.body.start + head.len() as u32;
    let edit = Edit::insert(at, format!("{indent}set -e{}", newline(source)));
    Some(Fix::unsafe_("Begin with `set -e`", input.edits(vec![edit])))
}
