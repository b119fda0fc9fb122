use super::input::Cmd;
use crate::settings::Profile;
use crate::shell::{self, Command, Dialect, Script, Word, unwrap};
use crate::syntax::instruction::{Body, run_body};
use crate::syntax::{Instruction, Keyword};
use crate::text::Span;
use std::borrow::Cow;

/// A program that a step calls, with its arguments, as the rules about shell commands see it.
///
/// Starters such as `sudo` are seen through, and scripts in the arguments of a shell are read. Under profile
/// `hadolint` it is what hadolint sees in ShellCheck's tree (its `src/Hadolint/Shell.hs`, ShellCheck's
/// `ASTLib.hs`): the program is the first word as it is written, no script in an argument is read, and of a
/// script that can't be parsed nothing is seen.
#[derive(Debug)]
pub struct Call<'a> {
    /// The program; without its path, but for profile `hadolint`.
    pub name: Cow<'a, str>,
    pub program: Span,
    pub args: Vec<Arg<'a>>,
    /// Its place among [`Input::commands`](super::Input::commands) of the step.
    pub index: usize,
    /// How many commands its pipeline has.
    pub pipeline: usize,
    /// Words may be put into its text as it stands: it is no exec form and no script in an argument.
    pub editable: bool,
}

/// A word behind the program.
#[derive(Debug)]
pub struct Arg<'a> {
    /// The value, `${NAME}` for each variable in it.
    pub text: Cow<'a, str>,
    pub span: Span,
}

impl Arg<'_> {
    /// Whether it is an option. A lone `-` or `--` is none.
    pub fn is_option(&self) -> bool {
        self.text.starts_with('-') && self.text != "-" && self.text != "--"
    }

    /// Whether its value hangs on a variable or a command.
    pub fn is_dynamic(&self) -> bool {
        self.text.contains("${")
    }

    /// How often it is the option `name`: written `--name`, `--name=value` or, a single letter, among the
    /// letters of `-abc`.
    fn is_flag(&self, name: &str) -> usize {
        match self.text.strip_prefix("--") {
            Some("") => 0,
            Some(long) => usize::from(long.split('=').next() == Some(name)),
            None if name.chars().count() == 1 => {
                self.text.strip_prefix('-').map_or(0, |letters| letters.matches(name).count())
            }
            None => 0,
        }
    }
}

impl<'a> Call<'a> {
    /// Whether one of the arguments is one of `wanted`.
    pub fn has_arg(&self, wanted: &[&str]) -> bool {
        self.arg(wanted).is_some()
    }

    /// The first argument that is one of `wanted`.
    pub fn arg(&self, wanted: &[&str]) -> Option<&Arg<'a>> {
        self.args.iter().find(|arg| wanted.contains(&&*arg.text))
    }

    /// Whether it is the program `name` with one of these arguments.
    pub fn is(&self, name: &str, args: &[&str]) -> bool {
        self.name == name && self.has_arg(args)
    }

    /// Whether one of the options is there, named without dashes.
    pub fn has_flag(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.count_flag(name) > 0)
    }

    pub fn count_flag(&self, name: &str) -> usize {
        self.args.iter().map(|arg| arg.is_flag(name)).sum()
    }

    /// The arguments that are no options.
    pub fn operands(&self) -> impl Iterator<Item = &Arg<'a>> {
        self.args.iter().filter(|arg| !arg.is_option())
    }

    /// The same without the word that follows one of these options.
    pub fn operands_but_values_of(&self, options: &[&str]) -> Vec<&Arg<'a>> {
        let is_value = |at: usize| {
            let before = at.checked_sub(1).and_then(|before| self.args.get(before));
            before.is_some_and(|before| {
                !before.text.contains('=') && options.iter().any(|option| before.is_flag(option) > 0)
            })
        };
        let operands = self.args.iter().enumerate().filter(|(at, arg)| !arg.is_option() && !is_value(*at));
        operands.map(|(_, arg)| arg).collect()
    }

    /// The words that follow an option of one letter.
    pub fn values_of(&self, option: &str) -> impl Iterator<Item = &Arg<'a>> {
        self.args.windows(2).filter(move |pair| pair[0].is_flag(option) > 0).map(|pair| &pair[1])
    }

    /// From the program to the argument `to`.
    pub fn span_to(&self, to: &Arg<'_>) -> Span {
        self.program.to(to.span)
    }
}

