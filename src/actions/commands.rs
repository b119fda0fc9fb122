//! The commands of a RUN, as refactorings that move them look at them.

use super::refactoring::Place;
use crate::catalog::flags::MountType;
use crate::rules::{Layout, layout};
use crate::shell::packages::{self, Verb};
use crate::shell::{
    Command, Compound, CompoundKind, Connector, Node, Part, PartKind, Pipeline, Script, Separator,
    SimpleCommand, Word,
};
use crate::syntax::flags::mount;
use crate::syntax::{Instruction, InstructionId, Keyword};
use crate::text::Span;

/// What changes the shell in which it runs, or ends it.
const LASTING: &[&str] = &[
    "cd",
    "chdir",
    "pushd",
    "popd",
    "export",
    "set",
    "unset",
    "shopt",
    "setopt",
    "umask",
    "ulimit",
    "exec",
    "exit",
    "return",
    "break",
    "continue",
    ".",
    "source",
    "eval",
    "alias",
    "unalias",
    "trap",
    "read",
    "readonly",
    "local",
    "declare",
    "typeset",
    "let",
    "getopts",
    "shift",
    "wait",
    "hash",
    "enable",
    "mapfile",
    "readarray",
    "builtin",
    "command",
    "disown",
    "time",
    "bg",
    "fg",
    "jobs",
];

/// What does something that lasts until the step ends, and no longer: a program that stays in memory, a mount.
const DAEMONS: &[&str] = &[
    "service",
    "systemctl",
    "rc-service",
    "start-stop-daemon",
    "nohup",
    "setsid",
    "daemonize",
    "supervisord",
    "mysqld",
    "mysqld_safe",
    "mariadbd",
    "pg_ctl",
    "pg_ctlcluster",
    "redis-server",
    "mongod",
    "nginx",
    "apachectl",
    "apache2ctl",
    "httpd",
    "dockerd",
    "sshd",
    "Xvfb",
    "dbus-daemon",
    "dbus-launch",
    "gpg-agent",
    "ssh-agent",
    "minikube",
    "slapd",
    "rabbitmq-server",
    "memcached",
    "cron",
    "crond",
    "mount",
    "umount",
    "losetup",
    "swapon",
    "hostname",
    "sysctl",
    "modprobe",
    "ip",
    "ifconfig",
    "route",
    "iptables",
];

/// What changes the user as whom a step runs, which the builder looks up for each step.
const USERS: &[&str] = &["usermod", "gpasswd", "/etc/passwd", "/etc/group"];

/// What puts another file in a program's place.
const REPLACING: &[&str] = &[
    "ln",
    "cp",
    "mv",
    "rm",
    "unlink",
    "install",
    "busybox",
    "tee",
    "update-alternatives",
    "alternatives",
    "dpkg-divert",
    "dpkg-reconfigure",
];

/// Files that the builder gives each step anew.
const FRESH: &[&str] = &["/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/dev/", "/proc/sys", "/sys/"];

/// Whether nothing that is mounted for the step forgets what is written to it.
pub(super) fn mounts_last(run: &Instruction) -> bool {
    let values =
        run.flags.iter().filter(|flag| &*flag.name == "mount").filter_map(|flag| flag.value.as_ref());
    values.map(|value| mount::parse(&value.text)).all(|mount| match mount.kind() {
        Some(MountType::Bind) => !mount.is_writable(),
        Some(MountType::Cache | MountType::Secret | MountType::Ssh) => true,
        _ => false,
    })
}

/// Whether something of [`FRESH`] is written to, as far as the text tells.
fn writes_fresh(text: &str) -> bool {
    // What is written to `/dev/null` and its like is gone anyway.
    let text =
        ["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/urandom", "/dev/random", "/dev/zero", "/dev/tty"]
            .iter()
            .fold(text.to_owned(), |text, name| text.replace(name, ""));
    FRESH.iter().any(|name| text.contains(name))
}

/// The pipelines of a script that is one chain of `&&` and nothing else.
pub(super) fn and_chain(script: &Script) -> Option<Vec<&Pipeline>> {
    let [item] = script.items() else { return None };
    let and = item.chain.rest.iter().all(|(connector, ..)| *connector == Connector::And);
    let plain = and && item.separator.is_none() && script.comments.is_empty();
    plain.then(|| {
        std::iter::once(&item.chain.first).chain(item.chain.rest.iter().map(|(.., it)| it)).collect()
    })
}

/// Whether anything runs in the background.
pub(super) fn has_background(script: &Script) -> bool {
    let follows = |command: &Command<'_>| command.follows == Some(crate::shell::Link::Background);
    script.items().iter().any(|item| item.separator.is_some_and(|(kind, _)| kind == Separator::Background))
        || script.commands().iter().any(follows)
}

