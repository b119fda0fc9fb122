//! What images of one kind have in common: users, entry points, tools.

use super::super::apt;
use super::super::table::Table;
use super::os::System;
use super::{Present, Tool, User};

static FAMILIES: Table = Table::new(include_str!("../data/families.tsv"));

/// What the rows that fit an image say of it; what none says is `None`.
#[derive(Clone, Debug, Default)]
pub struct Family {
    /// As the table writes it.
    pub repository: &'static str,
    /// How many numbers of a version name a line of releases.
    pub depth: usize,
    /// The name in the table of ends.
    pub product: Option<&'static str>,
    /// Whether the image is a system and nothing else: its releases are the tags.
    pub is_system: bool,
    /// The system where the tag names none.
    pub default: Option<&'static str>,
    /// Whether all variants hold the same software, on different systems.
    pub same: bool,
    /// The image beneath, as `repository` or `repository:variant`, whose size is known by the system's release.
    pub base: Option<&'static str>,
    pub apt: Option<apt::Base>,
    pub slim: bool,
    pub packages: Vec<&'static str>,
    pub user: Option<&'static str>,
    pub users: Vec<User>,
    pub workdir: Option<&'static str>,
    pub entrypoint: Option<Vec<&'static str>>,
    pub cmd: Option<Vec<&'static str>>,
    pub shell: Option<&'static str>,
    pub libc: Option<&'static str>,
    pub package_manager: Option<&'static str>,
    pub tools: Vec<Tool>,
}

/// How many numbers of a version name a line of releases of a repository.
pub fn depth(repository: &str) -> usize {
    find(repository, &[], None, None).map_or(1, |family| family.depth)
}

/// What is known of a repository's images with these words in the tag, on this system. `line` is the line
/// of releases, for what came or went with one. `None` where no row names the repository.
pub fn find(
    repository: &str,
    variant: &[String],
    system: Option<&System>,
    line: Option<&str>,
) -> Option<Family> {
    let mut family = Family { depth: 1, ..Family::default() };
    let mut named = false;
    // What holds for every image stands first, and what a repository says goes over it.
    for row in FAMILIES.lines_of("*").iter().chain(FAMILIES.lines_of(repository)) {
        let mut fields = row.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (of, words, on) = (next(), next(), next());
        let fits = (words == "*" || variant.iter().any(|word| word == words))
            && (on == "*" || system.is_some_and(|system| system.id == on));
        if !fits {
            continue;
        }
        if of != "*" {
            named = true;
            family.repository = of;
        }
        for fact in fields {
            if let Some((key, value)) = fact.split_once('=') {
                family.learn(key, value, system, line);
            }
        }
    }
    named.then_some(family)
}

impl Family {
    fn learn(&mut self, key: &str, value: &'static str, system: Option<&System>, line: Option<&str>) {
        let list = || if value == "none" { Vec::new() } else { value.split('|').collect() };
        match key {
            "depth" => self.depth = value.parse().unwrap_or(1),
            "product" => self.product = Some(value),
            "system" => self.is_system = value == "yes",
            "default" => self.default = Some(value),
            "same" => self.same = value == "yes",
            "base" => self.base = Some(value),
            "apt" => self.apt = apt::Base::named(value),
            "slim" => self.slim = value == "yes",
            "packages" => self.packages = list(),
            "user" => self.user = Some(value),
            "users" => self.users = value.split('|').filter_map(|user| read_user(user, system)).collect(),
            "workdir" => self.workdir = Some(value),
            "entrypoint" => self.entrypoint = Some(list()),
            "cmd" => self.cmd = Some(list()),
            "shell" => self.shell = Some(if value == "none" { "" } else { value }),
            "libc" => self.libc = Some(value),
            "package_manager" => self.package_manager = Some(value),
            "tools" => {
                for tool in value.split('|') {
                    self.learn_tool(tool, line);
                }
            }
            _ => {}
        }
    }

    /// `npm@10:18..23`: of the lines 18 to 23; unknown before, and not there after unless a later entry says so.
    fn learn_tool(&mut self, text: &'static str, line: Option<&str>) {
        let (text, lines) = text.split_once(':').unwrap_or((text, ""));
        let (present, text) = match text.strip_prefix(['!', '~']) {
            Some(rest) if text.starts_with('!') => (Present::No, rest),
            Some(rest) => (Present::Busybox, rest),
            None => (Present::Yes, text),
        };
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let known = self.tools.iter().position(|tool| tool.name == name);
        let mut tool = Tool { name, present, version };
        if let Some((from, to)) = lines.split_once("..") {
            let number = |text: &str| text.split('.').next().and_then(|it| it.parse::<u32>().ok());
            match (line.and_then(number), number(from), number(to)) {
                (Some(line), Some(from), _) if line < from => return,
                (Some(line), _, Some(to)) if line > to => {
                    tool = Tool { name, present: Present::No, version: None };
                }
                (Some(_), _, _) => {}
                _ => return,
            }
        } else if version.is_none() && known.is_some_and(|at| self.tools[at].version.is_some()) {
            // A line that says only that it is there adds nothing to one with a version.
            return;
        }
        match known {
            Some(at) => self.tools[at] = tool,
            None => self.tools.push(tool),
        }
    }
}

/// `node:1000:1000`, and `ubuntu:1000:1000@24.04` for releases from 24.04 on.
fn read_user(text: &'static str, system: Option<&System>) -> Option<User> {
    let (text, from) = text.split_once('@').unwrap_or((text, ""));
    if !from.is_empty() && system.and_then(System::number).is_none_or(|release| release < from) {
        return None;
    }
    let mut fields = text.split(':');
    Some(User { name: fields.next()?, uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
}
