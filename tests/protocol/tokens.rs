//! Semantic tokens: whole, changed and in part.

use crate::editor::Columns;
use crate::support::{DOC, range, session};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};

const TEXT: &str = "FROM node AS 빌드\nRUN echo '😀' ${A:-x} && \\\n  true\nCOPY <<EOF /x\nplain 😀 $A\nEOF\nRUN --mount=type=";

fn ask(client: &mut Client, what: &str, mut params: Value) -> Value {
    params["textDocument"] = json!({"uri": DOC});
    client.request(&format!("textDocument/semanticTokens/{what}"), params).unwrap()
}

fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect()
}

/// What each token covers, in the client's columns.
fn covered(data: &[u64], columns: Columns, text: &str) -> Vec<String> {
    let (mut line, mut column) = (0, 0);
    let tokens = data.chunks(5).map(|token| {
        (line, column) = if token[0] == 0 { (line, column + token[1]) } else { (line + token[0], token[1]) };
        let at = |character: u64| json!({"line": line, "character": character});
        columns.slice(text, &json!({"start": at(column), "end": at(column + token[2])})).to_owned()
    });
    tokens.collect()
}

#[test]
fn tokens_have_legal_numbers_and_cover_what_they_mean() {
    for columns in Columns::BOTH {
        let mut client = crate::support::start();
        let can = columns.offered(json!({}));
        let answer =
            client.initialize(json!({"processId": null, "rootUri": null, "capabilities": can})).unwrap();
        let legend = &answer["capabilities"]["semanticTokensProvider"]["legend"];
        let types = legend["tokenTypes"].as_array().unwrap();
        let modifiers = legend["tokenModifiers"].as_array().unwrap().len();
        client.open(DOC, "dockerfile", 1, TEXT).unwrap();
        let data = numbers(&ask(&mut client, "full", json!({}))["data"]);
        assert!(data.chunks(5).all(|token| token[2] > 0 && (token[3] as usize) < types.len()));
        assert!(data.chunks(5).all(|token| token[4] < 1 << modifiers));
        let covered = covered(&data, columns, TEXT);
        for word in ["'😀'", "${A", "&&", "<<EOF", "plain 😀 ", "$A", "--mount", "type"] {
            assert!(covered.iter().any(|text| text == word), "{word} is missing in {covered:?}");
        }
        // A part has the same tokens at the same places.
        let part = numbers(&ask(&mut client, "range", json!({"range": range((3, 0), (5, 0))}))["data"]);
        let part = self::covered(&part, columns, TEXT);
        assert!(part.windows(1).all(|it| covered.contains(&it[0])) && part.contains(&"<<EOF".to_owned()));
        assert!(!part.contains(&"FROM".to_owned()), "{part:?}");
    }
}

#[test]
fn a_change_is_sent_as_a_change() {
    let mut client = session(json!({}));
    client.open(DOC, "dockerfile", 1, TEXT).unwrap();
    let first = ask(&mut client, "full", json!({}));
    let mut data = numbers(&first["data"]);
    let mut id = first["resultId"].clone();
    for (version, text) in
        [(2, TEXT.replace("plain", "$B plain")), (3, TEXT.replace("RUN echo", "# x\nRUN echo"))]
    {
        client.change(DOC, version, json!([{"text": text}])).unwrap();
        let delta = ask(&mut client, "full/delta", json!({"previousResultId": id}));
        for edit in delta["edits"].as_array().unwrap() {
            let at = edit["start"].as_u64().unwrap() as usize;
            let deleted = edit["deleteCount"].as_u64().unwrap() as usize;
            let inserted = edit.get("data").map(numbers).unwrap_or_default();
            assert!(inserted.len() < data.len(), "the change is smaller than all");
            data.splice(at..at + deleted, inserted);
        }
        id = delta["resultId"].clone();
        let mut fresh = session(json!({}));
        fresh.open(DOC, "dockerfile", 1, &text).unwrap();
        assert_eq!(data, numbers(&ask(&mut fresh, "full", json!({}))["data"]));
    }
    assert_eq!(ask(&mut client, "full/delta", json!({"previousResultId": id}))["edits"], json!([]));
    // Of a state that isn't known any more everything is sent.
    let whole = ask(&mut client, "full/delta", json!({"previousResultId": "gone"}));
    assert_eq!(numbers(&whole["data"]), data);
}
