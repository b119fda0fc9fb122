//! What a step weighs, of what that is made, and how much of the image it is.

use super::words::{self, code};
use crate::context::RootBasis;
use crate::context::builds::BuildUse;
use crate::layers::{Layer, Part, Size, Step, Subject, What, bytes, excludes};
use crate::model::UseKind;
use crate::syntax::instruction::{Copy, Origin, copy};
use crate::syntax::{Instruction, Keyword};
use crate::text::count;

/// The weight of a step with a layer that holds files.
pub(super) fn weight(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> Option<String> {
    if step.layer != Layer::Filesystem {
        return None;
    }
    match instruction.keyword {
        Keyword::Copy | Keyword::Add => Some(copied(subject, step, instruction)),
        Keyword::Run => reckoned(subject, step),
        Keyword::From if !subject.weight(step.id).parts.is_empty() => Some(base(subject, step)),
        _ => None,
    }
}

/// What the final image weighs, and the layers that make the most of it.
pub(super) fn image(subject: &Subject<'_>) -> String {
    let total = subject.image();
    let steps = subject.plan.steps().iter();
    let layers: Vec<&Step> = steps.filter(|step| step.in_image && step.layer == Layer::Filesystem).collect();
    let unknown: Vec<&Step> =
        layers.iter().copied().filter(|step| subject.weight(step.id).size.is_none()).collect();
    // As the total counts it: nothing of a layer that has a part of unknown weight.
    let least = |step: &Step| {
        subject
            .weight(step.id)
            .parts
            .iter()
            .try_fold(0, |sum: u64, part| Some(sum.saturating_add(part.size?.low)))
    };
    let mut heavy: Vec<(u64, String)> = layers
        .iter()
        .filter_map(|step| {
            let place = place(subject, step)?;
            Some(match subject.weight(step.id).size {
                Some(size) => (size.likely, format!("{} {place}", bytes(size.likely))),
                None => {
                    let least = least(step)?;
                    (least, format!("at least {} {place}", bytes(least)))
                }
            })
        })
        .filter(|(bytes, _)| *bytes > 0)
        .collect();
    heavy.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    let rest: u64 = heavy.iter().skip(3).map(|(bytes, _)| bytes).sum();
    let mut made: Vec<String> = heavy.into_iter().take(3).map(|(_, words)| words).collect();
    if rest > 0 {
        made.push(format!("{} in the rest", bytes(rest)));
    }
    let made = if made.is_empty() { String::new() } else { format!(": {}", words::and(&made)) };
    match total.size() {
        Some(size) => format!("**The final image** weighs {}{made}.", told(size)),
        None => {
            let lines: Vec<u32> = unknown
                .iter()
                .filter_map(|step| subject.instruction(step.id))
                .map(|instruction| instruction.first_line)
                .collect();
            let why = match lines.is_empty() {
                true => "its parts are not known closely enough".to_owned(),
                false if lines.len() == 1 => {
                    format!("what {} adds is not known closely", words::lines(&lines))
                }
                false => format!("what {} add is not known closely", words::lines(&lines)),
            };
            let known = if total.low > 0 {
                format!("weighs at least {}{made}", bytes(total.low))
            } else {
                "has a weight that is not known".to_owned()
            };
            format!("**The final image** {known}; {why}.")
        }
    }
}

/// `in the base image (line 1)`, `from RUN on line 4`
fn place(subject: &Subject<'_>, step: &Step) -> Option<String> {
    let instruction = subject.instruction(step.id)?;
    Some(match instruction.keyword {
        Keyword::From => format!("in the base image (line {})", instruction.first_line),
        keyword => format!("from {keyword} on line {}", instruction.first_line),
    })
}

/// `, 76 % of the final image`; the most that it can be where the image isn't known as a whole.
fn share(subject: &Subject<'_>, step: &Step) -> String {
    let Some(size) = subject.weight(step.id).size.filter(|size| step.in_image && size.likely > 0) else {
        return String::new();
    };
    let total = subject.image();
    let whole = total.likely.unwrap_or(total.low).max(1);
    let percent = (u128::from(size.likely) * 100 + u128::from(whole) / 2) / u128::from(whole);
    match (percent, total.likely) {
        (0, _) => ", less than 1 % of the final image".to_owned(),
        (percent, Some(_)) => format!(", {percent} % of the final image"),
        (percent, None) if percent < 100 => format!(", at most {percent} % of the final image"),
        (_, None) => ", of a final image whose weight is not known as a whole".to_owned(),
    }
}

/// The weight of a base image, and where the number is from.
fn base(subject: &Subject<'_>, step: &Step) -> String {
    match subject.weight(step.id).size {
        Some(size) => format!("**Weight:** {}{}, uncompressed.", told(size), share(subject, step)),
        None => "**Weight:** not known: no table has the size of this image.".to_owned(),
    }
}

/// The weight of a step that is more than copied files, with what it is made of.
fn reckoned(subject: &Subject<'_>, step: &Step) -> Option<String> {
    let (known, unknown): (Vec<&Part>, Vec<&Part>) =
        subject.weight(step.id).parts.iter().partition(|part| part.size.is_some());
    let mut known: Vec<(Size, &Part)> = known.iter().filter_map(|part| Some((part.size?, *part))).collect();
    let Some(whole) = known.iter().map(|(size, _)| *size).reduce(Size::plus) else {
        let why = unknown.iter().map(|part| part.what.words()).collect::<Vec<_>>();
        return (!why.is_empty()).then(|| format!("**Weight:** not known: {}.", why.join("; ")));
    };
    known.retain(|(size, _)| size.high > 0);
    known.sort_by_key(|(size, _)| std::cmp::Reverse(size.likely));
    let of = share(subject, step);
    let head = match (subject.weight(step.id).size, unknown.is_empty()) {
        (Some(size), _) if size.high == 0 => format!("{} as far as its commands tell", bytes(0)),
        (Some(size), _) => format!("{}{of}", told(size)),
        (None, true) => {
            format!("not known closely, between {} and {}", bytes(whole.low), bytes(whole.high))
        }
        (None, false) if whole.high == 0 => {
            let why: Vec<String> = unknown.iter().map(|part| part.what.words()).collect();
            return Some(format!("**Weight:** not known: {}.", why.join("; ")));
        }
        (None, false) => format!("at least {}, not known as a whole", bytes(whole.low)),
    };
    let mut text = format!("**Weight:** {head}");
    match (&known[..], &unknown[..]) {
        ([], []) => text.push('.'),
        ([(_, part)], []) => text.push_str(&format!(": {}.", part.what.words())),
        _ => {
            text.push(':');
            for (size, part) in &known {
                text.push_str(&format!("\n  - {}: {}", amount(*size), part.what.words()));
            }
            for part in &unknown {
                text.push_str(&format!("\n  - not known: {}", part.what.words()));
            }
        }
    }
    Some(text)
}

/// A part's size in few words: its range only where that is wide.
fn amount(size: Size) -> String {
    match size.is_told() {
        true => bytes(size.likely),
        false => format!("{} to {}", bytes(size.low), bytes(size.high)),
    }
}

/// A size with its range, where it has one.
fn told(size: Size) -> String {
    let (low, high) = (bytes(size.low), bytes(size.high));
    match (size.low == size.high, low == high) {
        (true, _) => bytes(size.likely),
        (_, true) => format!("≈ {}", bytes(size.likely)),
        _ => format!("≈ {} ({low} to {high})", bytes(size.likely)),
    }
}

fn copied(subject: &Subject<'_>, step: &Step, instruction: &Instruction) -> String {
    let unknown = |why: &str| format!("**Weight:** not known: {why}.");
    let Some(copy) = copy(instruction) else { return unknown("nothing is copied") };
    if let Origin::From(name) = copy.origin {
        let stage = subject.model.stages().get(step.stage);
        let uses = stage.map_or(&[][..], |stage| &stage.uses[..]);
        return match uses.iter().find(|usage| usage.by == step.id && usage.kind == UseKind::Copy) {
            Some(_) if subject.weight(step.id).size.is_some() => reckoned(subject, step).unwrap_or_default(),
            Some(usage) => unknown(&untold(subject, usage.stage)),
            None if let Some(build) = of_build(subject, &name.text) => {
                unknown(&format!("{} is a context that {} gives", code(&name.text), build.title()))
            }
            None => unknown(&format!("it comes from the image {}, which no table lists", code(&name.text))),
        };
    }
    if let (Some(size), true) = (subject.weight(step.id).size, copy.sources.is_empty()) {
        return format!("**Weight:** {}, the text of its heredoc.", bytes(size.likely));
    }
    match subject.weight(step.id).parts.first().map(|part| &part.what) {
        // The weigher's own words: what isn't of the context at all.
        Some(What::Elsewhere { from }) if !from.starts_with("the build context") => {
            unknown(&format!("it comes from {from}"))
        }
        _ => from_context(subject, step, instruction, &copy),
    }
}

/// The build that gives a context of this name.
fn of_build<'a>(subject: &Subject<'a>, name: &str) -> Option<&'a BuildUse> {
    subject.context?.builds.used().filter(|build| build.gives_context(name))
}

