//! Files of the app that an ENV names: the app reads them at run time, but Next.js doesn't trace them.

use super::detect::Found;
use super::variables;
use crate::convert::Note;
use crate::convert::places::is_within;
use crate::convert::refuse::{note, warning};
use crate::model::resolve;
use crate::syntax::Keyword;

/// Adds to `extra` the files that the run stage can take, and tells of what it lacks. `made` are the folders that the run
/// stage makes anyway.
pub(super) fn read(
    found: &Found<'_>,
    dist: &str,
    made: &[String],
    extra: &mut Vec<String>,
    notes: &mut Vec<Note>,
) {
    let there: Vec<String> = [dist, "public"].iter().map(|name| resolve(&found.app, name)).collect();
    let made: Vec<&str> = made.iter().flat_map(|names| names.split(", ")).collect();
    for (id, instruction) in found.subject.model.steps(found.stage) {
        if instruction.keyword != Keyword::Env {
            continue;
        }
        for (name, value) in instruction.pairs() {
            let name = &*name.text;
            // This one has a check of its own.
            if name == "NEXT_SHARP_PATH" || !variables::is_for_running(name, &value.text) {
                continue;
            }
            let Some(value) = found.subject.model.expanded(id, &value.text) else { continue };
            // Node.js takes these two from the folder that it is started in.
            let relative = value.starts_with("./") || matches!(name, "NODE_EXTRA_CA_CERTS" | "NODE_ICU_DATA");
            if !(value.starts_with('/') || relative && !value.is_empty()) || value.contains([' ', ':', '*']) {
                continue;
            }
            let path = resolve(&found.app, &value);
            let Some(inside) = path.strip_prefix(&*found.app).and_then(|rest| rest.strip_prefix('/')) else {
                continue;
            };
            if there.iter().any(|folder| is_within(&path, folder))
                || made.iter().any(|folder| is_within(&path, folder))
                || extra.iter().any(|name| name == inside)
            {
                continue;
            }
            let line = instruction.first_line;
            let in_context = crate::convert::places::below(&found.project.folder, inside);
            if found.view.file(&in_context).is_some() && found.is_built_with(inside) && is_plain(inside) {
                extra.push(inside.to_owned());
                notes.push(note(
                    instruction,
                    format!("{name} on line {line} names {inside}, which Next.js doesn't trace; the run stage copies it."),
                ));
            } else {
                notes.push(warning(
                    instruction,
                    format!(
                        "{name} on line {line} names {path}, and of the app's folder the run stage has only what Next.js \
                         traces. Where the app needs that, copy or make it there."
                    ),
                ));
            }
        }
    }
}

/// Whether a path can stand in a COPY as it is.
fn is_plain(path: &str) -> bool {
    path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+@".contains(c))
}
