use crate::corpus::corpus;
use crate::world::World;
use plimsoll::rules::{self, alias};
use plimsoll::settings::Profile;
use std::collections::{BTreeMap, BTreeSet};

/// Where the answers of BuildKit's checks that the corpus carries differ from ours: the check, the file (or all
/// of them), a part of the line (or any), and why ours stands. The answers are those of a tool that runs the
/// checks by itself, without a registry.
const EXPLAINED: &[(&str, &str, &str, &str)] = &[
    (
        "InvalidDefinitionDescription",
        "e5ecde177958",
        "",
        "the file asks for the experimental check; that tool leaves it off",
    ),
    (
        "JSONArgsRecommended",
        "",
        "$",
        "that tool lets a command with variables pass; BuildKit looks at SHELL alone",
    ),
    ("JSONArgsRecommended", "4a7efb9db6dc", "", "SHELL is set in the stage"),
    ("JSONArgsRecommended", "f587152a9327", "", "SHELL is set in the stage"),
    ("StageNameCasing", "", " AS B", "BuildKit tells it of every name with capitals"),
    ("StageNameCasing", "", " AS Final", "BuildKit tells it of every name with capitals"),
    ("UndefinedVar", "", "$APP_UID", "Microsoft's images set APP_UID"),
    ("UndefinedVar", "", "$PYTHON_VERSION", "the image of Python sets PYTHON_VERSION"),
    ("UndefinedVar", "", "GOPATH", "the image of Go sets GOPATH"),
    ("UndefinedVar", "", "$PATH", "BuildKit sets PATH in every stage, scratch too"),
    ("UndefinedVar", "", "$(whoami)", "`$(` names no variable, and BuildKit takes it as it stands"),
    ("UndefinedVar", "", "SWIFT_", "an ARG of a stage holds in the stages that are built on it"),
    ("UndefinedVar", "099dddeac4f6", "", "an ARG of a stage holds in the stages that are built on it"),
    ("UndefinedVar", "4cdf43f7f1c7", "", "an ARG of a stage holds in the stages that are built on it"),
    ("UndefinedVar", "", "--mount", "BuildKit works out the words of mounts too"),
    ("UndefinedVar", "8c63f6c4792c", "", "BuildKit works out the words of mounts too"),
    ("WorkdirRelativePath", "", "WORKDIR", "the path counts when its quotes and variables are worked out"),
];

/// Findings of that tool beside which it shows no other of the line.
const INSTEAD: &[&str] = &[
    "buildkit/DuplicateStageName",
    "buildkit/InvalidDefaultArgInFrom",
    "buildkit/ReservedStageName",
    "hadolint/DL3020",
    "hadolint/DL3021",
    "tally/invalid-json-form",
    "tally/max-lines",
    "tally/ruby/",
];

/// By file: the checks and their lines, and the lines that show another finding instead.
type Answers = BTreeMap<String, (BTreeSet<(String, u64)>, BTreeSet<u64>)>;

/// What is carried of one file, by the file's name; files that can't be parsed are left out.
fn answers(folder: &std::path::Path) -> Answers {
    let text = std::fs::read_to_string(folder.join("dev/oracle_tally.jsonl")).unwrap();
    let files = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let read = files.filter(|file| file["fail"] == false).map(|file| {
        let all = || file["v"].as_array().unwrap().iter();
        let found = all().filter_map(|f| {
            let check = f[0].as_str().unwrap().strip_prefix("buildkit/")?;
            Some((check.to_owned(), f[1].as_u64()?))
        });
        let instead = all().filter(|f| INSTEAD.iter().any(|name| f[0].as_str().unwrap().starts_with(name)));
        let instead = instead.filter_map(|f| f[1].as_u64()).collect();
        (format!("{}.Dockerfile", file["sha"].as_str().unwrap()), (found.collect(), instead))
    });
    read.collect()
}

/// On real files, the checks find what BuildKit's do, on the same lines.
#[test]
fn profile_buildkit_says_what_buildkit_says() {
    let Some((folder, files)) = corpus() else { return };
    let answers = answers(folder.path());
    // By check: said by both, explained, by BuildKit alone, by us alone.
    let mut counts: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let mut used = vec![false; EXPLAINED.len()];
    let mut faults = Vec::new();
    for path in &files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (Some((theirs, instead)), Ok(text)) = (answers.get(&name), std::fs::read_to_string(path)) else {
            continue;
        };
        let snapshot = World::new(&text, None).under(Profile::Buildkit).snapshot();
        let mut ours: BTreeSet<(String, u64)> = BTreeSet::new();
        let mut refused = None;
        for finding in snapshot.diagnostics() {
            let line = u64::from(snapshot.tree().lines().line(finding.span.start)) + 1;
            let names = finding.aliases().iter().map(|a| alias::split(a));
            let checks: Vec<&str> = names.filter(|(tool, _)| *tool == "buildkit").map(|(_, id)| id).collect();
            if checks.is_empty() {
                refused = Some((line, finding.message().to_owned()));
            }
            ours.extend(checks.into_iter().map(|check| (check.to_owned(), line)));
        }
        for finding in ours.union(theirs) {
            let line = text.lines().nth(finding.1 as usize - 1).unwrap_or_default();
            let explained = EXPLAINED.iter().position(|(check, file, part, _)| {
                *check == finding.0 && name.starts_with(file) && line.contains(part)
            });
            let who = match (ours.contains(finding), theirs.contains(finding)) {
                (true, true) => 0,
                (true, false) if instead.contains(&finding.1) => 1,
                _ if explained.is_some() => 1,
                // BuildKit stops at what it refuses; the tool whose answers these are goes on.
                (false, true) if refused.is_some() => 1,
                (false, _) => 2,
                _ => 3,
            };
            if let Some(explained) = explained.filter(|_| who == 1) {
                used[explained] = true;
            }
            if who > 1 || (who == 1 && std::env::var_os("PLIMSOLL_SHOW").is_some()) {
                let word = ["", "explained", "missing", "extra"][who];
                faults.push(format!("{word} {name} {finding:?} {refused:?}"));
            }
            counts.entry(finding.0.clone()).or_default()[who] += 1;
        }
    }
    for (check, [both, explained, theirs, ours]) in &counts {
        println!("{check}: {both} agreed, {explained} explained, {theirs} only BuildKit, {ours} only here");
    }
    faults.iter().filter(|fault| fault.starts_with("explained")).for_each(|fault| println!("{fault}"));
    faults.retain(|fault| !fault.starts_with("explained"));
    let checks =
        rules::all().iter().flat_map(|rule| rule.aliases).filter(|a| alias::split(a).0 == "buildkit");
    assert_eq!(checks.collect::<BTreeSet<_>>().len(), 22);
    let idle: Vec<_> =
        EXPLAINED.iter().zip(&used).filter(|(_, used)| !**used).map(|(explained, _)| explained).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(idle.is_empty(), "these explain nothing: {idle:?}");
}
