use super::place::Place;
use super::{CompletionKind, Completions, short};
use crate::catalog::images;
use crate::layers::{Basis, Size, Total};
use crate::syntax::image::ImageRef;
use crate::text::Span;

/// The images that Dockerfiles begin with mostly, the most used first. Distroless images, whose names tell their
/// Debian, stand here too: the table knows them by families.
const USUAL: [&str; 26] = [
    "node",
    "alpine",
    "python",
    "debian",
    "ubuntu",
    "golang",
    "nginx",
    "rust",
    "php",
    "ruby",
    "oven/bun",
    "denoland/deno",
    "eclipse-temurin",
    "maven",
    "gradle",
    "postgres",
    "redis",
    "busybox",
    "caddy",
    "mcr.microsoft.com/dotnet/sdk",
    "mcr.microsoft.com/dotnet/aspnet",
    "gcr.io/distroless/static-debian12",
    "gcr.io/distroless/nodejs22-debian12",
    "gcr.io/distroless/base-debian12",
    "gcr.io/distroless/cc-debian12",
    "gcr.io/distroless/python3-debian12",
];

/// What FROM begins with: `typed` is the name up to the caret.
pub(super) fn bases(place: &Place<'_>, typed: &str, list: &mut Completions) {
    if tags(place, typed, list) {
        return;
    }
    let span = place.span_back(typed.len(), &[':', '@']);
    stages(place, span, false, list);
    contexts(place, span, list);
    names(span, list);
    list.add("scratch", CompletionKind::Image, span).detail("nothing at all").topic("scratch");
}

/// What `--from` takes.
pub(super) fn sources(place: &Place<'_>, typed: &str, list: &mut Completions) {
    if tags(place, typed, list) {
        return;
    }
    let span = place.span_back(typed.len(), &[',', ':', '@']);
    stages(place, span, true, list);
    contexts(place, span, list);
    names(span, list);
}

/// The named contexts that the build of a Compose or Bake file gives.
fn contexts(place: &Place<'_>, span: Span, list: &mut Completions) {
    let Some(build) = place.snapshot.build() else { return };
    for (name, value) in &build.contexts {
        // A name is written as it stands, up to what ends it in a flag.
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || ",\"'\\$@=<".contains(c)) {
            continue;
        }
        let of = build.title();
        let detail = match value {
            Some(value) => format!("context of {of}: {}", short(value)),
            None => format!("context of {of}"),
        };
        list.add(name.as_str(), CompletionKind::Stage, span).detail(detail);
    }
}

/// The stages above the one of the caret; those without a name by their number, where numbers are taken.
fn stages(place: &Place<'_>, span: Span, numbers: bool, list: &mut Completions) {
    let model = place.snapshot.model();
    let own = model.stages().iter().filter(|stage| stage.from < place.id).count();
    let from_line = place.keyword == crate::syntax::Keyword::From;
    // A stage can't copy from itself.
    let above = if from_line { own } else { own.saturating_sub(1) };
    for stage in model.stages()[..above].iter().rev() {
        if stage.name.is_none() && !numbers {
            continue;
        }
        let written = match &stage.base {
            crate::model::Base::Scratch => "nothing".to_owned(),
            crate::model::Base::Stage(base) => {
                model.stages().get(*base).map_or_else(String::new, |base| base.title())
            }
            crate::model::Base::Image { written, .. } => written.to_string(),
        };
        list.add(stage.label(), CompletionKind::Stage, span)
            .detail(format!("stage {} of this file, on {written}", stage.index));
    }
}

/// The names of well-known images.
fn names(span: Span, list: &mut Completions) {
    let known = images::repositories();
    let others = known.into_iter().filter(|name| !name.starts_with("gcr.io/distroless/"));
    for name in USUAL.into_iter().chain(others) {
        let detail = weight(name, None).unwrap_or_default();
        list.add(name, CompletionKind::Image, span).detail(detail).topic(format!("image/{name}"));
    }
}

/// The well-known tags, where a `:` stands behind a name. True where one does.
fn tags(place: &Place<'_>, typed: &str, list: &mut Completions) -> bool {
    let image = ImageRef::parse(typed, place.snapshot.tree().escape());
    if typed.contains('@') {
        return true;
    }
    // `localhost:5000/…` is a port.
    let Some((_, tag)) = typed.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) else { return false };
    if image.has_variable {
        return true;
    }
    let span = place.span_back(tag.len(), &['@', ',']);
    let name = ImageRef::parse(&typed[..typed.len() - tag.len() - 1], '\\').familiar_name();
    let (latest, dated): (Vec<_>, Vec<_>) = images::tags(&name).partition(|tag| *tag == "latest");
    for tag in dated.into_iter().chain(latest) {
        let detail = weight(&name, Some(tag)).unwrap_or_default();
        list.add(tag, CompletionKind::Image, span).detail(detail).topic(format!("image/{name}:{tag}"));
    }
    true
}

/// What an image weighs, by the table.
fn weight(name: &str, tag: Option<&str>) -> Option<String> {
    let size = images::find(name, tag)?.size?;
    let total = Total::of([Some(Size::of(size, Basis::Table))]);
    Some(total.short())
}
