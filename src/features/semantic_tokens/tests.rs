use super::*;
use crate::text::LineTable;
use std::sync::Arc;

fn snapshot(text: &str) -> Snapshot {
    Snapshot::new(text, None, Arc::default())
}

/// The tokens that the numbers mean, each with the text that the client would colour.
fn decoded(data: &[u32], text: &str, encoding: Encoding) -> Vec<(String, &'static str, u32)> {
    let lines = LineTable::lsp(text);
    let (mut line, mut column) = (0, 0);
    let tokens = data.as_chunks::<5>().0.iter().map(|&[down, on, length, kind, modifiers]| {
        (line, column) = if down == 0 { (line, column + on) } else { (line + down, on) };
        let at = |character| lines.offset(crate::text::Position { line, character }, text, encoding);
        let span = Span::new(at(column), at(column + length));
        assert_eq!(encoding.len(span.of(text)), length, "a token reaches over the end of line {line}");
        (span.of(text).to_owned(), TOKEN_TYPES[kind as usize], modifiers)
    });
    tokens.collect()
}

const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

/// Encodes, decodes and compares in every encoding.
fn colours(text: &str) -> Vec<(String, &'static str, u32)> {
    let snapshot = snapshot(text);
    let of = |encoding| {
        let manner = Manner { encoding, multiline: false };
        decoded(&encoded_tokens(&snapshot, None, manner), text, encoding)
    };
    let first = of(Encoding::Utf8);
    assert!(ALL.iter().all(|encoding| of(*encoding) == first), "encodings differ for {text:?}");
    first
}

fn kinds(text: &str) -> Vec<String> {
    colours(text).into_iter().map(|(text, kind, _)| format!("{kind}:{text}")).collect()
}

#[test]
fn places_behind_an_emoji_are_right() {
    assert_eq!(
        kinds("FROM a\nRUN echo '😀' ${C:-x} && id\n"),
        [
            "keyword:FROM",
            "type:a",
            "keyword:RUN",
            "function:echo",
            "string:'😀'",
            "variable:${C",
            "operator:}",
            "operator:&&",
            "function:id"
        ]
    );
}

#[test]
fn flags_mounts_and_stages_have_their_own_colours() {
    assert_eq!(
        kinds(
            "FROM --platform=$BUILDPLATFORM node AS b\nRUN --mount=type=cache,from=b,target=/x true\nFROM b\nCOPY --from=0 --chown=$U . /x\n"
        ),
        [
            "keyword:FROM",
            "parameter:--platform",
            "variable:$BUILDPLATFORM",
            "type:node",
            "keyword:AS",
            "class:b",
            "keyword:RUN",
            "parameter:--mount",
            "property:type",
            "enumMember:cache",
            "property:from",
            "type:b",
            "property:target",
            "function:true",
            "keyword:FROM",
            "class:b",
            "keyword:COPY",
            "parameter:--from",
            "number:0",
            "parameter:--chown",
            "variable:$U",
        ]
    );
}

#[test]
fn tokens_over_several_lines_are_split_where_the_client_cannot_take_them() {
    let text = "FROM a\nCOPY <<EOF /x\r\none\n\n  two $V\nEOF\n";
    assert_eq!(
        kinds(text)[3..],
        ["string:<<EOF", "string:one", "string:  two ", "variable:$V", "string:EOF"]
    );
    let whole = Manner { encoding: Encoding::Utf16, multiline: true };
    let data = encoded_tokens(&snapshot(text), None, whole);
    assert!(
        data.as_chunks::<5>().0.iter().any(|token| token[2] as usize == "one\n\n  two ".len()),
        "{data:?}"
    );
}

#[test]
fn json_words_and_what_a_shell_reads_of_them_are_told_apart() {
    assert_eq!(
        kinds("FROM a\nCMD [\"node\", \"x\"]\nENTRYPOINT [\"sh\", \"-c\", \"exec $A\"]\n")[2..],
        [
            "keyword:CMD",
            "string:\"node\"",
            "string:\"x\"",
            "keyword:ENTRYPOINT",
            "string:\"sh\"",
            "string:\"-c\"",
            "string:\"",
            "function:exec",
            "variable:$A",
            "string:\""
        ]
    );
}

#[test]
fn reserved_words_and_comments_of_a_shell_are_coloured() {
    assert_eq!(
        kinds(
            "FROM a\nRUN if [ -f x ]; then \\\n  # why\n  for f in *; do echo; done; fi\nRUN <<EOF\nset -e # x\nEOF\n"
        )[2..],
        [
            "keyword:RUN",
            "keyword:if",
            "function:[",
            "parameter:-f",
            "operator:;",
            "keyword:then",
            "comment:# why",
            "keyword:for",
            "variable:f",
            "keyword:in",
            "operator:;",
            "keyword:do",
            "function:echo",
            "operator:;",
            "keyword:done",
            "operator:;",
            "keyword:fi",
            "keyword:RUN",
            "string:<<EOF",
            "function:set",
            "parameter:-e",
            "comment:# x",
            "string:EOF",
        ]
    );
}

const MIXED: &str =
    "FROM a AS b\nRUN <<EOF\necho 😀 $x\nEOF\nENV A=1\\\n  B=\"$C\"\n# 완료\nCOPY --from=b . .\n";

#[test]
fn a_part_has_the_tokens_that_the_whole_has_there() {
    let snapshot = snapshot(MIXED);
    let all = semantic_tokens(&snapshot);
    for start in 0..MIXED.len() as u32 {
        let within = Span::new(start, (start + 9).min(MIXED.len() as u32));
        let expected: Vec<Token> = all.iter().copied().filter(|token| token.span.meets(within)).collect();
        assert_eq!(collect::tokens(&snapshot, within), expected, "{within:?}");
    }
}

#[test]
fn a_difference_makes_the_new_tokens_of_the_old() {
    let manner = Manner::default();
    let before = encoded_tokens(&snapshot(MIXED), None, manner);
    for after in [
        MIXED.to_owned(),
        MIXED.replace("ENV A=1", "ENV AAA=1 D=$x"),
        MIXED.replace("# 완료\n", ""),
        String::new(),
        format!("# x\n{MIXED}"),
        format!("{MIXED}RUN x"),
    ] {
        let after = encoded_tokens(&snapshot(&after), None, manner);
        let mut made = before.clone();
        if let Some(edit) = difference(&before, &after) {
            made.splice(edit.start..edit.start + edit.delete, edit.insert);
        }
        assert_eq!(made, after);
    }
    assert_eq!(difference(&before, &before), None);
    let after = encoded_tokens(&snapshot(&MIXED.replace("echo", "make")), None, manner);
    assert_eq!(difference(&before, &after), None, "another program of the same length has the same colour");
    let after = encoded_tokens(&snapshot(&MIXED.replace("ENV A=1", "ENV A=1 D=$x")), None, manner);
    assert!(difference(&before, &after).unwrap().insert.len() < after.len() / 2);
}

#[test]
fn tokens_are_legal_wherever_a_text_is_cut_off() {
    let text = include_str!("../../../fixtures/tokens/shell.Dockerfile");
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let cut = &text[..end];
        let snapshot = snapshot(cut);
        let tokens = semantic_tokens(&snapshot);
        for pair in tokens.windows(2) {
            assert!(pair[0].span.end <= pair[1].span.start, "{pair:?} overlap in {cut:?}");
        }
        let manner = Manner { encoding: Encoding::Utf16, multiline: false };
        decoded(&encoded_tokens(&snapshot, None, manner), cut, Encoding::Utf16);
    }
}
