use crate::rules::prelude::*;
use crate::shell::packages::{Tool, Verb};

pub const RULE: Rule = Rule {
    name: "update-without-install",
    theme: Theme::Cache,
    aliases: &["trivy/DS-0017", "checkov/CKV_DOCKER_5", "kics/update_instruction_alone"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `apt-get update` or `apk update` in a `RUN` of its own whose lists a later `RUN` installs from.",
        why: "The step with the update stays in the cache for as long as its text is the same. When the list of packages below it changes, they are installed from lists that are weeks old: old versions, or none, since the mirrors have deleted them.",
        example: "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n",
        instead: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        fix: "The fix joins the two `RUN`s where one follows the other. It is safe: the same commands run.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n",
            &[(2, "apt-get update")],
        )
        .fixed("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"),
        Example::bad(
            "FROM debian:12\nRUN apt-get update\nUSER root\nRUN apt-get install -y curl\n",
            &[(2, "apt-get update")],
        ),
        Example::bad("FROM alpine:3.22\nRUN apk update\nRUN apk add curl\n", &[(2, "apk update")])
            .fixed("FROM alpine:3.22\nRUN apk update && apk add curl\n"),
        Example::bad(
            "FROM debian:12\nRUN a && \\\n    apt-get update\n\nRUN apt-get install -y curl \\\n    git\n\nUSER app\n",
            &[(3, "apt-get update")],
        )
        .fixed(
            "FROM debian:12\nRUN a && \\\n    apt-get update && \\\n    apt-get install -y curl \\\n    git\n\nUSER app\n",
        ),
        Example::ok("FROM alpine:3.22\nRUN apk update\nRUN apk add --no-cache curl\n"),
        Example::ok(
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n",
        ),
        Example::ok("FROM debian:12\nRUN apt-get update\nRUN apt-get update && apt-get install -y git\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    if site.onbuild {
        return;
    }
    let commands = input.commands(site.id);
    for command in commands {
        let update = command.action.as_ref().filter(|action| action.verb == Verb::Update);
        let Some(tool) =
            update.map(|action| action.tool).filter(|tool| matches!(tool, Tool::Apt | Tool::Apk))
        else {
            continue;
        };
        let mut actions = commands.iter().filter_map(|command| command.action.as_ref());
        let installs = actions.any(|action| action.tool == tool && action.verb == Verb::InstallPackages);
        if installs || !kit::step::lists_used_later(input, site.id, tool) {
            continue;
        }
        let message = format!(
            "This step stays in the cache while the packages below it change: they are then installed from old \
             lists, and fail where the mirror has deleted a version. Run `{0} update` in the RUN that installs.",
            tool.name()
        );
        found.push(Finding::new(command.head(), message).fix(fix(input, site)));
        return;
    }
}

/// Joins the RUN with the one that follows it, where that installs.
fn fix(input: &Input<'_>, site: Site<'_>) -> Option<Fix> {
    let (id, instruction) = input.tree().numbered().find(|(id, _)| *id > site.id)?;
    let next = Site { id, instruction, onbuild: false };
    let mut actions = input.commands(id).iter().filter_map(|command| command.action.as_ref());
    if !actions.any(|action| action.verb == Verb::InstallPackages) {
        return None;
    }
    let edits = kit::step::merge_runs(input, site, next)?;
    Some(Fix::safe("Join with the RUN that installs", input.edits(edits)))
}
