//! URIs as clients write them: kept to the byte, and read as paths where they name a file on disk.

use std::path::{Path, PathBuf};

/// The path that a `file:` URI names. `None` for every other scheme (`untitled:`, `vscode-remote:` …),
/// for hosts that this machine has no path for, and for escapes that are no text.
pub fn to_path(uri: &str) -> Option<PathBuf> {
    path_text(uri, cfg!(windows)).map(PathBuf::from)
}

/// The `file:` URI of an absolute path, percent-escaped as RFC 3986 says.
pub fn from_path(path: &Path) -> String {
    uri_text(&path.to_string_lossy(), cfg!(windows))
}

/// The URI of `target` in the spelling that the client uses for `known`, whose path is `known_path`:
/// the same escapes and the same drive letter, where `target` lies in the same folder or below it.
pub fn beside(known: &str, known_path: &Path, target: &Path) -> String {
    let below = known_path.parent().and_then(|folder| target.strip_prefix(folder).ok());
    match (below, known.rfind('/')) {
        (Some(below), Some(slash)) => {
            let below = below.to_string_lossy().replace('\\', if cfg!(windows) { "/" } else { "\\" });
            format!("{}/{}", &known[..slash], escape(&below))
        }
        _ => from_path(target),
    }
}

/// The last segment of a URI's path, whatever its scheme, without escapes.
pub fn file_name(uri: &str) -> String {
    let path = uri.split(['?', '#']).next().unwrap_or(uri);
    let last = path.rsplit(['/', ':']).next().unwrap_or(path);
    unescape(last).unwrap_or_else(|| last.to_string())
}

fn path_text(uri: &str, windows: bool) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    let host = if host.eq_ignore_ascii_case("localhost") { "" } else { host };
    let path = unescape(path)?;
    if !path.starts_with('/') {
        return None;
    }
    match (windows, host.is_empty()) {
        (false, true) => Some(path),
        (false, false) => None,
        (true, false) => Some(format!("\\\\{}{}", unescape(host)?, path.replace('/', "\\"))),
        (true, true) => {
            let drive = path.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic)
                && path.as_bytes().get(2) == Some(&b':');
            let path = if drive { &path[1..] } else { &path[..] };
            Some(path.replace('/', "\\"))
        }
    }
}

fn uri_text(path: &str, windows: bool) -> String {
    if !windows {
        return format!("file://{}", escape(path));
    }
    let path = path.replace('\\', "/");
    match path.strip_prefix("//") {
        Some(shared) => format!("file://{}", escape(shared)),
        None => format!("file:///{}", escape(&path)),
    }
}

/// Everything but letters, digits, `-._~` and `/` as percent escapes of its UTF-8 bytes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(byte as char);
        } else {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        }
    }
    out
}

/// The text without percent escapes. A `%` that begins no escape stands for itself. `None` where the
/// bytes are no UTF-8.
fn unescape(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_string());
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |at: usize| bytes.get(at).and_then(|b| (*b as char).to_digit(16));
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_uris_are_read_as_paths() {
        let unix = |uri| path_text(uri, false);
        assert_eq!(unix("file:///a/b").as_deref(), Some("/a/b"));
        assert_eq!(unix("FILE://localhost/a").as_deref(), Some("/a"));
        assert_eq!(unix("file:/a").as_deref(), Some("/a"));
        assert_eq!(unix("file:///with%20blank/%ED%95%9C/100%").as_deref(), Some("/with blank/한/100%"));
        assert_eq!(unix("file:///a?x#y").as_deref(), Some("/a"));
        assert_eq!(unix("file://server/share/a"), None);
        assert_eq!(unix("untitled:Untitled-1"), None);
        assert_eq!(unix("vscode-remote://ssh-remote%2Bhost/a"), None);
        assert_eq!(unix("file:///%FF"), None);
        assert_eq!(unix("no uri at all"), None);
    }

    #[test]
    fn windows_drives_and_shares_are_read_as_paths() {
        let windows = |uri| path_text(uri, true);
        assert_eq!(windows("file:///c%3A/Users/x%20y").as_deref(), Some("c:\\Users\\x y"));
        assert_eq!(windows("file:///C:/x").as_deref(), Some("C:\\x"));
        assert_eq!(windows("file://server/share/a%20b").as_deref(), Some("\\\\server\\share\\a b"));
    }

    #[test]
    fn paths_are_written_as_uris() {
        assert_eq!(uri_text("/a b/한#?", false), "file:///a%20b/%ED%95%9C%23%3F");
        assert_eq!(uri_text("c:\\x y", true), "file:///c%3A/x%20y");
        assert_eq!(uri_text("\\\\server\\share\\a", true), "file://server/share/a");
    }

    #[test]
    fn a_file_beside_an_open_one_is_spelt_as_the_client_spells() {
        let known = "file:///a@b/c/Dockerfile";
        let path = Path::new("/a@b/c/Dockerfile");
        assert_eq!(beside(known, path, Path::new("/a@b/c/x y")), "file:///a@b/c/x%20y");
        assert_eq!(beside(known, path, Path::new("/a@b/d")), "file:///a%40b/d");
    }

    #[test]
    fn the_name_is_read_from_any_scheme() {
        assert_eq!(file_name("file:///a/Docker%66ile"), "Dockerfile");
        assert_eq!(file_name("untitled:Untitled-1"), "Untitled-1");
        assert_eq!(file_name("vscode-vfs://github/o/r/Dockerfile?x=/y"), "Dockerfile");
    }
}