/// Whether the command puts another shell in the place of the one that runs it, or another package manager in the
/// place of itself, which this shell would not look for again.
fn replaces_itself(command: &Command<'_>) -> bool {
    let is_shell = |file: &str| {
        ["sh", "bash", "dash", "ash", "ksh", "mksh", "busybox", "--install"].contains(&base_name(file))
    };
    let words = command.words();
    let tool = words.iter().position(|word| REPLACING.contains(&base_name(&word.unquoted())));
    let replaced = tool.is_some_and(|at| words[at + 1..].iter().any(|word| is_shell(&word.unquoted())));
    let own = packages::of(command)
        .is_some_and(|action| action.packages.iter().any(|package| package.name == action.tool.name()));
    replaced || own || command.output().is_some_and(|file| is_shell(&file))
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether the commands of `script` that stand in `within` leave something behind that is no file: a folder
/// that they are in, variables, options of the shell, a program that goes on running; or another shell. `later` is
/// the text of what would notice.
pub(super) fn leaves_state(source: &str, script: &Script, within: Span, later: &str) -> bool {
    let text = within.of(source);
    let other_user = USERS.iter().any(|name| text.contains(name));
    let lasts = assigns_by_expansion(text) || writes_fresh(text) || other_user;
    if has_background(script) || lasts || asks_the_shell(later) {
        return true;
    }
    let lasting = |command: &Command<'_>| {
        let nesting = command.nesting;
        let apart = nesting.subshell || nesting.substitution || nesting.inner;
        match command.name() {
            None => !apart,
            Some(name) => {
                let starts = DAEMONS.contains(&base_name(&name))
                    || name.starts_with("/etc/init.d/")
                    || command.args().iter().any(|word| {
                        ["start", "--daemon", "--daemonize", "--fork", "-daemon"]
                            .iter()
                            .any(|one| word.is(one))
                    });
                let into = &*name == "printf" && command.args().iter().any(|it| it.text().starts_with("-v"));
                let assigns = into || &*name == ":" && !command.assignments().is_empty();
                starts || replaces_itself(command) || !apart && (LASTING.contains(&&*name) || assigns)
            }
        }
    };
    let commands = script.commands();
    if commands.iter().filter(|command| within.encloses(command.span)).any(lasting) {
        return true;
    }
    let mut names = Vec::new();
    let mut functions = false;
    for item in script.items() {
        let pipelines = std::iter::once(&item.chain.first).chain(item.chain.rest.iter().map(|(.., it)| it));
        for pipeline in pipelines.filter(|pipeline| within.encloses(pipeline.span)) {
            let single = pipeline.commands.len() == 1;
            for (_, node) in pipeline.commands.iter().filter(|_| single) {
                let Node::Compound(compound) = node else { continue };
                functions |= sets(compound, &mut names);
            }
        }
    }
    functions || names.iter().any(|name| uses(later, name))
}

/// Adds the variables that loops within a compound command set; whether it defines a function.
fn sets<'s>(compound: &'s Compound, names: &mut Vec<&'s str>) -> bool {
    let mut lists = Vec::new();
    match &compound.kind {
        CompoundKind::Function { .. } => return true,
        CompoundKind::For { variable, body, .. } => {
            names.extend(variable.as_ref().map(Word::text));
            lists.push(body);
        }
        CompoundKind::Group(list) | CompoundKind::ArithmeticFor { body: list, .. } => lists.push(list),
        CompoundKind::While { condition, body, .. } => lists.extend([condition, body]),
        CompoundKind::If { branches, otherwise } => {
            lists.extend(branches.iter().flat_map(|branch| [&branch.condition, &branch.body]));
            lists.extend(otherwise);
        }
        CompoundKind::Case { items, .. } => lists.extend(items.iter().map(|item| &item.body)),
        // What arithmetic assigns isn't read here.
        CompoundKind::Arithmetic(_) => return true,
        CompoundKind::Subshell(_) | CompoundKind::Test(_) => {}
    }
    let mut functions = false;
    for list in lists {
        for item in &list.items {
            let rest = item.chain.rest.iter().map(|(.., pipeline)| pipeline);
            for (_, node) in std::iter::once(&item.chain.first).chain(rest).flat_map(|it| it.commands.iter())
            {
                if let Node::Compound(inner) = node {
                    functions |= sets(inner, names);
                }
            }
        }
    }
    functions
}

/// Whether the name stands in the text: as `$name` or `${name…`, or as a word that something else may read.
fn uses(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(part) && !behind.starts_with(part)
    }) || text.contains("((")
}

/// `${x=…}`, `${x:=…}` and `$((x=…))`.
fn assigns_by_expansion(text: &str) -> bool {
    let name_ends =
        |rest: &str| rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    text.contains("$((")
        || text.match_indices("${").any(|(at, _)| {
            let rest = &text[at + 2..];
            let behind = &rest[name_ends(rest)..];
            behind.starts_with('=') || behind.starts_with(":=")
        })
}

