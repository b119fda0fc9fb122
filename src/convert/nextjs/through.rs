//! A start that goes through a shell script of the project: the script is looked through as those of package.json are,
//! or hands over to CMD and may stay in front of the app.

use super::prisma;
use super::script::{Image, Missing, Text};
use super::start::{self, Begin, Scripts};
use crate::context::{Project, is_shell_script};
use crate::convert::commands::{line, quote};
use crate::model::resolve;
use crate::shell::{self, Command, Link, Node, PieceKind, Script, Word};
use crate::text::Span;

/// A script that stands in front of the app and hands over to it.
#[derive(Clone, Debug)]
pub(super) struct Front {
    pub text: Text,
    /// What runs it.
    pub shell: String,
    /// How many words of ENTRYPOINT and CMD stand before those that it is given.
    pub words: usize,
    /// The folder that it begins in.
    pub folder: String,
    /// What hands over: `exec "$@"`.
    pub hands: Span,
}

/// Shells whose scripts are read.
const SHELLS: [&str; 4] = ["sh", "ash", "dash", "bash"];

/// What a command does that runs a script of the project; None where it runs something else.
pub(super) fn read(
    command: &Command<'_>,
    words: &[Word],
    init: &[String],
    scripts: Scripts<'_>,
    depth: u32,
) -> Option<Begin> {
    let image = scripts.image?;
    let folder = command.directory().map(|folder| resolve(scripts.folder, folder));
    let program = words.first()?.literal()?;
    let name = program.rsplit('/').next().unwrap_or(&program);
    let by_shell = SHELLS.contains(&name) || name == "zsh";
    let at = if by_shell {
        // `sh -c …` runs no file.
        let is_file = |word: &Word| !word.text().starts_with('-');
        if command.node.inner.is_some() || words.iter().any(|word| word.is("-c")) {
            return None;
        }
        1 + words.get(1..)?.iter().position(is_file)?
    } else {
        0
    };
    let path = words.get(at)?.literal()?;
    let found = match (&folder, by_shell) {
        (Some(folder), true) => image.file(&resolve(folder, &path)),
        (Some(folder), false) => image.program(&path, folder),
        (None, _) => Err(Missing::Unreadable("is looked for in a folder that isn't known".into())),
    };
    let shown = path.trim_start_matches("./").to_owned();
    let text = match found {
        Ok(text) => text,
        Err(Missing::NotThere) if by_shell || path.ends_with(".sh") => {
            let why = format!(
                "is the script `{shown}`, which no COPY takes from the build context to where it is run"
            );
            return Some(Begin::NotYet(why));
        }
        Err(Missing::NotThere) => return None,
        // A program of another kind is judged by what it is called.
        Err(Missing::Unreadable(_)) if !by_shell && !is_shell_script(&name.to_ascii_lowercase()) => {
            return None;
        }
        Err(Missing::Unreadable(why)) => {
            return Some(Begin::NotYet(format!(
                "is the script `{shown}`, whose text can't be read: it {why}"
            )));
        }
    };
    if !command.assignments().is_empty() || shell::unwrap(command).through("env") {
        return Some(Begin::NotYet(format!("sets variables for the script `{shown}`, which isn't followed")));
    }
    let before = command.words().len() - words.len() + at + 1;
    let rest = words.get(at + 1..).unwrap_or_default();
    let arguments: Vec<String> =
        rest.iter().map(|word| word.literal().map_or(word.text().to_owned(), |text| quote(&text))).collect();
    let shell = match by_shell {
        true => name.to_owned(),
        false => text.interpreter().unwrap_or("sh").to_owned(),
    };
    let is_plain = depth == 0 && !command.nesting.inner;
    let front =
        Front { text, shell, words: before, folder: folder.unwrap_or_default(), hands: Span::default() };
    let begin = Reading { scripts, image, depth, arguments: arguments.join(" ") }.read(front, is_plain);
    Some(with_init(begin, init))
}

/// The init process in front of the script stands in front of all that it starts.
fn with_init(begin: Begin, init: &[String]) -> Begin {
    match begin {
        Begin::Next(mut start) => {
            start.init.splice(0..0, init.iter().cloned());
            Begin::Next(start)
        }
        other => other,
    }
}

