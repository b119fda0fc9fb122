//! The order of a session, as the specification has it.

use crate::support::{DOC, session, start};
use plimsoll::cli::client::Error;
use serde_json::{Value, json};

const NOT_INITIALIZED: Option<i64> = Some(-32002);
const INVALID_REQUEST: Option<i64> = Some(-32600);
const METHOD_NOT_FOUND: Option<i64> = Some(-32601);

fn refusal(result: Result<Value, Error>) -> Option<i64> {
    result.expect_err("the request is refused").code()
}

#[test]
fn a_session_from_initialize_to_exit() {
    let mut client = start();
    let result = client.initialize(json!({"processId": null, "capabilities": {}})).unwrap();
    assert_eq!(result["serverInfo"]["name"], "plimsoll");
    assert_eq!(result["capabilities"]["textDocumentSync"]["change"], 2);
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn nothing_but_initialize_is_answered_at_first() {
    let mut client = start();
    for method in ["textDocument/hover", "shutdown", "no/such", "$/such", "workspace/executeCommand"] {
        assert_eq!(refusal(client.request(method, json!({}))), NOT_INITIALIZED, "{method}");
    }
    client.notify("textDocument/didOpen", json!({})).unwrap();
    client.notify("$/such", json!({})).unwrap();
    client.initialize(json!({"capabilities": {}})).unwrap();
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn initialize_comes_once() {
    let mut client = session(json!({}));
    assert_eq!(refusal(client.request("initialize", json!({"capabilities": {}}))), INVALID_REQUEST);
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn nothing_but_exit_comes_after_shutdown() {
    let mut client = session(json!({}));
    assert_eq!(client.request("shutdown", Value::Null).unwrap(), Value::Null);
    for method in ["textDocument/hover", "shutdown", "initialize", "no/such", "$/such"] {
        assert_eq!(refusal(client.request(method, json!({}))), INVALID_REQUEST, "{method}");
    }
    client.open(DOC, "dockerfile", 1, "FROM a").unwrap();
    client.notify("exit", Value::Null).unwrap();
    assert_eq!(client.wait().unwrap().code(), Some(0));
}

#[test]
fn exit_without_shutdown_is_a_failure() {
    for initialized in [true, false] {
        let mut client = if initialized { session(json!({})) } else { start() };
        client.notify("exit", Value::Null).unwrap();
        assert_eq!(client.wait().unwrap().code(), Some(1));
    }
}

#[test]
fn the_end_of_the_input_ends_the_process() {
    let mut client = session(json!({}));
    client.close_input();
    assert_eq!(client.wait().unwrap().code(), Some(1));
    let mut client = session(json!({}));
    client.request("shutdown", Value::Null).unwrap();
    client.close_input();
    assert_eq!(client.wait().unwrap().code(), Some(0));
}

/// The input stays open here: something else may hold the pipe of a client that is gone.
#[test]
fn the_server_ends_when_the_clients_process_is_gone() {
    let mut ended = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let process = ended.id();
    ended.wait().unwrap();
    let mut client = start();
    client.ask("initialize", json!({"processId": process, "capabilities": {}})).unwrap();
    assert_eq!(client.wait().unwrap().code(), Some(1));
}

#[test]
fn the_server_stays_while_the_clients_process_is_there() {
    let mut client = start();
    client.initialize(json!({"processId": std::process::id(), "capabilities": {}})).unwrap();
    client.open(DOC, "dockerfile", 1, "FROM a").unwrap();
    client.diagnostics(DOC, 1).unwrap();
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn what_is_unknown_is_refused_or_ignored() {
    let mut client = session(json!({}));
    for method in ["no/such", "$/such", "textDocument/typeDefinition"] {
        assert_eq!(refusal(client.request(method, json!({}))), METHOD_NOT_FOUND, "{method}");
    }
    for method in ["no/such", "$/such", "$/setTrace", "workspace/didChangeConfiguration"] {
        client.notify(method, json!({"value": "verbose"})).unwrap();
    }
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn params_of_another_shape_are_refused() {
    let mut client = session(json!({}));
    assert_eq!(refusal(client.request("textDocument/hover", json!({"position": 3}))), Some(-32602));
    let unopened = json!({"textDocument": {"uri": DOC}, "position": {"line": 0, "character": 0}});
    assert_eq!(refusal(client.request("textDocument/hover", unopened)), Some(-32602));
    client.notify("textDocument/didChange", json!([1, 2])).unwrap();
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn a_message_that_is_no_message_costs_itself_only() {
    let mut client = session(json!({}));
    client.send_raw(b"Content-Length: 9\r\n\r\n{\"jsonrpc").unwrap();
    assert_eq!(client.unmatched().unwrap()["error"]["code"], -32700);
    client.send_raw(b"Content-Length: 2\r\n\r\n{}").unwrap();
    assert_eq!(client.unmatched().unwrap()["error"]["code"], -32600);
    client.send_raw(b"Content-Length: 3\r\n\r\n[1]").unwrap();
    assert_eq!(client.unmatched().unwrap()["error"]["code"], -32600);
    client.send_raw(b"a line of noise\r\n\r\n").unwrap();
    client.send_raw(b"Content-Length: 2\r\n\r\n\xff\xff").unwrap();
    assert_eq!(client.unmatched().unwrap()["error"]["code"], -32700);
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}

#[test]
fn shutdown_and_initialized_are_taken_as_sloppy_clients_write_them() {
    let mut client = start();
    client.request("initialize", json!({"processId": 1.5, "capabilities": {"textDocument": []}})).unwrap();
    client.send(&json!({"jsonrpc": "2.0", "method": "initialized"})).unwrap();
    client.request("shutdown", json!({})).unwrap();
    client.send(&json!({"jsonrpc": "2.0", "method": "exit"})).unwrap();
    assert_eq!(client.wait().unwrap().code(), Some(0));
}
