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
        ("a @'\nb; c\n'@ d", &[&["a", "b; c", "d"]]),
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

#[test]
fn cmd_keeps_conditions_and_loops_apart_from_what_they_run() {
    let cases: [(&str, &[&[&str]]); 10] = [
        ("if exist x del x", &[&["if", "exist", "x"], &["del", "x"]]),
        (
            "if not exist x (mkdir x) else rmdir x",
            &[&["if", "not", "exist", "x"], &["mkdir", "x"], &["rmdir", "x"]],
        ),
        ("IF /I \"%A%\"==\"b c\" npm ci", &[&["IF", "/I", "\"%A%\"==\"b c\""], &["npm", "ci"]]),
        ("if %A% == b (c & d)", &[&["if", "%A%", "==", "b"], &["c"], &["d"]]),
        ("if %A% NEQ b c", &[&["if", "%A%", "NEQ", "b"], &["c"]]),
        ("if errorlevel 1 exit /b 1", &[&["if", "errorlevel", "1"], &["exit", "/b", "1"]]),
        (
            "(for /D %i in (\"C:\\x y\\*\" b) do rmdir /S \"%i\") && c",
            &[&["for", "/D", "%i", "in", "C:\\x y\\*", "b"], &["rmdir", "/S", "%i"], &["c"]],
        ),
        ("a\nrem b & \"c\nREM\n:: d\ne", &[&["a"], &["e"]]),
        ("remove x", &[&["remove", "x"]]),
        ("echo else do", &[&["echo", "else", "do"]]),
    ];
    for (text, expected) in cases {
        assert_eq!(listed(text, Dialect::Cmd), expected, "{text}");
    }
}

#[test]
fn powershell_reads_the_commands_in_subexpressions() {
    let cases: [(&str, &[&[&str]]); 12] = [
        ("a $(b; c | d) e", &[&["a", "$(b; c | d)", "e"], &["b"], &["c"], &["d"]]),
        ("a \"x $(b \"C:\\\") y\" z", &[&["a", "\"x $(b \"C:\\\") y\"", "z"], &["b", "C:\\"]]),
        ("a '$(b)' \"`$(c)\"", &[&["a", "$(b)", "$(c)"]]),
        ("& { a; b }; c", &[&["a"], &["b"], &["c"]]),
        ("a @\"\n$(b)\n\"@\nc", &[&["a", "@\"\n$(b)\n\"@"], &["b"], &["c"]]),
        ("a @'\r\n$(b)\r\n'@\r\nc", &[&["a", "$(b)"], &["c"]]),
        ("a @'\n'@ b", &[&["a", "", "b"]]),
        ("a @(b, c)", &[&["a"], &["b,", "c"]]),
        ("a @{ b = 'c; d' } e", &[&["a", "@{ b = 'c; d' }", "e"]]),
        ("a --% /b \"c;d\" & e\nf", &[&["a", "--%", "/b \"c;d\" & e"], &["f"]]),
        ("<# a; b\nc #> d # e", &[&["d"]]),
        ("a $(b (c) $(d)) ; e", &[&["a", "$(b (c) $(d))"], &["b"], &["c"], &["$(d)"], &["d"], &["e"]]),
    ];
    for (text, expected) in cases {
        assert_eq!(listed(text, Dialect::PowerShell), expected, "{text}");
    }
}

#[test]
fn what_windows_shells_would_refuse_is_read() {
    for dialect in [Dialect::Cmd, Dialect::PowerShell] {
        for text in [
            "a $(b",
            "a @\"\nb",
            "a @' b",
            "a \"b $(c \"d",
            "& {",
            "a ) b",
            "if",
            "for %i in (",
            "${a",
            "a <# b",
        ] {
            let script = parse(&Splice::of(Span::new(0, text.len() as u32)), text, dialect);
            script.commands();
            assert_eq!(script.errors, [], "{text}");
        }
    }
}

#[test]
fn variables_of_windows_have_names() {
    let names = |text: &str, dialect| {
        let script = parse(&Splice::of(Span::new(0, text.len() as u32)), text, dialect);
        let commands = script.commands();
        let parts = commands.iter().flat_map(|command| command.words()).flat_map(|word| &word.parts);
        let variable = |part: &Part| match &part.kind {
            PartKind::Variable(variable) => Some(variable.name.to_string()),
            _ => None,
        };
        parts.filter_map(variable).collect::<Vec<_>>()
    };
    let cmd = "a %PATH% %ProgramFiles(x86)%\\b %A:~0,4% %B:c=d% %~dp0 %i 50% off";
    assert_eq!(names(cmd, Dialect::Cmd), ["PATH", "ProgramFiles(x86)", "A", "B"]);
    let powershell = "a $b $env:PATH ${env:ProgramFiles(x86)} $c.d $e::f $? $ \\$g";
    assert_eq!(
        names(powershell, Dialect::PowerShell),
        ["b", "env:PATH", "env:ProgramFiles(x86)", "c", "e", "?", "g"]
    );
}