struct Reading<'p, 'a> {
    scripts: Scripts<'p>,
    image: Image<'p, 'a>,
    depth: u32,
    /// What the script is given, as a command line.
    arguments: String,
}

/// What is known of a script that does nothing but start the app.
struct Plain<'c, 's> {
    env: Vec<(String, String)>,
    /// The commands that do something.
    real: Vec<&'c Command<'s>>,
}

impl Reading<'_, '_> {
    fn read(&self, mut front: Front, is_plain: bool) -> Begin {
        let text = front.text.clone();
        let at = |span: Span, begin: Begin| Begin::At(text.spot(span), Box::new(begin));
        let first_line = Span::new(0, text.text.lines().next().map_or(0, str::len) as u32);
        if !SHELLS.contains(&&*front.shell) {
            let why = format!("has {} run the script, whose text is read for sh and bash only", front.shell);
            return at(first_line, Begin::NotYet(why));
        }
        let script = shell::parse_str(&text.text);
        if let Some(error) = script.errors.first() {
            let why = format!("can't be read as a shell reads it: {}", error.message);
            return at(error.span, Begin::NotYet(why));
        }
        if script.truncated || self.depth > start::DEPTH {
            return at(first_line, Begin::NotYet("begins a script that is nested too deeply".into()));
        }
        let own = script.commands();
        let own: Vec<&Command<'_>> = own.iter().collect();
        let project =
            self.image.project(&self.end_folder(&front, &own).unwrap_or_else(|| front.folder.clone()));
        let package = project.and_then(Project::package).or(self.scripts.package);
        let scripts = Scripts { package, line: None, ..self.scripts };
        if let Some((command, begin)) = other_than_start(&own, scripts) {
            return at(command.span, begin);
        }
        let hands = hands_over(&script, &own);
        let early = script.pieces().into_iter().find(|piece| {
            let is_all = matches!(piece.kind, PieceKind::Variable { name: "@" | "*", .. });
            is_all
                && !is_within_function(&script, piece.span)
                && hands.is_none_or(|hands| !contains(hands.span, piece.span))
        });
        if let Some(piece) = early {
            let command = own.iter().rfind(|command| contains(command.span, piece.span));
            let span = command.map_or(piece.span, |command| command.span);
            let why = "hands over what CMD says before the script's end, so what is started hangs on more than is followed";
            return at(span, Begin::NotYet(why.into()));
        }
        let Some(hands) = hands else {
            return match self.plain(&own) {
                Ok(plain) => self.plainly(&front, &plain, None, scripts),
                Err(command) => at(command.span, self.not_plain(command, &own, scripts)),
            };
        };
        if self.arguments.is_empty() {
            return at(hands.span, Begin::NotYet("hands over to what it is given, and it is given nothing: no CMD is there, or ENTRYPOINT takes no notice of it"
                .into()));
        }
        let rest: Vec<&Command<'_>> =
            own.iter().filter(|command| !std::ptr::eq(command.node, hands.node)).copied().collect();
        let plain = self.plain(&rest);
        if plain
            .as_ref()
            .is_ok_and(|plain| !plain.real.is_empty() && plain.real.iter().all(|c| prisma::migrates(c)))
            && let Ok(plain) = plain
        {
            return self.plainly(&front, &plain, Some(hands), scripts);
        }
        match start::of_line(&self.arguments, Scripts { folder: &front.folder, ..scripts }, self.depth + 1) {
            Begin::Next(mut start) => {
                if !is_plain || start.front.is_some() {
                    let why = format!("runs {} within another command, which isn't followed", text.name);
                    return Begin::NotYet(why);
                }
                front.hands = hands.span;
                start.front = Some(front);
                Begin::Next(start)
            }
            other => other,
        }
    }

