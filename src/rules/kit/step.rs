//! What several rules ask about one step and the calls in it.

use super::mount::mounts;
use super::removal::{Place, Removal, removal};
use crate::catalog::flags::MountType;
use crate::rules::{Arg, Call, Input, Site};
use crate::shell::Connector;
use crate::shell::packages::{Tool, Verb};
use crate::syntax::instruction::from;
use crate::syntax::{InstructionId, Keyword};
use crate::text::{Edit, Span};

/// Whether the step's layer ships: it is part of the image, or of one built on it.
pub fn ships(input: &Input<'_>, site: Site<'_>) -> bool {
    site.onbuild || input.subject.plan.step(site.id).is_some_and(|step| step.in_image)
}

/// Whether a cache or a tmpfs is mounted at a path that has one of `fragments` in it, so that nothing of what
/// is written there is part of the layer.
pub fn keeps_out(site: Site<'_>, fragments: &[&str]) -> bool {
    mounts(site.instruction).any(|mount| {
        matches!(mount.kind(), Some(MountType::Cache | MountType::Tmpfs))
            && mount.value("target").is_some_and(|target| fragments.iter().any(|part| target.contains(part)))
    })
}

/// The edit that puts `words` behind the program or one of its arguments; none where the call isn't written
/// as a plain command.
pub fn insert_behind(call: &Call<'_>, behind: Span, words: &str) -> Option<Edit> {
    call.editable.then(|| Edit::insert(behind.end, format!(" {words}")))
}

/// Names of packages for a message: `a`, `a and b`, `a, b and 2 more`.
pub fn list(names: &[&Arg<'_>]) -> String {
    let name = |at: usize| names.get(at).map_or("", |arg| &*arg.text);
    match names.len() {
        0 | 1 => name(0).to_owned(),
        2 => format!("{} and {}", name(0), name(1)),
        count => format!("{}, {} and {} more", name(0), name(1), count - 2),
    }
}

/// Whether hadolint looks at what the step leaves behind: its stage is the last one, or another is built on
/// it, by names alone. Steps behind ONBUILD always count (`src/Hadolint/Rule/DL3009.hs`, `DL3060.hs`).
pub fn ships_for_hadolint(input: &Input<'_>, site: Site<'_>) -> bool {
    let model = input.model();
    let Some(stage) = model.stage_of(site.id).filter(|_| !site.onbuild) else { return true };
    let from_of = |id| input.tree().instruction(id).and_then(from);
    let written = |id| from_of(id).map(|from| (&*from.image.text, from.name.map(|name| &*name.text)));
    let last = model.stages().last().is_some_and(|last| written(last.from) == written(stage.from));
    let name = from_of(stage.from).and_then(|from| from.name);
    last || name.is_some_and(|name| {
        model
            .stages()
            .iter()
            .any(|other| from_of(other.from).is_some_and(|from| from.image.text == name.text))
    })
}

/// Whether a later step installs with `tool` from the lists that this one fetched: a step of this stage or of
/// one built on it that doesn't fetch them anew.
pub fn lists_used_later(input: &Input<'_>, id: InstructionId, tool: Tool) -> bool {
    let model = input.model();
    let Some(stage) = model.stage_of(id) else { return true };
    let heirs = model.stages().iter().skip(stage.index);
    let mut heirs = heirs.filter(|other| model.with_bases(other).any(|base| base.index == stage.index));
    heirs.any(|heir| {
        let mut later = input.steps(heir).filter(|s| s.id > id && s.instruction.keyword == Keyword::Run);
        later.any(|later| {
            let does = |verb: Verb| {
                let mut actions =
                    input.commands(later.id).iter().filter_map(|command| command.action.as_ref());
                actions.any(|action| action.tool == tool && action.verb == verb && !action.no_cache)
            };
            does(Verb::InstallPackages) && !does(Verb::Update)
        })
    })
}

/// Whether what is put behind the step's commands may do something else than in a step of its own: they leave
/// another folder, other variables or another mode of the shell, or end it.
pub fn leaves_state(input: &Input<'_>, id: InstructionId) -> bool {
    const LEAVES: [&str; 19] = [
        "cd", "pushd", "popd", "export", "declare", "readonly", "read", "eval", "set", "shopt", "unset",
        "umask", "ulimit", "exec", "exit", ".", "source", "alias", "trap",
    ];
    input.calls(id).iter().any(|call| LEAVES.contains(&&*call.name))
        || input.commands(id).iter().any(|command| command.command.words().is_empty())
}

/// The edits that put the commands of the RUN `second` behind those of the RUN `first`, to run where these
/// succeed. None where the two don't do the same together: something stands between them, they are of other
/// kinds, or the first leaves the second another folder or other variables.
pub fn merge_runs(input: &Input<'_>, first: Site<'_>, second: Site<'_>) -> Option<Vec<Edit>> {
    let source = input.source();
    let plain = |site: Site<'_>| {
        let run = site.instruction;
        !site.onbuild && run.keyword == Keyword::Run && !run.is_exec() && run.heredocs.is_empty()
    };
    let flags = |site: Site<'_>| -> Vec<&str> {
        site.instruction.flags.iter().map(|flag| flag.span.of(source)).collect()
    };
    if !plain(first) || !plain(second) || flags(first) != flags(second) {
        return None;
    }
    // One chain of `&&` each: a `;` or `||` would tie other commands together than before.
    let chain = |site: Site<'_>| {
        let script = input.script(site.id)?;
        let [item] = script.items() else { return None };
        let and = item.chain.rest.iter().all(|(connector, ..)| *connector == Connector::And);
        (and && item.separator.is_none() && script.comments.is_empty()).then_some(())
    };
    chain(first)?;
    chain(second)?;
    if leaves_state(input, first.id) {
        return None;
    }
    // With the blank lines between the two; a comment there belongs to the second.
    let (end, next) = (first.instruction.full_span.end, second.instruction.full_span);
    let blank = Span::new(end, next.start).of(source).trim().is_empty();
    if !blank || !next.of(source).ends_with('\n') {
        return None;
    }
    let edit = super::append_command(input, first, second.instruction.rest_span().of(source))?;
    Some(vec![edit, Edit::delete(Span::new(end, next.end))])
}

