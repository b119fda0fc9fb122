//! Real Dockerfiles of public repositories: nothing is lost, nothing panics, and a file has a syntax error
//! exactly where BuildKit refuses it.

use crate::shared;
use plimsoll::syntax::{SyntaxError, parse};

/// Files on which the verdict of the corpus is not BuildKit's last word, and why.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "1515d03c3b40",
        "the verdict is the parser's; `FROM --platform=x86` is refused when the stage is resolved",
    ),
    (
        "15e78950570f",
        "the verdict is the parser's; a COPY of a URL is refused when its stage is planned (convert_copy.go)",
    ),
    ("66889e0c31b0", "the verdict counts FROM behind ONBUILD as a finding; instructions/parse.go refuses it"),
    ("ccc8cd5791be", "the verdict counts RUN above FROM as a finding; instructions/parse.go refuses it"),
];

#[test]
fn every_file_is_read_without_loss_and_refused_as_buildkit_refuses_it() {
    let Some(corpus) = shared::corpus() else { return };
    let mut faults = Vec::new();
    let mut refused = 0;
    for file in &corpus {
        let (tree, errors) = parse(file.text.as_str());
        let joined: String = tree.tokens().map(|(_, span)| span.of(&file.text)).collect();
        if joined != file.text {
            faults.push(format!("{}: the tokens joined are not the text", file.sha));
        }
        let ours = errors.iter().map(SyntaxError::to_string).collect::<Vec<_>>();
        refused += usize::from(file.refused);
        let explained = EXPLAINED.iter().any(|(sha, _)| *sha == file.sha);
        if explained == (ours.is_empty() == file.refused) {
            continue;
        }
        if ours.is_empty() == file.refused || explained {
            faults.push(format!("{}: BuildKit refuses it: {}, and here {ours:?}", file.sha, file.refused));
        }
    }
    println!("{} files, {refused} of them refused by BuildKit", corpus.len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
