use crate::model::{Base, Stage};
use crate::rules::prelude::*;
use crate::syntax::Word;
use crate::syntax::instruction::{copy, from};
use std::collections::HashMap;

pub const RULE: Rule = Rule {
    name: "relative-copy-destination",
    theme: Theme::Build,
    aliases: &["hadolint/DL3045"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a `COPY` to a relative path in a stage in which no `WORKDIR` stands above, nor \
              in the stages that it is built on.",
        why: "The path then hangs on the working directory of the base image, which is `/` for most: \
             `COPY . .` pours the project between `/bin` and `/etc`, and another base puts it \
             elsewhere.",
        example: "FROM node:22\nCOPY package.json ./\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY package.json ./\n",
        fix: "The fix puts `WORKDIR /app` above the instruction. It is unsafe, since the files and \
             what runs below move to `/app`.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nCOPY package.json ./\nRUN npm ci\n", &[(2, "./")])
            .fixed("FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\n"),
        Example::bad("FROM node:22\r\n  COPY a \"b\"\r\n", &[(2, "\"b\"")])
            .fixed("FROM node:22\r\n  WORKDIR /app\r\n  COPY a \"b\"\r\n"),
        Example::bad("FROM node:22 AS a\nWORKDIR /app\nFROM node:22\n# the app\nCOPY a b\n", &[(5, "b")])
            .fixed("FROM node:22 AS a\nWORKDIR /app\nFROM node:22\nWORKDIR /app\n# the app\nCOPY a b\n"),
        Example::ok("FROM node:22 AS a\nWORKDIR app\nFROM a\nCOPY a b\nFROM scratch\nCOPY a b\n"),
        Example::ok("FROM node:22\nARG DIR\nCOPY a /b\nCOPY a $DIR/b\nCOPY a C:\\\\b\nONBUILD COPY a b\n"),
        Example::bad("FROM scratch\nCOPY a b\n", &[(2, "b")])
            .under(Profile::Hadolint)
            .fixed("FROM scratch\nWORKDIR /app\nCOPY a b\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    if input.profile() == Profile::Hadolint {
        return for_hadolint(input, found);
    }
    for stage in input.model().stages() {
        // Nothing in an empty image could set another folder than `/`.
        if stage.windows || has_workdir(input, stage) != Some(false) {
            continue;
        }
        let copies = input.steps(stage).take_while(|site| site.instruction.keyword != Keyword::Workdir);
        // Once said, it is said of those below too.
        let first = copies
            .filter(|site| site.instruction.keyword == Keyword::Copy)
            .find_map(|site| Some(finding(input, site, relative(site)?)));
        found.extend(first);
    }
}

/// Whether a stage that `stage` is built on has a WORKDIR; None where the chain ends in an empty image.
fn has_workdir<'a>(input: &Input<'a>, stage: &'a Stage) -> Option<bool> {
    let sets = |base| input.steps(base).any(|site| site.instruction.keyword == Keyword::Workdir);
    if input.model().with_bases(stage).skip(1).any(sets) {
        return Some(true);
    }
    matches!(input.model().root(stage), Base::Image { .. }).then_some(false)
}

/// The destination of a COPY, where it is relative.
fn relative(site: Site<'_>) -> Option<&Word> {
    let destination = copy(site.instruction)?.destination;
    let path = kit::hadolint::unquoted(&destination.text);
    let mut letters = path.chars().skip(1);
    let drive = letters.next() == Some(':') && matches!(letters.next(), Some('/' | '\\'));
    (!drive && !path.starts_with(['/', '$'])).then_some(destination)
}

fn finding(input: &Input<'_>, site: Site<'_>, destination: &Word) -> Finding {
    let message = format!(
        "`{}` is relative and no WORKDIR stands above, so where it lies hangs on the base image: `/` for most. Set \
         WORKDIR first, or write the whole path.",
        destination.text
    );
    let edit = kit::line_above(input, site.instruction, "WORKDIR", "/app");
    Finding::new(destination.span, message)
        .fix(Some(Fix::unsafe_("Set `WORKDIR /app` above it", input.edits(vec![edit]))))
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3045.hs`): it remembers by the name of the stage or image
/// whether a WORKDIR stands there.
fn for_hadolint(input: &Input<'_>, found: &mut Vec<Finding>) {
    let mut set: HashMap<Option<&str>, bool> = HashMap::new();
    let mut current = None;
    for (id, instruction) in input.tree().numbered() {
        match instruction.keyword {
            Keyword::From => {
                let Some(from) = from(instruction) else { continue };
                let image = kit::hadolint::image(&from.image.text).name;
                let parent = set.get(&Some(image)).copied().unwrap_or(false);
                current = Some(from.name.map_or(image, |name| &name.text));
                set.insert(current, parent);
            }
            Keyword::Workdir => drop(set.insert(current, true)),
            Keyword::Copy if set.get(&current) != Some(&true) => {
                let site = Site { id, instruction, onbuild: false };
                found.extend(relative(site).map(|word| finding(input, site, word)));
            }
            _ => {}
        }
    }
}
