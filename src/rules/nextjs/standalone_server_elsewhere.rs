use crate::context::next_config::Setting;
use crate::model::resolve;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "standalone-server-elsewhere",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a start of `server.js` at the top of Next.js' standalone output where the app lies in a workspace, \
               or where the COPY puts the output into another folder than the start looks in.",
        why: "The output keeps the app's path below the workspace's root, which is the topmost folder with a lockfile: \
              of the app in `apps/web` the server is `apps/web/server.js`. Node.js ends with `Cannot find module`, but only \
              when the container starts.",
        example: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN cd apps/web && npx next build\nFROM node:22\n\
                  WORKDIR /app\nCOPY --from=build /app/apps/web/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN cd apps/web && npx next build\nFROM node:22\n\
                  WORKDIR /app\nCOPY --from=build /app/apps/web/.next/standalone ./\nCMD [\"node\", \"apps/web/server.js\"]\n",
        fix: "The fix names the file where it lies. It is unsafe: another program is started.",
        files: Some(WORKSPACE),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(NESTED, &[(8, "\"node\", \"server.js\"")]).with(WORKSPACE).fixed(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN cd apps/web && npx next build\nFROM node:22\n\
             WORKDIR /srv\nCOPY --from=build /app/apps/web/.next/standalone ./\nCMD [\"node\", \"apps/web/server.js\"]\n",
        ),
        Example::bad(
            "FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./web\nCMD node server.js\n",
            &[(4, "node server.js")],
        )
        .fixed("FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./web\nCMD node web/server.js\n"),
        Example::ok("FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./\nCMD node server.js\n"),
        Example::ok("FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./web\nCOPY server.js ./\nCMD node server.js\n"),
        // Its own folder is the root that is traced, or it is a folder of the output that is copied.
        Example::ok(NESTED).with(&[
            ("package.json", "{}"),
            ("package-lock.json", "{}"),
            ("apps/web/package.json", r#"{"dependencies": {"next": "15.5.0"}}"#),
            ("apps/web/next.config.js", "module.exports = { output: 'standalone', outputFileTracingRoot: __dirname }"),
        ]),
        Example::ok("FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN cd apps/web && npx next build\nFROM node:22\n\
                     WORKDIR /app\nCOPY --from=build /app/apps/web/.next/standalone/apps/web ./\nCMD node server.js\n")
            .with(WORKSPACE),
        Example::ok(NESTED),
    ],
};

const NESTED: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN cd apps/web && npx next build\nFROM node:22\n\
                      WORKDIR /srv\nCOPY --from=build /app/apps/web/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n";

const WORKSPACE: crate::rules::Files = &[
    ("package.json", r#"{"workspaces": ["apps/*"]}"#),
    ("package-lock.json", "{}"),
    ("apps/web/package.json", r#"{"dependencies": {"next": "15.5.0"}}"#),
    ("apps/web/next.config.js", "module.exports = { output: 'standalone' }"),
];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    found.extend(finding(input));
}

fn finding(input: &Input<'_>) -> Option<Finding> {
    let app = input.next()?;
    let (standalone, start, path) = app.server()?;
    let moved = app.mentions(input, "server.js") || app.mentions(input, "standalone");
    if start.opaque
        || moved
        || !standalone.below.is_empty()
        || standalone.stage.is_none() && nested(input).is_some()
    {
        return None;
    }
    // What is moved about isn't followed, nor a folder that the base image sets.
    let moves = |site: Site<'_>| {
        let names = input.commands(site.id).iter().filter_map(|command| command.command.name());
        site.instruction.keyword == Keyword::Run
            && names.into_iter().any(|name| matches!(&*name, "cp" | "mv" | "ln" | "rsync" | "install"))
    };
    let certain = input.model().last_frame(app.target).workdir.certain
        && input.frame(standalone.site.id).is_some_and(|frame| frame.workdir.certain);
    let mut steps = input.model().with_bases(app.target).flat_map(|stage| input.steps(stage));
    if !certain || steps.any(moves) {
        return None;
    }
    // Another file of that name may come from elsewhere: with a folder, or by its name.
    let other = app.copies(input).iter().any(|(site, copied)| {
        let to = input.model().expanded(site.id, &copied.destination.text);
        let frame = input.frame(site.id).map_or("/", |frame| &*frame.workdir.path);
        to.is_none_or(|to| {
            let to = resolve(frame, &to);
            to == path
                || kit::next::is_below(path, &to)
                    && !copied.sources.iter().all(|source| {
                        source.text.contains(".next")
                            || source.text.contains("public")
                            || source.text.contains("package")
                    })
        })
    });
    if other {
        return None;
    }
    let server = match nested(input) {
        Some(folder) => resolve(&standalone.to, &format!("{folder}/server.js")),
        None => resolve(&standalone.to, "server.js"),
    };
    // Without the workspace only a path that is surely none of the output's is reported.
    if server == path || nested(input).is_none() && kit::next::is_below(path, &standalone.to) {
        return None;
    }
    let workdir = &input.model().last_frame(app.target).workdir;
    let shown = server
        .strip_prefix(&format!("{}/", workdir.path.trim_end_matches('/')))
        .unwrap_or(&server)
        .to_owned();
    let message = format!(
        "The server of the standalone output comes to lie at `{server}`, so Node.js doesn't find `{path}` and the container \
         ends at once. Start `{shown}`."
    );
    let written = start.span.of(input.source());
    let one = written.matches("server.js").count() == 1;
    let at = written.find("server.js").filter(|_| one).map(|at| {
        // From where the path begins.
        let begin = written[..at].rfind([' ', '"', '\'']).map_or(0, |at| at + 1);
        Span::new(start.span.start + begin as u32, start.span.start + (at + "server.js".len()) as u32)
    });
    let fix = at.map(|at| {
        Fix::unsafe_(format!("Start `{shown}`"), input.edits(vec![Edit::replace(at, shown.as_str())]))
    });
    Some(Finding::new(start.span, message).related(standalone.word.span, "This is the output.").fix(fix))
}

/// The app's folder below the root of its workspace, where the build sees that root: its lockfile is copied,
/// and next.config doesn't say otherwise. None where it is its own root, and where that isn't known.
fn nested<'a>(input: &Input<'a>) -> Option<&'a str> {
    let app = input.next()?;
    let (project, standalone) = (app.project?, app.standalone.as_ref()?);
    let root = input.context()?.project();
    let config = project.config()?;
    if project.folder.is_empty() || app.is_older(14, 0) || config.content.tracing_root != Setting::Absent {
        return None;
    }
    let stage = standalone.stage?;
    // The folders of the context and of the stage are laid out alike.
    let lock = root.lockfiles.found.first()?.kind.file_name();
    let seen = kit::next::takes(input, stage, lock, app.build.as_ref().map(|build| build.site));
    let alike = standalone.app.ends_with(&format!("/{}", project.folder));
    (seen && alike && project.lockfiles.found.is_empty()).then_some(&*project.folder)
}
