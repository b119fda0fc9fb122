//! A RUN whose commands are tied with `&&` as a heredoc, and back.

use super::ActionKind;
use super::commands::{and_chain, connector, continued, is_plain};
use super::refactoring::{Example, Offer, Place, Refactoring, touched};
use crate::model::Model;
use crate::rules::Layout;
use crate::shell::{Node, Pipeline, Script, Separator, Word};
use crate::syntax::{Keyword, Tree, parse};
use crate::text::{Edit, Span};
use std::sync::Arc;

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "heredoc",
    kind: ActionKind::RefactorRewrite,
    offers,
    examples: &[
        Example::new(
            "FROM debian:12\nRUN apt-get update && <|>apt-get install -y curl\n",
            TO_HEREDOC,
            "FROM debian:12\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nEOF\n",
        ),
        Example::new(
            "FROM a\nRUN --network=none <|>set -eux \\\n    # 목록 😀\n    && a b \\\n      c | d \\\n    && A=\"$(e && f)\" g\nCMD h\n",
            TO_HEREDOC,
            "FROM a\nRUN --network=none <<EOF\nset -eux\n# 목록 😀\na b \\\n      c | d\nA=\"$(e && f)\" g\nEOF\nCMD h\n",
        ),
        Example::new(
            "FROM a\nRUN <|>set -ex; \\\n    a; \\\n    if b; then c; fi\n",
            TO_HEREDOC,
            "FROM a\nRUN <<EOF\nset -ex\na\nif b; then c; fi\nEOF\n",
        ),
        Example::new(
            "FROM a\nRUN <|><<EOF\nset -e\na b\n\n# why\nc | d \\\n  --e\nEOF\nCMD f\n",
            TO_CHAIN,
            "FROM a\nRUN a b \\\n    # why\n    && c | d \\\n  --e\nCMD f\n",
        ),
        Example::new(
            "FROM a\nRUN --network=none <<X<|>\n  set -ex\n  a\n  cd b\nX\n",
            TO_CHAIN,
            "FROM a\nRUN --network=none set -ex \\\n    && a \\\n    && cd b\n",
        ),
        Example::new(
            "FROM a\nRUN \\\n  <|>a && \\\n  b \"c \\\n  d\"\n",
            TO_HEREDOC,
            "FROM a\nRUN <<EOF\nset -e\na\nb \"c \\\n  d\"\nEOF\n",
        ),
        // The shell takes a continuation out in other places than BuildKit.
        Example::nothing("FROM a\nRUN <|>a 'b \\\n c' && d\n"),
        Example::nothing("FROM a\nRUN <|>a b \\ \n c && d\n"),
        Example::nothing("FROM a\nRUN <|><<EOF\nset -e\na 'b \\\n c'\nd\nEOF\n"),
        // A frontend that knows no heredocs.
        Example::nothing("# syntax=docker/dockerfile:1.2\nFROM a\nRUN <|>a && b\n"),
        Example::nothing("# syntax=example.com/own\nFROM a\nRUN <|>a && b\n"),
        // `set -e` would reach into these.
        Example::nothing("FROM a\nRUN <|>(a; b) && c\n"),
        Example::nothing("FROM a\nRUN <|>a && . ./b\n"),
        // A line is read before the alias in it is made.
        Example::nothing("FROM a\nRUN <|><<EOF\nset -e\nalias x=echo\nx hi\nEOF\n"),
        Example::nothing("FROM a\nRUN <|>alias x=echo && x hi\n"),
        Example::nothing("FROM a\nRUN <|>a && b || c\n"),
        Example::nothing("FROM a\nRUN <|>! a && b\n"),
        Example::nothing("FROM a\nRUN <|>a b \\\n  # in between\n  c && d\n"),
        Example::nothing("FROM a\r\nRUN <|>a && b\r\n"),
        Example::nothing("FROM a\nRUN <|>a\n"),
        Example::nothing("FROM a\nRUN <|><<EOF\na\nb\nEOF\n"),
        Example::nothing("FROM a\nRUN <|><<EOF\nset -e\na && b\nc\nEOF\n"),
        Example::nothing("FROM a\nRUN <|><<EOF\n#!/bin/bash\nset -e\na\nb\nEOF\n"),
        Example::nothing("FROM a\nRUN <|>cat <<EOF > b\nset -e\na\nEOF\n"),
        Example::nothing("FROM a\nRUN <|><<EOF\nset -e\na # why\nb\nEOF\n"),
    ],
};

const TO_HEREDOC: &str = "Write this RUN as a heredoc";
const TO_CHAIN: &str = "Write this heredoc as commands joined with `&&`";

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let run = place.instruction;
    // A carriage return would be part of every command.
    let lines = !place.source().contains('\r') && place.tree().escape() == '\\' && place.is_within();
    if run.keyword != Keyword::Run || run.is_exec() || !lines {
        return Vec::new();
    }
    let (title, edits) = match &run.heredocs[..] {
        [] => (TO_HEREDOC, to_heredoc(place)),
        _ => (TO_CHAIN, to_chain(place)),
    };
    let edits = edits.filter(|edits| runs_the_same(place, edits));
    edits.map(|edits| Offer::new(title, edits)).into_iter().collect()
}

