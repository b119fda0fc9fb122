use crate::rules::kit::next::Kind;
use crate::rules::prelude::*;
use crate::syntax::instruction::Origin;

pub const RULE: Rule = Rule {
    name: "standalone-output-unused",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a multi-stage build of a Next.js app whose last stage takes the whole `node_modules`, or the whole \
               app, from the stage that builds.",
        why: "Most of what the build stage was there to leave behind comes along again: the development packages, and all \
              that no page uses. Next.js' standalone output holds the few packages that the server really requires; it \
              is mostly a small part of `node_modules`.",
        example: WHOLE,
        instead: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx next build\nFROM node:22\nWORKDIR /app\n\
                  ENV HOSTNAME=0.0.0.0\nCOPY --from=build /app/.next/standalone ./\n\
                  COPY --from=build /app/.next/static ./.next/static\nCMD [\"node\", \"server.js\"]\n",
        fix: "There is no fix: the output is turned on in next.config (which is on offer as a refactoring), and what else the \
              server reads at run time must be copied by hand.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(WHOLE, &[(6, "/app")]),
        Example::bad(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx next build\nFROM node:22\nWORKDIR /app\n\
             COPY --from=build /app/.next ./.next\nCOPY --from=build /app/node_modules ./node_modules\nCMD npx next start\n",
            &[(8, "/app/node_modules")],
        ),
        Example::ok(
            "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx next build\nRUN npm prune --omit=dev\n\
             FROM node:22\nWORKDIR /app\nCOPY --from=build /app ./\nCMD npx next start\n",
        ),
        Example::ok("FROM node:22 AS build\nRUN npm ci && npx next build\nFROM build\nCMD npx next start\n"),
        // A server of its own can't use the output.
        Example::ok(
            "FROM node:22 AS build\nWORKDIR /app\nRUN npm ci && npx next build\nFROM node:22\nCOPY --from=build /app ./\n\
                     CMD node index.js\n",
        ),
    ],
};

const WHOLE: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npx next build\nFROM node:22\n\
                     COPY --from=build /app /app\nWORKDIR /app\nCMD [\"npx\", \"next\", \"start\"]\n";

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    found.extend(finding(input));
}

fn finding(input: &Input<'_>) -> Option<Finding> {
    let app = input.next()?;
    let (start, build) = (app.start.as_ref()?, app.build.as_ref()?);
    if app.standalone.is_some()
        || !matches!(start.kind, Kind::NextStart(_))
        || start.opaque
        || app.is_older(12, 0)
    {
        return None;
    }
    let folder = build.folder.as_deref()?;
    let word = app.copies(input).into_iter().find_map(|(site, copied)| {
        if !matches!(copied.origin, Origin::From(_)) {
            return None;
        }
        let uses = input.model().stage_of(site.id)?.uses.iter();
        let from = uses.into_iter().find(|usage| usage.by == site.id)?.stage;
        let stage = input.model().stages().get(from)?;
        // A stage that was pruned, or that installed less, has its own idea of what is needed.
        let lean = input.model().with_bases(stage).flat_map(|stage| input.steps(stage)).any(|run| {
            let text = run.instruction.span.of(input.source());
            run.instruction.keyword == Keyword::Run
                && (text.contains("prune")
                    || text.contains("prod")
                    || text.contains("omit")
                    || text.contains("deploy")
                    || text.contains("node_modules"))
        });
        let source = copied.sources.iter().find(|source| {
            let path = crate::model::resolve("/", source.text.trim_end_matches("/."));
            path == folder || path == crate::model::resolve(folder, "node_modules")
        });
        source.copied().filter(|_| !lean)
    })?;
    let message = "This ships the whole node_modules with the development packages. Next.js' standalone output holds only \
                   what the server requires: set `output: \"standalone\"` in next.config, copy `.next/standalone` and \
                   `.next/static`, and start `node server.js`.";
    Some(Finding::new(word.span, message))
}