    /// The folder of the image that the script's last command runs in.
    fn end_folder(&self, front: &Front, own: &[&Command<'_>]) -> Option<String> {
        let last = own.iter().rfind(|command| !command.nesting.substitution && !command.nesting.function)?;
        Some(resolve(&front.folder, last.directory()?))
    }

    /// What a script that only starts the app does; with what it hands over to where it does that.
    fn plainly(
        &self,
        front: &Front,
        plain: &Plain<'_, '_>,
        hands: Option<&Command<'_>>,
        scripts: Scripts<'_>,
    ) -> Begin {
        let at = |span: Span, begin: Begin| Begin::At(front.text.spot(span), Box::new(begin));
        let all: Vec<&Command<'_>> = plain.real.iter().copied().chain(hands).collect();
        let Some(last) = all.last() else {
            let span = Span::new(0, front.text.text.lines().next().map_or(0, str::len) as u32);
            return at(span, Begin::NotYet(format!("begins {}, which starts nothing", front.text.name)));
        };
        let Some(folder) = last.directory().map(|folder| resolve(&front.folder, folder)) else {
            return at(last.span, Begin::NotYet("runs in a folder that can't be followed".into()));
        };
        let lines: Vec<String> = all.iter().map(|command| self.given(&line(command), &plain.env)).collect();
        match start::of_line(&lines.join(" && "), Scripts { folder: &folder, ..scripts }, self.depth + 1) {
            Begin::Next(mut start) => {
                start.settings.env.splice(0..0, plain.env.iter().cloned());
                start.folder.get_or_insert(folder);
                start.through.insert(0, front.text.clone());
                start.ignores_cmd |= hands.is_none() && !all.iter().any(|command| takes_arguments(command));
                Begin::Next(start)
            }
            Begin::At(spot, other) => Begin::At(spot, other),
            other => at(last.span, other),
        }
    }

    /// A command line with what the script is given and what it has set in it.
    fn given(&self, line: &str, env: &[(String, String)]) -> String {
        let mut line = ALL.iter().fold(line.to_owned(), |line, all| line.replace(all, &self.arguments));
        for (name, value) in env {
            line = line.replace(&format!("${{{name}}}"), value);
            let bare = format!("${name}");
            let mut from = 0;
            while let Some(at) = line[from..].find(&bare).map(|at| at + from) {
                let end = at + bare.len();
                let goes_on = line[end..].starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric());
                if !goes_on {
                    line.replace_range(at..end, value);
                }
                from = if goes_on { end } else { at + value.len() };
            }
        }
        line
    }

    /// The script as one that only starts the app, or the command by which it is more.
    fn plain<'c, 's>(&self, own: &[&'c Command<'s>]) -> Result<Plain<'c, 's>, &'c Command<'s>> {
        let mut plain = Plain { env: Vec::new(), real: Vec::new() };
        for &command in own {
            let name = command.name();
            let name = name.as_deref().unwrap_or_default();
            if command.nesting.substitution && matches!(name, "date" | "hostname" | "pwd" | "id" | "whoami") {
                continue;
            }
            // `cd /app || exit 1`
            if name == "exit" && command.link == Link::Or && command.nesting == shell::Nesting::default() {
                continue;
            }
            let stands_alone = command.nesting == shell::Nesting::default()
                && !command.conditional
                && !command.negated
                && command.pipeline == 1
                && command.output().is_none();
            if !stands_alone {
                return Err(command);
            }
            match name {
                "set" if command.args().iter().all(|word| is_option(word) && !word.is("--")) => {}
                "cd" | "echo" | "printf" | "date" | "true" | ":" => {}
                "export" => {
                    for word in command.args() {
                        plain.env.push(exported(word).ok_or(command)?);
                    }
                }
                _ if command.words().is_empty() => return Err(command),
                _ => plain.real.push(command),
            }
        }
        // Nothing but migrations of a database may run before the app.
        let more = plain.real.iter().rev().skip(1).find(|command| !prisma::migrates(command));
        match more {
            Some(command) => Err(command),
            None => Ok(plain),
        }
    }

