use crate::model::{Base, Model, Stage};
use crate::syntax::image::ImageRef;

/// The image that a stage is built on in the end, through stages, by its name as people write it
/// (`node`, `oven/bun`, `ghcr.io/a/b`), and its tag. None for scratch, and where a variable stands in the
/// name that isn't known.
pub fn root(model: &Model, stage: &Stage) -> Option<(String, Option<String>)> {
    let mut stage = stage;
    loop {
        match &stage.base {
            Base::Scratch => return None,
            // A base is always an earlier stage, so this ends.
            Base::Stage(index) => stage = model.stages().get(*index)?,
            Base::Image { written, reference } => {
                let text = reference.as_deref().unwrap_or(written);
                let image = ImageRef::parse(text, model.tree().escape());
                let name = image.familiar_name();
                return (!name.contains('$')).then(|| (name, image.tag().map(str::to_owned)));
            }
        }
    }
}
