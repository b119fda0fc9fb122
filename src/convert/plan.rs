//! The decision, as a value: which lines stay, which move, and what the run stage is made of.

use super::built::Built;
use super::refuse::warning;
use super::{Choice, Note};
use crate::layers::Subject;
use crate::model::Stage;
use crate::syntax::{Instruction, InstructionId, Item, Keyword};
use crate::text::{FileEdit, Span};
use std::collections::BTreeMap;

/// What becomes of an instruction that doesn't simply stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is taken out of the build stage and stands in the run stage.
    Move,
    /// It is taken out; a note says why.
    Gone,
}

/// What becomes of the instructions that don't simply stay.
pub(super) type Fates = BTreeMap<InstructionId, Fate>;

/// One instruction of the run stage.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The instruction whose comments stand above it.
    pub comments_of: Option<InstructionId>,
    /// Without a line break at its end.
    pub text: String,
}

impl Line {
    pub fn new(text: impl Into<String>) -> Self {
        Self { comments_of: None, text: text.into() }
    }

    /// The instruction as it is written, with its comments.
    pub fn moved(id: InstructionId, instruction: &Instruction, source: &str) -> Self {
        Self { comments_of: Some(id), text: instruction.span.of(source).to_owned() }
    }
}

/// How one Dockerfile is converted.
pub(super) struct Plan<'a> {
    /// What the change of the Dockerfile does, as a preview says it.
    pub label: &'static str,
    pub subject: Subject<'a>,
    pub stage: &'a Stage,
    pub build: InstructionId,
    /// The name of the build stage, and whether the user gave it.
    pub builder: String,
    pub has_name: bool,
    /// The instructions that leave the build stage.
    pub fates: Fates,
    /// The run stage, in groups with a blank line between.
    pub run_stage: Vec<Vec<Line>>,
    pub files: Vec<FileEdit>,
    pub notes: Vec<Note>,
    /// An instruction to stand above the build, which makes it write what the run stage needs.
    pub switch: Option<String>,
    pub options: Vec<(&'static str, Choice)>,
}

/// Writes keywords as most of the file's are, which BuildKit's check wants alike: `from` or `FROM`.
pub(super) fn keyword_case(built: &Built<'_>) -> impl Fn(Keyword) -> String + use<> {
    let source = built.source();
    let keywords = || built.subject.tree().instructions().map(|i| i.keyword_span.of(source));
    let lower = keywords().filter(|word| word.chars().all(|c| c.is_ascii_lowercase())).count();
    let upper = keywords().filter(|word| word.chars().all(|c| c.is_ascii_uppercase())).count();
    move |keyword| if lower > upper { keyword.as_str().to_lowercase() } else { keyword.as_str().to_owned() }
}

/// `AS` in the case of the file's FROM, which BuildKit's FromAsCasing wants alike.
pub(super) fn as_word(from: &Instruction, source: &str) -> &'static str {
    if from.keyword_span.of(source) == "from" { "as" } else { "AS" }
}

/// Tells of a port that is exposed but not the one the app listens on.
pub(super) fn expose(built: &Built<'_>, port: Option<u32>, notes: &mut Vec<Note>) {
    let Some(port) = port else { return };
    for (_, instruction) in
        built.subject.model.steps(built.stage).filter(|(_, i)| i.keyword == Keyword::Expose)
    {
        let ports: Vec<Option<u32>> =
            instruction.args.iter().map(|word| word.text.split('/').next()?.parse().ok()).collect();
        if !ports.is_empty() && ports.iter().all(|known| known.is_some_and(|known| known != port)) {
            let line = instruction.first_line;
            let text = format!(
                "EXPOSE on line {line} names another port than {port}, on which the app listens; it stays as it is."
            );
            notes.push(warning(instruction, text));
        }
    }
}

/// The comments above an instruction that leaves, as the end of a note; empty where there are none.
pub(super) fn comments_of(built: &Built<'_>, instruction: &Instruction) -> String {
    let spans = comment_spans(&built.subject, built.build, instruction);
    if spans.is_empty() {
        return String::new();
    }
    let texts: Vec<&str> = spans.iter().map(|span| span.of(built.source()).trim_end()).collect();
    format!(" Its comment: {}", texts.join(" "))
}

/// The comments that belong to an instruction: those directly above it; behind the build, where everything
/// leaves, all since the instruction before.
pub(super) fn comment_spans(
    subject: &Subject<'_>,
    build: InstructionId,
    instruction: &Instruction,
) -> Vec<Span> {
    let tree = subject.tree();
    let end = subject.instruction(build).map_or(0, |build| build.span.end);
    if instruction.span.start < end {
        return tree.comments_above(instruction).iter().map(|comment| comment.span).collect();
    }
    let before = tree.items().iter().take_while(|item| item.span().start < instruction.span.start);
    let mut spans: Vec<Span> = Vec::new();
    for item in before {
        match item {
            Item::Comment(comment) => spans.push(comment.span),
            _ => spans.clear(),
        }
    }
    spans
}

/// Words in exec form.
pub(super) fn exec(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| serde_json::Value::from(*word).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}