/// Whether the shell reads the same commands: a continuation is taken out by BuildKit in one form and by the shell in
/// the other, and within quotes, behind two escapes or before blanks that isn't the same.
fn runs_the_same(place: &Place<'_>, edits: &[Edit]) -> bool {
    let read = |text: String| {
        let model = Model::new(Arc::new(parse(text).0));
        let (id, _) = model.tree().numbered().next_back()?;
        let mut commands = words(model.script(id)?);
        // What the one form says with `&&`.
        commands.retain(|command| *command != ["set", "-e"]);
        Some(commands)
    };
    let Some((before, after)) = touched(place.tree(), edits) else { return false };
    read(before).zip(read(after)).is_some_and(|(before, after)| before == after)
}

/// The words of each command, what is assigned and redirected with them.
fn words(script: &Script) -> Vec<Vec<String>> {
    let commands = script.commands().into_iter();
    let told = |word: &Word| word.unquoted().into_owned();
    commands
        .map(|command| {
            let values = command.assignments().iter().map(|it| format!("{}={}", it.name, told(&it.value)));
            let files = command.redirects().iter().map(|redirect| {
                let target = redirect.target.as_deref().map(told);
                format!("{:?} {:?} {target:?}", redirect.kind, redirect.descriptor)
            });
            values.chain(command.words().iter().map(told)).chain(files).collect()
        })
        .collect()
}

/// Whether the frontend that `# syntax=` names knows heredocs, as that of every BuildKit since 0.10 does.
///
/// Source: BuildKit `frontend/dockerfile/docs/reference.md`, "Here-Documents": dockerfile 1.4.
fn knows_heredocs(tree: &Tree) -> bool {
    let mut directives = tree.directives();
    let Some(frontend) = directives.find(|directive| &*directive.name == "syntax") else { return true };
    let image = frontend.value.strip_prefix("docker.io/").unwrap_or(&frontend.value);
    let Some(tag) = image.strip_prefix("docker/dockerfile:") else { return false };
    let Some(minor) = tag.strip_prefix("1.") else {
        return matches!(tag, "1" | "1-labs" | "latest" | "labs");
    };
    let digits = minor.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse::<u32>().is_ok_and(|minor| minor >= 4)
}

/// What a line of a script does to the shell.
#[derive(PartialEq, Eq)]
enum Set {
    /// `set -e`, `set -eux`: from here on the shell ends where a command fails; `alone` where nothing else is set.
    Errexit { alone: bool },
    /// Other options.
    Other,
    /// No options at all.
    None,
}

fn set(pipeline: &Pipeline) -> Set {
    let [(_, Node::Simple(simple))] = &pipeline.commands[..] else { return Set::None };
    let [name, options @ ..] = &simple.words[..] else { return Set::None };
    if !name.is("set") {
        return Set::None;
    }
    let plain = simple.redirects().is_empty() && simple.assignments().is_empty();
    match options {
        [letters] if plain => {
            let letters = letters.text();
            let known = letters.strip_prefix('-').filter(|it| it.chars().all(|c| "euxv".contains(c)));
            match known.is_some_and(|letters| letters.contains('e')) {
                true => Set::Errexit { alone: letters == "-e" },
                false => Set::Other,
            }
        }
        _ => Set::Other,
    }
}

fn to_heredoc(place: &Place<'_>) -> Option<Vec<Edit>> {
    let (run, source) = (place.instruction, place.source());
    let script = place.script(place.id).filter(|_| knows_heredocs(place.tree()))?;
    let (lines, stops) = match and_chain(script) {
        Some(chain) => {
            let begins = matches!(set(chain.first()?), Set::Errexit { .. });
            let sets = chain.iter().skip(usize::from(begins)).any(|pipeline| set(pipeline) != Set::None);
            if sets || !chain.iter().all(|pipeline| is_plain(pipeline)) {
                return None;
            }
            (chain.iter().map(|pipeline| pipeline.span).collect::<Vec<_>>(), begins)
        }
        // Commands behind `;` are on lines of their own what they are on one.
        None => (sequence(script)?, true),
    };
    let (first, last) = (lines.first()?, lines.last()?);
    let comments_within = run
        .comments
        .iter()
        .chain(&run.blank_lines)
        .any(|comment| lines.iter().any(|line| line.encloses(*comment)));
    let whole = first.start == run.rest_span().start && last.end == run.span.end;
    // Something may stand behind the last command: `;`, a comment.
    let tail = Span::new(last.end, run.full_span.end).of(source);
    let broken = lines.iter().any(|line| line.of(source).lines().any(|line| line.trim() == "EOF"));
    if lines.len() < 2 || comments_within || !whole || !tail.trim().is_empty() || broken {
        return None;
    }
    let header = if stops { "<<EOF\n" } else { "<<EOF\nset -e\n" };
    // The commands may begin on a continued line.
    let before = run.flags.last().map_or(run.keyword_span, |flag| flag.span).end;
    let lead = Span::new(before, first.start);
    let mut edits = match lead.of(source).contains('\n') {
        true if !place.comments(lead)?.is_empty() => return None,
        true => vec![Edit::replace(lead, format!(" {header}"))],
        false => vec![Edit::insert(first.start, header)],
    };
    for pair in lines.windows(2) {
        let gap = Span::new(pair[0].end, pair[1].start);
        let comments = place.comments(gap)?;
        let comments: String = comments.iter().map(|comment| format!("{comment}\n")).collect();
        edits.push(Edit::replace(gap, format!("\n{comments}")));
    }
    edits.push(Edit::insert(last.end, "\nEOF"));
    Some(edits)
}

