use crate::layers::{Leftover, bytes};
use crate::model::resolve;
use crate::rules::kit::removal::{Place, Removal, removal};
use crate::rules::prelude::*;
use crate::shell::packages::{Tool, Verb};
use crate::shell::unwrap;
use crate::syntax::instruction::{Origin, copy};
use crate::syntax::{Instruction, InstructionId};

pub const RULE: Rule = Rule {
    name: "cleanup-in-later-layer",
    theme: Theme::Size,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a `RUN` that removes what an earlier step of the image put into a layer: a file that \
               was copied, a package manager's cache or lists, `node_modules`, packages of the system.",
        why: "A layer never changes once it is made. Removing a file in a later layer only hides it: the image \
              is pulled and stored with the file in it, and grows by the record of the removal.",
        example: "FROM debian:12\nCOPY tool.tar.gz /tmp/\nRUN tar xf /tmp/tool.tar.gz -C /opt\nRUN rm /tmp/tool.tar.gz\n",
        instead: "FROM debian:12\nRUN --mount=type=bind,source=tool.tar.gz,target=/tmp/tool.tar.gz \\\n  \
                  tar xf /tmp/tool.tar.gz -C /opt\n",
        fix: "Where the `RUN` that makes the files stands right above, and the removal comes first, the fix moves the removal \
              to its end. It is safe. For what a `COPY` brought, and where something runs in between, there is none.",
        files: Some(&[("tool.tar.gz", "archive")]),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM debian:12\nCOPY a.tar.gz /tmp/\nRUN tar xf /tmp/a.tar.gz\nRUN rm -f /tmp/a.tar.gz\n",
            &[(4, "rm")],
        )
        .with(&[("a.tar.gz", "archive")]),
        // The same RUN can't take away what a COPY above it brought.
        Example::bad(
            "FROM debian:12\nWORKDIR /srv\nADD a.bin b.bin ./\nRUN ./b.bin && cd /srv && rm b.bin\n",
            &[(4, "rm")],
        )
        .with(&[("a.bin", "a"), ("b.bin", "b")]),
        Example::bad(
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\n",
            &[(3, "rm")],
        )
        .fixed("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"),
        Example::bad(
            "FROM node:22\nRUN npm ci\nLABEL a=1\n# done\nRUN npm cache clean --force \\\n  && make\n",
            &[(5, "npm cache")],
        )
        .fixed("FROM node:22\nRUN npm ci && npm cache clean --force\nLABEL a=1\n# done\nRUN make\n"),
        // Behind the `cd` it would be another `node_modules`.
        Example::bad(
            "FROM node:22\nWORKDIR /srv\nRUN cd /app && npm ci\nRUN rm -rf node_modules\n",
            &[(4, "rm")],
        ),
        Example::bad("FROM node:22\nRUN npm ci\nENV A=1\nRUN rm -rf /root/.npm\n", &[(4, "rm")]),
        Example::bad(
            "FROM node:22\nWORKDIR /app\nRUN npm ci\nRUN npm run build && rm -rf node_modules\n",
            &[(4, "rm")],
        ),
        Example::bad(
            "FROM alpine:3\nRUN apk add --no-cache --virtual .build gcc make\nRUN make\nRUN apk del .build\n",
            &[(4, "apk del")],
        ),
        Example::bad(
            "FROM debian:12 AS base\nRUN apt-get update && apt-get install -y gcc make\nFROM base\nRUN apt-get purge -y gcc\n",
            &[(4, "apt-get purge")],
        ),
        Example::ok(
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
        ),
        Example::ok("FROM debian:12\nRUN rm -rf /usr/share/doc\n"),
        // Another user's home.
        Example::ok("FROM node:22\nRUN npm ci\nUSER node\nRUN rm -rf ~/.npm\n"),
        Example::ok("FROM debian:12\nCOPY a.conf /etc/\nRUN rm /etc/b.conf\n").with(&[("a.conf", "a")]),
        // Nothing of this stage's layers ships.
        Example::ok(
            "FROM node:22 AS build\nRUN npm ci\nRUN rm -rf /root/.npm\nFROM scratch\nCOPY --from=build /a /a\n",
        ),
        Example::ok("FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\nRUN rm -rf /root/.npm\n"),
        Example::ok("FROM debian:12\nRUN rm -rf $x\nRUN apt-get update\nRUN if true; then rm -rf $y; fi\n"),
    ],
};

/// Something that a step put into its layer.
struct Made {
    by: InstructionId,
    what: Thing,
}

