//! ENV and LABEL: several instructions as one, and one as several.

use super::ActionKind;
use super::refactoring::{Example, Offer, Place, Refactoring};
use crate::rules::Reach;
use crate::syntax::expand::references;
use crate::syntax::{Form, Instruction, InstructionId, Keyword};
use crate::text::{Edit, Span};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "pairs",
    kind: ActionKind::RefactorRewrite,
    offers,
    examples: &[
        Example::new(
            "FROM a\nENV A=1\nENV <|>B=2 C=\"3 4\"\nENV D=5\nRUN x\n",
            "Join these 3 ENV instructions",
            "FROM a\nENV A=1 \\\n    B=2 C=\"3 4\" \\\n    D=5\nRUN x\n",
        ),
        Example::new(
            "FROM a\r\nLABEL <|>a=1\r\n# 둘 😀\r\nLABEL b=2\r\n",
            "Join these 2 LABEL instructions",
            "FROM a\r\nLABEL a=1 \\\r\n    # 둘 😀\r\n    b=2\r\n",
        ),
        // What C uses must be set before.
        Example::new(
            "FROM a\nENV A=1\nENV <|>B=2\nENV C=$A\n",
            "Join these 2 ENV instructions",
            "FROM a\nENV A=1 \\\n    B=2\nENV C=$A\n",
        ),
        Example::new(
            "FROM a\nENV A=1<|> \\\n    # why\n    B=\"2 3\" \\\n    C=$X\nRUN x\n",
            "Split this ENV into 3",
            "FROM a\nENV A=1\n# why\nENV B=\"2 3\"\nENV C=$X\nRUN x\n",
        ),
        Example::new(
            "FROM a\n  label a= <|>b=2\n",
            "Split this LABEL into 2",
            "FROM a\n  label a=\n  label b=2\n",
        ),
        // In one ENV this is the A of before.
        Example::nothing("FROM a\nENV A=1\nRUN x\nENV A=2 <|>B=$A\n"),
        Example::nothing("FROM a\nENV <|>A=1\nENV B=${A:-2}\n"),
        Example::nothing("FROM a\nENV <|>A 1\nENV B=2\n"),
        Example::nothing("FROM a\nENV <|>A=1\nRUN x\nENV B=2\n"),
        // What is wrong stays for its writer to see.
        Example::nothing("FROM a\nLABEL <|>a=1 oops c=2\n"),
        Example::nothing("FROM a\nLABEL <|>a=1 # c=2\n"),
        // Its comment covers the first one alone.
        Example::nothing("FROM a\n# hadolint ignore=DL3048\nLABEL <|>a=1 b=2\n"),
        Example::nothing("FROM a\nLABEL <|>a=1\n# hadolint ignore=DL3048\nLABEL b=2\n"),
    ],
};

/// More are never joined at once, or made of one.
const MOST: usize = 100;

type Step<'a> = (InstructionId, &'a Instruction);

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let keyword = place.instruction.keyword;
    if !is_plain(place.instruction) || keyword != Keyword::Env && keyword != Keyword::Label {
        return Vec::new();
    }
    let group = group(place);
    let joined: Option<Vec<Edit>> = group.windows(2).map(|pair| join(place, pair[0].1, pair[1].1)).collect();
    let title = format!("Join these {} {keyword} instructions", group.len());
    let joined = joined.map(|edits| Offer::new(title, edits));
    let pairs = place.instruction.pairs().count();
    let split = split(place).filter(|_| place.is_within());
    let split = split.map(|edits| Offer::new(format!("Split this {keyword} into {pairs}"), edits));
    joined.into_iter().chain(split).filter(|offer| !offer.edits.is_empty()).collect()
}

fn is_plain(instruction: &Instruction) -> bool {
    instruction.form == Form::Pairs { legacy: false } && instruction.blank_lines.is_empty()
}

/// The instructions around the one at the caret, or in the selection, that can be one.
fn group<'a>(place: &Place<'a>) -> Vec<Step<'a>> {
    let steps: Vec<Step<'a>> = place.tree().numbered().collect();
    let Some(here) = steps.iter().position(|(id, _)| *id == place.id) else { return Vec::new() };
    if !place.is_within() {
        let end = steps.iter().rposition(|(_, step)| step.span.start < place.span.end).unwrap_or(here);
        let chosen = &steps[here..=end.max(here)];
        let tied = chosen.len() <= MOST
            && chosen.iter().enumerate().skip(1).all(|(at, _)| fits(place, &chosen[..at], &chosen[at..=at]));
        return if tied { chosen.to_vec() } else { Vec::new() };
    }
    let (mut first, mut last) = (here, here);
    while first > 0 && last - first < MOST && fits(place, &steps[first - 1..first], &steps[first..=last]) {
        first -= 1;
    }
    while last + 1 < steps.len()
        && last - first < MOST
        && fits(place, &steps[first..=last], &steps[last + 1..last + 2])
    {
        last += 1;
    }
    steps[first..=last].to_vec()
}

