//! Where Docker's official images are had.

/// The folders of registries that hold them, beside Docker Hub itself.
const MIRRORS: [&str; 4] = [
    "public.ecr.aws/docker/library/",
    "mirror.gcr.io/library/",
    "mirror.gcr.io/",
    "registry.hub.docker.com/library/",
];

/// Whether it is the official image of Node.js. `name` is an image's familiar name.
pub(super) fn is_node(name: &str) -> bool {
    name == "node" || MIRRORS.iter().any(|mirror| name.strip_prefix(mirror) == Some("node"))
}

/// The official image `image` from where `name` is had; from Docker Hub where that isn't known to have it.
pub(super) fn beside(name: &str, image: &str) -> String {
    let mirror = MIRRORS.iter().find(|mirror| {
        name.strip_prefix(**mirror).is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
    });
    format!("{}{image}", mirror.unwrap_or(&""))
}