enum Thing {
    /// A file or folder at an absolute path, as people call it.
    Path(String, String),
    /// A folder of this name somewhere.
    Folder(&'static str),
    /// What a package manager keeps of its downloads.
    Cache(Tool),
    /// Packages, and groups of them, of the system.
    Packages(Tool, Vec<String>),
}

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let mut made: Vec<Made> = Vec::new();
    for step in input.subject.plan.steps().iter().filter(|step| step.in_image) {
        let Some(instruction) = input.tree().instruction(step.id) else { continue };
        let site = Site { id: step.id, instruction, onbuild: false };
        match instruction.keyword {
            Keyword::Copy | Keyword::Add => made.extend(copied(input, site)),
            Keyword::Run => {
                removed(input, site, &made, found);
                made.extend(left(input, site));
            }
            _ => {}
        }
    }
}

/// The files that a COPY or ADD brings, where their places are certain.
fn copied(input: &Input<'_>, site: Site<'_>) -> Vec<Made> {
    let (Some(copy), Some(frame)) = (copy(site.instruction), input.frame(site.id)) else { return Vec::new() };
    let destination = copy.destination;
    if copy.origin != Origin::Context {
        return Vec::new();
    }
    let folder = destination.text.ends_with(['/', '.']);
    let files = copy.sources.iter().filter_map(|source| {
        let name = source.text.trim_start_matches("./");
        // What ADD unpacks isn't there as a file.
        let unpacked = site.instruction.keyword == Keyword::Add && name.contains(".t");
        let is_file = input.context()?.file(name).is_some() && !unpacked;
        let path = match (folder, name.rsplit('/').next()) {
            (true, Some(last)) => format!("{}/{last}", destination.text),
            _ => destination.text.to_string(),
        };
        let path = resolve(&frame.workdir.path, &path);
        let certain = is_file && !path.contains('$');
        certain.then(|| Made { by: site.id, what: Thing::Path(path.clone(), format!("`{path}`")) })
    });
    files.collect()
}

/// What a RUN leaves behind.
fn left(input: &Input<'_>, site: Site<'_>) -> Vec<Made> {
    let mut made: Vec<Thing> = Vec::new();
    for leftover in input.subject.leftovers(site.id) {
        match leftover {
            Leftover::AptLists => {
                made.push(Thing::Path("/var/lib/apt/lists".to_owned(), "apt's package lists".to_owned()));
            }
            Leftover::PackageCache { tool, folder } => {
                let name = format!("{}'s cache in `{folder}`", tool.name());
                made.push(Thing::Path(folder.clone(), name));
                made.push(Thing::Cache(*tool));
            }
            Leftover::NodeModules { .. } => made.push(Thing::Folder("node_modules")),
            Leftover::NextBuild { .. } => made.push(Thing::Folder(".next")),
            Leftover::SystemPackages { tool, names, .. } => made.push(Thing::Packages(*tool, names.clone())),
            Leftover::NodePackages { .. } | Leftover::ApkIndex => {}
        }
    }
    let groups = input.commands(site.id).iter().filter_map(|command| command.action.as_ref());
    let groups = groups.filter_map(|action| Some((action.tool, action.group.clone()?)));
    made.extend(groups.map(|(tool, group)| Thing::Packages(tool, vec![group])));
    made.into_iter().map(|what| Made { by: site.id, what }).collect()
}

/// Reports each command of a RUN that removes something that was made before.
fn removed(input: &Input<'_>, site: Site<'_>, made: &[Made], found: &mut Vec<Finding>) {
    let Some(frame) = input.frame(site.id).filter(|_| !made.is_empty()) else { return };
    let mut removing = input.commands(site.id).iter().filter(|command| may_remove(command)).peekable();
    if removing.peek().is_none() {
        return;
    }
    let home = kit::users::home(input, site.id).folder;
    let place = Place { workdir: &frame.workdir.path, home: &home };
    for command in removing {
        // Later ones first: what was made twice is in the later layer too.
        let hit = made.iter().rev().find_map(|made| Some((made, removes(&place, command, &made.what)?)));
        let Some((made, (what, advice))) = hit else { continue };
        let Some(by) = input.tree().instruction(made.by) else { continue };
        let whole = matches!((&made.what, by.keyword), (Thing::Path(..), Keyword::Copy | Keyword::Add));
        let size = if whole { input.subject.weight(made.by).size } else { None };
        let weight = size
            .filter(|size| size.likely > 0)
            .map_or_else(String::new, |size| format!(", {}", bytes(size.likely)));
        let message = format!(
            "This takes nothing off the image: {what} lies in the layer of the {} on line {}{weight}, and stays \
             in it when a later layer hides it. {advice}",
            by.keyword, by.first_line
        );
        let layer = format!("This layer keeps {what}.");
        let fix = fix(input, site, made.by, command);
        found.push(Finding::new(command.head(), message).related(by.keyword_span, layer).fix(fix));
    }
}