/// The calls of the instruction `site`, whose script is `script` and whose commands are `commands`.
pub(super) fn calls<'a>(
    profile: Profile,
    source: &str,
    instruction: &Instruction,
    script: &'a Script,
    commands: &[Cmd<'a>],
) -> Vec<Call<'a>> {
    let exec_form = instruction.is_exec();
    if profile != Profile::Hadolint {
        let all = commands.iter().enumerate();
        return all.filter_map(|(index, cmd)| call(&cmd.command, index, exec_form)).collect();
    }
    // What a here-document holds is the script for hadolint, whatever reads it.
    let heredoc = !instruction.heredocs.is_empty();
    let sound = |script: &Script| script.errors.is_empty() && !script.truncated;
    if script.dialect == Dialect::Posix {
        let all = commands.iter().enumerate().filter(|_| sound(script));
        return all
            .filter_map(|(index, cmd)| call_of_hadolint(&cmd.command, index, exec_form, heredoc))
            .collect();
    }
    // hadolint reads the commands of Windows as those of bash.
    let (Keyword::Run, Body::Shell(body) | Body::Script(body)) =
        (instruction.keyword, run_body(instruction, source))
    else {
        return Vec::new();
    };
    let script = shell::parse(&body, source, Dialect::Posix);
    let commands = if sound(&script) { script.commands() } else { Vec::new() };
    let all = commands.iter().enumerate();
    let calls = all.filter_map(|(index, command)| call_of_hadolint(command, index, true, heredoc));
    calls.map(Call::into_owned).collect()
}

fn call<'a>(command: &Command<'a>, index: usize, exec_form: bool) -> Option<Call<'a>> {
    let invocation = unwrap(command);
    let name = Cow::Owned(invocation.name()?);
    let editable = !command.nesting.inner && !exec_form;
    Call::new(command, name, invocation.words, index, editable)
}

fn call_of_hadolint<'a>(
    command: &Command<'a>,
    index: usize,
    exec_form: bool,
    heredoc: bool,
) -> Option<Call<'a>> {
    if command.nesting.inner && !heredoc {
        return None;
    }
    let words: &'a [Word] = &command.node.words;
    let editable = !command.nesting.inner && !exec_form;
    Call::new(command, effective_name(words)?, words, index, editable)
}

impl<'a> Call<'a> {
    fn new(
        command: &Command<'a>,
        name: Cow<'a, str>,
        words: &'a [Word],
        index: usize,
        editable: bool,
    ) -> Option<Self> {
        let (program, args) = words.split_first()?;
        let args = args.iter().map(|word| Arg { text: word.with_names(), span: word.span }).collect();
        Some(Call { name, program: program.span, args, index, pipeline: command.pipeline, editable })
    }

    fn into_owned<'o>(self) -> Call<'o> {
        let own = |arg: Arg<'a>| Arg { text: Cow::Owned(arg.text.into_owned()), span: arg.span };
        Call {
            name: Cow::Owned(self.name.into_owned()),
            program: self.program,
            args: self.args.into_iter().map(own).collect(),
            index: self.index,
            pipeline: self.pipeline,
            editable: self.editable,
        }
    }
}

/// The program that runs in the end, for the few starters that ShellCheck sees through.
fn effective_name(words: &[Word]) -> Option<Cow<'_, str>> {
    let name = words.first()?.literal()?;
    let is_option = |word: &&Word| word.text().starts_with('-');
    let started = match &*name {
        "busybox" | "builtin" | "command" | "run" => words.get(1).filter(|word| !is_option(word)),
        "exec" => words.iter().skip(1).find(|word| !is_option(word)),
        _ => None,
    };
    match started {
        Some(word) => word.literal(),
        None => Some(name),
    }
}
