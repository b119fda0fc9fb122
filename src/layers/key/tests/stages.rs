//! What of stages, contexts and arguments counts.

use super::*;

#[test]
fn stages_count_by_what_is_taken_of_them() {
    of_files(&[
        // A name, a number, the order, and stages that nothing needs.
        (
            "FROM a AS x\nRUN x\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a AS y\nRUN x\nFROM b\nCOPY --from=y /f /f\n",
            "",
        ),
        (
            "FROM a AS x\nRUN x\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a\nRUN x\nFROM b\nCOPY --from=0 /f /f\n",
            "",
        ),
        (
            "FROM a AS x\nRUN x\nFROM b AS y\nRUN y\nFROM x\nCOPY --from=y /f /f\n",
            "FROM b AS y\nRUN y\nFROM a AS x\nRUN x\nFROM x\nCOPY --from=y /f /f\n",
            "",
        ),
        ("FROM a AS x\nRUN x\nFROM b\nRUN y\n", "FROM a AS x\nRUN other\nFROM b\nRUN y\n", ""),
        ("FROM a\nRUN x\nRUN y\n", "FROM a AS x\nRUN x\nFROM x\nRUN y\n", ""),
        // A step that another stage has made already.
        ("FROM a\nRUN x\nCOPY a.txt /\n", "FROM a AS x\nRUN x\nFROM a\nRUN x\nCOPY --from=x /y /y\n", "5"),
        // What a command writes may be the same, and so may all that follows.
        (
            "FROM a AS x\nRUN x\nFROM b\nCOPY --from=x /f /f\nRUN y\n",
            "FROM a AS x\nRUN z\nFROM b\nCOPY --from=x /f /f\nRUN y\n",
            "2 4? 5?",
        ),
        (
            "FROM a AS x\nRUN x\nFROM b\nRUN --mount=from=x,target=/m y\n",
            "FROM a AS x\nRUN z\nFROM b\nRUN --mount=from=x,target=/m y\n",
            "2 4?",
        ),
        (
            "FROM a AS x\nRUN x\nFROM b AS y\nCOPY --from=x /f /f\nRUN y\nFROM c\nCOPY --link --from=y /f /f\nRUN w\n",
            "FROM a AS x\nRUN z\nFROM b AS y\nCOPY --from=x /f /f\nRUN y\nFROM c\nCOPY --link --from=y /f /f\nRUN w\n",
            "2 4? 5? 7? 8?",
        ),
        (
            "FROM a AS x\nRUN x\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a AS x\nRUN z\nFROM b\nCOPY --from=x /f /g\n",
            "2 4",
        ),
        (
            "FROM a AS x\nRUN x\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a AS x\nRUN z\nFROM c\nCOPY --from=x /f /f\n",
            "2 4",
        ),
        (
            "FROM a AS x\nRUN x\nFROM x\nCOPY --from=x /f /f\n",
            "FROM a AS x\nRUN z\nFROM x\nCOPY --from=x /f /f\n",
            "2 4",
        ),
        // What is copied behind the command is known.
        (
            "FROM a AS x\nRUN x\nCOPY a.txt /f\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a AS x\nRUN z\nCOPY a.txt /f\nFROM b\nCOPY --from=x /f /f\n",
            "2 3",
        ),
        (
            "FROM a AS x\nRUN x\nCOPY src /f\nFROM b\nCOPY --from=x /f/a.txt /f\n",
            "FROM a AS x\nRUN z\nCOPY src /f\nFROM b\nCOPY --from=x /f/a.txt /f\n",
            "2 3",
        ),
        (
            "FROM a AS x\nRUN x\nCOPY src /f\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a AS x\nRUN z\nCOPY src /f\nFROM b\nCOPY --from=x /f /f\n",
            "2 3 5?",
        ),
        (
            "FROM a AS x\nRUN x\nCOPY a.txt /f/y\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a AS x\nRUN z\nCOPY src/a.txt /f/y\nFROM b\nCOPY --from=x /f /f\n",
            "2 3 5",
        ),
        // What is copied is known by its content, wherever it comes from.
        (
            "FROM a AS x\nCOPY a.txt /x/a.txt\nFROM b\nCOPY --from=x /x/a.txt /y\n",
            "FROM b\nCOPY a.txt /y\n",
            "",
        ),
        (
            "FROM a AS x\nRUN x\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a AS x\nRUN x\nFROM b\nCOPY --from=x /g /f\n",
            "4",
        ),
        // Another image has other files, but nothing where only copies lie.
        (
            "FROM a:1 AS x\nCOPY src /f\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a:2 AS x\nCOPY src /f\nFROM b\nCOPY --from=x /f /f\n",
            "2",
        ),
        ("FROM a:1 AS x\nFROM b\nCOPY --from=x /f /f\n", "FROM a:2 AS x\nFROM b\nCOPY --from=x /f /f\n", "3"),
        ("FROM b\nCOPY --from=a:1 /f /f\n", "FROM b\nCOPY --from=a:2 /f /f\n", "2"),
        ("FROM b\nCOPY --from=a /f /f\n", "FROM b\nCOPY --from=docker.io/library/a:latest /f /f\n", ""),
        ("FROM a\nRUN x\n", "FROM --platform=$BUILDPLATFORM a\nRUN x\n", ""),
        ("FROM a\nRUN x\nCOPY a.txt /\n", "FROM --platform=linux/s390x a\nRUN x\nCOPY a.txt /\n", "2 3"),
        // Other ways to the same content.
        (
            "FROM a AS s\nCOPY src /x\nFROM b\nCOPY --from=s /x /y\n",
            "FROM a AS s\nWORKDIR /x\nCOPY src .\nFROM b\nCOPY --from=s /x /y\n",
            "2 3",
        ),
        (
            "FROM a AS s\nCOPY src /x\nFROM b\nCOPY --from=s /x /y\n",
            "FROM a AS s\nCOPY src /v/x\nFROM b\nCOPY --from=s /v/x /y\n",
            "2",
        ),
        (
            "FROM a AS s\nCOPY a.txt /x/\nFROM b\nCOPY --from=s /x/a.txt /y\n",
            "FROM a AS s\nCOPY --chown=7 a.txt /x/\nFROM b\nCOPY --from=s /x/a.txt /y\n",
            "2 4",
        ),
        // Triggers run in the stage that is built on this one.
        ("FROM a AS x\nONBUILD RUN x\nFROM x\nRUN y\n", "FROM a AS x\nONBUILD RUN z\nFROM x\nRUN y\n", "4"),
        ("FROM a AS x\nONBUILD RUN x\nFROM b\nRUN y\n", "FROM a AS x\nONBUILD RUN z\nFROM b\nRUN y\n", ""),
        ("# syntax=docker/dockerfile:1\nFROM a\nRUN x\n", "FROM a\nRUN x\n", ""),
    ]);
}

