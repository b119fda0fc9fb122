//! What `apt-get install` adds to a Debian image: the union of what each package needs, each counted once.
//!
//! Source: Debian's package indexes and the packages' own files; the head of `data/apt-*.tsv` names their
//! day. `scripts/catalog/make` makes the tables.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::table::lines;
use super::{Bytes, Installed};

/// The packages that an image has before anything is installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Base {
    /// `debian` with and without `-slim`: what is required or essential, and apt.
    #[default]
    Debian,
    /// `buildpack-deps:*-curl`.
    Curl,
    /// `buildpack-deps:*-scm`, and `golang` without a variant.
    Scm,
    /// `buildpack-deps`, and `node`, `python`, `ruby` … without a variant.
    BuildpackDeps,
}

/// Where packages are installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Onto<'a> {
    pub base: Base,
    /// Names of packages that the image or earlier steps have beyond that.
    pub also: &'a [&'a str],
    /// Whether it is a `-slim` image, whose dpkg leaves out man pages and most documentation.
    pub slim: bool,
}

/// What installing these packages adds, without the lists that `apt-get update` fetches.
///
/// `release` is Debian's code name. Of a release without a table every name is unknown. A name may carry
/// `=version`, `/release`, `:architecture` or a trailing `+`; one with a trailing `-` is removed and adds
/// nothing. `recommends` says whether recommended packages come along, as they do unless told otherwise.
pub fn install(release: &str, onto: Onto<'_>, names: &[&str], recommends: bool) -> Installed {
    let Some(table) = table(release) else {
        return Installed {
            bytes: Bytes::default(),
            unknown: names.iter().map(ToString::to_string).collect(),
        };
    };
    let mut there = HashSet::new();
    table.reach(onto.base.name(), false, &mut there);
    for name in onto.also {
        table.reach(bare(name), false, &mut there);
    }
    let before = there.clone();
    let mut unknown = Vec::new();
    for name in names.iter().filter(|name| !name.ends_with('-')) {
        if !table.reach(bare(name), recommends, &mut there) {
            unknown.push((*name).to_string());
        }
    }
    let added: Vec<&Node> = there.difference(&before).filter_map(|node| table.nodes.get(*node)).collect();
    let mut bytes = added.iter().map(|node| node.weight(onto.slim)).sum();
    if !added.is_empty() {
        bytes = bytes + BOOKKEEPING;
    }
    if added.iter().any(|node| node.debconf) {
        bytes = bytes + DEBCONF;
    } else if !added.is_empty() {
        bytes = bytes + DEBCONF_ASKED;
    }
    Installed { bytes, unknown }
}

/// What `apt-get update` leaves in `/var/lib/apt/lists`.
pub fn lists(release: &str) -> Option<Bytes> {
    // The indexes of a release grow with its security updates.
    table(release).map(|table| Bytes { high: table.lists / 100 * 115, ..Bytes::about(table.lists, 5) })
}

/// The releases that have a table, by their code names.
pub fn releases() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|(release, _)| *release)
}

/// What every step that installs writes anew: dpkg's list of packages and its copy, logs, the linker's
/// cache. Source: installs into a root like bookworm-slim's, 2026-11-22.
const BOOKKEEPING: Bytes = Bytes { low: 150_000, likely: 280_000, high: 600_000 };

/// debconf's store of questions and its copy, written anew where a package has some. Same source.
const DEBCONF: Bytes = Bytes { low: 20_000, likely: 1_500_000, high: 2_500_000 };

/// What of it is written where no package has questions: apt hands every install to debconf, which may put
/// its store of templates (760 kB in Debian 12's images) by as it was.
const DEBCONF_ASKED: Bytes = Bytes { low: 0, likely: 400_000, high: 800_000 };

struct Table {
    /// Bytes.
    lists: u64,
    nodes: Vec<Node>,
    names: HashMap<&'static str, Name>,
}

/// Packages that always come together.
struct Node {
    /// Bytes with documentation.
    full: u64,
    /// Bytes as `-slim` images install them.
    slim: u64,
    /// Whether the files were counted; else it is reckoned from Installed-Size.
    counted: bool,
    /// Whether it has questions for debconf.
    debconf: bool,
    /// Numbers of nodes, as they are written: of few packages they are ever read.
    needs: &'static str,
}

struct Name {
    nodes: &'static str,
    recommended: &'static str,
}

type Lazy = LazyLock<Table>;

static TABLES: [(&str, Lazy); 2] = [
    ("bookworm", LazyLock::new(|| Table::parse(include_str!("data/apt-bookworm.tsv")))),
    ("trixie", LazyLock::new(|| Table::parse(include_str!("data/apt-trixie.tsv")))),
];

fn table(release: &str) -> Option<&'static Table> {
    TABLES.iter().find(|(name, _)| *name == release).map(|(_, table)| &**table)
}

fn bare(name: &str) -> &str {
    name.split(['=', '/', ':']).next().unwrap_or(name)
}

impl Base {
    /// By the word of the table of images.
    pub(super) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "debian" => Self::Debian,
            "curl" => Self::Curl,
            "scm" => Self::Scm,
            "full" => Self::BuildpackDeps,
            _ => return None,
        })
    }

    /// The base's line among the names; plain Debian has none, since the closures begin there.
    const fn name(self) -> &'static str {
        match self {
            Self::Debian => "",
            Self::Curl => "@curl",
            Self::Scm => "@scm",
            Self::BuildpackDeps => "@full",
        }
    }
}

