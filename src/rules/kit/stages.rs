//! Names of stages, and what names them.

use crate::model::Stage;
use crate::rules::Input;
use crate::syntax::instruction::from;
use crate::text::Edit;

/// The name that is free behind `skip` others of `wanted`, `wanted-2` and so on: fixes that are taken together
/// take names of their own. No stage has it, and no FROM or `--from` means
/// something else by it.
pub fn free_name(input: &Input<'_>, wanted: &str, skip: usize) -> String {
    let taken = |name: &str| {
        input.model().stages().iter().any(|stage| stage.name.as_deref() == Some(name))
            || input.tree().instructions().any(|instruction| {
                let base = from(instruction).is_some_and(|from| from.image.text.eq_ignore_ascii_case(name));
                let flags = || instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
                base || flags().any(|value| value.text.contains(name))
            })
    };
    let numbered = (2..1000).map(|number| format!("{wanted}-{number}"));
    let names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.filter(|name| !taken(name)).nth(skip).unwrap_or_else(|| wanted.to_owned())
}

/// The edits that put `name` wherever the file means `stage` by its name or, where it has none, by its number.
/// The FROM of the stage itself is left to the caller. None where such a place isn't written plainly.
pub fn renamed(input: &Input<'_>, stage: &Stage, name: &str) -> Option<Vec<Edit>> {
    let uses = input.model().stages().iter().flat_map(|other| &other.uses);
    let label = stage.label();
    let mut edits = Vec::new();
    for usage in uses.filter(|usage| usage.stage == stage.index) {
        let written = usage.span.of(input.source());
        // A number goes on counting.
        if stage.name.is_some() && written == stage.index.to_string() {
            continue;
        }
        if !written.eq_ignore_ascii_case(&label) {
            return None;
        }
        edits.push(Edit::replace(usage.span, name));
    }
    Some(edits)
}
