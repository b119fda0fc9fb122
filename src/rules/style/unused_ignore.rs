use crate::rules::prelude::*;
use crate::rules::{Asked, Dialect, Ignore, Name, Reach, Tag, alias, all};
use crate::syntax::TokenKind;
use crate::syntax::suggest::nearest;

pub const RULE: Rule = Rule {
    name: "unused-ignore",
    theme: Theme::Style,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a `# plimsoll ignore=` comment that silences nothing: the rule finds nothing there, or \
               there is no rule of that name.",
        why: "Such a comment says of the line below it what isn't true, and hides the fault on the day it \
              comes. Mostly the fault was mended, the comment was moved away from its instruction, or the \
              name has a typing error.",
        example: "FROM debian:12\n# plimsoll ignore=apt-lists-left -- we need them\nRUN echo done\n",
        instead: "FROM debian:12\nRUN echo done\n",
        fix: "The fix removes the name, or the comment where no other name is left; a name with a typing \
              error becomes the one that was meant. It is safe: only the comment changes.",
        files: None,
    },
    check: Check::Ignores(check),
    examples: &[
        Example::bad(
            "FROM debian:12\n# plimsoll ignore=apt-lists-left -- we need them\nRUN echo done\n",
            &[(2, "# plimsoll ignore=apt-lists-left -- we need them")],
        )
        .fixed("FROM debian:12\nRUN echo done\n"),
        Example::bad(
            "# plimsoll ignore=unpinned-base-image, DL3009 -- we say so\nFROM debian\n",
            &[(1, "DL3009")],
        )
        .fixed("# plimsoll ignore=unpinned-base-image -- we say so\nFROM debian\n"),
        Example::bad(
            "# plimsoll ignore=DL3009,unpinned-base-imag\r\nFROM debian\r\n",
            &[(1, "DL3009"), (1, "unpinned-base-imag")],
        )
        .fixed("# plimsoll ignore=unpinned-base-image\r\nFROM debian\r\n"),
        Example::bad(
            "# plimsoll ignore -- all of it\nFROM debian:12\n",
            &[(1, "# plimsoll ignore -- all of it")],
        )
        .fixed("FROM debian:12\n"),
        // A blank line keeps the comment from its instruction.
        Example::bad("# plimsoll ignore=DL3007\n\nFROM debian:latest\n", &[(1, "# plimsoll ignore=DL3007")])
            .fixed("\nFROM debian:latest\n"),
        Example::bad(
            "FROM debian:12\nRUN a && \\\n  # plimsoll ignore=apt-lists-left\n  b\n",
            &[(3, "# plimsoll ignore=apt-lists-left")],
        )
        .fixed("FROM debian:12\nRUN a && \\\n  b\n"),
        Example::ok("# plimsoll ignore=unpinned-base-image -- pinned by the build\nFROM debian\n"),
        Example::ok("# plimsoll file ignore=hadolint/DL3006\nFROM debian\n"),
        // Whether ShellCheck would find it isn't known where it isn't asked, and other tools' comments are theirs.
        Example::ok("FROM debian:12\n# plimsoll ignore=SC2086\nRUN echo $A\n"),
        Example::ok("FROM debian:12\n# hadolint ignore=DL3009\nRUN echo $A\n"),
        Example::ok("# plimsoll is what this file is checked with\nFROM debian:12\n"),
    ],
};

fn check(input: &Input<'_>, asked: Asked<'_>, found: &mut Vec<Finding>) {
    for ignore in input.ignores().iter().filter(|ignore| ignore.dialect == Dialect::Own) {
        let idle: Vec<(&Name, Idle)> = ignore
            .names
            .iter()
            .filter(|name| !name.is_used())
            .filter_map(|name| Some((name, idle(input, &name.text, asked)?)))
            .collect();
        let useless = idle.iter().all(|(_, idle)| *idle == Idle::Unused);
        match ignore.names.len() {
            0 => found.push(whole(
                input,
                ignore.span,
                "This comment names no rule, so it ignores nothing. Write `# plimsoll ignore=RULE -- why` \
                 with the name of a rule.",
            )),
            names if names == idle.len() && useless => found.push(whole(input, ignore.span, &unused(ignore))),
            _ => found.extend(idle.into_iter().map(|(name, idle)| one(input, ignore, name, idle))),
        }
    }
    within_instructions(input, found);
}

/// Why a name silences nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Idle {
    Unused,
    Unknown { meant: Option<&'static str> },
}

