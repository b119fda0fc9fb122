use super::*;

/// What ShellCheck 0.11.0 printed for the script of a tab, `echo $1 ...`, as json1.
const JSON1: &[u8] = br#"{"comments":[{"file":"-","line":2,"endLine":2,"column":7,"endColumn":9,"level":"info","code":2086,
"message":"Double quote to prevent globbing and word splitting.","fix":{"replacements":[
{"column":7,"endColumn":7,"endLine":2,"insertionPoint":"afterEnd","line":2,"precedence":7,"replacement":"\""},
{"column":9,"endColumn":9,"endLine":2,"insertionPoint":"beforeStart","line":2,"precedence":7,"replacement":"\""}]}},
{"file":"-","line":2,"endLine":2,"column":1,"endColumn":1,"level":"later","code":4001,"message":"?","fix":null},
{"file":"-","line":"two"}]}"#;

const SCRIPT: &str = "#!/bin/sh\n\techo $1 \"\n";

#[test]
fn an_answer_is_read_as_far_as_it_is_one() {
    let comments = read::comments(JSON1, SCRIPT, false).unwrap();
    let [quote, unknown] = &comments[..] else { panic!("{comments:?}") };
    assert_eq!((quote.code, quote.level), (2086, Level::Info));
    assert_eq!((quote.start, quote.end), (Place { line: 2, column: 7 }, Place { line: 2, column: 9 }));
    assert_eq!(quote.fix.len(), 2);
    assert!(!quote.fix[0].after_before && quote.fix[1].after_before);
    assert_eq!((unknown.code, unknown.level), (4001, Level::Style));
    for nonsense in [&b""[..], b"[]", b"{}", b"usage: shellcheck"] {
        assert_eq!(read::comments(nonsense, SCRIPT, false), None);
    }
}

#[test]
fn the_old_format_has_tab_stops() {
    let old =
        br#"[{"line":2,"endLine":2,"column":14,"endColumn":16,"level":"info","code":2086,"message":"m"}]"#;
    let comments = read::comments(old, SCRIPT, true).unwrap();
    assert_eq!((comments[0].start.column, comments[0].end.column), (7, 9));
}

#[test]
fn a_program_is_an_absolute_path_or_a_name() {
    let error = |named| ShellCheck::find(Some(named), 1).unwrap_err();
    assert_eq!(error("./shellcheck"), ShellCheckError::Relative { named: "./shellcheck".to_owned() });
    assert!(matches!(error("/no/such/program"), ShellCheckError::Missing { .. }));
    assert!(matches!(error("no-such-program"), ShellCheckError::Missing { .. }));
}

#[cfg(unix)]
mod with_a_program {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    /// A program that does what `body` says, and writes a line to `calls` for each time that it is called.
    fn fake(body: &str) -> (tempfile::TempDir, ShellCheck) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shellcheck");
        let calls = folder.path().join("calls");
        std::fs::write(&path, format!("#!/bin/sh\necho \"$@\" >> '{}'\n{body}\n", calls.display())).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let shellcheck = ShellCheck::find(path.to_str(), 2).unwrap();
        (folder, shellcheck)
    }

    fn calls(folder: &tempfile::TempDir) -> usize {
        std::fs::read_to_string(folder.path().join("calls")).unwrap_or_default().lines().count()
    }

    #[test]
    fn one_script_is_asked_of_once() {
        let (folder, shellcheck) = fake("cat > /dev/null; echo '{\"comments\":[]}'");
        for script in ["a", "b", "a"] {
            let script = Arc::from(script);
            assert_eq!(shellcheck.check(&script, &|| false), Ok(Arc::from([])));
        }
        assert_eq!(calls(&folder), 2);
    }

    #[test]
    fn a_program_that_fails_is_not_asked_again_and_its_words_are_told() {
        let (folder, shellcheck) = fake("echo 'no library' >&2; exit 127");
        let script = Arc::from("a");
        let failed = shellcheck.check(&script, &|| false).unwrap_err();
        assert_eq!(failed, ShellCheckError::Failed { said: "no library".to_owned() });
        assert_eq!(shellcheck.check(&script, &|| false), Err(failed));
        assert_eq!(calls(&folder), 1);
    }

    #[test]
    fn an_old_program_is_asked_in_its_way() {
        let (folder, shellcheck) =
            fake("cat > /dev/null; case \"$*\" in *json1*) exit 4;; *) echo '[]';; esac");
        for script in ["a", "b"] {
            assert_eq!(shellcheck.check(&Arc::from(script), &|| false), Ok(Arc::from([])));
        }
        assert_eq!(calls(&folder), 3, "the second script is asked in the old way at once");
    }

    #[test]
    fn a_program_that_hangs_is_ended_and_one_of_no_use_leaves_no_answer() {
        let (_folder, shellcheck) = fake("exec sleep 600");
        let script = Arc::from("a");
        let asked = std::cell::Cell::new(0);
        let late = || asked.replace(asked.get() + 1) > 3;
        assert_eq!(shellcheck.check(&script, &late), Err(ShellCheckError::Cancelled));
        assert_eq!(shellcheck.known("a"), None);
        let shellcheck = shellcheck.with_patience(Duration::from_millis(1));
        assert_eq!(shellcheck.check(&script, &|| false), Err(ShellCheckError::TooSlow));
        assert_eq!(shellcheck.known("a"), Some(Err(ShellCheckError::TooSlow)));
    }
}
