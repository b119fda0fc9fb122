use super::*;

fn env(name: &str) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(match name {
        "NAME" => "app",
        "FILE" => "/srv/app/app.tar.gz",
        "EMPTY" => "",
        "PAIR" => "one two",
        _ => return None,
    }))
}

fn word(text: &str) -> String {
    Lex::new('\\').word(text, &env).unwrap().value
}

fn fault(text: &str) -> ExpandError {
    Lex::new('\\').word(text, &env).unwrap_err()
}

#[test]
fn values_are_trimmed_and_replaced() {
    assert_eq!(word("${FILE#*/}"), "srv/app/app.tar.gz");
    assert_eq!(word("${FILE##*/}"), "app.tar.gz");
    assert_eq!(word("${FILE%.*}"), "/srv/app/app.tar");
    assert_eq!(word("${FILE%%.*}"), "/srv/app/app");
    assert_eq!(word("${FILE/app/web}"), "/srv/web/app.tar.gz");
    assert_eq!(word("${FILE//app/web}"), "/srv/web/web.tar.gz");
    assert_eq!(word("${FILE//\\//:}"), ":srv:app:app.tar.gz");
    assert_eq!(word("${NAME//x*/-}"), "app");
    assert_eq!(word("${NAME//*/-}"), "-");
    assert_eq!(word("${NAME//[a/-}"), "app");
}

#[test]
fn used_and_unset_names_are_told_apart() {
    let expansion = Lex::new('\\').word("$NAME ${NOPE:-${NEITHER:-$NAME}} '$QUOTED'", &env).unwrap();
    assert_eq!(expansion.value, "app app $QUOTED");
    assert_eq!(expansion.used, ["NAME"]);
    assert_eq!(expansion.unset, ["NEITHER", "NOPE"]);
}

#[test]
fn the_escape_character_is_the_files() {
    assert_eq!(Lex::new('`').word("C:\\$NAME `$NAME", &env).unwrap().value, "C:\\app $NAME");
}

#[test]
fn an_error_stands_where_the_fault_is() {
    let error = fault("a ${NAME:YY} b");
    assert_eq!(error.span.of("a ${NAME:YY} b"), ":Y");
    assert_eq!(error.kind, ExpandErrorKind::UnsupportedModifier(":Y".into()));
    let error = fault("a ${NOPE:?set it} b");
    assert_eq!(error.span.of("a ${NOPE:?set it} b"), "${NOPE:?set it}");
    assert_eq!(error.message(), "`NOPE` must be given a value: set it");
    assert_eq!(fault("say \"hi").span.of("say \"hi"), "\"hi");
    assert_eq!(
        fault("${NAME#\\x}").kind,
        ExpandErrorKind::InvalidPattern {
            pattern: "\\x".into(),
            problem: pattern::Problem::Escape(Some('x')),
        }
    );
    assert_eq!(fault("${NAME/a}").kind, ExpandErrorKind::MissingSlash);
}

#[test]
fn depth_and_work_are_bounded() {
    let deep = "${A:-".repeat(100_000);
    assert_eq!(fault(&deep).kind, ExpandErrorKind::TooDeep);
    assert!(references(&deep, '\\').len() > MAX_DEPTH);
    let long = "a".repeat(100_000);
    let pattern = format!("${{LONG//{}b/}}", "*a".repeat(100));
    let long_env = |_: &str| Some(Cow::Borrowed(long.as_str()));
    let error = Lex::new('\\').word(&pattern, &long_env).unwrap_err();
    assert!(matches!(error.kind, ExpandErrorKind::InvalidPattern { problem: pattern::Problem::TooLong, .. }));
}

#[test]
fn words_know_their_bytes() {
    let text = "RUN cat <<\"E O\" <<-$X a\\ b \"\" ${PAIR}z";
    let words = Lex::verbatim('\\').words_with_spans(text, &|_| None).unwrap();
    let pairs: Vec<_> = words.iter().map(|word| (word.value.as_str(), word.span.of(text))).collect();
    for (value, bytes) in &pairs {
        assert_eq!(value, bytes);
    }
    assert_eq!(
        pairs.iter().map(|pair| pair.0).collect::<Vec<_>>(),
        ["RUN", "cat", "<<\"E O\"", "<<-$X", "a\\ b", "\"\"", "${PAIR}z"]
    );
    let words = Lex::new('\\').words_with_spans("x \"\" ${PAIR}z", &env).unwrap();
    let spans: Vec<_> = words.iter().map(|word| (word.value.as_str(), word.span.range())).collect();
    assert_eq!(spans, [("x", 0..1), ("one", 5..12), ("twoz", 5..13)]);
}

fn named(text: &str) -> Vec<(&str, &str)> {
    references(text, '\\').into_iter().map(|found| (found.name, found.span.of(text))).collect()
}

#[test]
fn references_are_found_in_words_and_patterns_but_not_in_single_quotes() {
    assert_eq!(
        named("a$x-${y:-${z}} '$q' \"$d'$e'\" \\$n ${f/$g/$h}"),
        [
            ("x", "$x"),
            ("y", "${y:-${z}}"),
            ("z", "${z}"),
            ("d", "$d"),
            ("e", "$e"),
            ("f", "${f/$g/$h}"),
            ("g", "$g"),
            ("h", "$h"),
        ]
    );
    let found = references("${f//a/b}", '\\');
    assert_eq!(found[0].operator, Some(Operator::Replace { all: true }));
    assert_eq!(found[0].word_span.map(|span| span.of("${f//a/b}")), Some("a/b"));
    let heredoc = Lex { skip_quotes: true, ..Lex::new('\\') };
    assert_eq!(heredoc.references("it's $x")[0].name, "x");
}

#[test]
fn half_typed_references_are_reported_as_far_as_they_go() {
    assert_eq!(named("node:${V"), [("V", "${V")]);
    assert_eq!(named("${V AS x"), [("V", "${V")]);
    assert_eq!(named("a ${"), [("", "${")]);
    assert_eq!(named("a $"), []);
    assert_eq!(named("${V:-18 $W"), [("V", "${V:-18 $W"), ("W", "$W")]);
    assert_eq!(named("${V=1} $W"), [("V", "${V=1}"), ("W", "$W")]);
    assert!(references("${V:-18 $W", '\\').iter().all(|found| found.closed == (found.name == "W")));
}

/// Modifiers within one another multiply; what BuildKit would work out until memory ends is refused.
#[test]
fn a_value_that_grows_without_end_is_refused() {
    let text = (0..60).fold("x".to_owned(), |inner, _| format!("${{FILE//?/{inner}}}"));
    let error = fault(&text);
    assert_eq!(error.kind, ExpandErrorKind::TooLong);
    assert!(!error.is_syntax());
    let long = "a".repeat(40_000);
    let env = |name: &str| (name == "LONG").then_some(Cow::Borrowed(long.as_str()));
    let lex = Lex::new('\\');
    assert_eq!(lex.word("$LONG$LONG$LONG", &env).unwrap().value.len(), 120_000);
    assert_eq!(lex.word("$LONG$LONG\"$LONG$LONG\"", &env).unwrap_err().kind, ExpandErrorKind::TooLong);
    // One match a character, each found at once.
    assert_eq!(lex.word("${LONG//a/b}", &env).unwrap().value, "b".repeat(40_000));
    assert_eq!(lex.word("${LONG//a?/b}", &env).unwrap().value, "b".repeat(20_000));
    assert_eq!(lex.word("${LONG//*/b}", &env).unwrap().value, "b");
}
