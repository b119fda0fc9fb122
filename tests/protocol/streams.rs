//! The streams themselves: the log, and clients that write before they read.

use crate::support::{DOC, session};
use plimsoll::cli::client::Client;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::process::{Command, Stdio};

#[test]
fn the_log_tells_what_happens_and_standard_output_stays_clean() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a log.txt");
    let mut client =
        Client::spawn(env!("CARGO_BIN_EXE_plimsoll"), &["lsp", "--log", log.to_str().unwrap()]).unwrap();
    client.initialize(json!({"capabilities": {}})).unwrap();
    client.change("file:///never/opened", 2, json!([{"text": "x"}])).unwrap();
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("file:///never/opened was changed but isn't open"), "{log}");
}

#[test]
fn a_log_that_cannot_be_written_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("no/such/folder/log");
    let output =
        Command::new(env!("CARGO_BIN_EXE_plimsoll")).arg("lsp").arg("--log").arg(&log).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("can't be written"));
    assert!(output.stdout.is_empty());
}

/// Far more than the pipes hold goes in before anything is read: a server that waits for its answers to
/// be read would stand still, and its client with it.
#[test]
fn a_client_may_write_everything_before_it_reads() {
    const REQUESTS: usize = 20_000;
    let mut server = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = server.stdin.take().unwrap();
    let mut send = |message: Value| {
        let body = message.to_string();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    };
    let request =
        |id: usize, method: &str| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": {}});
    send(request(0, "initialize"));
    for id in 1..=REQUESTS {
        send(request(id, "no/such"));
    }
    send(json!({"jsonrpc": "2.0", "id": REQUESTS + 1, "method": "shutdown"}));
    // Now it reads, and the server ends once everything is read and the input is closed.
    drop(input);
    let mut output = String::new();
    server.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    assert_eq!(output.matches("\"code\":-32601").count(), REQUESTS);
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn a_message_may_come_in_pieces_and_several_in_one() {
    let mut client = session(json!({}));
    let open = json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument":
        {"uri": DOC, "languageId": "dockerfile", "version": 3, "text": "FROM 한😀\n"}}})
    .to_string();
    let frame = format!("Content-Length: {}\r\n\r\n{open}", open.len());
    for byte in frame.as_bytes() {
        client.send_raw(&[*byte]).unwrap();
    }
    client.diagnostics(DOC, 3).unwrap();
    let change = |version: i32| {
        let body = json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params":
            {"textDocument": {"uri": DOC, "version": version}, "contentChanges": [{"text": "FROM a\n"}]}})
        .to_string();
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    };
    let both = [change(4), change(5)].concat();
    client.send_raw(both.as_bytes()).unwrap();
    client.diagnostics(DOC, 5).unwrap();
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}
