//! Two or more RUNs, one below the other, as one.

use super::ActionKind;
use super::commands::{connector, continued, has_background, is_plain, leaves_state, mounts_last, verbs};
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
        Example::new(
            "FROM a\nSHELL [\"/bin/bash\", \"-exo\", \"pipefail\", \"-c\"]\nRUN <|>for f in a b; do gzip $f; done; b | c\nRUN d\n",
            "Join with the RUN below",
            "FROM a\nSHELL [\"/bin/bash\", \"-exo\", \"pipefail\", \"-c\"]\nRUN for f in a b; do gzip $f; done; b | c && d\n",
        ),
        Example::nothing("FROM a\nRUN <|>cd /a\nRUN make\n"),
        Example::nothing("FROM a\nRUN <|>A=1; for i in 1 2; do echo $i; done\nRUN make\n"),
        Example::nothing("FROM a\nRUN <|>a\nUSER b\nRUN c\n"),
        // Not only neighbours have to do with each other.
        Example::nothing(
            "FROM a\n<|>RUN for i in 1 2; do echo $i; done\nRUN echo b\nRUN echo \"i=$i\" > /x<|>\n",
        ),
        Example::nothing("FROM node:22\n<|>RUN npm ci\nRUN echo b\nRUN npm run build<|>\n"),
        // Left of `&&` errexit is off.
        Example::nothing(
            "FROM a\nSHELL [\"/bin/bash\", \"-euo\", \"pipefail\", \"-c\"]\nRUN <|>for f in a b; do gzip $f; echo done; done\nRUN echo c\n",
        ),
        // The next step has another shell, or one that reads its profile anew.
        Example::nothing(
            "FROM a\nRUN <|>rm /bin/sh && ln -s /bin/bash /bin/sh\nRUN [[ -f /a ]] && echo {1..3}\n",
        ),
        Example::nothing("FROM a\nRUN <|>ln -sf bash /bin/sh\nRUN b\n"),
        Example::nothing(
            "FROM a\nRUN <|>echo \"dash dash/sh boolean false\" | debconf-set-selections && dpkg-reconfigure dash\nRUN b\n",
        ),
        Example::nothing("FROM a\nRUN <|>update-alternatives --install /usr/bin/sh sh /bin/bash 1\nRUN b\n"),
        Example::nothing(
            "FROM a\nSHELL [\"/bin/bash\", \"--login\", \"-i\", \"-c\"]\nRUN <|>curl -o- https://b/install.sh | bash\nRUN nvm install 20\n",
        ),
        Example::nothing("FROM a\nSHELL [\"/bin/bash\", \"-lc\"]\nRUN <|>echo b >> ~/.bash_profile\nRUN c\n"),
        Example::nothing("FROM a\nENV BASH_ENV=/root/.bashrc\nRUN <|>a\nRUN b\n"),
        Example::nothing("FROM a\nRUN <|>printf -v X 1\nRUN echo \"$X\"\n"),
        Example::nothing("FROM a\nRUN <|>time cd /x\nRUN make\n"),
        Example::nothing("FROM a\nRUN <|>usermod -d /b root\nRUN c ~\n"),
        // The shell goes on with the program that it knows.
        Example::nothing("FROM a\nRUN <|>npm i -g npm\nRUN npm i -g b\n"),
        Example::nothing("FROM a\nRUN <|>a\nCOPY b .\nRUN c\n"),
        Example::nothing("FROM a\nRUN <|>a\nRUN --network=none b\n"),
        Example::nothing("FROM a\nRUN <|>a\nRUN b || c\n"),
        Example::nothing("FROM a\nRUN <|>a\nRUN <<EOF\nb\nEOF\n"),
        Example::nothing("FROM a\nRUN <|>a\nRUN [\"b\"]\n"),
        Example::nothing("FROM a\nRUN <|>a\n# hadolint ignore=DL3008\nRUN b\n"),
        Example::nothing(
            "FROM a\nRUN --mount=type=tmpfs,target=/b <|>c\nRUN --mount=type=tmpfs,target=/b d\n",
        ),
        // A change of the build would install again.
        Example::nothing("FROM node:22\nRUN <|>npm ci\nRUN npm run build\n"),
        // The first step is made once for both stages.
        Example::nothing("FROM a\nRUN <|>x\nRUN y\nFROM a\nRUN x\nCOPY b .\n"),
    ],
};

/// Lines longer than this are broken.
const WIDTH: usize = 100;

