//! `plimsoll convert`: a single-stage Dockerfile as a multi-stage one, with the files that it needs.

use super::changes::{Changed, Changes};
use super::failure::{self, Failure, Outcome};
use super::input::{self, Builds, ContextChoice, Input};
use super::paths::Here;
use super::print::{self, BOLD, GREEN, YELLOW, tame};
use super::settings::{Chosen, Given};
use super::{diff, write};
use crate::context::{Disk, Source};
use crate::convert::{self, Conversion, Estimate, Note, Question, RECIPES, Reason, Recipe};
use crate::features::{self, Snapshot};
use crate::layers::{Basis, Size, bytes};
use crate::text::{LineTable, Span};
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// The exit code where nothing was converted: it was refused, or a question is open.
const NOT_CONVERTED: u8 = 3;

#[derive(clap::Args)]
#[command(
    after_help = "Exit codes: 0 converted · 3 refused, or a question is open · 2 usage or I/O error. The diff alone \
                        goes to standard output: `plimsoll convert Dockerfile | git apply` takes it."
)]
pub struct Args {
    /// The Dockerfile
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The folder that you build from (default: the nearest one from the file's upward that has a
    /// package.json or a .dockerignore, else the file's own)
    #[arg(long, value_name = "DIR")]
    context: Option<PathBuf>,

    /// What to convert to (default: what fits)
    #[arg(long, value_name = "RECIPE", value_parser = recipes())]
    recipe: Option<String>,

    /// Answer a question that the conversion asks (may be given several times)
    #[arg(long, value_name = "KEY=VALUE", value_parser = input::pair)]
    answer: Vec<(String, String)>,

    /// Print what would change as a unified diff; the default
    #[arg(long, conflicts_with_all = ["write", "format"])]
    diff: bool,

    /// Write the files: all of them, or none
    #[arg(long)]
    write: bool,

    /// Print everything for programs
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
}

/// The names of the recipes, for the parser of the arguments.
fn recipes() -> PossibleValuesParser {
    RECIPES.iter().map(|recipe| recipe.name).into()
}

/// A key that no conversion asks is a slip of the pen, which would go unseen.
fn known_answers(args: &Args) -> Result<(), Failure> {
    let asked = args.recipe.as_deref();
    let recipes = || RECIPES.iter().filter(|recipe| asked.is_none_or(|asked| asked == recipe.name));
    let mut keys: Vec<&str> = recipes().flat_map(|recipe| recipe.keys.iter().copied()).collect();
    let Some((key, _)) = args.answer.iter().find(|(key, _)| !keys.contains(&&**key)) else { return Ok(()) };
    keys.sort_unstable();
    keys.dedup();
    Err(Failure::Error(format!(
        "no conversion asks for `{key}`; the keys of --answer are {}",
        keys.join(", ")
    )))
}

/// Runs `plimsoll convert`.
pub fn convert(args: &Args) -> Outcome {
    known_answers(args)?;
    let here = Here::find()?;
    let choice = ContextChoice::new(&here, args.context.as_deref(), Some(here.folder().to_path_buf()))?;
    let input = input::read(&here, &args.file).map_err(Failure::Error)?;
    let chosen = Chosen::new(&here, Given::default())?;
    let settings = chosen.of(input.path.as_deref());
    chosen.warn();
    // Who names the context says what is built.
    let builds =
        args.context.is_none().then(|| Builds { wanted: None, within: Some(here.folder().to_path_buf()) });
    let choice = ContextChoice { builds, ..choice }.or_set(&settings);
    let view = choice.gather(&Disk, input.path.as_deref()).map(Arc::new);
    if let Some(builds) = view.as_ref().map(|view| &view.builds) {
        builds.notes.iter().for_each(|note| failure::note(note));
        if let Some(build) = builds.used() {
            failure::note(&format!("{} is converted as {} builds it", input.shown, build.title()));
        }
    }
    let snapshot = Snapshot::new(Arc::clone(&input.source), view, settings);
    let asked = args.recipe.as_deref().and_then(Recipe::named);
    let subject = snapshot.subject();
    let proposal = match asked {
        Some(recipe) => recipe.convert(&subject, &args.answer),
        None => convert::convert(&subject, &args.answer),
    };
    let recipe = proposal.as_ref().map(|proposal| proposal.recipe).or(asked).unwrap_or(&RECIPES[0]);
    let outcome = match proposal {
        Some(proposal) => proposal.outcome,
        None => convert::Outcome::Refused(convert::no_recipe(&subject, asked)),
    };
    let place = Places { here: &here, input: &input, recipe };
    match outcome {
        convert::Outcome::Converted(conversion) => {
            let sizes = convert::estimate(&snapshot.subject(), &conversion);
            converted(args, &place, &conversion, sizes)
        }
        convert::Outcome::Refused(reason) => {
            if args.format.is_some() {
                print::json(&place.answer("refused", |answer| answer["reason"] = place.reason(&reason)))?;
            } else {
                let at = place.shown(reason.path.as_deref(), reason.span);
                failure::note(&format!("not converted: {} ({at}, {})", reason.message, reason.code));
            }
            Ok(ExitCode::from(NOT_CONVERTED))
        }
        convert::Outcome::Question(questions) => {
            if args.format.is_some() {
                let asked: Vec<Value> = questions.iter().map(features::question).collect();
                print::json(&place.answer("question", |answer| answer["questions"] = json!(asked)))?;
            } else {
                questions.iter().for_each(ask);
            }
            Ok(ExitCode::from(NOT_CONVERTED))
        }
    }
}

fn converted(args: &Args, place: &Places<'_>, conversion: &Conversion, sizes: Estimate) -> Outcome {
    let show = |path: &Path| place.here.show(path);
    let dockerfile = place.input.path.clone().unwrap_or_default();
    let mut changes = Changes::default();
    changes.make(&conversion.edit, (&dockerfile, &place.input.source), &show).map_err(Failure::Error)?;
    // The Dockerfile first: it is what was asked for.
    let mut files: Vec<(&PathBuf, &Changed)> = changes.files().collect();
    files.sort_by_key(|(path, _)| (**path != dockerfile, (*path).clone()));
    if args.write {
        write::write_all(&changes, &show).map_err(Failure::Error)?;
    }
    if args.format.is_some() {
        let files: Vec<Value> = files
            .iter()
            .map(|(path, changed)| {
                let action = if changed.before.is_some() { "modify" } else { "create" };
                json!({"path": show(path), "action": action, "text": &*changed.after})
            })
            .collect();
        let notes: Vec<Value> = conversion.notes.iter().map(|note| place.note(note)).collect();
        print::json(&place.answer("converted", |answer| {
            answer["files"] = json!(files);
            answer["notes"] = json!(notes);
            answer["estimate"] = json!({"before": size(sizes.before), "after": size(sizes.after)});
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.write {
        let mut said = String::new();
        for (path, changed) in &files {
            let what = if changed.before.is_some() { "changed" } else { "created" };
            said.push_str(&format!("{GREEN}{what}{GREEN:#} {}\n", tame(&show(path))));
        }
        print::styled(&said)?;
    } else {
        let diffs: String = files
            .iter()
            .map(|(path, changed)| diff::unified(&show(path), changed.before.as_deref(), &changed.after))
            .collect();
        diff::print(&diffs)?;
    }
    let mut said = String::new();
    for note in &conversion.notes {
        let at = place.shown(note.path.as_deref(), note.span);
        said.push_str(&remark(note, &at));
    }
    said.push_str(&estimate(sizes));
    use std::io::Write;
    // Where standard error is gone, there is nobody to tell.
    let _ = anstream::stderr().write_all(said.as_bytes());
    Ok(ExitCode::SUCCESS)
}

/// A note of a conversion, in colour, with the place that it is about.
pub fn remark(note: &Note, at: &str) -> String {
    let (style, kind) = if note.warning { (YELLOW, "warning") } else { (BOLD, "note") };
    // A note of the Dockerfile as a whole needs no place.
    let text = match (&note.path, note.span) {
        (None, None) => tame(&note.message),
        _ => format!("{} ({})", tame(&note.message), tame(at)),
    };
    let indent = kind.len() + 2;
    let text = print::wrap(&text, print::width() - indent, &" ".repeat(indent));
    format!("{style}{kind}:{style:#} {text}\n")
}

/// What the image weighs before and after, as far as that is known, in colour.
pub fn estimate(Estimate { before, after }: Estimate) -> String {
    let basis = |size: Size| match size.basis {
        Basis::Measured => "measured",
        Basis::Lockfile => "by the lockfile",
        Basis::Table => "by a table",
    };
    let told = |size: Size| match size.low == size.high {
        true => format!("{} ({})", bytes(size.likely), basis(size)),
        false => {
            format!(
                "about {} ({} to {}, {})",
                bytes(size.likely),
                bytes(size.low),
                bytes(size.high),
                basis(size)
            )
        }
    };
    let sizes = match (before, after) {
        (Some(before), Some(after)) => format!("{}, now {}", told(before), told(after)),
        (Some(before), None) => format!("{}; what it will be isn't known before a build", told(before)),
        (None, Some(after)) => format!("{}; what it was isn't known", told(after)),
        (None, None) => {
            "not known before a build: the weights of the base image and of the installed packages \
                         aren't known here"
                .to_string()
        }
    };
    let sizes = print::wrap(&sizes, print::width() - 12, &" ".repeat(12));
    format!("{BOLD}image size:{BOLD:#} {sizes}\n")
}

fn size(size: Option<Size>) -> Value {
    let json = |size: Size| json!({"low": size.low, "likely": size.likely, "high": size.high, "basis": size.basis.as_str()});
    size.map_or(Value::Null, json)
}

fn ask(question: &Question) {
    let choices: Vec<String> = question
        .choices
        .iter()
        .map(|choice| {
            let likely = if question.default == Some(&*choice.value) { ", likely" } else { "" };
            format!("--answer {}={} ({}{likely})", question.key, choice.value, choice.title)
        })
        .collect();
    failure::note(&format!("not converted: {} Answer with {}", question.message, choices.join(", or ")));
}

/// Where reasons and notes stand.
struct Places<'a> {
    here: &'a Here,
    input: &'a Input,
    recipe: &'static Recipe,
}

impl Places<'_> {
    /// The contract's JSON with all its fields, filled by `fill`.
    fn answer(&self, outcome: &str, fill: impl FnOnce(&mut Value)) -> Value {
        let mut answer = json!({
            "version": 1,
            "outcome": outcome,
            "recipe": self.recipe.name,
            "reason": null,
            "questions": [],
            "files": [],
            "notes": [],
            "estimate": {"before": null, "after": null},
        });
        fill(&mut answer);
        answer
    }

    fn reason(&self, reason: &Reason) -> Value {
        json!({
            "code": reason.code,
            "message": reason.message,
            "path": self.path(reason.path.as_deref()),
            "line": self.line(reason.path.as_deref(), reason.span),
        })
    }

    fn note(&self, note: &Note) -> Value {
        json!({
            "severity": if note.warning { "warning" } else { "info" },
            "message": note.message,
            "path": self.path(note.path.as_deref()),
            "line": self.line(note.path.as_deref(), note.span),
        })
    }

    fn path(&self, path: Option<&Path>) -> String {
        path.map_or_else(|| self.input.shown.clone(), |path| self.here.show(path))
    }

    /// The 1-based line of a place, where there is one.
    fn line(&self, path: Option<&Path>, span: Option<Span>) -> Option<u32> {
        let text = match path {
            None => Arc::clone(&self.input.source),
            Some(path) => Disk.read(path).ok()?.text,
        };
        Some(LineTable::physical(&text).line(span?.start) + 1)
    }

    fn shown(&self, path: Option<&Path>, span: Option<Span>) -> String {
        match self.line(path, span) {
            Some(line) => format!("{}:{line}", self.path(path)),
            None => self.path(path),
        }
    }
}
