use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::unwrap;
use crate::syntax::Word;

pub const RULE: Rule = Rule {
    name: "variable-in-exec-form",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a variable in the exec form of CMD, ENTRYPOINT or HEALTHCHECK where no shell expands it.",
        why: "The words of the exec form go to the program as they are: it gets the five letters of `$PORT`, not the port. Where \
              the image has an ENTRYPOINT that isn't known to start its words unchanged, a CMD is let be.",
        example: "FROM node:22\nENV PORT=3000\nCMD [\"npx\", \"next\", \"start\", \"-p\", \"$PORT\"]\n",
        instead: "FROM node:22\nENV PORT=3000\nCMD [\"sh\", \"-c\", \"exec npx next start -p $PORT\"]\n",
        fix: "The fix lets `sh -c` start the same words. It is unsafe: the container starts with a shell, which must be in the \
              image.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM node:22\nCMD [\"npx\", \"next\", \"start\", \"-p\", \"${PORT}\"]\n",
            &[(2, "\"${PORT}\"")],
        )
        .fixed("FROM node:22\nCMD [\"sh\", \"-c\", \"exec npx next start -p ${PORT}\"]\n"),
        Example::bad(
            "FROM python:3.13\nCMD [\"gunicorn\", \"--bind\", \"0.0.0.0:$PORT\", \"a b\"]\n",
            &[(2, "\"0.0.0.0:$PORT\"")],
        ),
        Example::bad(
            "FROM node:22\nHEALTHCHECK CMD [\"curl\", \"-f\", \"http://127.0.0.1:$PORT/\"]\n",
            &[(2, "\"http://127.0.0.1:$PORT/\"")],
        )
        .fixed("FROM node:22\nHEALTHCHECK CMD [\"sh\", \"-c\", \"curl -f http://127.0.0.1:$PORT/\"]\n"),
        Example::ok(
            "FROM node:22\nCMD [\"sh\", \"-c\", \"exec npx next start -p $PORT\"]\nENTRYPOINT [\"/bin/bash\", \"-c\", \"$X\"]\n",
        ),
        Example::ok("FROM node:22\nCMD npx next start -p $PORT\n"),
        Example::ok("FROM node:22\nENTRYPOINT [\"./run.sh\"]\nCMD [\"-p\", \"$PORT\"]\n"),
        // Kubernetes' way, an awk program, a prompt.
        Example::ok("FROM debian:12\nCMD [\"run\", \"$(PORT)\", \"{ print $1 }\", \"$\"]\n"),
        Example::ok("FROM example.com/ours\nCMD [\"run\", \"$PORT\"]\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if stage.windows {
        return;
    }
    for keyword in [Keyword::Entrypoint, Keyword::Cmd, Keyword::Healthcheck] {
        let Some(site) = input.last(stage, keyword).filter(|site| site.instruction.is_exec()) else {
            continue;
        };
        let words = match keyword {
            Keyword::Healthcheck => site.instruction.args.get(1..).unwrap_or(&[]),
            _ => &site.instruction.args[..],
        };
        let Some(word) = words.iter().skip(1).find(|word| variable(&word.text).is_some()) else { continue };
        if expands(input, site) || keyword == Keyword::Cmd && !entrypoint_is_plain(input, stage) {
            continue;
        }
        let name = variable(&word.text).unwrap_or_default();
        let message = format!(
            "Nothing expands `{name}` in the exec form: the program gets these very letters. Let a shell start it, as in \
             `[\"sh\", \"-c\", \"exec …\"]`."
        );
        found.push(Finding::new(word.span, message).fix(fix(input, site, words)));
    }
}

/// Whether the program is a shell, or something that may well know variables.
fn expands(input: &Input<'_>, site: Site<'_>) -> bool {
    const KNOW: &[&str] = &[
        "sh",
        "bash",
        "ash",
        "dash",
        "zsh",
        "ksh",
        "busybox",
        "pwsh",
        "powershell",
        "cmd",
        "awk",
        "perl",
        "envsubst",
        "dockerize",
        "confd",
        "gomplate",
        "java",
        "make",
        "supervisord",
        "nginx",
        "fish",
        "php",
        "python",
        "python3",
        "node",
        "expect",
        "sed",
    ];
    input.commands(site.id).iter().any(|command| {
        let invocation = unwrap(&command.command);
        let name = invocation.name();
        name.is_none_or(|name| KNOW.contains(&&*name) || name.ends_with(".sh"))
            || invocation.through("sh")
            || command.command.nesting.inner
    }) || input.commands(site.id).is_empty()
}

/// Whether what the image starts is the CMD as it stands.
fn entrypoint_is_plain<'a>(input: &Input<'a>, stage: &'a Stage) -> bool {
    let own = input.model().with_bases(stage).find_map(|stage| input.last(stage, Keyword::Entrypoint));
    match own {
        Some(site) => input.commands(site.id).iter().all(|command| {
            let words = unwrap(&command.command).words;
            words.is_empty()
                || words.iter().all(|word| word.literal().is_some())
                    && !words[0].text().contains(".sh")
                    && !words[0].text().contains("entrypoint")
        }),
        None => kit::image::known(input.model(), stage).is_some_and(|image| {
            let known = image.entrypoint.clone().unwrap_or_else(|| vec!["?"]);
            // That of Node.js' images starts its words as they are (docker-node's docker-entrypoint.sh).
            known.is_empty() || image.repository == "node"
        }),
    }
}

/// `$NAME` or `${NAME}`, the name in capitals as those of the environment are.
fn variable(text: &str) -> Option<&str> {
    let at = text.find('$')?;
    let rest = &text[at + 1..];
    let (open, name) = match rest.strip_prefix('{') {
        Some(inner) => (1, inner),
        None => (0, rest),
    };
    let end = name
        .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .unwrap_or(name.len());
    let starts = name.starts_with(|c: char| c.is_ascii_uppercase());
    let closed = open == 0 || name[end..].starts_with('}') || name[end..].starts_with(":-");
    let close = if open == 1 { name[end..].find('}').map_or(0, |at| at + 1) } else { 0 };
    (starts && end > 1 && closed).then(|| &text[at..at + 1 + open + end + close])
}

/// `sh -c "exec …"` of the same words, where none of them needs quotes.
fn fix(input: &Input<'_>, site: Site<'_>, words: &[Word]) -> Option<Fix> {
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "$_-./:=,@+{}".contains(c))
    };
    let sound = words
        .iter()
        .all(|word| plain(&word.text) && (!word.text.contains('{') || variable(&word.text).is_some()));
    let shell =
        input.model().stage_of(site.id).and_then(|stage| kit::image::known(input.model(), stage))?.shell;
    let alone = site.instruction.keyword != Keyword::Entrypoint;
    if !sound || !alone || shell.is_none_or(str::is_empty) {
        return None;
    }
    let line = words.iter().map(|word| &*word.text).collect::<Vec<_>>().join(" ");
    let exec = if site.instruction.keyword == Keyword::Cmd { "exec " } else { "" };
    let (first, last) = (words.first()?.span, words.last()?.span);
    let edit = Edit::replace(first.to(last), format!("\"sh\", \"-c\", \"{exec}{line}\""));
    Some(Fix::unsafe_("Let `sh -c` start it", input.edits(vec![edit])))
}
