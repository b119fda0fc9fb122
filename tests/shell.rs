//! The shell parser beside `brush-parser`, over every RUN of the corpus that lies beside the repository.
//!
//! For each body that brush accepts, both must see the same simple commands with the same words as they
//! are written, the same assignments and the same number of redirections. brush keeps the inside of words
//! as text; its own reader of words takes them apart, and the commands in substitutions are compared word by
//! word.

#[path = "beside/mod.rs"]
mod beside;

use std::collections::BTreeMap;

use brush_parser::ast;
use plimsoll::shell::{self, Command, Dialect, PartKind, Script};
use plimsoll::syntax::instruction::{Body, run_body};
use plimsoll::syntax::{self, Keyword};
use plimsoll::text::Splice;

/// One simple command: its assignments and words as they are written, and how many redirections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Simple {
    assignments: Vec<String>,
    words: Vec<String>,
    redirects: usize,
}

/// Continuations of the shell's own, as in heredocs, are no part of a word.
fn written(text: &str) -> String {
    text.replace("\\\n", "")
}

/// The commands outside of words.
fn ours(script: &Script) -> Vec<Simple> {
    let commands = script.commands();
    commands.iter().filter(|c| !c.nesting.substitution && !c.nesting.inner).map(simple).collect()
}

/// The commands within words too.
fn ours_within(script: &Script) -> Vec<Simple> {
    script.commands().iter().filter(|c| !c.nesting.inner).map(simple).collect()
}

fn simple(command: &Command<'_>) -> Simple {
    let assignments = command.assignments().iter().map(|assignment| match &assignment.array {
        Some(_) => format!("{}=()", assignment.name),
        None => format!("{}={}", assignment.name, written(assignment.value.text())),
    });
    let words = command.words().iter().map(|word| match &*word.parts {
        [part] if matches!(part.kind, PartKind::Process(_)) => "<()".to_owned(),
        _ => written(word.text()),
    });
    Simple {
        assignments: assignments.collect(),
        words: words.collect(),
        redirects: command.redirects().len(),
    }
}

fn theirs(program: &ast::Program) -> Vec<Simple> {
    let mut found = Vec::new();
    program.complete_commands.iter().for_each(|list| of_list(list, &mut found));
    found
}

fn of_list(list: &ast::CompoundList, found: &mut Vec<Simple>) {
    for item in &list.0 {
        for (_, pipeline) in &item.0 {
            pipeline.seq.iter().for_each(|command| of_command(command, found));
        }
    }
}

fn of_command(command: &ast::Command, found: &mut Vec<Simple>) {
    match command {
        ast::Command::Simple(simple) => found.push(of_simple(simple)),
        ast::Command::Compound(compound, _) => of_compound(compound, found),
        ast::Command::Function(function) => of_compound(&function.body.0, found),
        ast::Command::ExtendedTest(..) => {}
    }
}

fn of_compound(compound: &ast::CompoundCommand, found: &mut Vec<Simple>) {
    use ast::CompoundCommand as C;
    match compound {
        C::Arithmetic(_) => {}
        C::ArithmeticForClause(clause) => of_list(&clause.body.list, found),
        C::BraceGroup(group) => of_list(&group.list, found),
        C::Subshell(subshell) => of_list(&subshell.list, found),
        C::ForClause(clause) => of_list(&clause.body.list, found),
        C::CaseClause(clause) => {
            clause.cases.iter().filter_map(|case| case.cmd.as_ref()).for_each(|list| of_list(list, found));
        }
        C::IfClause(clause) => {
            of_list(&clause.condition, found);
            of_list(&clause.then, found);
            for clause in clause.elses.iter().flatten() {
                clause.condition.iter().for_each(|list| of_list(list, found));
                of_list(&clause.body, found);
            }
        }
        C::WhileClause(clause) | C::UntilClause(clause) => {
            of_list(&clause.0, found);
            of_list(&clause.1.list, found);
        }
        C::Coprocess(process) => of_command(&process.body, found),
    }
}

fn of_simple(simple: &ast::SimpleCommand) -> Simple {
    use ast::CommandPrefixOrSuffixItem as Item;
    let mut out = Simple::default();
    let prefix = simple.prefix.iter().flat_map(|prefix| &prefix.0);
    let assigned = |item: &Item, out: &mut Simple, prefix: bool| match item {
        Item::IoRedirect(_) => out.redirects += 1,
        Item::Word(word) => out.words.push(written(&word.value)),
        Item::AssignmentWord(assignment, _) if prefix => {
            let name = match &assignment.name {
                ast::AssignmentName::VariableName(name) | ast::AssignmentName::ArrayElementName(name, _) => {
                    name
                }
            };
            out.assignments.push(match &assignment.value {
                ast::AssignmentValue::Scalar(word) => format!("{name}={}", written(&word.value)),
                ast::AssignmentValue::Array(_) => format!("{name}=()"),
            });
        }
        Item::AssignmentWord(_, word) => out.words.push(written(&word.value)),
        Item::ProcessSubstitution(..) => out.words.push("<()".to_owned()),
    };
    prefix.for_each(|item| assigned(item, &mut out, true));
    out.words.extend(simple.word_or_name.iter().map(|word| written(&word.value)));
    simple.suffix.iter().flat_map(|suffix| &suffix.0).for_each(|item| assigned(item, &mut out, false));
    out
}

/// The commands that brush sees in the substitutions of a word, the deeper ones behind the one that holds
/// them; `None` where it refuses one.
fn nested(word: &str, options: &brush_parser::ParserOptions) -> Option<Vec<Simple>> {
    let mut found = Vec::new();
    let pieces = brush_parser::word::parse(word, options).ok()?;
    nested_pieces(pieces, options, &mut found)?;
    Some(found)
}

