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
    // A here-document that begins the line is the script for hadolint, whatever reads it.
    let first = instruction.heredocs.first();
    let heredoc = first.is_some_and(|heredoc| heredoc.opener.start == instruction.rest_span().start);
    let sound = |script: &Script| {
        let is_test =
            |command: Command<'_>| command.program().is_some_and(|word| is_broken_test(word.text()));
        script.errors.is_empty() && !script.truncated && !script.commands().into_iter().any(is_test)
    };
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
    // `[ … ]` is a condition in ShellCheck's tree, no command.
    let name = effective_name(words).filter(|name| name != "[")?;
    let editable = !command.nesting.inner && !exec_form;
    Call::new(command, name, words, index, editable)
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

/// Whether ShellCheck can't parse a command that begins with this word: it takes `[` for the test command, and
/// asks for a blank behind it. PowerShell's `[Type]::Member` looks so.
fn is_broken_test(word: &str) -> bool {
    word.starts_with('[') && word != "[" && word != "[["
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::packages;

    fn calls(profile: Profile, text: &str) -> Vec<String> {
        let (tree, _) = crate::syntax::parse(text);
        let Some(instruction) = tree.instructions().last() else { return Vec::new() };
        let Body::Shell(body) = run_body(instruction, text) else { return Vec::new() };
        let script = shell::parse(&body, text, Dialect::Posix);
        let commands = script.commands().into_iter();
        let commands: Vec<Cmd<'_>> =
            commands.map(|command| Cmd { action: packages::of(&command), command }).collect();
        let calls = super::calls(profile, text, instruction, &script, &commands);
        let words = |call: Call<'_>| {
            let args = call.args.iter().map(|arg| &*arg.text);
            std::iter::once(&*call.name).chain(args).collect::<Vec<_>>().join(" ")
        };
        calls.into_iter().map(words).collect()
    }

    #[test]
    fn starters_and_scripts_in_arguments_are_seen_through() {
        let text = "RUN sudo /usr/bin/apt-get update && sh -c 'make \"$X\" $(cat a)'\n";
        let found = ["apt-get update", "sh -c make \"$X\" $(cat a)", "make ${X} ${}", "cat a"];
        assert_eq!(calls(Profile::Editor, text), found);
    }

    #[test]
    fn hadolint_sees_the_first_word_and_nothing_where_shellcheck_cannot_parse() {
        let seen = |text: &str| calls(Profile::Hadolint, text);
        assert_eq!(seen("RUN sudo apt-get update && sh -c 'make'\n"), ["sudo apt-get update", "sh -c make"]);
        assert_eq!(seen("RUN exec -c ls -l; command rm a; [ -e b ]\n"), ["ls -c ls -l", "rm rm a"]);
        assert_eq!(seen("RUN if true; then\n"), [""; 0]);
        assert_eq!(seen("RUN [Net.Type]::A = 1; true\n"), [""; 0]);
        assert_eq!(seen("RUN <<EOF bash\ncd /a\nEOF\n"), ["bash", "cd /a"]);
        assert_eq!(seen("RUN bash <<EOF\ncd /a\nEOF\n"), ["bash"]);
    }

    #[test]
    fn options_are_counted_as_hadolint_counts_them() {
        let text = "x -abq -q=2 --quiet --name=1 - -- --index-url https://a b --index-url=c d";
        let script = shell::parse_str(text);
        let commands = script.commands();
        let Some(call) = commands.first().and_then(|command| call(command, 0, false)) else { panic!() };
        assert_eq!((call.count_flag("q"), call.count_flag("quiet"), call.count_flag("name")), (2, 1, 1));
        assert!(call.has_flag(&["b"]) && !call.has_flag(&["ab"]) && !call.has_flag(&["z"]));
        let names: Vec<&str> =
            call.operands_but_values_of(&["index-url"]).iter().map(|arg| &*arg.text).collect();
        assert_eq!(names, ["-", "--", "b", "d"]);
        assert_eq!(call.values_of("index-url").map(|arg| &*arg.text).next(), Some("https://a"));
    }
}
