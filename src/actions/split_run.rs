//! A RUN of several commands as several RUNs.

use super::ActionKind;
use super::commands::{and_chain, cleans_up, leaves_state, verbs};
use super::refactoring::{Example, Offer, Place, Refactoring};
use crate::catalog::flags::MountType;
use crate::shell::packages::Verb;
use crate::shell::{Pipeline, Script};
use crate::syntax::flags::mount;
use crate::syntax::{Keyword, Word};
use crate::text::{Edit, Span};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "split-run",
    kind: ActionKind::RefactorRewrite,
    offers,
    examples: &[
        Example::new(
            "FROM debian:12\nRUN useradd app && <|>mkdir /app\n",
            "Split this RUN before `mkdir`",
            "FROM debian:12\nRUN useradd app\nRUN mkdir /app\n",
        ),
        Example::new(
            "FROM a\r\n  RUN --network=none a b \\\r\n    # 둘 😀\r\n    && c d <|>&& \\\r\n    e | f\r\n",
            "Split this RUN before `e`",
            "FROM a\r\n  RUN --network=none a b \\\r\n    # 둘 😀\r\n    && c d\r\n  RUN --network=none e | f\r\n",
        ),
        Example::new(
            "FROM a\nR<|>UN a \\\n    # two\n    && b \\\n      --c && (cd d && e)\nCMD x\n",
            "Split this RUN into 3",
            "FROM a\nRUN a\n# two\nRUN b \\\n      --c\nRUN (cd d && e)\nCMD x\n",
        ),
        Example::nothing("FROM a\nRUN cd /a && <|>make\n"),
        Example::nothing("FROM a\nRUN export A=1 && <|>make\n"),
        Example::nothing("FROM a\nRUN A=1 && <|>make $A\n"),
        Example::nothing("FROM a\nRUN set -x && <|>make\n"),
        Example::nothing("FROM a\nRUN a || b && <|>c\n"),
        Example::nothing("FROM a\nRUN a; b && <|>c\n"),
        Example::nothing("FROM a\nRUN service mysql start && <|>mysql -e x\n"),
        Example::nothing("FROM a\nRUN --mount=type=tmpfs,target=/b a > /b/c && <|>d /b/c\n"),
        // The lists would be old when packages are installed, and stay in the image.
        Example::nothing("FROM a\nRUN apt-get update && <|>apt-get install -y b\n"),
        Example::nothing("FROM a\nRUN curl -O b && <|>rm b\n"),
        Example::nothing("FROM a\nRUN <<EOF\na && <|>b\nEOF\n"),
    ],
};

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let run = place.instruction;
    let plain = run.keyword == Keyword::Run && !run.is_exec() && run.heredocs.is_empty() && place.is_within();
    let Some(script) = place.script(place.id).filter(|_| plain && mounts_last(place)) else {
        return Vec::new();
    };
    let Some(chain) = and_chain(script) else { return Vec::new() };
    // Which pipeline the selection begins in, the `&&` before it included.
    let here = chain.iter().rposition(|pipeline| pipeline.span.start <= place.span.start).unwrap_or(0);
    let here =
        here + usize::from(chain.get(here).is_some_and(|pipeline| pipeline.span.end < place.span.start));
    if here == 0 {
        let edits: Option<Vec<Edit>> = (1..chain.len()).map(|at| split(place, script, &chain, at)).collect();
        let title = format!("Split this RUN into {}", chain.len());
        return edits.filter(|_| chain.len() > 1).map(|edits| Offer::new(title, edits)).into_iter().collect();
    }
    let Some(next) = chain.get(here) else { return Vec::new() };
    let name = next.span.of(place.source()).split_whitespace().next().unwrap_or_default();
    let offer = split(place, script, &chain, here);
    offer.map(|edit| Offer::new(format!("Split this RUN before `{name}`"), vec![edit])).into_iter().collect()
}

/// Whether nothing that is mounted for the step forgets what is written to it.
fn mounts_last(place: &Place<'_>) -> bool {
    let values = place.instruction.flags.iter().filter(|flag| &*flag.name == "mount").map(|flag| &flag.value);
    values.flatten().map(|value: &Word| mount::parse(&value.text)).all(|mount| match mount.kind() {
        Some(MountType::Bind) => !mount.is_writable(),
        Some(MountType::Cache | MountType::Secret | MountType::Ssh) => true,
        _ => false,
    })
}

/// The edit that begins a RUN with the pipeline `at`. None where what comes before and what comes behind need
/// each other.
fn split(place: &Place<'_>, script: &Script, chain: &[&Pipeline], at: usize) -> Option<Edit> {
    let (run, source) = (place.instruction, place.source());
    let (first, before, next, last) =
        (chain.first()?, chain.get(at.checked_sub(1)?)?, chain.get(at)?, chain.last()?);
    let (head, tail) = (first.span.to(before.span), next.span.to(last.span));
    let updates = verbs(script, head).contains(&Verb::Update)
        && verbs(script, tail).iter().any(|verb| matches!(verb, Verb::InstallPackages | Verb::Upgrade));
    let needed = updates || cleans_up(script, tail) || leaves_state(source, script, head, tail.of(source));
    let gap = Span::new(before.span.end, next.span.start);
    // `!` stands before the pipeline's own span.
    if needed || next.negated || run.blank_lines.iter().any(|line| gap.encloses(*line)) {
        return None;
    }
    let (newline, indent) = (place.newline(), place.indent());
    let comments: String =
        place.comments(gap)?.iter().map(|comment| format!("{indent}{comment}{newline}")).collect();
    let flags: String = run.flags.iter().map(|flag| format!("{} ", flag.span.of(source))).collect();
    let keyword = run.keyword_span.of(source);
    Some(Edit::replace(gap, format!("{newline}{comments}{indent}{keyword} {flags}")))
}
