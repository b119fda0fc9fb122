//! What a tag says: the software's version, the variant, the system beneath.

use super::super::table::Table;
use super::family;
use super::os::System;

const TAGS_TEXT: &str = include_str!("../data/tags.tsv");
static TAGS: Table = Table::new(TAGS_TEXT);

/// A tag, apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// The most exact version that is known of it: the tag's own, or what it meant when the table was made.
    pub version: Option<String>,
    /// Whether `version` stands in the tag, with as many numbers as its releases have.
    pub exact: bool,
    /// Words that are neither a version nor a system: `slim`, `fpm`, `jdk`.
    pub variant: Vec<String>,
    pub system: Option<System>,
}

/// The well-known tags of a repository, the newest first.
pub fn all(repository: &str) -> impl Iterator<Item = &'static str> + use<> {
    let rows: Vec<_> = rows(repository).collect();
    rows.into_iter().flat_map(|row| row.tags.split(' '))
}

/// The repositories of the table, each once.
pub fn repositories() -> Vec<&'static str> {
    let mut all: Vec<&str> =
        super::super::table::lines(TAGS_TEXT).filter_map(|line| line.split('\t').next()).collect();
    all.dedup();
    all
}

/// The line of releases that `latest` meant when the table was made, as a tag: `26` for node. None where the
/// repository has none, or where the table doesn't tell which it was.
pub fn latest(repository: &str) -> Option<&'static str> {
    let depth = family::depth(repository);
    let row = rows(repository).find(|row| row.tags.split(' ').any(|it| it == "latest"))?;
    let of_version = |tag: &str| row.version.is_none_or(|version| version == tag || within(version, tag));
    let is_line = |tag: &&'static str| {
        let digits = tag.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        digits && tag.split('.').count() == depth && of_version(tag)
    };
    let mut lines: Vec<&'static str> = row.tags.split(' ').filter(is_line).collect();
    lines.dedup();
    if let [line] = lines[..] { Some(line) } else { None }
}

/// Reads a tag of a repository; `None` means `latest`.
pub fn parse(repository: &str, tag: &str) -> Tag {
    let known = rows(repository).find(|row| row.tags.split(' ').any(|it| it == tag));
    let mut read = words(repository, tag);
    if let Some(row) = &known {
        if !read.exact {
            read.version = row.version.map(str::to_string).or(read.version);
        }
        read.system = System::named(row.system).or(read.system);
    }
    if read.version.is_none() && known.as_ref().is_none_or(|row| row.version.is_some()) {
        read.version = version_of(repository, "latest");
    }
    complete(repository, &mut read);
    read
}

struct Row {
    version: Option<&'static str>,
    system: &'static str,
    tags: &'static str,
}

fn rows(repository: &str) -> impl Iterator<Item = Row> + use<'_> {
    TAGS.rows_of(repository).filter_map(|row| match row[..] {
        [_, version, system, tags] => {
            Some(Row { version: Some(version).filter(|it| *it != "-"), system, tags })
        }
        _ => None,
    })
}

/// Takes the tag's words for what they look like.
fn words(repository: &str, tag: &str) -> Tag {
    let mut read = Tag::default();
    let mut words = tag.split('-').peekable();
    while let Some(word) = words.next() {
        let digits = word.starts_with(|c: char| c.is_ascii_digit());
        // `20240701` after a code name is the day of the image.
        if word.len() >= 8 && word.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        if word == "alpine" && words.peek().is_some_and(|next| next.starts_with("3.")) {
            read.system = words.next().and_then(|release| System::named(&format!("alpine{release}")));
        } else if let Some(system) = System::named(word) {
            read.system = Some(system);
        } else if read.version.is_none() && read.variant.is_empty() && digits {
            read.version = Some(word.split(['_', '+']).next().unwrap_or(word).to_string());
            read.exact = word.split('.').count() >= 3;
        } else if read.variant.is_empty()
            && let Some(row) = moving(repository, word)
        {
            read.version = row.version.map(str::to_string).or(read.version);
            read.system = System::named(row.system).filter(|_| row.version.is_none()).or(read.system);
        } else if !word.is_empty() {
            read.variant.push(word.to_string());
        }
    }
    read
}

/// The row of a word that alone is a tag and names a version or a system by another name: `lts`,
/// `krypton`, `mainline`, `stable`.
fn moving(repository: &str, word: &str) -> Option<Row> {
    const VARIANTS: &[&str] =
        &["slim", "fpm", "apache", "cli", "jdk", "jre", "dind", "perl", "otel", "zts", "scm", "curl"];
    if VARIANTS.contains(&word) {
        return None;
    }
    rows(repository).find(|row| row.tags.split(' ').any(|it| it == word))
}

fn version_of(repository: &str, tag: &str) -> Option<String> {
    rows(repository)
        .find(|row| row.tags.split(' ').any(|it| it == tag))
        .and_then(|row| row.version)
        .map(str::to_string)
}

/// Adds what the known tags of the same line of releases say: the last version of a major one, and the
/// system where the tag leaves it open.
fn complete(repository: &str, tag: &mut Tag) {
    let Some(version) = tag.version.clone() else { return };
    let of_line = |row: &Row| row.version.is_some_and(|it| it == version || within(it, &version));
    if !tag.exact
        && let Some(row) = rows(repository).find(of_line)
    {
        tag.version = row.version.map(str::to_string);
    }
    let open = tag.system.as_ref().is_none_or(|system| system.release.is_empty());
    if open && let Some(system) = default_system(repository, &version, tag) {
        tag.system = Some(system);
    }
}

/// The system of the tag `<line>[-<variant>][-alpine]` of the same line of releases.
fn default_system(repository: &str, version: &str, tag: &Tag) -> Option<System> {
    let mut numbers: Vec<&str> = version.split('.').collect();
    let line = numbers.iter().take(family::depth(repository)).copied().collect::<Vec<_>>().join(".");
    while !numbers.is_empty() {
        let mut short = numbers.join(".");
        for word in &tag.variant {
            short.push('-');
            short.push_str(word);
        }
        let alpine = tag.system.as_ref().is_some_and(|system| system.id == "alpine");
        let short = if alpine { format!("{short}-alpine") } else { short };
        let found = rows(repository)
            .filter(|row| row.version.is_some_and(|version| within(version, &line)))
            .find(|row| row.tags.split(' ').any(|it| it == short))
            .and_then(|row| System::named(row.system));
        if let Some(found) = found
            && tag.system.as_ref().is_none_or(|system| system.id == found.id)
        {
            return Some(found);
        }
        numbers.pop();
    }
    None
}

/// Whether `version` is of the line `line`: `20.11.1` is of `20` and of `20.11`.
pub fn within(version: &str, line: &str) -> bool {
    version == line || version.strip_prefix(line).is_some_and(|rest| rest.starts_with(['.', '_', '+']))
}
