use crate::rules::kit::frontend::{Known, Undefined};
use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "undefined-variable",
    theme: Theme::Build,
    aliases: &["buildkit/UndefinedVar", "sonar/S6579"],
    severity: Severities::own(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a variable in `ENV`, `ARG`, `LABEL`, `COPY`, `ADD`, `WORKDIR`, `USER`, `VOLUME` and in mounts that \
               nothing above it in the stage sets. What a shell reads, as in `RUN` and `CMD`, is left to the shell. It is \
               a warning where the stage starts from scratch, where a name that is set is nearly the same, and where the \
               name is declared above the first `FROM` only; else a hint, since the base image may set it.",
        why: "It is empty there: `COPY a $DIR/` copies to `/`. An `ARG` above the first `FROM` is seen by `FROM` lines \
              alone until the stage declares it again.",
        example: "ARG VERSION=1\nFROM alpine:3\nLABEL version=$VERSION\n",
        instead: "ARG VERSION=1\nFROM alpine:3\nARG VERSION\nLABEL version=$VERSION\n",
        fix: "Where a name that is set is nearly the same, the fix writes that one. It is unsafe, since it is a guess.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM scratch\nARG DIR=/srv\nCOPY a $DRI/\n", &[(3, "$DRI")])
            .fixed("FROM scratch\nARG DIR=/srv\nCOPY a $DIR/\n"),
        Example::bad("FROM node:22\nENV PATH=/app/bin:${PAHT}\n", &[(2, "${PAHT}")])
            .fixed("FROM node:22\nENV PATH=/app/bin:${PATH}\n"),
        Example::bad("ARG VERSION=1\nFROM node:22\nLABEL v=$VERSION\n", &[(3, "$VERSION")]),
        Example::bad("FROM node:22\nENV A=1 B=$A C=$A\n", &[(2, "$A"), (2, "$A")]),
        // The images set these.
        Example::ok("FROM node:22\nENV V=$NODE_VERSION PATH=/x:$PATH\nFROM golang:1.25\nWORKDIR $GOPATH\n"),
        Example::ok("FROM node:22 AS a\nARG X\nENV Y=$X\nFROM a\nLABEL x=$X y=$Y\nRUN echo $Z\nEXPOSE $Q\n"),
        // A default is written, so that it is empty is meant.
        Example::ok("FROM node:22\nENV A=${B:-c}\n"),
        Example::bad("FROM node:22\nENV A=${B:-c} C=$D$D\n", &[(2, "${B:-c}"), (2, "$D")])
            .under(Profile::Buildkit),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let buildkit = input.profile() == Profile::Buildkit;
    for undefined in &input.frontend().undefined {
        // A default or an alternative provides for it.
        let provided = undefined.provided && undefined.meant.is_none() && !undefined.global;
        if if buildkit { undefined.first } else { !provided } {
            found.push(finding(input, undefined));
        }
    }
}

fn finding(input: &Input<'_>, undefined: &Undefined) -> Finding {
    let name = &undefined.name;
    if undefined.global {
        let message = format!(
            "`{name}` is declared above the first FROM, which FROM lines alone see, so it is empty here. Write `ARG \
             {name}` into this stage, above this line."
        );
        return Finding::new(undefined.span, message);
    }
    if let Some(meant) = &undefined.meant {
        let message = format!("Nothing sets `{name}`, so it is empty here. Did you mean `{meant}`?");
        let fix = undefined.name_span.map(|span| {
            let edits = input.edits(vec![Edit::replace(span, &**meant)]);
            Fix::unsafe_(format!("Change to `{meant}`"), edits)
        });
        return Finding::new(undefined.span, message).fix(fix);
    }
    let (unless, most) = match undefined.base {
        Known::Scratch => ("", Severity::Warning),
        Known::Image => (", and the base image isn't known to", Severity::Hint),
        Known::Nothing => (", unless the base image does", Severity::Hint),
    };
    let message = format!(
        "Nothing in this file sets `{name}` here{unless}, so it is empty. Declare it above with `ARG {name}` or `ENV \
         {name}=…`."
    );
    Finding::new(undefined.span, message).at_most(most)
}
