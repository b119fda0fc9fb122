//! The pages of the rules, as `plimsoll.showRule` gives them.

use crate::support::session;
use plimsoll::cli::client::Client;
use serde_json::{Value, json};

fn show(client: &mut Client, arguments: Value) -> Result<Value, Option<i64>> {
    let params = json!({"command": "plimsoll.showRule", "arguments": arguments});
    client.request("workspace/executeCommand", params).map_err(|error| error.code())
}

#[test]
fn a_rules_page_is_returned_and_its_reading_is_told() {
    let mut client = session(json!({}));
    let page = show(&mut client, json!(["copy-before-install"])).unwrap();
    assert_eq!(page["rule"], "copy-before-install");
    let markdown = page["markdown"].as_str().unwrap();
    assert!(markdown.starts_with("# copy-before-install\n") && markdown.contains("## Why it matters"));
    let told = client.expect("window/showMessage", |_| true).unwrap();
    assert!(told["message"].as_str().unwrap().contains("plimsoll rules copy-before-install"), "{told}");
}

#[test]
fn a_rule_may_be_called_as_another_tool_calls_it() {
    let mut client = session(json!({}));
    assert_eq!(show(&mut client, json!(["DL3009"])).unwrap()["rule"], "apt-lists-left");
}

#[test]
fn a_client_that_shows_pages_itself_is_told_nothing_more() {
    let mut client = session(
        json!({"experimental": {"plimsollShowsRules": true}, "window": {"showDocument": {"support": true}}}),
    );
    assert!(show(&mut client, json!(["copy-before-install"])).unwrap()["markdown"].is_string());
    let other = json!({"command": "plimsoll.noSuch", "arguments": []});
    client.request("workspace/executeCommand", other).unwrap_err();
    assert!(client.heard("window/showMessage").is_empty());
    assert!(client.heard("window/showDocument").is_empty());
}

/// Which of the two is said when the server is built; CI may build it with an address.
#[test]
fn a_client_that_opens_addresses_is_asked_to_where_there_is_one() {
    let mut client = session(json!({"window": {"showDocument": {"support": true}}}));
    show(&mut client, json!(["copy-before-install"])).unwrap();
    match option_env!("PLIMSOLL_RULES_URL").filter(|base| !base.is_empty()) {
        Some(base) => {
            let asked = client.expect("window/showDocument", |_| true).unwrap();
            let uri = format!("{}/copy-before-install", base.trim_end_matches('/'));
            assert_eq!((&asked["uri"], &asked["external"]), (&json!(uri), &json!(true)));
        }
        None => {
            client.expect("window/showMessage", |_| true).unwrap();
        }
    }
}

#[test]
fn what_is_no_rule_or_no_command_is_refused() {
    let mut client = session(json!({}));
    for arguments in [json!(["no-such-rule"]), json!([]), json!([7])] {
        assert_eq!(show(&mut client, arguments).unwrap_err(), Some(-32602));
    }
    let other = json!({"command": "plimsoll.noSuch", "arguments": []});
    assert_eq!(client.request("workspace/executeCommand", other).unwrap_err().code(), Some(-32602));
    assert_eq!(client.shutdown().unwrap().code(), Some(0));
}
