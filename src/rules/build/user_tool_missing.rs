use crate::catalog::images::Image;
use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::Word;

pub const RULE: Rule = Rule {
    name: "user-tool-missing",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `adduser` or `addgroup` in an image of Debian 13 (trixie), and `useradd` or `groupadd` in one of Alpine, \
               where no step installs them.",
        why: "Debian's images have no `adduser` since trixie, only `useradd`; Alpine's have BusyBox' `adduser` only. The step ends \
              with `not found`. It mostly shows when a tag such as `oven/bun:1` or `node:26-slim` moves to the next Debian.",
        example: "FROM node:26-slim\nRUN adduser --system --uid 1001 nextjs\nUSER nextjs\n",
        instead: "FROM node:26-slim\nRUN useradd --system --uid 1001 nextjs\nUSER nextjs\n",
        fix: "The fix calls the tool that is there, where the options mean the same. It is unsafe: the two make homes and shells of \
              different kinds.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM node:26-slim\nRUN addgroup --system --gid 1001 nodejs && adduser --system --uid 1001 --ingroup nodejs nextjs\nUSER nextjs\n",
            &[(2, "addgroup"), (2, "adduser")],
        )
        .fixed("FROM node:26-slim\nRUN groupadd --system --gid 1001 nodejs && useradd --system --uid 1001 --gid nodejs nextjs\nUSER nextjs\n"),
        Example::bad("FROM node:22-alpine\nRUN useradd -u 1001 app\nUSER app\n", &[(2, "useradd")])
            .fixed("FROM node:22-alpine\nRUN adduser -D -u 1001 app\nUSER app\n"),
        Example::bad(
            "FROM node:26-slim\nRUN FOO=1 adduser --system --home \"/srv/a b\" app > /dev/null\n",
            &[(2, "adduser")],
        )
        .fixed("FROM node:26-slim\nRUN FOO=1 useradd --system --home-dir \"/srv/a b\" app > /dev/null\n"),
        Example::bad(
            "FROM node:26-slim\nRUN adduser --system \\\n  # why\n  --uid 1001 app\n",
            &[(2, "adduser")],
        ),
        Example::bad("FROM alpine:3.22\nRUN groupadd -f app\n", &[(2, "groupadd")]),
        Example::ok("FROM node:22-alpine\nRUN addgroup -g 1001 app && adduser -D -G app app\nUSER app\n"),
        Example::ok("FROM node:22-alpine\nRUN apk add --no-cache shadow && useradd app\nUSER app\n"),
        Example::ok("FROM node:26-slim\nRUN apt-get update && apt-get install -y adduser && adduser app\nUSER app\n"),
        Example::ok("FROM node:22-bookworm\nRUN adduser --system app\nUSER app\n"),
        Example::ok("FROM example.com/ours:alpine\nRUN useradd app\nUSER app\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if !["adduser", "addgroup", "useradd", "groupadd"].iter().any(|tool| input.source().contains(tool)) {
        return;
    }
    let Some(image) = kit::image::known(input.model(), stage) else { return };
    let trixie = is_trixie(&image);
    let alpine = image.package_manager == Some("apk") && image.libc == Some("musl");
    if !trixie && !alpine {
        return;
    }
    // Other packages may need them: whatever apt installs in trixie.
    let mut brought = input.model().with_bases(stage).flat_map(|stage| input.steps(stage)).filter(|site| {
        site.instruction.keyword == Keyword::Run
            && input.commands(site.id).iter().filter_map(|command| command.action.as_ref()).any(|action| {
                !action.tool.is_javascript()
                    && action.installs()
                    && (trixie
                        || action.packages.iter().any(|package| package.name == "shadow" || package.dynamic))
            })
    });
    let known = brought.next().map(|site| site.id);
    for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
        if known.is_some_and(|known| known <= site.id) {
            return;
        }
        for command in input.commands(site.id) {
            let Some(name) = command.command.name() else { continue };
            let other = match (&*name, trixie) {
                ("adduser", true) => "useradd",
                ("addgroup", true) => "groupadd",
                ("useradd", false) => "adduser",
                ("groupadd", false) => "addgroup",
                _ => continue,
            };
            let guarded =
                command.command.conditional || command.command.follows == Some(crate::shell::Link::Or);
            let Some(program) = command.command.program().filter(|_| !guarded) else { continue };
            let system = if trixie { "Debian 13 (trixie)" } else { "Alpine" };
            let message = format!(
                "{system} images have no `{name}`, so this step ends with `not found`. Call `{other}`, or use a user that the image \
                 has already."
            );
            let editable = !site.instruction.is_exec() && !command.command.nesting.inner;
            let words = options(command.command.args(), trixie, other).filter(|_| editable);
            let last = command.command.words().last().map_or(program.span, |word| word.span);
            let span = program.span.to(last);
            // Words alone: no comment between them, and nothing that is redirected.
            let redirected = command.command.redirects().iter().any(|redirect| span.meets(redirect.span));
            let plain = !span.of(input.source()).contains('\n') && !redirected;
            let fix = words.filter(|_| plain).map(|words| {
                let edit = Edit::replace(span, format!("{other}{words}"));
                Fix::unsafe_(format!("Call `{other}`"), input.edits(vec![edit]))
            });
            found.push(Finding::new(program.span, message).fix(fix));
        }
    }
}

/// A variant of Debian 13 without what the full images bring along.
fn is_trixie(image: &Image) -> bool {
    let release = image.os.as_ref().map(|os| os.release.as_str());
    let small = image.slim || matches!(image.repository, "oven/bun" | "debian");
    release == Some("trixie") && small
}

/// The arguments in the other tool's words; None where one of them means something else there.
fn options(args: &[Word], trixie: bool, other: &str) -> Option<String> {
    let mut out = String::new();
    let mut system = false;
    let mut rest = args.iter();
    let mut operands = 0;
    while let Some(word) = rest.next() {
        let text = word.literal()?;
        let new = match &*text {
            "--system" | "-r" | "-S" => {
                system = true;
                if trixie { "--system" } else { "-S" }
            }
            "--gid" | "-g" if other.starts_with("groupadd") => "--gid",
            "--gid" | "-g" if other.starts_with("addgroup") => "-g",
            "--ingroup" | "-G" | "--gid" if other == "useradd" => "--gid",
            "--gid" | "-g" if other == "adduser" => "-G",
            "--uid" | "-u" => {
                if trixie {
                    "--uid"
                } else {
                    "-u"
                }
            }
            "--home" | "-h" | "-d" | "--home-dir" => {
                if trixie {
                    "--home-dir"
                } else {
                    "-h"
                }
            }
            "--shell" | "-s" => {
                if trixie {
                    "--shell"
                } else {
                    "-s"
                }
            }
            "--disabled-password" | "-D" | "--no-create-home" if trixie => continue,
            option if option.starts_with('-') => return None,
            name => {
                operands += 1;
                out.push_str(&format!(" {name}"));
                continue;
            }
        };
        out.push_str(&format!(" {new}"));
        if !matches!(new, "--system" | "-S") {
            out.push_str(&format!(" {}", rest.next().filter(|word| word.literal().is_some())?.text()));
        }
    }
    let asks = other == "adduser" && !system;
    (operands == 1).then(|| if asks { format!(" -D{out}") } else { out })
}
