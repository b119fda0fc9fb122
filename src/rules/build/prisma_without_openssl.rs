use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "prisma-without-openssl",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports an image on a slim Debian for a project with Prisma up to 6 where no step installs `openssl`.",
        why: "Prisma picks its engine by the version of OpenSSL that it finds. Slim images have none, so it guesses, says `Prisma failed \
              to detect the libssl/openssl version to use`, and its engine may not load.",
        example: "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22-slim\nRUN apt-get update && apt-get install -y --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*\n\
                  WORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"server.js\"]\n",
        fix: "There is no fix: where the packages of the system are installed is best chosen by hand.",
        files: Some(APP),
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22-slim\nCOPY . .\nRUN npm ci\nCMD node server.js\n", &[(1, "node:22-slim")]).with(APP),
        Example::ok("FROM node:22-slim\nRUN apt-get update && apt-get install -y openssl\nCOPY . .\nRUN npm ci\nCMD node server.js\n").with(APP),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm ci\nCMD node server.js\n").with(APP),
        Example::ok("FROM node:22-slim\nCOPY . .\nRUN npm ci\nCMD node server.js\n")
            .with(&[("package.json", r#"{"dependencies": {"@prisma/client": "^7.0.0"}}"#)]),
        Example::ok("FROM node:22-slim\nCOPY . .\nRUN npm ci\nCMD node server.js\n"),
    ],
};

const APP: crate::rules::Files = &[("package.json", r#"{"dependencies": {"@prisma/client": "^6.1.0"}}"#)];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(target) = input.model().target().filter(|_| input.context().is_some()) else { return };
    let project = input
        .model()
        .stages()
        .iter()
        .filter(|stage| stage.used)
        .find_map(|stage| kit::node::project(input, stage));
    let Some(range) =
        project.and_then(|p| p.package()).and_then(|package| package.dependency("@prisma/client"))
    else {
        return;
    };
    let major: Option<u32> =
        range.trim_start_matches(['^', '~', '=', 'v']).split('.').next().and_then(|n| n.parse().ok());
    let Some(image) = kit::image::known(input.model(), target) else { return };
    let slim = image.slim && image.package_manager == Some("apt");
    let starts =
        [Keyword::Cmd, Keyword::Entrypoint].iter().any(|keyword| input.last(target, *keyword).is_some());
    // Whatever apt installs may need it.
    let installs = input.model().with_bases(target).flat_map(|stage| input.steps(stage)).any(|site| {
        let text = site.instruction.span.of(input.source());
        site.instruction.keyword == Keyword::Run && (text.contains("apt") || text.contains(".sh"))
            || text.contains("ssl")
    });
    if !slim || !starts || installs || major.is_none_or(|major| major >= 7) {
        return;
    }
    let Some(root) = input.model().with_bases(target).last() else { return };
    let Some(from) = input.tree().instruction(root.from).and_then(crate::syntax::instruction::from) else {
        return;
    };
    let message = "Prisma looks for OpenSSL to pick its engine, and slim images have none: the engine may not load. Install `openssl`, \
                   or take the image that isn't slim.";
    found.push(Finding::new(from.image.span, message));
}
