//! The packages of an install in alphabetical order, where they stand or one a line.

use super::ActionKind;
use super::refactoring::{Example, Offer, Place, Refactoring};
use crate::rules::{package_order, redirected_packages, sorted_packages};
use crate::shell::packages::{self, Action, Verb};
use crate::shell::{Command, Script};
use crate::syntax::Keyword;
use crate::syntax::indent::indent_of;
use crate::text::{Edit, Span};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "sort-packages",
    kind: ActionKind::RefactorRewrite,
    offers,
    examples: &[
        Example::new(
            "FROM debian:12\nRUN apt-get update && apt-get install -y <|>wget curl=7.88 git\n",
            SORT,
            "FROM debian:12\nRUN apt-get update && apt-get install -y curl=7.88 git wget\n",
        ),
        Example::new(
            "FROM debian:12\nRUN apt-get update && apt-get install -y <|>wget curl=7.88 git && rm -rf /var/lib/apt/lists/*\n",
            LINES,
            "FROM debian:12\nRUN apt-get update && apt-get install -y \\\n    curl=7.88 \\\n    git \\\n    wget && rm -rf /var/lib/apt/lists/*\n",
        ),
        Example::new(
            "FROM a\r\nRUN <|>apk add --no-cache \\\r\n      # 도구 😀\r\n      zip \\\r\n      bash~=5 \\\r\n      # b\r\n      vim\r\n",
            SORT,
            "FROM a\r\nRUN apk add --no-cache \\\r\n      # 도구 😀\r\n      bash~=5 \\\r\n      zip \\\r\n      # b\r\n      vim\r\n",
        ),
        Example::new(
            "FROM a\nRUN a \\\n    && npm install -g <|>\"pnpm@9\" @scope/x@1\n",
            LINES,
            "FROM a\nRUN a \\\n    && npm install -g \\\n        @scope/x@1 \\\n        \"pnpm@9\"\n",
        ),
        Example::new(
            "FROM a\nRUN pip install requests==2 . flask $MORE -c c.txt aio<|>\n",
            SORT,
            "FROM a\nRUN pip install aio . flask $MORE -c c.txt requests==2\n",
        ),
        Example::nothing("FROM a\nRUN apk add \\\n    bash \\\n    <|>zip\n"),
        Example::nothing("FROM a\nRUN <|>apk add zip\n"),
        Example::nothing("FROM a\nRUN apk <|>del b a\n"),
        Example::nothing("FROM a\nRUN [\"apk\", \"add\", <|>\"b\", \"a\"]\n"),
        // Redirections stand among the packages.
        Example::nothing("FROM a\nRUN apt-get install -y <|>z 2>/dev/null a\n"),
        Example::nothing("FROM a\nRUN apt-get install -y <|>z >/dev/null a\n"),
        Example::nothing("FROM a\nRUN apt-get install -y <|>z 2>&1 a\n"),
        Example::nothing("FROM a\nRUN apt-get install -y <|>z <<<y a\n"),
        Example::nothing("FROM a\nRUN apt-get install -y 2>/x <|>z a\n"),
        Example::nothing("FROM a\nRUN <<EOF\napt-get install -y <|>z 2>/dev/null a\nEOF\n"),
        // A file called `=1`.
        Example::nothing("FROM a\nRUN pip install <|>z>=1 a\n"),
        Example::nothing("FROM a\nRUN pip install <|>z a>=1\n"),
        // Neither of the two is meant.
        Example::nothing("FROM a\nR<|>UN apk add b a && apk add d c\n"),
    ],
};

const SORT: &str = "Sort the packages";
const LINES: &str = "Sort the packages, one a line";

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let run = place.instruction;
    if run.keyword != Keyword::Run || run.is_exec() || !place.is_within() {
        return Vec::new();
    }
    let Some(script) = place.script(place.id) else { return Vec::new() };
    let commands = script.commands();
    let installs: Vec<(&Command<'_>, Action<'_>)> = commands
        .iter()
        // A script in an argument has quotes around it, and words of its own.
        .filter(|command| !command.nesting.inner && !command.nesting.substitution)
        .filter_map(|command| Some((command, packages::of(command)?)))
        .filter(|(_, action)| action.verb == Verb::InstallPackages)
        .collect();
    let here = installs.iter().find(|(command, _)| command.span.touches(place.span.start));
    let only = if installs.len() == 1 { installs.first() } else { None };
    let Some((command, action)) = here.or(only) else { return Vec::new() };
    let comments: Vec<Span> = run.comments.iter().chain(&script.comments).copied().collect();
    if redirected_packages(command, action) {
        return Vec::new();
    }
    let sorted = sorted_packages(place.source(), command, action, &comments);
    let sorted = sorted.map(|(_, edits)| Offer::new(SORT, edits));
    let lines = one_a_line(place, script, command, action).map(|edits| Offer::new(LINES, edits));
    sorted.into_iter().chain(lines).collect()
}

fn one_a_line(
    place: &Place<'_>,
    script: &Script,
    command: &Command<'_>,
    action: &Action<'_>,
) -> Option<Vec<Edit>> {
    let source = place.source();
    let packages = &action.packages;
    let (first, last) = (packages.first()?, packages.last()?);
    let all = Span::new(first.span.start, last.span.end);
    let known = packages.iter().all(|package| !package.direct && !package.dynamic);
    // Lines and options between them are the user's own.
    let words = command.words().iter().filter(|word| all.encloses(word.span)).count();
    let plain = known && words == packages.len() && !all.of(source).contains('\n');
    let before = command.words().iter().map(|word| word.span.end).rfind(|end| *end <= first.span.start)?;
    let lead = Span::new(before, first.span.start);
    let own_line = lead.of(source).contains('\n');
    let heredoc = place.instruction.heredocs.iter().any(|heredoc| heredoc.body.encloses(all));
    if !plain
        || packages.len() < 2
        || heredoc && source.contains('\r')
        || !script.comments.is_empty() && !heredoc
    {
        return None;
    }
    let escape = if heredoc { '\\' } else { place.tree().escape() };
    let indent = match own_line {
        true => indent_of(source, first.span.start).to_owned(),
        false => format!("{}    ", indent_of(source, command.span.start)),
    };
    let between = format!(" {escape}{}{indent}", place.newline());
    let mut sorted: Vec<&str> = packages.iter().map(|package| package.span.of(source)).collect();
    sorted.sort_by_key(|word| package_order(word));
    let mut edits = Vec::new();
    if !own_line {
        edits.push(Edit::replace(lead, between.as_str()));
    }
    for (at, (package, new)) in packages.iter().zip(sorted).enumerate() {
        if let Some(before) = at.checked_sub(1).and_then(|before| packages.get(before)) {
            edits.push(Edit::replace(Span::new(before.span.end, package.span.start), between.as_str()));
        }
        if package.span.of(source) != new {
            edits.push(Edit::replace(package.span, new));
        }
    }
    Some(edits)
}
