//! Image references: their parts, their names, and whether a registry client would take them.
//!
//! Source of the facts: distribution/reference (`regexp.go`, `normalize.go`, `reference.go`) and
//! go-digest. Spans count bytes of the text given.

use std::fmt;

use super::expand::references;
use crate::text::Span;

/// The registry of names that give none.
pub const DEFAULT_REGISTRY: &str = "docker.io";
const LEGACY_REGISTRY: &str = "index.docker.io";
const OFFICIAL: &str = "library/";

/// The parts of an image reference as written; variables may stand in any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageRef<'a> {
    pub text: &'a str,
    /// Host and port. A first segment that holds a variable is taken for one too, since
    /// `${REGISTRY}/node` is what people write; [`ImageRef::certain_registry`] tells.
    pub registry: Option<Span>,
    /// Namespace and name, without registry, tag and digest.
    pub path: Span,
    /// Without the colon; empty in `node:`.
    pub tag: Option<Span>,
    /// Algorithm and value, without the `@`.
    pub digest: Option<Span>,
    /// Whether a variable stands in it.
    pub has_variable: bool,
}

/// Why a reference is refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageError {
    pub span: Span,
    pub kind: ImageErrorKind,
}

/// What is wrong with a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageErrorKind {
    Empty,
    /// Sixty-four hexadecimal digits are an image's identity, no name.
    Identity,
    Uppercase,
    Name,
    NameTooLong,
    Tag,
    Digest,
    DigestAlgorithm,
    DigestLength {
        expected: usize,
    },
}

impl<'a> ImageRef<'a> {
    /// Splits `text`; every text has parts, be it valid or not. `escape` is the file's escape character.
    pub fn parse(text: &'a str, escape: char) -> Self {
        let variables: Vec<Span> = references(text, escape)
            .into_iter()
            .filter(|found| found.depth == 0 && !found.name.is_empty())
            .map(|found| found.span)
            .collect();
        let marks: Vec<(usize, char)> = text
            .char_indices()
            .filter(|(at, c)| {
                matches!(c, '/' | ':' | '@') && !variables.iter().any(|span| span.contains(*at as u32))
            })
            .collect();
        let find = |from: usize, wanted: char| {
            marks.iter().find(|(at, c)| *at >= from && *c == wanted).map(|(at, _)| *at)
        };
        let at = find(0, '@');
        let name_end = at.unwrap_or(text.len());
        let digest = at.map(|at| Span::from(at + 1..text.len()));
        let slash = |&&(at, c): &&(usize, char)| c == '/' && at < name_end;
        let last_slash = marks.iter().rev().find(slash).map_or(0, |(at, _)| at + 1);
        let colon = find(last_slash, ':').filter(|colon| *colon < name_end);
        let tag = colon.map(|colon| Span::from(colon + 1..name_end));
        let path_end = colon.unwrap_or(name_end);
        let first = marks.iter().find(slash).map(|(at, _)| Span::from(0..*at));
        let registry = first.filter(|first| {
            names_registry(first.of(text)) || variables.iter().any(|variable| first.encloses(*variable))
        });
        let path_start = registry.map_or(0, |registry| registry.end as usize + 1);
        Self {
            text,
            registry,
            path: Span::from(path_start..path_end.max(path_start)),
            tag,
            digest,
            has_variable: !variables.is_empty(),
        }
    }

