//! Variables of a shell that the programs it runs get in their environment.

use crate::features::Snapshot;
use crate::model::{NameId, NameKind, Role};
use crate::shell::{Command, Script, Word};
use crate::text::Span;

/// Whether a shell hands its variable to programs.
pub(super) fn is_exported(snapshot: &Snapshot, id: NameId) -> bool {
    let model = snapshot.model();
    if model.names().get(id).is_none_or(|name| name.kind != NameKind::Shell) {
        return false;
    }
    // All places of it stand in one instruction.
    let Some(script) = model.names().of(id).next().and_then(|place| model.script(place.by)) else {
        return false;
    };
    let set: Vec<Span> =
        model.names().of(id).filter(|place| place.role == Role::Assignment).map(|place| place.span).collect();
    let commands = script.commands();
    exports_all(script) || commands.iter().any(|command| hands_on(command, &set))
}

/// An error, a sentence, where nothing but programs reads the variable.
pub(super) fn may_change(snapshot: &Snapshot, id: NameId) -> Result<(), String> {
    let names = snapshot.model().names();
    let is_read = names.of(id).any(|place| place.role == Role::Use);
    let Some(name) = names.get(id).filter(|_| !is_read && is_exported(snapshot, id)) else { return Ok(()) };
    let name = &name.text;
    Err(format!(
        "`{name}` is set for the programs that this runs, which know it by this name; under another one it means \
         nothing to them."
    ))
}

/// Whether the command sets one of these places for a program, or exports it.
fn hands_on(command: &Command<'_>, set: &[Span]) -> bool {
    let stands = |span: Span| set.iter().any(|place| place.start == span.start);
    let words = command.words();
    let Some(program) = words.first() else { return false };
    let exports = match program.text() {
        "export" => true,
        "declare" | "typeset" | "local" => words.iter().any(|word| has_letter(word, 'x')),
        _ => false,
    };
    (exports && words.iter().any(|word| stands(word.span)))
        || command.assignments().iter().any(|assignment| stands(assignment.span))
}

/// Whether the script exports whatever it sets: `set -a`.
fn exports_all(script: &Script) -> bool {
    script.commands().iter().any(|command| {
        let words = command.words();
        words.first().is_some_and(|program| program.is("set"))
            && words.iter().skip(1).any(|word| has_letter(word, 'a') || word.is("allexport"))
    })
}

/// Whether this is an option of single letters with this one among them.
fn has_letter(word: &Word, letter: char) -> bool {
    let text = word.text();
    text.starts_with('-') && !text.starts_with("--") && text.contains(letter)
}
