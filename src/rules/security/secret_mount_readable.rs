use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "secret-mount-readable",
    theme: Theme::Security,
    aliases: &["sonar/S6469"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a mount of a secret or of the SSH agent whose `mode` lets every user read it.",
        why: "Without `mode` only the owner can read a secret (0400) or use the agent (0600). With an open mode whatever \
              the step starts as another user, to be on the safe side, has the secret too. Where another user needs it, `uid=` makes him \
              the owner.",
        example: "FROM node:22\nRUN --mount=type=secret,id=npmrc,mode=0644 npm ci\n",
        instead: "FROM node:22\nRUN --mount=type=secret,id=npmrc,mode=0400 npm ci\n",
        fix: "The fix takes the rights of all others out of the mode. It is unsafe: the step fails where another user \
              than the owner has to read it.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN --mount=type=secret,id=a,mode=0644 a\n", &[(2, "mode=0644")])
            .fixed("FROM node:22\nRUN --mount=type=secret,id=a,mode=0640 a\n"),
        Example::bad("FROM node:22\nRUN --mount=type=ssh,mode=777 a\n", &[(2, "mode=777")])
            .fixed("FROM node:22\nRUN --mount=type=ssh,mode=770 a\n"),
        Example::ok("FROM node:22\nRUN --mount=type=secret,id=a,mode=0440 --mount=type=ssh a\n"),
        Example::ok("FROM node:22\nRUN --mount=type=cache,target=/c,mode=0777 a\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let flags = site.instruction.flags.iter().filter(|flag| &*flag.name == "mount");
    for value in flags.filter_map(|flag| flag.value.as_ref()) {
        let mount = crate::syntax::flags::mount::parse(&value.text);
        let Some(field) =
            mount.field("mode").filter(|_| matches!(mount.value("type"), Some("secret" | "ssh")))
        else {
            continue;
        };
        let mode = field.value.as_deref().unwrap_or_default();
        let Some(others) = u32::from_str_radix(mode, 8).ok().filter(|mode| mode & 7 != 0) else { continue };
        // As it is written: without quotes, and without a continuation in it.
        let as_written = value.span.of(input.source()) == &*value.text;
        let place = |span: Span| Span::new(value.span.start + span.start, value.span.start + span.end);
        let span = if as_written { place(field.span) } else { value.span };
        let closed = format!("{:0width$o}", others & !7, width = mode.len());
        let message = format!(
            "With mode {mode} every user of the step can read this, whatever is started as somebody else included. Use \
             `mode={closed}`, and `uid=` where another user needs it."
        );
        let fix = as_written.then(|| {
            let edit = Edit::replace(place(field.value_span), closed.as_str());
            Fix::unsafe_(
                format!("Use mode={closed} (unsafe: other users can't read it then)"),
                input.edits(vec![edit]),
            )
        });
        found.push(Finding::new(span, message).fix(fix));
    }
}
