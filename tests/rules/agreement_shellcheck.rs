use crate::corpus::corpus;
use crate::world::{World, shellcheck};
use plimsoll::settings::Profile;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// On real files, profile `hadolint` tells of the ShellCheck findings that hadolint tells of, on the same lines. Run
/// with --nocapture to see the codes, and with PLIMSOLL_SHOW=1 to see what differs.
#[test]
fn profile_hadolint_says_what_hadolint_has_from_shellcheck() {
    let (Some(shellcheck), Some((folder, files))) = (shellcheck(), corpus()) else { return };
    let answers = std::fs::read_to_string(folder.path().join("dev/oracle_hadolint.jsonl")).unwrap();
    let mut expected: BTreeMap<String, BTreeSet<(String, u64)>> = BTreeMap::new();
    for line in answers.lines() {
        let file: serde_json::Value = serde_json::from_str(line).unwrap();
        if file["fail"] == true {
            continue;
        }
        let found = file["v"].as_array().unwrap().iter();
        let found = found.map(|f| (f[0].as_str().unwrap().to_owned(), f[1].as_u64().unwrap()));
        let name = format!("{}.Dockerfile", file["sha"].as_str().unwrap());
        expected.insert(name, found.filter(|(code, _)| code.starts_with("SC")).collect());
    }
    // By code: said by both, by hadolint alone, by us alone.
    let counts: Mutex<BTreeMap<String, [usize; 3]>> = Mutex::default();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let (Some(theirs), Ok(text)) = (expected.get(&name), std::fs::read_to_string(path)) else {
                continue;
            };
            let snapshot = World::new(&text, None).under(Profile::Hadolint).checked(&shellcheck).snapshot();
            let mut ours: BTreeSet<(String, u64)> = BTreeSet::new();
            for finding in snapshot.diagnostics() {
                let line = u64::from(snapshot.tree().lines().line(finding.span.start)) + 1;
                ours.extend(finding.rule.strip_prefix("shellcheck/").map(|code| (code.to_owned(), line)));
            }
            for finding in ours.union(theirs) {
                let who = match (ours.contains(finding), theirs.contains(finding)) {
                    (true, true) => 0,
                    (false, _) => 1,
                    _ => 2,
                };
                if who > 0 && std::env::var_os("PLIMSOLL_SHOW").is_some() {
                    println!("{} {} {finding:?}", ["", "missing", "extra"][who], path.display());
                }
                counts.lock().unwrap().entry(finding.0.clone()).or_default()[who] += 1;
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let mut total = [0; 3];
    for (code, count) in counts.into_inner().unwrap() {
        println!("{code}: {} agreed, {} only hadolint, {} only here", count[0], count[1], count[2]);
        count.iter().zip(&mut total).for_each(|(n, sum)| *sum += n);
    }
    println!("{} agreed, {} only hadolint, {} only here", total[0], total[1], total[2]);
    assert!(total[0] * 100 >= total.iter().sum::<usize>() * 99, "{total:?}");
}
