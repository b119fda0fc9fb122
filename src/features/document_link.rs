//! `textDocument/documentLink`: images, files of the build context, the frontend, and what ADD fetches.

use super::Snapshot;
use crate::model::{Base, Role};
use crate::syntax::image::{ImageRef, is_stage_index};
use crate::syntax::instruction::{self, Origin, SourceKind};
use crate::syntax::{InstructionId, Keyword, Word, flags};
use crate::text::Span;
use std::path::PathBuf;

/// A place that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is clicked.
    pub span: Span,
    /// Where it leads.
    pub target: LinkTarget,
    /// What is there, in a few words.
    pub tooltip: String,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// A page of the web.
    Page(String),
    /// A file or folder on this machine.
    File(PathBuf),
}

/// The links of the file, in the order of the text.
pub fn document_links(snapshot: &Snapshot) -> Vec<Link> {
    let tree = snapshot.tree();
    let mut links: Vec<Link> = Vec::new();
    for directive in tree.directives().filter(|directive| &*directive.name == "syntax") {
        links.extend(image_link(&directive.value, directive.value_span, snapshot));
    }
    for (id, instruction) in tree.numbered() {
        match instruction.keyword {
            Keyword::From => {
                let base = snapshot.model().stage_of(id).map(|stage| &stage.base);
                if let (Some(from), Some(Base::Image { written, reference })) =
                    (instruction::from(instruction), base)
                {
                    links.extend(image_link(
                        reference.as_deref().unwrap_or(written),
                        from.image.span,
                        snapshot,
                    ));
                }
            }
            Keyword::Copy | Keyword::Add => copy_links(snapshot, id, &mut links),
            Keyword::Run => {
                for value in instruction
                    .flags
                    .iter()
                    .filter(|it| &*it.name == "mount")
                    .filter_map(|it| it.value.as_ref())
                {
                    let mount = flags::mount::parse(&value.text);
                    let Some(from) = mount.field("from") else { continue };
                    let start = value.span.start;
                    let span = Span::new(start + from.value_span.start, start + from.value_span.end);
                    if let Some(name) = from.value.as_deref()
                        && span.of(snapshot.source()) == name
                        && !is_stage(snapshot, id, name, span)
                    {
                        links.extend(image_link(name, span, snapshot));
                    }
                }
            }
            _ => {}
        }
    }
    links
}

/// Whether `name`, which stands at `span`, means a stage.
fn is_stage(snapshot: &Snapshot, id: InstructionId, name: &str, span: Span) -> bool {
    let own = snapshot.model().stage_of(id).and_then(|stage| stage.name.as_deref());
    let used = snapshot.model().names().at(span.start);
    let is_used =
        used.is_some_and(|used| used.span == span && used.role != Role::Declaration && used.name.is_some());
    is_stage_index(name) || is_used || own == Some(&*name.to_lowercase())
}

fn copy_links(snapshot: &Snapshot, id: InstructionId, links: &mut Vec<Link>) {
    let Some(instruction) = snapshot.tree().instruction(id) else { return };
    let Some(copy) = instruction::copy(instruction) else { return };
    if let Origin::From(name) = copy.origin {
        if !is_stage(snapshot, id, &name.text, name.span) {
            let known = snapshot.model().expanded(id, &name.text);
            links.extend(image_link(known.as_deref().unwrap_or(&name.text), name.span, snapshot));
        }
        return;
    }
    for source in copy.sources {
        let Some(value) = snapshot.model().expanded(id, &source.text) else { continue };
        match SourceKind::of(&value) {
            SourceKind::Http => links.push(Link {
                span: source.span,
                tooltip: "Open what is downloaded".to_owned(),
                target: LinkTarget::Page(value),
            }),
            SourceKind::Git => links.extend(repository(&value, source.span)),
            SourceKind::Path => links.extend(file_link(snapshot, source, &value)),
        }
    }
}

/// A web page of a repository that ADD clones, where its address tells.
fn repository(address: &str, span: Span) -> Option<Link> {
    let address = address.split(['#', '?']).next()?;
    let page = match address.split_once("://") {
        Some(("https" | "http", _)) => address.to_owned(),
        Some((_, rest)) => format!("https://{}", rest.split_once('@').map_or(rest, |(_, host)| host)),
        None => format!("https://{}", address.split_once('@')?.1.replacen(':', "/", 1)),
    };
    let target = LinkTarget::Page(page.strip_suffix(".git").unwrap_or(&page).to_owned());
    Some(Link { span, target, tooltip: "Open the repository".to_owned() })
}

/// A file of the build context, where it is known to be there.
fn file_link(snapshot: &Snapshot, source: &Word, value: &str) -> Option<Link> {
    let view = snapshot.context()?;
    let root = view.root.as_ref()?;
    let mut parts: Vec<&str> = Vec::new();
    for part in value.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    let is_file = view.files.binary_search_by(|file| (*file.path).cmp(&path)).is_ok();
    let is_folder = path.is_empty() || view.folders.binary_search_by(|folder| (**folder).cmp(&path)).is_ok();
    if !is_file && (!is_folder || path.is_empty()) {
        return None;
    }
    let what = if is_file { "the file" } else { "the folder" };
    Some(Link {
        span: source.span,
        target: LinkTarget::File(root.join(&path)),
        tooltip: format!("Open {what} of the build context"),
    })
}

fn image_link(reference: &str, span: Span, snapshot: &Snapshot) -> Option<Link> {
    let image = ImageRef::parse(reference, snapshot.tree().escape());
    if image.has_variable || image.is_scratch() || image.error().is_some() || span.is_empty() {
        return None;
    }
    let (registry, page) = page(&image.canonical_name())?;
    Some(Link {
        span,
        target: LinkTarget::Page(page),
        tooltip: format!("Open {} on {registry}", image.familiar_name()),
    })
}

/// The registry's name and its page for a repository, given by its full name; None for a registry that has no
/// pages that are known.
fn page(name: &str) -> Option<(&'static str, String)> {
    let (host, path) = name.split_once('/')?;
    let segments: Vec<&str> = path.split('/').collect();
    Some(match host {
        "docker.io" => match &segments[..] {
            ["library", name] => ("Docker Hub", format!("https://hub.docker.com/_/{name}")),
            [_, _] => ("Docker Hub", format!("https://hub.docker.com/r/{path}")),
            _ => return None,
        },
        // It leads on to the package's page, be the owner a user or an organisation.
        "ghcr.io" => ("GitHub", format!("https://ghcr.io/{path}")),
        "mcr.microsoft.com" => {
            ("Microsoft Artifact Registry", format!("https://mcr.microsoft.com/artifact/mar/{path}"))
        }
        "quay.io" => ("Quay", format!("https://quay.io/repository/{path}")),
        "public.ecr.aws" => ("the Amazon ECR Public Gallery", format!("https://gallery.ecr.aws/{path}")),
        "registry.access.redhat.com" | "registry.redhat.io" => (
            "the Red Hat Catalog",
            format!("https://catalog.redhat.com/search?searchType=containers&q={path}"),
        ),
        "registry.gitlab.com" => ("GitLab", format!("https://gitlab.com/{path}")),
        "nvcr.io" => ("NVIDIA NGC", format!("https://catalog.ngc.nvidia.com/search?query={path}")),
        "gcr.io" | "us.gcr.io" | "eu.gcr.io" | "asia.gcr.io" => {
            ("Google Container Registry", format!("https://{host}/{path}"))
        }
        host if host.ends_with(".pkg.dev") => ("Google Artifact Registry", format!("https://{host}/{path}")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
