use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::{Link, Nesting, unwrap};

pub const RULE: Rule = Rule {
    name: "healthcheck-tool-missing",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `HEALTHCHECK` by `curl` or `wget` in an image that is known not to have it, where no step installs or \
               copies it.",
        why: "The check fails each time, so the container is never healthy: what waits for that waits for ever, and what \
              replaces unhealthy containers replaces this one again and again. Slim Debian images have neither, Alpine's have \
              BusyBox' wget.",
        example: "FROM node:22-alpine\nHEALTHCHECK CMD curl -f http://127.0.0.1:3000/ || exit 1\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22-alpine\nHEALTHCHECK CMD wget -q --spider http://127.0.0.1:3000/ || exit 1\nCMD [\"node\", \"server.js\"]\n",
        fix: "In an image with Node.js 18 or later the fix asks with `fetch` of Node.js itself, where the check is but one plain \
              request. It is unsafe: redirects and time limits may be treated otherwise.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM node:22-alpine\nHEALTHCHECK --interval=5s CMD curl -fsS http://127.0.0.1:3000/api || exit 1\n",
            &[(2, "curl")],
        )
        .fixed(
            "FROM node:22-alpine\nHEALTHCHECK --interval=5s CMD node -e \
             \"fetch('http://127.0.0.1:3000/api').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))\"\n",
        ),
        Example::bad("FROM node:22-alpine\nHEALTHCHECK CMD curl -s http://127.0.0.1:3000/\n", &[(2, "curl")]).fixed(
            "FROM node:22-alpine\nHEALTHCHECK CMD node -e \
             \"fetch('http://127.0.0.1:3000/').then(()=>process.exit(0),()=>process.exit(1))\"\n",
        ),
        // Healthy whatever the answer is, and healthy with what grep finds.
        Example::bad("FROM node:22-alpine\nHEALTHCHECK CMD curl -s http://127.0.0.1:3000/; exit 0\n", &[(2, "curl")]),
        Example::bad("FROM node:22-alpine\nHEALTHCHECK CMD curl -s http://127.0.0.1:3000/ | exit 1\n", &[(2, "curl")]),
        Example::bad("FROM node:22-alpine\nHEALTHCHECK CMD curl -f http://127.0.0.1:3000/ || exit 0\n", &[(2, "curl")]),
        Example::bad("FROM node:22-slim\nHEALTHCHECK CMD [\"wget\", \"-q\", \"http://localhost/\"]\n", &[(2, "\"wget\"")]),
        Example::bad("FROM debian:12\nRUN apt-get update\nHEALTHCHECK CMD curl -f localhost && ./check\n", &[(3, "curl")]),
        Example::ok("FROM node:22-alpine\nHEALTHCHECK CMD wget -q --spider http://127.0.0.1:3000/\n"),
        Example::ok("FROM node:22\nHEALTHCHECK CMD curl -f http://127.0.0.1:3000/\n"),
        Example::ok("FROM node:22-slim\nRUN apt-get update && apt-get install -y curl\nHEALTHCHECK CMD curl -f localhost\n"),
        Example::ok("FROM node:22-slim\nCOPY --from=tools /usr/bin/curl /usr/bin/\nHEALTHCHECK CMD curl -f localhost\n"),
        Example::ok("FROM node:22-slim\nRUN ./install-tools.sh\nHEALTHCHECK CMD curl -f localhost\n"),
        Example::ok("FROM example.com/ours\nHEALTHCHECK CMD curl -f localhost\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    let Some(site) = input.last(stage, Keyword::Healthcheck) else { return };
    for command in input.commands(site.id) {
        let invocation = unwrap(&command.command);
        let Some(tool) = invocation.name().filter(|name| name == "curl" || name == "wget") else { continue };
        let Some(program) = invocation.words.first() else { continue };
        let Some(image) = kit::image::known(input.model(), stage) else { return };
        let busybox = image.libc == Some("musl") && image.package_manager == Some("apk");
        let there = image.ships(&tool).or(busybox.then_some(tool == "wget"));
        if there != Some(false) || comes_later(input, stage, &tool) {
            continue;
        }
        let message = format!(
            "The image has no {tool} and no step installs it, so this check always fails and the container is never healthy. \
             Install {tool}, or ask with what is there."
        );
        let node = image.ships("node") == Some(true) && image.shell.is_some_and(|shell| !shell.is_empty());
        let new =
            image.line.as_deref().and_then(|line| line.parse::<u32>().ok()).is_none_or(|line| line >= 18);
        let fix = if node && new { fix(input, site) } else { None };
        found.push(Finding::new(program.span, message).fix(fix));
        return;
    }
}