    /// What a script that does more is refused for.
    fn not_plain(&self, first: &Command<'_>, own: &[&Command<'_>], scripts: Scripts<'_>) -> Begin {
        for command in own.iter().filter(|command| !command.nesting.substitution) {
            let begin = start::of_line(&line(command), scripts, start::DEPTH);
            if let Begin::Custom(entry) = begin {
                return Begin::Custom(entry);
            }
        }
        match first.words().is_empty() {
            true => Begin::Other("sets a variable for what follows".into()),
            false => Begin::Other("does something else around the app's start".into()),
        }
    }
}

/// What a script does that no conversion keeps, wherever it stands in it.
fn other_than_start<'c, 's>(
    own: &[&'c Command<'s>],
    scripts: Scripts<'_>,
) -> Option<(&'c Command<'s>, Begin)> {
    own.iter().find_map(|&command| {
        if let Some(program) = start::other_process(command) {
            return Some((command, Begin::Several(program)));
        }
        if command.follows == Some(Link::Background) {
            return Some((command, Begin::Several("a process in the background".into())));
        }
        if start::builds(command, scripts.package) {
            return Some((command, Begin::Builds));
        }
        (!command.conditional && start::is_dev(command, scripts.package)).then_some((command, Begin::Dev))
    })
}

/// How a script writes all that it is given.
const ALL: [&str; 4] = ["\"$@\"", "\"${@}\"", "$@", "${@}"];

fn takes_arguments(command: &Command<'_>) -> bool {
    command.words().iter().any(|word| ALL.contains(&word.text()))
}

/// The script's last command, where that runs what the script is given: `exec "$@"`, `exec gosu node "$@"`.
fn hands_over<'c, 's>(script: &'s Script, own: &[&'c Command<'s>]) -> Option<&'c Command<'s>> {
    let last = script.items().last()?;
    let and = last.chain.rest.iter().all(|(connector, ..)| *connector == shell::Connector::And);
    let pipeline = last.chain.rest.last().map_or(&last.chain.first, |(_, _, pipeline)| pipeline);
    let [(_, Node::Simple(node))] = &*pipeline.commands else { return None };
    let command = own.iter().find(|command| std::ptr::eq(command.node, node))?;
    let words = command.words();
    let (all, before) = words.split_last()?;
    let invocation = shell::unwrap(command);
    let is_first = invocation.words.len() == 1;
    let plain = and && !command.negated && command.redirects().is_empty() && command.assignments().is_empty();
    let known = before.iter().all(|word| word.literal().is_some() || !ALL.contains(&word.text()));
    (plain && is_first && known && ALL.contains(&all.text())).then_some(command)
}

/// Whether a place stands in the body of a function, which has arguments of its own.
pub(super) fn is_within_function(script: &Script, span: Span) -> bool {
    let nodes = script.items().iter().flat_map(|item| {
        let rest = item.chain.rest.iter().map(|(_, _, pipeline)| pipeline);
        std::iter::once(&item.chain.first).chain(rest)
    });
    nodes.flat_map(|pipeline| &*pipeline.commands).any(|(_, node)| match node {
        Node::Compound(compound) => {
            matches!(compound.kind, shell::CompoundKind::Function { .. }) && contains(compound.span, span)
        }
        Node::Simple(_) => false,
    })
}

pub(super) fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn is_option(word: &Word) -> bool {
    let text = word.text();
    text.starts_with(['-', '+']) || matches!(text, "pipefail" | "errexit" | "nounset")
}

/// Name and value of `NAME=value` behind `export`. `${NAME:-value}` of the same name is an ENV's value, which the
/// container's own replaces; that of PORT stays as it is written.
fn exported(word: &Word) -> Option<(String, String)> {
    let text = word.unquoted();
    let (name, value) = shell::assignment(&text)?;
    if word.literal().is_some() {
        return Some((name.to_owned(), value.to_owned()));
    }
    let default = ["-", ":-"].iter().find_map(|operator| {
        let rest = value.strip_prefix("${")?.strip_prefix(name)?.strip_prefix(operator)?;
        rest.strip_suffix('}').filter(|rest| !rest.contains(['$', '`', '}']))
    })?;
    let value = if name == "PORT" { value } else { default };
    Some((name.to_owned(), value.to_owned()))
}
