//! `workspace/symbol`: the stages of the open documents and of the Dockerfiles in the workspace's folders.

use crate::context::{Disk, Source, Stamp, dockerfiles};
use crate::features::{self, Snapshot};
use crate::settings::Settings;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tower_lsp::gen_lsp_types::{
    BaseSymbolInformation, Location, Range, SymbolInformation, SymbolKind, Uri, WorkspaceSymbolParams,
    WorkspaceSymbolResponse,
};
use tower_lsp::jsonrpc::Result;

use super::compute::{Cancel, compute_apart};
use super::documents::Version;
use super::session::Session;
use super::{Server, lock, to_lsp, uri};

/// The most symbols in an answer: beyond that nobody reads the list.
const MOST: usize = 1000;

/// For so long a list of files is taken for what is there: a client asks at every key.
const FRESH: Duration = Duration::from_secs(5);

/// What was read of files that aren't open.
#[derive(Default)]
pub struct Files {
    listed: Mutex<Option<Listed>>,
    read: Mutex<HashMap<PathBuf, Arc<Read>>>,
}

struct Listed {
    folders: Vec<PathBuf>,
    paths: Arc<[PathBuf]>,
    at: Instant,
}

/// A file's stages at one state of the file: nothing else of it is kept.
struct Read {
    stamp: Stamp,
    stages: Vec<(String, Range)>,
}

impl Server {
    pub async fn workspace_symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<WorkspaceSymbolResponse>> {
        let open: Vec<Arc<Version>> = lock(&self.state.documents).dockerfiles().cloned().collect();
        let folders = self.state.folders_on_disk();
        let state = Arc::clone(&self.state);
        compute_apart("workspace/symbol", move |cancel| {
            let mut found: Vec<(usize, SymbolInformation)> = Vec::new();
            let session = state.session();
            for version in &open {
                let snapshot = version.snapshot();
                add(&params.query, &placed(snapshot, session), &version.uri, &mut found);
            }
            let is_open = |path: &Path| open.iter().any(|version| version.path.as_deref() == Some(path));
            for path in state.workspace_files.list(&folders, cancel)?.iter() {
                if cancel.is_cancelled() {
                    return None;
                }
                if is_open(path) {
                    continue;
                }
                let Some(read) = state.workspace_files.read(path, session) else { continue };
                add(&params.query, &read.stages, &uri::from_path(path), &mut found);
            }
            found.sort_by(|(a, one), (b, other)| {
                let name = |it: &SymbolInformation| it.base_symbol_information.name.clone();
                a.cmp(b).then_with(|| name(one).cmp(&name(other)))
            });
            found.truncate(MOST);
            let symbols = found.into_iter().map(|(_, symbol)| symbol).collect();
            Some(WorkspaceSymbolResponse::SymbolInformationList(symbols))
        })
        .await
    }
}

/// The stages of a file, each with where it is named, as this client counts.
fn placed(snapshot: &Snapshot, session: &Session) -> Vec<(String, Range)> {
    let range = |span| to_lsp::range(span, snapshot.source(), snapshot.lines(), session);
    features::stages(snapshot).into_iter().map(|stage| (stage.name, range(stage.selection))).collect()
}

#[expect(deprecated, reason = "the protocol's old field has to be filled in")]
fn add(query: &str, stages: &[(String, Range)], uri: &str, found: &mut Vec<(usize, SymbolInformation)>) {
    for (name, range) in stages {
        let Some(fit) = features::fit(query, name) else { continue };
        let symbol = SymbolInformation {
            deprecated: None,
            location: Location { uri: Uri(uri.to_string()), range: *range },
            base_symbol_information: BaseSymbolInformation {
                name: name.clone(),
                kind: SymbolKind::Module,
                tags: None,
                container_name: Some(uri::file_name(uri)),
            },
        };
        found.push((fit, symbol));
    }
}

impl Files {
    /// The Dockerfiles below these folders; None where the request was cancelled.
    fn list(&self, folders: &[PathBuf], cancel: &Cancel) -> Option<Arc<[PathBuf]>> {
        if let Some(listed) = &*lock(&self.listed)
            && listed.folders == folders
            && listed.at.elapsed() < FRESH
        {
            return Some(Arc::clone(&listed.paths));
        }
        let mut paths = Vec::new();
        for folder in folders {
            paths.extend(dockerfiles::find(folder, &|| cancel.is_cancelled(), &mut |_| {})?);
        }
        paths.sort();
        paths.dedup();
        // What is gone isn't asked for again.
        lock(&self.read).retain(|path, _| paths.binary_search(path).is_ok());
        let paths: Arc<[PathBuf]> = paths.into();
        let listed = Listed { folders: folders.to_vec(), paths: Arc::clone(&paths), at: Instant::now() };
        *lock(&self.listed) = Some(listed);
        Some(paths)
    }

    /// The stages of a file that isn't open, read again only where the file has changed.
    fn read(&self, path: &Path, session: &Session) -> Option<Arc<Read>> {
        let stamp = Disk.target(path).ok()?.stamp();
        if let Some(known) = lock(&self.read).get(path).filter(|known| known.stamp == stamp) {
            return Some(Arc::clone(known));
        }
        let file = Disk.read(path).ok()?;
        let snapshot = Snapshot::new(file.text, None, Arc::<Settings>::default());
        let read = Arc::new(Read { stamp: file.stamp, stages: placed(&snapshot, session) });
        lock(&self.read).insert(path.to_path_buf(), Arc::clone(&read));
        Some(read)
    }
}
