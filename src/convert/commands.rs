//! Every command of a Dockerfile with what it asks a package manager or Next.js for.

use crate::layers::Subject;
use crate::model::{self, Stage};
use crate::shell::packages::{self, Action, Verb};
use crate::shell::{Command, next};
use crate::syntax::{Instruction, InstructionId, Keyword};

/// One command of a RUN, CMD or ENTRYPOINT.
pub(super) struct Ran<'a> {
    pub id: InstructionId,
    pub instruction: &'a Instruction,
    pub command: Command<'a>,
    pub action: Option<Action<'a>>,
    pub next: Option<next::Next>,
    /// The folder of the image that it runs in; None where that isn't known.
    pub folder: Option<String>,
}

impl Ran<'_> {
    /// The script of package.json that it runs.
    pub fn script(&self) -> Option<&str> {
        match &self.action.as_ref()?.verb {
            Verb::RunScript(name) => Some(name),
            _ => None,
        }
    }

    /// Whether it is a JavaScript package manager, Node.js or Next.js.
    pub fn is_javascript(&self) -> bool {
        self.next.is_some()
            || self.action.as_ref().is_some_and(|action| action.tool.is_javascript())
            || ["node", "pm2", "pm2-runtime"].iter().any(|name| self.command.is(name))
    }
}

/// The commands of one stage in the order of the file.
pub(super) fn of_stage<'a>(subject: &Subject<'a>, stage: &'a Stage) -> Vec<Ran<'a>> {
    let mut found = Vec::new();
    let model = subject.model;
    for (id, instruction) in model.steps(stage) {
        if !matches!(instruction.keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint) {
            continue;
        }
        let Some(script) = model.script(id) else { continue };
        let frame = match instruction.keyword {
            Keyword::Run => model.frame(id),
            // The container starts in the folder that holds at the end.
            _ => Some(model.last_frame(stage)),
        };
        let workdir = frame.map_or("/", |frame| &*frame.workdir.path);
        for command in script.commands() {
            let action = packages::of(&command);
            let own = action.as_ref().and_then(|action| action.directory.clone());
            let folder = command.directory().map(|directory| {
                let folder = model::resolve(workdir, directory);
                own.map_or(folder.clone(), |own| model::resolve(&folder, &own))
            });
            let next = next::of(&command);
            found.push(Ran { id, instruction, command, action, next, folder });
        }
    }
    found
}

/// The words of a command as one line that a shell reads the same way, its assignments included.
pub(super) fn line(command: &Command<'_>) -> String {
    let assignments = command.assignments().iter().map(|assignment| {
        let value = assignment.value.literal().map(|value| quote(&value));
        format!("{}={}", assignment.name, value.unwrap_or_else(|| assignment.value.text().to_owned()))
    });
    let words = command.words().iter().map(|word| match word.literal() {
        Some(value) => quote(&value),
        None => word.text().to_owned(),
    });
    assignments.chain(words).collect::<Vec<_>>().join(" ")
}

/// A word as a shell must read it to have this value.
pub(super) fn quote(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:@%+,=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The folder of the image that the last command of CMD or ENTRYPOINT runs in.
pub(super) fn started_in<'r>(ran: &'r [Ran<'_>], at: &Instruction) -> Option<&'r str> {
    let mut own =
        ran.iter().filter(|ran| ran.instruction.span == at.span && ran.command.node.inner.is_none());
    own.next_back()?.folder.as_deref()
}
