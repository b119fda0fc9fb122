//! Prisma: its client is traced into the output, its schema, its command line and a database file aren't.

use super::app::absolute;
use super::detect::Found;
use crate::convert::ask::choice;
use crate::convert::refuse::{NOT_YET, Stop, refused_by};
use crate::convert::{Note, Question};
use crate::shell::{self, Command};
use crate::text::Span;

/// The key of the question what becomes of migrations that run before the app starts.
const MIGRATE: &str = "migrate";

/// Whether a project asks for Prisma.
fn uses(package: &crate::context::PackageJson) -> bool {
    ["prisma", "@prisma/client"].iter().any(|name| package.dependency(name).is_some())
}

/// Refuses what the standalone output would lack, and tells what else is left out.
pub(super) fn check(found: &Found<'_>, notes: &mut Vec<Note>) -> Result<(), Stop> {
    if found.root != found.app {
        let other = found.view.projects.iter().find(|project| project.package().is_some_and(uses));
        return match other {
            Some(project) => {
                let path = crate::convert::places::below(&project.folder, "package.json");
                Err(refused_by(
                    NOT_YET,
                    found.view.absolute(&path),
                    None,
                    format!(
                        "{path} names Prisma. In a workspace, whether its engine comes into the standalone output hangs \
                         on how it is installed, which can't be told from here."
                    ),
                ))
            }
            None => Ok(()),
        };
    }
    if !uses(found.package) {
        return Ok(());
    }
    if let Some(schema) = &found.project.prisma_schema {
        let (path, text) = (Some(schema.path.clone()), &*schema.text);
        if let Some((span, url)) = sqlite_file(text) {
            return Err(refused_by(
                NOT_YET,
                path,
                Some(span),
                format!(
                    "The schema names the database file {url}, which stays behind in the build stage. Take its place \
                     from the environment, `env(\"DATABASE_URL\")`, and mount a volume there."
                ),
            ));
        }
        if uses_sqlite(found) {
            notes.push(Note {
                warning: true,
                message:
                    "The schema uses SQLite: the run stage has no database file. Mount a volume and let \
                          DATABASE_URL name the file there by its full path."
                        .into(),
                path: path.clone(),
                span: None,
            });
        }
        if let Some((span, folder)) = client_output(text) {
            notes.push(Note {
                warning: true,
                message: format!(
                    "Prisma's client is generated into {folder}. Next.js traces it where the app imports it; see that \
                     its query engine, if it has one, is in the output too."
                ),
                path,
                span: Some(span),
            });
        }
    }
    // What becomes of migrations at the start has a note of its own.
    if found.start.migrations.is_some() {
        return Ok(());
    }
    notes.push(Note {
        warning: false,
        message: "The run stage has Prisma's client, but neither the schema nor Prisma's command line: run migrations \
                  from the build stage."
            .into(),
        path: absolute(found, "package.json"),
        span: None,
    });
    Ok(())
}

/// Whether the schema's database is a file.
pub(super) fn uses_sqlite(found: &Found<'_>) -> bool {
    let schema = found.project.prisma_schema.as_ref();
    schema.is_some_and(|schema| {
        setting(&schema.text, "datasource", "provider").is_some_and(|(_, value)| value.contains("\"sqlite\""))
    })
}

fn sqlite_file(text: &str) -> Option<(Span, &str)> {
    let (_, provider) = setting(text, "datasource", "provider")?;
    let (span, url) = setting(text, "datasource", "url")?;
    (provider.contains("\"sqlite\"") && url.starts_with('"')).then_some((span, url))
}

/// The folder that the client is generated into, where that isn't its usual one.
fn client_output(text: &str) -> Option<(Span, &str)> {
    let (span, value) = setting(text, "generator", "output")?;
    (!value.contains("node_modules")).then_some((span, value))
}

/// A setting of the first block of its kind: `provider = "sqlite"`. A generator that isn't the client's is
/// passed over.
fn setting<'t>(text: &'t str, block: &str, name: &str) -> Option<(Span, &'t str)> {
    let mut inside = false;
    let mut client = block != "generator";
    let mut found = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if trimmed.starts_with("//") {
            continue;
        }
        if trimmed.starts_with(block) && trimmed.ends_with('{') {
            inside = true;
        } else if trimmed.starts_with('}') {
            if inside && client && found.is_some() {
                return found;
            }
            inside = false;
        }
        let Some((key, value)) = trimmed.split_once('=').filter(|_| inside) else { continue };
        let value = value.split("//").next().unwrap_or(value).trim();
        client |= key.trim() == "provider" && value.contains("prisma-client");
        if key.trim() == name {
            let from = start + line.find(trimmed).unwrap_or(0);
            found = Some((Span::from(from..from + trimmed.len()), value));
        }
    }
    None
}

/// Whether a command brings the database up to date: `prisma migrate deploy`, `prisma db push`.
pub(super) fn migrates(command: &Command<'_>) -> bool {
    let [first, second] = asked_of_prisma(command);
    matches!(first.as_deref(), Some("migrate" | "db")) && matches!(second.as_deref(), Some("deploy" | "push"))
}

/// Whether a command makes Prisma's client, which the running app needs.
pub(super) fn generates(command: &Command<'_>) -> bool {
    asked_of_prisma(command)[0].as_deref() == Some("generate")
}

/// The two words behind `prisma`, through a package manager too; none where something else is run.
fn asked_of_prisma(command: &Command<'_>) -> [Option<String>; 2] {
    let invocation = shell::unwrap(command);
    let mut words = invocation.words.iter().map(|word| word.unquoted().into_owned());
    let mut program = words.next();
    if matches!(program.as_deref(), Some("yarn" | "pnpm" | "bun")) {
        program = words.next();
    }
    match program.as_deref().and_then(|program| program.rsplit('/').next()) {
        Some("prisma") => [words.next(), words.next()],
        _ => [None, None],
    }
}

/// What becomes of migrations at the start: true for a stage of their own.
pub(super) fn migrations_apart(found: &Found<'_>, line: u32, text: &str) -> bool {
    let question = Question {
        key: MIGRATE,
        message: format!(
            "Line {line} runs `{text}` before the app starts, and the standalone output has no Prisma command line. \
             Shall it become a stage of its own, to be run before the app, or is it left out?"
        ),
        choices: vec![
            choice("stage", "with the migrations as a stage of their own"),
            choice("drop", "without the migrations at the start"),
        ],
        default: Some("stage"),
    };
    found.answers.ask(question) == "stage"
}
