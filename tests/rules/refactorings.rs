//! The refactorings: their examples, and what holds for each of them wherever it is offered.

use crate::corpus::corpus;
use crate::examples::harm;
use crate::meaning::meaning;
use crate::world::World;
use plimsoll::actions::{self, CodeAction, Refactoring};
use plimsoll::features;
use plimsoll::text::{FileChange, Span, WorkspaceEdit};
use std::collections::BTreeMap;

/// The text without the marks of a caret or a selection, and where they stood.
fn marked(text: &str) -> (String, Span) {
    let (before, rest) = text.split_once("<|>").expect("a caret");
    match rest.split_once("<|>") {
        Some((within, behind)) => {
            let start = before.len() as u32;
            (format!("{before}{within}{behind}"), Span::new(start, start + within.len() as u32))
        }
        None => (format!("{before}{rest}"), Span::empty(before.len() as u32)),
    }
}

/// What `refactoring` offers for the selection.
fn offers(world: &World, refactoring: &Refactoring, span: Span) -> Vec<CodeAction> {
    all_offers(world, span).into_iter().filter(|offer| is_of(refactoring, offer)).collect()
}

fn is_of(refactoring: &Refactoring, offer: &CodeAction) -> bool {
    offer.id.strip_prefix(refactoring.name).is_some_and(|rest| rest.starts_with('/'))
}

fn all_offers(world: &World, span: Span) -> Vec<CodeAction> {
    features::code_actions(&world.snapshot(), span, &["refactor".to_owned()])
}

fn edit_of(world: &World, offer: &CodeAction) -> WorkspaceEdit {
    features::resolve(&world.snapshot(), &offer.id).expect("it is on offer")
}

/// The lines that are comments, of the file or of a script in it.
fn comments(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().map(str::trim).filter(|line| line.starts_with('#')).collect();
    lines.sort_unstable();
    lines
}

/// What taking the offer has done that it must not; None where all is well.
fn fault(refactoring: &Refactoring, before: &World, edit: &WorkspaceEdit) -> Option<String> {
    let after = before.after(edit);
    if comments(&before.text) != comments(&after.text) {
        return Some("comments are lost".to_owned());
    }
    // Those of a heredoc's script are the shell's.
    let harm = harm(refactoring.name, before, &after)
        .filter(|harm| refactoring.name != "heredoc" || !harm.contains("comments"));
    if let Some(harm) = harm {
        return Some(harm.to_owned());
    }
    let [file] = &edit.files[..] else { return Some("it changes other files".to_owned()) };
    let FileChange::Modify { edits, .. } = &file.change else { return Some("it creates a file".to_owned()) };
    for edit in edits {
        let old = edit.span.of(&before.text);
        if old == edit.text {
            return Some(format!("{edit:?} changes nothing"));
        }
    }
    let (was, is) = (meaning(refactoring.name, before), meaning(refactoring.name, &after));
    (was != is).then(|| {
        let none = String::new();
        let other = (0..was.len().max(is.len()))
            .map(|at| (was.get(at).unwrap_or(&none), is.get(at).unwrap_or(&none)));
        let (a, b) = other.into_iter().find(|(a, b)| a != b).expect("they differ");
        let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count().saturating_sub(40);
        let shown = |text: &str| text.chars().skip(common).take(160).collect::<String>();
        format!("it means something else:\n  - {}\n  + {}", shown(a), shown(b))
    })
}