/// What a COPY takes of the build context, and what of it `.dockerignore` keeps out.
fn from_context(subject: &Subject<'_>, step: &Step, instruction: &Instruction, copy: &Copy<'_>) -> String {
    let unknown = |why: &str| format!("**Weight:** not known: {why}.");
    let Some(context) = subject.context else {
        return unknown("the build context has not been looked at");
    };
    if context.root_basis == RootBasis::Outside {
        return unknown("the build context lies outside of the workspace, where nothing is looked at");
    }
    if context.truncated {
        return unknown("the build context holds too many files to look at all of them");
    }
    let sources: Option<Vec<String>> =
        copy.sources.iter().map(|source| subject.model.expanded(step.id, &source.text)).collect();
    let Some(sources) = sources else { return unknown("a path hangs on a variable without a value") };
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    let copied = excludes(instruction).and_then(|excludes| context.copied(&sources, &excludes));
    let Some(files) = copied.map(|copied| copied.files as usize) else {
        return unknown("what its `--exclude` leaves out is not certain here");
    };
    let Some(size) = subject.weight(step.id).size else {
        return match files {
            0 => "**Weight:** nothing in the build context matches what it copies.".to_owned(),
            _ => unknown("not all of it lies in the build context"),
        };
    };
    let mut text = format!(
        "**Weight:** {} in {}, measured on disk{}.",
        bytes(size.likely),
        count(files, "file"),
        share(subject, step)
    );
    let whole = sources.iter().any(|source| matches!(*source, "." | "./" | "/"));
    if whole && context.ignore().is_none() {
        text.push_str(" There is no `.dockerignore`, so everything in the folder is taken.");
    } else if whole && context.ignored.files > 0 {
        let ignored = count(context.ignored.files as usize, "file");
        text.push_str(&format!(" `.dockerignore` keeps {ignored} out ({}).", bytes(context.ignored.bytes)));
    }
    text
}

/// Why the weight of what is copied from a stage isn't known.
fn untold(subject: &Subject<'_>, stage: usize) -> String {
    let steps = subject.plan.steps().iter().filter(|step| step.stage == stage);
    let open = steps.filter(|step| {
        step.layer == Layer::Filesystem && subject.weight(step.id).size.is_none() && step.number > 1
    });
    let lines: Vec<u32> = open
        .filter_map(|step| subject.instruction(step.id))
        .map(|instruction| instruction.first_line)
        .collect();
    match lines.is_empty() {
        true => "what lies at that path of the stage can't be told from its steps".to_owned(),
        false => format!(
            "it is what another stage makes, and what {} there writes is not known",
            words::lines(&lines)
        ),
    }
}
