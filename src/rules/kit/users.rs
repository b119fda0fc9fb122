//! Which user a stage ends as, and which users its commands create.

use crate::model::{Model, Stage};
use crate::rules::{Cmd, Fix, Input, Site};
use crate::shell::{self, Command, unwrap};
use crate::syntax::{self, InstructionId, Keyword};
use crate::text::Span;

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
pub fn name(user: &syntax::Word) -> &str {
    let text = user.text.trim_matches(['"', '\'']);
    text.split(':').next().unwrap_or(text)
}

pub fn is_root(user: &syntax::Word) -> bool {
    matches!(name(user), "root" | "0")
}

/// The home of a user.
pub struct Home {
    /// Absolute; [`UNKNOWN_HOME`] where it isn't known.
    pub folder: String,
    /// What a mount needs to belong to him; None where he isn't known.
    pub owner: Option<&'static str>,
}

/// Stands for the home of a user of whom nothing is known.
pub const UNKNOWN_HOME: &str = "/~";

/// The home of the user in effect where `id` stands.
pub fn home(input: &Input<'_>, id: InstructionId) -> Home {
    let user = input.frame(id).and_then(|frame| input.tree().instruction(frame.user?)?.args.first());
    if user.is_none_or(is_root) {
        let home = input.model().value(id, "HOME").unwrap_or("/root");
        return Home { folder: home.trim_end_matches('/').to_owned(), owner: Some("") };
    }
    // The user of the official image: 1000:1000, /home/node (docker-node's Dockerfiles).
    let image = || input.model().stage_of(id).and_then(|stage| super::image::root(input.model(), stage));
    let is_node = user.is_some_and(|user| matches!(&*user.text, "node" | "node:node" | "1000" | "1000:1000"));
    match is_node && image().is_some_and(|(name, _)| name == "node") {
        true => Home { folder: "/home/node".to_owned(), owner: Some(",uid=1000,gid=1000") },
        false => Home { folder: UNKNOWN_HOME.to_owned(), owner: None },
    }
}

/// A user that a command creates.
pub struct Created<'a> {
    pub site: Site<'a>,
    pub name: String,
    /// The word of the name.
    pub span: Span,
    /// The number that it is given.
    pub uid: Option<String>,
    /// The user's own group, by name or number; None where that isn't clear.
    pub group: Option<String>,
    /// The command names other groups than the user's own: `useradd -G`.
    pub groups: bool,
}

/// What the RUNs of one stage do about users, those of the stages that it is built on left out. Read once a stage
/// ([`Input::users`]).
#[derive(Default)]
pub struct Users<'a> {
    /// In the order of the text.
    pub created: Vec<Created<'a>>,
    /// Users that are given further groups by commands of their own, each with the step.
    pub joined: Vec<(InstructionId, String)>,
    /// The texts of commands that change what is known of users, each with the step.
    pub changed: Vec<(InstructionId, &'a str)>,
}

impl<'a> Users<'a> {
    pub fn read(input: &Input<'a>, stage: &'a Stage) -> Self {
        const CHANGES: [&str; 6] = ["usermod", "userdel", "deluser", "groupmod", "delgroup", "sed"];
        let mut users = Self::default();
        for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
            for command in input.commands(site.id) {
                users.created.extend(create(site, &command.command));
                users.joined.extend(join(command).map(|name| (site.id, name)));
                if CHANGES.iter().any(|program| command.command.is(program)) {
                    users.changed.push((site.id, command.command.span.of(input.source())));
                }
            }
        }
        users
    }
}

/// `useradd`, and `adduser` with one name.
fn create<'a>(site: Site<'a>, command: &Command<'_>) -> Option<Created<'a>> {
    let invocation = unwrap(command);
    let words = invocation.args();
    let program = invocation.name();
    let (operands, is_adduser) = match program.as_deref() {
        Some("useradd") => (operands(words, USERADD), false),
        Some("adduser") => (operands(words, ADDUSER), true),
        _ => return None,
    };
    let groups = words.iter().any(|word| {
        let text = word.text();
        text == "-G" || text.starts_with("--groups") || text.starts_with("-aG")
    });
    // `adduser name group` adds to a group, and makes no user.
    let [word] = operands[..] else { return None };
    let name = word.literal()?.into_owned();
    let group = own_group(words, &name, is_adduser);
    Some(Created { site, name, span: word.span, uid: uid(words), group, groups })
}

/// The first group of a user that is created: the one that is named, else one of the user's name, which useradd
/// makes by itself and adduser for users that are no system users.
///
/// Sources: useradd(8), Debian's adduser(8), BusyBox `loginutils/adduser.c`.
fn own_group(words: &[shell::Word], name: &str, is_adduser: bool) -> Option<String> {
    let named: &[&str] = if is_adduser { &["-G", "--ingroup", "--gid"] } else { &["-g", "--gid"] };
    for (at, word) in words.iter().enumerate() {
        let text = word.text();
        if named.contains(&text) || !text.starts_with("--") && ends_in_valued(text, named) {
            return words.get(at + 1)?.literal().map(|group| group.into_owned());
        }
        if named.iter().any(|option| text.strip_prefix(option).is_some_and(|rest| rest.starts_with('='))) {
            return word.literal()?.split_once('=').map(|(_, group)| group.to_owned());
        }
    }
    let short = |flags: &[char]| {
        words.iter().any(|word| {
            word.text().starts_with('-') && !word.text().starts_with("--") && word.text().contains(flags)
        })
    };
    let long = |flag: &str| words.iter().any(|word| word.text() == flag);
    let has_none = match is_adduser {
        true => !long("--group") && (long("--system") || short(&['S', 'r'])),
        false => long("--no-user-group") || short(&['N']),
    };
    (!has_none).then(|| name.to_owned())
}

