use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::shell::RedirectKind;
use crate::text::newline;

pub const RULE: Rule = Rule {
    name: "file-written-by-run",
    theme: Theme::Style,
    aliases: &["tally/prefer-copy-heredoc"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `RUN` that does nothing but `echo` a fixed text to a file.",
        why: "A heredoc of `COPY` shows the file as it will be, needs no shell and no quoting, and \
             takes `--chmod` and `--chown`.",
        example: "FROM node:22\nRUN echo 'a=1' > /etc/app.conf\n",
        instead: "FROM node:22\nCOPY <<\"EOF\" /etc/app.conf\na=1\nEOF\n",
        fix: "The fix writes a `COPY` with a heredoc. It is unsafe: the file then belongs to root, \
             whatever `USER` says.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN echo 'a=1' \"b c\" > /etc/app.conf\n", &[(2, "RUN")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nCOPY <<\"EOF\" /etc/app.conf\na=1 b c\nEOF\n"),
        Example::ok(
            "FROM node:22\nRUN echo $A > /etc/a\nRUN echo a >> /etc/a\nRUN \
            echo -e 'a' > /b\nRUN echo a > b && c\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM node:22\nRUN echo a > /etc/a\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let [command] = input.commands(site.id) else { return };
    let command = &command.command;
    if !command.is("echo")
        || site.onbuild
        || !site.instruction.flags.is_empty()
        || !site.instruction.heredocs.is_empty()
    {
        return;
    }
    let [redirect] = command.redirects() else { return };
    let path = redirect.target.as_ref().and_then(|target| target.literal());
    let Some(path) = path.filter(|path| path.starts_with('/') && !path.contains([' ', '*', '?'])) else {
        return;
    };
    let plain = redirect.kind == RedirectKind::Output && redirect.descriptor.is_none_or(|number| number == 1);
    let words: Option<Vec<_>> =
        command.args().iter().map(|word| word.literal().filter(|_| !word.has_glob())).collect();
    let Some(words) = words.filter(|_| plain) else { return };
    let text = words.join(" ");
    // Options, and backslashes that some shells read.
    if text.starts_with('-') || text.contains(['\\', '\n', '\r']) || text.trim() == "EOF" {
        return;
    }
    let newline = newline(input.source());
    let copy = format!("COPY <<\"EOF\" {path}{newline}{text}{newline}EOF");
    let fix = Fix::unsafe_(
        "Write it as COPY with a heredoc",
        input.edits(vec![Edit::replace(site.instruction.span, copy)]),
    );
    let message =
        format!("`COPY <<\"EOF\" {path}` writes this file without a shell, and shows it as it will be.");
    let flat = command.nesting == Default::default();
    found.push(Finding::new(site.instruction.keyword_span, message).fix(flat.then_some(fix)));
}
