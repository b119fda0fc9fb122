use crate::layers::has_cache_mount;
use crate::model::resolve;
use crate::rules::prelude::*;
use crate::shell::packages::{Tool, Verb};
use crate::shell::unwrap;

const LISTS: &str = "/var/lib/apt/lists";

pub const RULE: Rule = Rule {
    name: "apt-lists-left",
    theme: Theme::Size,
    aliases: &[
        "hadolint/DL3009",
        "kics/apt_get_install_lists_were_not_deleted",
        "semgrep/best-practice/remove-package-lists",
        "semgrep/best-practice/remove-package-cache",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Info),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE.wide_for_hadolint(),
    docs: Docs {
        what: "Reports `apt-get update` in a `RUN` that doesn't remove the package lists again, in a stage \
               whose layers ship.",
        why: "The lists in `/var/lib/apt/lists` are of use to the next `apt-get install` only. A layer \
              keeps every file that its `RUN` leaves behind: removing them in a later `RUN` hides them, but \
              the image is as large as before.",
        example: "FROM debian:12\nRUN apt-get update && apt-get install -y curl\n",
        instead: "FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
        fix: "The fix appends `rm -rf /var/lib/apt/lists/*` to the `RUN`, in the way in which its lines are \
              laid out. It is safe; where a later `RUN` installs from these lists there is none.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n", &[(2, "apt-get update")])
            .fixed("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"),
        Example::bad(
            "FROM debian:12\nRUN apt-get update \\\n  # tools\n  && apt-get install -y \\\n    curl\nUSER nobody\n",
            &[(2, "apt-get update")],
        )
        .fixed(
            "FROM debian:12\nRUN apt-get update \\\n  # tools\n  && apt-get install -y \\\n    curl \\\n  && rm -rf \
             /var/lib/apt/lists/*\nUSER nobody\n",
        ),
        Example::bad("FROM debian:12\r\nRUN apt-get update && \\\r\n    apt-get install -y curl\r\n", &[(2, "apt-get update")])
            .fixed(
                "FROM debian:12\r\nRUN apt-get update && \\\r\n    apt-get install -y curl && \\\r\n    rm -rf \
                 /var/lib/apt/lists/*\r\n",
            ),
        Example::bad("FROM debian:12\nRUN <<EOF\n  sudo apt update\n  sudo apt install -y curl\nEOF\n", &[(3, "apt update")])
            .fixed(
                "FROM debian:12\nRUN <<EOF\n  sudo apt update\n  sudo apt install -y curl\n  sudo rm -rf \
                 /var/lib/apt/lists/*\nEOF\n",
            ),
        // The install below needs the lists.
        Example::bad("FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\n", &[(2, "apt-get update")]),
        Example::bad("FROM debian:12 AS base\nRUN apt-get update; apt-get install -y curl;\nFROM base\n", &[(2, "apt-get update")]),
        Example::ok("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n"),
        Example::ok("FROM debian:12\nRUN apt-get update && apt-get install -y curl && rm -r /var/lib/apt\n"),
        Example::ok("FROM debian:12\nRUN apt-get update && cd /var/lib && rm -rf apt dpkg\n"),
        Example::ok("FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n"),
        Example::ok("FROM debian:12 AS build\nRUN apt-get update\nFROM debian:12\nCOPY --from=build /a /a\n"),
        // hadolint takes any `rm -rf` for the removal, and asks for both folders of apt to be mounted.
        Example::ok("FROM debian:12\nRUN apt-get update && rm -rf /tmp/x\n").under(Profile::Hadolint),
        Example::bad("FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt apt-get update\n", &[(2, "apt-get update")])
            .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(update) = input.commands(site.id).iter().find(|command| is(command, Verb::Update)) else {
        return;
    };
    let left = match input.profile() {
        Profile::Hadolint => left_for_hadolint(input, site),
        _ => left(input, site),
    };
    if left {
        let message = "The package lists that this fetches stay in the layer and ship with the image, \
                       where nothing needs them. Remove them at the end of this same RUN: \
                       `rm -rf /var/lib/apt/lists/*`.";
        found.push(Finding::new(update.head(), message).fix(fix(input, site, update)));
    }
}

fn is(command: &Cmd<'_>, verb: Verb) -> bool {
    command.action.as_ref().is_some_and(|action| action.tool == Tool::Apt && action.verb == verb)
}

fn left(input: &Input<'_>, site: Site<'_>) -> bool {
    let ships = site.onbuild || input.subject.plan.step(site.id).is_some_and(|step| step.in_image);
    ships && !has_cache_mount(site.instruction, LISTS) && !input.commands(site.id).iter().any(removes)
}

/// Whether a command removes the lists: `rm` of the folder, of one above it or of all in it, `find … -delete`,
/// `apt-get distclean`.
fn removes(command: &Cmd<'_>) -> bool {
    let invocation = unwrap(&command.command);
    match invocation.name().as_deref() {
        Some("rm") => invocation.args().iter().any(|word| {
            let written = word.value_or_text();
            let path = match command.command.directory() {
                Some(folder) if folder.starts_with('/') => resolve(folder, &written),
                _ => written.into_owned(),
            };
            let lists = path.trim_end_matches(['*', '/', '.']);
            lists == LISTS
                || path.starts_with("/var/lib/apt/lists/*")
                || (matches!(lists, "/var/lib/apt" | "/var/lib" | "/var") && path.starts_with("/var"))
                || (path.contains('{') && path.contains("apt"))
        }),
        Some("find") => invocation.args().iter().any(|word| word.value_or_text().starts_with(LISTS)),
        Some("apt-get" | "apt") => {
            invocation.args().iter().any(|word| matches!(&*word.value_or_text(), "distclean" | "dist-clean"))
        }
        _ => false,
    }
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3009.hs`): any `rm` with `-rf` or the lists as an argument is a
/// removal.
fn left_for_hadolint(input: &Input<'_>, site: Site<'_>) -> bool {
    let calls = input.calls(site.id);
    let updates =
        |call: &Call<'_>| matches!(&*call.name, "apt-get" | "apt" | "aptitude") && call.has_arg(&["update"]);
    if !calls.iter().any(updates) || calls.iter().any(|call| call.is("rm", &["-rf", "/var/lib/apt/lists/*"]))
    {
        return false;
    }
    let mounted = |path: &str| {
        use crate::catalog::flags::MountType::{Cache, Tmpfs};
        kit::mount::mounts(site.instruction).any(|mount| {
            matches!(mount.kind(), Some(Cache | Tmpfs))
                && mount.value("target").is_some_and(|t| t.starts_with(path))
        })
    };
    if mounted(LISTS) || (mounted("/var/lib/apt") && mounted("/var/cache/apt")) {
        return false;
    }
    kit::step::ships_for_hadolint(input, site)
}

fn fix(input: &Input<'_>, site: Site<'_>, update: &Cmd<'_>) -> Option<Fix> {
    // A cache that is mounted there isn't to be emptied.
    if kit::step::lists_used_later(input, site.id, Tool::Apt) || has_cache_mount(site.instruction, LISTS) {
        return None;
    }
    let sudo = if unwrap(&update.command).through("sudo") { "sudo " } else { "" };
    let append = kit::append_command(input, site, &format!("{sudo}rm -rf {LISTS}/*"))?;
    Some(Fix::safe("Remove the package lists in this RUN", input.edits(vec![append])))
}
