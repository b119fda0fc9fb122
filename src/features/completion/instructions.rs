use super::{CompletionKind, Completions};
use crate::catalog::instructions::INSTRUCTIONS;
use crate::features::Snapshot;
use crate::syntax::Keyword;
use crate::text::Span;

/// By instruction, what follows the keyword, with places to fill in. The first that stands here is the one that
/// is offered under the instruction's own name.
const SNIPPETS: &[(&str, &str)] = &[
    ("FROM", "${1:image}"),
    ("ARG", "${1:name}${2:=default}"),
    ("ENV", "${1:name}=${2:value}"),
    ("WORKDIR", "${1:/app}"),
    ("COPY", "${1:source} ${2:destination}"),
    ("ADD", "${1:source} ${2:destination}"),
    ("RUN", "${1:command}"),
    ("USER", "${1:user}"),
    ("CMD", "[\"${1:program}\"$2]"),
    ("ENTRYPOINT", "[\"${1:program}\"$2]"),
    ("EXPOSE", "${1:port}"),
    ("VOLUME", "[\"${1:/data}\"]"),
    ("LABEL", "${1:name}=\"${2:value}\""),
    ("HEALTHCHECK", "CMD ${1:command}"),
    ("SHELL", "[\"${1:/bin/bash}\", ${2:\"-c\"}]"),
    ("STOPSIGNAL", "${1:SIGTERM}"),
    ("ONBUILD", "${1:instruction}"),
];

/// Instructions for the word at `span`. What BuildKit refuses here isn't offered: above the first FROM only ARG
/// and FROM stand, and behind ONBUILD neither FROM nor another ONBUILD. `MAINTAINER` is for old files.
pub(super) fn complete(
    snapshot: &Snapshot,
    span: Span,
    in_onbuild: bool,
    snippets: bool,
    offset: u32,
    list: &mut Completions,
) {
    let (tree, source) = (snapshot.tree(), snapshot.source());
    // The word itself isn't one of the file's instructions yet.
    let others = || tree.instructions().filter(|it| it.keyword_span.start != span.start);
    let in_stage = others().any(|it| it.keyword == Keyword::From && it.span.start < offset);
    let lower = others()
        .find(|it| it.keyword != Keyword::Unknown)
        .is_some_and(|it| !it.keyword_span.of(source).chars().any(char::is_uppercase));
    let rest = source.get(span.end as usize..).unwrap_or_default();
    // Behind the word stands what the instruction was about already.
    let alone = rest.lines().next().unwrap_or_default().trim().is_empty();
    let spaced = rest.starts_with([' ', '\t']);
    for instruction in INSTRUCTIONS.iter().filter(|it| !it.deprecated) {
        let name = instruction.name;
        let fits = match name {
            "FROM" => !in_onbuild,
            "ARG" => true,
            "ONBUILD" => !in_onbuild && in_stage,
            _ => in_stage,
        };
        if !fits {
            continue;
        }
        let word = if lower { name.to_lowercase() } else { name.to_owned() };
        let filled = SNIPPETS.iter().find(|(of, _)| *of == name).filter(|_| snippets && alone && !spaced);
        let plain = if spaced { word.clone() } else { format!("{word} ") };
        let snippet = filled.map(|(_, rest)| format!("{word} {rest}"));
        list.add(word, CompletionKind::Keyword, span)
            .detail(instruction.syntax)
            .topic(format!("instruction/{name}"))
            .text(plain)
            .snippet(snippet);
    }
}
