//! Files with variables: which of them Next.js takes into the standalone output, and what becomes of the others.

use super::app::absolute;
use super::detect::Found;
use crate::convert::ask::choice;
use crate::convert::commands::Ran;
use crate::convert::places::is_within;
use crate::convert::refuse::warning;
use crate::convert::{Note, Question};
use crate::model::resolve;
use crate::shell::RedirectKind;
use crate::syntax::Keyword;

/// The key of the question what becomes of a `.env.local` that a RUN writes.
const KEY: &str = "env-local";

/// Tells of files that the output lacks, and adds those to `extra` that the user wants in the run stage.
pub(super) fn check(found: &Found<'_>, extra: &mut Vec<String>, notes: &mut Vec<Note>) {
    for name in found.project.env_files.iter().filter(|name| is_local(name) && found.is_built_with(name)) {
        notes.push(Note {
            warning: true,
            message: format!(
                "{name} is copied into the build, but the standalone output doesn't take it along: what only the server \
                 reads from it is missing at run time. Give those to the container as environment variables."
            ),
            path: absolute(found, name),
            span: None,
        });
    }
    let runs =
        found.ran.iter().filter(|ran| ran.instruction.keyword == Keyword::Run && ran.id <= found.build);
    for (ran, name) in runs.filter_map(|ran| Some((ran, written(found, ran)?))) {
        if extra.contains(&name) {
            continue;
        }
        let line = ran.instruction.first_line;
        let question = Question {
            key: KEY,
            message: format!(
                "Line {line} writes {name}, which Next.js doesn't take into the standalone output. Shall the run stage have \
                 it, as the image had before, or is the container given what only the server reads from it?"
            ),
            choices: vec![
                choice("copy", format!("with {name} in the run stage")),
                choice("drop", format!("without {name} in the run stage")),
            ],
            default: Some("copy"),
        };
        if found.answers.ask(question) == "copy" {
            extra.push(name);
        } else {
            let message = format!(
                "{name} of line {line} is in the build stage alone: give the container what only the server reads from it \
                 as variables."
            );
            notes.push(warning(ran.instruction, message));
        }
    }
}

/// Whether a production server reads the file, but the standalone output leaves it out.
fn is_local(name: &str) -> bool {
    name.starts_with(".env")
        && name.ends_with(".local")
        && !matches!(name, ".env.development.local" | ".env.test.local")
}

/// The `.env.local` of the app that a command writes, where it holds more than what the build takes in.
fn written(found: &Found<'_>, ran: &Ran<'_>) -> Option<String> {
    let folder = ran.folder.as_deref()?;
    let command = &ran.command;
    let writes = |kind| {
        let kinds = [RedirectKind::Output, RedirectKind::Clobber, RedirectKind::Append];
        kinds.contains(&kind)
    };
    let redirected = command.redirects().iter().filter(|redirect| writes(redirect.kind));
    let mut targets: Vec<String> = redirected
        .filter_map(|redirect| Some(redirect.target.as_ref()?.literal()?.into_owned()))
        .filter(|_| !command.words().iter().skip(1).all(|word| word.text().contains("NEXT_PUBLIC_")))
        .collect();
    if command.is("cp") {
        targets.extend(command.args().last().and_then(|word| word.literal()).map(|word| word.into_owned()));
    }
    let mut places = targets.iter().map(|target| resolve(folder, target));
    let place = places
        .find(|place| is_within(place, &found.app) && place.rsplit('/').next().is_some_and(is_local))?;
    let name = place[found.app.len()..].trim_start_matches('/');
    (!name.contains('/')).then(|| name.to_owned())
}
