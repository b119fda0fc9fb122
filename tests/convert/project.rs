//! A project in memory, its conversion, and what must hold of every conversion.

use plimsoll::actions;
use plimsoll::context::{Memory, Request, View};
use plimsoll::convert::{self, Conversion, Outcome, Reason};
use plimsoll::features::Snapshot;
use plimsoll::layers::{Plan, Subject};
use plimsoll::model::Model;
use plimsoll::rules::Diagnostic;
use plimsoll::settings::{Profile, Settings};
use plimsoll::syntax::{Item, Keyword, Tree, parse};
use plimsoll::text::{FileChange, FileId, LineTable, apply};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where projects lie in memory.
const ROOT: &str = "/project";

/// A Dockerfile and its build context.
pub struct Project {
    pub dockerfile: String,
    /// By path, with `/`; the Dockerfile is one of them.
    pub files: BTreeMap<String, String>,
    pub answers: Vec<(String, String)>,
}

impl Project {
    /// The project of a case.
    pub fn load(case: &Path) -> Self {
        let mut all: BTreeMap<String, String> = files(case).into_iter().collect();
        all.retain(|path, _| !path.starts_with("expected"));
        let answers = all.remove("answers").unwrap_or_default();
        let answers = answers.lines().filter_map(|line| line.split_once('='));
        let answers = answers.map(|(key, value)| (key.to_string(), value.to_string())).collect();
        Self { dockerfile: "Dockerfile".into(), files: all, answers }
    }

    pub fn text(&self) -> &str {
        &self.files[&self.dockerfile]
    }

    pub fn view(&self) -> View {
        let mut memory = Memory::new();
        for (path, text) in &self.files {
            memory.insert(&format!("{ROOT}/{path}"), text);
        }
        let request = Request::new(Some(PathBuf::from(ROOT).join(&self.dockerfile)), Some(ROOT.into()));
        View::gather(&memory, &request).unwrap()
    }

    /// The titles of the conversions that an editor would show, with why one can't be taken.
    pub fn actions(&self) -> Vec<String> {
        let snapshot = Snapshot::new(self.text(), Some(Arc::new(self.view())), Arc::default());
        let span = plimsoll::text::Span::new(0, 0);
        let request = actions::Request { subject: snapshot.subject(), diagnostics: &[], span };
        let offers = actions::list(&request, &["refactor".to_owned()]);
        let titled = offers.iter().map(|offer| match &offer.disabled {
            Some(why) => {
                assert!(actions::resolve(&request, &offer.id).is_err(), "{}", offer.title);
                format!("{} (disabled: {why})", offer.title)
            }
            None => {
                let edit = actions::resolve(&request, &offer.id).unwrap();
                assert!(!edit.files.is_empty(), "{}", offer.title);
                offer.title.clone()
            }
        });
        titled.collect()
    }

    pub fn convert(&self) -> Option<Outcome> {
        convert_text(self.text(), Some(&self.view()), &self.answers)
    }
}

pub fn convert_text(text: &str, view: Option<&View>, answers: &[(String, String)]) -> Option<Outcome> {
    let (tree, _) = parse(Arc::from(text));
    let model = Model::new(Arc::new(tree));
    let plan = Plan::new(&model, None);
    let proposal = convert::convert(&Subject { model: &model, plan: &plan, context: view }, answers);
    proposal.map(|proposal| proposal.outcome)
}

/// Every file below a folder with its text, by path.
pub fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.push((name, text));
            }
        }
    }
    found
}

/// The files as they are after a conversion.
pub struct Converted {
    pub files: BTreeMap<String, String>,
    pub notes: String,
}

impl Converted {
    pub fn of(project: &Project, conversion: &Conversion) -> Self {
        let mut files = BTreeMap::new();
        for file in &conversion.edit.files {
            let path = match &file.file {
                FileId::Document => project.dockerfile.clone(),
                FileId::Path(path) => relative(path),
            };
            let text = match &file.change {
                FileChange::Create { text } => {
                    assert!(!project.files.contains_key(&path), "{path} is there already");
                    text.clone()
                }
                FileChange::Modify { base, edits, .. } => {
                    assert_eq!(&**base, project.files[&path], "{path}: the edit was made for another text");
                    apply(base, edits).unwrap()
                }
            };
            assert!(file.label.is_some(), "{path} has no label");
            files.insert(path, text);
        }
        let mut notes = String::new();
        for note in &conversion.notes {
            let kind = if note.warning { "warning" } else { "note" };
            let path = note.path.as_deref().map_or_else(|| project.dockerfile.clone(), relative);
            let place = place(project, &path, note.span.map(|span| span.start));
            let _ = writeln!(notes, "{kind} {place}: {}", note.message);
        }
        Self { files, notes }
    }
}

