//! `plimsoll fmt`.

use super::support::*;

const UGLY: &str = "from  a\ncopy x \\\n y\n";
const FINE: &str = "FROM a\nCOPY x \\\n y\n";

#[test]
fn files_are_formatted_in_place_and_only_those_that_need_it() {
    let folder = folder(&[("Dockerfile", UGLY), ("web/Dockerfile", FINE), ("a.txt", "from  a\n")]);
    let ran = run(folder.path(), &["fmt", "--check"]).code(1);
    assert_eq!(ran.out, "Dockerfile\n");
    let ran = run(folder.path(), &["fmt", "--diff"]).code(0);
    assert!(
        ran.out.starts_with("--- a/Dockerfile\n+++ b/Dockerfile\n") && ran.out.contains("\n+FROM a\n"),
        "{ran:?}"
    );
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("Dockerfile"), UGLY);
    let ran = run(folder.path(), &["fmt"]).code(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", "note: formatted 1 file\n"));
    assert_eq!((read("Dockerfile"), read("a.txt")), (FINE.to_owned(), "from  a\n".to_owned()));
    let ran = run(folder.path(), &["fmt", "--check", "Dockerfile", "web"]).code(0);
    assert_eq!((ran.out, ran.err), (String::new(), String::new()));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = folder(&[(".editorconfig", "[*.web]\nindent_style = tab\n")]);
    let format = |args: &[&str]| run_with(folder.path(), args, UGLY.as_bytes());
    assert_eq!(format(&["fmt", "-"]).code(0).out, FINE);
    let named = format(&["fmt", "-", "--stdin-filename", "Dockerfile.web"]).code(0);
    assert_eq!(named.out, "FROM a\nCOPY x \\\n\ty\n");
    assert_eq!(format(&["fmt", "-", "--check"]).code(1).out, "-\n");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_and_hides_no_other() {
    let folder = folder(&[("Dockerfile", UGLY)]);
    let ran = run(folder.path(), &["fmt", "gone", "Dockerfile"]).code(2);
    assert!(ran.err.contains("gone"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(folder.path().join("Dockerfile")).unwrap(), FINE);
}

#[test]
fn what_is_wrong_in_the_settings_is_told_by_every_command() {
    let folder = folder(&[
        ("Dockerfile", "FROM node:22-alpine\nWORKDIR /app\n"),
        ("plimsoll.toml", "profile = [nothing\n"),
        ("package.json", "{}"),
    ]);
    for args in [&["check"][..], &["fmt", "--check"], &["explain", "Dockerfile"], &["convert", "Dockerfile"]]
    {
        let ran = run(folder.path(), args);
        assert!(ran.err.contains("plimsoll.toml:1:"), "{args:?}: {ran:#?}");
    }
}
