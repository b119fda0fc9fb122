use crate::context::{SecretFile, View, copy_excludes};
use crate::layers::excludes;
use crate::rules::prelude::*;
use crate::syntax::Word;
use crate::syntax::instruction::{Origin, copy};

pub const RULE: Rule = Rule {
    name: "secret-file-copied",
    theme: Theme::Security,
    aliases: &["trivy/DS-0031"],
    severity: Severities::own(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports a `COPY` or `ADD` that takes a file with secrets into the image: private keys (`id_rsa`), what \
               programs log in with (`.aws/credentials`, `.git-credentials`, `.netrc`), an `.npmrc` with a token written \
               out, and, as a warning, local settings (`.env`, `.env.local`). Files that are named are always seen; \
               those that `COPY . .` takes are where the build context is known and no .dockerignore keeps them out. `.env.production` \
               and its like, which many projects commit, are told as information.",
        why: "Whoever has the image has the file, and deleting it in a later step only hides it: the layer still holds \
              it.",
        example: "FROM node:22\nCOPY .env package.json ./\n",
        instead: "FROM node:22\nCOPY package.json ./\n",
        fix: "There is no fix: what reads the file has to be given its settings when the container starts, or with \
              `RUN --mount=type=secret`.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Copy, Keyword::Add], check),
    examples: &[
        Example::bad(
            "FROM node:22\nCOPY .env /app/\nADD ssh/id_rsa /root/.ssh/\n",
            &[(2, ".env"), (3, "ssh/id_rsa")],
        ),
        Example::bad(
            "FROM node:22 AS build\nRUN a\nFROM node:22\nCOPY --from=build /app/.env ./\n",
            &[(4, "/app/.env")],
        ),
        Example::bad("FROM node:22\nCOPY . .\n", &[(2, ".")])
            .with(&[("a.js", ""), ("web/.env.local", "A=1")]),
        Example::bad("FROM node:22\nCOPY package.json .npmrc ./\n", &[(2, ".npmrc")])
            .with(&[("package.json", "{}"), (".npmrc", "//registry.npmjs.org/:_authToken=abc\n")]),
        Example::ok("FROM node:22\nCOPY --exclude=.env* --exclude=**/*.pem . /app\n").with(&[
            (".env.local", "A=1"),
            (".env.production", "A=1"),
            ("certs/server.pem", "-----BEGIN PRIVATE KEY-----"),
        ]),
        Example::ok("FROM node:22\nCOPY . .\n").with(&[
            ("a.js", ""),
            (".env", "A=1"),
            (".dockerignore", ".env\n"),
        ]),
        Example::ok("FROM node:22\nCOPY package.json .npmrc ./\n")
            .with(&[("package.json", "{}"), (".npmrc", "//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n")]),
        Example::ok("FROM node:22\nCOPY src ./\nCOPY --exclude=.env . /b\n")
            .with(&[("src/a.js", ""), (".env", "A=1")]),
        Example::ok("FROM node:22\nCOPY .env.example .env\nCOPY . .\n"),
        Example::ok("FROM node:22 AS build\nCOPY .env ./\nFROM node:22\nCOPY --from=build /app/dist /app/\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(copy) = copy(site.instruction).filter(|_| kit::step::ships(input, site)) else { return };
    let context = input.context().filter(|_| copy.origin == Origin::Context);
    for source in copy.sources {
        let mut taken = context.map_or_else(Vec::new, |view| taken(view, site, source));
        // A file that is named is there where the image is built, if not here.
        let named = named(source).filter(|(path, _)| {
            let ignored = |view: &View| view.ignores(path.trim_start_matches("./").trim_start_matches('/'));
            !context.is_some_and(ignored) && taken.is_empty()
        });
        taken.extend(named);
        if let Some(worst) = taken.iter().max_by_key(|(_, kind)| *kind) {
            found.push(finding(source, worst, taken.len()));
        }
    }
}

/// A file with secrets, and what it holds.
type Taken = (String, SecretFile);

/// The file that a source names, where its name tells.
fn named(source: &Word) -> Option<Taken> {
    let path = source.text.trim_matches(['"', '\'']);
    (!path.contains(['*', '?', '$', '['])).then(|| Some((path.to_owned(), SecretFile::of(path)?)))?
}

/// The files with secrets that a source takes of the context.
fn taken(view: &View, site: Site<'_>, source: &Word) -> Vec<Taken> {
    let tokens = view.projects.iter().filter(|project| project.has_npm_token);
    let tokens = tokens.map(|project| project.path_of(".npmrc"));
    let known = view.secret_files.iter().map(|(path, kind)| (path.to_string(), *kind));
    let mut all: Vec<Taken> = known.chain(tokens.map(|path| (path, SecretFile::Login))).collect();
    if all.is_empty() {
        return all;
    }
    // What a variable leaves out isn't known.
    let Some(excludes) = excludes(site.instruction) else { return Vec::new() };
    let source = source.text.trim_matches(['"', '\'']);
    let taken = view.matches(source);
    all.retain(|(path, _)| {
        taken.iter().any(|file| *file.path == **path) && !copy_excludes(source, &excludes, path)
    });
    all
}

fn finding(source: &Word, (path, kind): &Taken, count: usize) -> Finding {
    let more = match count {
        1 => String::new(),
        2 => " and another file like it".to_owned(),
        count => format!(" and {} more files like it", count - 1),
    };
    let holds = match kind {
        SecretFile::Key => "a private key",
        SecretFile::Login => "what somebody logs in with",
        SecretFile::LocalSettings => "the settings of this machine, which mostly are passwords and tokens",
        SecretFile::Settings => "settings, which may be passwords and tokens",
    };
    let message = format!(
        "This puts `{path}`{more} into the image, with {holds}, and a later step can't take it out again. Keep it out with \
         .dockerignore; give it to a step with `RUN --mount=type=secret`, or to the container when it starts."
    );
    let finding = Finding::new(source.span, message);
    match kind {
        SecretFile::Key | SecretFile::Login => finding,
        SecretFile::LocalSettings => finding.at_most(Severity::Warning),
        SecretFile::Settings => finding.at_most(Severity::Info),
    }
}