    pub fn registry(&self) -> Option<&'a str> {
        self.registry.map(|span| span.of(self.text))
    }

    /// The registry, where no variable may turn out to be something else.
    pub fn certain_registry(&self) -> Option<&'a str> {
        self.registry().filter(|registry| !registry.contains('$'))
    }

    pub fn path(&self) -> &'a str {
        self.path.of(self.text)
    }

    pub fn tag(&self) -> Option<&'a str> {
        self.tag.map(|span| span.of(self.text))
    }

    pub fn digest(&self) -> Option<&'a str> {
        self.digest.map(|span| span.of(self.text))
    }

    /// The bytes of registry and path together.
    pub fn name_span(&self) -> Span {
        self.registry.map_or(self.path, |registry| registry.to(self.path))
    }

    /// The empty image that nothing is pulled for.
    pub fn is_scratch(&self) -> bool {
        self.text == "scratch"
    }

    /// Registry and path in full: `docker.io/library/node` for `node`. Variables stay as written.
    pub fn canonical_name(&self) -> String {
        let registry = match self.registry() {
            None | Some(LEGACY_REGISTRY) => DEFAULT_REGISTRY,
            Some(registry) => registry,
        };
        let path = self.path();
        let official = if registry == DEFAULT_REGISTRY && !path.contains('/') { OFFICIAL } else { "" };
        format!("{registry}/{official}{path}")
    }

    /// Registry and path as people write them: `node` for `docker.io/library/node`.
    pub fn familiar_name(&self) -> String {
        let canonical = self.canonical_name();
        let Some(path) = canonical.strip_prefix("docker.io/") else { return canonical };
        match path.strip_prefix(OFFICIAL) {
            Some(name) if !name.contains('/') => name.to_owned(),
            _ => path.to_owned(),
        }
    }

    /// What a registry client refuses the reference for; nothing is judged where a variable stands.
    pub fn error(&self) -> Option<ImageError> {
        if self.has_variable || self.is_scratch() {
            return None;
        }
        let all = Span::from(0..self.text.len());
        let error = |span: Span, kind: ImageErrorKind| Some(ImageError { span, kind });
        if self.text.is_empty() {
            return error(all, ImageErrorKind::Empty);
        }
        if self.text.len() == 64 && self.text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return error(all, ImageErrorKind::Identity);
        }
        let path = self.path();
        if path.chars().any(char::is_uppercase) {
            return error(self.path, ImageErrorKind::Uppercase);
        }
        // A first segment that is no host may still be a name.
        let registry_fits =
            self.registry().is_none_or(|registry| is_host(registry) || is_path_component(registry));
        if !registry_fits {
            return error(self.registry.unwrap_or(all), ImageErrorKind::Name);
        }
        if !path.split('/').all(is_path_component) {
            return error(if self.path.is_empty() { all } else { self.path }, ImageErrorKind::Name);
        }
        let canonical = self.canonical_name();
        if canonical.split_once('/').is_some_and(|(_, path)| path.len() > 255) {
            return error(self.path, ImageErrorKind::NameTooLong);
        }
        if self.tag().is_some_and(|tag| !is_tag(tag)) {
            return error(self.tag.unwrap_or(all), ImageErrorKind::Tag);
        }
        let span = self.digest?;
        digest_error(span.of(self.text)).map(|kind| ImageError { span, kind })
    }
}

/// The stage that `COPY --from=2` and `RUN --mount=from=2` count, from 0; `None` for names.
pub fn stage_index(text: &str) -> Option<usize> {
    text.parse().ok()
}

pub fn is_stage_index(text: &str) -> bool {
    stage_index(text).is_some()
}

/// Whether the first of several segments is a host rather than a namespace.
fn names_registry(segment: &str) -> bool {
    segment == "localhost" || segment.contains(['.', ':']) || segment.chars().any(char::is_uppercase)
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    if port.is_some_and(|port| port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit())) {
        return false;
    }
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    }
    host.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}

/// Lower-case letters and digits, joined by one dot, one or two underscores, or dashes.
fn is_path_component(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends_plain = |b: Option<&u8>| b.is_some_and(|b| plain(*b));
    let bytes = text.as_bytes();
    ends_plain(bytes.first())
        && ends_plain(bytes.last())
        && text
            .split(|c: char| c.is_ascii() && plain(c as u8))
            .all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|b| b == b'-'))
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}

/// What is wrong with a digest, `algorithm:value`.
pub(super) fn digest_error(text: &str) -> Option<ImageErrorKind> {
    let Some((algorithm, value)) = text.split_once(':') else { return Some(ImageErrorKind::Digest) };
    let expected = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => {
            let named = !algorithm.is_empty() && algorithm.bytes().all(|b| b.is_ascii_alphanumeric());
            return Some(if named { ImageErrorKind::DigestAlgorithm } else { ImageErrorKind::Digest });
        }
    };
    if !value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        Some(ImageErrorKind::Digest)
    } else if value.len() != expected {
        Some(ImageErrorKind::DigestLength { expected })
    } else {
        None
    }
}

