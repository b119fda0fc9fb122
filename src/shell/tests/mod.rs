mod properties;
mod windows;

use super::*;

/// Each command with its values, and what connects it to the one before.
fn listed(script: &Script) -> Vec<String> {
    let one = |command: &Command<'_>| {
        let link = match command.link {
            Link::Start => "",
            Link::And => "&& ",
            Link::Or => "|| ",
            Link::Pipe => "| ",
            Link::PipeBoth => "|& ",
            Link::Sequence => "; ",
            Link::Newline => "\\n ",
            Link::Background => "& ",
        };
        let words: Vec<_> = command.words().iter().map(|word| word.value_or_text()).collect();
        format!("{link}{}", words.join(" "))
    };
    script.commands().iter().map(one).collect()
}

fn commands(text: &str) -> Vec<String> {
    let script = parse_str(text);
    assert_eq!(script.errors, [], "{text}");
    listed(&script)
}

#[test]
fn operators_connect_commands() {
    assert_eq!(
        commands("a && b || c; d & e | f |& g\nh"),
        ["a", "&& b", "|| c", "; d", "& e", "| f", "|& g", "\\n h"]
    );
}

#[test]
fn a_word_across_a_continuation_keeps_its_span() {
    let source = "RUN npm c\\\ni && npm run \\\n  build";
    let script = {
        let spans = [Span::new(4, 9), Span::new(11, 24), Span::new(26, 33)];
        parse(&Splice::join(&spans, source), source, Dialect::Posix)
    };
    let commands = script.commands();
    assert_eq!(commands[0].args()[0].span.of(source), "c\\\ni");
    assert!(commands[0].args()[0].is("ci"));
    assert_eq!(commands[1].span.of(source), "npm run \\\n  build");
    assert_eq!(commands[1].args()[1].span.of(source), "build");
}

