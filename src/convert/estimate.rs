use super::Conversion;
use crate::context::next_config::{FILE_NAMES, NextConfig};
use crate::context::{ContextFile, Parsed, SourceFile, View};
use crate::layers::{Plan, Size, Subject};
use crate::model::Model;
use crate::syntax::parse;
use crate::text::{FileChange, FileEdit, FileId, apply};
use std::path::Path;
use std::sync::Arc;

/// The image's size before and after a conversion; None where it isn't known well enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub before: Option<Size>,
    pub after: Option<Size>,
}

/// Weighs the image of `subject` as it is and as `conversion` makes it, by the same model as everything
/// else. Takes a copy of the context's view: ask where it is shown only.
pub fn estimate(subject: &Subject<'_>, conversion: &Conversion) -> Estimate {
    let before = subject.image().size();
    let document = conversion.edit.files.iter().find(|file| file.file == FileId::Document);
    let after = document.and_then(changed).and_then(|text| {
        let model = Model::new(Arc::new(parse(text).0));
        let view = subject.context.map(|view| with_files(view, &conversion.edit.files));
        let plan = Plan::new(&model, None);
        Subject { model: &model, plan: &plan, context: view.as_ref() }.image().size()
    });
    Estimate { before, after }
}

/// The text of a file as the conversion leaves it.
fn changed(file: &FileEdit) -> Option<String> {
    match &file.change {
        FileChange::Modify { base, edits, .. } => apply(base, edits).ok(),
        FileChange::Create { text } => Some(text.clone()),
    }
}

/// The context with the files that the conversion makes, and the next.config that it writes.
fn with_files(view: &View, files: &[FileEdit]) -> View {
    let mut view = view.clone();
    for edit in files {
        let FileId::Path(path) = &edit.file else { continue };
        if let (FileChange::Create { text }, Some(name)) = (&edit.change, view.relative(path)) {
            let new = ContextFile { path: name.into(), size: text.len() as u64, mode: 0o644, is_link: false };
            if let Err(at) = view.files.binary_search_by(|file| file.path.cmp(&new.path)) {
                view.files.insert(at, new);
            }
        }
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let (Some(text), true) = (changed(edit), FILE_NAMES.contains(&name)) else { continue };
        let folder = path.parent().and_then(|folder| view.relative(folder)).unwrap_or_default();
        let config = read(path, name, text);
        if let Some(project) = view.projects.iter_mut().find(|project| project.folder == folder) {
            Arc::make_mut(project).next_config = Some(Ok(config));
        }
    }
    view
}

fn read(path: &Path, name: &str, text: String) -> Parsed<NextConfig> {
    let content = NextConfig::read(name, &text);
    Parsed { file: SourceFile { path: path.to_path_buf(), text: text.into(), version: None }, content }
}
