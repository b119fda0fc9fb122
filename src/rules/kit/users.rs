//! Which user a stage ends as, and which users its commands create.

use crate::model::Stage;
use crate::rules::{Cmd, Fix, Input, Site};
use crate::shell::unwrap;
use crate::syntax::{InstructionId, Keyword, Word};
use crate::text::{Edit, Span, newline};

/// Whether the image starts a program of its own, and as the user that it is given: a CMD or ENTRYPOINT stands
/// in the stage or in one that it is built on, and doesn't change the user itself.
pub fn starts_as_it_is<'a>(input: &Input<'a>, stage: &'a Stage) -> bool {
    let mut starts = false;
    for stage in input.model().with_bases(stage) {
        for keyword in [Keyword::Entrypoint, Keyword::Cmd] {
            let Some(site) = input.last(stage, keyword) else { continue };
            starts = true;
            let changes = |command: &Cmd<'_>| {
                ["gosu", "su-exec", "setpriv", "runuser", "su", "chpst", "s6-setuidgid"]
                    .iter()
                    .any(|name| command.command.is(name) || unwrap(&command.command).through(name))
            };
            if input.commands(site.id).iter().any(changes) {
                return false;
            }
        }
    }
    starts
}

/// The argument of a USER, without quotes, its group left out.
pub fn name(user: &Word) -> &str {
    let text = user.text.trim_matches(['"', '\'']);
    text.split(':').next().unwrap_or(text)
}

pub fn is_root(user: &Word) -> bool {
    matches!(name(user), "root" | "0")
}

/// A user that a command creates.
#[derive(Clone)]
pub struct Created<'a> {
    pub site: Site<'a>,
    pub name: String,
    /// The word of the name.
    pub span: Span,
    /// The number that it is given.
    pub uid: Option<String>,
    /// The command names other groups than the user's own: `useradd -G`.
    pub groups: bool,
}

/// The users that the RUNs of one stage create, those of the stages that it is built on left out.
pub fn created<'a>(input: &Input<'a>, stage: &'a Stage) -> Vec<Created<'a>> {
    let mut all = Vec::new();
    for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
        for command in input.commands(site.id) {
            let invocation = unwrap(&command.command);
            let words = invocation.args();
            let operands = match invocation.name().as_deref() {
                Some("useradd") => operands(words, USERADD),
                Some("adduser") => operands(words, ADDUSER),
                _ => continue,
            };
            let groups = words.iter().any(|word| {
                let text = word.text();
                text == "-G" || text.starts_with("--groups") || text.starts_with("-aG")
            });
            // `adduser name group` adds to a group, and makes no user.
            let [word] = operands[..] else { continue };
            let uid = uid(words);
            if let Some(name) = word.literal() {
                all.push(Created { site, name: name.into_owned(), span: word.span, uid, groups });
            }
        }
    }
    all
}

/// The fix that switches to `user` before what the stage starts. None where that isn't clear: the stage starts
/// nothing itself, or something is copied, run or said of users below.
pub fn switch_to<'a>(input: &Input<'a>, stage: &'a Stage, user: &str) -> Option<Fix> {
    use Keyword::{Add, Cmd, Copy, Entrypoint, Run, User, Workdir};
    let settled = |site: &Site<'_>| {
        let later = input.steps(stage).filter(|other| other.id > site.id);
        !later.into_iter().any(|other| matches!(other.instruction.keyword, Run | Copy | Add | Workdir | User))
    };
    let mut starts = input.steps(stage).filter(|site| matches!(site.instruction.keyword, Entrypoint | Cmd));
    let first = starts.next().filter(settled)?;
    let (source, at) = (input.source(), first.instruction.span.start);
    let lower = first.instruction.keyword_span.of(source).starts_with(|c: char| c.is_ascii_lowercase());
    let keyword = if lower { "user" } else { "USER" };
    let text = format!("{keyword} {user}{}{}", newline(source), super::indent_of(source, at));
    Some(Fix::unsafe_(format!("Add `USER {user}`"), input.edits(vec![Edit::insert(at, text)])))
}

