//! What the changes that the user names run again.

use super::Args;
use crate::cli::failure::{self, Failure};
use crate::cli::paths::Here;
use crate::context::View;
use crate::features::Chart;
use crate::layers::{Again, Change, Subject, changed_by};
use crate::syntax::InstructionId;
use std::collections::HashMap;
use std::path::Path;

/// What runs again after some changes together.
pub struct Consequences {
    /// When it does, in words: `After a change of …`.
    pub after: String,
    /// What was built before, where that is another state of the whole file.
    pub earlier: Option<Chart>,
    again: HashMap<InstructionId, Again>,
}

impl Consequences {
    pub fn new(after: String, again: Vec<(InstructionId, Again)>) -> Self {
        Self { after, earlier: None, again: again.into_iter().collect() }
    }

    /// The steps that run again, and those that may, in the order of the file.
    pub fn steps(&self) -> Vec<(InstructionId, Again)> {
        let mut steps: Vec<_> = self.again.iter().map(|(id, again)| (*id, *again)).collect();
        steps.sort_unstable_by_key(|(id, _)| *id);
        steps
    }

    pub fn of(&self, id: InstructionId) -> Again {
        self.again.get(&id).copied().unwrap_or_default()
    }

    /// How many steps certainly run again, and how many may.
    pub fn count(&self) -> (usize, usize) {
        let of = |again| self.again.values().filter(|value| **value == again).count();
        (of(Again::Yes), of(Again::Maybe))
    }
}

/// Reads `--changed`, `--changed-arg` and `--changed-base`; None where none of them is given.
pub fn find(
    args: &Args,
    here: &Here,
    subject: &Subject<'_>,
    view: &View,
) -> Result<Option<Consequences>, Failure> {
    let mut changes = Vec::new();
    for path in &args.changed {
        let path = context_path(path, here, view)?;
        if view.ignores(&path) {
            failure::note(&format!(
                "{path} is kept out of the build by .dockerignore: changing it runs nothing"
            ));
        }
        changes.push((path.clone(), Change::File(path)));
    }
    for name in &args.changed_arg {
        if !subject.model.declares(name) {
            failure::note(&format!("no ARG declares {name}, so changing it runs nothing"));
        }
        changes.push((format!("ARG {name}"), Change::Arg(name.clone())));
    }
    if args.changed_base {
        changes.push(("the base images".to_string(), Change::Base));
    }
    if changes.is_empty() {
        return Ok(None);
    }
    let (words, changes): (Vec<String>, Vec<Change>) = changes.into_iter().unzip();
    let after = match words.len() {
        1 => format!("After a change of {}", words.join("")),
        _ => format!("After changes of {}", words.join(", ")),
    };
    Ok(Some(Consequences::new(after, changed_by(subject, &changes))))
}

/// A path that the user gave as a path of the context: as one already, or else as one from where the
/// command was started. A file that isn't there may be about to be.
fn context_path(path: &Path, here: &Here, view: &View) -> Result<String, Failure> {
    let root = view.root.as_deref().unwrap_or(Path::new(""));
    let absolute = here.absolute(path);
    let inside = view.relative(&absolute).filter(|inside| !inside.is_empty());
    let as_given = view.relative(&root.join(path)).filter(|inside| !inside.is_empty());
    let there = |path: &String| view.absolute(path).is_some_and(|path| path.exists());
    let found = match (path.is_absolute(), as_given, inside) {
        (true, _, inside) => inside,
        (false, Some(given), _) if there(&given) => Some(given),
        (false, _, Some(inside)) if there(&inside) => Some(inside),
        (false, given, inside) => given.or(inside),
    };
    match found {
        Some(found) => {
            if !there(&found) {
                failure::note(&format!("the context has no {found} by now; it is taken as new"));
            }
            Ok(found)
        }
        None => Err(Failure::Error(format!(
            "--changed: {} lies outside of the context {}, so no step can take it",
            here.show(path),
            here.show(root)
        ))),
    }
}
