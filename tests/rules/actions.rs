use crate::world::World;
use plimsoll::actions::CodeAction;
use plimsoll::features;
use plimsoll::rules::{self, Diagnostic};
use plimsoll::text::{Span, WorkspaceEdit};
use std::collections::HashSet;

/// What is offered where the finding stands.
fn offers(world: &World, found: &Diagnostic) -> Vec<CodeAction> {
    features::code_actions(&world.snapshot(), found.span, &[])
}

fn taken(world: &World, action: &CodeAction) -> World {
    let edit: WorkspaceEdit = features::resolve(&world.snapshot(), &action.id).expect("it is on offer");
    world.after(&edit)
}

#[test]
fn no_two_offers_have_the_same_title_and_each_can_be_taken() {
    for rule in rules::all() {
        for example in rule.examples {
            let world = World::new(example.text, example.files).set(example.settings).under(example.profile);
            for found in world.check() {
                let offers = offers(&world, &found);
                let titles: HashSet<&str> = offers.iter().map(|offer| offer.title.as_str()).collect();
                assert_eq!(titles.len(), offers.len(), "{offers:#?}");
                for offer in offers.iter().filter(|offer| offer.disabled.is_none()) {
                    taken(&world, offer);
                }
            }
        }
    }
}

#[test]
fn ignoring_silences_the_finding_and_nothing_else() {
    for rule in rules::all() {
        for example in rule.examples {
            let world = World::new(example.text, example.files).set(example.settings).under(example.profile);
            for found in world.check() {
                for offer in offers(&world, &found).iter().filter(|offer| offer.id.starts_with("ignore/")) {
                    let name = offer.id.splitn(4, '/').nth(3).unwrap();
                    let after = taken(&world, offer);
                    let count = |world: &World, rule: &str| {
                        world.check().iter().filter(|found| found.rule == rule).count()
                    };
                    assert!(count(&after, name) < count(&world, name), "{}:\n{}", offer.title, after.text);
                    assert_eq!(
                        count(&after, "unused-ignore"),
                        count(&world, "unused-ignore"),
                        "{}",
                        after.text
                    );
                    let before = world.snapshot().syntax_errors().len();
                    assert_eq!(after.snapshot().syntax_errors().len(), before, "{}", after.text);
                }
            }
        }
    }
}

/// The text after the offer of this title, taken where `rule` finds something first.
fn after(text: &str, rule: &str, title: &str) -> String {
    let world = World::new(text, None);
    let found = world.check().into_iter().find(|found| found.rule == rule).expect("there is a finding");
    let offers = offers(&world, &found);
    let offer = offers.iter().find(|offer| offer.title == title);
    taken(&world, offer.unwrap_or_else(|| panic!("{title} isn't among {offers:#?}"))).text
}

#[test]
fn an_ignore_is_put_where_it_counts() {
    let base = "unpinned-base-image";
    for (text, title, expected) in [
        (
            "# syntax=docker/dockerfile:1\n# hadolint ignore=DL3001\n  FROM node\n",
            "Ignore unpinned-base-image here",
            "# syntax=docker/dockerfile:1\n# plimsoll ignore=unpinned-base-image\n# hadolint ignore=DL3001\n  FROM node\n",
        ),
        (
            "ARG A\r\n  FROM node\r\n",
            "Ignore unpinned-base-image here",
            "ARG A\r\n  # plimsoll ignore=unpinned-base-image\r\n  FROM node\r\n",
        ),
        (
            "# plimsoll ignore=apt-lists-left -- as agreed\nFROM node\n",
            "Ignore unpinned-base-image here",
            "# plimsoll ignore=apt-lists-left, unpinned-base-image -- as agreed\nFROM node\n",
        ),
        (
            "FROM a:1\nFROM node\nRUN x\n",
            "Ignore unpinned-base-image in this stage",
            "FROM a:1\n# plimsoll stage ignore=unpinned-base-image\nFROM node\nRUN x\n",
        ),
        (
            "\u{feff}# syntax=docker/dockerfile:1\nFROM node\n",
            "Ignore unpinned-base-image in this file",
            "\u{feff}# syntax=docker/dockerfile:1\n# plimsoll file ignore=unpinned-base-image\nFROM node\n",
        ),
        (
            "#!/usr/bin/env x\nFROM node\n# plimsoll file ignore=DL3009\n",
            "Ignore unpinned-base-image in this file",
            "#!/usr/bin/env x\nFROM node\n# plimsoll file ignore=DL3009, unpinned-base-image\n",
        ),
    ] {
        assert_eq!(after(text, base, title), expected);
    }
}

#[test]
fn all_of_one_rule_are_fixed_at_once() {
    let text = "# plimsoll ignore=DL3006\nFROM a:1\n# plimsoll ignore=DL3006\nRUN x\n";
    assert_eq!(after(text, "unused-ignore", "Fix all 2 of unused-ignore in this file"), "FROM a:1\nRUN x\n");
    let one = World::new("# plimsoll ignore=DL3006\nFROM a:1\n", None);
    let titles = offers(&one, &one.check()[0]);
    assert!(titles.iter().all(|offer| !offer.title.starts_with("Fix all 1")), "{titles:#?}");
}

/// An editor asks at every selection, of a whole long file too.
#[test]
fn a_long_selection_has_the_fixes_of_all_but_not_of_each() {
    let text = format!("FROM node:22\n{}", "MAINTAINER a\nRUN cd /a && npm ci\n".repeat(300));
    let world = World::new(&text, None);
    let findings = world.check().len();
    assert!(findings > 600, "{findings}");
    let all = features::code_actions(&world.snapshot(), Span::new(0, text.len() as u32), &[]);
    let titles: HashSet<&str> = all.iter().map(|offer| offer.title.as_str()).collect();
    assert_eq!(titles.len(), all.len());
    assert!(all.len() < findings, "{} offers", all.len());
    let offered = |title: &str| all.iter().any(|offer| offer.title.starts_with(title));
    assert!(offered("Fix all ") && offered("Ignore ") && offered("Explain "), "{titles:?}");
}

#[test]
fn standalone_output_is_turned_on_from_the_step_that_builds() {
    let dockerfile = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm run build\n";
    let world = World::new(
        dockerfile,
        Some(&[
            ("package.json", r#"{"scripts": {"build": "next build"}, "dependencies": {"next": "16.0.0"}}"#),
            ("next.config.ts", "export default { reactStrictMode: true };\n"),
        ]),
    );
    let at = |text: &str| {
        let start = dockerfile.find(text).expect("it is there") as u32;
        let offers = features::code_actions(&world.snapshot(), Span::empty(start), &[]);
        offers.into_iter().find(|offer| offer.id == "standalone-output")
    };
    assert_eq!(at("WORKDIR"), None);
    let after = taken(&world, &at("npm run").expect("it is on offer"));
    assert_eq!(after.text, dockerfile);
    let files = after.files.as_ref().expect("a context");
    assert_eq!(
        files["next.config.ts"],
        "export default { output: \"standalone\", reactStrictMode: true };\n"
    );
    let snapshot = after.snapshot();
    let offers = features::code_actions(&snapshot, Span::empty(dockerfile.find("npm").unwrap() as u32), &[]);
    assert!(offers.iter().all(|offer| offer.id != "standalone-output"));
}