/// The items of a script that `set -e` begins, tied by `;` alone.
fn sequence(script: &Script) -> Option<Vec<Span>> {
    let items = script.items();
    let (first, rest) = items.split_first()?;
    let begins = first.chain.rest.is_empty() && matches!(set(&first.chain.first), Set::Errexit { .. });
    let tied = items.iter().enumerate().all(|(at, item)| match item.separator {
        Some((kind, _)) => kind == Separator::Semicolon && at + 1 < items.len(),
        None => at + 1 == items.len(),
    });
    let lines = items.iter().map(|item| item.chain.span());
    (begins && tied && !rest.is_empty() && script.comments.is_empty()).then(|| lines.collect())
}

fn to_chain(place: &Place<'_>) -> Option<Vec<Edit>> {
    let (run, source) = (place.instruction, place.source());
    let [heredoc] = &run.heredocs[..] else { return None };
    let alone = heredoc.opener == run.rest_span() && !heredoc.strip_tabs && heredoc.fd == 0;
    let body = heredoc.body.of(source);
    let script = place.script(place.id).filter(|_| alone && !body.starts_with("#!"))?;
    let mut lines: Vec<&Pipeline> = Vec::new();
    for item in script.items() {
        let separated = item.separator.is_none_or(|(kind, _)| kind != Separator::Background);
        if !item.chain.rest.is_empty() || !separated {
            return None;
        }
        lines.push(&item.chain.first);
    }
    let Set::Errexit { alone } = set(lines.first()?) else { return None };
    let first = usize::from(alone);
    let plain =
        lines.iter().all(|line| is_plain(line)) && lines[1..].iter().all(|line| set(line) == Set::None);
    let unbroken = |line: &&Pipeline| {
        let text = line.span.of(source);
        let ends = text.lines().count();
        text.lines()
            .enumerate()
            .all(|(at, line)| (at + 1 == ends || line.ends_with('\\')) && !line.trim_start().starts_with('#'))
    };
    let kept = lines.get(first..).filter(|kept| !kept.is_empty())?;
    // What begins like a flag or a JSON array would be read as one.
    let begins = kept[0].span.of(source);
    if !plain || !lines.iter().all(unbroken) || begins.starts_with(['-', '[']) {
        return None;
    }
    let comments = |gap: Span| -> Option<Vec<&str>> {
        let text = gap.of(source);
        let mut lines = text.split('\n');
        // What stands behind a command on its line, and in front of the next one.
        let (behind, next) = (lines.next()?, text.rsplit('\n').next()?);
        let all = script.comments.iter().filter(|comment| gap.encloses(**comment));
        let found: Vec<&str> = all.map(|comment| comment.of(source).trim_end()).collect();
        let rest = lines.filter(|line| !line.trim().is_empty()).count();
        let clean = behind.trim_matches([' ', '\t', ';']).is_empty() && next.trim().is_empty();
        (clean && rest == found.len()).then_some(found)
    };
    let end = heredoc.end?;
    let last = kept.last()?;
    let head = Span::new(heredoc.body.start, kept[0].span.start);
    let tail = Span::new(last.span.end, end.start);
    // There is no place for comments before the first command and behind the last one.
    let none = |gap: Span| script.comments.iter().all(|comment| !gap.encloses(*comment));
    let clean_tail = tail.of(source).trim_matches([' ', '\t', ';', '\n']).is_empty();
    if !none(head) || !none(tail) || !clean_tail {
        return None;
    }
    let mut edits = vec![Edit::delete(Span::new(heredoc.opener.start, kept[0].span.start))];
    let layout = match continued(place, &[]) {
        Layout::OneLine => Layout::Leading("    "),
        layout => layout,
    };
    for pair in kept.windows(2) {
        let gap = Span::new(pair[0].span.end, pair[1].span.start);
        edits.push(Edit::replace(gap, connector(place, &layout, &comments(gap)?)));
    }
    edits.push(Edit::delete(Span::new(last.span.end, end.end)));
    Some(edits)
}
