//! What the tests share.

use plimsoll::cli::client::Client;
use serde_json::{Value, json};
use std::process::Command;

/// A Dockerfile in a folder that isn't there: nothing is known of its context.
pub const DOC: &str = "file:///no/such/folder/Dockerfile";

/// A server that was started and has seen nothing yet.
pub fn start() -> Client {
    start_with(&[("PLIMSOLL_SHELLCHECK", "off")])
}

/// The same with these variables of the environment. ShellCheck is asked as far as they say.
pub fn start_with(variables: &[(&str, &str)]) -> Client {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.arg("lsp").env_remove("PLIMSOLL_SHELLCHECK_PATH").envs(variables.iter().copied());
    Client::over(command).expect("the server starts")
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
