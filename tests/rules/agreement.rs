use crate::corpus::corpus;
use crate::world::World;
use plimsoll::rules::{self, alias};
use plimsoll::settings::Profile;
use std::collections::{BTreeMap, BTreeSet};

/// hadolint's findings of one file, as rule and line, by the file's name; files that it can't parse are left out.
fn answers(folder: &std::path::Path) -> BTreeMap<String, BTreeSet<(String, u64)>> {
    let text = std::fs::read_to_string(folder.join("dev/oracle_hadolint.jsonl")).unwrap();
    let files = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let read = files.filter(|file| file["fail"] == false).map(|file| {
        let found = file["v"].as_array().unwrap().iter();
        let found = found.map(|f| (f[0].as_str().unwrap().to_owned(), f[1].as_u64().unwrap()));
        (format!("{}.Dockerfile", file["sha"].as_str().unwrap()), found.collect())
    });
    read.collect()
}

/// On real files, the rules that hadolint has too find what hadolint finds, on the same lines.
#[test]
fn profile_hadolint_says_what_hadolint_says() {
    let Some((folder, files)) = corpus() else { return };
    let answers = answers(folder.path());
    let names = rules::all().iter().flat_map(|rule| rule.aliases).map(|a| alias::split(a));
    let ids: BTreeSet<&str> =
        names.filter(|(tool, id)| *tool == "hadolint" && *id != "DL1000").map(|(_, id)| id).collect();
    // By rule: said by both, by hadolint alone, by us alone.
    let mut counts: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for path in &files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (Some(theirs), Ok(text)) = (answers.get(&name), std::fs::read_to_string(path)) else { continue };
        let snapshot = World::new(&text, None).under(Profile::Hadolint).snapshot();
        let mut ours: BTreeSet<(String, u64)> = BTreeSet::new();
        for finding in snapshot.diagnostics() {
            let line = u64::from(snapshot.tree().lines().line(finding.span.start)) + 1;
            let of_hadolint =
                finding.aliases().iter().map(|a| alias::split(a)).filter(|(tool, _)| *tool == "hadolint");
            ours.extend(of_hadolint.map(|(_, id)| (id.to_owned(), line)));
        }
        for finding in ours.union(theirs).filter(|(id, _)| ids.contains(id.as_str())) {
            let who = match (ours.contains(finding), theirs.contains(finding)) {
                (true, true) => 0,
                (false, _) => 1,
                _ => 2,
            };
            if who > 0 && std::env::var_os("PLIMSOLL_SHOW").is_some() {
                println!("{} {} {finding:?}", ["", "missing", "extra"][who], path.display());
            }
            counts.entry(finding.0.clone()).or_default()[who] += 1;
        }
    }
    let mut total = [0; 3];
    for (id, [both, theirs, ours]) in &counts {
        println!("{id}: {both} agreed, {theirs} only hadolint, {ours} only here");
        assert!(
            *both * 100 >= (both + theirs + ours) * 95,
            "{id}: {both} agreed, {theirs} missing, {ours} too many"
        );
        [both, theirs, ours].iter().zip(&mut total).for_each(|(n, sum)| *sum += **n);
    }
    assert!(total[0] * 100 >= total.iter().sum::<usize>() * 99, "{total:?}");
}
