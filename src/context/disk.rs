use super::source::{Entry, ErrorKind, Kind, MAX_TEXT, Source, SourceError, Stat, TextFile};
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// The file system of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Source for Disk {
    fn read(&self, path: &Path) -> Result<TextFile, SourceError> {
        let stat = self.target(path)?;
        // Opening a pipe would wait for its writer.
        if !stat.is_file() {
            return Err(SourceError::new(path, ErrorKind::WrongKind));
        }
        if stat.size > MAX_TEXT {
            return Err(SourceError::new(path, ErrorKind::TooLong { size: stat.size }));
        }
        let bytes = fs::read(path).map_err(|error| SourceError::new(path, kind_of_error(&error)))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            SourceError::new(path, ErrorKind::NotText { at: error.utf8_error().valid_up_to() })
        })?;
        Ok(TextFile { text: Arc::from(text), version: None, stamp: stat.stamp() })
    }

    fn bytes(&self, path: &Path, each: &mut dyn FnMut(&[u8])) -> Result<(), SourceError> {
        let failed = |error: io::Error| SourceError::new(path, kind_of_error(&error));
        // Opening a pipe would wait for its writer.
        if !self.target(path)?.is_file() {
            return Err(SourceError::new(path, ErrorKind::WrongKind));
        }
        let mut file = fs::File::open(path).map_err(failed)?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => each(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
    }

    fn link(&self, path: &Path) -> Result<String, SourceError> {
        let target = fs::read_link(path).map_err(|error| SourceError::new(path, kind_of_error(&error)))?;
        Ok(target.to_string_lossy().into_owned())
    }

    fn stat(&self, path: &Path) -> Result<Stat, SourceError> {
        let metadata =
            fs::symlink_metadata(path).map_err(|error| SourceError::new(path, kind_of_error(&error)))?;
        Ok(stat_of(&metadata))
    }

    fn target(&self, path: &Path) -> Result<Stat, SourceError> {
        let metadata = fs::metadata(path).map_err(|error| SourceError::new(path, kind_of_error(&error)))?;
        Ok(stat_of(&metadata))
    }

    fn list(&self, folder: &Path, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), SourceError> {
        let entries =
            fs::read_dir(folder).map_err(|error| SourceError::new(folder, kind_of_error(&error)))?;
        for entry in entries.flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            if each(Entry { name: entry.file_name(), stat: stat_of(&metadata) }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn stat_of(metadata: &Metadata) -> Stat {
    let kind = if metadata.is_symlink() {
        Kind::Link
    } else if metadata.is_dir() {
        Kind::Folder
    } else if metadata.is_file() {
        Kind::File
    } else {
        Kind::Other
    };
    Stat {
        kind,
        size: if kind == Kind::File { metadata.len() } else { 0 },
        mode: mode_of(metadata),
        modified: metadata.modified().ok(),
        version: None,
    }
}

#[cfg(unix)]
fn mode_of(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode_of(_: &Metadata) -> u32 {
    0o755
}

fn kind_of_error(error: &io::Error) -> ErrorKind {
    match error.kind() {
        // `a/b` where `a` is a file isn't there either.
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::Denied,
        io::ErrorKind::IsADirectory => ErrorKind::WrongKind,
        _ => ErrorKind::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_shown_is_an_error_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let latin = folder.path().join("latin1.json");
        fs::write(&latin, b"caf\xe9").unwrap();
        let error = Disk.read(&latin).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotText { at: 3 });
        assert!(error.to_string().contains("isn't UTF-8"), "{error}");
        assert_eq!(Disk.read(folder.path()).unwrap_err().kind, ErrorKind::WrongKind);
        assert!(Disk.read(&latin.join("below")).unwrap_err().is_absent());
        assert!(Disk.stat(&folder.path().join("none")).unwrap_err().is_absent());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_seen_as_a_link_and_read_through() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("real"), "text").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("real", &link).unwrap();
        let stat = Disk.stat(&link).unwrap();
        assert_eq!((stat.kind, stat.size), (Kind::Link, 0));
        assert_eq!(&*Disk.read(&link).unwrap().text, "text");
        assert_eq!(Disk.link(&link).unwrap(), "real");
        assert!(Disk.link(&folder.path().join("real")).is_err());
    }
}
