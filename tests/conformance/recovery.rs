//! A broken line costs what it stands in and nothing else: over the corpus, one line at a time is deleted,
//! cut off, misspelled or robbed of a quote, and every instruction that doesn't touch it stays as it was.

use crate::shared;
use plimsoll::syntax::{Instruction, Tree, parse};
use plimsoll::text::{Edit, Span, apply};

/// How many lines are broken in each file, unless `PLIMSOLL_MUTATIONS` says otherwise; the lines that open
/// or end a heredoc are broken besides, each in every way.
const MUTATIONS: usize = 2;
/// The share of the untouched instructions that must stay.
const SHARE: f64 = 0.999;

/// An instruction *touches* the broken line if
///
/// 1. one of its lines is the broken one: any line from its keyword to its last continuation, comments and
///    blank lines between them and the lines of its heredocs included; or
/// 2. it has become the continuation of what 1. names, or of the broken line itself: every line from there to
///    the instruction ends in the escape character, or is blank or a comment below such a line. BuildKit
///    joins them too. The test finds this out from the lines, not from our tree; or
/// 3. it has come to lie in the body of a heredoc that a line below it ends: BuildKit takes it for that
///    body. Where no line ends the heredoc BuildKit refuses the file, and the instruction counts as untouched.
///
/// Every other instruction has to be there still, at its place moved by what the line lost, with the same
/// keyword, flags, form, values, heredocs, comments and spans. Of a mutation that changes the file's escape
/// character nothing is asked, since every line then means something else; the test counts them.
#[test]
fn a_broken_line_costs_the_instructions_that_touch_it_only() {
    let Some(corpus) = shared::corpus() else { return };
    let rounds = std::env::var("PLIMSOLL_MUTATIONS").ok().and_then(|rounds| rounds.parse().ok());
    let rounds = rounds.unwrap_or(MUTATIONS);
    let mut tallies = Breakage::ALL.map(Tally::new);
    let mut heredocs = Breakage::ALL.map(Tally::new);
    let mut manners = Breakage::ALL.map(Tally::new);
    for (number, file) in corpus.iter().enumerate() {
        let (tree, _) = parse(file.text.as_str());
        let lines = lines(&file.text);
        let mut dice = Dice::new(number as u64);
        for round in 0..rounds {
            let tally = &mut tallies[(number + round) % Breakage::ALL.len()];
            tally.break_one(&file.sha, &tree, &lines, &mut dice);
        }
        break_heredocs(&mut heredocs, &file.sha, &tree, &lines, &mut dice);
        if tree.instructions().any(|instruction| !instruction.heredocs.is_empty()) {
            for manner in [|keyword: &str| keyword.to_lowercase(), |keyword: &str| format!("  {keyword}")] {
                let text = rewritten(&tree, manner);
                let (tree, _) = parse(text.as_str());
                break_heredocs(&mut manners, &file.sha, &tree, &self::lines(&text), &mut dice);
            }
        }
    }
    let mut all = Tally::default();
    for (what, tallies) in [
        ("any line", tallies),
        ("the first and last lines of heredocs", heredocs),
        ("the same with keywords in small letters, and with keywords indented", manners),
    ] {
        println!("{what}:");
        for tally in tallies {
            tally.print();
            all.absorb(tally);
        }
    }
    println!("all:");
    all.print();
    assert!(
        all.share() >= SHARE,
        "{} of {} untouched instructions are lost or changed:\n{}",
        all.lost.len(),
        all.untouched,
        all.lost.join("\n")
    );
}

/// Breaks the lines that open or end a heredoc, each in every way.
fn break_heredocs(tallies: &mut [Tally], sha: &str, tree: &Tree, lines: &[Span], dice: &mut Dice) {
    for line in heredoc_lines(tree, lines) {
        for tally in &mut *tallies {
            tally.break_one(sha, tree, &[line], dice);
        }
    }
}