/// The number of the user that an image has for what is started in it. Servers that want to begin as root and give
/// it up themselves, such as nginx and postgres, are left out.
pub fn of_image(input: &Input<'_>, stage: &Stage) -> Option<String> {
    let image = super::image::known(input.model(), stage)?;
    let runtimes = ["node", "oven/bun", "denoland/deno"];
    let families = ["mcr.microsoft.com/dotnet/", "gcr.io/distroless/"];
    let runtime = runtimes.contains(&image.repository)
        || families.iter().any(|family| image.repository.starts_with(family));
    match &image.users[..] {
        [user] if runtime => Some(user.uid.to_string()),
        _ => None,
    }
}

/// The numbers of a user and of the user's group where the instruction `id` stands, as far as the file or the
/// table of images tells.
pub fn numbers_of(input: &Input<'_>, id: InstructionId, name: &str) -> Option<(String, Option<String>)> {
    if name == "root" {
        return Some(("0".to_owned(), Some("0".to_owned())));
    }
    let stage = input.model().stage_of(id)?;
    for base in input.model().with_bases(stage) {
        let runs =
            || input.steps(base).filter(|site| site.instruction.keyword == Keyword::Run && site.id < id);
        let changes = ["usermod", "userdel", "deluser", "groupmod", "delgroup", "sed"];
        let changed = |site: Site<'_>| {
            let named = |command: &Cmd<'_>| command.command.span.of(input.source()).contains(name);
            let any = |command: &&Cmd<'_>| changes.iter().any(|program| command.command.is(program));
            input.commands(site.id).iter().filter(any).any(named)
        };
        if runs().any(changed) {
            return None;
        }
        if let Some(user) =
            created(input, base).into_iter().find(|user| user.name == name && user.site.id < id)
        {
            return Some((user.uid?, None));
        }
    }
    let image = super::image::known(input.model(), stage)?;
    let user = image.users.iter().find(|user| user.name == name)?;
    Some((user.uid.to_string(), Some(user.gid.to_string())))
}

/// The number behind `-u` or `--uid`.
fn uid(words: &[crate::shell::Word]) -> Option<String> {
    let value = words.iter().enumerate().find_map(|(at, word)| match word.text() {
        "-u" | "--uid" => words.get(at + 1)?.literal().map(|value| value.into_owned()),
        text => text.strip_prefix("--uid=").map(str::to_owned),
    });
    value.filter(|value| !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()))
}

/// The words that are neither options nor their values.
fn operands<'w>(words: &'w [crate::shell::Word], valued: &[&str]) -> Vec<&'w crate::shell::Word> {
    let mut operands = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.text();
        if !text.starts_with('-') {
            operands.push(word);
        } else if valued.contains(&text) || !text.starts_with("--") && ends_in_valued(text, valued) {
            words.next();
        }
    }
    operands
}

/// `-rg` takes a value as `-g` does.
fn ends_in_valued(text: &str, valued: &[&str]) -> bool {
    let Some(last) = text.chars().last().filter(|_| text.len() > 2) else { return false };
    valued.iter().any(|option| option.len() == 2 && option.ends_with(last))
}

/// Options of useradd with a value in the next word (useradd(8)).
const USERADD: &[&str] = &[
    "-b",
    "--base-dir",
    "-c",
    "--comment",
    "-d",
    "--home-dir",
    "--home",
    "-e",
    "--expiredate",
    "-f",
    "--inactive",
    "-g",
    "--gid",
    "-G",
    "--groups",
    "-k",
    "--skel",
    "-K",
    "--key",
    "-p",
    "--password",
    "-R",
    "--root",
    "-P",
    "--prefix",
    "-s",
    "--shell",
    "-u",
    "--uid",
    "-Z",
    "--selinux-user",
];

/// Those of Debian's adduser(8) and of BusyBox's.
const ADDUSER: &[&str] = &[
    "--conf",
    "--home",
    "--shell",
    "--uid",
    "--firstuid",
    "--lastuid",
    "--firstgid",
    "--lastgid",
    "--ingroup",
    "--gid",
    "--gecos",
    "--comment",
    "--add_extra_groups",
    "-h",
    "-g",
    "-s",
    "-G",
    "-u",
    "-k",
];