fn relative(path: &Path) -> String {
    path.strip_prefix(ROOT).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn place(project: &Project, path: &str, offset: Option<u32>) -> String {
    match (project.files.get(path), offset) {
        (Some(text), Some(offset)) => format!("{path}:{}", LineTable::physical(text).line(offset) + 1),
        _ => path.to_owned(),
    }
}

/// `code file:line` and the sentence.
pub fn reason_line(project: &Project, reason: &Reason) -> String {
    let path = reason.path.as_deref().map_or_else(|| project.dockerfile.clone(), relative);
    format!(
        "{} {}\n{}",
        reason.code,
        place(project, &path, reason.span.map(|span| span.start)),
        reason.message
    )
}

/// What must hold of every conversion; the sentences say what doesn't.
pub fn invariants(project: &Project, conversion: &Conversion) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |text: String| faults.push(text);
    let before = project.text();
    let Converted { files, notes } = Converted::of(project, conversion);
    let after = &files[&project.dockerfile];

    let (tree, errors) = parse(Arc::from(after.as_str()));
    for error in &errors {
        fault(format!("the result doesn't parse: {error}"));
    }
    let (old, _) = parse(Arc::from(before));
    // Migrations of a database may have a stage of their own.
    if !matches!(tree.instructions().filter(|i| i.keyword == Keyword::From).count(), 2 | 3) {
        fault("the result hasn't two or three stages".into());
    }
    let known = buildkit_findings(before);
    for finding in buildkit_findings(after).difference(&known) {
        fault(format!("BuildKit's check finds what it didn't before: {finding}"));
    }

    let mut again =
        Project { files: project.files.clone(), dockerfile: project.dockerfile.clone(), answers: vec![] };
    again.files.extend(files.clone());
    match again.convert() {
        Some(Outcome::Refused(reason)) if reason.code == "already-multi-stage" => {}
        other => fault(format!("converting twice isn't refused: {other:?}")),
    }

    // The build stage is a part of the old text: each of its lines is an old one, in the old order.
    let mut rest = before.split_inclusive('\n');
    for line in stages(&tree, after).0.split_inclusive('\n') {
        // A last line may lack its line break in the old file.
        let same = |old: &str| old == line || old == line.trim_end_matches(['\r', '\n']);
        let named = |old: &str| {
            let add = [" AS builder", " as builder"].iter().any(|add| line.replacen(add, "", 1) == old);
            add && old.trim_start_matches('\u{feff}').trim_start().to_lowercase().starts_with("from")
        };
        let blank_at_end = line.trim().is_empty();
        let switch = line.trim_end().eq_ignore_ascii_case("ENV NEXT_PRIVATE_STANDALONE=true");
        if !blank_at_end && !switch && !rest.by_ref().any(|old| same(old) || named(old)) {
            fault(format!("a line of the build stage isn't one of the old file: {line:?}"));
        }
    }
    nothing_is_lost(&old, &tree, after, &notes, &mut fault);

    let crlf = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
    let (old_crlf, old_lf) = crlf(before);
    let (new_crlf, new_lf) = crlf(after);
    if old_crlf == old_lf && old_lf > 0 && new_crlf != new_lf || old_crlf == 0 && new_crlf != 0 {
        fault("the line endings are mixed".into());
    }
    if after.contains("\n\n\n") && !before.contains("\n\n\n") {
        fault("blank lines are doubled".into());
    }
    faults
}

/// What BuildKit's own check says of a file, without the places.
fn buildkit_findings(text: &str) -> BTreeSet<String> {
    let settings = Settings { profile: Profile::Buildkit, ..Settings::default() };
    let snapshot = Snapshot::new(text, None, Arc::new(settings));
    let told = |found: &Diagnostic| format!("{}: {}", found.rule, found.message());
    snapshot.diagnostics().iter().map(told).collect()
}

/// The first stage of a result, and the others.
fn stages<'a>(tree: &Tree, text: &'a str) -> (&'a str, &'a str) {
    let second = tree.instructions().filter(|i| i.keyword == Keyword::From).nth(1);
    text.split_at(second.map_or(text.len(), |from| from.span.start as usize))
}

/// Every instruction and every comment stands in the result or in a note.
fn nothing_is_lost(old: &Tree, new: &Tree, after: &str, notes: &str, fault: &mut impl FnMut(String)) {
    let source = &**old.source();
    let kept: Vec<String> = new.instructions().map(|i| words(i.span.of(after))).collect();
    for item in old.items() {
        match item {
            Item::Instruction(instruction) => {
                let text = words(instruction.span.of(source));
                let first: String =
                    source[instruction.span.range()].lines().next().unwrap_or("").chars().take(50).collect();
                let first = first.trim_end().trim_end_matches(['\\', '`']).trim_end();
                let is_from = instruction.keyword == Keyword::From;
                let stays = kept.iter().any(|kept| *kept == text || is_from && kept.starts_with(&text));
                // An old form of ENV is written anew when it moves; localhost is another word in a check.
                let env = instruction.pairs().count() > 0
                    && instruction.pairs().all(|(name, _)| {
                        kept.iter().any(|kept| {
                            kept.to_lowercase().starts_with("env") && kept.contains(&words(&name.text))
                        }) || notes.contains(&*name.text)
                    });
                let check = instruction.keyword == Keyword::Healthcheck
                    && kept.contains(&text.replace("localhost", "127.0.0.1"));
                if !(stays || env || check || notes.contains(first)) {
                    fault(format!("lost: {text}"));
                }
                for comment in &instruction.comments {
                    if !(after.contains(comment.of(source).trim())
                        || notes.contains(comment.of(source).trim()))
                    {
                        fault(format!("lost: {}", comment.of(source)));
                    }
                }
            }
            Item::Comment(comment) => {
                let text = comment.span.of(source).trim();
                if !after.contains(text) && !notes.contains(text) {
                    fault(format!("lost: {text}"));
                }
            }
            Item::Directive(_) => {}
        }
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
