//! Outline, folds and selections of one text.

use super::*;
use crate::text::Span;
use std::sync::Arc;

fn snapshot(text: &str) -> Snapshot {
    Snapshot::new(text, None, Arc::default())
}

fn outline(text: &str) -> Vec<String> {
    fn add(symbols: &[Symbol<'_>], depth: usize, text: &str, lines: &mut Vec<String>) {
        for symbol in symbols {
            assert!(symbol.span.encloses(symbol.selection), "{symbol:?}");
            assert!(text.get(symbol.span.range()).is_some());
            assert!(symbol.children.iter().all(|child| symbol.span.encloses(child.span)), "{symbol:?}");
            let beside =
                if symbol.detail.is_empty() { String::new() } else { format!(" | {}", symbol.detail) };
            lines.push(format!("{}{}{beside}", "  ".repeat(depth), symbol.name));
            add(&symbol.children, depth + 1, text, lines);
        }
    }
    let mut lines = Vec::new();
    add(&document_symbols(&snapshot(text)), 0, text, &mut lines);
    lines
}

#[test]
fn the_outline_has_stages_and_in_them_their_steps() {
    let text = "ARG V=22\nFROM node:$V AS deps\nRUN --mount=type=cache,target=/c npm  ci \\\n  --omit=dev\nENV A=1 B=\"😀\"\nFROM scratch AS unused\nFROM deps\nCOPY <<EOF /x\nhello\nEOF\nRUN <<EOF\n\nset -e\nEOF\nMAINTAINER me\nLABEL a=b\n";
    assert_eq!(
        outline(text),
        [
            "ARG V | 22",
            "deps | on node:22",
            "  RUN npm ci --omit=dev | --mount=type=cache,target=/c",
            "  ENV A B",
            "    A | 1",
            "    B | \"😀\"",
            "unused | on nothing · not needed by the last stage",
            "stage 2 | on stage deps",
            "  COPY <<EOF /x",
            "  RUN set -e",
            "  MAINTAINER me",
            "  LABEL a | b",
        ]
    );
}

#[test]
fn the_outline_of_a_half_typed_file_has_what_is_there() {
    assert_eq!(
        outline("FROM\nRUN\nENV =\nFORM x\nRUN <<EOF\nFROM a AS"),
        ["stage 0 | not needed by the last stage", "  RUN", "  ENV =", "  RUN <<EOF", "stage 1 | on a"]
    );
    assert_eq!(outline(""), [""; 0]);
    let long = format!("FROM a\nRUN {}\n", "é".repeat(1 << 20));
    assert_eq!(outline(&long)[1].chars().count(), "  ".len() + 61);
}

fn folds(text: &str, limit: Option<usize>) -> Vec<(u32, u32, FoldKind)> {
    folding_ranges(&snapshot(text), limit)
        .into_iter()
        .map(|fold| (fold.lines.0, fold.lines.1, fold.kind))
        .collect()
}

const FOLDED: &str = "# one\n# two\n# region tools\nFROM a\nRUN x \\\n  y\n\nRUN <<A cat <<B\n1\nA\n2\nB\n# endregion\n# alone\nFROM b\n#region\nCOPY <<EOF /\n😀\nEOF\n";

#[test]
fn stages_regions_continuations_heredocs_and_comments_fold() {
    use FoldKind::*;
    let all = [
        (0, 1, Comment),
        (2, 12, Region),
        (3, 11, Stage),
        (4, 5, Instruction),
        (7, 11, Instruction),
        (8, 9, Heredoc),
        (10, 11, Heredoc),
        (14, 18, Stage),
        (16, 18, Instruction),
    ];
    assert_eq!(folds(FOLDED, None), all);
    let few = folds(FOLDED, Some(3));
    assert_eq!(few, [(2, 12, Region), (3, 11, Stage), (14, 18, Stage)]);
    assert_eq!(folds(&FOLDED.replace('\n', "\r\n"), None), all);
    assert_eq!(folds("FROM a\n# endregion\n# region\nRUN <<EOF", None), [(0, 3, Stage)]);
}

fn selections(text: &str, at: &str) -> Vec<String> {
    let snapshot = snapshot(text);
    let spans = selection_ranges(&snapshot, text.find(at).unwrap() as u32 + 1);
    for pair in spans.windows(2) {
        assert!(pair[1].encloses(pair[0]) && pair[0] != pair[1], "{spans:?}");
    }
    spans.into_iter().map(|span: Span| span.of(text).to_owned()).collect()
}

#[test]
fn a_selection_grows_from_the_word_to_the_file() {
    let text = "FROM a\n# why\nRUN --network=none echo \"😀 ${VAR}\" x && make\nFROM b\n";
    let echo = "echo \"😀 ${VAR}\" x";
    let run = format!("RUN --network=none {echo} && make");
    let commented = format!("# why\n{run}");
    let stage = format!("FROM a\n{commented}");
    let chain = format!("{echo} && make");
    let grows = ["VAR", "${VAR", "\"😀 ${VAR}\"", echo, &chain, &run, &commented, &stage, text];
    assert_eq!(selections(text, "VAR"), grows);
    assert_eq!(
        selections(text, "none")[..3],
        ["none", "--network=none", "RUN --network=none echo \"😀 ${VAR}\" x && make"]
    );
    assert_eq!(selections(text, "why")[..1], ["# why"]);
    assert_eq!(
        selections("FROM a\nCMD [\"é\", \"b\"]\n", "é")[..4],
        ["é", "\"é\"", "\"é\", \"b\"", "[\"é\", \"b\"]"]
    );
}

#[test]
fn every_place_of_every_cut_has_a_selection() {
    for end in (0..=FOLDED.len()).filter(|end| FOLDED.is_char_boundary(*end)) {
        let cut = &FOLDED[..end];
        let snapshot = snapshot(cut);
        for offset in (0..=end).filter(|at| cut.is_char_boundary(*at)) {
            let spans = selection_ranges(&snapshot, offset as u32);
            assert_eq!(spans.last(), Some(&Span::new(0, end as u32)));
            assert!(spans.windows(2).all(|pair| pair[1].encloses(pair[0])), "{spans:?}");
        }
    }
}

#[test]
fn stages_call_what_they_take_something_from() {
    let text = "FROM a AS One\nFROM one AS two\nCOPY --from=one /a /b\nCOPY --from=0 /c /d\nFROM b\nCOPY --from=two /a /b\n";
    let snapshot = snapshot(text);
    let stage = stage_at(&snapshot, text.find("one /a").unwrap() as u32).unwrap();
    assert_eq!((stage.index, stage.name.as_str(), stage.detail.as_str()), (0, "One", "on a"));
    let shown = |calls: Vec<StageCall>| -> Vec<(String, Vec<String>)> {
        let places = |call: &StageCall| call.places.iter().map(|span| span.of(text).to_owned()).collect();
        calls.into_iter().map(|call| (call.stage.name.clone(), places(&call))).collect()
    };
    let places = ["one", "one", "0"].map(str::to_owned).to_vec();
    assert_eq!(shown(incoming_calls(&snapshot, 0)), [("two".to_owned(), places.clone())]);
    assert_eq!(shown(outgoing_calls(&snapshot, 1)), [("One".to_owned(), places)]);
    assert_eq!(shown(incoming_calls(&snapshot, 1)), [("stage 2".to_owned(), vec!["two".to_owned()])]);
    assert_eq!(stage_again(&snapshot, 7, "two").map(|stage| stage.index), Some(1));
    assert_eq!(stage_again(&snapshot, 0, "gone"), None);
    assert_eq!(stage_at(&snapshot, text.find("/a").unwrap() as u32), None);
}

#[test]
fn a_heredocs_name_is_typed_at_both_ends() {
    let text = "FROM a\nRUN <<'EOF'\n😀\nEOF\nRUN <<OPEN\n";
    let snapshot = snapshot(text);
    let linked = |at: usize| linked_editing_ranges(&snapshot, at as u32);
    let both = linked(text.find("EOF").unwrap()).unwrap();
    assert_eq!(both.iter().map(|span| span.of(text)).collect::<Vec<_>>(), ["EOF", "EOF"]);
    assert_eq!(linked(text.rfind("EOF").unwrap() + 3), Some(both));
    assert_eq!(linked(text.find("OPEN").unwrap()), None);
    assert_eq!(linked(2), None);
}