#[test]
fn the_context_counts_by_what_is_taken_of_it() {
    let all = "FROM a\nCOPY . /x\nRUN y\n";
    let cases: &[(&str, Context<'_>, Context<'_>, &str)] = &[
        (all, &[("f", "1")], &[("f", "2")], "2 3"),
        (all, &[("f", "1")], &[("f", "1")], ""),
        (all, &[("f", "1")], &[("f", "+x 1")], "2 3"),
        (all, &[("f", "1")], &[("g", "1")], "2 3"),
        (all, &[("f", "1")], &[("f", "1"), ("d/", "")], "2 3"),
        (all, &[("f", "1"), ("l", "->f")], &[("f", "1"), ("l", "->./f")], "2 3"),
        (
            all,
            &[("f", "1"), (".dockerignore", "f\n.dockerignore")],
            &[("f", "2"), (".dockerignore", "f\n.dockerignore")],
            "",
        ),
        (all, &[("f", "1"), (".dockerignore", "f")], &[("f", "1"), (".dockerignore", "f\n# note")], "2 3"),
        (
            all,
            &[("f", "1"), (".dockerignore", ".dockerignore")],
            &[("f", "1"), (".dockerignore", ".dockerignore\nf")],
            "2 3",
        ),
        // The link itself is followed, those in a folder are copied as such.
        (
            "FROM a\nCOPY l /x\n",
            &[("f", "1"), ("g", "1"), ("l", "->f")],
            &[("f", "1"), ("g", "1"), ("l", "->g")],
            "",
        ),
        ("FROM a\nCOPY l /x\n", &[("f", "1"), ("l", "->f")], &[("f", "2"), ("l", "->f")], "2"),
        ("FROM a\nCOPY l/f /x\n", &[("d/f", "1"), ("l", "->d")], &[("d/f", "2"), ("l", "->d")], "2"),
        ("FROM a\nCOPY d /x\n", &[("d/f", "1"), ("d/l", "->f")], &[("d/f", "1"), ("d/l", "->g")], "2"),
        ("FROM a\nCOPY f* /x/\n", &[("f1", "1")], &[("f1", "1"), ("f2", "1")], "2"),
        ("FROM a\nCOPY f* /x/\n", &[("f1", "1")], &[("f1", "1"), ("g", "1")], ""),
        ("FROM a\nCOPY d /x\n", &[("d/f", "1"), ("d-x/f", "1")], &[("d/f", "1"), ("d-x/f", "2")], ""),
        (
            "FROM a\nCOPY --exclude=*.md d /x\n",
            &[("d/f", "1"), ("d/r.md", "1")],
            &[("d/f", "1"), ("d/r.md", "2")],
            "",
        ),
        (
            "FROM a\nCOPY --exclude=*.md d /x\n",
            &[("d/f", "1"), ("d/r.md", "1")],
            &[("d/f", "2"), ("d/r.md", "1")],
            "2",
        ),
        (
            "FROM a\nCOPY --parents d/*.ts /x/\n",
            &[("d/f.ts", "1"), ("d/g", "1")],
            &[("d/f.ts", "1"), ("d/g", "2")],
            "",
        ),
        (
            "FROM a\nCOPY --parents d/*.ts /x/\n",
            &[("d/f.ts", "1"), ("d/g", "1")],
            &[("d/f.ts", "2"), ("d/g", "1")],
            "2",
        ),
        ("FROM a\nCOPY --parents ./d/./**/*.ts /x/\n", &[("d/e/f.ts", "1")], &[("d/e/f.ts", "2")], "2"),
        ("FROM a\nADD f.tar.gz /x\n", &[("f.tar.gz", "1")], &[("f.tar.gz", "2")], "2"),
        (
            "FROM a\nRUN --mount=source=f,target=/f x\n",
            &[("f", "1"), ("g", "1")],
            &[("f", "1"), ("g", "2")],
            "",
        ),
        ("FROM a\nRUN --mount=target=/f x\n", &[("f", "1"), ("g", "1")], &[("f", "1"), ("g", "2")], "2"),
        (
            "FROM a AS s\nCOPY . /d\nFROM b\nCOPY --from=s /d/f /f\n",
            &[("f", "1"), ("g", "1")],
            &[("f", "1"), ("g", "2")],
            "2",
        ),
        (
            "FROM a AS s\nCOPY . /d\nFROM b\nCOPY --from=s /d/f /f\n",
            &[("f", "1"), ("g", "1")],
            &[("f", "2"), ("g", "1")],
            "2 4",
        ),
        (
            "FROM a AS s\nWORKDIR /d\nCOPY f ./\nFROM b\nCOPY --from=s /d /f\n",
            &[("f", "1")],
            &[("f", "2")],
            "3 5",
        ),
        (
            "FROM a AS s\nCOPY . /d\nFROM b\nCOPY --from=s /d/f* /f/\n",
            &[("f", "1"), ("g", "1")],
            &[("f", "1"), ("g", "2")],
            "2",
        ),
        (
            "FROM a AS s\nCOPY . /d\nFROM b\nCOPY --from=s /d/f* /f/\n",
            &[("f", "1")],
            &[("f", "1"), ("f2", "2")],
            "2 4",
        ),
        (
            "FROM a AS s\nCOPY . /d\nFROM b\nCOPY --from=s --exclude=g /d /f/\n",
            &[("f", "1"), ("g", "1")],
            &[("f", "1"), ("g", "2")],
            "2",
        ),
        (
            "FROM a AS s\nCOPY . /d\nFROM b\nCOPY --from=s --exclude=g /d /f/\n",
            &[("f", "1"), ("g", "1")],
            &[("f", "2"), ("g", "1")],
            "2 4",
        ),
        (
            "FROM a AS s\nCOPY f* /d/\nFROM b\nCOPY --from=s /d/f1 /f\n",
            &[("f1", "1"), ("f2", "1")],
            &[("f1", "1"), ("f2", "2")],
            "2",
        ),
    ];
    for (dockerfile, before, after, expected) in cases {
        compare((dockerfile, before, &[]), (dockerfile, after, &[]), expected);
    }
}

