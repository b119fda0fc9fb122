//! The outside world behind one trait: the only place below server and cli that reads disk or starts a program.

/// What is known of one build context: finished, immutable, made by one look at the disk.
#[derive(Debug)]
pub struct View {}
pub struct Copied {
    pub files: usize,
    pub bytes: u64,
}
impl View {
    pub fn copied(&self, _s: &[&str]) -> Option<Copied> {
        None
    }
    pub fn ignores(&self, _p: &str) -> bool {
        false
    }
}
pub fn copy_takes(source: &str, path: &str) -> bool {
    let source = source.trim_start_matches("./").trim_matches('/');
    source == "."
        || source.is_empty()
        || source == path
        || path.starts_with(&format!("{source}/"))
        || source.strip_suffix('*').is_some_and(|s| path.starts_with(s))
}
