use super::*;
use crate::text::Span;
use proptest::prelude::*;

const FILE: &str = "# syntax=docker/dockerfile:1\n# 기반 이미지\nFROM node:20 AS build\nRUN a \\\n  # why\n\n  b\nCOPY --from=x a b\nRUN <<EOF cat && <<-\"TWO\" cat\none\nEOF\n\ttwo\n\tTWO\nCMD [\"a\", \"b\"]\n";

fn instruction(text: &str, n: usize) -> Instruction {
    parse(text).0.instructions().nth(n).unwrap().clone()
}

#[test]
fn a_continued_instruction_keeps_comments_and_blank_lines_as_trivia() {
    let run = instruction(FILE, 1);
    assert_eq!((run.first_line, run.last_line), (4, 7));
    assert_eq!(&*run.args[0].text, "a   b");
    assert_eq!(run.comments[0].of(FILE), "# why");
    assert_eq!(run.blank_lines.len(), 1);
    assert_eq!(run.span.of(FILE), "RUN a \\\n  # why\n\n  b");
}

/// An empty value stands where it is missing, also where the instruction goes on on the next line.
#[test]
fn an_empty_value_stands_on_its_own_line() {
    let text = "FROM a\nCOPY --from=\\\n a b\nENV c=\\\n d=e\n";
    let copy = instruction(text, 1);
    let value = copy.flags[0].value.as_ref().unwrap();
    assert_eq!((copy.flags[0].span.of(text), value.span.is_empty()), ("--from=", true));
    assert_eq!(value.span.start, copy.flags[0].span.end);
    let env = instruction(text, 2);
    assert!(env.args[1].span.is_empty());
    assert_eq!(&text[..env.args[1].span.start as usize].lines().last().unwrap(), &"ENV c=");
}

/// A name may go on on the next line; its place reaches over the continuation.
#[test]
fn names_and_values_of_arg_stand_where_they_are_written() {
    let text = "ARG NA\\\nME=va\\\nlue 이름=\\\n B= C\nFROM a\n";
    let arg = instruction(text, 0);
    let found: Vec<_> = super::instruction::declarations(&arg)
        .map(|it| (it.name, it.name_span.of(text), it.value, it.value_span.map(|span| span.of(text))))
        .collect();
    let expected = [
        ("NAME", "NA\\\nME", Some("value"), Some("va\\\nlue")),
        ("이름", "이름", Some(""), Some("")),
        ("B", "B", Some(""), Some("")),
        ("C", "C", None, None),
    ];
    assert_eq!(found, expected);
}

#[test]
fn several_heredocs_on_a_line_take_their_bodies_in_turn() {
    let run = instruction(FILE, 3);
    let bodies: Vec<&str> = run.heredocs.iter().map(|heredoc| heredoc.body.of(FILE)).collect();
    assert_eq!(bodies, ["one\n", "\ttwo\n"]);
    assert_eq!(run.heredocs.iter().map(|h| h.expand).collect::<Vec<_>>(), [true, false]);
    assert_eq!(run.heredocs[1].end.unwrap().of(FILE), "TWO");
    assert_eq!(run.last_line, 13);
}

#[test]
fn a_broken_line_costs_that_line_only() {
    for broken in ["FORM x", "COPY --frm=a b c", "ENV A", "RUN <<EOF", "COPY a", "HEALTHCHECK X", "LABEL =x"]
    {
        let text = format!("FROM a\nRUN one\n{broken}\nRUN two\nCMD [\"x\"]\n");
        let (tree, errors) = parse(text.as_str());
        let lines: Vec<u32> = errors.iter().map(|e| tree.lines().line(e.span.start) + 1).collect();
        assert_eq!(lines, [3], "{broken}: {errors:?}");
        let sound: Vec<&str> =
            tree.instructions().filter(|i| i.first_line != 3).map(|i| i.span.of(&text)).collect();
        assert_eq!(sound, ["FROM a", "RUN one", "RUN two", "CMD [\"x\"]"], "{broken}");
    }
}

