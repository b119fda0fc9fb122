//! The crate `parse-dockerfile`. It knows every instruction, flags, the exec form and heredocs; ENV, LABEL
//! and ARG are one text to it, and a command in shell form is the raw text with its continuations, which
//! the test joins. Its flags keep their quotes.

use super::{Kind, Oracle, Part, Statement, ends_escaped, join};
use ::parse_dockerfile::{
    Command, Flag, HealthcheckArguments, HereDoc, Instruction as Theirs, JsonOrStringArray, Source,
    UnescapedString,
};
use plimsoll::syntax::{Form, Heredoc, Instruction, Keyword, Tree};

pub const ORACLE: Oracle = Oracle { name: "parse-dockerfile", read, ours, kinds: KINDS };

const KINDS: &[Kind] = &[
    Kind {
        name: "quotes of a flag's value",
        why: "the oracle keeps them in the value; BuildKit's parser takes them out (split_command.go), as here",
        holds: |found| {
            found.all_differ(|theirs, ours| {
                (theirs.name, ours.name) == ("flag", "flag") && theirs.text.replace('"', "") == ours.text
            })
        },
    },
    Kind {
        name: "a lone --",
        why: "the oracle takes it for a flag without a name; to BuildKit it ends the flags, as here",
        holds: |found| {
            found.both().is_some_and(|(theirs, ours)| {
                let named = theirs.parts.iter().filter(|part| !(part.name == "flag" && part.text.is_empty()));
                theirs.parts.len() == ours.parts.len() + 1
                    && named.zip(&ours.parts).all(|(theirs, ours)| theirs.agrees(ours))
            })
        },
    },
    Kind {
        name: "flags of CMD",
        why: "the oracle looks for flags where some exist, and takes them for the command elsewhere; BuildKit \
              takes them off every instruction and refuses the unknown ones, as here",
        holds: |found| {
            found.keyword == "CMD"
                && found.both().is_some_and(|(theirs, ours)| {
                    theirs.parts.iter().all(|part| part.name == "shell" && part.text.starts_with("--"))
                        && ours.parts.first().is_some_and(|part| part.name == "flag")
                })
        },
    },
    Kind {
        name: "two escape characters at the end of a line",
        why: "the oracle continues the line; BuildKit doesn't (reContinuation in parser.go), as here",
        holds: |found| match found.both() {
            Some(_) => ends_escaped(found.written, found.escape),
            None => found.theirs.is_none() && ends_escaped(found.above, found.escape),
        },
    },
];

fn read(text: &str) -> Option<Vec<Statement>> {
    let parsed = ::parse_dockerfile::parse(text).ok()?;
    // Its offsets don't count the byte order mark.
    let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let escape = parsed.parser_directives.escape.as_ref().map_or('\\', |escape| escape.value.value);
    let reader = Reader { mark, escape };
    Some(parsed.instructions.iter().map(|instruction| reader.statement(instruction)).collect())
}

struct Reader {
    mark: usize,
    escape: char,
}

