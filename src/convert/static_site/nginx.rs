//! The image of nginx, and its settings.

use super::detect::Found;
use crate::convert::places;
use crate::convert::refuse::{NOT_YET, Stop, refused_by};
use crate::text::{FileChange, FileEdit, FileId};

/// The official image in its smallest variant: the last stable line of releases, pinned to it as the user's own base
/// is to its.
pub(super) const IMAGE: &str = "nginx:1.30-alpine-slim";

/// The user of that image that isn't root.
pub(super) const USER: &str = "nginx";

/// Where the built files lie in it.
const ROOT: &str = "/srv";

/// The names that the settings may have in the project; the first that isn't taken is.
const NAMES: [&str; 3] = ["nginx.conf", "nginx.site.conf", "nginx.static.conf"];

/// The path of the settings in the build context.
pub(super) fn path(found: &Found<'_>) -> Result<String, Stop> {
    // What .dockerignore keeps out isn't among the context's files.
    let is_there = |name: &str| found.project.conf_names.iter().any(|known| known == name);
    let free = NAMES.iter().filter(|name| !is_there(name));
    let mut paths = free.map(|name| places::below(&found.project.folder, name));
    paths.find(|path| found.view.file(path).is_none()).ok_or_else(|| {
        let path = found.view.absolute(&places::below(&found.project.folder, NAMES[0]));
        let message = format!(
            "The settings of nginx have no place: {} and {} are all there. Rename one of them first.",
            NAMES[..NAMES.len() - 1].join(", "),
            NAMES[NAMES.len() - 1]
        );
        refused_by(NOT_YET, path, None, message)
    })
}

/// The folder of the image that the built files go to.
pub(super) fn folder(found: &Found<'_>) -> String {
    match found.output.mount.as_str() {
        "/" => ROOT.to_owned(),
        mount => format!("{ROOT}{}", mount.trim_end_matches('/')),
    }
}

/// The settings as a new file.
pub(super) fn file(found: &Found<'_>, path: &str, as_root: bool) -> Option<FileEdit> {
    Some(FileEdit {
        file: FileId::Path(found.view.absolute(path)?),
        change: FileChange::Create { text: text(found, as_root) },
        label: Some("nginx serves the files as the server before did".into()),
    })
}

fn text(found: &Found<'_>, as_root: bool) -> String {
    let output = &found.output;
    let mount = &output.mount;
    let user = if as_root { format!("user {USER};\n") } else { String::new() };
    let mut locations = String::new();
    if mount != "/" {
        locations
            .push_str(&format!("\n        location = / {{\n            return 302 {mount};\n        }}\n"));
    }
    if let Some(hashed) = &output.hashed {
        // A page of the app's own may have a path in that folder, which has no ending.
        let folder = format!("{mount}{hashed}/").replace('.', "\\.").replace('+', "\\+");
        locations.push_str(&format!(
            "
        # The build names these by their content.
        location ~ ^{folder}.+\\.[^/.]+$ {{
            try_files $uri =404;
            add_header Cache-Control \"public, max-age=31536000, immutable\";
        }}
"
        ));
    }
    let files = "$uri $uri.html $uri/index.html";
    let (why, otherwise) = match output.single {
        true => {
            ("            # Any other path is one of the app's own pages.\n", format!("{mount}index.html"))
        }
        false => ("", "=404".to_owned()),
    };
    locations.push_str(&format!(
        "
        location {mount} {{
{why}            try_files {files} {otherwise};
            add_header Cache-Control \"no-cache\";
        }}
"
    ));
    if output.has_not_found && !output.single {
        locations.push_str(&format!("\n        error_page 404 {mount}404.html;\n"));
    }
    let port = found.port.number;
    format!(
        "{user}worker_processes auto;
error_log /dev/stderr warn;
pid /tmp/nginx.pid;

events {{
    worker_connections 1024;
}}

http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    types {{
        application/javascript mjs;
        application/manifest+json webmanifest;
    }}

    access_log /dev/stdout;
    sendfile on;
    server_tokens off;
    absolute_redirect off;

    gzip on;
    gzip_vary on;
    gzip_types text/css text/plain application/javascript application/json application/manifest+json image/svg+xml;

    # A user without rights can write here.
    client_body_temp_path /tmp/client_body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    server {{
        listen {port};
        root {ROOT};
{locations}    }}
}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::{IMAGE, USER};
    use crate::catalog::images;

    #[test]
    fn the_catalog_knows_the_image_as_one_that_has_all_that_is_asked_of_it() {
        let (repository, tag) = IMAGE.split_once(':').unwrap();
        assert!(images::tags(repository).any(|known| known == tag), "{IMAGE}");
        let image = images::find(repository, Some(tag)).unwrap();
        assert!(image.size.is_some());
        assert_eq!(image.shell, Some("/bin/sh"));
        assert!(image.users.iter().any(|user| user.name == USER), "{:?}", image.users);
    }
}