fn nested_pieces(
    pieces: Vec<brush_parser::word::WordPieceWithSource>,
    options: &brush_parser::ParserOptions,
    found: &mut Vec<Simple>,
) -> Option<()> {
    use brush_parser::word::WordPiece as Piece;
    for piece in pieces {
        match piece.piece {
            Piece::DoubleQuotedSequence(pieces) | Piece::GettextDoubleQuotedSequence(pieces) => {
                nested_pieces(pieces, options, found)?;
            }
            Piece::CommandSubstitution(text) | Piece::BackquotedCommandSubstitution(text) => {
                let program = brush_parser::Parser::new(text.as_bytes(), options).parse_program().ok()?;
                for simple in theirs(&program) {
                    let values =
                        simple.assignments.iter().filter_map(|a| a.split_once('=').map(|(_, value)| value));
                    let texts: Vec<String> =
                        values.chain(simple.words.iter().map(String::as_str)).map(str::to_owned).collect();
                    found.push(simple);
                    for text in texts {
                        found.extend(nested(&text, options)?);
                    }
                }
            }
            Piece::ArithmeticExpression(expression) => found.extend(nested(&expression.value, options)?),
            _ => {}
        }
    }
    Some(())
}

/// brush writes one blank for several where it puts the text of a substitution together again.
fn without_blanks(commands: &[Simple]) -> Vec<Simple> {
    let strip = |texts: &[String]| -> Vec<String> {
        texts.iter().map(|text| text.split_whitespace().collect()).collect()
    };
    let one = |c: &Simple| Simple {
        assignments: strip(&c.assignments),
        words: strip(&c.words),
        redirects: c.redirects,
    };
    commands.iter().map(one).collect()
}

/// Why the two differ, where that is known; each of these is brush's doing, by the words of bash's manual and
/// by `bash -n`, which takes what we take.
fn known(text: &str, brush_refuses: bool) -> Option<&'static str> {
    if brush_refuses {
        // A pattern of `case` may stand without its opening parenthesis within `$(…)` too.
        return (text.contains("$(case ")).then_some("brush ends `$(case x in a) …` at the pattern");
    }
    // The target of `cat <<EOF >> "${HOME}/x"` comes out as a word `"${}/x"`.
    text.contains("<<EOF >> \"").then_some("brush loses the expansion that follows a here-document")
}

#[test]
fn the_commands_of_the_corpus_are_those_that_brush_sees() {
    let Some(folder) = beside::unpacked("corpus/dev.tar.xz") else { return };
    let options = brush_parser::ParserOptions::default();
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder.path().join("dev/files"))
        .expect("the corpus")
        .flatten()
        .map(|f| f.path())
        .collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap_or_default().display().to_string();
        let Ok(source) = std::fs::read_to_string(&file) else { continue };
        for body in bodies(&source) {
            let script = shell::parse(&body, &source, Dialect::Posix);
            let text = body.text(&source);
            let parsed = brush_parser::Parser::new(text.as_bytes(), &options).parse_program();
            let kind = match (&parsed, script.errors.is_empty()) {
                (Err(_), false) => "both refuse it",
                (Err(error), true) => known(text, true).unwrap_or_else(|| {
                    unexplained.push(format!("{name}: brush refuses it: {error}\n{text}"));
                    "unexplained"
                }),
                (Ok(_), false) => {
                    unexplained.push(format!("{name}: we refuse it: {:?}\n{text}", script.errors));
                    "unexplained"
                }
                (Ok(program), true) => {
                    let (ours, theirs) = (ours(&script), theirs(program));
                    if ours == theirs {
                        "the same"
                    } else if without_blanks(&ours) == without_blanks(&theirs) {
                        "the same but for blanks that brush joins within `$(…)`"
                    } else {
                        known(text, false).unwrap_or_else(|| {
                            unexplained.push(format!("{name}:\n  {ours:?}\n  {theirs:?}"));
                            "unexplained"
                        })
                    }
                }
            };
            *tally.entry(kind).or_default() += 1;
            for word in script.commands().iter().flat_map(|command| command.words()) {
                let text = word.text();
                if !text.contains("$(") && !text.contains('`') {
                    continue;
                }
                let Some(theirs) = nested(text, &options) else { continue };
                let again = shell::parse_str(text);
                let mut ours = ours_within(&again);
                ours.drain(..1.min(ours.len()));
                let same = without_blanks(&ours) == without_blanks(&theirs);
                *tally.entry(if same { "word: the same" } else { "word: unexplained" }).or_default() += 1;
                if !same {
                    unexplained.push(format!("{name}: {text}\n  {ours:?}\n  {theirs:?}"));
                }
            }
        }
    }
    eprintln!("{tally:#?}");
    assert!(
        tally.get("the same").is_some_and(|same| *same > 1000),
        "the corpus holds more than that: {tally:?}"
    );
    assert!(unexplained.is_empty(), "{} unexplained:\n{}", unexplained.len(), unexplained.join("\n"));
}

/// The texts of the RUN instructions that a POSIX shell runs.
fn bodies(source: &str) -> Vec<Splice> {
    let (tree, _) = syntax::parse(source);
    let mut dialect = Dialect::Posix;
    let mut bodies = Vec::new();
    for instruction in tree.instructions() {
        match instruction.keyword {
            Keyword::From => dialect = Dialect::Posix,
            Keyword::Shell => {
                let words: Vec<_> = instruction.args.iter().map(|word| &*word.text).collect();
                dialect = Dialect::of_shell(&words);
            }
            Keyword::Run if dialect == Dialect::Posix && tree.escape() == '\\' => {
                if let Body::Shell(body) = run_body(instruction, source) {
                    bodies.push(body);
                }
            }
            _ => {}
        }
    }
    bodies
}
