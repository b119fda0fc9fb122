//! What holds of every text, sense or nonsense.

use crate::shell::*;
use proptest::prelude::*;

/// Texts of the pieces that shells give a meaning to, and of anything.
fn scripts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "npm ci",
        " ",
        " ",
        "\n",
        "\r\n",
        "\t",
        ";",
        ";;",
        "&",
        "&&",
        "|",
        "||",
        "|&",
        "(",
        ")",
        "((",
        "))",
        "{ ",
        "}",
        "$(",
        "${",
        "$((",
        "$[",
        "]",
        "$x",
        "$'",
        "$\"",
        "'",
        "\"",
        "`",
        "\\",
        "\\\n",
        "\\`",
        "<<",
        "<<-",
        "<<<",
        "EOF",
        "\nEOF\n",
        "<",
        ">",
        ">&",
        "2>",
        "&>",
        "<(",
        "#",
        "!",
        "[[ ",
        " ]]",
        "=~",
        "=",
        "+=",
        "a=",
        "a=(",
        "[",
        "*",
        "?",
        "@(",
        "if ",
        " then ",
        " elif ",
        " else ",
        " fi",
        "for ",
        " in ",
        " do ",
        " done",
        "while ",
        "case ",
        " esac",
        "function ",
        "f()",
        "sh -c ",
        "eval ",
        "bash <<EOF\n",
        "sudo ",
        "env ",
        "npx ",
        "xargs ",
        "cd ",
        "apt-get install ",
        "yarn ",
        "é",
        "한",
        "\u{1F680}",
        "\0",
        "%a%",
        "^",
        "@'",
        "'@",
        "<#",
        "#>",
        ":-",
        "##",
        "%%",
        "next build",
        "-c ",
        "-- ",
        "--prefix ",
        "@",
    ]);
    let free = "\\PC{0,12}";
    prop_oneof![
        8 => prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat()),
        1 => free,
        1 => prop::collection::vec(any::<char>(), 0..80).prop_map(String::from_iter),
    ]
}

fn inside(span: Span, source: &str) -> bool {
    span.start <= span.end
        && span.end as usize <= source.len()
        && source.is_char_boundary(span.start as usize)
        && source.is_char_boundary(span.end as usize)
}

fn check_parts(parts: &[Part], source: &str, from: u32) -> u32 {
    let mut last = from;
    for part in parts {
        assert!(inside(part.span, source), "{part:?} in {source:?}");
        assert!(part.at.start >= last, "{part:?} overlaps in {source:?}");
        last = part.at.end;
        match &part.kind {
            PartKind::Double(parts) | PartKind::Arithmetic(parts) => {
                assert!(check_parts(parts, source, part.at.start) <= part.at.end);
            }
            PartKind::Variable(variable) => {
                let behind = check_parts(&variable.subscript, source, part.at.start);
                assert!(check_parts(&variable.operand, source, behind) <= part.at.end);
            }
            _ => {}
        }
    }
    last
}

fn check_word(word: &Word, source: &str, dialect: Dialect) {
    assert!(inside(word.span, source), "{word:?} in {source:?}");
    assert!(check_parts(&word.parts, source, word.at.start) <= word.at.end);
    let joined: String = word.parts.iter().map(|part| word.part_text(part)).collect();
    assert_eq!(joined, word.text(), "the parts of a word are the word ({dialect:?})");
    word.literal();
    word.known_prefix();
}

fn check(source: &str, splice: &Splice, dialect: Dialect) {
    let script = parse(splice, source, dialect);
    for error in &script.errors {
        assert!(inside(error.span, source), "{error:?} in {source:?}");
    }
    for comment in &script.comments {
        assert!(inside(*comment, source), "{comment:?} in {source:?}");
    }
    for command in script.commands() {
        assert!(inside(command.span, source), "{command:?} in {source:?}");
        let mut last = command.span.start;
        for word in command.words() {
            check_word(word, source, dialect);
            assert!(command.span.encloses(word.span), "{word:?} of {command:?} in {source:?}");
            if !command.nesting.inner {
                assert!(word.span.start >= last, "{word:?} of {command:?} in {source:?}");
            }
            last = word.span.end;
        }
        for assignment in command.assignments() {
            assert!(command.span.encloses(assignment.span), "{assignment:?} in {source:?}");
        }
        for redirect in command.redirects() {
            assert!(command.span.encloses(redirect.span), "{redirect:?} in {source:?}");
        }
        unwrap(&command);
        next::of(&command);
        if let Some(action) = packages::of(&command) {
            for span in action.packages.iter().map(|p| p.span).chain(action.flags.iter().map(|f| f.span)) {
                assert!(inside(span, source), "{action:?} in {source:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(source in scripts()) {
        let splice = Splice::of(Span::new(0, source.len() as u32));
        for dialect in [Dialect::Posix, Dialect::Cmd, Dialect::PowerShell] {
            check(&source, &splice, dialect);
        }
    }

    #[test]
    fn any_pieces_of_a_text_are_read(source in scripts(), cuts in prop::collection::vec(0usize..200, 0..12)) {
        let mut cuts: Vec<u32> = cuts.into_iter().filter(|c| source.is_char_boundary(*c)).map(|c| c as u32).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let spans: Vec<_> = cuts.chunks_exact(2).map(|pair| Span::new(pair[0], pair[1])).collect();
        let splice = Splice::join(&spans, &source);
        for dialect in [Dialect::Posix, Dialect::Cmd, Dialect::PowerShell] {
            check(&source, &splice, dialect);
        }
    }

    /// Words that are quoted one way or another come back as they were.
    #[test]
    fn quoted_words_keep_their_values(words in prop::collection::vec("[a-z '\"\\\\$`*;&|<>(){}#\n한]{1,8}", 1..6), how in 0..3) {
        let quoted: Vec<String> = words.iter().map(|word| match how {
            0 => format!("'{}'", word.replace('\'', "'\\''")),
            1 => {
                let mut text = String::from("\"");
                for char in word.chars() {
                    if matches!(char, '"' | '\\' | '$' | '`') {
                        text.push('\\');
                    }
                    text.push(char);
                }
                text + "\""
            }
            _ => word.chars().map(|char| if char == '\n' { "'\n'".to_owned() } else { format!("\\{char}") }).collect(),
        }).collect();
        let text = format!("run {}", quoted.join(" "));
        let script = parse_str(&text);
        prop_assert_eq!(&script.errors, &[]);
        let commands = script.commands();
        let values: Vec<_> = commands[0].args().iter().filter_map(Word::literal).collect();
        prop_assert_eq!(values, words);
    }
}

#[test]
fn deep_nesting_ends_in_an_error() {
    for (open, close) in [
        ("$(", ")"),
        ("( ", ")"),
        ("${x:-", "}"),
        ("$((", "))"),
        ("if a; then ", "; fi"),
        ("{ ", "; }"),
        ("`", "`"),
    ] {
        let text = format!("{}a{}; last", open.repeat(5000), close.repeat(5000));
        let script = parse_str(&text);
        script.commands();
        if open != "`" {
            assert!(script.truncated && !script.errors.is_empty(), "{open}");
        }
    }
    let text = "sh -c ".repeat(1000) + "a";
    parse_str(&text).commands();
}
