use crate::rules::prelude::*;
use crate::shell::{Dialect, Operator, Part, PartKind};
use crate::syntax::instruction::declarations;
use std::borrow::Cow;
use std::collections::HashMap;

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
        fix: "The fix declares the ARG above the RUN, with the default that the other stage gives it where that is plain. It is unsafe: the \
              command gets a value that it hadn't.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22 AS a\nARG REV=1\nFROM node:22\n# x\nRUN echo \"rev ${REV}\" > rev\n",
            &[(5, "\"rev ${REV}\"")],
        )
        .fixed("FROM node:22 AS a\nARG REV=1\nFROM node:22\nARG REV=1\n# x\nRUN echo \"rev ${REV}\" > rev\n"),
        Example::bad("FROM alpine:3.22\nRUN wget a.org/app-$TARGETARCH\n", &[(2, "a.org/app-$TARGETARCH")])
            .fixed("FROM alpine:3.22\nARG TARGETARCH\nRUN wget a.org/app-$TARGETARCH\n"),
        Example::bad("FROM node:22 AS a\nARG REV\nFROM node:22\nRUN echo $REV\n", &[(4, "$REV")])
            .fixed("FROM node:22 AS a\nARG REV\nFROM node:22\nARG REV\nRUN echo $REV\n"),
        // Which value is meant?
        Example::bad(
            "FROM node:22 AS a\nARG REV=1\nFROM node:22 AS b\nARG REV=2\nFROM node:22\nRUN echo $REV\n",
            &[(6, "$REV")],
        ),
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
    let declared = declared(input);
    if declared.is_empty() {
        return;
    }
    for stage in model.stages().iter().filter(|stage| !stage.windows) {
        let Some((image, _)) = kit::image::root(model, stage) else { continue };
        let Some(set) = crate::catalog::images::environment(&image) else { continue };
        let mut seen: Vec<String> = Vec::new();
        for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
            let text = site.instruction.span.of(input.source());
            let visible = |name: &str| model.variables(site.id).iter().any(|known| *known.name == *name);
            let wanting = |name: &str| declared.contains_key(name) && !set.contains(&name) && !visible(name);
            // Reading the script costs more than looking for its variables, and few need it.
            if !mentions(text, input.tree().escape(), wanting)
                || input.script(site.id).is_none_or(|script| script.dialect != Dialect::Posix)
            {
                continue;
            }
            for command in input.commands(site.id) {
                for word in command.command.words() {
                    let mut names = Vec::new();
                    collect(word_parts(word), &mut names);
                    for name in names {
                        let Some(declaration) = declared.get(&*name).filter(|_| wanting(&name)) else {
                            continue;
                        };
                        if seen.contains(&name) || is_set_by(text, &name) {
                            continue;
                        }
                        let message = format!(
                            "`{name}` isn't declared in this stage, so it is empty here: an ARG is seen in its own stage only. Write `ARG \
                             {name}` above this."
                        );
                        let fix = declaration.as_deref().map(|declaration| {
                            let edit = kit::line_above(input, site.instruction, "ARG", declaration);
                            Fix::unsafe_(format!("Declare `{name}` in this stage"), input.edits(vec![edit]))
                        });
                        found.push(Finding::new(word.span, message).fix(fix));
                        seen.push(name);
                    }
                }
            }
        }
    }
}

/// The ARGs that a stage can declare, each with what gives it the same value there; None where other stages
/// declare it with values that differ or hang on variables.
fn declared<'a>(input: &Input<'a>) -> HashMap<&'a str, Option<Cow<'a, str>>> {
    let mut all: HashMap<&str, Option<Cow<'_, str>>> = HashMap::new();
    let args = input.tree().numbered().filter(|(_, instruction)| instruction.keyword == Keyword::Arg);
    for (id, arg) in args {
        for declaration in declarations(arg) {
            let name = declaration.name;
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-/:@+".contains(c);
            let own = match declaration.value.filter(|_| input.model().stage_of(id).is_some()) {
                // What is declared above the first FROM, or where the build starts, comes by the name alone.
                None => Some(Cow::Borrowed(name)),
                Some(value) if value.chars().all(plain) => Some(Cow::Owned(format!("{name}={value}"))),
                Some(_) => None,
            };
            let global = all.get(name).is_some_and(|known| known.as_deref() == Some(name));
            let known = all.entry(name).or_insert_with(|| own.clone());
            if *known != own && !global {
                *known = None;
            }
        }
    }
    let platform = PLATFORM.into_iter().filter(|name| input.source().contains(name));
    all.extend(platform.map(|name| (name, Some(Cow::Borrowed(name)))));
    all
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

/// Whether a text may take the value of a variable whose name is `wanted`; true where a name is continued on a line below.
fn mentions(text: &str, escape: char, wanted: impl Fn(&str) -> bool) -> bool {
    text.split('$').skip(1).any(|behind| {
        let behind = behind.strip_prefix('{').unwrap_or(behind);
        let end = behind.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(behind.len());
        let (name, rest) = behind.split_at(end);
        rest.starts_with(escape) || rest.starts_with(['#', '!']) || wanted(name)
    })
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