/// A heredoc without its end ends where the next line is written like the instruction that opens it.
#[test]
fn an_open_heredoc_ends_at_the_next_instruction() {
    for (head, open, body, next) in [
        ("FROM a\n", "RUN <<EOF", "make\n  RUN x\nenv A=b make\nRUN\n", "COPY a b"),
        ("from a\n", "run <<EOF", "make\n  copy x y\nmakefile x\n", "copy a b"),
        ("  FROM a\n", "  RUN <<EOF", "make\n   COPY x y\nrun x\n", "  COPY a b"),
        ("From a\n", "Run <<EOF", "make\n copy x y\n", "Copy a b"),
        ("FROM a\n", "ONBUILD RUN <<EOF", "x\n", "COPY a b"),
        ("from a\n", "run <<EOF", "x\n", "COPY a b"),
    ] {
        let text = format!("{head}{open}\n{body}{next}\n");
        let (tree, errors) = parse(text.as_str());
        assert_eq!(errors.iter().map(|e| e.kind).collect::<Vec<_>>(), [ErrorKind::Heredoc], "{text}");
        let last = tree.instructions().next_back().unwrap();
        assert_eq!(last.span.of(&text), next.trim(), "{text}");
        assert_eq!(tree.instructions().nth(1).unwrap().heredocs[0].body.of(&text), body, "{text}");
    }
}

#[test]
fn an_unknown_instruction_has_its_fix() {
    let (_, errors) = parse("FORM node:20\nRUN x\n");
    let (title, edit) = errors.iter().find_map(|error| error.fix.clone()).unwrap();
    assert_eq!((title.as_str(), edit.text.as_str()), ("Change to `FROM`", "FROM"));
    assert_eq!(edit.span, Span::new(0, 4));
}

#[test]
fn a_file_without_instructions_is_told_at_its_first_character() {
    for (text, first) in [("\u{feff}", "\u{feff}"), ("# 없음\n", "#"), ("", ""), ("\n", "")] {
        let (_, errors) = parse(text);
        assert_eq!(errors.len(), 1, "{text:?}");
        assert_eq!(text.get(errors[0].span.range()), Some(first), "{text:?}");
    }
}

#[test]
fn the_escape_character_is_the_files() {
    let text = "# escape=`\nFROM a\nRUN dir `\n  C:\\x\n";
    assert_eq!(&*instruction(text, 1).args[0].text, "dir   C:\\x");
    assert_eq!(parse(text).0.escape(), '`');
}

/// Words of COPY and ADD as they stand in the file: a backslash is a character of a path unless it ends the line.
#[test]
fn windows_paths_are_words() {
    for (head, line, words) in [
        ("", "COPY a C:\\\\app\\\\", &["a", "C:\\\\app\\\\"][..]),
        ("", "COPY C:\\a\\b c:/app", &["C:\\a\\b", "c:/app"]),
        ("", "ADD [\"C:\\\\Program Files\\\\x\", \"D:/y\"]", &["\"C:\\\\Program Files\\\\x\"", "\"D:/y\""]),
        ("# escape=`\n", "COPY a C:\\app\\", &["a", "C:\\app\\"]),
        ("# escape=`\n", "COPY a `\n  C:\\app", &["a", "C:\\app"]),
    ] {
        let text = format!("{head}FROM a\n{line}\nRUN x\n");
        let (tree, errors) = parse(text.as_str());
        assert_eq!(errors, [], "{line}");
        let copy = tree.instructions().nth(1).unwrap();
        let written: Vec<&str> = copy.args.iter().map(|word| word.span.of(&text)).collect();
        assert_eq!(written, words, "{line}");
        assert_eq!(tree.instructions().count(), 3, "{line}");
    }
    let exec = instruction("FROM a\nCOPY [\"C:\\\\x y\", \"D:/\"]\n", 1);
    assert_eq!(&*exec.args[0].text, "C:\\x y");
}

