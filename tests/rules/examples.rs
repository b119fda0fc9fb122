use crate::world::{World, shellcheck};
use plimsoll::rules::{self, Applicability, Diagnostic, Example, FixKind, Rule};
use plimsoll::settings::Profile;
use plimsoll::syntax::{TokenKind, Tree};
use std::collections::BTreeMap;

#[test]
fn examples_show_what_they_say() {
    for (rule, example, world) in all() {
        let snapshot = world.snapshot();
        let source = snapshot.source();
        let found: Vec<(u32, &str)> = of(rule, snapshot.diagnostics())
            .map(|finding| (snapshot.tree().lines().line(finding.span.start) + 1, finding.span.of(source)))
            .collect();
        assert_eq!(found, example.found, "{} on\n{}", rule.name, example.text);
    }
}

#[test]
fn docs_show_the_fault_and_how_to_do_without_it() {
    for rule in rules::all() {
        // A rule that needs to be set up is shown as its first example sets it up; what is off in the editor is
        // seen under `strict`.
        let set = rule.examples.first().map_or("", |example| example.settings);
        let profile = if rule.severity.editor.is_some() { Profile::Editor } else { Profile::Strict };
        let found = |text: &str| {
            let world = with_shellcheck(rule, World::new(text, rule.docs.files).set(set).under(profile))?;
            Some(of(rule, &world.check()).count())
        };
        assert_ne!(found(rule.docs.example), Some(0), "{}'s page shows no fault", rule.name);
        assert_eq!(
            found(rule.docs.instead).unwrap_or(0),
            0,
            "{}'s page has the fault in what it recommends",
            rule.name
        );
        for text in [rule.docs.what, rule.docs.why, rule.docs.fix] {
            assert!(text.ends_with('.') && !text.contains("  "), "{}: {text}", rule.name);
        }
    }
}

#[test]
fn a_fix_mends_its_fault_and_brings_no_other() {
    for (rule, example, world) in all() {
        let mut now = world.clone();
        // One fix at a time, as a user takes them.
        for _ in 0..20 {
            let before = now.check();
            let Some(fix) = of(rule, &before).find_map(|finding| finding.fix().cloned()) else { break };
            assert!(
                rule.fix.allows(fix.applicability),
                "{} has a fix of a kind that it doesn't declare",
                rule.name
            );
            if rule.fix == FixKind::Either {
                let unsafely = fix.applicability == Applicability::Unsafe;
                assert_eq!(unsafely, example.unsafely, "{}: {} on\n{}", rule.name, fix.title, example.text);
            }
            let next = now.after(&fix.edit);
            let after = next.check();
            let count = |found: &[Diagnostic]| of(rule, found).count();
            assert!(count(&after) < count(&before), "{}: the fault stays in\n{}", rule.name, next.text);
            // What couldn't be read before may well have faults of its own.
            let readable = next.snapshot().syntax_errors().len() < now.snapshot().syntax_errors().len();
            let mut fresh = if readable { Vec::new() } else { fresh(&now, &next) };
            fresh.retain(|other| !UNCOVERED.contains(&(rule.name, *other)));
            assert!(fresh.is_empty(), "{}'s fix brings {fresh:?} to\n{}", rule.name, next.text);
            assert_intact(rule.name, &now, &next);
            now = next;
        }
        let fixed = example.fixed.unwrap_or(example.text);
        assert_eq!(now.text, fixed, "{} on\n{}", rule.name, example.text);
        for (path, text) in example.fixed_files {
            let files = now.files.as_ref().expect("a context");
            assert_eq!(files.get(*path).map(String::as_str), Some(*text), "{}: {path}", rule.name);
        }
    }
}

#[test]
fn findings_are_in_the_order_of_the_text_and_read_well() {
    for (rule, example, world) in all() {
        for profile in Profile::ALL {
            let found = world.clone().under(profile).check();
            assert!(found.is_sorted_by_key(|finding| finding.span.start), "{}", example.text);
            for finding in found {
                let text = finding.message();
                assert!(text.ends_with(['.', '?']), "{}: {text}", rule.name);
                assert!(!text.contains("  ") && !text.contains('\n'), "{}: {text}", rule.name);
                assert!(text.len() < 420, "{}: {} bytes: {text}", rule.name, text.len());
            }
        }
    }
}