#[test]
fn quotes_are_removed_from_values() {
    let script = parse_str(r#"a 'b c' "d e" f\ g h'i'"j" '' $'k\n\x41' "\$l \m""#);
    let commands = script.commands();
    let values: Vec<_> = commands[0].words().iter().map(|w| w.literal().unwrap_or_default()).collect();
    assert_eq!(values, ["a", "b c", "d e", "f g", "hij", "", "k\nA", "$l \\m"]);
}

#[test]
fn what_expands_has_no_value() {
    let script = parse_str("a $b ${c:-d} $(e) `f` $((1+2)) \"x$y\" '$z' \\$w *.txt ~/q");
    let commands = script.commands();
    let known: Vec<_> = commands[0].args().iter().map(|w| w.literal().is_some()).collect();
    assert_eq!(known, [false, false, false, false, false, false, true, true, true, true]);
    assert!(commands[0].args()[8].has_glob());
    assert_eq!(listed(&script), ["a $b ${c:-d} $(e) `f` $((1+2)) \"x$y\" $z $w *.txt ~/q", "e", "f"]);
}

#[test]
fn expansions_know_name_and_operator() {
    let script =
        parse_str("a $x ${y} ${z:-q} ${w+q} ${v##*/} ${#u} ${!t} ${s//a/b} ${r:1:2} ${q[0]:?no} $1 $@ ${@}");
    let commands = script.commands();
    let mut found = Vec::new();
    for word in commands[0].args() {
        let PartKind::Variable(variable) = &word.parts[0].kind else { panic!("{word:?}") };
        found.push((variable.name.to_string(), variable.operator));
    }
    let expect = [
        ("x", None),
        ("y", None),
        ("z", Some(Operator::Default { colon: true })),
        ("w", Some(Operator::Alternative { colon: false })),
        ("v", Some(Operator::RemovePrefix { longest: true })),
        ("u", Some(Operator::Length)),
        ("t", None),
        ("s", Some(Operator::Replace)),
        ("r", Some(Operator::Substring)),
        ("q", Some(Operator::Error { colon: true })),
        ("1", None),
        ("@", None),
        ("@", None),
    ];
    assert_eq!(found, expect.map(|(name, operator)| (name.to_owned(), operator)));
    assert_eq!(script.errors, []);
}

#[test]
fn compound_commands_hold_their_commands() {
    assert_eq!(commands("if a; then b; elif c; then d; else e; fi; f"), ["a", "b", "c", "d", "e", "; f"]);
    assert_eq!(commands("for i in 1 2; do a $i; done"), ["a $i"]);
    assert_eq!(commands("for i\ndo a; done && b"), ["a", "&& b"]);
    assert_eq!(commands("while read x; do a; done < f"), ["read x", "a"]);
    assert_eq!(commands("until a\ndo\nb\ndone"), ["a", "b"]);
    assert_eq!(commands("case \"$x\" in a|b) c ;; (d) e;f ;; *) ;; esac; g"), ["c", "e", "; f", "; g"]);
    assert_eq!(commands("case $x in a) b; esac"), ["b"]);
    assert_eq!(commands("( a; b ) && { c; d; } > f"), ["a", "; b", "c", "; d"]);
    assert_eq!(commands("f() { a; }; function g { b; }; f"), ["a", "b", "; f"]);
    assert_eq!(commands("[[ -f a && ( $x == b* || $y =~ ^(c|d)$ ) ]] && e"), ["&& e"]);
    assert_eq!(commands("(( x = 1 + (2 * 3) )) && a; for ((i=0;i<3;i++)); do b; done"), ["&& a", "b"]);
    assert_eq!(commands("! a | b"), ["a", "| b"]);
    assert_eq!(commands("time (a; b)"), ["a", "; b"]);
    assert_eq!(commands("if [ a ]\nthen\n b # c; d\nfi"), ["[ a ]", "b"]);
    assert_eq!(commands("echo if then fi done } {"), ["echo if then fi done } {"]);
}

#[test]
fn substitutions_are_read() {
    assert_eq!(
        commands("a \"$(b \"$(c)\")\" `d \\`e\\``"),
        ["a \"$(b \"$(c)\")\" `d \\`e\\``", "b \"$(c)\"", "c", "d `e`", "e"]
    );
    assert_eq!(commands("x=$(a) y=1 b <(c) > \"$(d)\""), ["b <(c)", "a", "c", "d"]);
    assert_eq!(commands("a $( (b) ; c ) $((1 + (2)))"), ["a $( (b) ; c ) $((1 + (2)))", "b", "; c"]);
    assert_eq!(commands("a $((b); (c))"), ["a $((b); (c))", "b", "c"]);
    assert_eq!(commands("a ${x:-$(b)}"), ["a ${x:-$(b)}", "b"]);
}

#[test]
fn assignments_and_redirections_are_no_words() {
    let script =
        parse_str("A=1 B+=\"2 3\" c x=y 2>&1 >/dev/null <in &>all 3<>f >|g D=4; E=(a 'b c'); F[1]=g");
    let commands = script.commands();
    let names: Vec<_> = commands.iter().flat_map(|c| c.assignments()).map(|a| &*a.name).collect();
    assert_eq!(names, ["A", "B", "E", "F"]);
    assert!(commands[0].assignments()[1].append);
    assert!(commands[0].assignments()[1].value.is("2 3"));
    assert_eq!(listed(&script), ["c x=y D=4", "; ", "; "]);
    let kinds: Vec<_> = commands[0].redirects().iter().map(|r| (r.kind, r.descriptor)).collect();
    use RedirectKind::*;
    assert_eq!(
        kinds,
        [
            (DuplicateOutput, Some(2)),
            (Output, None),
            (Input, None),
            (OutputBoth, None),
            (ReadWrite, Some(3)),
            (Clobber, None)
        ]
    );
    assert_eq!(commands[1].assignments()[0].array.as_ref().map(Vec::len), Some(2));
    assert_eq!(script.errors, []);
}

#[test]
fn here_documents_are_no_commands() {
    let text = "cat <<EOF > a && b <<-'X'\nnpm ci $(c)\nEOF\n\tx $(d)\n\tX\ne <<< 'f'";
    let script = parse_str(text);
    assert_eq!(script.errors, []);
    assert_eq!(listed(&script), ["cat", "c", "&& b", "\\n e"]);
    assert_eq!(script.heredocs[0].body.of(text), "npm ci $(c)\n");
    assert_eq!(script.heredocs[1].body.of(text), "\tx $(d)\n");
    assert!(script.heredocs[1].quoted && script.heredocs[1].strip_tabs);
}

#[test]
fn a_here_document_for_a_shell_is_a_script() {
    let text = "bash -e <<-EOF\n\tnpm ci\n\tnpm run build\n\tEOF\necho done";
    let script = parse_str(text);
    assert_eq!(listed(&script), ["bash -e", "npm ci", "\\n npm run build", "\\n echo done"]);
    assert_eq!(script.commands()[2].span.of(text), "npm run build");
    assert!(script.commands()[2].nesting.inner);
}

#[test]
fn scripts_in_arguments_are_read() {
    let text = r#"sudo sh -c 'npm ci && npm run build' && bash -lc "cd \"a b\" && yarn" && bash -o pipefail -c "x $Y" && su node -c 'pnpm i' && eval 'q'"#;
    let script = parse_str(text);
    let inner: Vec<_> = script.commands().into_iter().filter(|c| c.nesting.inner).collect();
    let spans: Vec<_> = inner.iter().map(|c| c.span.of(text)).collect();
    assert_eq!(
        spans,
        ["npm ci", "npm run build", "cd \\\"a b\\", "yarn", "x $Y", "pnpm i", "q"]
            .map(|s| { if s.starts_with("cd") { "cd \\\"a b\\\"" } else { s } })
    );
    assert_eq!(inner[3].directory(), Some("a b"));
}

#[test]
fn an_exec_form_is_a_command() {
    let source = r#"CMD ["sh", "-c", "npm ci && npm start"]"#;
    let words =
        [("sh", Span::new(5, 9)), ("-c", Span::new(11, 15)), ("npm ci && npm start", Span::new(17, 38))];
    let script = exec(words, source);
    assert_eq!(listed(&script), ["sh -c npm ci && npm start", "npm ci", "&& npm start"]);
    assert_eq!(script.commands()[2].span.of(source), "npm start");
    assert_eq!(script.commands()[0].span, Span::new(5, 38));
}

#[test]
fn a_broken_script_keeps_its_commands() {
    let broken = |text: &str| {
        let script = parse_str(text);
        assert!(!script.errors.is_empty(), "{text}");
        listed(&script)
    };
    assert_eq!(broken("a && && b"), ["a", "&& b"]);
    assert_eq!(broken("a ; ; b"), ["a", "; b"]);
    assert_eq!(broken("if a; then b"), ["a", "b"]);
    assert_eq!(broken("for i in x; do if a; then b; done; c"), ["a", "b", "; c"]);
    assert_eq!(broken("a; fi; b"), ["a", "; b"]);
    assert_eq!(broken("( a; b"), ["a", "; b"]);
    assert_eq!(broken("a) && b"), ["a", "; b"]);
    assert_eq!(broken("a 'b"), ["a b"]);
    assert_eq!(broken("a \"b $(c"), ["a \"b $(c", "c"]);
    assert_eq!(broken("case x in a) b"), ["b"]);
    assert_eq!(broken("a |"), ["a"]);
    assert_eq!(broken("a (b)"), ["a", "b"]);
    assert_eq!(broken("cat <<A\nb"), ["cat"]);
    assert_eq!(broken("a ${b"), ["a ${b"]);
    assert_eq!(broken("while a; b"), ["a", "; b"]);
}

#[test]
fn what_every_shell_refuses_is_an_error() {
    for text in [
        "if a; then fi",
        "if a; then b; else fi",
        "()",
        "{ }",
        "for i in a; do done",
        "if ; then b; fi",
        "while a; b; done",
        "f() b",
        "a;;",
        "a & && b",
        "| a",
        "for; do a; done",
        "case a b) c;; esac",
        "[[ -f a",
        "a <",
        "a=(b",
        "echo $((1+2)",
    ] {
        assert!(!parse_str(text).errors.is_empty(), "{text}");
    }
    for text in [
        "",
        "# only a comment",
        "a;",
        "a &",
        "a # it's",
        "a $( ) `` \"\"",
        "case a in esac",
        "case a in b) ;; (c) esac",
        "a; # b\n\n\nc",
        "a && # b\n c",
        "a |\n\n b",
        "if a # it's\nthen b; fi",
        "$( (a) # it's\n)",
        "echo $# ${#} a#b {} { } !",
        "f() ( a )",
        "{ a; } 2>&1 | b >f",
        ">f",
        "x=1",
        "[ a ] && [ b ] || [[ c ]]",
        "a=b$(c)d e",
        "set -eux; a",
        "echo \"${x:-\"a b\"}\" ${y%%'}'*} ${z//\\}/b}",
    ] {
        let script = parse_str(text);
        assert_eq!(script.errors, [], "{text}");
    }
}

#[test]
fn conditions_and_negation_are_seen() {
    let script = parse_str("a && b || c; [ -f x ] && d; if e; then f; fi; ! g; h && i");
    let conditional: Vec<_> = script
        .commands()
        .iter()
        .filter(|c| c.conditional)
        .map(|c| c.name().unwrap_or_default().into_owned())
        .collect();
    assert_eq!(conditional, ["c", "d", "f"]);
    assert!(script.commands().iter().any(|c| c.negated && c.is("g")));
}

#[test]
fn the_directory_follows_cd() {
    let at = |text: &str| {
        let script = parse_str(text);
        let commands = script.commands();
        let last = commands.last().expect("a command");
        last.directory().map(str::to_owned)
    };
    let known = |text: &str| at(text).expect("known");
    assert_eq!(known("npm ci"), "");
    assert_eq!(known("cd web && npm ci"), "web");
    assert_eq!(known("cd ./web/ && cd ../api; npm ci"), "api");
    assert_eq!(known("cd /srv/app && cd .. && ls"), "/srv");
    assert_eq!(known("cd .. && ls"), "..");
    assert_eq!(known("(cd web && npm ci) && ls"), "");
    assert_eq!(known("cd web || exit 1; ls"), "web");
    assert_eq!(known("cd web | cat; ls"), "");
    assert_eq!(known("cd web && cd - && ls"), "");
    assert_eq!(known("pushd web && popd && ls"), "");
    assert_eq!(known("x=$(cd web && pwd); ls"), "");
    assert_eq!(known("sh -c 'cd web'; ls"), "");
    assert_eq!(known("{ cd web; }; ls"), "web");
    assert_eq!(at("cd $X && ls"), None);
    assert_eq!(at("cd && ls"), None);
    assert_eq!(at("if a; then cd b; fi; ls"), None);
    assert_eq!(known("cd $X && cd /a && ls"), "/a");
}

#[test]
fn wrappers_are_seen_through() {
    let effective = |text: &str| {
        let script = parse_str(text);
        let commands = script.commands();
        let invocation = unwrap(&commands[0]);
        invocation.words.iter().map(|w| w.value_or_text().into_owned()).collect::<Vec<_>>().join(" ")
    };
    for text in [
        "npm ci",
        "sudo npm ci",
        "sudo -u node -E A=b npm ci",
        "env A=b C=d npm ci",
        "env -u X -- npm ci",
        "time -p npm ci",
        "exec npm ci",
        "command npm ci",
        "nice -n 10 npm ci",
        "timeout -k 5 300 npm ci",
        "cross-env NODE_ENV=production npm ci",
        "dotenv -e .env -- npm ci",
        "tini -- npm ci",
        "gosu node npm ci",
        "corepack npm ci",
        "xargs -n 1 npm ci",
        "sudo env A=b nice npm ci",
    ] {
        assert_eq!(effective(text), "npm ci", "{text}");
    }
    assert_eq!(effective("command -v npm"), "command -v npm");
    assert_eq!(effective("npx --yes next build"), "next build");
    assert_eq!(effective("pnpm dlx prisma generate"), "prisma generate");
    assert_eq!(effective("corepack enable"), "corepack enable");
    assert_eq!(effective("sudo"), "");
}

#[test]
fn next_is_recognised() {
    let built = |text: &str| parse_str(text).commands().iter().any(next::is_next_build);
    for text in [
        "next build",
        "npx next build",
        "npx --no-install next@14 build",
        "yarn next build",
        "yarn run next build",
        "pnpm exec next build",
        "pnpm next build",
        "bunx next build",
        "bun --bun run next build",
        "./node_modules/.bin/next build",
        "node node_modules/next/dist/bin/next build",
        "node --max-old-space-size=4096 ./node_modules/.bin/next build",
        "NODE_ENV=production cross-env A=b next build --turbopack",
        "prisma generate && next build",
        "dotenv -e .env.production -- next build",
        "sh -c 'next build'",
    ] {
        assert!(built(text), "{text}");
    }
    for text in
        ["npm run build", "next start", "echo next build", "nextjs build", "yarn build", "# next build"]
    {
        assert!(!built(text), "{text}");
    }
    let script = parse_str("next start -p 3001 -H 0.0.0.0");
    let next = next::of(&script.commands()[0]).expect("next");
    assert_eq!(
        (next.verb.as_str(), next.port.as_deref(), next.hostname.as_deref()),
        ("start", Some("3001"), Some("0.0.0.0"))
    );
    assert!(next::is_next_dev(&parse_str("next -p 3000").commands()[0]));
}

#[test]
fn the_shell_instruction_names_the_dialect() {
    assert_eq!(Dialect::of_shell(&["/bin/bash", "-c"]), Dialect::Posix);
    assert_eq!(Dialect::of_shell(&["cmd", "/S", "/C"]), Dialect::Cmd);
    assert_eq!(Dialect::of_shell(&["C:\\Windows\\System32\\cmd.exe", "/C"]), Dialect::Cmd);
    assert_eq!(Dialect::of_shell(&["powershell", "-Command"]), Dialect::PowerShell);
    assert_eq!(Dialect::of_shell(&["pwsh.exe"]), Dialect::PowerShell);
    assert_eq!(Dialect::of_shell(&[]), Dialect::Posix);
}

#[test]
fn backquotes_are_apart_from_what_stands_around_them() {
    assert_eq!(commands("if `a`; then b; fi"), ["`a`", "a", "b"]);
    assert_eq!(commands("for i in `a; b`; do c; done"), ["a", "; b", "c"]);
    assert_eq!(commands("x=`a \"b c\" | d` e"), ["e", "a b c", "| d"]);
    assert_eq!(commands("a `b # c`; d"), ["a `b # c`", "b", "; d"]);
    let text = "a `b <<X\nc\nX\n` <<Y\nd\nY\ne";
    let script = parse_str(text);
    assert_eq!(script.errors, []);
    assert_eq!(listed(&script), ["a `b <<X\nc\nX\n`", "b", "\\n e"]);
    let bodies: Vec<_> = script.heredocs.iter().map(|here| here.body.of(text)).collect();
    assert_eq!(bodies, ["c\n", "d\n"]);
    // A `)` or `fi` within closes nothing outside.
    assert!(!parse_str("( a `)`").errors.is_empty());
    assert!(!parse_str("if a; then b `fi`").errors.is_empty());
}

#[test]
fn redirections_of_bash_are_read() {
    let script = parse_str("exec {fd}>a {in}<&0 3<&- 2>&1- &>>b >&c <>d <<<\"$e\" >|f 10>g");
    assert_eq!(script.errors, []);
    assert_eq!(listed(&script), ["exec"]);
    use RedirectKind::*;
    let kinds: Vec<_> = script.commands()[0].redirects().iter().map(|r| (r.kind, r.descriptor)).collect();
    assert_eq!(
        kinds,
        [
            (Output, None),
            (DuplicateInput, None),
            (DuplicateInput, Some(3)),
            (DuplicateOutput, Some(2)),
            (AppendBoth, None),
            (DuplicateOutput, None),
            (ReadWrite, None),
            (HereString, None),
            (Clobber, None),
            (Output, Some(10)),
        ]
    );
    assert_eq!(commands("echo a2>b {x} {a,b}>c"), ["echo a2 {x} {a,b}"]);
}

#[test]
fn bash_grammar_is_read() {
    assert_eq!(commands("select x in a b; do c; done"), ["c"]);
    assert_eq!(commands("function f() { a; } && g () (b)\nh-i() { c; }"), ["a", "b", "c"]);
    assert_eq!(commands("for x in a\n\ndo b; done; for ((;;)) { c; }"), ["b", "c"]);
    assert_eq!(commands("case a in (b|c) d ;& e) f ;;& *) g; esac"), ["d", "f", "g"]);
    assert_eq!(commands("a=(b $(c)\n# d\n'e f' [2]=g) h"), ["h", "c"]);
    assert_eq!(
        commands("a+=(b); declare -a c=(d e); export f=(g)"),
        ["", "; declare -a c=(d e)", "; export f=(g)"]
    );
    assert_eq!(commands("[[ $a =~ ^[a-z]+(\\.[a-z]+)*$ && ! -e b ]] || c"), ["|| c"]);
    assert_eq!(commands("coproc a; b"), ["coproc a", "; b"]);
    assert_eq!(
        commands("a $\"b c\" $'d\\'e' \"${f[@]}\" ${g:-'h i'}"),
        ["a b c d'e \"${f[@]}\" ${g:-'h i'}"]
    );
    assert_eq!(commands("diff <(a | b) <(c) > >(d)"), ["diff <(a | b) <(c)", "a", "| b", "c", "d"]);
    assert_eq!(commands("while read -r a; do b; done < <(c) 2>&1"), ["read -r a", "b", "c"]);
    assert_eq!(commands("until a; do b; done; if ! c; then d; fi"), ["a", "b", "c", "d"]);
}
