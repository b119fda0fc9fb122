//! Refactorings as a client sees them: kinds, selections, edits in its own columns.

use crate::editor::Columns;
use crate::support::{DOC, session};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};

const TEXT: &str = "\
FROM node:22
ENV A=\"😀 é\" B=2
RUN echo '😀' && echo \"설정 😀\" b
RUN echo '😀' c
ARG V=1
COPY 😀/$V d$V 😀/
CMD node \"😀.js\"
";

fn able(resolves: bool) -> Value {
    let mut action = json!({
        "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["refactor.extract", "refactor.inline"]}},
        "disabledSupport": true,
        "dataSupport": true,
    });
    if resolves {
        action["resolveSupport"] = json!({"properties": ["edit"]});
    }
    json!({"textDocument": {"codeAction": action}, "workspace": {"workspaceEdit": {"documentChanges": true}}})
}

/// What is offered from the start of `from` to the end of `to`.
fn offers(client: &mut Client, columns: Columns, from: &str, to: &str, only: &str) -> Vec<Value> {
    let start = columns.position(TEXT, from, 0);
    let end = match to {
        "" => start.clone(),
        to => {
            let behind = TEXT[TEXT.find(to).unwrap() + to.len()..].to_owned();
            columns.position(TEXT, &behind, 0)
        }
    };
    let params = json!({
        "textDocument": {"uri": DOC},
        "range": {"start": start, "end": end},
        "context": {"diagnostics": [], "only": [only]},
    });
    client.request("textDocument/codeAction", params).unwrap().as_array().unwrap().clone()
}

#[test]
fn an_edit_lands_in_the_columns_of_the_client() {
    // From where to where, the kind asked for, the title, and the lines that come of it.
    let cases = [
        (
            "B=2",
            "",
            "refactor.rewrite",
            "Split this ENV into 2",
            "ENV A=\"😀 é\" B=2\n",
            "ENV A=\"😀 é\"\nENV B=2\n",
        ),
        (
            "echo \"설정",
            "",
            "refactor.rewrite",
            "Split this RUN before `echo`",
            "RUN echo '😀' && echo \"설정 😀\" b\n",
            "RUN echo '😀'\nRUN echo \"설정 😀\" b\n",
        ),
        (
            "echo '😀' &&",
            "echo '😀' c",
            "refactor",
            "Join these 2 RUNs",
            " b\nRUN echo '😀' c\n",
            " b && echo '😀' c\n",
        ),
        (
            "1\nCOPY",
            "",
            "refactor.inline",
            "Inline `V` (`--build-arg V` then changes nothing)",
            "ARG V=1\nCOPY 😀/$V d$V 😀/\n",
            "COPY 😀/1 d1 😀/\n",
        ),
        (
            "RUN echo '😀' c",
            "",
            "refactor.extract",
            "Extract the steps up to here into a stage `base`",
            "RUN echo '😀' c\n",
            "RUN echo '😀' c\n\nFROM base\n",
        ),
        (
            "CMD",
            "",
            "refactor.rewrite",
            "Write it as a JSON array, without a shell",
            "CMD node \"😀.js\"\n",
            "CMD [\"node\", \"😀.js\"]\n",
        ),
    ];
    for columns in Columns::BOTH {
        for resolves in [true, false] {
            let mut client = session(columns.offered(able(resolves)));
            client.open(DOC, "dockerfile", 1, TEXT).unwrap();
            for (from, to, only, title, old, new) in cases {
                let found = offers(&mut client, columns, from, to, only);
                let offer = found.iter().find(|offer| offer["title"] == title);
                let offer = offer.unwrap_or_else(|| panic!("{title} isn't among {found:#?}"));
                assert!(offer["kind"].as_str().unwrap().starts_with(only), "{offer}");
                assert_eq!(offer.get("edit").is_some(), !resolves, "{offer}");
                let edit = match resolves {
                    true => client.request("codeAction/resolve", offer.clone()).unwrap()["edit"].take(),
                    false => offer["edit"].clone(),
                };
                let [change] = &edit["documentChanges"].as_array().unwrap()[..] else { panic!("{edit}") };
                assert_eq!(change["textDocument"], json!({"uri": DOC, "version": 1}));
                let expected = TEXT.replacen(old, new, 1);
                let expected = match only {
                    "refactor.extract" => expected.replacen("FROM node:22", "FROM node:22 AS base", 1),
                    _ => expected,
                };
                assert_eq!(columns.edited(TEXT, &change["edits"]), expected, "{title}");
            }
            assert_eq!(client.shutdown().unwrap().code(), Some(0));
        }
    }
}

#[test]
fn a_refactoring_is_offered_at_its_own_instruction_and_as_its_own_kind() {
    let mut client = session(able(true));
    client.open(DOC, "dockerfile", 1, TEXT).unwrap();
    let columns = Columns::Utf16;
    assert_eq!(offers(&mut client, columns, "CMD", "", "refactor.inline"), [] as [Value; 0]);
    assert_eq!(offers(&mut client, columns, "FROM", "", "refactor.rewrite"), [] as [Value; 0]);
    // A selection over unlike instructions is none of theirs.
    assert_eq!(
        offers(&mut client, columns, "RUN echo '😀' c", "CMD node \"😀.js\"", "refactor.rewrite"),
        [] as [Value; 0]
    );
    let kinds: Vec<String> = offers(&mut client, columns, "ENV", "", "refactor")
        .iter()
        .map(|offer| offer["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["refactor.rewrite", "refactor.extract"]);
}

#[test]
fn the_kinds_are_told_at_the_start() {
    let mut client = crate::support::start();
    let can =
        client.initialize(json!({"processId": null, "rootUri": null, "capabilities": able(true)})).unwrap();
    let kinds = &can["capabilities"]["codeActionProvider"]["codeActionKinds"];
    let expected =
        ["quickfix", "refactor.extract", "refactor.inline", "refactor.rewrite", "source.fixAll.plimsoll"];
    assert_eq!(*kinds, json!(expected));
}
