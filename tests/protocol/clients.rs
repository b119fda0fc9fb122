//! The first messages of real editors, and what the server makes of each.

use crate::support::start;
use serde_json::Value;
use std::path::PathBuf;

/// What other people's editors sent.
pub fn editors() -> Option<PathBuf> {
    crate::beside::present("editors")
}

struct Expected {
    editor: &'static str,
    encoding: &'static str,
    pulls: bool,
    registers_watchers: bool,
}

const EXPECTED: [Expected; 4] = [
    Expected { editor: "vscode", encoding: "utf-16", pulls: true, registers_watchers: true },
    Expected { editor: "vscode-lc11", encoding: "utf-16", pulls: true, registers_watchers: true },
    Expected { editor: "nvim", encoding: "utf-8", pulls: false, registers_watchers: false },
    Expected { editor: "helix", encoding: "utf-8", pulls: false, registers_watchers: true },
];

#[test]
fn real_editors_are_served_as_they_can() {
    let Some(editors) = editors() else { return };
    for expected in EXPECTED {
        let editor = expected.editor;
        let text = std::fs::read_to_string(editors.join(format!("initialize-{editor}.json"))).unwrap();
        let mut message: Value = serde_json::from_str(&text).unwrap();
        // The process of that day is gone, and the server would go too.
        message["params"]["processId"] = Value::Null;
        let mut client = start();
        let can = client.initialize(message["params"].take()).unwrap()["capabilities"].take();
        assert_eq!(can["positionEncoding"], expected.encoding, "{editor}");
        assert_eq!(can["diagnosticProvider"].is_object(), expected.pulls, "{editor}");
        if expected.pulls {
            assert_eq!(can["diagnosticProvider"]["interFileDependencies"], true, "{editor}");
            assert_eq!(can["diagnosticProvider"]["workspaceDiagnostics"], false, "{editor}");
        }
        assert_eq!(can["codeActionProvider"]["resolveProvider"], true, "{editor}");
        if expected.registers_watchers {
            let asked = client.expect("client/registerCapability", |_| true).unwrap();
            assert_eq!(asked["registrations"][0]["method"], "workspace/didChangeWatchedFiles", "{editor}");
        }
        assert_eq!(client.shutdown().unwrap().code(), Some(0), "{editor}");
    }
}
