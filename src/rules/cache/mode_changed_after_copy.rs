use crate::model::{Stage, resolve};
use crate::rules::prelude::*;
use crate::syntax::instruction::copy;

pub const RULE: Rule = Rule {
    name: "mode-changed-after-copy",
    theme: Theme::Cache,
    aliases: &["tally/prefer-copy-chmod"],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Either,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `RUN` right below a `COPY` or `ADD` that does nothing but change the mode or \
              the owner of what was copied.",
        why: "The files change, so the layer of the `RUN` holds them all a second time. `--chmod` and \
             `--chown` set both as the files are copied.",
        example: "FROM node:22\nCOPY start.sh /usr/local/bin/start.sh\nRUN chmod \
            755 /usr/local/bin/start.sh\n",
        instead: "FROM node:22\nCOPY --chmod=755 start.sh /usr/local/bin/start.sh\n",
        fix: "The fix adds the flag and takes the `RUN` out. It is safe for one file and a mode in \
             digits, and unsafe else: `+x` becomes `755`, and with a folder everything that is copied \
             gets the owner or mode.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM node:22\nCOPY start.txt /srv/start.txt\nRUN chmod 0755 /srv/start.txt\nCMD [\"a\"]\n",
            &[(3, "chmod 0755 /srv/start.txt")],
        )
        .fixed("FROM node:22\nCOPY --chmod=0755 start.txt /srv/start.txt\nCMD [\"a\"]\n"),
        Example::bad(
            "FROM node:22\nWORKDIR /srv\nCOPY --chown=node a.txt ./\n# runs\nRUN chmod +x a.txt\n",
            &[(5, "chmod +x a.txt")],
        )
        .fixed_unsafely("FROM node:22\nWORKDIR /srv\nCOPY --chmod=755 --chown=node a.txt ./\n# runs\n"),
        Example::bad(
            "FROM node:22\nCOPY data /data\nRUN chown -R node:node /data",
            &[(3, "chown -R node:node /data")],
        )
        .fixed_unsafely("FROM node:22\nCOPY --chown=node:node data /data"),
        Example::ok(
            "FROM node:22\nCOPY a /a\nRUN chmod 755 /b\nCOPY b /b\nRUN chmod \
            755 /b && c\nCOPY --chmod=644 c /c\nRUN chmod 755 /c\n",
        ),
        Example::ok("FROM node:22\nCOPY a b /x/\nRUN chmod 755 /x/a\nCOPY dir /dir\nRUN chmod -R u+w /dir\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let steps: Vec<Site<'a>> = input.steps(stage).collect();
    for pair in steps.windows(2) {
        found.extend(finding(input, pair[0], pair[1]));
    }
}

fn finding(input: &Input<'_>, above: Site<'_>, run: Site<'_>) -> Option<Finding> {
    if !matches!(above.instruction.keyword, Keyword::Copy | Keyword::Add)
        || run.instruction.keyword != Keyword::Run
    {
        return None;
    }
    let copy = copy(above.instruction)?;
    let [source] = copy.sources[..] else { return None };
    let [command] = input.commands(run.id) else { return None };
    let command = &command.command;
    if !run.instruction.flags.is_empty() || run.instruction.comments.len() + command.redirects().len() > 0 {
        return None;
    }
    let (flag, name) =
        [("chmod", "mode"), ("chown", "owner")].into_iter().find(|(flag, _)| command.is(flag))?;
    let words: Option<Vec<_>> = command.args().iter().map(|word| word.literal()).collect();
    let words = words?;
    let (recursive, value, path) = match &words[..] {
        [value, path] if !value.starts_with('-') => (false, value, path),
        [option, value, path] if matches!(&**option, "-R" | "--recursive") => (true, value, path),
        _ => return None,
    };
    let workdir = &input.frame(run.id)?.workdir.path;
    let to = input.model().expanded(above.id, &copy.destination.text)?;
    let from = source.text.trim_end_matches('/');
    let name_of = from.rsplit('/').next().unwrap_or(from);
    let folder = to.ends_with('/') || matches!(&*to, "." | "..");
    let target = if folder && !recursive {
        resolve(workdir, &format!("{to}/{name_of}"))
    } else {
        resolve(workdir, &to)
    };
    let set = above.instruction.flag(flag).is_some()
        || value.contains(['$', '*'])
        || source.text.contains(['*', '$']);
    if set || target != resolve(workdir, path) {
        return None;
    }
    let digits = value.chars().all(|c| c.is_ascii_digit());
    let value = match (flag, &**value) {
        ("chmod", "+x" | "a+x") if !recursive => "755",
        ("chmod", mode) if digits => mode,
        ("chown", owner) if !owner.starts_with(':') => owner,
        _ => return None,
    };
    let file = name_of.trim_start_matches('.').contains('.') && !recursive;
    let message = format!(
        "This layer holds the copied files a second time, with another {name}. `--{flag}={value}` at the {} sets it as \
         they are copied.",
        above.instruction.keyword
    );
    let lines = kit::whole_lines(input.source(), run.instruction.full_span);
    let insert = Edit::insert(above.instruction.keyword_span.end, format!(" --{flag}={value}"));
    let edits = input.edits(vec![insert, Edit::delete(lines)]);
    let title = format!("Copy with `--{flag}={value}`");
    let safe = file && flag == "chmod" && digits;
    let fix = if safe { Fix::safe(title, edits) } else { Fix::unsafe_(title, edits) };
    Some(Finding::new(command.span, message).fix(Some(fix)))
}