/// Moves the command to the end of the RUN `by`, where nothing runs between the two.
fn fix(input: &Input<'_>, site: Site<'_>, by: InstructionId, command: &Cmd<'_>) -> Option<Fix> {
    let maker = Site { id: by, instruction: input.tree().instruction(by)?, onbuild: false };
    let (stage, other) = (input.model().stage_of(site.id)?, input.model().stage_of(by)?);
    let idle = |(_, step): (InstructionId, &Instruction)| {
        matches!(step.keyword, Keyword::Label | Keyword::Expose | Keyword::Cmd | Keyword::Entrypoint)
    };
    let mut between = input.tree().numbered().filter(|(id, _)| (by..site.id).contains(id) && *id != by);
    let first = input.commands(site.id).first()?.command.span == command.command.span;
    let text = command.command.span.of(input.source());
    let mounts = |site: Site<'_>| kit::mount::mounts(site.instruction).next().is_some();
    let plain =
        command.command.pipeline == 1 && !command.command.nesting.subshell && !text.contains(['\n', '#']);
    let same_stage = stage.index == other.index;
    if !same_stage || !between.all(idle) || !first || !plain || mounts(site) || mounts(maker) {
        return None;
    }
    // In another folder the command would remove something else.
    if kit::step::leaves_state(input, by) {
        return None;
    }
    let edits = vec![
        kit::append_command(input, maker, text)?,
        kit::take_out::commands(input, site, command.command.span)?,
    ];
    Some(Fix::safe(
        format!("Move it to the RUN on line {}", maker.instruction.first_line),
        input.edits(edits),
    ))
}

/// Whether it is one of the commands that [`removes`] knows: most aren't, and what was made is a long list in a long file.
fn may_remove(command: &Cmd<'_>) -> bool {
    let verb = command.action.as_ref().map(|action| &action.verb);
    let name = unwrap(&command.command).name();
    let named = matches!(name.as_deref(), Some("rm" | "rmdir" | "find")) || command.command.is("rm");
    named || matches!(verb, Some(Verb::CleanCache | Verb::Remove))
}

/// Whether the command removes the thing: what it is called, and what to do instead.
fn removes(place: &Place<'_>, command: &Cmd<'_>, what: &Thing) -> Option<(String, String)> {
    let action = command.action.as_ref();
    let there = |what: String| {
        let advice = "Remove it in that same RUN, or keep it out of the layer with a cache mount.".to_owned();
        Some((what, advice))
    };
    match what {
        Thing::Path(path, name) => {
            let hit = removal(command, place, path) == Removal::Yes && !command.command.conditional;
            let copied = name.starts_with('`');
            let mounted =
                "Show it to the RUN that needs it with `--mount=type=bind`, or unpack it in another stage.";
            match (hit, copied) {
                (false, _) => None,
                (true, true) => Some((name.clone(), mounted.to_owned())),
                (true, false) => there(name.clone()),
            }
        }
        Thing::Folder(folder) => {
            let words = command.command.args();
            let named = words.iter().any(|word| {
                word.literal()
                    .is_some_and(|text| text.trim_end_matches('/').rsplit('/').next() == Some(folder))
            });
            let hit = named && command.command.is("rm") && !command.command.conditional;
            hit.then(|| {
                let advice = "Build in another stage, and copy only what runs.".to_owned();
                (format!("`{folder}`"), advice)
            })
        }
        Thing::Cache(tool) => {
            let action = action.filter(|action| action.tool == *tool && action.verb == Verb::CleanCache)?;
            there(format!("{}'s cache", action.tool.name()))
        }
        Thing::Packages(tool, names) => {
            let action = action.filter(|action| action.tool == *tool && action.verb == Verb::Remove)?;
            let hit = action.packages.iter().find(|package| names.contains(&package.name))?;
            let advice =
                "Install and remove them in one RUN, or use them in another stage and copy the result."
                    .to_owned();
            Some((format!("`{}`", hit.name), advice))
        }
    }
}
