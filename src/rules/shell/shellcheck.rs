use crate::rules::prelude::*;
use crate::rules::shellcheck;

pub const RULE: Rule = Rule {
    name: "shellcheck",
    theme: Theme::Shell,
    aliases: &["shellcheck/SC*", "hadolint/SC*"],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_shellcheck(),
    docs: Docs {
        what: "Shows what [ShellCheck](https://www.shellcheck.net) says of the scripts in a Dockerfile: of every \
               `RUN` in shell form, of its heredocs, and of scripts that `COPY` and `ADD` write. It is asked where \
               there is a `shellcheck` on PATH, or where your editor's settings or `PLIMSOLL_SHELLCHECK_PATH` \
               name one; no file of the workspace can name it. Each finding has ShellCheck's own code as its name, \
               `shellcheck/SC2086`, by which it is set and ignored; `shellcheck` means all of them. An error is an \
               error and a warning a warning; what is less is a hint in the editor.",
        why: "A `RUN` is a shell script that nobody reads as one. A variable without quotes falls apart at its \
              blanks, a bash construct fails in the `sh` of the image, and the build goes on with half of what it \
              should have done.",
        example: "FROM debian:12\nARG DIR\nRUN rm -r $1/cache\n",
        instead: "FROM debian:12\nARG DIR\nRUN rm -r \"$DIR/cache\"\n",
        fix: "The fixes are ShellCheck's. They are unsafe: quotes around a variable, say, change what the command \
              does where its value has blanks, which may be what somebody relies on.",
        files: None,
    },
    check: Check::File(shellcheck::findings),
    examples: &[
        Example::bad("FROM debian:12\nRUN echo $1\n", &[(2, "$1")])
            .fixed("FROM debian:12\nRUN echo \"$1\"\n"),
        Example::bad(
            "FROM debian:12\nRUN true && \\\n    # why\n\t\\\n    echo é $1 \\\n      now\n",
            &[(5, "$1")],
        )
        .fixed("FROM debian:12\nRUN true && \\\n    # why\n\t\\\n    echo é \"$1\" \\\n      now\n"),
        Example::bad("FROM debian:12\r\nRUN <<-EOF\r\n\techo $1\r\nEOF\r\n", &[(3, "$1")])
            .fixed("FROM debian:12\r\nRUN <<-EOF\r\n\techo \"$1\"\r\nEOF\r\n"),
        Example::bad("FROM debian:12\nCOPY <<EOF /a.sh\n#!/bin/sh\necho $1\nEOF\n", &[(4, "$1")])
            .fixed("FROM debian:12\nCOPY <<EOF /a.sh\n#!/bin/sh\necho \"$1\"\nEOF\n"),
        Example::bad("# escape=`\nFROM debian:12\nRUN true && `\n  [[ -e /a ]]\n", &[(4, "[[ -e /a ]]")]),
        Example::bad("FROM debian:12\nONBUILD RUN [[ -e /a ]]\n", &[(2, "[[ -e /a ]]")])
            .under(Profile::Strict),
        // hadolint tells of one finding of a RUN, on its first line.
        Example::bad("FROM debian:12\nRUN echo $1 && \\\n  [[ -e /a ]]\n", &[(2, "RUN")])
            .under(Profile::Hadolint),
        Example::ok("FROM debian:12\nSHELL [\"/bin/bash\", \"-c\"]\nRUN [[ -e /a ]]\n"),
        Example::ok("FROM debian:12\n# hadolint shell=/bin/bash\nRUN [[ -e /a ]]\n"),
        Example::ok("FROM debian:12\nENV A=1\nARG B\nRUN echo $A $B $HTTP_PROXY\n"),
        Example::ok("FROM debian:12\nSHELL [\"pwsh\", \"-c\"]\nRUN echo $1 [\n"),
        Example::ok("FROM debian:12\nRUN <<EOF\n# shellcheck disable=SC2086\necho $1\nEOF\n"),
        Example::ok("FROM debian:12\n# plimsoll ignore=SC2086\nRUN echo $1\n"),
        Example::ok("FROM debian:12\n# hadolint ignore=SC2086\nRUN echo $1\n"),
        Example::ok("FROM debian:12\nRUN echo $1\n").set("ignore = [\"shellcheck/SC2086\"]\n"),
        Example::ok("FROM debian:12\nRUN echo $1\n").set("[rules]\nSC2086 = \"off\"\n"),
        Example::ok("FROM debian:12\nRUN [\"sh\", \"-c\", \"echo $1\"]\n"),
    ],
};
