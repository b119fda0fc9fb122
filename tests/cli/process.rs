use super::support::*;
use std::process::Stdio;

#[test]
fn version_and_help_go_to_standard_output() {
    let here = fixture("cli");
    for args in [["--version"], ["-V"], ["-v"]] {
        let ran = run(&here, &args).code(0);
        assert_eq!(ran.out, concat!("plimsoll ", env!("CARGO_PKG_VERSION"), "\n"));
    }
    let help = run(&here, &["--help"]).code(0).out;
    for command in ["check", "explain", "convert", "rules", "tour", "lsp"] {
        assert_eq!(lines_with(&help, &format!("  {command} ")).len(), 1, "{help}");
        let own = run(&here, &[command, "--help"]).code(0);
        assert!(own.out.contains("Usage: plimsoll"), "{}", own.out);
        assert_eq!(own.err, "");
    }
}

#[test]
fn nothing_asked_for_and_nonsense_are_usage_errors() {
    let here = fixture("cli");
    let ran = run(&here, &[]).code(2);
    assert!(ran.out.is_empty() && ran.err.contains("Usage: plimsoll"), "{ran:#?}");
    for args in [&["frobnicate"][..], &["lsp", "--frobnicate"], &["explain"], &["fmt", "--frobnicate"]] {
        let ran = run(&here, args).code(2);
        assert!(ran.err.starts_with("error: ") && ran.out.is_empty(), "{ran:#?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = folder(&[]);
    let mut command = command(folder.path(), &["check", "--format", "json", "-"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Closed before there is anything to print.
    drop(child.stdout.take());
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"FROM debian\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_is_told_as_an_internal_error() {
    let ran = run(&fixture("cli"), &["debug-panic"]).code(2);
    assert!(ran.err.starts_with("error: internal error: as asked for at src/cli/"), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1);
}

#[test]
fn the_server_takes_the_flag_that_editors_give() {
    let here = fixture("cli");
    for args in [&["lsp"][..], &["lsp", "--stdio"]] {
        let messages = [
            r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#,
            r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#,
            r#"{"jsonrpc":"2.0","method":"exit"}"#,
        ];
        let frames = messages.map(|body| format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        let ran = run_with(&here, args, frames.concat().as_bytes()).code(0);
        assert!(ran.out.contains("\"serverInfo\""), "{}", ran.out);
    }
}
