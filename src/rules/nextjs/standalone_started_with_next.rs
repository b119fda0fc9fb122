use crate::rules::kit::next::Kind;
use crate::rules::prelude::*;
use crate::syntax::Form;

pub const RULE: Rule = Rule {
    name: "standalone-started-with-next",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports `next start`, by itself or through a script, in an image that takes Next.js' standalone output. Where \
               the output is turned on but the image takes the whole app, it is less grave.",
        why: "The standalone output has no `next` to start: it brings a small server of its own, `server.js`. In an image \
              with all of the app `next start` works, but says that it isn't meant for this output, and the packages that \
              the output would save are shipped.",
        example: "FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./\nENV HOSTNAME=0.0.0.0\n\
                  CMD [\"npx\", \"next\", \"start\"]\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./\nENV HOSTNAME=0.0.0.0\n\
                  CMD [\"node\", \"server.js\"]\n",
        fix: "The fix starts `server.js` where the standalone output is copied. It is unsafe: another program is started. \
              There is none where flags set the port or the host; `PORT` and `HOSTNAME` are what the server reads.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22\nWORKDIR /app\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nCMD [\"npm\", \"start\"]\n",
            &[(5, "\"npm\", \"start\"")],
        )
        .with(&[("package.json", r#"{"scripts": {"start": "next start"}, "dependencies": {"next": "15"}}"#)])
        .fixed(
            "FROM node:22\nWORKDIR /app\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nCMD [\"node\", \"server.js\"]\n",
        ),
        Example::bad(
            "FROM node:22\nWORKDIR /app\nCOPY --from=build /app/.next/standalone ./\nCMD [\"next\", \"start\", \"-p\", \"80\"]\n",
            &[(4, "\"next\", \"start\", \"-p\", \"80\"")],
        ),
        Example::bad("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npx next build\nCMD npx next start\n", &[(5, "npx next start")])
            .with(&[
                ("package.json", r#"{"dependencies": {"next": "15"}}"#),
                ("next.config.js", "module.exports = { output: 'standalone' }"),
            ]),
        Example::ok("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npx next build\nCMD npx next start\n")
            .with(&[("package.json", r#"{"dependencies": {"next": "15"}}"#), ("next.config.js", "module.exports = {}")]),
        // All of node_modules is there too.
        Example::ok("FROM node:22\nCOPY --from=build /app/.next/standalone ./\nCOPY --from=build /app/node_modules ./node_modules\n\
                     CMD npx next start\n"),
        Example::ok("FROM node:22\nCOPY --from=build /app/.next/standalone ./\nENV HOSTNAME=0.0.0.0\nCMD node server.js\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let Some(start) = app.start.as_ref().filter(|start| !start.opaque) else { return };
    let Kind::NextStart(settings) = &start.kind else { return };
    let Some(standalone) = &app.standalone else {
        if app.writes_standalone(input) == Some(true) && app.build.is_some() {
            let message = "next.config writes the standalone output, for which `next start` isn't meant, and the image ships \
                           the whole app instead of it. Copy `.next/standalone` and start its `server.js`.";
            found.push(Finding::new(start.span, message).at_most(Severity::Info));
        }
        return;
    };
    // With the packages beside it `next start` is there.
    let packages = |copied: &crate::syntax::instruction::Copy<'_>| {
        copied.sources.iter().any(|source| {
            let text = source.text.trim_end_matches('/');
            text.contains("node_modules") || text.ends_with('.') || text == standalone.app
        })
    };
    let installs = kit::next::installs(input, app.target, &["next"])
        || input.model().with_bases(app.target).flat_map(|stage| input.steps(stage)).any(|site| {
            let actions = input.commands(site.id).iter().filter_map(|command| command.action.as_ref());
            site.instruction.keyword == Keyword::Run
                && actions.into_iter().any(|action| action.installs_manifest_of_node())
        });
    if installs
        || !standalone.below.is_empty()
        || app.copies(input).iter().any(|(_, copied)| packages(copied))
    {
        return;
    }
    let message = "The standalone output has no `next` to start: it brings its own server. Start it with \
                   `node server.js`.";
    let plain = settings.port.is_none()
        && settings.host.is_none()
        && settings.keep_alive_timeout.is_none()
        && settings.env.is_empty()
        && settings.folder.is_none();
    let top = input.model().last_frame(app.target).workdir.path.as_ref() == standalone.to
        && app.project.is_none_or(|project| project.folder.is_empty());
    let whole = start.site.instruction.form == Form::Exec && input.commands(start.site.id).len() == 1;
    let entry = start.site.instruction.keyword == Keyword::Cmd
        && input.last(app.target, Keyword::Entrypoint).is_none();
    let fix = (plain && top && whole && entry).then(|| {
        let edit = Edit::replace(start.span, "\"node\", \"server.js\"");
        Fix::unsafe_("Start `node server.js`", input.edits(vec![edit]))
    });
    found.push(Finding::new(start.span, message).fix(fix));
}
