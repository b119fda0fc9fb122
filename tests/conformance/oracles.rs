//! Two other parsers as oracles: on every file of the corpus that one of them takes, it and our tree say
//! the same, or the difference is of a kind that is listed, with who is right by BuildKit.
//!
//! Each oracle has a file that puts both its answer and our tree into one shape: what the oracle's model
//! can say of an instruction. What that model leaves out by design (values it doesn't split, flags that it
//! takes for text) is left out on both sides there, and said there.

mod dockerfile_parser;
mod parse_dockerfile;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use plimsoll::syntax::{Tree, parse};

use crate::shared::{self, CorpusFile};

/// What one side says of one instruction.
pub struct Statement {
    /// In upper case.
    pub keyword: String,
    /// The byte where the keyword starts.
    pub at: usize,
    pub parts: Vec<Part>,
}

/// One flag, value or text of an instruction.
#[derive(Clone, Debug)]
pub struct Part {
    pub name: &'static str,
    /// The byte where it starts; None where one side doesn't say.
    pub at: Option<usize>,
    pub text: String,
}

impl Part {
    pub fn new(name: &'static str, at: usize, text: impl Into<String>) -> Part {
        Part { name, at: Some(at), text: text.into() }
    }

    /// A part whose place isn't said.
    pub fn placeless(name: &'static str, text: impl Into<String>) -> Part {
        Part { name, at: None, text: text.into() }
    }

    fn agrees(&self, other: &Part) -> bool {
        let places = self.at.zip(other.at);
        self.name == other.name && self.text == other.text && places.is_none_or(|(a, b)| a == b)
    }
}

/// An instruction of which the two sides say different things. A side that has no instruction at that
/// place has no keyword and no parts.
pub struct Disagreement<'a> {
    pub keyword: &'a str,
    /// The instruction's lines as our tree has them, or the line where the oracle alone sees one.
    pub written: &'a str,
    /// The nearest line above it that is neither blank nor a comment; empty where there is none.
    pub above: &'a str,
    pub escape: char,
    pub theirs: Option<&'a Statement>,
    pub ours: Option<&'a Statement>,
}

impl Disagreement<'_> {
    /// The parts that differ, theirs and ours; none where one side has more of them than the other.
    pub fn differing(&self) -> Vec<(&Part, &Part)> {
        let (Some(theirs), Some(ours)) = (self.theirs, self.ours) else { return Vec::new() };
        if theirs.parts.len() != ours.parts.len() {
            return Vec::new();
        }
        theirs.parts.iter().zip(&ours.parts).filter(|(a, b)| !a.agrees(b)).collect()
    }

    /// Both sides; None where one has no such instruction.
    pub fn both(&self) -> Option<(&Statement, &Statement)> {
        self.theirs.zip(self.ours)
    }

    /// Whether parts differ, and each pair of them as `explains` says.
    pub fn all_differ(&self, explains: impl Fn(&Part, &Part) -> bool) -> bool {
        let differing = self.differing();
        !differing.is_empty() && differing.iter().all(|(theirs, ours)| explains(theirs, ours))
    }
}

/// A kind of disagreement that is understood.
pub struct Kind {
    pub name: &'static str,
    /// What each side does, and what BuildKit does.
    pub why: &'static str,
    pub holds: fn(&Disagreement<'_>) -> bool,
}

pub struct Oracle {
    name: &'static str,
    /// What it makes of a file; None where it refuses it.
    read: fn(&str) -> Option<Vec<Statement>>,
    /// Our tree, saying what the oracle's model can say.
    ours: fn(&Tree) -> Vec<Statement>,
    kinds: &'static [Kind],
}

#[test]
fn dockerfile_parser_agrees_or_the_difference_is_explained() {
    agree(&dockerfile_parser::ORACLE);
}

#[test]
fn parse_dockerfile_agrees_or_the_difference_is_explained() {
    agree(&parse_dockerfile::ORACLE);
}

/// In every kind BuildKit does what our tree says: a disagreement that our parser has to be blamed for has
/// no place in the lists, it is a bug.
fn agree(oracle: &Oracle) {
    let Some(corpus) = shared::corpus() else { return };
    let mut tally = Tally::default();
    for file in &corpus {
        tally.file(oracle, file);
    }
    let Tally {
        taken,
        refused,
        wrongly_refused,
        wrongly_taken,
        panicked,
        instructions,
        parts,
        kinds,
        unexplained,
    } = tally;
    println!(
        "{}: takes {taken} of {} files, {wrongly_taken} of them though BuildKit refuses them; refuses {refused}, \
         {wrongly_refused} of them though BuildKit takes them: one file in {:.1}; panics on {panicked}",
        oracle.name,
        corpus.len(),
        corpus.len() as f64 / wrongly_refused.max(1) as f64,
    );
    println!("{instructions} instructions with {parts} parts compared; instructions that differ, by kind:");
    for kind in oracle.kinds {
        println!("  {:5}  {}: {}", kinds.get(kind.name).unwrap_or(&0), kind.name, kind.why);
    }
    assert!(
        unexplained.is_empty(),
        "{} disagreements are unexplained:\n{}",
        unexplained.len(),
        unexplained.join("\n")
    );
    let idle: Vec<&str> =
        oracle.kinds.iter().map(|kind| kind.name).filter(|name| !kinds.contains_key(name)).collect();
    assert!(idle.is_empty(), "kinds that explain nothing: {idle:?}");
}

#[derive(Default)]
struct Tally {
    taken: usize,
    refused: usize,
    /// Refused by the oracle though BuildKit takes it.
    wrongly_refused: usize,
    /// Taken by the oracle though BuildKit refuses it.
    wrongly_taken: usize,
    panicked: usize,
    instructions: usize,
    parts: usize,
    /// How many instructions each kind explains; where several do, the first.
    kinds: BTreeMap<&'static str, usize>,
    unexplained: Vec<String>,
}

impl Tally {
    fn file(&mut self, oracle: &Oracle, file: &CorpusFile) {
        let answer = catch_unwind(AssertUnwindSafe(|| (oracle.read)(&file.text)));
        self.panicked += usize::from(answer.is_err());
        let Some(theirs) = answer.ok().flatten() else {
            self.refused += 1;
            self.wrongly_refused += usize::from(!file.refused);
            return;
        };
        self.taken += 1;
        self.wrongly_taken += usize::from(file.refused);
        let (tree, _) = parse(file.text.as_str());
        let ours = (oracle.ours)(&tree);
        for (theirs, ours) in pair_up(&theirs, &ours) {
            self.instructions += 1;
            self.parts += ours.map_or(0, |ours| ours.parts.len());
            if let (Some(theirs), Some(ours)) = (theirs, ours)
                && theirs.keyword == ours.keyword
                && theirs.parts.len() == ours.parts.len()
                && theirs.parts.iter().zip(&ours.parts).all(|(a, b)| a.agrees(b))
            {
                continue;
            }
            self.disagreement(oracle, file, &tree, theirs, ours);
        }
    }

