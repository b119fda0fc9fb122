use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "undefined-arg-in-from",
    theme: Theme::Build,
    aliases: &["buildkit/UndefinedArgInFrom"],
    severity: Severities::own(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a variable in `FROM` that no `ARG` above the first `FROM` declares.",
        why: "It is empty whatever `--build-arg` gives: `FROM` sees those arguments only, not the ones inside of a \
              stage and not the environment.",
        example: "FROM node:22${VARIANT}\n",
        instead: "ARG VARIANT\nFROM node:22${VARIANT}\n",
        fix: "Where a name that is declared is nearly the same, the fix writes that one. It is unsafe, since it is a \
              guess.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22${VARIANT}\n", &[(1, "VARIANT")]),
        Example::bad("FROM --platform=$BULIDPLATFORM node:22\n", &[(1, "BULIDPLATFORM")])
            .fixed("FROM --platform=$BUILDPLATFORM node:22\n"),
        Example::bad("ARG MY_ARCH=amd64\nFROM --platform=linux/${MYARCH} node:22\n", &[(2, "MYARCH")])
            .fixed("ARG MY_ARCH=amd64\nFROM --platform=linux/${MY_ARCH} node:22\n"),
        Example::ok("ARG VARIANT\nFROM node:22${VARIANT}\nFROM --platform=$BUILDPLATFORM node:22\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for (name, span, meant) in input.frontend().froms.iter().flat_map(|facts| &facts.undeclared) {
        let (advice, fix) = match meant {
            Some(meant) => {
                let exact = span.of(input.source()) == &**name;
                let edits = || input.edits(vec![Edit::replace(*span, &**meant)]);
                let fix = exact.then(|| Fix::unsafe_(format!("Change to `{meant}`"), edits()));
                (format!("Did you mean `{meant}`?"), fix)
            }
            None => (format!("Write `ARG {name}` above the first FROM."), None),
        };
        let message = format!(
            "No ARG above the first FROM declares `{name}`, so it is empty here whatever the build is given. {advice}"
        );
        found.push(Finding::new(*span, message).fix(fix));
    }
}
