use crate::model::{Base, Model, Stage};
use crate::syntax::image::ImageRef;

/// The image that a stage is built on in the end, through stages, by its name as people write it
/// (`node`, `oven/bun`, `ghcr.io/a/b`), and its tag. None for scratch, and where a variable stands in the
/// name that isn't known.
pub fn root(model: &Model, stage: &Stage) -> Option<(String, Option<String>)> {
    let Base::Image { written, reference } = model.root(stage) else { return None };
    let image = ImageRef::parse(reference.as_deref().unwrap_or(written), model.tree().escape());
    let name = image.familiar_name();
    (!name.contains('$')).then(|| (name, image.tag().map(str::to_owned)))
}
