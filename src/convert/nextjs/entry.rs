//! Shell scripts in front of the app: whether the run stage can have them, and whether they stay.

use super::detect::Found;
use super::needs;
use super::script::{Image, Text};
use super::through::Front;
use crate::convert::Question;
use crate::convert::ask::choice;
use crate::convert::commands::Ran;
use crate::convert::refuse::{NOT_YET, Stop, refused_at};
use crate::model::resolve;
use crate::shell::{self, Word};
use crate::syntax::{Form, Keyword};
use std::collections::BTreeSet;

/// The key of the question whether a script stays in front of the app.
const KEY: &str = "entrypoint";

/// The scripts that the run stage has, and what they want of it.
#[derive(Default)]
pub(super) struct Entry {
    /// The script in front of the app and those that it calls; none where none stays.
    pub kept: Vec<Text>,
    /// The packages of apk or apt that they need.
    pub packages: BTreeSet<String>,
    /// The variables that they read.
    pub names: BTreeSet<String>,
    /// They read variables by the beginning of their names: `env | grep NEXT_PUBLIC_`.
    pub reads_public: bool,
    /// A command that only root can run.
    pub root: Option<String>,
    /// A command that changes files.
    pub writes: Option<String>,
}

impl Found<'_> {
    /// Whether a script that the start goes through, or went through, lies at a place of the image.
    pub fn is_start_script(&self, place: &str) -> bool {
        let start = self.start.through.iter().chain(self.start.front.iter().map(|front| &front.text));
        start.chain(&self.entry.kept).any(|text| text.place == place)
    }
}

/// Asks whether the script in front of the app stays; refuses one that can't.
pub(super) fn decide(found: &mut Found<'_>) -> Result<(), Stop> {
    for text in &found.start.through {
        unchanged(found, text)?;
    }
    let Some(front) = found.start.front.clone() else { return Ok(()) };
    let id = found.instructions.entrypoint.or(found.instructions.cmd);
    let at = id.and_then(|id| found.subject.instruction(id)).ok_or(Stop::NotMine)?;
    let is_apart = found.instructions.entrypoint.is_some() && found.instructions.cmd.is_some();
    let fits = if is_apart { at.args.len() == front.words } else { at.args.len() > front.words };
    let name = &front.text.name;
    if at.form != Form::Exec || !fits {
        let message = format!(
            "Line {} runs {name} and the app in a form whose words can't be told apart. Write `ENTRYPOINT \
             [\"{}\"]` and the app's start as CMD.",
            at.first_line, front.text.place
        );
        return Err(refused_at(NOT_YET, at, message));
    }
    let image = Image { subject: &found.subject, stage: found.stage };
    let workdir = image.workdir();
    if workdir != found.root || front.folder != found.root {
        let message = format!(
            "Line {} runs {name} in {workdir}, and the run stage begins in {}, so its paths would mean other files.",
            at.first_line, found.root
        );
        return Err(refused_at(NOT_YET, at, message));
    }
    let entry = needs::read(found, &front)?;
    let does = does(&front);
    let question = Question {
        key: KEY,
        message: format!(
            "Line {} starts the app through {name}, which first {does}. It can stand in front of the standalone server \
             too; without it nothing of that is done. Shall it stay?",
            at.first_line
        ),
        choices: vec![choice("keep", format!("keeping {name}")), choice("drop", format!("without {name}"))],
        default: Some("keep"),
    };
    if found.answers.ask(question) == "keep" {
        found.entry = entry;
    }
    Ok(())
}

/// What a script does before it hands over, to stand behind "which".
fn does(front: &Front) -> String {
    let script = shell::parse_str(&front.text.text);
    let commands = script.commands();
    let real = commands.iter().filter(|command| {
        let quiet = ["set", "echo", "printf", ":", "true", "test", "[", "fi", "exit"];
        command.span != front.hands
            && !command.nesting.substitution
            && !command.words().is_empty()
            && !quiet.iter().any(|name| command.is(name))
    });
    let texts: Vec<&str> = real.map(|command| command.span.of(&front.text.text)).collect();
    let short = |text: &str| {
        let line = text.lines().next().unwrap_or("");
        match line.char_indices().nth(40) {
            Some((at, _)) => format!("`{}…`", &line[..at]),
            None => format!("`{line}`"),
        }
    };
    match texts.as_slice() {
        [] => "does nothing of its own".to_owned(),
        [one] => format!("runs {}", short(one)),
        [one, two] => format!("runs {} and {}", short(one), short(two)),
        [one, two, rest @ ..] => {
            let more = crate::text::count(rest.len(), "more command");
            format!("runs {}, {} and {more}", short(one), short(two))
        }
    }
}

/// A script must be in the image what it is in the build context.
pub(super) fn unchanged(found: &Found<'_>, text: &Text) -> Result<(), Stop> {
    let names = |ran: &Ran<'_>, word: &Word| {
        let path = word.literal().zip(ran.folder.as_deref());
        let glob = word.has_glob() && word.text().ends_with(".sh");
        glob || path.is_some_and(|(path, folder)| resolve(folder, &path) == text.place)
    };
    for ran in found.ran.iter().filter(|ran| ran.instruction.keyword == Keyword::Run) {
        let written = ran.command.redirects().iter().filter(|redirect| redirect.kind.writes());
        let written = written.filter_map(|redirect| redirect.target.as_deref()).any(|word| names(ran, word));
        let changes = !keeps_text(ran) && ran.command.args().iter().any(|word| names(ran, word));
        if written || changes {
            let line = ran.instruction.first_line;
            let message = format!(
                "RUN on line {line} may change {} (`{}`), so what it does in the image isn't known.",
                text.name,
                ran.command.span.of(found.source()).chars().take(60).collect::<String>()
            );
            return Err(refused_at(NOT_YET, ran.instruction, message));
        }
    }
    Ok(())
}

/// Whether a command leaves what a script says as it is; its line endings don't count.
pub(super) fn keeps_text(ran: &Ran<'_>) -> bool {
    let name = ran.command.name().unwrap_or_default();
    match name.rsplit('/').next().unwrap_or(&name) {
        "chmod" | "chown" | "chgrp" | "dos2unix" | "ls" | "cat" | "test" | "[" | "head" => true,
        "sed" => ran.command.args().iter().any(|word| word.text().contains("\\r")),
        _ => false,
    }
}
