//! A RUN of several commands as several RUNs.

use super::ActionKind;
use super::commands::{and_chain, cleans_up, is_plain, leaves_state, mounts_last, verbs};
use super::refactoring::{Example, Offer, Place, Refactoring};
use crate::rules::Reach;
use crate::shell::packages::Verb;
use crate::shell::{Pipeline, Script};
use crate::syntax::Keyword;
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
        // Each step has its own.
        Example::nothing("FROM a\nRUN echo b >> /etc/hosts && <|>c\n"),
        // The lists would be old when packages are installed, and stay in the image.
        Example::nothing("FROM a\nRUN apt-get update && <|>apt-get install -y b\n"),
        Example::nothing("FROM a\nRUN curl -O b && <|>rm b\n"),
        Example::nothing("FROM a\nRUN <<EOF\na && <|>b\nEOF\n"),
        // Where it is the last one, errexit reaches into it.
        Example::nothing(
            "FROM a\nSHELL [\"/bin/bash\", \"-ec\"]\nRUN (false; echo z >> f) && <|>echo x >> f\n",
        ),
        Example::nothing("FROM a\nSHELL [\"/bin/bash\", \"-lc\"]\nRUN echo b >> ~/.bash_profile && <|>c\n"),
        Example::nothing("FROM a\nRUN ln -sf bash /bin/sh && <|>b\n"),
        // It would begin to silence findings.
        Example::nothing(
            "FROM a\nRUN echo a \\\n    # hadolint ignore=DL3008\n    && <|>apt-get install -y curl\n",
        ),
        // Its comment covers the first step alone.
        Example::nothing("FROM a\n# hadolint ignore=DL3008\nRUN echo a && <|>apt-get install -y curl\n"),
        // The exec form, and a flag.
        Example::nothing("FROM a\nRUN a && <|>[\"x\"]\n"),
        Example::nothing("FROM a\nRUN a && <|>--network=none b\n"),
    ],
};

/// A RUN of more commands isn't split into as many.
const MOST: usize = 50;

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let run = place.instruction;
    let plain = run.keyword == Keyword::Run && !run.is_exec() && run.heredocs.is_empty() && place.is_within();
    let Some(script) = place.script(place.id).filter(|_| plain && mounts_last(run)) else {
        return Vec::new();
    };
    // The comment would cover the first step alone.
    if place.is_silenced(Reach::Instruction, run.span.start) {
        return Vec::new();
    }
    let Some(chain) = and_chain(script) else { return Vec::new() };
    // Which pipeline the selection begins in, the `&&` before it included.
    let here = chain.iter().rposition(|pipeline| pipeline.span.start <= place.span.start).unwrap_or(0);
    let here =
        here + usize::from(chain.get(here).is_some_and(|pipeline| pipeline.span.end < place.span.start));
    if here == 0 && chain.len() > MOST {
        return Vec::new();
    }
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
    // At the end of a RUN errexit reaches into a compound command.
    let stops = place.plain_shell(place.id)?.errexit && !is_plain(before);
    // What begins like a flag or a JSON array would be read as one; `!` stands before the pipeline's own span.
    let begins = next.negated || next.span.of(source).starts_with(['-', '[']);
    if needed || stops || begins || run.blank_lines.iter().any(|line| gap.encloses(*line)) {
        return None;
    }
    let (newline, indent) = (place.newline(), place.indent());
    let comments: String =
        place.comments(gap)?.iter().map(|comment| format!("{indent}{comment}{newline}")).collect();
    let flags: String = run.flags.iter().map(|flag| format!("{} ", flag.span.of(source))).collect();
    let keyword = run.keyword_span.of(source);
    Some(Edit::replace(gap, format!("{newline}{comments}{indent}{keyword} {flags}")))
}