/// Whether a step may bring the tool: one that installs or copies it, or that isn't followed.
fn comes_later<'a>(input: &Input<'a>, stage: &'a Stage, tool: &str) -> bool {
    input.model().with_bases(stage).flat_map(|stage| input.steps(stage)).any(|site| {
        let text = site.instruction.span.of(input.source());
        match site.instruction.keyword {
            Keyword::Run => {
                // Whatever is installed may bring curl along; only npm and the like never do.
                text.contains(tool)
                    || text.contains(".sh")
                    || input.commands(site.id).is_empty()
                    || input
                        .commands(site.id)
                        .iter()
                        .filter_map(|command| command.action.as_ref())
                        .any(|action| !action.tool.is_javascript() && action.installs() && !is_small(action))
            }
            // A folder of programs, or all of another image.
            Keyword::Copy | Keyword::Add => {
                text.contains(tool)
                    || text.contains("/bin")
                    || text.contains(" / /")
                    || text.contains(" /usr")
            }
            _ => false,
        }
    })
}

/// Packages that are known to need neither curl nor wget.
fn is_small(action: &crate::shell::packages::Action<'_>) -> bool {
    action.packages.iter().all(|package| {
        matches!(
            &*package.name,
            "openssl"
                | "ca-certificates"
                | "libc6-compat"
                | "gcompat"
                | "dumb-init"
                | "tini"
                | "tzdata"
                | "bash"
                | "su-exec"
                | "jq"
        )
    })
}

/// One plain request by `fetch`.
fn fix(input: &Input<'_>, site: Site<'_>) -> Option<Fix> {
    let commands = input.commands(site.id);
    let (first, rest) = commands.split_first()?;
    // Alone, or with `|| exit 1`.
    let exits = match rest {
        [] => first.command.follows.is_none(),
        [exit] => {
            let one = matches!(exit.command.args(), [code] if code.is("1"));
            exit.command.link == Link::Or && exit.command.follows.is_none() && exit.command.is("exit") && one
        }
        _ => false,
    };
    let written = site.instruction.span.of(input.source());
    let nested = first.command.nesting != Nesting::default() || first.command.negated;
    if site.instruction.is_exec() || !exits || nested || written.contains(['\n', '>']) {
        return None;
    }
    let (mut url, mut minds_status) = (None, first.command.is("wget"));
    for word in first.command.args() {
        let word = word.literal()?;
        let is_url = word.starts_with("http://");
        let quiet = matches!(
            &*word,
            "-f" | "-s"
                | "-S"
                | "-q"
                | "-fs"
                | "-sf"
                | "-fsS"
                | "-sSf"
                | "-fSs"
                | "--fail"
                | "--silent"
                | "--spider"
                | "--no-verbose"
                | "-nv"
                | "--quiet"
                | "-fsSL"
                | "-L"
                | "-I"
                | "--tries=1"
        );
        if is_url && url.is_none() && !word.contains(['\'', '$', '"', '`', '\\']) {
            url = Some(word.into_owned());
        } else if !quiet {
            return None;
        } else {
            minds_status |= word == "--fail" || !word.starts_with("--") && word.contains('f');
        }
    }
    // Without `-f` curl is content with any answer.
    let then = if minds_status { "r=>process.exit(r.ok?0:1)" } else { "()=>process.exit(0)" };
    let line = format!("node -e \"fetch('{}').then({then},()=>process.exit(1))\"", url?);
    let end = rest.last().map_or(first.command.span, |last| last.command.span);
    let edit = Edit::replace(first.command.span.to(end), line);
    Some(Fix::unsafe_("Ask with Node.js' own `fetch`", input.edits(vec![edit])))
}