impl Reader {
    fn statement(&self, instruction: &Theirs<'_>) -> Statement {
        let mut parts = Vec::new();
        let (keyword, span) = match instruction {
            Theirs::Add(add) => {
                self.files(&add.options, &add.src, &add.dest, &mut parts);
                ("ADD", &add.add.span)
            }
            Theirs::Copy(copy) => {
                self.files(&copy.options, &copy.src, &copy.dest, &mut parts);
                ("COPY", &copy.copy.span)
            }
            Theirs::Arg(arg) => {
                parts.push(self.part("text", &arg.arguments));
                ("ARG", &arg.arg.span)
            }
            Theirs::Env(env) => {
                parts.push(self.part("text", &env.arguments));
                ("ENV", &env.env.span)
            }
            Theirs::Label(label) => {
                parts.push(self.part("text", &label.arguments));
                ("LABEL", &label.label.span)
            }
            Theirs::Maintainer(maintainer) => {
                parts.push(self.part("text", &maintainer.name));
                ("MAINTAINER", &maintainer.maintainer.span)
            }
            Theirs::Stopsignal(signal) => {
                parts.push(self.part("text", &signal.arguments));
                ("STOPSIGNAL", &signal.stopsignal.span)
            }
            Theirs::User(user) => {
                parts.push(self.part("text", &user.arguments));
                ("USER", &user.user.span)
            }
            Theirs::Workdir(workdir) => {
                parts.push(self.part("text", &workdir.arguments));
                ("WORKDIR", &workdir.workdir.span)
            }
            Theirs::Cmd(cmd) => {
                self.command(&cmd.arguments, &mut parts);
                ("CMD", &cmd.cmd.span)
            }
            Theirs::Entrypoint(entrypoint) => {
                self.command(&entrypoint.arguments, &mut parts);
                ("ENTRYPOINT", &entrypoint.entrypoint.span)
            }
            Theirs::Run(run) => {
                self.flags(&run.options, &mut parts);
                match (&run.arguments, &run.here_docs[..]) {
                    (Command::Shell(shell), [_, ..]) => {
                        let behind = join(shell.value, self.escape);
                        parts.push(Part::placeless("behind the heredoc", behind.trim()));
                    }
                    (command, _) => self.command(command, &mut parts),
                }
                parts.extend(run.here_docs.iter().map(|heredoc| self.heredoc(heredoc)));
                ("RUN", &run.run.span)
            }
            Theirs::Expose(expose) => {
                parts.extend(expose.arguments.iter().map(|word| self.part("word", word)));
                ("EXPOSE", &expose.expose.span)
            }
            Theirs::Volume(volume) => {
                match &volume.arguments {
                    JsonOrStringArray::Json(json) => {
                        parts.extend(json.value.iter().map(|word| self.part("exec", word)));
                    }
                    JsonOrStringArray::String(words) => {
                        parts.extend(words.iter().map(|word| self.part("word", word)));
                    }
                }
                ("VOLUME", &volume.volume.span)
            }
            Theirs::Shell(shell) => {
                parts.extend(shell.arguments.iter().map(|word| self.part("exec", word)));
                ("SHELL", &shell.shell.span)
            }
            Theirs::From(from) => {
                self.flags(&from.options, &mut parts);
                parts.push(self.part("image", &from.image));
                parts.extend(from.as_.iter().map(|(_, name)| self.part("alias", name)));
                ("FROM", &from.from.span)
            }
            Theirs::Healthcheck(check) => {
                self.flags(&check.options, &mut parts);
                match &check.arguments {
                    HealthcheckArguments::Cmd { cmd, arguments, .. } => {
                        parts.push(Part::new("type", cmd.span.start + self.mark, "CMD"));
                        self.command(arguments, &mut parts);
                    }
                    HealthcheckArguments::None { none, .. } => {
                        parts.push(Part::new("type", none.span.start + self.mark, "NONE"));
                    }
                    _ => {}
                }
                ("HEALTHCHECK", &check.healthcheck.span)
            }
            Theirs::Onbuild(onbuild) => {
                let trigger = self.statement(&onbuild.instruction);
                parts.push(Part::new("trigger", trigger.at, trigger.keyword));
                parts.extend(trigger.parts);
                ("ONBUILD", &onbuild.onbuild.span)
            }
            _ => ("", &(0..0)),
        };
        Statement { keyword: keyword.to_owned(), at: span.start + self.mark, parts }
    }

    fn part(&self, name: &'static str, word: &UnescapedString<'_>) -> Part {
        Part::new(name, word.span.start + self.mark, word.value.clone())
    }

