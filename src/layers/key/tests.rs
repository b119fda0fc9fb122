use super::*;
use crate::context::{Contents, Limits, Memory, Request};
use crate::syntax::parse;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A build: its Dockerfile, its arguments, its context.
struct Build {
    model: Model,
    view: View,
    contents: Contents,
}

/// Files of the context: a path with the text; with a link's target behind `->`; with `+x ` before the text
/// of an executable file; with a slash at its end for an empty folder.
type Context<'a> = &'a [(&'a str, &'a str)];

fn build(dockerfile: &str, context: Context<'_>, arguments: &[(&str, &str)]) -> Build {
    let mut memory = Memory::new();
    memory.insert("/c/", "");
    for (path, text) in context {
        let path = format!("/c/{path}");
        match text.strip_prefix("->") {
            Some(target) => memory.insert_link(&path, target),
            None => memory.insert(&path, text),
        }
        if text.starts_with("+x ") {
            memory.set_mode(&path, 0o755);
        }
    }
    let request = Request {
        dockerfile: Some("/Dockerfile".into()),
        context_dir: Some("/c".into()),
        workspace_root: None,
        limits: Limits::default(),
        cancel: &AtomicBool::new(false),
        progress: None,
    };
    let view = View::gather(&memory, &request).unwrap();
    let arguments = arguments.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let model = Model::with_arguments(Arc::new(parse(dockerfile).0), arguments);
    let contents = read(&memory, &model, None, &view);
    Build { model, view, contents }
}

/// The lines of the steps that run again in `after`, with `?` behind one that may.
fn again(before: &Build, after: &Build) -> String {
    let keys = |build: &Build| {
        let files = Files::Read { view: &build.view, contents: &build.contents };
        Keys::of(&State::new(&build.model, None, files))
    };
    let mut said = Vec::new();
    for (id, again) in keys(after).again(&keys(before)) {
        let line = after.model.tree().instruction(id).unwrap().first_line;
        match again {
            Again::No => {}
            Again::Maybe => said.push(format!("{line}?")),
            Again::Yes => said.push(line.to_string()),
        }
    }
    said.join(" ")
}

const FILES: Context<'_> = &[
    ("a.txt", "same"),
    ("b.txt", "same"),
    ("d/a.txt", "same"),
    ("src/a.txt", "a"),
    ("src/r.md", "read"),
    ("e/src/a.txt", "a"),
    ("e/src/r.md", "read"),
    ("l", "->a.txt"),
];

/// What is said of two Dockerfiles in the same context.
#[track_caller]
fn of_files(cases: &[(&str, &str, &str)]) {
    for (before, after, expected) in cases {
        let said = again(&build(before, FILES, &[]), &build(after, FILES, &[]));
        assert_eq!(said, *expected, "\n{before}\n-- to --\n{after}");
    }
}

/// As [`of_files`], each with `FROM a` above and the same RUN below; the lines count from the FROM.
#[track_caller]
fn between(cases: &[(&str, &str, &str)]) {
    let whole = |text: &str| format!("FROM a\n{text}\nRUN end\n");
    let whole: Vec<(String, String, &str)> = cases.iter().map(|(b, a, e)| (whole(b), whole(a), *e)).collect();
    let cases: Vec<(&str, &str, &str)> = whole.iter().map(|(b, a, e)| (&**b, &**a, *e)).collect();
    of_files(&cases);
}

#[test]
fn nothing_runs_again_in_the_same_build() {
    let text = "ARG V=1\nFROM a:$V AS x\nENV P=$PATH:/x D=${NONE:-/d}\nWORKDIR $D\nCOPY --link . .\nRUN <<E\nx\nE\nFROM scratch\nCOPY --from=x /d /d\nADD https://e.x/y /y\nRUN --mount=from=x,target=/m --mount=type=cache,target=c y\n";
    of_files(&[(text, text, "")]);
}

