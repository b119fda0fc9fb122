//! `check` with ShellCheck: a program that stands for it says what it is told to.

use super::support::*;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

const FILE: &str = "FROM debian:12\nARG DIR\nRUN cd $DIR && \\\n  # why\n  rm -r $1\nUSER 1\n";

/// One finding with a fix, where a real one finds it: in the last line, whose number stands for `LINE`.
const ANSWER: &str = r#"{"comments":[{"file":"-","line":LINE,"endLine":LINE,"column":20,"endColumn":22,"level":"info","code":2086,
"message":"Double quote it.","fix":{"replacements":[
{"column":20,"endColumn":20,"endLine":LINE,"insertionPoint":"afterEnd","line":LINE,"precedence":7,"replacement":"\""},
{"column":22,"endColumn":22,"endLine":LINE,"insertionPoint":"beforeStart","line":LINE,"precedence":7,"replacement":"\""}]}}]}"#;

/// A folder with a Dockerfile and, in `bin`, a program that answers so and notes what it was given.
fn folder_with(program: &str, answer: &str) -> TempDir {
    let folder = folder(&[("Dockerfile", FILE), ("answer", answer)]);
    let path = folder.path().join("bin").join(program);
    let here = folder.path().display();
    let script = format!(
        "#!/bin/sh\ncat > '{here}/given'\necho \"$@\" >> '{here}/calls'\n\
         grep -q '[$]1$' '{here}/given' || exec echo '{{\"comments\":[]}}'\n\
         sed \"s/LINE/$(($(wc -l < '{here}/given') + 1))/g\" '{here}/answer'\nexit 1\n"
    );
    write(folder.path(), &format!("bin/{program}"), script.as_bytes());
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn check(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Ran {
    let bin = format!("{}:/usr/bin:/bin", folder.join("bin").display());
    let mut all = vec![("PATH", &*bin), ("PLIMSOLL_SHELLCHECK", "on")];
    all.extend(variables);
    run_in(folder, &[&["check", "--select", "shellcheck", "Dockerfile"], args].concat(), &all)
}

#[test]
fn findings_stand_where_they_are_with_their_names_and_fixes() {
    let folder = folder_with("shellcheck", ANSWER);
    let ran = check(folder.path(), &["--format", "json", "--fail-level", "hint"], &[]).code(1);
    let found = &ran.json()["files"][0]["diagnostics"];
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    let one = &found[0];
    assert_eq!(one["rule"], "shellcheck/SC2086");
    assert_eq!(one["aliases"], serde_json::json!(["shellcheck/SC2086", "hadolint/SC2086"]));
    assert_eq!(one["severity"], "hint");
    assert_eq!(one["url"], "https://www.shellcheck.net/wiki/SC2086");
    let start = serde_json::json!({"line": 5, "column": 9});
    assert_eq!(one["range"], serde_json::json!({"start": start, "end": {"line": 5, "column": 11}}));
    assert_eq!(one["fix"]["applicability"], "unsafe");
    assert_eq!(one["fix"]["title"], "Write `\"$1\"`, as ShellCheck advises");
    let given = std::fs::read_to_string(folder.path().join("given")).unwrap();
    assert!(
        given.starts_with("#!/bin/sh\nexport DIR=1\n") && given.ends_with("\ncd $DIR &&   rm -r $1"),
        "{given}"
    );
    let calls = std::fs::read_to_string(folder.path().join("calls")).unwrap();
    assert_eq!(calls, "-e SC1090,SC1091,SC2187 -f json1 --norc -\n");

    let sarif = check(folder.path(), &["--format", "sarif"], &[]).code(0).json();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "shellcheck/SC2086");
    assert_eq!(
        sarif["runs"][0]["tool"]["driver"]["rules"][0]["helpUri"],
        "https://www.shellcheck.net/wiki/SC2086"
    );
    let hadolint =
        check(folder.path(), &["--profile", "hadolint", "--format", "hadolint-json"], &[]).code(0).json();
    let expected = serde_json::json!([{
        "code": "SC2086", "column": 1, "file": "Dockerfile", "level": "info", "line": 3, "message": "Double quote it.",
    }]);
    assert_eq!(hadolint, expected);

    check(folder.path(), &["--fix", "--unsafe-fixes"], &[]);
    let text = std::fs::read_to_string(folder.path().join("Dockerfile")).unwrap();
    assert_eq!(text, FILE.replace("$1", "\"$1\""));
}

#[test]
fn findings_are_set_and_ignored_like_any_other() {
    let folder = folder_with("shellcheck", ANSWER);
    let here = folder.path();
    let count = |args: &[&str], variables: &[(&str, &str)]| {
        let ran = check(here, &[&["--format", "concise"], args].concat(), variables);
        lines_with(&ran.out, "SC2086").len()
    };
    assert_eq!(count(&[], &[]), 1);
    assert_eq!(count(&["--no-shellcheck"], &[]), 0);
    assert_eq!(count(&[], &[("PLIMSOLL_SHELLCHECK", "off")]), 0);
    for name in ["SC2086", "sc2086", "shellcheck/SC2086", "hadolint/SC2086", "shellcheck"] {
        assert_eq!(count(&["--ignore", name], &[]), 0, "{name}");
    }
    assert_eq!(count(&["--ignore", "SC2087"], &[]), 1);
    check(here, &["--format", "concise"], &[("PLIMSOLL_RULES", "SC2086:error")]).code(1);
    write(here, ".hadolint.yaml", b"override:\n  error: [SC2086]\n");
    check(here, &["--format", "concise"], &[]).code(1);
    write(here, ".hadolint.yaml", b"ignored: [SC2086]\n");
    assert_eq!(count(&[], &[]), 0);
    std::fs::remove_file(here.join(".hadolint.yaml")).unwrap();
    for comment in
        ["hadolint ignore=SC2086", "plimsoll ignore=SC2086 -- so", "tally ignore=shellcheck/SC2086"]
    {
        write(here, "Dockerfile", FILE.replace("RUN", &format!("# {comment}\nRUN")).as_bytes());
        assert_eq!(count(&[], &[]), 0, "{comment}");
    }
}

#[test]
fn a_comment_that_silences_nothing_is_told_of_once_shellcheck_has_spoken() {
    let folder = folder_with("shellcheck", r#"{"comments":[]}"#);
    let here = folder.path();
    write(here, "Dockerfile", FILE.replace("RUN", "# plimsoll ignore=SC2086\nRUN").as_bytes());
    let run = |args: &[&str]| {
        let ran = check(
            here,
            &[&["--format", "concise", "--select", "unused-ignore,shellcheck"], args].concat(),
            &[],
        );
        lines_with(&ran.out, "unused-ignore").len()
    };
    assert_eq!(run(&[]), 1);
    assert_eq!(run(&["--no-shellcheck"]), 0);
}

/// Nothing that a workspace says starts a program.
#[test]
fn a_file_of_the_workspace_names_no_program() {
    let folder = folder_with("other", ANSWER);
    let here = folder.path();
    let other = here.join("bin/other");
    write(here, "plimsoll.toml", format!("shellcheck-path = \"{}\"\n", other.display()).as_bytes());
    let none = [("PATH", "/usr/bin:/bin")];
    let ran = run_in(here, &["check", "Dockerfile"], &[none[0], ("PLIMSOLL_SHELLCHECK", "on")]);
    assert!(ran.err.contains("shellcheck-path names a program"), "{ran:#?}");
    assert!(!here.join("calls").exists());
    // A relative entry of PATH and a relative path lead into it, too.
    write(here, "shellcheck", b"#!/bin/sh\ntouch calls\n");
    std::fs::set_permissions(here.join("shellcheck"), std::fs::Permissions::from_mode(0o755)).unwrap();
    for variables in
        [[("PATH", ".:bin"), ("X", "")], [("PATH", "/usr/bin"), ("PLIMSOLL_SHELLCHECK_PATH", "./shellcheck")]]
    {
        let variables = [variables[0], variables[1], ("PLIMSOLL_SHELLCHECK", "on")];
        run_in(here, &["check", "Dockerfile"], &variables);
        assert!(!here.join("calls").exists(), "{variables:?}");
    }
    // The user may.
    let named = other.to_str().unwrap();
    check(here, &[], &[("PATH", "/usr/bin:/bin"), ("PLIMSOLL_SHELLCHECK_PATH", named)]);
    assert!(here.join("calls").exists());
}

#[test]
fn without_the_program_nothing_else_is_lost_and_only_who_counts_on_it_is_told() {
    let folder = folder(&[("Dockerfile", "FROM debian\nRUN echo $1\n")]);
    let run = |args: &[&str], path: &str| {
        let variables =
            [("PATH", "/nonexistent"), ("PLIMSOLL_SHELLCHECK", "on"), ("PLIMSOLL_SHELLCHECK_PATH", path)];
        run_in(folder.path(), &[&["check", "--format", "concise"], args].concat(), &variables)
    };
    let quiet = run(&[], "");
    assert!(quiet.err.is_empty() && quiet.out.contains("unpinned-base-image"), "{quiet:#?}");
    for loud in [run(&["--profile", "hadolint"], ""), run(&[], "/no/such/program")] {
        assert_eq!(lines_with(&loud.err, "not all shell scripts were checked").len(), 1, "{loud:#?}");
        assert!(loud.out.contains("unpinned-base-image"), "{loud:#?}");
    }
}

#[test]
fn a_code_has_a_page() {
    let here = fixture("cli");
    let page = run(&here, &["rules", "SC2086"]).code(0).out;
    assert!(
        page.contains("https://www.shellcheck.net/wiki/SC2086") && page.contains("# shellcheck\n"),
        "{page}"
    );
    assert!(!run(&here, &["rules", "shellcheck"]).code(0).out.contains("wiki/SC"));
    run(&here, &["rules", "SC20"]).code(2);
}
