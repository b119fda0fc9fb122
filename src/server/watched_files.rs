//! `workspace/didChangeWatchedFiles` and `workspace/didChangeWorkspaceFolders`: the build context may
//! have changed on disk.

use crate::context::PROJECT_FILES;
use serde_json::{Value, json};

use super::lookups::Need;
use super::{Server, configuration, uri};

/// What the context and settings are read from beside a project's own files. Clients that watch nothing are served too: views are checked against
/// the disk before they matter.
const WATCHED: &[&str] = &[
    "**/{next,vite}.config.{js,mjs,cjs,ts,mts,cts}",
    "**/{.dockerignore,*.dockerignore}",
    "**/{compose,docker-compose}{,.override}.{yaml,yml}",
    "**/docker-bake{,.override}.{hcl,json}",
    "**/.env",
    "**/{*.sh,*.bash,entrypoint,docker-entrypoint}",
    "**/{plimsoll.toml,.editorconfig,.hadolint.yaml,.hadolint.yml}",
];

/// The options with which the watchers are registered.
pub fn registration() -> Value {
    let project = format!("**/{{{}}}", PROJECT_FILES.join(","));
    let globs = std::iter::once(&*project).chain(WATCHED.iter().copied());
    let watchers: Vec<Value> = globs.map(|glob| json!({"globPattern": glob})).collect();
    json!({"watchers": watchers})
}

impl Server {
    pub async fn did_change_watched_files(&self, params: Value) {
        let changes = params["changes"].as_array().into_iter().flatten();
        let paths = changes.filter_map(|change| uri::to_path(change["uri"].as_str()?));
        self.state.look_everywhere(Need::Named(paths.collect()));
        self.state.look_everywhere(Need::Check);
        self.state.list_contexts();
    }

    pub async fn did_change_workspace_folders(&self, params: Value) {
        let uris = |list: &Value| -> Vec<String> {
            let folders = list.as_array().into_iter().flatten();
            folders.filter_map(|folder| folder["uri"].as_str()).map(str::to_string).collect()
        };
        let event = &params["event"];
        self.state.change_folders(&uris(&event["removed"]), &uris(&event["added"]));
        if self.state.session().answers_configuration {
            configuration::ask(&self.state);
        }
        self.state.look_everywhere(Need::Gather);
    }
}