#[test]
fn a_command_is_known_by_its_words() {
    between(&[
        ("RUN x", "RUN  x  ", ""),
        ("RUN x y", "RUN x  y", "2 3"),
        ("RUN x \"y\"", "RUN x 'y'", "2 3"),
        ("RUN x \\\n && y", "RUN x \\\n# note\n && y", ""),
        ("RUN x \\\n && y", "RUN x \\\n  && y", "2 4"),
        ("RUN x", "RUN x # note", "2 3"),
        ("RUN x", "run x", ""),
        ("RUN [\"x\",\"y\"]", "RUN [ \"x\", \"y\" ]", ""),
        ("RUN x y", "RUN [\"/bin/sh\", \"-c\", \"x y\"]", ""),
        ("RUN x y", "RUN [\"x\", \"y\"]", "2 3"),
        ("RUN x", "SHELL [\"/bin/sh\", \"-c\"]\nRUN x", ""),
        ("RUN x", "SHELL [\"/bin/ash\", \"-c\"]\nRUN x", "3 4"),
        ("RUN [\"x\"]", "RUN [\"x\"]\nSHELL [\"/bin/ash\", \"-c\"]", "4"),
        ("RUN <<E\nx\nE", "RUN <<F\nx\nF", ""),
        ("RUN <<E\nx\nE", "RUN <<-E\n\tx\nE", ""),
        ("RUN <<E\nx\nE", "RUN <<E\nx # note\nE", "2 5"),
        // The line break at the end of the body is part of the command.
        ("RUN <<E\nx\nE", "RUN x", "2 3"),
        ("RUN <<E\n#!/bin/sh\nx\nE", "RUN <<F\n#!/bin/sh\nx\nF", "2 6"),
        ("RUN cat <<E\nx\nE", "RUN cat <<F\nx\nF", "2 5"),
        ("RUN --network=default x", "RUN x", ""),
        ("RUN x", "RUN --network=none x", "2 3"),
        ("RUN x", "RUN --security=insecure x", "2 3"),
        ("RUN x", "RUN x\nRUN y", "3 4"),
        ("RUN x\nRUN y", "RUN y", "2 3"),
        ("RUN x", "LABEL a=b\nEXPOSE 80\nVOLUME /v\nSTOPSIGNAL 9\nHEALTHCHECK NONE\nMAINTAINER m\nRUN x", ""),
    ]);
}

#[test]
fn a_command_has_the_whole_environment_in_its_key() {
    between(&[
        ("ENV A=1", "ENV A=2", "3"),
        ("ENV A=1", "ENV A 1", ""),
        ("ENV A=1", "ENV A=\"1\"", ""),
        ("ENV A=1 B=2", "ENV A=1\nENV B=2", ""),
        ("ENV A=1 B=2", "ENV B=2 A=1", "3"),
        ("ENV A=1\nENV B=x$A", "ENV A=1\nENV B=\"x${A}\"", ""),
        ("ENV A=1\nENV B=2\nENV A=1", "ENV A=1\nENV B=2", "4"),
        ("ENV P=$PATH:/x", "ENV P=$PATH:/y", "3"),
        ("ENV A=1", "ARG A=1", ""),
        ("ENV PATH=/x:$PATH", "ENV PATH=\"/x:${PATH}\"", ""),
        ("RUN x", "ENV PATH=$PATH\nRUN x", ""),
        ("WORKDIR /w$NONE", "WORKDIR /w", ""),
        ("ARG A=1", "ARG A=2", "3"),
        ("RUN x", "ARG A\nRUN x", ""),
        ("RUN x", "ARG A=\nRUN x", "3 4"),
        ("RUN x", "ARG TARGETPLATFORM\nRUN x", "3 4"),
        ("ARG A=1\nARG B=2", "ARG B=2\nARG A=1", "4"),
        // The one that stands last counts.
        ("ARG A=2\nENV A=1", "ARG A=3\nENV A=1", ""),
        ("ENV A=1\nARG A=2", "ENV A=1\nARG A=3", "4"),
        ("ENV A=1\nARG A", "ENV A=1", ""),
        ("USER 0", "USER root", "3"),
        ("RUN x", "USER 0\nRUN x", "3 4"),
        ("ENV A=1\nCOPY a.txt /x", "ENV A=2\nCOPY a.txt /x", "4"),
    ]);
}

