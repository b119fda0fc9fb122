use crate::model::Stage;
use crate::rules::prelude::*;
use crate::shell::unwrap;

pub const RULE: Rule = Rule {
    name: "next-not-found",
    theme: Theme::Nextjs,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a call of `next` by its bare name in an image whose `PATH` doesn't lead to it: the package is installed \
               in the project, not for the whole system.",
        why: "npm puts the programs of a project's packages into `node_modules/.bin`, which is on the `PATH` of its scripts \
              and of `npx` only. The shell answers `next: not found`.",
        example: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN next build\n",
        instead: "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npx next build\n",
        fix: "The fix calls it through `npx`, in CMD and ENTRYPOINT by its path. It is unsafe: where the package isn't installed, npx \
              downloads one.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nRUN npm ci\nRUN next build\n", &[(3, "next")])
            .fixed("FROM node:22\nRUN npm ci\nRUN npx next build\n"),
        Example::bad("FROM node:22\nCMD [\"next\", \"start\"]\n", &[(2, "\"next\"")])
            .fixed("FROM node:22\nCMD [\"node_modules/.bin/next\", \"start\"]\n"),
        Example::ok("FROM node:22\nRUN npm i -g next@15 && next build\n"),
        Example::ok("FROM node:22\nENV PATH=/app/node_modules/.bin:$PATH\nRUN next build\n"),
        Example::ok("FROM node:22\nRUN npx next build\nRUN ./node_modules/.bin/next build\n"),
        Example::ok("FROM node:22\nRUN export PATH=$PATH:./node_modules/.bin && next build\n"),
        Example::ok("FROM example.com/ours/node\nRUN next build\n"),
        Example::ok("FROM python:3.13\nRUN next build\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if !input.source().contains("next") {
        return;
    }
    let node = kit::image::root(input.model(), stage).is_some_and(|(name, _)| name == "node");
    let path = kit::next::environment(input, stage, "PATH").is_some() || input.source().contains(".bin");
    if !node || path || stage.windows || kit::next::installs(input, stage, &["next"]) {
        return;
    }
    for site in input.steps(stage) {
        let start = matches!(site.instruction.keyword, Keyword::Cmd | Keyword::Entrypoint);
        let counts = site.instruction.keyword == Keyword::Run
            || start && input.last(stage, site.instruction.keyword).is_some_and(|last| last.id == site.id);
        if !counts {
            continue;
        }
        for command in input.commands(site.id).iter().filter(|command| command.action.is_none()) {
            let invocation = unwrap(&command.command);
            let verb = invocation
                .args()
                .first()
                .is_some_and(|word| ["build", "start", "dev", "export"].iter().any(|verb| word.is(verb)));
            let bare = invocation.program().is_some_and(|program| program == "next");
            // cross-env and its like look in the project themselves.
            let through = invocation.wrappers.iter().any(|word| {
                word.literal().is_none_or(|word| {
                    !matches!(&*word, "exec" | "time" | "env" | "dumb-init" | "tini" | "sudo")
                })
            });
            let Some(program) = invocation.words.first().filter(|_| verb && bare && !through) else {
                continue;
            };
            let message = "`next` is installed in the project, and nothing puts `node_modules/.bin` on the PATH, so it isn't \
                           found here. Call `npx next`, or a script of package.json.";
            let exec = site.instruction.is_exec();
            // npx stays between Docker and the server.
            let (new, title) = match (start, exec) {
                (false, true) => ("\"npx\", \"next\"", "Call it through npx"),
                (false, false) => ("npx next", "Call it through npx"),
                (true, true) => ("\"node_modules/.bin/next\"", "Call it by its path"),
                (true, false) => ("node_modules/.bin/next", "Call it by its path"),
            };
            let edit = input.edits(vec![Edit::replace(program.span, new)]);
            let plain = !command.command.nesting.inner;
            let fix = plain.then(|| Fix::unsafe_(title, edit));
            found.push(Finding::new(program.span, message).fix(fix));
        }
    }
}