fn all() -> impl Iterator<Item = (&'static Rule, &'static Example, World)> {
    rules::all().iter().flat_map(|rule| {
        rule.examples.iter().filter_map(move |example| {
            let world = World::new(example.text, example.files).set(example.settings).under(example.profile);
            Some((rule, example, with_shellcheck(rule, world)?))
        })
    })
}

/// The world with ShellCheck where the rule needs it; None where there is none.
fn with_shellcheck(rule: &Rule, world: World) -> Option<World> {
    if rule.reads.shellcheck { Some(world.checked(&shellcheck()?)) } else { Some(world) }
}

fn of<'d>(rule: &'static Rule, found: &'d [Diagnostic]) -> impl Iterator<Item = &'d Diagnostic> {
    // What ShellCheck finds has names of its own.
    let is_of =
        move |name: &str| name == rule.name || rule.reads.shellcheck && name.starts_with("shellcheck/");
    found.iter().filter(move |finding| is_of(finding.rule))
}

/// Rules for teams that want none of what other rules recommend: SHELL, a tag beside the digest.
const OPPOSED: [&str; 2] = ["shell-instruction-used", "base-image-tag-and-digest"];

/// Faults that were there before, where no rule could see them: what curl fetches without a checksum, ADD does too.
const UNCOVERED: [(&str, &str); 1] = [("archive-fetched-by-run", "url-without-checksum")];

/// How the text is laid out is a formatter's to say, which comes after the fixes.
const LAYOUT: [&str; 7] = [
    "chained-commands-on-one-line",
    "missing-final-newline",
    "repeated-blank-lines",
    "repeated-spaces",
    "trailing-spaces",
    "uneven-indentation",
    "ungrouped-instructions",
];

/// The rules that find more in `after` than in `before`, all of them turned on.
fn fresh(before: &World, after: &World) -> Vec<&'static str> {
    let count = |world: &World| {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for finding in world.clone().under(Profile::Strict).check() {
            *counts.entry(finding.rule).or_default() += 1;
        }
        counts
    };
    let (before, after) = (count(before), count(after));
    after
        .into_iter()
        .filter(|(rule, _)| !OPPOSED.contains(rule) && !LAYOUT.contains(rule))
        .filter(|(rule, n)| *n > before.get(rule).copied().unwrap_or(0))
        .map(|(rule, _)| rule)
        .collect()
}

/// The comments and line breaks of the file are as they were, and it is no less sound.
fn assert_intact(rule: &str, before: &World, after: &World) {
    assert_eq!(harm(rule, before, after), None, "{rule}:\n{}", after.text);
}

/// What a fix of `rule` has done that it must not: comments or line breaks are other ones, or the file is less
/// sound than before.
pub fn harm(rule: &str, before: &World, after: &World) -> Option<&'static str> {
    let (old, new) = (before.snapshot(), after.snapshot());
    let comments = |tree: &Tree| -> Vec<String> {
        let comments =
            tree.tokens().filter(|(kind, _)| matches!(kind, TokenKind::Comment | TokenKind::Directive));
        let comments = comments.map(|(_, span)| span.of(tree.source()).trim_end().to_owned());
        // Two rules are about comments, and mend those.
        let mends = |text: &str| match rule {
            "unused-ignore" => text.contains("plimsoll"),
            "mistyped-directive" => text.contains('='),
            _ => false,
        };
        let mut comments: Vec<String> = comments.filter(|text| !mends(text)).collect();
        // An instruction that is moved takes those above it along.
        comments.sort();
        comments
    };
    let returns = |text: &str| text.matches("\r\n").count() == text.matches('\n').count();
    match () {
        () if new.syntax_errors().len() > old.syntax_errors().len() => Some("it is less sound"),
        () if comments(old.tree()) != comments(new.tree()) => Some("comments are lost"),
        () if returns(&before.text) && before.text.contains('\n') && !returns(&after.text) => {
            Some("its lines end in other ways")
        }
        () if rule != "missing-final-newline"
            && before.text.ends_with('\n') != after.text.ends_with('\n') =>
        {
            Some("its end is another one")
        }
        () => None,
    }
}
