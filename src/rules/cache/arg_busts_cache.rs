use crate::layers::{Again, Change, changed_by};
use crate::rules::prelude::*;
use crate::shell::packages::Verb;
use crate::syntax::instruction::declarations;
use crate::syntax::{Instruction, InstructionId, expand};
use crate::text::Span;

pub const RULE: Rule = Rule {
    name: "arg-busts-cache",
    theme: Theme::Cache,
    aliases: &[],
    severity: Severities::own(Severity::Hint).strict(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an `ARG` whose name says that it is new with every build (a commit, a date, a build \
               number) and that stands above steps that install or build without naming it.",
        why: "The value of every ARG is part of the cache key of each `RUN` below it, whether its command names \
              it or not. With a new value the packages are installed anew, although nothing of them has changed.",
        example: "FROM node:22-alpine\nARG GIT_SHA\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n\
                  LABEL org.opencontainers.image.revision=$GIT_SHA\n",
        instead: "FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n\
                  ARG GIT_SHA\nLABEL org.opencontainers.image.revision=$GIT_SHA\n",
        fix: "The fix moves the ARG down to the first instruction that names it, or behind the last step that \
              it would run again. It is unsafe: a script that such a step starts may read the variable without \
              naming it in the Dockerfile.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22\nARG GIT_SHA\nRUN npm ci\nLABEL rev=$GIT_SHA\n", &[(2, "GIT_SHA")])
            .fixed("FROM node:22\nRUN npm ci\nARG GIT_SHA\nLABEL rev=$GIT_SHA\n"),
        Example::bad(
            "FROM debian:12\nARG BUILD_DATE=today\nRUN apt-get update && apt-get install -y curl\n",
            &[(2, "BUILD_DATE")],
        )
        .fixed("FROM debian:12\nRUN apt-get update && apt-get install -y curl\nARG BUILD_DATE=today\n"),
        Example::bad(
            "FROM node:22 AS deps\nARG COMMIT\nRUN npm ci\nFROM deps\nRUN npm run build -- --rev=$COMMIT\n",
            &[(2, "COMMIT")],
        )
        .fixed(
            "FROM node:22 AS deps\nRUN npm ci\nARG COMMIT\nFROM deps\nRUN npm run build -- --rev=$COMMIT\n",
        ),
        // The step that needs it has it right above.
        Example::ok("FROM node:22\nRUN npm ci\nARG GIT_SHA\nRUN npm run build -- --rev=$GIT_SHA\n"),
        Example::ok("FROM node:22\nARG GIT_SHA\nRUN npm ci && echo $GIT_SHA > rev\n"),
        Example::ok("FROM node:22\nARG NODE_ENV\nRUN npm ci\n"),
        // It is there to run everything again.
        Example::ok("FROM node:22\nARG CACHEBUST\nRUN npm ci\n"),
        Example::ok("ARG GIT_SHA\nFROM node:22\nRUN npm ci\n"),
        Example::ok("FROM node:22\nARG GIT_SHA\nCOPY . .\nRUN true\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for stage in input.model().stages() {
        for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Arg) {
            for declared in declarations(site.instruction).filter(|declared| is_volatile(declared.name)) {
                found.extend(finding(input, site, declared.name, declared.name_span));
            }
        }
    }
}

fn finding(input: &Input<'_>, site: Site<'_>, name: &str, span: Span) -> Option<Finding> {
    let again = changed_by(&input.subject, &Change::Arg(name.to_owned()));
    let wasted: Vec<InstructionId> = again
        .into_iter()
        .filter(|(id, again)| *again == Again::Yes && *id > site.id)
        .map(|(id, _)| id)
        .take_while(|id| !input.tree().instruction(*id).is_some_and(|step| names(input, step, name)))
        .collect();
    let dear: Vec<&Cmd<'_>> =
        wasted.iter().filter_map(|id| input.commands(*id).iter().find(|command| is_dear(command))).collect();
    let first = dear.first()?;
    let line = |id: &InstructionId| input.tree().instruction(*id).map(|step| step.first_line);
    let lines: Vec<String> = wasted.iter().filter_map(line).map(|line| line.to_string()).collect();
    let steps = match &lines[..] {
        [one] => format!("the step on line {one}"),
        [before @ .., last] => format!("{} steps (lines {} and {last})", lines.len(), before.join(", ")),
        [] => return None,
    };
    let message = format!(
        "Each build with another {name} runs {steps} again, though none of them names it: the value of an ARG \
         is part of the cache key of every RUN below. Declare it where it is first needed."
    );
    let place = first.head();
    Some(Finding::new(span, message).related(place, "This is done anew, for nothing.").fix(fix(
        input,
        site,
        name,
        *wasted.last()?,
    )))
}

/// Whether a value of this name is another one with every build.
fn is_volatile(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let parts: Vec<&str> = name.split('_').collect();
    // Named for what it does.
    if ["BUST", "CACHEBUST", "CACHEBUSTER", "INVALIDATE"].iter().any(|word| parts.contains(word)) {
        return false;
    }
    let has = |word: &str| parts.contains(&word);
    let any = |words: &[&str]| words.iter().any(|word| has(word));
    any(&["SHA", "SHA1", "COMMIT", "REVISION", "TIMESTAMP", "DATETIME", "VCS"])
        || has("GIT") && any(&["REF", "HASH", "REV", "TAG", "DESCRIBE"])
        || (has("BUILD") || has("CI")) && any(&["DATE", "TIME", "NUMBER", "ID", "NUM"])
        || any(&["DATE", "BUILDDATE", "BUILDTIME"]) && parts.len() == 1
}

/// Whether a command is worth being kept from running.
fn is_dear(command: &Cmd<'_>) -> bool {
    command
        .action
        .as_ref()
        .is_some_and(|action| action.installs() || matches!(&action.verb, Verb::Update | Verb::RunScript(_)))
}

/// Whether an instruction names the variable, in its words or in what it runs.
fn names(input: &Input<'_>, instruction: &Instruction, name: &str) -> bool {
    let text = instruction.span.of(input.source());
    expand::references(text, input.tree().escape()).iter().any(|reference| reference.name == name)
        // cmd and PowerShell.
        || text.contains(&format!("%{name}%"))
        || text.contains(&format!("$env:{name}"))
        || text.contains(&format!("${name}"))
}

/// Moves the line of the ARG down. None where it declares more, or something between takes its value over.
fn fix(input: &Input<'_>, site: Site<'_>, name: &str, last: InstructionId) -> Option<Fix> {
    let stage = input.model().stage_of(site.id)?;
    if declarations(site.instruction).count() != 1 || input.model().stage_of(last)?.index != stage.index {
        return None;
    }
    let source = input.source();
    let below = || input.steps(stage).filter(|other| other.id > site.id);
    let user = below().find(|other| names(input, other.instruction, name));
    let before = |at: u32| source[..at as usize].rfind('\n').map_or(0, |newline| newline as u32 + 1);
    let after = |span: Span| {
        let rest = &source[span.end as usize..];
        rest.find('\n').map(|newline| span.end + newline as u32 + 1)
    };
    let own = Span::new(before(site.instruction.span.start), after(site.instruction.span)?);
    let to = match user {
        Some(user) if user.id <= last => return None,
        Some(user) => before(user.instruction.span.start),
        None => after(input.tree().instruction(last)?.span)?,
    };
    let edits = vec![Edit::replace(own, ""), Edit::insert(to, own.of(source))];
    let title = format!("Declare {name} where it is first needed");
    Some(Fix::unsafe_(title, input.edits(edits)))
}
