use crate::catalog::images;
use crate::model::{Base, Model, Stage};
use crate::rules::{Fix, Input};
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;
use crate::syntax::{Instruction, Keyword, Tree, Word};
use crate::text::{Edit, Span};
use std::sync::Arc;

/// The image that a stage is built on in the end, through stages, by its name as people write it
/// (`node`, `oven/bun`, `ghcr.io/a/b`), and its tag. None for scratch, and where a variable stands in the
/// name that isn't known.
pub fn root(model: &Model, stage: &Stage) -> Option<(String, Option<String>)> {
    let Base::Image { written, reference } = model.root(stage) else { return None };
    let image = ImageRef::parse(reference.as_deref().unwrap_or(written), model.tree().escape());
    let name = image.familiar_name();
    (!name.contains('$')).then(|| (name, image.tag().map(str::to_owned)))
}

/// Writes the line of releases that `latest` meant when the table of images was made behind an image's name, in
/// place of its tag where it has one. None where the table doesn't know it, or a variable stands in the name.
pub fn pin(input: &Input<'_>, word: &Word) -> Option<Fix> {
    let image = ImageRef::parse(&word.text, input.tree().escape());
    let exact = word.span.of(input.source()) == &*word.text && !word.text.contains('$');
    if !exact || image.digest.is_some() {
        return None;
    }
    let line = images::latest(&image.familiar_name())?;
    let at = word.span.start + image.name_span().end;
    let edit = Edit::replace(Span::new(at, word.span.end), format!(":{line}"));
    let name = image.name_span().of(&word.text);
    let title = format!("Change to `{name}:{line}` (unsafe: `latest` may have moved on)");
    Some(Fix::unsafe_(title, input.edits(vec![edit])))
}

/// The image that a stage is built on in the end, where the table of images knows it. None where its tag hangs on a
/// variable.
pub fn known(model: &Model, stage: &Stage) -> Option<Arc<images::Image>> {
    let (name, tag) = root(model, stage)?;
    if tag.as_deref().is_some_and(|tag| tag.contains('$')) {
        return None;
    }
    images::find(&name, tag.as_deref())
}

/// The FROM that gives the image `word` a digest elsewhere in the file, and the edit that writes it behind `word`.
pub fn pinned<'t>(tree: &'t Tree, word: &Word) -> Option<(&'t Instruction, Edit)> {
    let exact = word.span.of(tree.source()) == &*word.text;
    let pinned = |other: &'t Instruction| {
        let image = from(other)?.image;
        let (name, digest) = image.text.split_once('@').filter(|(_, digest)| !digest.contains('$'))?;
        (*name == *word.text).then(|| (other, Edit::insert(word.span.end, format!("@{digest}"))))
    };
    let mut images = tree.instructions().filter(|instruction| exact && instruction.keyword == Keyword::From);
    images.find_map(pinned)
}