/// Whether the instructions `after` mean the same when they are one with those `before`.
fn fits(place: &Place<'_>, before: &[Step<'_>], after: &[Step<'_>]) -> bool {
    let all = || before.iter().chain(after);
    let keyword = place.instruction.keyword;
    let alike = all().all(|(_, step)| step.keyword == keyword && is_plain(step));
    let (Some((_, last)), Some((_, next))) = (before.last(), after.first()) else { return false };
    let independent = keyword == Keyword::Label
        || after
            .iter()
            .all(|(_, step)| before.iter().all(|(_, earlier)| !uses(place, step, &names(earlier))));
    alike && independent && join(place, last, next).is_some()
}

fn names(instruction: &Instruction) -> Vec<&str> {
    instruction.pairs().map(|(name, _)| &*name.text).collect()
}

/// Whether a value or a name uses one of `names`; where one of those holds a variable itself it isn't known.
fn uses(place: &Place<'_>, instruction: &Instruction, names: &[&str]) -> bool {
    let escape = place.tree().escape();
    let words = instruction.pairs().flat_map(|(name, value)| [&name.text, &value.text]);
    let used: Vec<&str> = words.flat_map(|word| references(word, escape)).map(|found| found.name).collect();
    let written = |name: &str| name.contains(['$', '"', '\'', escape]);
    !used.is_empty() && names.iter().any(|name| written(name) || used.contains(name))
}

/// The edit that makes one of two instructions.
fn join(place: &Place<'_>, first: &Instruction, second: &Instruction) -> Option<Edit> {
    let source = place.source();
    let start = second.args.first()?.span.start;
    let gap = Span::new(first.span.end, start);
    let between = Span::new(first.full_span.end.min(second.full_span.start), second.full_span.start);
    let comments = place.comments(gap)?;
    // Blank lines part what belongs together; comments behind a continued line stay there.
    let lines = between.of(source).lines().filter(|line| !line.trim().is_empty()).count();
    let blank = between.of(source).lines().count() > lines;
    let broken = first.full_span.end > second.full_span.start;
    if blank || broken || comments.len() != lines || !tail_is_blank(first, source) {
        return None;
    }
    let (newline, indent) = (place.newline(), format!("{}    ", place.indent()));
    let comments: String = comments.iter().map(|comment| format!("{indent}{comment}{newline}")).collect();
    Some(Edit::replace(gap, format!(" {}{newline}{comments}{indent}", place.tree().escape())))
}

/// Whether nothing but blanks stands behind the instruction on its lines.
fn tail_is_blank(instruction: &Instruction, source: &str) -> bool {
    Span::new(instruction.span.end, instruction.full_span.end).of(source).trim().is_empty()
}

/// The edits that make an instruction of each pair.
fn split(place: &Place<'_>) -> Option<Vec<Edit>> {
    let (instruction, source) = (place.instruction, place.source());
    let pairs: Vec<_> = instruction.pairs().take(MOST + 1).collect();
    if pairs.len() > MOST {
        return None;
    }
    // A later pair would see what an earlier one sets.
    let mut earlier: Vec<&str> = Vec::new();
    for (name, value) in &pairs {
        let escape = place.tree().escape();
        let uses: Vec<_> =
            [&name.text, &value.text].into_iter().flat_map(|it| references(it, escape)).collect();
        let written = |name: &&str| name.contains(['$', '"', '\'', escape]);
        let known = uses.iter().all(|found| !earlier.contains(&found.name)) && !earlier.iter().any(written);
        if instruction.keyword == Keyword::Env && !uses.is_empty() && !known {
            return None;
        }
        earlier.push(&name.text);
    }
    // A comment above would cover the first one alone.
    let silenced = place.is_silenced(Reach::Instruction, instruction.span.start);
    if pairs.len() < 2 || silenced || !tail_is_blank(instruction, source) {
        return None;
    }
    let (newline, indent) = (place.newline(), place.indent());
    let keyword = instruction.keyword_span.of(source);
    let edit = |pair: &[(&crate::syntax::Word, &crate::syntax::Word)]| {
        let gap = Span::new(pair[0].1.span.end, pair[1].0.span.start);
        let comments = place.comments(gap)?;
        let comments: String = comments.iter().map(|comment| format!("{indent}{comment}{newline}")).collect();
        Some(Edit::replace(gap, format!("{newline}{comments}{indent}{keyword} ")))
    };
    pairs.windows(2).map(edit).collect()
}
