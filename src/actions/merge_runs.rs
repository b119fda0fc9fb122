//! Two or more RUNs, one below the other, as one.

use super::ActionKind;
use super::commands::{connector, continued, has_background, leaves_state, verbs};
use super::refactoring::{Example, Offer, Place, Refactoring};
use crate::rules::Layout;
use crate::shell::packages::Verb;
use crate::shell::{Connector, Script};
use crate::syntax::{Instruction, InstructionId, Keyword};
use crate::text::{Edit, Span};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "merge-runs",
    kind: ActionKind::RefactorRewrite,
    offers,
    examples: &[
        Example::new(
            "FROM debian:12\nRUN <|>useradd app\nRUN mkdir /app\n",
            "Join with the RUN below",
            "FROM debian:12\nRUN useradd app && mkdir /app\n",
        ),
        Example::new(
            "FROM debian:12\r\nRUN a && \\\r\n  b\r\n\r\n# the folder\r\nrun c && \\\r\n  d<|>\r\n",
            "Join with the RUN above",
            "FROM debian:12\r\nRUN a && \\\r\n  b && \\\r\n  # the folder\r\n  c && \\\r\n  d\r\n",
        ),
        Example::new(
            "FROM a\n<|>RUN a || true\nRUN b \\\n    # why\n    && c\nRUN d<|>\n",
            "Join these 3 RUNs",
            "FROM a\nRUN a || true \\\n    && b \\\n    # why\n    && c \\\n    && d\n",
        ),
        Example::new(
            "FROM a\nRUN --mount=type=cache,target=/a echo '😀 é'\nRUN --mount=type=cache,target=/a b<|>\nRUN c\n",
            "Join with the RUN above",
            "FROM a\nRUN --mount=type=cache,target=/a echo '😀 é' && b\nRUN c\n",
        ),
        Example::nothing("FROM a\nRUN <|>cd /a\nRUN make\n"),
        Example::nothing("FROM a\nRUN <|>A=1; for i in 1 2; do echo $i; done\nRUN make\n"),
        Example::nothing("FROM a\nRUN <|>a\nUSER b\nRUN c\n"),
        Example::nothing("FROM a\nRUN <|>a\nCOPY b .\nRUN c\n"),
        Example::nothing("FROM a\nRUN <|>a\nRUN --network=none b\n"),
        Example::nothing("FROM a\nRUN <|>a\nRUN b || c\n"),
        Example::nothing("FROM a\nRUN <|>a\nRUN <<EOF\nb\nEOF\n"),
        Example::nothing("FROM a\nRUN <|>a\nRUN [\"b\"]\n"),
        Example::nothing("FROM a\nRUN <|>a\n# hadolint ignore=DL3008\nRUN b\n"),
        // A change of the build would install again.
        Example::nothing("FROM node:22\nRUN <|>npm ci\nRUN npm run build\n"),
        // The first step is made once for both stages.
        Example::nothing("FROM a\nRUN <|>x\nRUN y\nFROM a\nRUN x\nCOPY b .\n"),
    ],
};

/// Lines longer than this are broken.
const WIDTH: usize = 100;

type Run<'a> = (InstructionId, &'a Instruction);

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let here = (place.id, place.instruction);
    if place.instruction.keyword != Keyword::Run {
        return Vec::new();
    }
    let tree = place.tree();
    if !place.is_within() {
        let touched = tree.numbered().filter(|(id, run)| *id >= place.id && run.span.start < place.span.end);
        let runs: Vec<Run<'_>> = touched.collect();
        let edits: Option<Vec<Edit>> = runs.windows(2).map(|pair| join(place, pair[0], pair[1])).collect();
        let title = format!("Join these {} RUNs", runs.len());
        return edits.map(|edits| Offer::new(title, edits)).into_iter().collect();
    }
    let above = tree.numbered().rfind(|(id, _)| *id < place.id);
    let below = tree.numbered().find(|(id, _)| *id > place.id);
    let above =
        above.and_then(|above| Some(Offer::new("Join with the RUN above", vec![join(place, above, here)?])));
    let below =
        below.and_then(|below| Some(Offer::new("Join with the RUN below", vec![join(place, here, below)?])));
    below.into_iter().chain(above).collect()
}