#[test]
fn examples_do_what_they_show() {
    let mut faults = Vec::new();
    for refactoring in actions::refactorings() {
        let mut shown = 0;
        for example in refactoring.examples {
            let (text, span) = marked(example.before);
            let world = World::new(&text, None);
            let sound = world.snapshot().syntax_errors().is_empty();
            assert!(sound || example.title.is_empty(), "{text}");
            let offers = offers(&world, refactoring, span);
            let titles: Vec<&str> = offers.iter().map(|offer| offer.title.as_str()).collect();
            let offer = offers.iter().find(|offer| offer.title == example.title);
            let fault = match offer {
                _ if example.title.is_empty() => {
                    (!titles.is_empty()).then(|| format!("it offers {titles:?}"))
                }
                None => Some(format!("{} isn't among {titles:?}", example.title)),
                Some(offer) => {
                    shown += 1;
                    assert!(offer.kind.as_str().starts_with("refactor."), "{offer:?}");
                    let edit = edit_of(&world, offer);
                    let after = world.after(&edit).text;
                    let other = (after != example.after).then(|| format!("it makes\n{after}"));
                    other.or_else(|| fault(refactoring, &world, &edit))
                }
            };
            faults
                .extend(fault.map(|fault| format!("{}: {fault}\nof\n{}", refactoring.name, example.before)));
        }
        assert!(shown > 0, "{} shows nothing", refactoring.name);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The first example of each, which stands in the page of the refactorings too.
#[test]
fn the_page_shows_every_refactoring() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/refactorings.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    for refactoring in actions::refactorings() {
        let example =
            refactoring.examples.iter().find(|example| !example.title.is_empty()).expect("one that shows");
        for text in [&*marked(example.before).0, example.after] {
            assert!(page.contains(text.trim_end()), "{}: the page lacks\n{text}", refactoring.name);
        }
    }
}

/// An editor may offer what was done again: that comes to an end.
#[test]
fn the_same_refactoring_again_and_again_comes_to_an_end() {
    for refactoring in actions::refactorings() {
        for example in refactoring.examples.iter().filter(|example| !example.title.is_empty()) {
            let (text, span) = marked(example.before);
            let mut world = World::new(&text, None);
            let mut taken = 0;
            let title =
                |title: &str| title.trim_end_matches(|c: char| c.is_ascii_digit() || c == '`').to_owned();
            let wanted = title(example.title);
            while let Some(offer) = all_offers(&world, Span::empty(span.start.min(world.text.len() as u32)))
                .iter()
                .find(|offer| is_of(refactoring, offer) && title(&offer.title) == wanted)
            {
                world = world.after(&edit_of(&world, offer));
                taken += 1;
                assert!(taken < 10, "{} never ends:\n{}", example.title, world.text);
                // A file of ten stages is what the user asked ten times for.
                if refactoring.name == "extract-stage" {
                    break;
                }
            }
        }
    }
}

/// Every refactoring at every instruction and every command of every third real file: what is built stays the same.
/// Run with --nocapture to see how often each is offered.
#[test]
fn real_files_mean_the_same_after_every_refactoring() {
    let Some((_folder, files)) = corpus() else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for path in files.iter().step_by(3) {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let world = World::new(&text, None);
        let snapshot = world.snapshot();
        let mut places: Vec<u32> = Vec::new();
        for (id, instruction) in snapshot.tree().numbered() {
            places.push(instruction.span.start);
            let commands = snapshot.model().script(id).map(|script| script.commands()).unwrap_or_default();
            places.extend(commands.iter().map(|command| command.span.start));
        }
        places.dedup();
        let mut seen: Vec<(String, Vec<u32>)> = Vec::new();
        for place in places {
            for offer in features::code_actions(&snapshot, Span::empty(place), &["refactor".to_owned()]) {
                let Some(refactoring) = actions::refactorings().find(|one| is_of(one, &offer)) else {
                    continue;
                };
                let edit = features::resolve(&snapshot, &offer.id).expect("it is on offer");
                let FileChange::Modify { edits, .. } = &edit.files[0].change else { continue };
                let key = (offer.title.clone(), edits.iter().map(|edit| edit.span.start).collect());
                if seen.contains(&key) {
                    continue;
                }
                seen.push(key);
                // A stage can be extracted at every step.
                let extracted = refactoring.name == "extract-stage";
                let others = seen.iter().filter(|(title, _)| title.starts_with("Extract")).count();
                if extracted && others > 2 {
                    continue;
                }
                *counts.entry(refactoring.name).or_default() += 1;
                if let Some(fault) = fault(refactoring, &world, &edit) {
                    let line = text[..place as usize].matches('\n').count() + 1;
                    faults.push(format!("{}:{line}: {}: {fault}", path.display(), offer.title));
                }
            }
        }
    }
    println!("{counts:?}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
    assert!(counts.len() + 1 >= actions::refactorings().count(), "{counts:?}");
}