/// More are never joined at once.
const MOST: usize = 100;

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
        let title = format!("Join these {} RUNs", runs.len());
        return join(place, &runs).map(|edits| Offer::new(title, edits)).into_iter().collect();
    }
    let above = tree.numbered().rfind(|(id, _)| *id < place.id);
    let below = tree.numbered().find(|(id, _)| *id > place.id);
    let above = above.and_then(|above| join(place, &[above, here]));
    let below = below.and_then(|below| join(place, &[here, below]));
    let above = above.map(|edits| Offer::new("Join with the RUN above", edits));
    let below = below.map(|edits| Offer::new("Join with the RUN below", edits));
    below.into_iter().chain(above).collect()
}

/// The edits that make one of the RUNs. None where one of them has to do with any of those below it.
fn join(place: &Place<'_>, runs: &[Run<'_>]) -> Option<Vec<Edit>> {
    if runs.len() > MOST {
        return None;
    }
    let edits = runs.windows(2).map(|pair| join_two(place, pair[0], pair[1]));
    let edits: Vec<Edit> = edits.collect::<Option<_>>()?;
    let last = runs.last()?.1.span;
    for pair in runs.windows(2) {
        let [(id, run), (_, next)] = pair else { return None };
        let later = next.span.to(last).of(place.source());
        if leaves_state(place.source(), place.script(*id)?, run.span, later) {
            return None;
        }
    }
    (!pays(place, runs)).then_some(edits)
}

/// The edit that makes one of two RUNs; what stands between them is all that it touches.
fn join_two(place: &Place<'_>, first: Run<'_>, second: Run<'_>) -> Option<Edit> {
    let source = place.source();
    let ((first_id, first), (second_id, second)) = (first, second);
    let plain = |run: &Instruction| {
        run.keyword == Keyword::Run && !run.is_exec() && run.heredocs.is_empty() && !run.rest.is_empty()
    };
    let alike = flags(first, source) == flags(second, source) && mounts_last(first);
    if !plain(first) || !plain(second) || !alike {
        return None;
    }
    let (before, after) = (place.script(first_id)?, place.script(second_id)?);
    let later = second.span.of(source);
    let ended = before.items().last().filter(|item| item.separator.is_none())?;
    // Left of `&&` errexit doesn't reach into a compound command.
    let last = ended.chain.rest.last().map_or(&ended.chain.first, |(.., pipeline)| pipeline);
    if has_background(after) || place.plain_shell(first_id)?.errexit && !is_plain(last) {
        return None;
    }
    let end = ended.chain.span().end;
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

/// Whether it pays to have several steps: a later change of one would install again what an earlier one installs, or
/// another stage has an earlier one too and shares it.
fn pays(place: &Place<'_>, runs: &[Run<'_>]) -> bool {
    let all = Span::new(0, place.source().len() as u32);
    let asks = |id: InstructionId, wanted: fn(&Verb) -> bool| {
        place.script(id).is_some_and(|script: &Script| verbs(script, all).iter().any(wanted))
    };
    let installs = |id| asks(id, |verb| matches!(verb, Verb::InstallManifest | Verb::InstallPackages));
    let builds = |id| {
        asks(id, |verb| matches!(verb, Verb::RunScript(_) | Verb::Exec))
            || place.script(id).is_some_and(|script| {
                let builders = [
                    "make",
                    "cargo",
                    "go",
                    "mvn",
                    "gradle",
                    "./gradlew",
                    "./mvnw",
                    "dotnet",
                    "cmake",
                    "ninja",
                ];
                script.commands().iter().any(|command| builders.iter().any(|name| command.is(name)))
            })
    };
    let first = runs.iter().position(|(id, _)| installs(*id));
    let last = runs.iter().rposition(|(id, _)| builds(*id));
    let before = runs.split_last().map_or(&[][..], |(_, before)| before);
    first.zip(last).is_some_and(|(first, last)| first < last) || is_shared(place, before)
}

/// Whether another stage has one of the RUNs too.
fn is_shared(place: &Place<'_>, runs: &[Run<'_>]) -> bool {
    let source = place.source();
    let text = |run: &Instruction| run.rest_splice(source).text(source).to_owned();
    let own: Vec<String> = runs.iter().map(|(_, run)| text(run)).collect();
    let stage_of = |id: InstructionId| place.model().stage_of(id).map(|stage| stage.index);
    let stage = stage_of(place.id);
    place
        .tree()
        .numbered()
        .any(|(id, run)| run.keyword == Keyword::Run && stage_of(id) != stage && own.contains(&text(run)))
}
