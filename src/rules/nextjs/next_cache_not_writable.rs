use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "next-cache-not-writable",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an image whose Next.js server runs as another user than root while the standalone output belongs to \
               root and nothing gives `.next` to that user.",
        why: "The server writes scaled images and pages that it renders anew to `.next/cache`. As it may not, it says \
              `EACCES: permission denied, mkdir '/app/.next/cache'` and does the same work for every request.",
        example: "FROM node:22\nWORKDIR /app\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nUSER node\n\
                  CMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22\nWORKDIR /app\nENV HOSTNAME=0.0.0.0\nCOPY --from=build --chown=node:node /app/.next/standalone ./\n\
                  USER node\nCMD [\"node\", \"server.js\"]\n",
        fix: "The fix adds `--chown` with the user to the COPY. It is unsafe: the server can change its own files then.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22\nWORKDIR /app\nENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\nUSER node\nCMD node server.js\n",
            &[(4, "/app/.next/standalone")],
        )
        .fixed(
            "FROM node:22\nWORKDIR /app\nENV HOSTNAME=0.0.0.0\nCOPY --chown=node --from=build /app/.next/standalone ./\nUSER node\nCMD node server.js\n",
        ),
        Example::ok("FROM node:22\nCOPY --from=build --chown=node /app/.next/standalone ./\nUSER node\nCMD node server.js\n"),
        Example::ok("FROM node:22\nRUN mkdir .next && chown node .next\nCOPY --from=build /app/.next/standalone ./\nUSER node\nCMD node server.js\n"),
        Example::ok("FROM node:22\nCOPY --from=build /app/.next/standalone ./\nVOLUME /app/.next/cache\nUSER node\nCMD node server.js\n"),
        Example::ok("FROM node:22\nCOPY --from=build /app/.next/standalone ./\nCMD node server.js\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(app) = input.next() else { return };
    let Some((standalone, start, _)) = app.server() else { return };
    let Some(user) = kit::next::user(input, app.target) else { return };
    let copy = standalone.site.instruction;
    let mut steps = input.model().with_bases(app.target).flat_map(|stage| input.steps(stage));
    let given = steps.any(|site| {
        let text = site.instruction.span.of(input.source());
        match site.instruction.keyword {
            Keyword::Run => text.contains("chown") || text.contains("chmod") || text.contains("install -d"),
            Keyword::Volume => text.contains(".next"),
            _ => false,
        }
    });
    let own = |text: &str| ["cacheHandler", "unoptimized"].iter().any(|word| text.contains(word));
    let elsewhere = app.project.and_then(|p| p.config()).is_some_and(|config| own(&config.file.text));
    // Whoever the image makes the user, root's files aren't writable for him; a COPY below USER is another
    // rule's.
    let below = input.frame(standalone.site.id).is_some_and(|frame| frame.user.is_some());
    if given
        || elsewhere
        || start.opaque
        || below
        || copy.flag("chown").is_some()
        || copy.flag("chmod").is_some()
    {
        return;
    }
    let name = kit::users::name(user);
    let message = format!(
        "The server runs as `{name}`, and what this copies belongs to root, so it can't write to `.next/cache`: scaled \
         images and pages that it renders anew aren't kept. Add `--chown={name}`."
    );
    let fix = (!name.contains(['$', ' '])).then(|| {
        let edit = Edit::insert(copy.keyword_span.end, format!(" --chown={name}"));
        Fix::unsafe_(format!("Add `--chown={name}`"), input.edits(vec![edit]))
    });
    found.push(Finding::new(standalone.word.span, message).fix(fix));
}