#[test]
fn arguments_count_where_an_arg_takes_them() {
    type Arguments<'a> = &'a [(&'a str, &'a str)];
    let cases: &[(&str, Arguments<'_>, Arguments<'_>, &str)] = &[
        ("FROM a\nARG V\nRUN x\n", &[], &[("V", "1")], "3"),
        ("FROM a\nARG V=1\nRUN x\n", &[], &[("V", "1")], ""),
        ("FROM a\nARG V=1\nRUN x\n", &[], &[("W", "1")], ""),
        ("FROM a\nRUN x\nARG V=1\nCOPY a.txt /\n", &[], &[("V", "2")], ""),
        ("ARG V=1\nFROM a\nRUN x\n", &[], &[("V", "2")], ""),
        ("ARG V=1\nFROM a\nRUN x\nARG V\nRUN y\n", &[], &[("V", "2")], "5"),
        ("ARG V=1\nFROM a:$V\nRUN x\n", &[], &[("V", "2")], "3"),
        ("FROM a\nARG V=1\nENV V=3\nRUN x\n", &[], &[("V", "2")], ""),
        ("FROM a\nENV V=1\nARG V\nRUN x\n", &[("V", "7")], &[("V", "8")], "4"),
        (
            "FROM a\nARG TARGETARCH\nCOPY a.txt /x-$TARGETARCH\n",
            &[],
            &[("TARGETARCH", std::env::consts::ARCH)],
            if std::env::consts::ARCH == "x86_64" { "3" } else { "" },
        ),
        ("FROM a\nARG V=1\nCOPY --chown=$V a.txt /\n", &[], &[("V", "2")], "3"),
        ("FROM a AS s\nARG V=1\nRUN x\nFROM s\nRUN y\n", &[], &[("V", "2")], "3 5"),
        // The values of proxies are kept out of keys, but for those that an ARG declares.
        ("FROM a\nRUN x\n", &[("HTTP_PROXY", "1")], &[("HTTP_PROXY", "2")], ""),
        ("FROM a\nARG HTTP_PROXY\nRUN x\n", &[("HTTP_PROXY", "1")], &[("HTTP_PROXY", "2")], "3"),
    ];
    for (dockerfile, before, after, expected) in cases {
        compare((dockerfile, FILES, before), (dockerfile, FILES, after), expected);
    }
}

#[test]
fn stages_that_need_each_other_end() {
    let text =
        "FROM a AS x\nCOPY --from=y /f /f\nFROM a AS y\nCOPY --from=x /f /f\nFROM x\nCOPY --from=2 /f /g\n";
    of_files(&[(text, text, "")]);
    let mut deep = String::from("FROM a AS s0\nRUN x\n");
    for stage in 1..300 {
        deep += &format!(
            "FROM b AS s{stage}\nCOPY --from=s{} /a /a\nCOPY --from=s{} /b /b\n",
            stage - 1,
            stage - 1
        );
    }
    let said = again(&build(&deep, FILES, &[]), &build(&deep.replace("RUN x", "RUN y"), FILES, &[]));
    assert!(said.starts_with("2 4? 5?") && said.ends_with("898? 899?"), "{said}");
}
