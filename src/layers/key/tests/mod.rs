mod stages;
mod written;

use super::*;
use crate::context::{Contents, Memory, Request};
use crate::layers::tests::lines;
use crate::syntax::parse;
use std::sync::Arc;

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
    let request = Request::new(Some("/Dockerfile".into()), Some("/c".into()));
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
    lines(&after.model, &keys(after).again(&keys(before))).join(" ")
}

/// One side of a case: a Dockerfile, its context, and its arguments.
type Side<'a> = (&'a str, Context<'a>, &'a [(&'a str, &'a str)]);

/// Compares what is said of two builds with what is expected.
#[track_caller]
fn compare(before: Side<'_>, after: Side<'_>, expected: &str) {
    let made = |(dockerfile, context, arguments): Side<'_>| build(dockerfile, context, arguments);
    let said = again(&made(before), &made(after));
    assert_eq!(said, expected, "\n{before:?}\n-- to --\n{after:?}");
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
        compare((before, FILES, &[]), (after, FILES, &[]), expected);
    }
}

/// As [`of_files`], each with `FROM a` above and the same RUN below; the lines count from the FROM.
#[track_caller]
fn between<Text: AsRef<str>>(cases: &[(Text, Text, &str)]) {
    let whole = |text: &Text| format!("FROM a\n{}\nRUN end\n", text.as_ref());
    for (before, after, expected) in cases {
        compare((&whole(before), FILES, &[]), (&whole(after), FILES, &[]), expected);
    }
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
    between(&cases.map(|(before, after, expected)| (run(before), run(after), expected)));
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