    fn disagreement(
        &mut self,
        oracle: &Oracle,
        file: &CorpusFile,
        tree: &Tree,
        theirs: Option<&Statement>,
        ours: Option<&Statement>,
    ) {
        let Some(seen) = ours.or(theirs) else { return };
        let written = match tree.instruction_at(seen.at as u32) {
            Some(instruction) => instruction.full_span.of(&file.text),
            None => file.text[seen.at..].lines().next().unwrap_or_default(),
        };
        let start = tree.instruction_at(seen.at as u32).map_or(seen.at, |known| known.span.start as usize);
        let matters = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        let above = file.text[..start].lines().rev().find(matters).unwrap_or_default();
        let escape = tree.escape();
        let found = Disagreement { keyword: &seen.keyword, written, above, escape, theirs, ours };
        match oracle.kinds.iter().find(|kind| (kind.holds)(&found)) {
            Some(kind) => *self.kinds.entry(kind.name).or_default() += 1,
            None => self.unexplained.push(describe(&file.sha, &found)),
        }
    }
}

fn describe(sha: &str, found: &Disagreement<'_>) -> String {
    let mut text = format!("{sha}: {:?}\n", found.written);
    let differing = found.differing();
    if differing.is_empty() {
        for (side, statement) in [("theirs", found.theirs), ("ours", found.ours)] {
            match statement {
                None => text.push_str(&format!("  {side}: nothing\n")),
                Some(said) => text.push_str(&format!("  {side}: {} {:?}\n", said.keyword, said.parts)),
            }
        }
    }
    for (theirs, ours) in differing {
        text.push_str(&format!("  theirs {theirs:?}\n  ours   {ours:?}\n"));
    }
    text
}

/// The statements of both sides that start at the same byte, and those that only one side has.
fn pair_up<'a>(
    theirs: &'a [Statement],
    ours: &'a [Statement],
) -> Vec<(Option<&'a Statement>, Option<&'a Statement>)> {
    let mut by_place: BTreeMap<usize, (Option<&Statement>, Option<&Statement>)> = BTreeMap::new();
    for statement in theirs {
        by_place.entry(statement.at).or_default().0 = Some(statement);
    }
    for statement in ours {
        by_place.entry(statement.at).or_default().1 = Some(statement);
    }
    by_place.into_values().collect()
}

/// Whether the last line ends in the escape character twice.
pub fn ends_escaped(lines: &str, escape: char) -> bool {
    lines.trim_end().ends_with(&format!("{escape}{escape}"))
}

/// The logical text of `raw`, which may run over several lines: an escape character at the end of a line
/// goes with the line break, and blank lines and comment lines behind one go altogether. Written apart from
/// the parser under test, after BuildKit's `parser.go`.
pub fn join(raw: &str, escape: char) -> String {
    let mut joined = String::new();
    let mut continued = false;
    for line in raw.split('\n') {
        let line = line.trim_end_matches('\r');
        let start = line.trim_start();
        if continued && (start.is_empty() || start.starts_with('#')) {
            continue;
        }
        let kept = line.trim_end_matches([' ', '\t']);
        match kept.strip_suffix(escape).filter(|before| !before.ends_with(escape)) {
            Some(before) => {
                joined.push_str(before);
                continued = true;
            }
            None => {
                joined.push_str(line);
                continued = false;
            }
        }
    }
    joined
}

#[test]
fn continued_lines_are_joined_without_comments_and_blank_lines() {
    assert_eq!(join("a \\ \n  # why\n\n  b \\\r\n c\\\\", '\\'), "a   b  c\\\\");
    assert_eq!(join("a `\nb\\", '`'), "a b\\");
}