/// Whether a command of the step deletes the folder, one above it, or all that is in it.
pub fn deletes(input: &Input<'_>, site: Site<'_>, folder: &str) -> bool {
    let Some(frame) = input.frame(site.id) else { return false };
    let home = &*super::users::home(input, site.id).folder;
    let path = if folder.starts_with('/') { folder.to_owned() } else { format!("{home}/{folder}") };
    let place = Place { workdir: &frame.workdir.path, home };
    input.commands(site.id).iter().any(|command| removal(command, &place, &path) == Removal::Yes)
}

/// The edit that takes the argument `arg` out of a call with the blank beside it; none where the call isn't
/// written as a plain command, or where the argument has a line of its own that can't go without it.
pub fn remove_arg(input: &Input<'_>, call: &Call<'_>, arg: &Arg<'_>) -> Option<Edit> {
    let at = call.args.iter().position(|other| std::ptr::eq(other, arg)).filter(|_| call.editable)?;
    let before =
        at.checked_sub(1).and_then(|before| call.args.get(before)).map_or(call.program, |before| before.span);
    cut_words(input.source(), before, arg.span, call.args.get(at + 1).map(|next| next.span))
}

/// The edit that takes the words in `span` out, which stand between the words `before` and `next`, with the blank
/// beside them; none where they have a line of their own that can't go without them.
pub fn cut_words(source: &str, before: Span, span: Span, next: Option<Span>) -> Option<Edit> {
    let blank = |span: Span| {
        let between = span.of(source);
        !between.is_empty() && between.chars().all(|c| c == ' ' || c == '\t')
    };
    let gap = Span::new(before.end, span.start);
    if blank(gap) {
        return Some(Edit::delete(Span::new(gap.start, span.end)));
    }
    let gap = Span::new(span.end, next?.start);
    // On a line of its own, or the first one of a line.
    let line_end = source.get(gap.start as usize..)?.find('\n')? as u32 + gap.start + 1;
    let between = gap.of(source);
    let plain = !between.contains('#') && between.matches('\n').count() <= 1;
    let whole_line = plain && line_end <= gap.end;
    (blank(gap) || whole_line).then(|| Edit::delete(Span::new(span.start, gap.end)))
}