/// None where it can't be told: not all that the name means was looked for.
fn idle(input: &Input<'_>, name: &str, asked: Asked<'_>) -> Option<Idle> {
    let known = |rule: &&Rule| name == "all" || rule.is_called(name);
    let mut meant = all().iter().filter(known).peekable();
    if meant.peek().is_none() {
        return Some(Idle::Unknown { meant: meant_by(name) });
    }
    let context = input.context().is_some();
    let checked = input.checked.is_some_and(|checked| checked.is_complete());
    let looked =
        |rule: &Rule| asked(rule) && (context || !rule.reads.context) && (checked || !rule.reads.shellcheck);
    let pending = input.checked.is_some_and(|checked| checked.is_pending());
    (meant.all(looked) || name == "all" && context && !pending).then_some(Idle::Unused)
}

fn meant_by(name: &str) -> Option<&'static str> {
    let ids = |rule: &'static Rule| rule.aliases.iter().map(|known| alias::split(known).1);
    // Codes differ by a digit each: the nearest one says nothing.
    let names = all().iter().flat_map(|rule| {
        let ids = ids(rule).filter(|id| !id.bytes().any(|b| b.is_ascii_digit()));
        std::iter::once(rule.name).chain(ids)
    });
    nearest(name, names)
}

fn unused(ignore: &Ignore) -> String {
    let names: Vec<String> = ignore.names.iter().map(|name| format!("`{}`", name.text)).collect();
    let names = names.join(", ");
    match (ignore.cover, ignore.reach) {
        (None, Reach::Instruction) => format!(
            "This comment ignores {names} on the line right below it, where no instruction starts, so it \
             silences nothing. Put it right above its instruction, or remove it."
        ),
        (None, _) => format!(
            "This comment ignores {names} in its stage, and stands neither in one nor right above a FROM. Move \
             it there, or remove it."
        ),
        (Some(_), Reach::File) => {
            format!("Nothing in this file is a case of {names}, so the comment silences nothing. Remove it.")
        }
        (Some(_), Reach::Stage) => {
            format!("Nothing in this stage is a case of {names}, so the comment silences nothing. Remove it.")
        }
        (Some(_), Reach::Instruction) => {
            format!(
                "The instruction below is no case of {names}, so the comment silences nothing. Remove it."
            )
        }
    }
}

fn whole(input: &Input<'_>, comment: Span, message: &str) -> Finding {
    let lines = input.tree().lines();
    let line = lines.full_span(lines.line(comment.start), input.source()).unwrap_or(comment);
    let fix = Fix::safe("Remove the comment", input.edits(vec![Edit::delete(line)]));
    Finding::new(comment, message).tag(Tag::Unnecessary).fix(Some(fix))
}

fn one(input: &Input<'_>, ignore: &Ignore, name: &Name, idle: Idle) -> Finding {
    let text = &name.text;
    let message = match idle {
        Idle::Unused => {
            format!("`{text}` silences nothing here, unlike the other names of this comment. Remove it.")
        }
        Idle::Unknown { meant: Some(meant) } => {
            format!("There is no rule `{text}`, so this silences nothing. Did you mean `{meant}`?")
        }
        Idle::Unknown { meant: None } => format!(
            "There is no rule `{text}`, so this silences nothing. `plimsoll rules` lists the names; a reason \
             stands behind ` -- `."
        ),
    };
    let fix = match idle {
        Idle::Unknown { meant: Some(meant) } => {
            let edit = Edit::replace(name.span, meant);
            Fix::safe(format!("Name the rule `{meant}`"), input.edits(vec![edit]))
        }
        _ if ignore.names.len() == 1 => return whole(input, ignore.span, &message),
        _ => Fix::safe(format!("Remove `{text}`"), input.edits(vec![Edit::delete(with_comma(ignore, name))])),
    };
    let finding = Finding::new(name.span, message).fix(Some(fix));
    if idle == Idle::Unused { finding.tag(Tag::Unnecessary) } else { finding }
}

/// The name with what parts it from its neighbour.
fn with_comma(ignore: &Ignore, name: &Name) -> Span {
    let at = ignore.names.iter().position(|other| other.span == name.span).unwrap_or(0);
    match (at.checked_sub(1).and_then(|before| ignore.names.get(before)), ignore.names.get(at + 1)) {
        (Some(before), _) => Span::new(before.span.end, name.span.end),
        (None, Some(after)) => Span::new(name.span.start, after.span.start),
        (None, None) => name.span,
    }
}

/// Our comments between the lines of an instruction, which nobody reads.
fn within_instructions(input: &Input<'_>, found: &mut Vec<Finding>) {
    if !input.source().contains("plimsoll") {
        return;
    }
    for (kind, span) in input.tree().tokens() {
        let words: Vec<&str> =
            span.of(input.source()).trim_start_matches('#').split_whitespace().take(3).collect();
        let meant = words.first() == Some(&"plimsoll") && words.iter().any(|word| word.starts_with("ignore"));
        if kind == TokenKind::Comment && meant && input.tree().instruction_at(span.start).is_some() {
            let message = "A comment within an instruction silences nothing. Put it right above the \
                           instruction, or remove it.";
            found.push(whole(input, span, message));
        }
    }
}