/// The file with all of its keywords written in another manner.
fn rewritten(tree: &Tree, manner: impl Fn(&str) -> String) -> String {
    let keywords = tree.instructions().map(|instruction| instruction.keyword_span);
    let edits: Vec<Edit> = keywords.map(|span| Edit::replace(span, manner(span.of(tree.source())))).collect();
    apply(tree.source(), &edits).expect("keywords don't overlap")
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Breakage {
    #[default]
    Any,
    Delete,
    Truncate,
    Misspell,
    Unquote,
}

/// A text with one broken line.
struct Broken {
    text: String,
    /// The line with its line break, before.
    before: Span,
    /// What is left of it; empty where it is deleted.
    after: Span,
}

impl Breakage {
    const ALL: [Breakage; 4] = [Breakage::Delete, Breakage::Truncate, Breakage::Misspell, Breakage::Unquote];

    /// Breaks one of `lines`; None where none of them can be broken in this way.
    fn of(self, text: &str, lines: &[Span], dice: &mut Dice) -> Option<Broken> {
        let fits = |line: &&Span| match self {
            Breakage::Unquote => line.of(text).contains(['"', '\'']),
            _ => !line.of(text).trim().is_empty(),
        };
        let lines: Vec<Span> = lines.iter().filter(fits).copied().collect();
        let before = *dice.pick(&lines)?;
        let line = before.of(text);
        let content = line.trim_end_matches(['\n', '\r']);
        let left = match self {
            Breakage::Delete | Breakage::Any => String::new(),
            Breakage::Truncate => {
                let ends: Vec<usize> = content.char_indices().map(|(at, _)| at).collect();
                let end = *dice.pick(&ends)?;
                format!("{}{}", &content[..end], &line[content.len()..])
            }
            Breakage::Misspell => {
                let letters: Vec<usize> =
                    content.char_indices().filter(|(_, c)| !c.is_whitespace()).map(|(at, _)| at).collect();
                let at = *dice.pick(&letters)?;
                let width = content[at..].chars().next().map_or(0, char::len_utf8);
                let (head, letter, tail) = (&line[..at], &line[at..at + width], &line[at + width..]);
                match dice.roll(3) {
                    0 => format!("{head}{tail}"),
                    1 => format!("{head}{letter}{letter}{tail}"),
                    _ => format!("{head}x{tail}"),
                }
            }
            Breakage::Unquote => {
                let quotes: Vec<usize> = content.match_indices(['"', '\'']).map(|(at, _)| at).collect();
                let at = *dice.pick(&quotes)?;
                format!("{}{}", &line[..at], &line[at + 1..])
            }
        };
        let (start, end) = (before.start as usize, before.end as usize);
        Some(Broken {
            text: format!("{}{left}{}", &text[..start], &text[end..]),
            before,
            after: Span::from(start..start + left.len()),
        })
    }
}

impl Broken {
    /// Where byte `at` of the sound text, which isn't in the broken line, stands now.
    fn moved(&self, at: u32) -> u32 {
        if at < self.before.end { at } else { at - self.before.end + self.after.end }
    }
}

/// What became of the instructions of the files that were broken in one way.
#[derive(Default)]
struct Tally {
    breakage: Breakage,
    mutations: usize,
    /// Mutations that change the escape character.
    other_escape: usize,
    touched: usize,
    /// Instructions that BuildKit joins to the broken line.
    joined: usize,
    /// Instructions that BuildKit takes for the body of a heredoc.
    swallowed: usize,
    untouched: usize,
    lost: Vec<String>,
}

impl Tally {
    fn new(breakage: Breakage) -> Tally {
        Tally { breakage, ..Tally::default() }
    }

    fn break_one(&mut self, sha: &str, sound: &Tree, lines: &[Span], dice: &mut Dice) {
        if let Some(broken) = self.breakage.of(sound.source(), lines, dice) {
            self.add(sha, sound, &broken);
        }
    }

    fn add(&mut self, sha: &str, sound: &Tree, broken: &Broken) {
        self.mutations += 1;
        let (tree, _) = parse(broken.text.as_str());
        if tree.escape() != sound.escape() {
            self.other_escape += 1;
            return;
        }
        let owner = sound.instructions().find(|instruction| overlap(instruction.full_span, broken.before));
        for instruction in sound.instructions() {
            if overlap(instruction.full_span, broken.before) {
                self.touched += 1;
                continue;
            }
            let start = broken.moved(instruction.full_span.start);
            if joins(owner, broken, start, tree.escape()) {
                self.joined += 1;
                continue;
            }
            if in_heredoc(&tree, start) {
                self.swallowed += 1;
                continue;
            }
            self.untouched += 1;
            let keyword = broken.moved(instruction.keyword_span.start);
            let now = tree.instruction_at(keyword);
            let stayed = now.is_some_and(|now| {
                now.keyword_span.start == keyword
                    && Shape::of(now, tree.source()) == Shape::of(instruction, sound.source())
            });
            if !stayed {
                self.lost.push(format!(
                    "{sha} {:?} {:?} -> {:?}: {:?}, now {:?}",
                    self.breakage,
                    broken.before.of(sound.source()),
                    broken.after.of(&broken.text),
                    instruction.span.of(sound.source()),
                    now.map(|now| now.span.of(&broken.text))
                ));
            }
        }
    }

    fn absorb(&mut self, other: Tally) {
        self.mutations += other.mutations;
        self.other_escape += other.other_escape;
        self.touched += other.touched;
        self.joined += other.joined;
        self.swallowed += other.swallowed;
        self.untouched += other.untouched;
        self.lost.extend(other.lost);
    }

    fn share(&self) -> f64 {
        1.0 - self.lost.len() as f64 / self.untouched.max(1) as f64
    }

    fn print(&self) {
        println!(
            "  {:9} {:6} lines, {} change the escape character; instructions: {} touched, {} joined, {} in a \
             heredoc, {} untouched, {} of them changed: {:.4} % stay",
            format!("{:?}:", self.breakage),
            self.mutations,
            self.other_escape,
            self.touched,
            self.joined,
            self.swallowed,
            self.untouched,
            self.lost.len(),
            100.0 * self.share()
        );
    }
}

/// The lines of `text` with their line breaks; a byte order mark belongs to none.
fn lines(text: &str) -> Vec<Span> {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lines = Vec::new();
    for line in text[at..].split_inclusive('\n') {
        lines.push(Span::from(at..at + line.len()));
        at += line.len();
    }
    lines
}

/// The lines that open or end a heredoc.
fn heredoc_lines(tree: &Tree, lines: &[Span]) -> Vec<Span> {
    let heredocs = tree.instructions().flat_map(|instruction| &instruction.heredocs);
    let ends = heredocs.flat_map(|heredoc| [Some(heredoc.opener), heredoc.end]).flatten();
    ends.filter_map(|end| lines.iter().find(|line| overlap(**line, end)).copied()).collect()
}

fn overlap(a: Span, b: Span) -> bool {
    a.start < b.end && b.start < a.end
}

/// Whether the line that starts at byte `start` of the broken text goes on the logical line that starts
/// where the broken instruction does, or in the broken line.
fn joins(owner: Option<&Instruction>, broken: &Broken, start: u32, escape: char) -> bool {
    let heads = [owner.map(|owner| owner.full_span.start), Some(broken.after.start)];
    heads.into_iter().flatten().filter(|&head| head < start).any(|head| {
        let between = Span::new(head, start).of(&broken.text);
        let mut open = false;
        between.lines().all(|line| {
            let comment = line.trim().is_empty() || line.trim_start().starts_with('#');
            let kept = line.trim_end_matches(['\r', ' ', '\t']);
            let continues = kept.strip_suffix(escape).is_some_and(|before| !before.ends_with(escape));
            open = if open && comment { true } else { continues && !comment };
            open
        })
    })
}

/// Whether byte `at` lies in the body of a heredoc that has its end. That heredocs end where BuildKit ends
/// them is what the parser's cases hold.
fn in_heredoc(tree: &Tree, at: u32) -> bool {
    let around = tree.instruction_at(at);
    let heredocs = around.map_or(&[][..], |around| &around.heredocs);
    heredocs
        .iter()
        .any(|heredoc| heredoc.end.is_some() && (heredoc.body.start..heredoc.body.end).contains(&at))
}

/// All that the tree says of an instruction, its places counted from the start of its first line.
#[derive(PartialEq)]
struct Shape {
    numbers: Vec<u32>,
    texts: Vec<String>,
}

impl Shape {
    fn of(instruction: &Instruction, source: &str) -> Shape {
        let mut shape = Shape { numbers: Vec::new(), texts: Vec::new() };
        shape.add(instruction, source, instruction.full_span.start);
        shape
    }

    fn add(&mut self, instruction: &Instruction, source: &str, base: u32) {
        self.texts.push(format!("{} {:?}", instruction.keyword, instruction.form));
        self.texts.push(instruction.logical.text(source).to_owned());
        self.numbers.push(instruction.last_line.saturating_sub(instruction.first_line));
        self.numbers.extend([instruction.rest.start, instruction.rest.end]);
        for span in [instruction.keyword_span, instruction.span, instruction.full_span] {
            self.span(span, base);
        }
        for flag in &instruction.flags {
            self.span(flag.span, base);
            self.span(flag.name_span, base);
            self.texts.push(flag.name.to_string());
            if let Some(value) = &flag.value {
                self.span(value.span, base);
                self.texts.push(value.text.to_string());
            }
        }
        for word in &instruction.args {
            self.span(word.span, base);
            self.texts.push(word.text.to_string());
        }
        for heredoc in &instruction.heredocs {
            self.texts.push(format!("{} {} {}", heredoc.name, heredoc.expand, heredoc.strip_tabs));
            self.numbers.push(heredoc.fd);
            for span in [Some(heredoc.opener), Some(heredoc.body), heredoc.end].into_iter().flatten() {
                self.span(span, base);
            }
        }
        for span in instruction.comments.iter().chain(&instruction.blank_lines) {
            self.span(*span, base);
        }
        if let Some(trigger) = &instruction.trigger {
            self.add(trigger, source, base);
        }
    }

    fn span(&mut self, span: Span, base: u32) {
        self.numbers.extend([span.start.wrapping_sub(base), span.end.wrapping_sub(base)]);
    }
}

/// Numbers that look random and are the same at every run: splitmix64.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(0x9e37_79b9_7f4a_7c15))
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.roll(of.len()))
    }
}

#[test]
fn what_goes_on_a_broken_line_is_found_from_the_lines_alone() {
    let (tree, _) = parse("RUN a \\\n  b\nRUN c\n");
    let run = tree.instructions().next();
    let broken = |text: &str, before, after| Broken {
        text: text.to_owned(),
        before: Span::from(before),
        after: Span::from(after),
    };
    // The last line is gone, so that the next instruction continues the one above it.
    assert!(joins(run, &broken("RUN a \\\nRUN c\n", 8..12, 8..8), 8, '\\'));
    assert!(!joins(run, &broken("RUN a \\\n  x\nRUN c\n", 8..12, 8..12), 12, '\\'));
    // The continuation is gone: its line stands alone and the next instruction does too.
    assert!(!joins(run, &broken("RUN a\n  b\nRUN c\n", 0..8, 0..6), 10, '\\'));
    // Comments and blank lines below a continuation don't end it, those below a whole line join nothing.
    assert!(joins(None, &broken("x \\\n# y\n\nRUN c\n", 0..4, 0..4), 9, '\\'));
    assert!(!joins(None, &broken("x\n# y \\\nRUN c\n", 0..4, 0..2), 8, '\\'));
}
