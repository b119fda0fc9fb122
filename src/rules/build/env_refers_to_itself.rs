use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::expand::references;
use crate::syntax::instruction::declarations;
use crate::syntax::{Instruction, InstructionId, Word};
use crate::text::newline;
use std::collections::HashSet;

pub const RULE: Rule = Rule {
    name: "env-refers-to-itself",
    theme: Theme::Build,
    aliases: &["hadolint/DL3044"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports an `ENV` in which a value uses a variable that the same instruction sets, and \
              that has no value before it.",
        why: "All values of one `ENV` see the variables as they were above it. `ENV A=1 B=$A` leaves \
             `B` empty, without a word of warning.",
        example: "FROM node:22\nENV APP=/srv/app PUBLIC=$APP/public\n",
        instead: "FROM node:22\nENV APP=/srv/app\nENV PUBLIC=$APP/public\n",
        fix: "The fix starts a new `ENV` at the variable that uses the other. It is unsafe, since \
             values change: that is its purpose.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nENV APP=/srv/app PUBLIC=$APP/public\n", &[(2, "PUBLIC=$APP/public")])
            .fixed("FROM node:22\nENV APP=/srv/app\nENV PUBLIC=$APP/public\n"),
        Example::bad("FROM node:22\nENV A=1 \\\n    B=\"${A}x\" \\\n    C=3\n", &[(3, "B=\"${A}x\"")])
            .fixed("FROM node:22\nENV A=1\nENV B=\"${A}x\" \\\n    C=3\n"),
        Example::bad("FROM node:22\nENV A=1 \\\n    # why\n    B=$A\n", &[(4, "B=$A")]),
        Example::ok(
            "FROM node:22\nENV A=1\nENV A=2 B=$A\nENV PATH=/x:$PATH C=$PATH\nENV D=1 E='$D' F=\\$D\n",
        ),
        Example::ok("FROM node:22\nARG V=1\nENV V=$V W=$V\n"),
        Example::bad("FROM node:22\nENV E='$D' D=1\n", &[(2, "E='$D'")]).under(Profile::Hadolint),
        Example::ok("FROM node:22\nENV D=1\nFROM node:22\nENV D=1 E=$D\n").under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    // What hadolint has seen set, over all stages.
    let mut seen: HashSet<&str> = HashSet::new();
    for (id, instruction) in input.tree().numbered() {
        match instruction.keyword {
            Keyword::Arg => seen.extend(declarations(instruction).map(|declared| declared.name)),
            Keyword::Env => {
                let pairs: Vec<(&Word, &Word)> = instruction.pairs().collect();
                let hadolint = input.profile() == Profile::Hadolint;
                for (at, (name, value)) in pairs.iter().enumerate() {
                    let used = if hadolint {
                        let others = pairs.iter().enumerate().filter(|(other, _)| *other != at);
                        let mut names = others.map(|(_, (name, _))| &*name.text);
                        names.find(|name| !seen.contains(name) && names_variable(&value.text, name))
                    } else {
                        used(input, id, &pairs[..at], value)
                    };
                    if let Some(used) = used {
                        let before = at.checked_sub(1).and_then(|before| pairs.get(before));
                        let fix = before.and_then(|(_, value)| fix(input, instruction, value.span.end, name));
                        found.push(finding(name, value, used).fix(fix));
                    }
                }
                seen.extend(pairs.iter().map(|(name, _)| &*name.text));
            }
            _ => {}
        }
    }
}

/// The variable that `value` uses, that a pair before it sets, and that has no value above.
fn used<'a>(
    input: &Input<'a>,
    id: InstructionId,
    before: &[(&'a Word, &Word)],
    value: &Word,
) -> Option<&'a str> {
    let escape = input.tree().escape();
    let references = references(&value.text, escape);
    let known = |name: &str| {
        // Every image has these.
        matches!(name, "PATH" | "HOME")
            || input.model().variables(id).iter().any(|known| &*known.name == name)
    };
    let names = before.iter().map(|(name, _)| &*name.text);
    names.filter(|name| !known(name)).find(|name| references.iter().any(|reference| reference.name == *name))
}

fn finding(name: &Word, value: &Word, used: &str) -> Finding {
    let message = format!(
        "`${used}` has no value here: all values of one ENV see the variables as they were above it, so what this \
         same instruction sets isn't there yet. Set `{}` in an ENV of its own below.",
        name.text
    );
    Finding::new(name.span.to(value.span), message)
}

/// A new ENV from `name` on, where nothing but blanks and continuations stands before it.
fn fix(input: &Input<'_>, instruction: &Instruction, end: u32, name: &Word) -> Option<Fix> {
    let (source, gap) = (input.source(), Span::new(end, name.span.start));
    let between = gap.of(source);
    if between.contains(|c: char| !c.is_whitespace() && c != input.tree().escape()) {
        return None;
    }
    let indent = kit::indent_of(source, instruction.span.start);
    let keyword = instruction.keyword_span.of(source);
    let edit = Edit::replace(gap, format!("{}{indent}{keyword} ", newline(source)));
    Some(Fix::unsafe_("Start a new ENV here", input.edits(vec![edit])))
}

/// Whether `$name` or `${name}` stands in `text`, as hadolint looks for it (`src/Hadolint/Rule/DL3044.hs`).
fn names_variable(text: &str, name: &str) -> bool {
    let bare = format!("${name}");
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    text.contains(&format!("${{{name}}}")) || text.split(&bare).skip(1).any(ends)
}