    fn flags(&self, flags: &[Flag<'_>], parts: &mut Vec<Part>) {
        parts.extend(flags.iter().map(|flag| {
            let value = flag.value.as_ref().map_or(String::new(), |value| format!("={}", value.value));
            Part::new("flag", flag.span().start + self.mark, format!("{}{value}", flag.name.value))
        }));
    }

    fn files(
        &self,
        flags: &[Flag<'_>],
        sources: &[Source<'_>],
        target: &UnescapedString<'_>,
        parts: &mut Vec<Part>,
    ) {
        self.flags(flags, parts);
        for source in sources {
            match source {
                Source::Path(path) => parts.push(self.part("source", path)),
                Source::HereDoc(heredoc) => parts.push(self.heredoc(heredoc)),
                _ => {}
            }
        }
        parts.push(self.part("destination", target));
    }

    fn command(&self, command: &Command<'_>, parts: &mut Vec<Part>) {
        match command {
            Command::Exec(exec) => {
                parts.extend(exec.value.iter().map(|word| self.part("exec", word)));
            }
            Command::Shell(shell) => {
                let joined = join(shell.value, self.escape);
                parts.push(Part::new("shell", shell.span.start + self.mark, joined.trim_end()));
            }
            _ => {}
        }
    }

    fn heredoc(&self, heredoc: &HereDoc<'_>) -> Part {
        let name = if heredoc.expand { "heredoc" } else { "quoted heredoc" };
        Part::new(name, heredoc.span.start + self.mark, heredoc.value.clone())
    }
}

fn ours(tree: &Tree) -> Vec<Statement> {
    tree.instructions().map(|instruction| statement(instruction, tree.source())).collect()
}

fn statement(instruction: &Instruction, source: &str) -> Statement {
    let mut parts = Vec::new();
    for flag in &instruction.flags {
        let value = flag.value.as_ref().map_or(String::new(), |value| format!("={}", value.text));
        parts.push(Part::new("flag", flag.span.start as usize, format!("{}{value}", flag.name)));
    }
    let heredocs = instruction.heredocs.iter().map(|heredoc| heredoc_part(heredoc, source));
    match instruction.keyword {
        Keyword::Add | Keyword::Copy => {
            let last = instruction.args.len().saturating_sub(1);
            for (at, part) in words("source", instruction).into_iter().enumerate() {
                let opened = instruction
                    .heredocs
                    .iter()
                    .find(|heredoc| Some(heredoc.opener.start as usize) == part.at);
                parts.push(match opened {
                    Some(heredoc) => heredoc_part(heredoc, source),
                    None if at == last => Part { name: "destination", ..part },
                    None => part,
                });
            }
        }
        Keyword::Arg
        | Keyword::Env
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Stopsignal
        | Keyword::User
        | Keyword::Workdir => {
            let text = instruction.rest.of(instruction.logical.text(source));
            parts.push(Part::new("text", instruction.rest_span().start as usize, text));
        }
        Keyword::Run => {
            let opener = instruction.heredocs.first().map(|heredoc| heredoc.opener.of(source));
            let text = instruction.args.first().map_or("", |word| &word.text);
            match opener.and_then(|opener| text.strip_prefix(opener)) {
                Some(behind) => parts.push(Part::placeless("behind the heredoc", behind.trim())),
                None => parts.extend(command(instruction, 0)),
            }
            parts.extend(heredocs);
        }
        Keyword::Cmd | Keyword::Entrypoint => parts.extend(command(instruction, 0)),
        Keyword::Expose | Keyword::Volume => parts.extend(words("word", instruction)),
        Keyword::Shell => parts.extend(command(instruction, 0)),
        Keyword::From => {
            let named = ["image", "AS", "alias"];
            let words = instruction.args.iter().zip(named).filter(|(_, name)| *name != "AS");
            parts.extend(words.map(|(word, name)| Part::new(name, word.span.start as usize, &*word.text)));
        }
        Keyword::Healthcheck => {
            let kind = instruction.args.first();
            parts.extend(
                kind.map(|word| Part::new("type", word.span.start as usize, word.text.to_uppercase())),
            );
            if kind.is_some_and(|word| word.text.eq_ignore_ascii_case("CMD")) {
                parts.extend(command(instruction, 1));
            }
        }
        Keyword::Onbuild => {
            if let Some(trigger) = &instruction.trigger {
                let trigger = statement(trigger, source);
                parts.push(Part::new("trigger", trigger.at, trigger.keyword));
                parts.extend(trigger.parts);
            }
        }
        Keyword::Unknown => {}
    }
    let keyword = instruction.keyword_span.of(source).to_uppercase();
    Statement { keyword, at: instruction.keyword_span.start as usize, parts }
}

/// The oracle's place of a JSON string is behind its quote.
fn words(name: &'static str, instruction: &Instruction) -> Vec<Part> {
    let quote = usize::from(instruction.form == Form::Exec);
    let name = if quote == 1 && name == "word" { "exec" } else { name };
    let part = |word: &plimsoll::syntax::Word| Part::new(name, word.span.start as usize + quote, &*word.text);
    instruction.args.iter().map(part).collect()
}

/// The command that starts at the argument `from`.
fn command(instruction: &Instruction, from: usize) -> Vec<Part> {
    let args = instruction.args.get(from..).unwrap_or_default();
    if instruction.is_exec() {
        return args
            .iter()
            .map(|word| Part::new("exec", word.span.start as usize + 1, &*word.text))
            .collect();
    }
    match args.first() {
        Some(word) => vec![Part::new("shell", word.span.start as usize, &*word.text)],
        None => vec![Part::placeless("shell", "")],
    }
}

fn heredoc_part(heredoc: &Heredoc, source: &str) -> Part {
    let name = if heredoc.expand { "heredoc" } else { "quoted heredoc" };
    let body = heredoc.body.of(source);
    let text = if heredoc.strip_tabs {
        body.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect()
    } else {
        body.to_owned()
    };
    Part::new(name, heredoc.body.start as usize, text)
}