impl Table {
    fn parse(text: &'static str) -> Self {
        let mut table = Self { lists: 0, nodes: Vec::new(), names: HashMap::new() };
        for line in lines(text) {
            let mut fields = line.split('\t');
            let key = fields.next().unwrap_or_default();
            let first = fields.next().unwrap_or_default();
            let second = fields.next().unwrap_or_default();
            if key == "lists" {
                table.lists = kilobytes(first);
            } else if key.starts_with(|c: char| c.is_ascii_digit()) && key.parse() == Ok(table.nodes.len()) {
                table.nodes.push(Node {
                    full: kilobytes(first.trim_start_matches(['d', '~'])),
                    slim: kilobytes(second),
                    counted: !first.contains('~'),
                    debconf: first.starts_with('d'),
                    needs: fields.next().unwrap_or_default(),
                });
            } else {
                table.names.insert(key, Name { nodes: first, recommended: second });
            }
        }
        table
    }

    /// Adds what a name needs to `there`; false where the name is unknown.
    fn reach(&self, name: &str, recommends: bool, there: &mut HashSet<usize>) -> bool {
        // Of `g++` the package is meant, of `curl+` that it is installed: apt looks for the name first.
        let found = self.names.get(name).or_else(|| self.names.get(name.strip_suffix('+')?));
        let Some(name) = found else { return false };
        let mut todo: Vec<usize> = numbers(name.nodes).collect();
        if recommends {
            todo.extend(numbers(name.recommended));
        }
        while let Some(node) = todo.pop() {
            if there.insert(node)
                && let Some(node) = self.nodes.get(node)
            {
                todo.extend(numbers(node.needs));
            }
        }
        true
    }
}

impl Node {
    fn weight(&self, slim: bool) -> Bytes {
        Bytes::about(if slim { self.slim } else { self.full }, if self.counted { 4 } else { 15 })
    }
}

fn kilobytes(text: &str) -> u64 {
    text.parse::<u64>().unwrap_or(0).saturating_mul(1000)
}

fn numbers(text: &str) -> impl Iterator<Item = usize> {
    text.split(' ').filter_map(|number| number.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLIM: Onto<'static> = Onto { base: Base::Debian, also: &[], slim: true };

    fn likely(onto: Onto<'_>, names: &[&str]) -> u64 {
        install("bookworm", onto, names, false).bytes.likely
    }

    #[test]
    fn tables_are_whole() {
        for release in releases() {
            let table = table(release).unwrap();
            assert!(table.lists > 10_000_000, "{release}");
            assert!(table.nodes.len() > 500 && table.names.len() > 500, "{release}");
            for (at, node) in table.nodes.iter().enumerate() {
                assert!(node.slim <= node.full, "{release}: node {at}");
                assert!(numbers(node.needs).all(|it| it < table.nodes.len() && it != at), "{release}: {at}");
            }
            for (name, it) in &table.names {
                let known = |nodes: &str| numbers(nodes).all(|node| node < table.nodes.len());
                assert!(known(it.nodes) && known(it.recommended), "{release}: {name}");
            }
        }
    }

    #[test]
    fn a_package_is_counted_once() {
        let both = likely(SLIM, &["git", "curl"]);
        assert!(both < likely(SLIM, &["git"]) + likely(SLIM, &["curl"]));
        assert_eq!(both, likely(SLIM, &["curl", "git", "curl"]));
        assert!(both >= likely(SLIM, &["git"]));
    }

    #[test]
    fn what_is_there_costs_nothing() {
        let full = Onto { base: Base::BuildpackDeps, also: &[], slim: false };
        assert_eq!(likely(full, &["git", "curl", "python3", "build-essential"]) / 1_000_000, 0);
        assert_eq!(likely(full, &["git"]), 0);
        let again = Onto { also: &["git"], ..SLIM };
        assert_eq!(likely(again, &["git", "tar", "bash"]), 0);
        assert!(likely(again, &["curl"]) < likely(SLIM, &["curl"]));
    }

    #[test]
    fn documentation_stays_out_of_slim_images() {
        let full = Onto { slim: false, ..SLIM };
        assert!(likely(SLIM, &["git"]) < likely(full, &["git"]));
    }

    #[test]
    fn recommended_packages_weigh() {
        let with = install("bookworm", SLIM, &["git"], true).bytes.likely;
        assert!(with > likely(SLIM, &["git"]));
    }

    #[test]
    fn names_as_people_write_them() {
        let plain = likely(SLIM, &["curl"]);
        for name in ["curl=7.88.*", "curl:amd64", "curl/bookworm", "curl+"] {
            assert_eq!(likely(SLIM, &[name]), plain, "{name}");
        }
        let compiler = likely(SLIM, &["g++"]);
        for name in ["g++", "g++=4:12.2.0-3", "g++:amd64", "g+++"] {
            assert_eq!(install("bookworm", SLIM, &[name], false).unknown, Vec::<String>::new(), "{name}");
            assert_eq!(likely(SLIM, &[name]), compiler, "{name}");
        }
        assert!(compiler > likely(SLIM, &["gcc"]));
        let found = install("bookworm", SLIM, &["curl", "no-such-package", "vim-"], false);
        assert_eq!(found.unknown, ["no-such-package"]);
        assert_eq!(found.bytes.likely, plain);
        assert_eq!(install("noble", SLIM, &["curl"], false).unknown, ["curl"]);
    }
}
