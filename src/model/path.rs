/// A path of the image as BuildKit resolves it: absolute, `.` and `..` taken out. `base` is absolute.
///
/// Source: BuildKit `util/system/path.go`, `NormalizePath`, for Linux.
pub fn resolve(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { split(base).collect() };
    for part in split(path) {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    format!("/{}", parts.join("/"))
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn a_relative_path_hangs_on_the_one_before() {
        assert_eq!(resolve("/app", "web/../api/."), "/app/api");
        assert_eq!(resolve("/app", "/"), "/");
        assert_eq!(resolve("/", "../.."), "/");
    }
}