#[test]
fn a_working_directory_is_a_folder_and_part_of_every_command_below() {
    between(&[
        ("WORKDIR /w", "WORKDIR /w/", "3"),
        ("WORKDIR /w", "WORKDIR w", ""),
        ("WORKDIR /w\nWORKDIR /w", "WORKDIR /w", "3"),
        ("WORKDIR /w/x", "WORKDIR /w\nWORKDIR x", "2 3 4"),
        ("WORKDIR /w/y/..", "WORKDIR /w", "3"),
        ("RUN x", "WORKDIR /\nRUN x", ""),
        ("WORKDIR /v", "WORKDIR /w", "2 3"),
        ("ENV D=/w\nWORKDIR $D\nCOPY a.txt a", "ENV D=/w\nWORKDIR ${D}\nCOPY a.txt /w/a", ""),
        // It makes the folder, which a slash doesn't change.
        ("WORKDIR /w\nCOPY a.txt ./", "WORKDIR /w/\nCOPY a.txt .", "4"),
        ("USER 0\nWORKDIR /w", "USER 1\nWORKDIR /w", "3 4"),
        (
            "SHELL [\"x\"]\nWORKDIR /w\nCOPY a.txt .\nRUN [\"x\"]",
            "SHELL [\"y\"]\nWORKDIR /w\nCOPY a.txt .\nRUN [\"x\"]",
            "6",
        ),
    ]);
}

#[test]
fn a_copy_is_known_by_what_it_puts_where() {
    between(&[
        ("COPY src /x", "COPY src/ /x", ""),
        ("COPY src /x", "COPY ./src /x", ""),
        ("COPY src /x", "COPY [\"src\", \"/x\"]", ""),
        ("COPY src /x", "COPY src /x/", "2 3"),
        ("COPY src /x", "COPY src x", ""),
        ("COPY a.txt /x/.", "COPY a.txt /x/", "2 3"),
        ("WORKDIR /w\nCOPY src .", "WORKDIR /w\nCOPY src /w", "3 4"),
        ("WORKDIR /w\nCOPY src .", "WORKDIR /w\nCOPY src /w/", ""),
        ("WORKDIR /w\nCOPY src x", "WORKDIR /w\nCOPY src /w/./y/../x", ""),
        // By its own name and by what it holds; the folder above it doesn't count.
        ("COPY a.txt /x", "COPY d/a.txt /x", ""),
        ("COPY a.txt /x", "COPY b.txt /x", "2 3"),
        ("COPY src /x", "COPY e/src /x", ""),
        ("COPY a.txt b.txt /x/", "COPY b.txt a.txt /x/", "2 3"),
        ("COPY a.txt /x/", "COPY a*.txt /x/", "2 3"),
        ("COPY a.txt /x", "ADD a.txt /x", "2 3"),
        ("COPY a.txt /x", "COPY --chown=0:0 a.txt /x", "2 3"),
        ("COPY --chown=1 a.txt /x", "COPY --chown=1:1 a.txt /x", "2 3"),
        ("COPY --chmod=755 a.txt /x", "COPY --chmod=0755 a.txt /x", ""),
        ("COPY --chmod=755 a.txt /x", "COPY --chmod=700 a.txt /x", "2 3"),
        ("COPY src /x", "COPY --exclude=*.none src /x", "2 3"),
        ("COPY <<E /x\ny\nE", "COPY <<F /x\ny\nF", "2 5"),
        ("COPY <<E /x\ny\nE", "COPY <<E /x\nz\nE", "2 5"),
        ("COPY <<E /x\n$A\nE", "ENV A=1\nCOPY <<E /x\n$A\nE", "3 6"),
        ("ENV A=1\nCOPY <<\"E\" /x\n$A\nE", "ENV A=2\nCOPY <<\"E\" /x\n$A\nE", "6"),
        ("ADD https://e.x/y /y", "ADD https://e.x/z /y", "2 3"),
        ("ADD https://e.x/y /y", "ADD https://e.x/y /y", ""),
    ]);
}

