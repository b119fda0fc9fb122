use crate::rules::prelude::*;
use crate::shell::{Command, Dialect, unwrap};
use crate::syntax::Instruction;
use crate::text::newline;

pub const RULE: Rule = Rule {
    name: "pipe-without-pipefail",
    theme: Theme::Shell,
    aliases: &[
        "hadolint/DL4006",
        "kics/shell_running_a_pipe_without_pipefail_flag",
        "semgrep/best-practice/set-pipefail",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a pipe in a `RUN` whose shell doesn't have `pipefail` on. Where the left side downloads something it is more than a hint. A left side that hardly fails, such as `echo`, is let be, but under profile `hadolint`.",
        why: "A pipe succeeds where its last command does. When the download on the left breaks off, the step succeeds all the same, its half result is in the layer, and the layer is in the cache.",
        example: "FROM debian:12\nRUN curl -fsSL https://a.org/a.tgz | tar -xz\n",
        instead: "FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN curl -fsSL https://a.org/a.tgz | tar -xz\n",
        fix: "The fix writes a `SHELL` above the `RUN`. It is unsafe: the shell must be in the image, it runs all steps below, and a pipe that used to fail unseen fails the build.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM debian:12\nRUN curl -fsSL a.org/a.tgz | tar -xz\n", &[(2, "curl -fsSL a.org/a.tgz")])
            .fixed("FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN curl -fsSL a.org/a.tgz | tar -xz\n"),
        Example::bad("FROM alpine:3.22\nRUN cat a | sort\n", &[(2, "cat a")])
            .fixed("FROM alpine:3.22\nSHELL [\"/bin/ash\", \"-o\", \"pipefail\", \"-c\"]\nRUN cat a | sort\n"),
        Example::ok("FROM debian:12\nRUN set -o pipefail && curl a.org | tar -xz\n"),
        Example::ok("FROM debian:12\nRUN bash -o pipefail -c 'curl a.org | tar -xz'\n"),
        Example::ok("FROM debian:12\nRUN echo a | tee b && yes | c\n"),
        Example::ok("FROM debian:12\nSHELL [\"/bin/bash\", \"-eo\", \"pipefail\", \"-c\"]\nRUN curl a.org | tar -xz\n"),
        Example::bad("FROM debian:12\nRUN set -o pipefail && echo a | tee b\n", &[(2, "echo")])
            .under(Profile::Hadolint)
            .fixed(
                "FROM debian:12\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN set -o pipefail && echo a | tee b\n",
            ),
        Example::bad("FROM debian:12\nSHELL [\"/bin/sh\", \"-o\", \"pipefail\", \"-c\"]\nRUN a | b\n", &[(3, "a")])
            .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    // Whether the shell in effect, set in this stage, has the option on, or knows no pipes of that kind.
    let mut sound = false;
    for (id, instruction) in input.tree().numbered() {
        match instruction.keyword {
            Keyword::From => {
                let inherited =
                    input.model().stage_of(id).and_then(|_| input.frame(id)).and_then(|frame| frame.shell);
                let shell = inherited.filter(|_| !exact).and_then(|shell| input.tree().instruction(shell));
                sound = shell.is_some_and(|shell| is_sound(shell, exact));
            }
            Keyword::Shell => sound = is_sound(instruction, exact),
            // Reading the script costs more than looking for its pipes, and few have any.
            Keyword::Run
                if !sound
                    && instruction.span.of(input.source()).split("||").any(|part| part.contains('|')) =>
            {
                let site = Site { id, instruction, onbuild: false };
                found.extend(finding(input, site, exact));
            }
            _ => {}
        }
    }
}

/// Whether a SHELL has pipefail on. Of sh hadolint doesn't believe it.
fn is_sound(shell: &Instruction, exact: bool) -> bool {
    let words: Vec<&str> = shell.args.iter().map(|word| &*word.text).collect();
    let program = words.first().copied().unwrap_or_default();
    let base = program.rsplit(['/', '\\']).next().unwrap_or(program);
    if ["pwsh", "powershell", "cmd"].iter().any(|other| base.starts_with(other)) {
        return true;
    }
    let option = words.iter().any(|word| word.starts_with('-') && word.contains('o'));
    let known = !exact || ["bash", "zsh", "ash"].contains(&base);
    known && option && words.contains(&"pipefail")
}

fn finding(input: &Input<'_>, site: Site<'_>, exact: bool) -> Option<Finding> {
    if exact {
        // hadolint reads the commands of Windows as those of bash, too.
        let piped = input.calls(site.id).iter().find(|call| call.pipeline > 1)?;
        return Some(Finding::new(piped.program, QUIET).fix(fix(input, site)));
    }
    let script = input.script(site.id)?;
    if script.dialect != Dialect::Posix || sets_pipefail(input, site) {
        return None;
    }
    let commands = input.commands(site.id);
    let piped = || {
        let all = commands.iter().map(|command| &command.command);
        all.filter(|command| command.position + 1 < command.pipeline)
    };
    let left = match piped().find(|command| downloads(command)) {
        Some(download) => Some(download),
        None => piped().find(|command| !hardly_fails(command)),
    }?;
    let loud = downloads(left);
    let message = if loud { LOUD } else { QUIET };
    let finding = Finding::new(left.span, message).fix(fix(input, site));
    Some(if loud || input.profile() == Profile::Strict { finding } else { finding.at_most(Severity::Hint) })
}

const LOUD: &str = "When this download breaks off the step succeeds all the same, and what it made of half the \
                    data is in the cache. Turn `pipefail` on for the steps of this stage with `SHELL`.";

const QUIET: &str = "When this fails the step succeeds all the same: only the last command of a pipe counts. Turn \
                     `pipefail` on for the steps of this stage with `SHELL`.";

/// Whether the step turns the option on itself.
fn sets_pipefail(input: &Input<'_>, site: Site<'_>) -> bool {
    let shells = ["set", "bash", "sh", "ash", "zsh", "ksh"];
    input.calls(site.id).iter().any(|call| shells.contains(&&*call.name) && call.has_arg(&["pipefail"]))
}

fn downloads(command: &Command<'_>) -> bool {
    command.position + 1 < command.pipeline
        && unwrap(command).name().is_some_and(|name| matches!(&*name, "curl" | "wget" | "aria2c"))
}

/// Commands that have no reason to fail.
fn hardly_fails(command: &Command<'_>) -> bool {
    unwrap(command).name().is_some_and(|name| matches!(&*name, "echo" | "printf" | "yes" | "true" | ":"))
}

/// SHELL above the RUN, where none is set and it is clear which shell has the option.
fn fix(input: &Input<'_>, site: Site<'_>) -> Option<Fix> {
    if input.frame(site.id)?.shell.is_some() {
        return None;
    }
    let (image, tag) = kit::image::root(input.model(), input.model().stage_of(site.id)?)?;
    let alpine = image == "alpine" || tag.is_some_and(|tag| tag.contains("alpine"));
    let shell = if alpine { "/bin/ash" } else { "/bin/bash" };
    let source = input.source();
    let line = format!("SHELL [\"{shell}\", \"-o\", \"pipefail\", \"-c\"]{}", newline(source));
    let edit = Edit::insert(site.instruction.keyword_span.start, line);
    let title = format!("Turn pipefail on with SHELL (unsafe: {shell} runs the steps below)");
    Some(Fix::unsafe_(title, input.edits(vec![edit])))
}
