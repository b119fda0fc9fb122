use super::*;
use crate::context::{Memory, Request, View};
use std::sync::Arc;

fn links(text: &str, files: &[&str]) -> Vec<(String, String)> {
    let mut memory = Memory::new();
    memory.insert("/c/Dockerfile", text);
    for path in files {
        memory.insert(&format!("/c/{path}"), "x");
    }
    let request = Request::new(Some("/c/Dockerfile".into()), Some("/c".into()));
    let view = View::gather(&memory, &request).unwrap();
    let snapshot = Snapshot::new(text, Some(Arc::new(view)), Arc::default());
    let links = document_links(&snapshot).into_iter().map(|link| {
        let target = match link.target {
            LinkTarget::Page(page) => page,
            LinkTarget::File(path) => path.display().to_string(),
        };
        (link.span.of(text).to_owned(), target)
    });
    links.collect()
}

#[test]
fn images_lead_to_the_page_of_their_registry() {
    for (image, page) in [
        ("node:22-alpine", "https://hub.docker.com/_/node"),
        ("docker.io/library/node", "https://hub.docker.com/_/node"),
        (
            "bitnami/redis:7@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "https://hub.docker.com/r/bitnami/redis",
        ),
        ("ghcr.io/astral-sh/uv:latest", "https://ghcr.io/astral-sh/uv"),
        ("ghcr.io/o/a/b", "https://ghcr.io/o/a/b"),
        ("mcr.microsoft.com/dotnet/sdk:8.0", "https://mcr.microsoft.com/artifact/mar/dotnet/sdk"),
        ("quay.io/keycloak/keycloak", "https://quay.io/repository/keycloak/keycloak"),
        ("public.ecr.aws/docker/library/node", "https://gallery.ecr.aws/docker/library/node"),
        ("gcr.io/distroless/static", "https://gcr.io/distroless/static"),
    ] {
        assert_eq!(links(&format!("FROM {image} AS x\n"), &[]), [(image.to_owned(), page.to_owned())]);
    }
}

#[test]
fn what_is_no_image_or_not_known_leads_nowhere() {
    let text = "FROM scratch AS a\nFROM a\nFROM $BASE\nFROM localhost:5000/x\nFROM Node\nFROM\nCOPY --from=a /x /y\nCOPY --from=0 /x /y\nCOPY --from= /x\n";
    assert_eq!(links(text, &[]), []);
}

#[test]
fn variables_are_followed() {
    let text = "ARG V=22\nFROM node:$V\n";
    assert_eq!(links(text, &[]), [("node:$V".to_owned(), "https://hub.docker.com/_/node".to_owned())]);
}

#[test]
fn files_downloads_and_images_copied_from_are_links() {
    let text = "# syntax=docker/dockerfile:1\nFROM a/b\nCOPY \"é.json\" ./src missing *.md ./\nCOPY --from=nginx:1 /a /b\nRUN --mount=from=busybox,target=/b true\nADD https://example.com/a.tgz git@github.com:o/r.git https://github.com/o/r.git#main /x/\n";
    let expected = [
        ("docker/dockerfile:1", "https://hub.docker.com/r/docker/dockerfile"),
        ("a/b", "https://hub.docker.com/r/a/b"),
        ("\"é.json\"", "/c/é.json"),
        ("./src", "/c/src"),
        ("nginx:1", "https://hub.docker.com/_/nginx"),
        ("busybox", "https://hub.docker.com/_/busybox"),
        ("https://example.com/a.tgz", "https://example.com/a.tgz"),
        ("git@github.com:o/r.git", "https://github.com/o/r"),
        ("https://github.com/o/r.git#main", "https://github.com/o/r"),
    ];
    let expected = expected.map(|(text, target)| (text.to_owned(), target.to_owned()));
    assert_eq!(links(text, &["é.json", "src/a.ts", "a.md"]), expected);
}
