//! Measures what `next build` left in a project's folder.

use super::project::Recorder;
use super::source::{Kind, Source, normal};
use super::view::{Cancelled, Request};
use serde::Deserialize;
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// What a production build of Next.js wrote, in bytes of the files' contents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NextBuild {
    /// Everything but the parts below that are told apart.
    pub rest: u64,
    /// `cache`: what the next build may take over.
    pub cache: u64,
    /// `static`: what browsers load.
    pub statics: u64,
    /// `standalone`, where the build made one.
    pub standalone: Option<u64>,
    /// The files that a server needs, as the build's own traces (`*.nft.json`) list them, node_modules
    /// included: about what `standalone` would hold.
    pub traced: Option<u64>,
}

/// Measures the folder `dist` of the project in `folder`; `None` where no production build stands there:
/// only such a one writes BUILD_ID.
pub(super) fn measure(
    recorder: &Recorder<'_>,
    folder: &Path,
    dist: &str,
    request: &Request<'_>,
) -> Result<Option<NextBuild>, Cancelled> {
    let root = folder.join(dist);
    if !recorder.source.target(&root.join("BUILD_ID")).is_ok_and(|stat| stat.is_file()) {
        return Ok(None);
    }
    let source = recorder.source;
    let mut build = NextBuild::default();
    let mut traces = Vec::new();
    each(source, &root, request, &mut |path, size| {
        let inside = path.strip_prefix(&root).unwrap_or(path);
        let first = inside.components().next().and_then(|part| part.as_os_str().to_str()).unwrap_or("");
        match first {
            "cache" => build.cache += size,
            "static" => build.statics += size,
            "standalone" => build.standalone = Some(build.standalone.unwrap_or(0) + size),
            // What `next dev` keeps there no production build makes.
            "dev" => {}
            _ => {
                build.rest += size;
                let is_trace = path.to_str().is_some_and(|path| path.ends_with(".nft.json"));
                if is_trace && !path.ends_with("next-minimal-server.js.nft.json") {
                    traces.push(path.to_path_buf());
                }
            }
        }
    })?;
    build.traced = traced(source, &traces, request)?;
    Ok(Some(build))
}

/// The bytes of a folder's files; `None` where it isn't there.
pub(super) fn folder_bytes(
    recorder: &Recorder<'_>,
    folder: &Path,
    request: &Request<'_>,
) -> Result<Option<u64>, Cancelled> {
    if !recorder.source.stat(folder).is_ok_and(|stat| stat.is_folder()) {
        return Ok(None);
    }
    let mut bytes = 0u64;
    each(recorder.source, folder, request, &mut |_, size| bytes = bytes.saturating_add(size))?;
    Ok(Some(bytes))
}

/// Calls `take` for every file below `root` with its size, as far as the file limit goes.
fn each(
    source: &dyn Source,
    root: &Path,
    request: &Request<'_>,
    take: &mut dyn FnMut(&Path, u64),
) -> Result<(), Cancelled> {
    let mut open = vec![root.to_path_buf()];
    let mut seen = 0u64;
    while let Some(folder) = open.pop() {
        if request.cancel.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        let _ = source.list(&folder, &mut |entry| {
            let path = folder.join(&entry.name);
            match entry.stat.kind {
                Kind::Folder => open.push(path),
                _ => take(&path, entry.stat.size),
            }
            seen += 1;
            if seen > request.limits.files { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if seen > request.limits.files {
            break;
        }
    }
    Ok(())
}

/// The bytes of all files that the traces list, each once.
fn traced(source: &dyn Source, traces: &[PathBuf], request: &Request<'_>) -> Result<Option<u64>, Cancelled> {
    #[derive(Deserialize)]
    struct Trace {
        files: Vec<String>,
    }
    // Without that of the server itself the sum would miss most of it.
    if !traces.iter().any(|trace| trace.ends_with("next-server.js.nft.json")) {
        return Ok(None);
    }
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let mut bytes = 0u64;
    for trace in traces {
        let Some(folder) = trace.parent() else { continue };
        let Some(list) =
            source.read(trace).ok().and_then(|file| serde_json::from_str::<Trace>(&file.text).ok())
        else {
            continue;
        };
        if request.cancel.load(Ordering::Relaxed) {
            return Err(Cancelled);
        }
        for file in list.files {
            let path = normal(&folder.join(file)).into_owned();
            if let Ok(stat) = source.stat(&path)
                && stat.is_file()
                && seen.insert(path)
            {
                bytes = bytes.saturating_add(stat.size);
            }
        }
    }
    Ok(Some(bytes))
}
