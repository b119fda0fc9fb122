//! cmd and PowerShell: words and commands.

use crate::shell::*;

fn listed(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
    let script = parse(&Splice::of(Span::new(0, text.len() as u32)), text, dialect);
    let commands = script.commands();
    let values =
        |command: &Command<'_>| command.words().iter().map(|w| w.value_or_text().into_owned()).collect();
    commands.iter().map(values).collect()
}

#[test]
fn cmd_splits_commands_and_words() {
    let cases: [(&str, &[&[&str]]); 9] = [
        ("npm ci && npm run build", &[&["npm", "ci"], &["npm", "run", "build"]]),
        ("a & b || c | d", &[&["a"], &["b"], &["c"], &["d"]]),
        (
            r#"mkdir "C:\Program Files\x" && cd C:\app"#,
            &[&["mkdir", r"C:\Program Files\x"], &["cd", r"C:\app"]],
        ),
        ("echo a^&b", &[&["echo", "a&b"]]),
        ("@echo off", &[&["echo", "off"]]),
        ("setx PATH \"%PATH%;C:\\x\"", &[&["setx", "PATH", "\"%PATH%;C:\\x\""]]),
        ("if exist x (del x) & y", &[&["if", "exist", "x"], &["del", "x"], &["y"]]),
        ("(a & b) > c.txt 2>&1", &[&["a"], &["b"], &[]]),
        ("echo \"open", &[&["echo", "open"]]),
    ];
    for (text, expected) in cases {
        assert_eq!(listed(text, Dialect::Cmd), expected, "{text}");
    }
}

#[test]
fn powershell_splits_commands_and_words() {
    let cases: [(&str, &[&[&str]]); 9] = [
        ("npm ci; npm run build", &[&["npm", "ci"], &["npm", "run", "build"]]),
        ("a | b && c || d", &[&["a"], &["b"], &["c"], &["d"]]),
        (
            "Invoke-WebRequest -Uri 'https://example.org/it''s' -OutFile \"a b\"",
            &[&["Invoke-WebRequest", "-Uri", "https://example.org/it's", "-OutFile", "a b"]],
        ),
        ("$ErrorActionPreference = 'Stop'; a", &[&["$ErrorActionPreference", "=", "Stop"], &["a"]]),
        ("if (Test-Path x) { Remove-Item x }", &[&["if"], &["Test-Path", "x"], &["Remove-Item", "x"]]),
        ("a `\n  b # c; d\ne <# f; g #> h", &[&["a", "b"], &["e", "h"]]),
        ("& 'C:\\x y\\z.exe' /s", &[&["C:\\x y\\z.exe", "/s"]]),
        ("echo a`;b \"c`\"d\" \"e\"\"f\"", &[&["echo", "a;b", "c\"d", "e\"f"]]),
        ("a @'\nb; c\n'@ d", &[&["a", "@'\nb; c\n'@", "d"]]),
    ];
    for (text, expected) in cases {
        assert_eq!(listed(text, Dialect::PowerShell), expected, "{text}");
    }
}

#[test]
fn spans_are_those_of_the_dockerfile() {
    // With `# escape=`` the backtick continues a line and the backslash is a character like any other.
    let source = "RUN mkdir C:\\a `\n    && cd C:\\a";
    let splice = Splice::join(&[Span::new(4, 15), Span::new(17, 31)], source);
    let script = parse(&splice, source, Dialect::Cmd);
    let commands = script.commands();
    assert_eq!(commands[0].args()[0].span.of(source), "C:\\a");
    assert_eq!(commands[1].span.of(source), "cd C:\\a");
    assert_eq!(commands[1].link, Link::And);
}

#[test]
fn variables_are_known() {
    let script = parse(&Splice::of(Span::new(0, 12)), "echo a%PATH%", Dialect::Cmd);
    let commands = script.commands();
    assert_eq!(commands[0].args()[0].literal(), None);
    assert_eq!(commands[0].args()[0].known_prefix(), "a");
    let text = "echo \"$env:PATH;x\" $y ${z} $(w)";
    let script = parse(&Splice::of(Span::new(0, text.len() as u32)), text, Dialect::PowerShell);
    assert!(script.commands()[0].args().iter().all(|word| word.literal().is_none()));
}