/// `$?`, `$!` and `$_`, which tell of the command before.
fn asks_the_shell(text: &str) -> bool {
    ["$?", "$!", "$_ ", "$_\"", "${?", "${!", "${_}", "BASH_", "PIPESTATUS"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// What the commands of `script` in `within` ask package managers for.
pub(super) fn verbs(script: &Script, within: Span) -> Vec<Verb> {
    let commands = script.commands();
    let inside = commands.iter().filter(|command| within.encloses(command.span));
    inside.filter_map(packages::of).map(|action| action.verb).collect()
}

/// Whether a command in `within` deletes something, so that it must run in the step that made it.
pub(super) fn cleans_up(script: &Script, within: Span) -> bool {
    let deletes = |command: &Command<'_>| {
        let name = crate::shell::unwrap(command).name();
        matches!(name.as_deref(), Some("rm" | "rmdir" | "unlink" | "shred" | "truncate"))
            || command.words().iter().any(|word| {
                ["-delete", "rm", "autoremove", "purge", "clean", "cleanup", "prune", "clear"]
                    .iter()
                    .any(|one| word.is(one))
            })
    };
    let inside = |command: &&Command<'_>| within.encloses(command.span);
    verbs(script, within).iter().any(|verb| matches!(verb, Verb::Remove | Verb::CleanCache))
        || script.commands().iter().filter(inside).any(deletes)
}

/// Whether `set -e` changes nothing for the pipeline but that the shell ends where the pipeline fails: its
/// commands are simple ones, what `$(…)` runs is one chain, and nothing reads other scripts.
pub(super) fn is_plain(pipeline: &Pipeline) -> bool {
    !pipeline.negated
        && pipeline.commands.iter().all(|(_, node)| match node {
            Node::Simple(simple) => is_plain_command(simple),
            Node::Compound(_) => false,
        })
}

fn is_plain_command(simple: &SimpleCommand) -> bool {
    let reads = simple.words.first().is_some_and(|word| {
        // An alias is known from the next line on.
        let names = [".", "source", "eval", "trap", "exec", "exit", "return", "builtin", "command", "shopt"];
        names.iter().chain(&["alias", "unalias"]).any(|it| word.is(it))
    });
    let redirects = simple.redirects().iter().filter_map(|redirect| redirect.target.as_deref());
    let values = simple.assignments().iter().map(|assignment| &assignment.value);
    let arrays = simple.assignments().iter().flat_map(|assignment| assignment.array.iter().flatten());
    !reads
        && simple.redirects().iter().all(|redirect| redirect.here.is_none())
        && simple.words.iter().chain(redirects).chain(values).chain(arrays).all(|word| are_plain(&word.parts))
}

fn are_plain(parts: &[Part]) -> bool {
    parts.iter().all(|part| match &part.kind {
        PartKind::Double(parts) | PartKind::Arithmetic(parts) => are_plain(parts),
        PartKind::Variable(variable) => are_plain(&variable.operand),
        PartKind::Command(list) | PartKind::Process(list) => match &list.items[..] {
            [] => true,
            [item] => {
                let rest = item.chain.rest.iter().map(|(.., pipeline)| pipeline);
                item.separator.is_none() && std::iter::once(&item.chain.first).chain(rest).all(is_plain)
            }
            _ => false,
        },
        PartKind::Backquoted(_) | PartKind::Opaque => false,
        _ => true,
    })
}

/// How the file lays out commands that are continued on further lines: as its RUN `id` does, else as another.
pub(super) fn continued<'a>(place: &Place<'a>, ids: &[InstructionId]) -> Layout<'a> {
    let runs =
        place.tree().numbered().filter(|(_, run)| run.keyword == Keyword::Run && run.heredocs.is_empty());
    let others = runs.map(|(id, _)| id);
    let found = ids.iter().copied().chain(others).find_map(|id| {
        let (run, script) = (place.subject.instruction(id)?, place.script(id)?);
        // One command over several lines tells nothing of several commands.
        and_chain(script).filter(|chain| chain.len() > 1)?;
        match layout_of(place.source(), run, script) {
            Layout::OneLine => None,
            layout => Some(layout),
        }
    });
    found.unwrap_or(Layout::Leading("    "))
}

fn layout_of<'a>(source: &'a str, run: &'a Instruction, script: &Script) -> Layout<'a> {
    let start = script.items().last().map_or(run.span.start, |item| item.chain.span().start);
    layout(source, run.span.of(source), start, script.commands().iter())
}

/// What ties a command to the one before it, with comment lines between the two.
pub(super) fn connector(place: &Place<'_>, layout: &Layout<'_>, comments: &[&str]) -> String {
    let (newline, escape) = (place.newline(), place.tree().escape());
    let lines = |indent: &str| -> String {
        comments.iter().map(|comment| format!("{indent}{comment}{newline}")).collect()
    };
    match layout {
        Layout::OneLine => " && ".to_owned(),
        Layout::Leading(indent) => format!(" {escape}{newline}{}{indent}&& ", lines(indent)),
        Layout::Trailing(indent) => format!(" && {escape}{newline}{}{indent}", lines(indent)),
    }
}