/// The edit that makes one of two RUNs; what stands between them is all that it touches.
fn join(place: &Place<'_>, first: Run<'_>, second: Run<'_>) -> Option<Edit> {
    let source = place.source();
    let ((first_id, first), (second_id, second)) = (first, second);
    let plain = |run: &Instruction| {
        run.keyword == Keyword::Run && !run.is_exec() && run.heredocs.is_empty() && !run.rest.is_empty()
    };
    if !plain(first) || !plain(second) || flags(first, source) != flags(second, source) {
        return None;
    }
    let (before, after) = (place.script(first_id)?, place.script(second_id)?);
    let later = second.span.of(source);
    let all = Span::new(first.span.start, first.span.end);
    if leaves_state(source, before, all, later) || has_background(after) || pays(place, first_id, second_id) {
        return None;
    }
    let end = before.items().last().filter(|item| item.separator.is_none())?.chain.span().end;
    // A chain of `||` or `;` would be tied to other commands than before.
    let [item] = after.items() else { return None };
    let chained = item.chain.rest.iter().all(|(connector, ..)| *connector == Connector::And);
    let alone = item.chain.span() == second.rest_span() && end == first.span.end;
    if !chained || !alone || !before.comments.is_empty() || !after.comments.is_empty() {
        return None;
    }
    let gap = Span::new(end, second.rest_span().start);
    // Comments behind the last line of a continued instruction, and those among the second one's flags.
    let outside = Span::new(first.full_span.end.min(second.full_span.start), second.span.start);
    let comments = place.comments(gap)?;
    if comments.len() != place.comments(outside)?.len()
        || !second.blank_lines.iter().all(|line| !gap.encloses(*line))
    {
        return None;
    }
    let one_line = !first.span.of(source).contains('\n') && !later.contains('\n') && comments.is_empty();
    let width = first.span.len() + second.rest_span().len();
    let layout = match one_line && width as usize <= WIDTH {
        true => Layout::OneLine,
        false => continued(place, &[first_id, second_id]),
    };
    Some(Edit::replace(gap, connector(place, &layout, &comments)))
}

fn flags<'s>(run: &Instruction, source: &'s str) -> Vec<&'s str> {
    let mut flags: Vec<&str> = run.flags.iter().map(|flag| flag.span.of(source)).collect();
    flags.sort_unstable();
    flags
}

/// Whether it pays to have two steps: a later change of the second one would install again what the first one
/// installs, or another stage has the first one too and shares it.
fn pays(place: &Place<'_>, first: InstructionId, second: InstructionId) -> bool {
    let source = place.source();
    let all = Span::new(0, source.len() as u32);
    let asks = |id: InstructionId, wanted: fn(&Verb) -> bool| {
        place.script(id).is_some_and(|script: &Script| verbs(script, all).iter().any(wanted))
    };
    let installs = asks(first, |verb| matches!(verb, Verb::InstallManifest | Verb::InstallPackages));
    let builds = asks(second, |verb| matches!(verb, Verb::RunScript(_) | Verb::Exec))
        || place.script(second).is_some_and(|script| {
            let builders =
                ["make", "cargo", "go", "mvn", "gradle", "./gradlew", "./mvnw", "dotnet", "cmake", "ninja"];
            script.commands().iter().any(|command| builders.iter().any(|name| command.is(name)))
        });
    let stage = place.model().stage_of(first).map(|stage| stage.index);
    let text = |run: &Instruction| run.rest_splice(source).text(source).to_owned();
    let own = place.subject.instruction(first).map(text);
    let shared = place.tree().numbered().any(|(id, run)| {
        run.keyword == Keyword::Run
            && place.model().stage_of(id).map(|stage| stage.index) != stage
            && Some(text(run)) == own
    });
    installs && builds || shared
}