impl fmt::Display for ImageErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "an image's name is missing"),
            Self::Identity => {
                write!(
                    f,
                    "this is an image's identity, which no registry is asked for; name the image, or pin it with `name@sha256:…`"
                )
            }
            Self::Uppercase => write!(f, "an image's name has lower-case letters only"),
            Self::Name => write!(
                f,
                "this is no image name: lower-case letters and digits, joined by `.`, `_`, `__` or `-`, in parts between slashes"
            ),
            Self::NameTooLong => write!(f, "an image's name is at most 255 characters long"),
            Self::Tag => write!(
                f,
                "this is no tag: it has 1 to 128 letters, digits, `_`, `.` and `-`, and begins with neither `.` nor `-`"
            ),
            Self::Digest => {
                write!(f, "this is no digest: `sha256:` and 64 of the digits 0–9 and a–f are expected")
            }
            Self::DigestAlgorithm => write!(f, "digests are `sha256`, `sha384` or `sha512`"),
            Self::DigestLength { expected } => {
                write!(f, "the digest needs {expected} digits after the colon")
            }
        }
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for ImageError {}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn parts(text: &str) -> (Option<&str>, &str, Option<&str>, Option<&str>) {
        let image = ImageRef::parse(text, '\\');
        (image.registry(), image.path(), image.tag(), image.digest())
    }

    fn kind(text: &str) -> Option<ImageErrorKind> {
        ImageRef::parse(text, '\\').error().map(|error| error.kind)
    }

    #[test]
    fn references_come_apart() {
        assert_eq!(parts("node"), (None, "node", None, None));
        assert_eq!(parts("node:20-alpine"), (None, "node", Some("20-alpine"), None));
        assert_eq!(parts("ghcr.io/a/b:1"), (Some("ghcr.io"), "a/b", Some("1"), None));
        assert_eq!(parts("host:5000/a/b"), (Some("host:5000"), "a/b", None, None));
        assert_eq!(parts("localhost/a:1"), (Some("localhost"), "a", Some("1"), None));
        assert_eq!(parts("[::1]:5000/a"), (Some("[::1]:5000"), "a", None, None));
        assert_eq!(parts("team/app@sha256:ab"), (None, "team/app", None, Some("sha256:ab")));
        let both = format!("node:20@{SHA}");
        assert_eq!(parts(&both), (None, "node", Some("20"), Some(SHA)));
        assert_eq!(parts("node:"), (None, "node", Some(""), None));
    }

    /// Registry, path, tag and digest stand where they are written, and what isn't written has no span.
    #[test]
    fn the_parts_stand_where_they_are_written() {
        let digest = format!("r.io:5000/a/b/c:1.2-x@{SHA}");
        let braced = format!("${{R:-r.io:5000}}/${{P:-a/b}}:${{T:-1@2}}@{SHA}");
        let table: &[(&str, [&str; 4])] = &[
            ("scratch", ["", "scratch", "", ""]),
            ("0", ["", "0", "", ""]),
            ("build-stage_1.x", ["", "build-stage_1.x", "", ""]),
            ("a/b", ["", "a/b", "", ""]),
            ("a.b/c", ["a.b", "c", "", ""]),
            ("A/c", ["A", "c", "", ""]),
            ("a:5000/c", ["a:5000", "c", "", ""]),
            ("a:5000", ["", "a", "5000", ""]),
            ("localhost/c:x", ["localhost", "c", "x", ""]),
            ("127.0.0.1:5000/c", ["127.0.0.1:5000", "c", "", ""]),
            ("[2001:db8::1]:5000/a/b:t", ["[2001:db8::1]:5000", "a/b", "t", ""]),
            (&digest, ["r.io:5000", "a/b/c", "1.2-x", SHA]),
            ("r.io:5000/a/b/c:1.2-x", ["r.io:5000", "a/b/c", "1.2-x", ""]),
            ("a@$D", ["", "a", "", "$D"]),
            ("$R/a", ["$R", "a", "", ""]),
            ("a/$P:$T", ["", "a/$P", "$T", ""]),
            ("$I:$T", ["", "$I", "$T", ""]),
            ("${I%:*}:x", ["", "${I%:*}", "x", ""]),
            ("r.io/${A}${B}/c", ["r.io", "${A}${B}/c", "", ""]),
            (&braced, ["${R:-r.io:5000}", "${P:-a/b}", "${T:-1@2}", SHA]),
            // Half-typed, or no reference at all.
            ("", ["", "", "", ""]),
            (":", ["", "", "", ""]),
            ("a@", ["", "a", "", ""]),
            ("/", ["", "/", "", ""]),
            ("한글:é", ["", "한글", "é", ""]),
        ];
        for (text, expected) in table {
            let image = ImageRef::parse(text, '\\');
            let spans = [image.registry, Some(image.path), image.tag, image.digest];
            let written = spans.map(|span| span.map_or("", |span| text.get(span.range()).unwrap_or("?")));
            assert_eq!(&written, expected, "{text}");
            let in_order = spans.into_iter().flatten().collect::<Vec<_>>();
            assert!(in_order.is_sorted_by_key(|span| (span.start, span.end)), "{text}: {in_order:?}");
        }
    }

    #[test]
    fn variables_may_stand_anywhere() {
        assert_eq!(
            parts("${REGISTRY}/node:${V}-alpine"),
            (Some("${REGISTRY}"), "node", Some("${V}-alpine"), None)
        );
        assert_eq!(parts("node:${V:-18@x/y:z}"), (None, "node", Some("${V:-18@x/y:z}"), None));
        assert_eq!(parts("$IMAGE"), (None, "$IMAGE", None, None));
        assert_eq!(parts("node@$DIGEST"), (None, "node", None, Some("$DIGEST")));
        let image = ImageRef::parse("$R/NODE:$T", '\\');
        assert_eq!(image.certain_registry(), None);
        assert_eq!(image.error(), None);
    }

    #[test]
    fn names_are_written_in_full_and_in_short() {
        for (text, full, short) in [
            ("node:20", "docker.io/library/node", "node"),
            ("docker.io/node", "docker.io/library/node", "node"),
            ("index.docker.io/library/node", "docker.io/library/node", "node"),
            ("docker.io/library/a/b", "docker.io/library/a/b", "library/a/b"),
            ("team/app", "docker.io/team/app", "team/app"),
            ("ghcr.io/node", "ghcr.io/node", "ghcr.io/node"),
        ] {
            let image = ImageRef::parse(text, '\\');
            assert_eq!((image.canonical_name().as_str(), image.familiar_name().as_str()), (full, short));
        }
    }

    #[test]
    fn only_what_a_client_refuses_is_refused() {
        for text in [
            "node",
            "a__b/c--d.e_f",
            "host:5000/x:Y.z-_",
            "UPPER/x",
            "foo_bar.x/y",
            "scratch",
            "[::1]/a",
            "a/0",
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
        let pinned = format!("node:20@{SHA}");
        assert_eq!(kind(&pinned), None);
        assert_eq!(kind("alpine:"), Some(ImageErrorKind::Tag));
        assert_eq!(kind("Node"), Some(ImageErrorKind::Uppercase));
        assert_eq!(kind("ghcr.io/Team/app"), Some(ImageErrorKind::Uppercase));
        assert_eq!(kind("a..b"), Some(ImageErrorKind::Name));
        assert_eq!(kind("a___b"), Some(ImageErrorKind::Name));
        assert_eq!(kind("-a"), Some(ImageErrorKind::Name));
        assert_eq!(kind("a//b"), Some(ImageErrorKind::Name));
        assert_eq!(kind("host:port/a"), Some(ImageErrorKind::Name));
        assert_eq!(kind("node:.x"), Some(ImageErrorKind::Tag));
        assert_eq!(kind("node:a:b"), Some(ImageErrorKind::Tag));
        assert_eq!(kind("node@sha256:12"), Some(ImageErrorKind::DigestLength { expected: 64 }));
        assert_eq!(kind("node@md5:12"), Some(ImageErrorKind::DigestAlgorithm));
        assert_eq!(kind("node@20"), Some(ImageErrorKind::Digest));
        assert_eq!(kind(&SHA[7..]), Some(ImageErrorKind::Identity));
        assert_eq!(kind(&"a".repeat(300)), Some(ImageErrorKind::NameTooLong));
        assert_eq!(kind(""), Some(ImageErrorKind::Empty));
    }

    #[test]
    fn stages_are_counted_or_named() {
        assert_eq!(stage_index("2"), Some(2));
        assert!(!is_stage_index("build"));
        assert!(!is_stage_index("-1"));
    }
}