#[test]
fn a_linked_copy_hangs_on_nothing_above_it() {
    between(&[
        ("RUN x\nCOPY --link a.txt /x", "RUN y\nCOPY --link a.txt /x", "2 4"),
        ("RUN x\nCOPY --link=false a.txt /x", "RUN y\nCOPY --link=false a.txt /x", "2 3 4"),
        ("RUN x\nCOPY --link --chmod=755 a.txt /x", "RUN y\nCOPY --link --chmod=755 a.txt /x", "2 3 4"),
        ("RUN x\nCOPY --link <<E /x\ny\nE", "RUN y\nCOPY --link <<E /x\ny\nE", "2 6"),
        ("COPY a.txt /x", "COPY --link a.txt /x", "2 3"),
        ("COPY --link a.txt /x/\nWORKDIR /q", "WORKDIR /q\nCOPY --link a.txt /x/", "2 4"),
        ("WORKDIR /v\nCOPY --link a.txt x", "WORKDIR /w\nCOPY --link a.txt x", "2 3 4"),
    ]);
    of_files(&[
        ("FROM scratch\nCOPY a.txt /x\n", "FROM scratch\nCOPY --link a.txt /x\n", ""),
        ("FROM a\nCOPY --link a.txt /x\n", "FROM b\nCOPY --link a.txt /x\n", ""),
    ]);
}

#[test]
fn a_mount_is_known_by_its_definition_and_by_what_it_shows() {
    let cases = [
        ("source=a.txt,target=/m", "source=b.txt,target=/m", ""),
        ("source=a.txt,target=/m", "type=bind,dst=/m,src=./a.txt", ""),
        ("source=a.txt,target=/m", "source=src/a.txt,target=/m", "2 3"),
        ("source=a.txt,target=/m", "source=a.txt,target=/m,rw", "2 3"),
        ("source=a.txt,target=/m", "source=a.txt,target=/n", "2 3"),
        ("type=cache,target=/m", "type=cache,target=/m,id=/m,sharing=shared", ""),
        ("type=cache,target=/m", "type=cache,target=/m,id=x", "2 3"),
        ("type=cache,target=/m", "type=cache,target=/m,sharing=locked", "2 3"),
        ("type=cache,target=/m", "type=cache,target=/m,mode=0700", "2 3"),
        ("type=cache,target=/m", "type=cache,target=/m/", "2 3"),
        ("type=secret,id=x", "type=secret,id=y", "2 3"),
        ("type=secret,id=x", "type=secret,id=x,target=/x", "2 3"),
        ("type=secret,id=x", "type=secret,id=x,target=/run/secrets/x,mode=0400,uid=0", ""),
        ("type=cache,target=/m", "type=cache,target=/m,mode=0755,uid=0", "2 3"),
        ("type=cache,target=/m,mode=0755", "type=cache,target=/m,mode=0755,uid=0", ""),
        ("type=secret,id=x", "type=secret,id=x,required=false", ""),
        ("type=secret,id=x", "type=secret,id=x,env=X", "2 3"),
        ("type=tmpfs,target=/m", "type=tmpfs,target=/m,size=1m", "2 3"),
        ("type=ssh", "type=ssh,id=x", "2 3"),
    ];
    let run = |mount: &str| format!("RUN --mount={mount} x");
    let whole: Vec<_> = cases.iter().map(|(b, a, e)| (run(b), run(a), *e)).collect();
    between(&whole.iter().map(|(b, a, e)| (&**b, &**a, *e)).collect::<Vec<_>>());
    between(&[
        ("RUN x", "RUN --mount=type=ssh x", "2 3"),
        ("RUN x", "RUN --mount=type=secret,id=x x", "2 3"),
        (
            "RUN --mount=source=a.txt,target=/m --mount=type=cache,target=/c x",
            "RUN --mount=type=cache,dst=/c --mount=type=bind,source=a.txt,target=/m x",
            "",
        ),
        (
            "WORKDIR /w\nRUN --mount=type=cache,target=c x",
            "WORKDIR /w\nRUN --mount=type=cache,target=/w/c x",
            "3 4",
        ),
        (
            "ENV M=a.txt\nRUN --mount=source=$M,target=/m x",
            "ENV M=a.txt\nRUN --mount=source=a.txt,target=/m x",
            "",
        ),
    ]);
}

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
        let said = again(&build(dockerfile, before, &[]), &build(dockerfile, after, &[]));
        assert_eq!(said, *expected, "{dockerfile}{before:?} to {after:?}");
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
        let said = again(&build(dockerfile, FILES, before), &build(dockerfile, FILES, after));
        assert_eq!(said, *expected, "{dockerfile}{before:?} to {after:?}");
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
