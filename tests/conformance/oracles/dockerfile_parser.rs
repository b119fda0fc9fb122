//! The crate `dockerfile-parser`. It reads FROM, ARG, LABEL, RUN, ENTRYPOINT, CMD, COPY and ENV; of all
//! other instructions it has the keyword and one text. RUN's flags are text to it. Values in quotes it
//! gives unquoted, so two things are compared: what is written at the place that it names, and the value,
//! against our expansion, where no variable is in it.

use super::{Kind, Oracle, Part, Statement, ends_escaped, join};
use ::dockerfile_parser::{
    BreakableString, Dockerfile, Instruction as Theirs, ShellOrExecExpr, Span, SpannedString,
};
use plimsoll::syntax::expand::Lex;
use plimsoll::syntax::image::ImageRef;
use plimsoll::syntax::{Form, Instruction, Keyword, Tree, Word};

pub const ORACLE: Oracle = Oracle { name: "dockerfile-parser", read, ours, kinds: KINDS };

const KINDS: &[Kind] = &[
    Kind {
        name: "the escape directive",
        why: "the oracle knows only the backslash; BuildKit heeds `# escape=`, as here",
        holds: |found| found.escape == '`' && (found.written.contains('`') || found.written.contains('\\')),
    },
    Kind {
        name: "a tag and a digest",
        why: "the oracle has the tag in the path; the reference grammar that BuildKit uses parts them, as here",
        holds: |found| {
            found.both().is_some_and(|(theirs, ours)| {
                let text = |side: &Statement, name| {
                    side.parts.iter().find(|part| part.name == name).map(|part| part.text.clone())
                };
                let tagged =
                    text(ours, "path").zip(text(ours, "tag")).map(|(path, tag)| format!("{path}:{tag}"));
                tagged.is_some()
                    && tagged == text(theirs, "path")
                    && text(ours, "digest") == text(theirs, "digest")
                    && text(ours, "alias") == text(theirs, "alias")
            })
        },
    },
    Kind {
        name: "a flag without a value",
        why: "the oracle takes it, and every flag behind it, for a source; BuildKit has it as a flag, as here",
        holds: |found| {
            found.keyword == "COPY"
                && found.all_differ(|theirs, ours| {
                    (theirs.name, ours.name) == ("source", "flag")
                        && theirs.text == format!("--{}", ours.text)
                })
        },
    },
    Kind {
        name: "a lone --",
        why: "the oracle takes it for a source; to BuildKit it ends the flags, as here",
        holds: |found| {
            found.keyword == "COPY"
                && found.both().is_some_and(|(theirs, ours)| {
                    let paths = theirs.parts.iter().filter(|part| part.text != "--");
                    theirs.parts.len() == ours.parts.len() + 1
                        && paths.zip(&ours.parts).all(|(theirs, ours)| theirs.agrees(ours))
                })
        },
    },
    Kind {
        name: "escapes in a value",
        why: "the oracle reads those of a Rust string within quotes and none outside; BuildKit takes the \
              escape character away before any character outside, and before its own kind, `$` and the \
              quote within (shell/lex.go), as here",
        holds: |found| {
            found.written.contains(found.escape)
                && found.all_differ(|theirs, ours| (theirs.name, ours.name) == ("unquoted", "unquoted"))
        },
    },
    Kind {
        name: "a path in quotes",
        why: "the oracle takes the quotes off; BuildKit's parser leaves them to the expansion, as here",
        holds: |found| {
            found.keyword == "COPY"
                && found.all_differ(|theirs, ours| ours.text == format!("\"{}\"", theirs.text))
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
    Kind {
        name: "a continued line of blanks",
        why: "the oracle ends the instruction there and reads the next line as another; BuildKit goes on, as here",
        holds: |found| {
            let blank = |line: &str| !line.is_empty() && line.trim().is_empty();
            let ended = found.both().is_some_and(|(theirs, ours)| {
                let (theirs, ours) = (theirs.parts.first(), ours.parts.first());
                theirs.zip(ours).is_some_and(|(theirs, ours)| ours.text.starts_with(&theirs.text))
            });
            found.written.lines().any(blank) && (ended || found.ours.is_none())
        },
    },
    Kind {
        name: "a continuation at the end of the file",
        why: "the oracle leaves the escape character in the text; BuildKit takes it off every line, as here",
        holds: |found| {
            found.all_differ(|theirs, ours| {
                let without = theirs.text.strip_suffix(found.escape);
                without.is_some_and(|text| text.trim_end() == ours.text)
            })
        },
    },
    Kind {
        name: "an array that is no JSON",
        why: "the oracle has an exec form in spite of single quotes or a comma behind the last string; BuildKit \
              runs the text in the shell, as here",
        holds: |found| {
            let all = |side: &Statement, name| side.parts.iter().all(|part| part.name == name);
            let no_json = found.written.contains(",]") || found.written.contains("['");
            no_json && found.both().is_some_and(|(theirs, ours)| all(theirs, "exec") && all(ours, "shell"))
        },
    },
    Kind {
        name: "the exec form of COPY",
        why: "the oracle splits the array at its blanks; BuildKit reads JSON, as here",
        holds: |found| {
            found.keyword == "COPY"
                && found.both().is_some_and(|(theirs, _)| {
                    theirs.parts.iter().any(|part| part.name == "source" && part.text.starts_with("[\""))
                })
        },
    },
    Kind {
        name: "an image in quotes",
        why: "the oracle has no FROM, but an instruction that it doesn't know; BuildKit takes the quotes off \
              when it expands the image, as here",
        holds: |found| {
            found.both().is_some_and(|(theirs, ours)| {
                let unread = |part: &Part| part.name == "text" && part.text.starts_with('"');
                theirs.keyword == "FROM"
                    && theirs.parts.iter().all(unread)
                    && ours.parts.first().is_some_and(|part| part.name == "image")
            })
        },
    },
    Kind {
        name: "a word that is no instruction",
        why: "the oracle ends it at the first byte that is no letter; BuildKit at the first blank, as here, and \
              refuses it",
        holds: |found| {
            Keyword::parse(found.keyword) == Keyword::Unknown
                && found.both().is_some_and(|(theirs, ours)| ours.keyword.starts_with(&theirs.keyword))
        },
    },
];

fn read(text: &str) -> Option<Vec<Statement>> {
    let parsed = Dockerfile::parse(text).ok()?;
    Some(parsed.instructions.iter().map(|instruction| theirs(instruction, text)).collect())
}

fn theirs(instruction: &Theirs, source: &str) -> Statement {
    let mut parts = Vec::new();
    let keyword = match instruction {
        Theirs::From(from) => {
            for flag in &from.flags {
                let text = format!("{}={}", flag.name, flag.value);
                parts.push(Part::new("flag", flag.span.start, text));
            }
            parts.push(plain("image", &from.image));
            let image = &from.image_parsed;
            let named = [
                ("registry", image.registry.as_deref()),
                ("path", Some(&*image.image)),
                ("tag", image.tag.as_deref()),
                ("digest", image.hash.as_deref()),
            ];
            parts.extend(image_parts(&from.image.content, named));
            parts.extend(from.alias.iter().map(|alias| plain("alias", alias)));
            "FROM"
        }
        Theirs::Arg(arg) => {
            parts.push(plain("name", &arg.name));
            if let Some(value) = &arg.value {
                parts.extend(valued("default", value.span, &value.content, source));
            }
            "ARG"
        }
        Theirs::Label(label) => {
            for label in &label.labels {
                parts.extend(valued("name", label.name.span, &label.name.content, source));
                parts.extend(valued("value", label.value.span, &label.value.content, source));
            }
            "LABEL"
        }
        Theirs::Env(env) => {
            for var in &env.vars {
                parts.push(plain("name", &var.key));
                parts.extend(valued("value", var.value.span, &var.value.to_string(), source));
            }
            "ENV"
        }
        Theirs::Copy(copy) => {
            for flag in &copy.flags {
                let text = format!("{}={}", flag.name, flag.value);
                parts.push(Part::new("flag", flag.span.start, text));
            }
            parts.extend(copy.sources.iter().map(|path| plain("source", path)));
            parts.push(plain("destination", &copy.destination));
            "COPY"
        }
        Theirs::Run(run) => {
            command(&run.expr, &mut parts);
            "RUN"
        }
        Theirs::Entrypoint(entrypoint) => {
            command(&entrypoint.expr, &mut parts);
            "ENTRYPOINT"
        }
        Theirs::Cmd(cmd) => {
            command(&cmd.expr, &mut parts);
            "CMD"
        }
        Theirs::Misc(misc) => {
            parts.push(Part::placeless("text", misc.arguments.to_string().trim()));
            &misc.instruction.content
        }
    };
    Statement { keyword: keyword.to_uppercase(), at: instruction.span().start, parts }
}

fn plain(name: &'static str, word: &SpannedString) -> Part {
    Part::new(name, word.span.start, &*word.content)
}

/// What is written at `span`, and where no variable is in it, the value.
fn valued(name: &'static str, span: Span, value: &str, source: &str) -> Vec<Part> {
    let written = join(&source[span.start..span.end], '\\');
    let written = written.trim_end();
    let mut parts = vec![Part::new(name, span.start, written)];
    if !written.contains('$') {
        parts.push(Part::placeless("unquoted", value.trim_end()));
    }
    parts
}

fn image_parts(text: &str, parts: [(&'static str, Option<&str>); 4]) -> Vec<Part> {
    // Where a part ends is open as long as a variable stands in it.
    let parts = if text.contains('$') { &[] } else { &parts[..] };
    parts.iter().filter_map(|(name, part)| part.map(|part| Part::placeless(name, part))).collect()
}

fn command(expr: &ShellOrExecExpr, parts: &mut Vec<Part>) {
    match expr {
        ShellOrExecExpr::Exec(array) => {
            parts.extend(array.elements.iter().map(|word| plain("exec", word)));
        }
        ShellOrExecExpr::Shell(text) => parts.push(shell(text)),
    }
}

fn shell(text: &BreakableString) -> Part {
    Part::new("shell", text.span.start, text.to_string().trim_end())
}

fn ours(tree: &Tree) -> Vec<Statement> {
    tree.instructions().map(|instruction| statement(instruction, tree)).collect()
}

fn statement(instruction: &Instruction, tree: &Tree) -> Statement {
    let source = tree.source();
    let mut parts = Vec::new();
    let place = |word: &Word| word.span.start as usize;
    let part = |name, word: &Word| Part::new(name, place(word), &*word.text);
    match instruction.keyword {
        Keyword::From => {
            parts.extend(flags(instruction));
            if let Some(image) = instruction.args.first() {
                parts.push(part("image", image));
                let read = ImageRef::parse(&image.text, tree.escape());
                let named = [
                    ("registry", read.registry()),
                    ("path", Some(read.path())),
                    ("tag", read.tag()),
                    ("digest", read.digest()),
                ];
                parts.extend(image_parts(&image.text, named));
            }
            parts.extend(instruction.args.get(2).map(|alias| part("alias", alias)));
        }
        Keyword::Arg => {
            for word in &instruction.args {
                let (name, default) = match word.text.split_once('=') {
                    Some((name, default)) => (name, Some(default)),
                    None => (&*word.text, None),
                };
                parts.push(Part::new("name", place(word), name));
                if let Some(default) = default {
                    parts.extend(value("default", place(word) + name.len() + 1, default, tree));
                }
            }
        }
        Keyword::Label => {
            for (name, text) in instruction.pairs() {
                parts.extend(value("name", place(name), &name.text, tree));
                parts.extend(value("value", place(text), &text.text, tree));
            }
        }
        Keyword::Env => {
            for (name, text) in instruction.pairs() {
                parts.push(part("name", name));
                parts.extend(value("value", place(text), &text.text, tree));
            }
        }
        Keyword::Copy => {
            parts.extend(flags(instruction));
            let last = instruction.args.len().saturating_sub(1);
            let named = |at| if at == last { "destination" } else { "source" };
            parts.extend(instruction.args.iter().enumerate().map(|(at, word)| part(named(at), word)));
        }
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint
            if instruction.form == Form::Exec && instruction.flags.is_empty() =>
        {
            parts.extend(instruction.args.iter().map(|word| part("exec", word)));
        }
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => {
            let text = behind_keyword(instruction, source);
            let first = instruction.flags.first().map(|flag| flag.span.start);
            let at = first.unwrap_or(instruction.rest_span().start);
            parts.push(Part::new("shell", at as usize, text));
        }
        _ => parts.push(Part::placeless("text", behind_keyword(instruction, source))),
    }
    let keyword = instruction.keyword_span.of(source).to_uppercase();
    Statement { keyword, at: instruction.keyword_span.start as usize, parts }
}

fn flags(instruction: &Instruction) -> Vec<Part> {
    let text = |flag: &plimsoll::syntax::Flag| match &flag.value {
        Some(value) => format!("{}={}", flag.name, value.text),
        None => flag.name.to_string(),
    };
    let flags = instruction.flags.iter();
    flags.map(|flag| Part::new("flag", flag.span.start as usize, text(flag))).collect()
}

fn behind_keyword<'a>(instruction: &'a Instruction, source: &'a str) -> &'a str {
    let line = instruction.logical.text(source).trim();
    line[instruction.keyword_span.of(source).len()..].trim()
}

fn value(name: &'static str, at: usize, text: &str, tree: &Tree) -> Vec<Part> {
    let mut parts = vec![Part::new(name, at, text)];
    if !text.contains('$') {
        let expanded = Lex::new(tree.escape()).word(text, &|_| None);
        parts.push(Part::placeless("unquoted", expanded.map_or(String::new(), |word| word.value)));
    }
    parts
}
