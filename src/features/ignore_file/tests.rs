use super::*;
use crate::context::Memory;
use crate::rules::Severity;
use std::path::Path;
use std::sync::atomic::AtomicBool;

fn file(text: &str) -> IgnoreFile {
    let large = "x".repeat(2_000_000);
    let source = Memory::from_files([
        ("/w/Dockerfile", "FROM a"),
        ("/w/README.md", "12345"),
        ("/w/docs/한글 😀.md", "1"),
        ("/w/docs/b.md", "22"),
        ("/w/web/node_modules/big/index.js", &large),
        ("/w/web/node_modules/small.js", "1"),
        ("/w/web/index.ts", "1"),
        ("/w/.env", "A=1"),
        ("/w/[odd]*.txt", ""),
    ]);
    let all = Inventory::take(&source, Path::new("/w"), &AtomicBool::new(false)).unwrap();
    IgnoreFile::new(text.into(), Some(Arc::new(all)))
}

fn found(text: &str) -> Vec<(usize, &'static str, Severity)> {
    let file = file(text);
    file.findings().iter().map(|one| (file.line(one.span.start), one.code, one.severity)).collect()
}

#[test]
fn patterns_that_do_nothing_are_found() {
    assert_eq!(found("**/node_modules\ndocs\n!docs/b.md\n.env\n# *.nothing\n"), []);
    assert_eq!(found("*.log\n"), [(1, "unmatched-pattern", Severity::Hint)]);
    assert_eq!(found("node_modules\n"), [(1, "unmatched-pattern", Severity::Warning)]);
    assert_eq!(found("docs\n!docs/*\n"), [(1, "undone-pattern", Severity::Warning)]);
    assert_eq!(found("!docs/b.md\ndocs\n"), [(1, "idle-exception", Severity::Warning)]);
    assert_eq!(found("web\n!docs/b.md\n"), [(2, "idle-exception", Severity::Warning)]);
    assert_eq!(found("*\n!yarn.lock\n"), [(2, "unmatched-pattern", Severity::Hint)]);
    assert_eq!(found("docs\n!docs/b.md\n**/b.md\n"), [(2, "undone-pattern", Severity::Warning)]);
    assert_eq!(
        found("docs\n[\n!\n"),
        [(2, "refused-pattern", Severity::Error), (3, "refused-pattern", Severity::Error),]
    );
    // What an earlier pattern keeps out already is no fault of a later one.
    assert_eq!(found("web\n**/node_modules\n"), []);
}

#[test]
fn messages_say_what_to_do() {
    let one = |text: &str| file(text).findings()[0].message.clone();
    let told = one("node_modules\n");
    assert!(told.contains("such as `web/node_modules`") && told.contains("`**/node_modules`"), "{told}");
    let told = one("docs\n!docs/*\n");
    assert!(told.contains("All 2 files") && told.contains("`!docs/*` on line 2"), "{told}");
    let told = one("!docs/b.md\ndocs\n");
    assert!(told.contains("`docs` on line 2, stands below it"), "{told}");
    let told = one("ok\n!\n");
    assert!(told.starts_with("Nothing in the build context matches `ok`"), "{told}");
}

/// The titles of what can be done in the whole file, each with the text after it.
fn mended(text: &str) -> Vec<(String, String)> {
    let file = file(text);
    let fixes = file.fixes(&file.findings(), Span::new(0, text.len() as u32));
    fixes.iter().map(|fix| (fix.title.clone(), crate::text::apply(text, &fix.edits).unwrap())).collect()
}

#[test]
fn findings_can_be_mended() {
    for (before, expected) in [
        (
            "a\nnode_modules/\n",
            &[
                ("Delete `a`, which matches nothing now", "node_modules/\n"),
                ("Write `**/node_modules/`, which keeps 2 files out", "a\n**/node_modules/\n"),
                ("Delete `node_modules/`, which matches nothing now", "a\n"),
            ][..],
        ),
        (
            "# 한글 😀\r\ndocs\r\n!docs/*\r\n",
            &[
                // The exception alone takes back what nothing keeps out.
                ("Delete `docs`, which changes nothing", "# 한글 😀\r\n!docs/*\r\n"),
                (
                    "Move `docs` below `!docs/*` on line 3, which keeps 2 files out",
                    "# 한글 😀\r\n!docs/*\r\ndocs\r\n",
                ),
            ],
        ),
        (
            "!docs/한글 😀.md\ndocs",
            &[
                (
                    "Move `!docs/한글 😀.md` below `docs` on line 2, which takes 1 file back",
                    "docs\n!docs/한글 😀.md",
                ),
                ("Delete `!docs/한글 😀.md`, which changes nothing", "docs"),
            ],
        ),
        ("\u{feff}!docs/b.md\nweb\n", &[("Delete `!docs/b.md`, which changes nothing", "\u{feff}web\n")]),
        ("web\n[", &[("Delete `[`", "web\n")]),
        ("web\n", &[]),
    ] {
        let found = mended(before);
        let found: Vec<(&str, &str)> = found.iter().map(|(title, text)| (&**title, &**text)).collect();
        assert_eq!(found, expected, "{before:?}");
    }
    // Alike, they are told apart by their lines; only what is asked about is mended.
    let titles: Vec<String> = mended("*.log\nweb\n*.log\n").into_iter().map(|(title, _)| title).collect();
    assert_eq!(
        titles,
        [
            "Delete `*.log`, which matches nothing now (line 1)",
            "Delete `*.log`, which matches nothing now (line 3)"
        ]
    );
    let one = file("*.log\nweb\n*.log\n");
    assert_eq!(one.fixes(&one.findings(), Span::empty(2)).len(), 1);
    assert_eq!(one.fixes(&one.findings(), Span::new(6, 9)), []);
}

