//! `textDocument/prepareRename` and `textDocument/rename`.

mod exported;
mod legal;
mod outside;
mod same;

use super::{Snapshot, names};
use crate::catalog::images;
use crate::model::{Model, NameId, NameKind, Occurrence, Role};
use crate::rules;
use crate::syntax::parse;
use crate::text::{Edit, Span, WorkspaceEdit, apply};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What can be renamed at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamable {
    /// The name at the caret.
    pub span: Span,
    /// The name as it is.
    pub name: String,
    /// What a new name changes elsewhere.
    pub outside: Outside,
}

/// A rename that leaves everything but the name as it was.
#[derive(Clone, Debug)]
pub struct Rename {
    /// The file's edits, labelled where they reach beyond the file.
    pub edit: WorkspaceEdit,
    /// What the rename changes elsewhere.
    pub outside: Outside,
}

/// What hangs on a name and isn't renamed with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// Sentences for the user; empty where nothing hangs on the name.
    pub text: String,
    /// Something is known to hang on it: the rename is to be confirmed.
    pub is_known: bool,
}

/// What stands at `offset`, where it can be renamed: `Ok(None)` where there is no name at all, and a sentence
/// that says why not where there is one that can't be changed.
pub fn prepare_rename(snapshot: &Snapshot, offset: u32) -> Result<Option<Renamable>, String> {
    let Some(found) = names::at(snapshot, offset) else { return Ok(None) };
    let (id, kind, name) = target(snapshot, found)?;
    places(snapshot, id, &name)?;
    let outside = outside::told(snapshot, id, kind, &name);
    Ok(Some(Renamable { span: found.span, name: found.span.of(snapshot.source()).to_owned(), outside }))
}

/// Gives what stands at `offset` the name `new`. An error is a sentence for the user.
pub fn rename(snapshot: &Snapshot, offset: u32, new: &str) -> Result<Rename, String> {
    let found = names::at(snapshot, offset).ok_or("There is no name here to change.")?;
    let (id, kind, name) = target(snapshot, found)?;
    let spans = places(snapshot, id, &name)?;
    let new = new.trim();
    legal::check(kind, new)?;
    if is_taken(snapshot.model(), kind, new) {
        return Err(format!(
            "`{new}` is the name of another one in this file; give {} a name of its own.",
            names::title(kind, &name)
        ));
    }
    if let Some(image) = sets_already(snapshot, id, kind, new) {
        return Err(format!(
            "`{image}` sets `{new}` itself, so that both would be one; give {} a name of its own.",
            names::title(kind, &name)
        ));
    }
    let edits: Vec<Edit> = spans.into_iter().map(|span| Edit::replace(span, new)).collect();
    let source = snapshot.source();
    let renamed = apply(source, &edits).map_err(|error| error.to_string())?;
    let (tree, errors) = parse(renamed);
    let arguments = snapshot.model().arguments().iter().map(|(argument, value)| {
        // A value that the settings give to the old name is the new one's.
        let is_it = *argument == name && matches!(kind, NameKind::Variable { arg: true, .. });
        (if is_it { new.to_owned() } else { argument.clone() }, value.clone())
    });
    let after = Model::with_given(Arc::new(tree), arguments.collect()).knowing(snapshot.model());
    let same =
        errors.len() == snapshot.syntax_errors().len() && same::but_for_names(snapshot.model(), &after);
    if !same {
        return Err(format!(
            "`{new}` can't take the place of {}: it already means something else where this is used, so the file \
             would build something else.",
            names::title(kind, &name)
        ));
    }
    let outside = outside::told(snapshot, id, kind, &name);
    let mut edit = WorkspaceEdit::document(Arc::clone(source), edits);
    for file in &mut edit.files {
        file.label = Some(format!("Rename {} to `{new}`", names::title(kind, &name)));
    }
    Ok(Rename { edit, outside })
}

/// Whether another thing of its kind has the name: a build would set or find both by it.
fn is_taken(model: &Model, kind: NameKind, new: &str) -> bool {
    match kind {
        NameKind::Stage(index) => {
            let lower = new.to_lowercase();
            model.stages().iter().any(|other| other.index != index && other.name.as_deref() == Some(&*lower))
        }
        NameKind::Variable { arg, .. } => arg && model.declares(new),
        NameKind::Shell | NameKind::Heredoc => false,
    }
}

/// The image below a stage with this variable that sets one called `new`.
fn sets_already(snapshot: &Snapshot, id: NameId, kind: NameKind, new: &str) -> Option<String> {
    if !matches!(kind, NameKind::Variable { .. } | NameKind::Shell) {
        return None;
    }
    let model = snapshot.model();
    let stages: BTreeSet<usize> =
        model.names().of(id).filter_map(|place| Some(model.stage_of(place.by)?.index)).collect();
    let images = stages.into_iter().filter_map(|stage| rules::root_image(model, model.stages().get(stage)?));
    let mut images = images.map(|(image, _)| image);
    images.find(|image| images::environment(image).is_some_and(|names| names.contains(&new)))
}

/// What is renamed where `found` stands, with its name.
fn target(snapshot: &Snapshot, found: &Occurrence) -> Result<(NameId, NameKind, String), String> {
    let text = found.span.of(snapshot.source());
    let Some(id) = found.name else {
        return Err(format!(
            "`{text}` isn't declared in this file: it comes from the base image, from BuildKit or from the shell."
        ));
    };
    let name = snapshot.model().names().get(id).ok_or("There is no name here to change.")?;
    match found.role {
        Role::Number => Err(format!(
            "`{text}` is the number of a stage. Give that stage a name (`FROM … AS name`), and use it here."
        )),
        Role::Through => {
            let reason = "The stage is named through a variable here; rename the variable, or the stage where it is \
                          declared.";
            Err(reason.to_owned())
        }
        _ => {
            legal::may_change(name.kind, &name.text)?;
            exported::may_change(snapshot, id)?;
            Ok((id, name.kind, name.text.to_string()))
        }
    }
}

/// The places to edit; an error where one of them can't be.
fn places(snapshot: &Snapshot, id: NameId, name: &str) -> Result<Vec<Span>, String> {
    let (source, model) = (snapshot.source(), snapshot.model());
    let is_stage = matches!(model.names().get(id).map(|name| name.kind), Some(NameKind::Stage(_)));
    let mut spans = Vec::new();
    for place in model.names().of(id) {
        let written = place.span.of(source);
        let line = snapshot.lines().line(place.span.start) + 1;
        match place.role {
            Role::Number => continue,
            Role::Through => {
                return Err(format!(
                    "Line {line} names the stage `{name}` through the variable in `{written}`, which a rename can't \
                     follow. Change that line first."
                ));
            }
            _ if written == name || (is_stage && written.to_lowercase() == name.to_lowercase()) => {
                spans.push(place.span);
            }
            _ => {
                return Err(format!(
                    "`{name}` is written over several lines on line {line}; join them first."
                ));
            }
        }
    }
    Ok(spans)
}

#[cfg(test)]
mod tests;
