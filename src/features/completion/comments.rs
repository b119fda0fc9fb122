use super::{CompletionKind, Completions};
use crate::features::Snapshot;
use crate::rules;
use crate::syntax::Item;
use crate::text::Span;

/// In a comment: parser directives where they still count, and comments that silence findings.
pub(super) fn complete(snapshot: &Snapshot, item: usize, offset: u32, list: &mut Completions) {
    let (tree, source) = (snapshot.tree(), snapshot.source());
    let items = tree.items();
    let Some(span) = items.get(item).map(Item::span) else { return };
    let Some(before) = source.get(span.start as usize..offset as usize) else { return };
    let Some(body) = before.strip_prefix('#') else { return };
    let body = body.trim_start();
    let rest = source.get(offset as usize..span.end as usize).unwrap_or_default();
    let to = |back: usize, stops: &[char]| {
        let stop = |c: char| c.is_whitespace() || stops.contains(&c);
        let end = rest.find(stop).unwrap_or(rest.len());
        Span::new(offset.saturating_sub(back as u32), offset + end as u32)
    };
    // A directive counts only where nothing but directives stands above it.
    let at_top = items[..item].iter().all(|item| matches!(item, Item::Directive(_)));
    let given = |name: &str| {
        let mut above = items[..item].iter();
        above.any(|item| matches!(item, Item::Directive(directive) if &*directive.name == name))
    };
    let Some((name, value)) = body.split_once('=') else {
        let span = to(body.len(), &[]);
        if at_top && !body.contains(char::is_whitespace) {
            for (name, text) in DIRECTIVES {
                if !given(name) {
                    list.add(text, CompletionKind::Property, span).topic(format!("directive/{name}"));
                }
            }
        }
        for text in [
            "plimsoll ignore=",
            "plimsoll stage ignore=",
            "plimsoll file ignore=",
            "hadolint ignore=",
            "check=skip=",
        ] {
            list.add(text, CompletionKind::Property, span).topic(format!("comment/{text}"));
        }
        return;
    };
    let key = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    match &*key {
        "syntax" if at_top => {
            let span = to(value.trim_start().len(), &[]);
            for (image, detail) in [
                ("docker/dockerfile:1", "the newest of version 1"),
                ("docker/dockerfile:1-labs", "the same with what is being tried out"),
                ("docker/dockerfile:1.20", "1.20 and its corrections"),
            ] {
                list.add(image, CompletionKind::Image, span).detail(detail);
            }
        }
        "escape" if at_top => {
            let span = to(value.trim_start().len(), &[]);
            list.add("`", CompletionKind::Value, span)
                .detail("a backquote, so that paths of Windows can be written");
            list.add("\\", CompletionKind::Value, span).detail("the default");
        }
        "check" => checks(value, at_top, &to, list),
        "plimsoll ignore" | "plimsoll stage ignore" | "plimsoll file ignore" => {
            if value.contains(" -- ") {
                return;
            }
            let (_, typed) = last(value);
            let span = to(typed.len(), &[',']);
            for found in snapshot.diagnostics() {
                list.add(found.rule, CompletionKind::Rule, span)
                    .detail("found in this file")
                    .topic(format!("rule/{}", found.rule));
            }
            // What the file shows stands first; all of them are more than a list takes.
            for rule in rules::all() {
                if rule.name.contains(&typed.to_lowercase()) {
                    list.add(rule.name, CompletionKind::Rule, span)
                        .detail(rule.theme.as_str())
                        .topic(format!("rule/{}", rule.name));
                }
            }
            aliases(&["hadolint", "buildkit"], typed, span, list);
        }
        "hadolint ignore" | "hadolint stage ignore" | "hadolint global ignore" => {
            let (_, typed) = last(value);
            aliases(&["hadolint"], typed, to(typed.len(), &[',']), list);
        }
        _ => {}
    }
}

const DIRECTIVES: [(&str, &str); 3] =
    [("syntax", "syntax=docker/dockerfile:1"), ("check", "check=skip="), ("escape", "escape=`")];

/// What stands before the last comma, and behind it.
fn last(value: &str) -> (&str, &str) {
    let (done, typed) = value.rsplit_once(',').unwrap_or(("", value));
    (done, typed.trim_start())
}

/// `# check=`: its options, and the names of BuildKit's checks.
fn checks(value: &str, at_top: bool, to: &dyn Fn(usize, &[char]) -> Span, list: &mut Completions) {
    let option = value.rsplit(';').next().unwrap_or(value).trim_start();
    match option.split_once('=') {
        None => {
            let span = to(option.len(), &[';', '=']);
            list.add("skip=", CompletionKind::Property, span).detail("leaves checks out");
            if at_top {
                list.add("error=true", CompletionKind::Property, span)
                    .detail("what a check finds fails the build");
                list.add("experimental=", CompletionKind::Property, span)
                    .detail("asks for checks that are being tried out");
            }
        }
        Some(("skip" | "experimental", names)) => {
            let (done, typed) = last(names);
            let span = to(typed.len(), &[',', ';']);
            aliases(&["buildkit"], typed, span, list);
            if done.is_empty() {
                list.add("all", CompletionKind::Rule, span).detail("every check");
            }
        }
        Some(("error", typed)) => {
            let span = to(typed.len(), &[';']);
            list.add("true", CompletionKind::Value, span);
            list.add("false", CompletionKind::Value, span);
        }
        Some(_) => {}
    }
}

/// The names that rules have in other tools, in order.
fn aliases(tools: &[&str], typed: &str, span: Span, list: &mut Completions) {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for rule in rules::all() {
        for alias in rule.aliases {
            let (tool, id) = rules::alias::split(alias);
            if tools.contains(&tool) && !id.contains('*') {
                found.push((id, rule.name));
            }
        }
    }
    found.sort_unstable();
    let typed = typed.to_lowercase();
    for (id, rule) in found.into_iter().filter(|(id, _)| id.to_lowercase().contains(&typed)) {
        list.add(id, CompletionKind::Rule, span).detail(rule).topic(format!("rule/{rule}"));
    }
}