#[test]
fn onbuild_holds_an_instruction() {
    let text = "FROM a\nONBUILD COPY --from=b c d\n";
    let trigger = instruction(text, 1).trigger.unwrap();
    assert_eq!((trigger.keyword, trigger.flag_value("from")), (Keyword::Copy, Some("b")));
    assert_eq!(trigger.args[1].span.of(text), "d");
}

/// Only of HEALTHCHECK NONE BuildKit doesn't look at the flags, not of a path `none`.
#[test]
fn a_word_none_hides_no_flag() {
    let kinds = |line: &str| {
        let (_, errors) = parse(format!("FROM a\n{line}\n"));
        errors.iter().map(|error| error.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds("COPY --frm=x none /a"), [ErrorKind::Flag]);
    assert_eq!(kinds("HEALTHCHECK --frm=x none"), []);
}

#[test]
fn many_open_heredocs_each_cost_themselves() {
    let text =
        "FROM a\nRUN <<A\nx\nRUN <<B cat\nB\nRUN <<-A\n\ty\nCOPY <<C <<A /\nC\n\tA\nRUN <<-A\n\tA\nCMD x\n";
    let (tree, errors) = parse(text);
    let bodies: Vec<Vec<&str>> =
        tree.instructions().map(|it| it.heredocs.iter().map(|h| h.body.of(text)).collect()).collect();
    assert_eq!(bodies[1..], [vec!["x\n"], vec![""], vec!["\ty\nCOPY <<C <<A /\nC\n"], vec![""], vec![]]);
    let open: Vec<u32> = errors.iter().map(|error| tree.lines().line(error.span.start) + 1).collect();
    assert_eq!(open, [2]);
}

/// Pieces that Dockerfiles are made of, and what they stumble over.
pub(super) fn files() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("FROM a\n"),
        Just("RUN x"),
        Just("\\\n"),
        Just("\n"),
        Just("\r\n"),
        Just("\r"),
        Just("# c\n"),
        Just("  # c\n"),
        Just("#escape=`\n"),
        Just("`\n"),
        Just("ENV a=\"b"),
        Just("\""),
        Just("'"),
        Just("<<EOF "),
        Just("EOF\n"),
        Just("<<-\"E F\""),
        Just("COPY --from=x "),
        Just("--mount=type=cache,"),
        Just("[\"a\", "),
        Just("\"b\"]"),
        Just("ONBUILD "),
        Just("ARG x=${y:-"),
        Just("}"),
        Just("HEALTHCHECK "),
        Just("한글 "),
        Just("😀"),
        Just("\u{feff}"),
        Just("\t"),
        Just("\u{a0}"),
        Just("$"),
        Just("\\"),
        Just("LABEL a"),
        Just("="),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_tokens_joined_are_the_text(text in files()) {
        let (tree, errors) = parse(text.as_str());
        let joined: String = tree.tokens().map(|(_, span)| span.of(&text)).collect();
        prop_assert_eq!(&joined, &text);
        prop_assert!(tree.tokens().all(|(_, span)| !span.is_empty()));
        for error in errors {
            prop_assert!(text.get(error.span.range()).is_some(), "{:?}", error);
        }
        for instruction in tree.instructions() {
            let spans = instruction.args.iter().map(|w| w.span)
                .chain(instruction.flags.iter().flat_map(|f| [f.span, f.name_span]))
                .chain([instruction.span, instruction.full_span, instruction.keyword_span, instruction.rest_span()]);
            for span in spans {
                prop_assert!(text.get(span.range()).is_some(), "{:?} in {:?}", span, instruction);
            }
            prop_assert!(instruction.full_span.encloses(instruction.span));
        }
    }

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        let (tree, _) = parse(text.as_str());
        let joined: String = tree.tokens().map(|(_, span)| span.of(&text)).collect();
        prop_assert_eq!(joined, text);
    }
}
