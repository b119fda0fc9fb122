use crate::model::Base;
use crate::rules::prelude::*;
use crate::syntax::Flag;
use crate::syntax::instruction::copy;

pub const RULE: Rule = Rule {
    name: "program-owned-by-user",
    theme: Theme::Security,
    aliases: &["sonar/S6504", "kics/chown_flag_exists"],
    severity: Severities::own(Severity::Info).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `COPY` or `ADD` that gives a program or script to a user other than root with \
              `--chown`, or lets everybody write it with `--chmod`.",
        why: "Who breaks into the process can then replace the program itself, and the next start runs \
             theirs. Read and execute are enough.",
        example: "FROM node:22\nCOPY --chown=node start.sh /usr/local/bin/\n",
        instead: "FROM node:22\nCOPY --chmod=755 start.sh /usr/local/bin/\n",
        fix: "The fix leaves `--chown` out or, below a `USER`, says `root`, and writes a mode that only the owner can write by. It is unsafe: the program may \
              have to write to itself, and a folder that is copied with it stays root's.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Copy, Keyword::Add], check),
    examples: &[
        Example::bad(
            "FROM node:22\nCOPY --chown=node start.sh /usr/local/bin/\nCOPY \
            --chmod=775 a /bin/a\n",
            &[(2, "--chown=node"), (3, "--chmod=775")],
        )
        .under(Profile::Strict)
        .fixed("FROM node:22\nCOPY start.sh /usr/local/bin/\nCOPY --chmod=755 a /bin/a\n"),
        Example::bad("FROM node:22\nUSER node\nCOPY --chown=node a.sh /bin/\n", &[(3, "--chown=node")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nUSER node\nCOPY --chown=root a.sh /bin/\n"),
        Example::ok(
            "FROM node:22\nCOPY --chown=root start.sh /bin/\nCOPY --chmod=0755 \
            a.sh /x\nCOPY --chown=node data /data\nCOPY --chmod=777 b /bin/b\n",
        )
        .under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(copy) = copy(site.instruction) else { return };
    let to = copy.destination.text.trim_matches(['"', '\'']);
    let script = |name: &str| [".sh", ".py", ".jar", ".bin"].iter().any(|ending| name.ends_with(ending));
    let program = to.contains("/bin/")
        || to.ends_with("/bin")
        || script(to)
        || copy.sources.iter().any(|s| script(&s.text));
    if !program {
        return;
    }
    let owned = |value: &str| !matches!(value.split(':').next(), Some("root" | "0" | ""));
    // By the group alone: of what everybody can write `world-writable-files` tells.
    let writable =
        |mode: &str| u32::from_str_radix(mode, 8).is_ok_and(|bits| bits & 0o020 != 0 && bits & 0o002 == 0);
    for flag in &site.instruction.flags {
        let open = |value: &str| match &*flag.name {
            "chown" => owned(value),
            "chmod" => writable(value),
            _ => false,
        };
        if flag.value.as_ref().is_some_and(|value| open(&value.text)) {
            let message = "Others than root can replace this program, and what they put there runs at the next start. \
                           Leave it to root; read and execute are enough for everybody else.";
            found.push(Finding::new(flag.span, message).fix(fix(input, site, flag)));
        }
    }
}

fn fix(input: &Input<'_>, site: Site<'_>, flag: &Flag) -> Option<Fix> {
    if &*flag.name == "chown" {
        // Below a USER it is said, lest it look forgotten; from scratch nobody has a name.
        let stage = input.model().stage_of(site.id)?;
        let scratch = matches!(input.model().root(stage), Base::Scratch);
        let edit = match input.frame(site.id)?.user {
            Some(_) => Edit::replace(flag.value.as_ref()?.span, if scratch { "0" } else { "root" }),
            None => kit::take_out::flag(input, site.instruction, flag)?,
        };
        return Some(Fix::unsafe_("Leave the program to root", input.edits(vec![edit])));
    }
    let mode = flag.value.as_ref()?;
    let number =
        u32::from_str_radix(&mode.text, 8).ok().filter(|_| mode.span.of(input.source()) == &*mode.text)?;
    // Without the write bits of the group and of the others.
    let (title, text) =
        ("Let only root write it", format!("{:0width$o}", number & !0o022, width = mode.text.len()));
    Some(Fix::unsafe_(title, input.edits(vec![Edit::replace(mode.span, text)])))
}
