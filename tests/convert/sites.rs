//! The conversion of sites of files over real Dockerfiles, as if each stood in an ordinary project of Vite or Create
//! React App: no panic, and what must hold of a conversion holds.

use crate::project::{Project, convert_text, invariants};
use plimsoll::convert::Outcome;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// An ordinary project, by the files that tell what it is.
fn projects() -> [BTreeMap<String, String>; 2] {
    let vite = r#"{"scripts": {"build": "vite build", "start": "vite preview", "dev": "vite", "preview": "vite preview"},
        "devDependencies": {"vite": "7.1.2"}}"#;
    let react = r#"{"scripts": {"build": "react-scripts build", "start": "react-scripts start"},
        "dependencies": {"react-scripts": "5.0.1"}}"#;
    [vite, react].map(|package| {
        let files = [
            ("package.json", package),
            ("package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}\n"),
            ("public/index.html", "<div id=\"root\"></div>\n"),
            ("src/index.js", "1;\n"),
            ("vite.config.js", "export default {};\n"),
        ];
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    })
}

#[test]
fn real_dockerfiles_in_an_ordinary_project_convert_soundly_or_not_at_all() {
    let Some(folder) = crate::beside::unpacked("corpus/dev.tar.xz") else { return };
    let mut faults = String::new();
    let mut outcomes: BTreeMap<&'static str, u32> = BTreeMap::new();
    for files in projects() {
        let view = Project { dockerfile: "Dockerfile".into(), files: files.clone(), answers: vec![] }.view();
        for (name, text) in crate::project::files(folder.path()) {
            if !name.ends_with("Dockerfile") {
                continue;
            }
            let answers = [("proxy".to_owned(), "drop".to_owned()), ("user".to_owned(), "nginx".to_owned())];
            let outcome = convert_text(&text, Some(&view), &answers);
            convert_text(&text, None, &[]);
            *outcomes.entry(kind(outcome.as_ref())).or_default() += 1;
            let Some(Outcome::Converted(conversion)) = outcome else { continue };
            let mut files = files.clone();
            files.insert("Dockerfile".into(), text);
            let project = Project { dockerfile: "Dockerfile".into(), files, answers: answers.to_vec() };
            for fault in invariants(&project, &conversion) {
                let _ = writeln!(faults, "{name}: {fault}");
            }
        }
    }
    println!("{outcomes:?}");
    assert!(outcomes.get("converted").is_some_and(|count| *count >= 20), "{outcomes:?}");
    assert!(faults.is_empty(), "\n{faults}");
}

fn kind(outcome: Option<&Outcome>) -> &'static str {
    match outcome {
        None => "nothing offered",
        Some(Outcome::Converted(_)) => "converted",
        Some(Outcome::Refused(reason)) => reason.code,
        Some(Outcome::Question(_)) => "question",
    }
}