#[test]
fn what_is_deleted_by_default_changes_nothing() {
    let preferred = |text: &str| {
        let file = file(text);
        let fixes = file.fixes(&file.findings(), Span::new(0, text.len() as u32));
        fixes.into_iter().filter(|fix| fix.preferred).map(|fix| fix.title).collect::<Vec<_>>()
    };
    assert_eq!(preferred("docs\n!docs/*\n"), ["Delete `docs`, which changes nothing"]);
    // It may be there for what comes.
    assert_eq!(preferred("*.log\nnode_modules\n[\n"), [""; 0]);
    // What is undone here keeps out nothing, but without it its exception would keep nothing back.
    let blind = IgnoreFile::new("docs\n!docs/*\n[\n".into(), None);
    let titles: Vec<String> =
        blind.fixes(&blind.findings(), Span::new(0, 20)).into_iter().map(|fix| fix.title).collect();
    assert_eq!(titles, ["Delete `[`"]);
}

#[test]
fn a_pattern_says_what_it_keeps_out() {
    let text = "# 한글 😀\n**/node_modules\ndocs\n!docs/b.md\n";
    let file = file(text);
    let at = |place: &str| file.hover(text.find(place).unwrap() as u32 + 1).unwrap().markdown;
    let told = at("**/");
    assert!(
        told.starts_with("**`**/node_modules`** keeps out of the build: 2 files, 2.0 MB, measured on disk."),
        "{told}"
    );
    assert!(
        told.contains("Most of it: `web/node_modules/big/` 2.0 MB, `web/node_modules/small.js` 1 byte."),
        "{told}"
    );
    assert!(told.contains("`**` stands for any number of folders"), "{told}");
    let told = at("docs\n");
    assert!(told.contains("keeps out of the build: 1 file, 1 byte"), "{told}");
    assert!(told.contains("`!docs/b.md` on line 4 turns 1 file of it round."), "{told}");
    assert!(at("!docs").contains("takes back: 1 file, 2 bytes"), "{}", at("!docs"));
    assert_eq!(file.hover(2), None);
    let hints = file.inlay_hints(Span::new(0, text.len() as u32), Hints::default());
    assert_eq!(hints.len(), 1);
    assert_eq!(
        (hints[0].label.as_str(), hints[0].offset),
        ("keeps out 2 files, 2.0 MB", text.find("\ndocs").unwrap() as u32)
    );
    assert_eq!(file.inlay_hints(Span::new(0, 3), Hints::default()), []);
    assert_eq!(file.inlay_hints(Span::new(0, 30), Hints { ignored: false, ..Hints::default() }), []);
}

#[test]
fn nothing_is_said_of_a_context_that_is_not_known() {
    let text = "node_modules\n[\n";
    let blind = IgnoreFile::new(text.into(), None);
    let codes: Vec<&str> = blind.findings().iter().map(|one| one.code).collect();
    assert_eq!(codes, ["refused-pattern"]);
    assert!(blind.hover(0).unwrap().markdown.starts_with("**`node_modules`** keeps out what it matches."));
    assert!(blind.inlay_hints(Span::new(0, 9), Hints::default()).is_empty());
    assert!(blind.completion(0).items.is_empty());
}

#[test]
fn paths_are_completed_wherever_they_stand() {
    let labels = |text: &str| -> Vec<String> {
        file(text).completion(text.len() as u32).items.into_iter().map(|item| item.label).collect()
    };
    assert_eq!(labels(""), ["docs/", "web/", "Dockerfile", "README.md", "[odd]*.txt", ".env"]);
    assert_eq!(labels("x\n/d")[0], "docs/");
    assert_eq!(labels("web/"), ["node_modules/", "index.ts"]);
    assert_eq!(labels("web/node_modules/"), ["big/", "small.js"]);
    assert_eq!(labels("docs\n! ")[0], "docs/", "what is kept out comes first");
    assert_eq!(labels("web\n!")[0], "web/");
    assert_eq!(labels("gone/"), [""; 0]);
    assert_eq!(labels("# web/"), [""; 0]);
    let text = "docs/한 \nweb/indx.ts\r\n";
    let ignore = file(text);
    let item = ignore.completion(text.find(" \n").unwrap() as u32).items.remove(0);
    assert_eq!((item.text.as_str(), item.span.of(text)), ("한글 😀.md", "한"));
    let item = &ignore.completion(text.find("dx.ts").unwrap() as u32).items[0];
    assert_eq!(item.span.of(text), "indx.ts");
    let odd = file("").completion(0).items.into_iter().find(|item| item.label.starts_with('[')).unwrap();
    assert_eq!(odd.text, r"\[odd\]\*.txt");
}
