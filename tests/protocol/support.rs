//! What the tests share.

use plimsoll::cli::client::Client;
use serde_json::{Value, json};

/// A Dockerfile in a folder that isn't there: nothing is known of its context.
pub const DOC: &str = "file:///no/such/folder/Dockerfile";

/// A server that was started and has seen nothing yet.
pub fn start() -> Client {
    Client::spawn(env!("CARGO_BIN_EXE_plimsoll"), &["lsp"]).expect("the server starts")
}

/// A server that has answered `initialize` to a client that can do what `capabilities` says.
pub fn session(capabilities: Value) -> Client {
    let mut client = start();
    client.initialize(json!({"processId": null, "rootUri": null, "capabilities": capabilities})).unwrap();
    client
}

pub fn range(start: (u32, u32), end: (u32, u32)) -> Value {
    let position = |(line, character)| json!({"line": line, "character": character});
    json!({"start": position(start), "end": position(end)})
}

/// The version and text of a document, as a request sees them.
pub fn echo(client: &mut Client, uri: &str) -> (i64, String) {
    let seen = client.request("plimsoll/debug", json!({"echo": uri})).unwrap();
    (seen["version"].as_i64().unwrap(), seen["text"].as_str().unwrap().to_string())
}
