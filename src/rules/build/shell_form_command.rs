use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::shell::{Dialect, Script};
use crate::syntax::instruction::{Healthcheck, healthcheck};

pub const RULE: Rule = Rule {
    name: "shell-form-command",
    theme: Theme::Build,
    aliases: &[
        "hadolint/DL3025",
        "buildkit/JSONArgsRecommended",
        "kics/not_using_json_in_cmd_and_entrypoint_arguments",
        "semgrep/best-practice/prefer-json-notation",
        "sonar/S7019",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `CMD` and `ENTRYPOINT` that aren't a JSON array, where no `SHELL` is set and the command doesn't \
               hand over with `exec`.",
        why: "A shell then stands between the container and the program. It gets the signal that ends the container and \
              doesn't pass it on, so the program is killed after ten seconds instead of closing what it has open.",
        example: "FROM node:22\nCMD node server.js\n",
        instead: "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
        fix: "The fix writes a single command without variables, patterns and redirections as an array. It is unsafe: \
              the program is started without a shell, and `ENTRYPOINT` gets what `CMD` or `docker run` add.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck], check),
    examples: &[
        Example::bad("FROM node:22\nCMD node server.js\n", &[(2, "node server.js")])
            .fixed("FROM node:22\nCMD [\"node\", \"server.js\"]\n"),
        Example::bad(
            "FROM node:22\nENTRYPOINT node \\\n  'a b.js' --x=\"y\"\n",
            &[(2, "node \\\n  'a b.js' --x=\"y\"")],
        )
        .fixed("FROM node:22\nENTRYPOINT [\"node\", \"a b.js\", \"--x=y\"]\n"),
        Example::bad("FROM node:22\nCMD node $FILE\n", &[(2, "node $FILE")]),
        Example::bad("FROM node:22\nCMD ls *.js | wc\n", &[(2, "ls *.js | wc")]),
        Example::ok("FROM node:22\nCMD [\"node\", \"server.js\"]\nENTRYPOINT exec node $FILE\n"),
        Example::ok("FROM node:22 AS a\nSHELL [\"/bin/bash\", \"-c\"]\nFROM a\nCMD node server.js\n"),
        Example::bad(
            "FROM node:22\nSHELL [\"/bin/bash\", \"-c\"]\nCMD exec node a.js\n",
            &[(3, "exec node a.js")],
        )
        .under(Profile::Hadolint),
        Example::bad("FROM node:22\nCMD exec node a.js\n", &[(2, "exec node a.js")]).under(Profile::Buildkit),
        Example::ok("FROM node:22\nHEALTHCHECK CMD curl -f localhost\n"),
        Example::bad("FROM node:22\nHEALTHCHECK CMD curl localhost\n", &[(2, "CMD curl localhost")])
            .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let instruction = site.instruction;
    if site.onbuild || instruction.is_exec() || instruction.rest.is_empty() {
        return;
    }
    let profile = input.profile();
    if instruction.keyword == Keyword::Healthcheck {
        // hadolint asks the same of a check, which ends by itself.
        let runs = matches!(healthcheck(instruction), Some(Healthcheck::Command { .. }));
        if runs && profile == Profile::Hadolint {
            let message =
                "This check is run by a shell. Write it as a JSON array, `[\"program\", \"argument\"]`.";
            found.push(Finding::new(instruction.rest_span(), message));
        }
        return;
    }
    let shell = input.frame(site.id).is_some_and(|frame| frame.shell.is_some());
    if shell && profile != Profile::Hadolint {
        return;
    }
    let script = input.script(site.id);
    let starts = input.commands(site.id).first().and_then(|command| command.command.program());
    let hands_over = starts.is_some_and(|program| program.is("exec"));
    if hands_over && matches!(profile, Profile::Editor | Profile::Strict) {
        return;
    }
    let message = format!(
        "This {} is run by a shell, which doesn't pass on the signal that ends the container: the program is killed \
         after ten seconds instead of stopping by itself. Write it as a JSON array, `[\"program\", \"argument\"]`.",
        instruction.keyword
    );
    let span = instruction.rest_span();
    found.push(Finding::new(span, message).fix(script.and_then(|script| fix(input, site, script, span))));
}

fn fix(input: &Input<'_>, site: Site<'_>, script: &Script, span: Span) -> Option<Fix> {
    let [command] = input.commands(site.id) else { return None };
    let plain = script.dialect == Dialect::Posix && script.errors.is_empty() && !script.truncated;
    // The command must be all that there is.
    if !plain || !site.instruction.comments.is_empty() || command.command.span != span {
        return None;
    }
    let program = command.command.program()?;
    let words = std::iter::once(program).chain(command.command.args().iter());
    let mut values = Vec::new();
    for word in words {
        let text = word.text();
        let value = word.literal()?;
        // A shell would do more with it: expand it, or take it for its own command.
        let bare = !text.starts_with(['"', '\'']);
        if text.starts_with('~')
            || (bare && text.contains(['*', '?', '[', '{', '\\', '=', '<', '>']) && !text.starts_with('-'))
        {
            return None;
        }
        values.push(serde_json::to_string(&*value).ok()?);
    }
    let builtin =
        ["cd", "export", "set", "source", ".", "eval", "exit", "trap", "ulimit", "umask", "exec", ":"];
    if builtin.iter().any(|name| program.is(name)) {
        return None;
    }
    let edit = Edit::replace(span, format!("[{}]", values.join(", ")));
    Some(Fix::unsafe_("Write it as a JSON array, to be run without a shell", input.edits(vec![edit])))
}
