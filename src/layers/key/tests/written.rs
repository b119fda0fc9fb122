//! Files of which a command's own text tells the content.

use super::*;

/// What is said where `ARG V` of the stage that writes /f changes, and the next stage copies /f.
#[track_caller]
fn with_argument(cases: &[(&str, &str)]) {
    for (lines, expected) in cases {
        let text =
            |value: &str| format!("FROM a AS x\nARG V={value}\n{lines}FROM b\nCOPY --from=x /f /f\nRUN y\n");
        compare((&text("1"), FILES, &[]), (&text("2"), FILES, &[]), expected);
    }
}

#[test]
fn an_argument_that_the_words_do_not_name_changes_no_file() {
    with_argument(&[
        ("RUN echo same > /f\n", "3"),
        ("RUN printf 'a\\n' >/f\n", "3"),
        ("RUN echo $V > /dev/null; echo same > /f\n", "3"),
        ("RUN echo \"$V\" && echo \"same\" > /f && echo done\n", "3"),
        ("SHELL [\"/bin/bash\", \"-c\"]\nRUN echo same >| /f || true\n", "4 6? 7?"),
        ("SHELL [\"/bin/bash\", \"-c\"]\nRUN echo same > /f\n", "4"),
        // By the working directory.
        ("WORKDIR /w\nRUN echo same > ../f\n", "4"),
        ("WORKDIR /w\nRUN echo same > f\n", "4 6? 7?"),
        // Behind a later command that may have written it too, that one tells.
        ("RUN echo same > /f\nRUN z\n", "3 4 6? 7?"),
    ]);
}

#[test]
fn what_else_may_be_written_stays_open() {
    with_argument(&[
        ("RUN echo $V > /f\n", "3 5? 6?"),
        ("RUN echo same > /f; echo $V > /f\n", "3 5? 6?"),
        ("RUN echo same >> /f\n", "3 5? 6?"),
        ("RUN echo same > /f; z\n", "3 5? 6?"),
        ("RUN z && echo same > /f\n", "3 5? 6?"),
        ("RUN echo $(z) > /f\n", "3 5? 6?"),
        ("RUN echo * > /f\n", "3 5? 6?"),
        ("RUN echo same > $V; echo same > /f\n", "3 5? 6?"),
        ("RUN echo same > /f &\n", "3 5? 6?"),
        ("RUN echo same | tee /f\n", "3 5? 6?"),
        ("RUN if true; then echo same > /f; fi\n", "3 5? 6?"),
        ("RUN --mount=type=tmpfs,target=/t echo same > /f\n", "3 5? 6?"),
        ("RUN [\"/bin/sh\", \"-c\", \"echo same > /f\"]\n", "3 5? 6?"),
        ("SHELL [\"/opt/sh\", \"-c\"]\nRUN echo same > /f\n", "4 6? 7?"),
        // What the shell reads before it begins may hang on the argument.
        ("ENV BASH_ENV=/$V\nRUN echo same > /f\n", "4 6? 7?"),
        // A command before saw the argument, and may have made a link of /f, or another shell of /bin/sh.
        ("RUN z\nRUN echo same > /f\n", "3 4 6? 7?"),
    ]);
}

#[test]
fn only_that_one_file_is_known() {
    of_files(&[
        (
            "FROM a AS x\nARG V=1\nRUN echo same > /d/f\nFROM b\nCOPY --from=x /d /d\n",
            "FROM a AS x\nARG V=2\nRUN echo same > /d/f\nFROM b\nCOPY --from=x /d /d\n",
            "3 5?",
        ),
        (
            "FROM a AS x\nARG V=1\nRUN echo same > /d/f\nFROM b\nCOPY --from=x /d/* /d/\n",
            "FROM a AS x\nARG V=2\nRUN echo same > /d/f\nFROM b\nCOPY --from=x /d/* /d/\n",
            "3 5?",
        ),
        // Other words, or another user, may write another file: what they write isn't worked out.
        (
            "FROM a AS x\nRUN echo same > /f\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a AS x\nRUN printf 'same\\n' > /f\nFROM b\nCOPY --from=x /f /f\n",
            "2 4?",
        ),
        (
            "FROM a AS x\nUSER 1\nRUN echo same > /f\nFROM b\nCOPY --from=x /f /f\n",
            "FROM a AS x\nUSER 2\nRUN echo same > /f\nFROM b\nCOPY --from=x /f /f\n",
            "3 5?",
        ),
        (
            "FROM a AS x\nRUN echo same > /f\nFROM b\nCOPY --from=x /f /f\n",
            "FROM c AS x\nRUN echo same > /f\nFROM b\nCOPY --from=x /f /f\n",
            "2 4?",
        ),
    ]);
}

#[test]
fn files_copied_elsewhere_do_not_change_it() {
    let context = |text: &'static str| [("src/a.txt", text), ("f", text)];
    let cases = [
        ("COPY src /s\nRUN echo built > /out\n", "2 3"),
        // Another stage on it.
        ("COPY src /s\nFROM x AS x\nRUN echo built > /out\n", "2 4"),
        // A link may be copied to the place, above it, or below; and to where the shell comes from.
        ("COPY src /\nRUN echo built > /out\n", "2 3 5? 6?"),
        ("COPY f /out\nRUN echo built > /out\n", "2 3 5? 6?"),
        ("COPY src /lib/\nRUN echo built > /out\n", "2 3 5? 6?"),
        ("COPY src /usr/local/bin/\nRUN echo built > /out\n", "2 3 5? 6?"),
    ];
    for (lines, expected) in cases {
        let text = format!("FROM a AS x\n{lines}FROM b\nCOPY --from=x /out /out\nRUN y\n");
        compare((&text, &context("1"), &[]), (&text, &context("2"), &[]), expected);
    }
}