/// Who is made by the commands of a stage and of those that it is built on.
pub struct Made<'a> {
    /// In the order in which they are made.
    pub users: Vec<Created<'a>>,
    /// The names of the groups that commands of their own make, each with the step.
    pub groups: Vec<(InstructionId, String)>,
}

/// Who is there of a stage where `before` stands, as far as its commands tell.
pub fn made<'a>(model: &'a Model, stage: &'a Stage, before: InstructionId) -> Made<'a> {
    const GROUPADD: [&str; 10] =
        ["-g", "--gid", "-K", "--key", "-p", "--password", "-R", "--root", "-U", "--users"];
    let mut made = Made { users: Vec::new(), groups: Vec::new() };
    let mut stages: Vec<&Stage> = model.with_bases(stage).collect();
    stages.reverse();
    for stage in stages {
        for (id, instruction) in model.steps(stage) {
            let Some(script) = model.script(id).filter(|_| instruction.keyword == Keyword::Run) else {
                continue;
            };
            for command in script.commands().iter().take_while(|_| id < before) {
                made.users.extend(create(Site { id, instruction, onbuild: false }, command));
                let invocation = unwrap(command);
                let program = invocation.name();
                let operands = operands(invocation.args(), &GROUPADD);
                let [name] = operands[..] else { continue };
                let Some(name) = name.literal() else { continue };
                match program.as_deref() {
                    Some("groupadd" | "addgroup") => made.groups.push((id, name.into_owned())),
                    Some("userdel" | "deluser") => made.users.retain(|user| user.name != name),
                    Some("groupdel" | "delgroup") => made.groups.retain(|(_, group)| *group != name),
                    _ => {}
                }
            }
        }
    }
    made
}

/// The user that a command gives further groups: `usermod -aG group user`, `adduser user group`,
/// `gpasswd -a user group`.
fn join(command: &Cmd<'_>) -> Option<String> {
    let invocation = unwrap(&command.command);
    let args = invocation.args();
    let operands: Vec<_> = args.iter().filter(|word| !word.text().starts_with('-')).collect();
    let groups = |word: &shell::Word| {
        let text = word.text();
        text.starts_with("--groups")
            || text.starts_with('-') && !text.starts_with("--") && text.ends_with('G')
    };
    let user = match invocation.name().as_deref()? {
        "usermod" if args.iter().any(groups) => operands.last(),
        "adduser" | "addgroup" if operands.len() == 2 => operands.first(),
        "gpasswd" if args.iter().any(|word| word.is("-a")) => operands.first(),
        _ => None,
    };
    user?.literal().map(|user| user.into_owned())
}

/// The last user that is created for a stage which starts its program as root all the same; None where that
/// isn't clear: a USER stands there, or what is started may change the user itself.
pub fn left_unused<'i, 'a>(input: &'i Input<'a>, stage: &'a Stage) -> Option<&'i Created<'a>> {
    if input.model().last_frame(stage).user.is_some() || !starts_as_it_is(input, stage) {
        return None;
    }
    let start = input.last(stage, Keyword::Entrypoint).or_else(|| input.last(stage, Keyword::Cmd));
    let script = start.is_some_and(|site| {
        let words = input.commands(site.id).iter().flat_map(|command| command.command.words());
        let mut words = words.filter_map(shell::Word::literal);
        words.any(|word| word.ends_with(".sh") || word.contains("entrypoint"))
    });
    let mut stages = input.model().with_bases(stage).filter(|_| !script);
    stages.find_map(|stage| input.users(stage).created.last())
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
    let edit = super::line_above(input, first.instruction, "USER", user);
    Some(Fix::unsafe_(format!("Add `USER {user}`"), input.edits(vec![edit])))
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
        let users = input.users(base);
        if users.changed.iter().any(|(by, text)| *by < id && text.contains(name)) {
            return None;
        }
        if let Some(user) = users.created.iter().find(|user| user.name == name && user.site.id < id) {
            return Some((user.uid.clone()?, None));
        }
    }
    let image = super::image::known(input.model(), stage)?;
    let user = image.users.iter().find(|user| user.name == name)?;
    Some((user.uid.to_string(), Some(user.gid.to_string())))
}

/// The number behind `-u` or `--uid`.
fn uid(words: &[shell::Word]) -> Option<String> {
    let value = words.iter().enumerate().find_map(|(at, word)| match word.text() {
        "-u" | "--uid" => words.get(at + 1)?.literal().map(|value| value.into_owned()),
        text => text.strip_prefix("--uid=").map(str::to_owned),
    });
    value.filter(|value| !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()))
}

/// The words that are neither options nor their values.
fn operands<'w>(words: &'w [shell::Word], valued: &[&str]) -> Vec<&'w shell::Word> {
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
