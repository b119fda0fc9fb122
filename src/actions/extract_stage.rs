//! The steps of a stage up to the caret as a stage of their own, which the rest is built on.

use super::ActionKind;
use super::refactoring::{Example, Offer, Place, Refactoring};
use crate::model::Base;
use crate::rules::Reach;
use crate::syntax::image::is_stage_index;
use crate::syntax::indent::indent_of;
use crate::syntax::suggest::in_case_of;
use crate::syntax::{Instruction, Keyword};
use crate::text::Edit;

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "extract-stage",
    kind: ActionKind::RefactorExtract,
    offers,
    examples: &[
        Example::new(
            "FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN <|>npm ci\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
            "Extract the steps up to here into a stage `base`",
            "FROM node:22 AS base\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\n\nFROM base\nCOPY . .\nCMD [\"node\", \"a.js\"]\n",
        ),
        Example::new(
            "from a as Base\r\nrun <|>x \\\r\n  y<|>\r\n\r\n# 둘 😀\r\ncopy b .\r\nfrom c\r\ncopy --from=base d .\r\n",
            "Extract the steps up to here into a stage `base-2`",
            "from a as base-2\r\nrun x \\\r\n  y\r\n\r\nfrom base-2 as Base\r\n\r\n# 둘 😀\r\ncopy b .\r\nfrom c\r\ncopy --from=base d .\r\n",
        ),
        Example::new(
            "FROM a<|> AS b\n# note\nARG C\nRUN d\n",
            "Extract the steps up to here into a stage `base`",
            "FROM a AS base\n\nFROM base AS b\n# note\nARG C\nRUN d\n",
        ),
        Example::new(
            "FROM a AS b\nRUN <|>c\nRUN d\nFROM base\nCOPY --from=base-2 e .\n",
            "Extract the steps up to here into a stage `base-3`",
            "FROM a AS base-3\nRUN c\n\nFROM base-3 AS b\nRUN d\nFROM base\nCOPY --from=base-2 e .\n",
        ),
        Example::new(
            "FROM a\nRUN <|>b\nRUN c\nFROM d\nCOPY --from=\"base\" e .\n",
            "Extract the steps up to here into a stage `base-2`",
            "FROM a AS base-2\nRUN b\n\nFROM base-2\nRUN c\nFROM d\nCOPY --from=\"base\" e .\n",
        ),
        Example::nothing("FROM a\nRUN b\nRUN <|>c\n"),
        Example::nothing("ARG <|>A\nFROM a\nRUN b\n"),
        // Numbers of stages would shift.
        Example::nothing("FROM a\nRUN <|>b\nRUN c\nFROM d\nCOPY --from=0 e .\n"),
        // ENTRYPOINT takes away the CMD of the image that a stage is built on, but not its own.
        Example::nothing("FROM a\nCMD <|>[\"b\"]\nENTRYPOINT [\"c\"]\n"),
        Example::nothing("FROM a\nONBUILD RUN b\nRUN <|>c\nRUN d\n"),
        Example::nothing("FROM --platform=$BUILDPLATFORM a\nRUN <|>c\nRUN d\n"),
        Example::nothing("FROM a\nRUN <|>b\nRUN c\nFROM d\nCOPY --from=\"0\" e .\n"),
        Example::nothing("FROM a\nRUN <|>b\nRUN c\nFROM d\nARG S=base\nCOPY --from=$S e .\n"),
        // It covers the stage, of which the second half would be another.
        Example::nothing("FROM a\n# plimsoll stage ignore=unpinned-apt-package\nRUN <|>b\nRUN c\n"),
    ],
};

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let model = place.model();
    // A selection ends with the last step that it touches.
    let mut touched = place
        .tree()
        .numbered()
        .filter(|(id, step)| *id == place.id || *id > place.id && step.span.start < place.span.end);
    let Some((last, step)) = touched.next_back() else { return Vec::new() };
    let Some(stage) = model.stage_of(last) else { return Vec::new() };
    let same = model.stage_of(place.id).is_some_and(|first| first.index == stage.index);
    let from = place.subject.instruction(stage.from);
    let Some(from) = from.filter(|from| same && from.flags.is_empty() && from.comments.is_empty()) else {
        return Vec::new();
    };
    let (before, after): (Vec<_>, Vec<_>) = model.steps(stage).partition(|(id, _)| *id <= last);
    let has = |steps: &[(_, &Instruction)], keyword| steps.iter().any(|(_, step)| step.keyword == keyword);
    let reset = has(&before, Keyword::Cmd) && has(&after, Keyword::Entrypoint);
    let mut uses = model.stages().iter().flat_map(|stage| &stage.uses);
    let numbered =
        uses.any(|used| is_stage_index(used.span.of(place.source()).trim_matches(['"', '\'', '\\'])));
    // What a variable names may be a number, or the new name.
    let unknown = unquoted(place.source()).contains("from=$");
    // The comment would cover the first half alone.
    let silenced = place.is_silenced(Reach::Stage, step.span.start);
    // What a file's unread instructions do isn't known, nor whether a number is given from outside.
    let unread = has(&before, Keyword::Unknown) || has(&after, Keyword::Unknown);
    if after.is_empty()
        || reset
        || numbered
        || unknown
        || silenced
        || unread
        || has(&before, Keyword::Onbuild)
    {
        return Vec::new();
    }
    let Some(edits) = edits(place, from, step) else { return Vec::new() };
    let title = format!("Extract the steps up to here into a stage `{}`", edits.0);
    vec![Offer::new(title, edits.1)]
}

/// The new stage's name, and the edits.
fn edits(place: &Place<'_>, from: &Instruction, last: &Instruction) -> Option<(String, Vec<Edit>)> {
    let source = place.source();
    let keyword = from.keyword_span.of(source);
    let name = free_name(place);
    let (newline, as_) = (place.newline(), in_case_of("AS", keyword));
    let (renamed, as_name) = match &from.args[..] {
        [image] => (Edit::insert(image.span.end, format!(" {as_} {name}")), String::new()),
        [_, word, old] => {
            let own = format!(" {} {}", word.span.of(source), old.span.of(source));
            (Edit::replace(old.span, name.as_str()), own)
        }
        _ => return None,
    };
    let indent = indent_of(source, from.span.start);
    let line = format!("{newline}{indent}{keyword} {name}{as_name}{newline}");
    Some((name, vec![renamed, Edit::insert(last.full_span.end, line)]))
}

/// The text in lower case, without what may stand around the value of a flag or within it.
fn unquoted(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '"' | '\'' | '\\' | '`')).flat_map(char::to_lowercase).collect()
}

/// A name that no stage has, and nothing else that could be taken for one.
fn free_name(place: &Place<'_>) -> String {
    let source = unquoted(place.source());
    let taken = |name: &str| {
        let is_it = |image: &str| image.eq_ignore_ascii_case(name);
        place.model().stages().iter().any(|stage| {
            let image = match &stage.base {
                Base::Image { written, reference } => {
                    is_it(written) || reference.as_deref().is_some_and(is_it)
                }
                _ => false,
            };
            image || stage.name.as_deref() == Some(name)
        }) || source.contains(&format!("from={name}"))
    };
    let numbered = (2..).map(|number| format!("base-{number}"));
    let mut names = std::iter::once("base".to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}
