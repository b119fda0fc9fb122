//! The commands inside RUN.

use super::{fits, stands_in};
use plimsoll::shell::{Dialect, Part, PartKind, Script, Word, next, packages, parse, parse_str, unwrap};
use plimsoll::syntax::instruction::{Body, run_body};
use plimsoll::syntax::{Form, Keyword};
use plimsoll::text::Span;

const DIALECTS: [Dialect; 3] = [Dialect::Posix, Dialect::Cmd, Dialect::PowerShell];

/// Reads `text` as a script of its own and, as a Dockerfile, each RUN in it through its continuations and
/// heredocs, in every dialect.
pub fn check(text: &str) {
    script(text, &parse_str(text));
    let (tree, _) = plimsoll::syntax::parse(text);
    for run in tree.instructions().filter(|it| it.keyword == Keyword::Run) {
        match run_body(run, text) {
            Body::Shell(body) | Body::Script(body) => {
                DIALECTS.iter().for_each(|dialect| script(text, &parse(&body, text, *dialect)));
            }
            Body::Exec => {}
        }
    }
    for exec in tree.instructions().filter(|it| it.form == Form::Exec) {
        let words = exec.args.iter().map(|word| (&*word.text, word.span));
        script(text, &plimsoll::shell::exec(words, text));
    }
}

fn script(source: &str, script: &Script) {
    for error in &script.errors {
        fits(source, error.span, &error.message);
        assert!(!error.message.is_empty());
    }
    assert!(script.errors.len() <= 100, "{} errors", script.errors.len());
    for comment in &script.comments {
        fits(source, *comment, "a comment");
    }
    for here in &script.heredocs {
        fits(source, here.body, "a here-document's body");
    }
    for command in script.commands() {
        fits(source, command.span, "a command");
        assert!(command.position < command.pipeline, "{} of {}", command.position, command.pipeline);
        for it in command.words() {
            stands_in(command.span, it.span, "a word");
            word(source, it);
        }
        for assignment in command.assignments() {
            stands_in(command.span, assignment.span, "an assignment");
            match &assignment.array {
                Some(elements) => elements.iter().for_each(|element| word(source, element)),
                None => word(source, &assignment.value),
            }
        }
        for redirect in command.redirects() {
            stands_in(command.span, redirect.span, "a redirection");
            redirect.target.iter().for_each(|target| word(source, target));
        }
        let invocation = unwrap(&command);
        assert!(invocation.words.len() <= command.words().len());
        let _ = (next::of(&command), invocation.name(), command.directory());
        if let Some(action) = packages::of(&command) {
            fits(source, action.span, "an action");
            stands_in(command.span, action.span, "an action");
            for package in &action.packages {
                fits(source, package.span, "a package");
            }
            for flag in &action.flags {
                fits(source, flag.span, "an option");
            }
        }
    }
}

fn word(source: &str, word: &Word) {
    fits(source, word.span, "a word");
    let joined: String = word.parts.iter().map(|part| word.part_text(part)).collect();
    assert_eq!(joined, word.text(), "the parts of a word are the word");
    if let Some(value) = word.literal() {
        assert_eq!(value, word.value_or_text());
        assert_eq!(value, word.known_prefix(), "{:?}", word.text());
    }
    parts(source, word.span, &word.parts);
}

fn parts(source: &str, within: Span, parts: &[Part]) {
    for part in parts {
        fits(source, part.span, "a part");
        stands_in(within, part.span, "a part of a word");
        match &part.kind {
            PartKind::Double(inner) | PartKind::Arithmetic(inner) => self::parts(source, part.span, inner),
            PartKind::Variable(variable) => {
                self::parts(source, part.span, &variable.subscript);
                self::parts(source, part.span, &variable.operand);
            }
            PartKind::Command(list) | PartKind::Process(list) => {
                for item in &list.items {
                    stands_in(part.span, item.chain.span(), "a command within a word");
                }
            }
            PartKind::Backquoted(inner) => script(source, inner),
            _ => {}
        }
    }
}
