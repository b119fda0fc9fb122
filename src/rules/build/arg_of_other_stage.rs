use crate::model::Origin;
use crate::rules::prelude::*;
use crate::shell::{Dialect, Operator, Part, PartKind};

pub const RULE: Rule = Rule {
    name: "arg-of-other-stage",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a command of a RUN that uses an ARG which is declared above the first FROM or in another stage, but not in \
               its own; also one of BuildKit's own (`TARGETARCH` and its like) that the stage doesn't declare.",
        why: "An ARG ends with its stage, and one above the first FROM is seen by FROM lines only. Nothing warns: the shell puts an empty \
              text in its place.",
        example: "ARG VERSION=1.2\nFROM alpine:3.22\nRUN wget https://example.com/app-$VERSION.tgz\n",
        instead: "ARG VERSION=1.2\nFROM alpine:3.22\nARG VERSION\nRUN wget https://example.com/app-$VERSION.tgz\n",
        fix: "The fix declares the ARG above the RUN. It is unsafe: the command gets a value that it hadn't.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22 AS a\nARG REV=1\nFROM node:22\n# x\nRUN echo \"rev ${REV}\" > rev\n",
            &[(5, "\"rev ${REV}\"")],
        )
        .fixed("FROM node:22 AS a\nARG REV=1\nFROM node:22\nARG REV\n# x\nRUN echo \"rev ${REV}\" > rev\n"),
        Example::bad("FROM alpine:3.22\nRUN wget a.org/app-$TARGETARCH\n", &[(2, "a.org/app-$TARGETARCH")])
            .fixed("FROM alpine:3.22\nARG TARGETARCH\nRUN wget a.org/app-$TARGETARCH\n"),
        Example::ok("ARG V=1\nFROM alpine:3.22\nARG V\nRUN echo $V\n"),
        Example::ok("ARG V=1\nFROM alpine:3.22\nRUN V=2 && echo $V; for X in a; do echo $X; done\n"),
        Example::ok("ARG V=1\nFROM alpine:3.22\nRUN echo ${V:-1} '$V'\n"),
        Example::ok("ARG NODE_VERSION=22\nFROM node:$NODE_VERSION\nRUN echo $NODE_VERSION\n"),
        Example::ok("ARG V=1\nFROM example.com/ours\nRUN echo $V\n"),
        Example::ok("FROM alpine:3.22 AS a\nARG V=1\nFROM a\nRUN echo $V\n"),
    ],
};

/// The ARGs that BuildKit sets where a stage declares them.
const PLATFORM: [&str; 8] = [
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let model = input.model();
    let platform =
        PLATFORM.iter().filter(|name| input.source().contains(*name)).map(|name| (*name).to_owned());
    let own = model.stages().iter().flat_map(|stage| model.all_variables(stage));
    let own = own.filter(|variable| variable.origin == Origin::Arg);
    let declared: Vec<String> =
        model.globals().iter().chain(own).map(|variable| variable.name.to_string()).chain(platform).collect();
    if declared.is_empty() {
        return;
    }
    for stage in model.stages().iter().filter(|stage| !stage.windows) {
        let Some((image, _)) = kit::image::root(model, stage) else { continue };
        let Some(set) = crate::catalog::images::environment(&image) else { continue };
        let mut seen: Vec<String> = Vec::new();
        for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
            let posix = input.script(site.id).is_some_and(|script| script.dialect == Dialect::Posix);
            let text = site.instruction.span.of(input.source());
            if !posix || !text.contains('$') {
                continue;
            }
            for command in input.commands(site.id) {
                for word in command.command.words() {
                    let mut names = Vec::new();
                    collect(word_parts(word), &mut names);
                    for name in names {
                        let visible = model.variables(site.id).iter().any(|variable| *variable.name == *name);
                        if visible
                            || seen.contains(&name)
                            || !declared.contains(&name)
                            || set.contains(&&*name)
                            || is_set_by(text, &name)
                        {
                            continue;
                        }
                        let message = format!(
                            "`{name}` isn't declared in this stage, so it is empty here: an ARG is seen in its own stage only. Write `ARG \
                             {name}` above this."
                        );
                        let edit = kit::line_above(input, site.instruction, "ARG", &name);
                        let fix =
                            Fix::unsafe_(format!("Declare `{name}` in this stage"), input.edits(vec![edit]));
                        found.push(Finding::new(word.span, message).fix(Some(fix)));
                        seen.push(name);
                    }
                }
            }
        }
    }
}

fn word_parts(word: &crate::shell::Word) -> &[Part] {
    &word.parts
}

/// The variables whose value a word takes, without those that have a default.
fn collect(parts: &[Part], names: &mut Vec<String>) {
    for part in parts {
        match &part.kind {
            PartKind::Double(inner) => collect(inner, names),
            PartKind::Variable(expansion) => {
                let provided = matches!(
                    expansion.operator,
                    Some(
                        Operator::Default { .. }
                            | Operator::Assign { .. }
                            | Operator::Error { .. }
                            | Operator::Alternative { .. }
                    )
                );
                if !provided && !expansion.indirect {
                    names.push(expansion.name.to_string());
                }
            }
            _ => {}
        }
    }
}

/// Whether the commands may set the variable themselves.
fn is_set_by(text: &str, name: &str) -> bool {
    let sets = |before: &str| {
        text.match_indices(&format!("{before}{name}")).any(|(at, found)| {
            let after = text[at + found.len()..].chars().next();
            after.is_none_or(|c| !(c.is_ascii_alphanumeric() || c == '_'))
        })
    };
    text.contains(&format!("{name}="))
        || sets("for ")
        || text.contains("read ")
        || text.contains("source ")
        || text.contains("\n. ")
        || text.contains(" . ")
        || text.contains("eval")
        || text.contains("mapfile")
        || text.contains("getopts")
        || sets("-v ")
}
