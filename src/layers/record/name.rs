//! The names of steps.

/// A name taken apart: `[linux/amd64 builder 3/7] RUN npm ci`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// The words before the number.
    pub labels: &'a str,
    pub number: u32,
    pub total: u32,
    /// The instruction.
    pub text: &'a str,
}

/// The target that Compose or Bake puts before what BuildKit does by itself, `web` of `[web internal] load
/// .dockerignore`; empty where there is none, and None for the names of other things.
pub fn target(name: &str) -> Option<&str> {
    let (head, _) = name.strip_prefix('[')?.split_once(']')?;
    Some(head.strip_suffix("internal")?.trim_end())
}

/// None for what isn't a step of a Dockerfile, as `[internal] load build context`.
pub fn parse(name: &str) -> Option<Name<'_>> {
    let (head, text) = name.strip_prefix('[')?.split_once(']')?;
    let head = head.trim_end();
    // The number is padded to the width of the total: `[builder  3/12]`.
    let (labels, count) = head.rsplit_once(' ').unwrap_or(("", head));
    let (number, total) = count.split_once('/')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(number) || !digits(total) {
        return None;
    }
    let (number, total) = (number.parse().ok()?, total.parse().ok()?);
    (1..=total).contains(&number).then_some(Name { labels: labels.trim(), number, total, text: text.trim() })
}
