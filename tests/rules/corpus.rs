use crate::examples::harm;
use crate::world::World;
use plimsoll::rules::{Applicability, Diagnostic, Severity};
use plimsoll::settings::Profile;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Dockerfiles of `shared/corpus`, in a folder that is deleted when the value is dropped.
pub fn corpus() -> Option<(tempfile::TempDir, Vec<PathBuf>)> {
    let folder = crate::beside::unpacked("corpus/dev.tar.xz")?;
    let files =
        std::fs::read_dir(folder.path().join("dev/files")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    assert!(files.len() > 1000, "the corpus holds {} files", files.len());
    Some((folder, files))
}

/// Run with --nocapture to see how many files have a finding of each rule.
#[test]
fn real_files_are_checked_and_their_safe_fixes_hold() {
    let Some((_folder, files)) = corpus() else { return };
    let mut shares: BTreeMap<&'static str, usize> = BTreeMap::new();
    let (mut warned, mut fixed, mut read) = (0, 0, 0);
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        read += 1;
        let world = World::new(&text, None);
        let found = world.check();
        let rules: HashSet<&'static str> = found.iter().map(|finding| finding.rule).collect();
        rules.iter().for_each(|rule| *shares.entry(rule).or_default() += 1);
        warned += usize::from(found.iter().any(|finding| finding.severity >= Severity::Warning));
        for profile in [Profile::Hadolint, Profile::Buildkit, Profile::Strict] {
            world.clone().under(profile).check();
        }
        fixed += fix_all(&world, path);
    }
    let percent = |n: usize| 100.0 * n as f64 / read as f64;
    println!("{read} files; {:.1} % with a warning or worse; {fixed} safe fixes made", percent(warned));
    shares.iter().for_each(|(rule, n)| println!("{:6.1} %  {rule}", percent(*n)));
}

/// How many fixes of one rule are taken, at most; all of them would take minutes.
const TRIED: usize = 25;

/// With every rule on, fixes of every kind are taken, each by itself. It must mend its fault, and break nothing.
#[test]
fn fixes_of_real_files_hold_one_by_one() {
    let Some((_folder, files)) = corpus() else { return };
    let mut tried: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let world = World::new(&text, None).under(Profile::Strict);
        let before = world.check();
        for found in &before {
            let Some(fix) = found.fix() else { continue };
            let tried = tried.entry(found.rule).or_default();
            if *tried == TRIED {
                continue;
            }
            *tried += 1;
            let next = world.after(&fix.edit);
            let count = |all: &[Diagnostic]| all.iter().filter(|one| one.rule == found.rule).count();
            let (left, was) = (count(&next.check()), count(&before));
            let harm = harm(found.rule, &world, &next).or((left >= was).then_some("the fault stays"));
            faults.extend(harm.map(|harm| {
                let (from, to) = (world.text.as_str(), next.text.as_str());
                format!("{} in {}: {harm}\n{}", found.rule, path.display(), changed(from, to))
            }));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(tried.len() > 50, "{tried:?}");
    println!("{} fixes of {} rules; {tried:?}", tried.values().sum::<usize>(), tried.len());
}

/// Every third file is mended by the program, with every rule on and unsafe fixes too, many at a time. That comes
/// to an end, loses no comment, and what BuildKit takes it still takes.
#[test]
fn all_fixes_together_come_to_an_end_and_break_nothing() {
    let Some((_folder, files)) = corpus() else { return };
    let fixed = tempfile::tempdir().unwrap();
    let files: Vec<&PathBuf> = files.iter().step_by(3).collect();
    for path in &files {
        std::fs::copy(path, fixed.path().join(path.file_name().unwrap())).unwrap();
    }
    let check = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.current_dir(fixed.path()).args(["check", "--isolated", "--no-shellcheck"]);
        command.args(["--profile", "strict", "--unsafe-fixes", "--fail-level", "never"]).args(args);
        // The one rule that changes how a file ends; what all others leave as it is.
        command.args(["--ignore", "missing-final-newline"]);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    check(&["--fix", "--format", "concise", "."]);
    let again = check(&["--diff", "."]);
    assert!(again.is_empty(), "there is more to fix:\n{again}");
    let mut changed = 0;
    for path in files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let now = std::fs::read_to_string(fixed.path().join(path.file_name().unwrap())).unwrap();
        let (before, after) = (World::new(&text, None), World::new(&now, None));
        assert_eq!(harm("unused-ignore", &before, &after), None, "{}:\n{now}", path.display());
        let refused = |world: &World| {
            let found = world.clone().under(Profile::Buildkit).check();
            found.iter().any(|finding| finding.severity == Severity::Error)
        };
        assert!(refused(&before) || !refused(&after), "{}:\n{now}", path.display());
        changed += usize::from(text != now);
    }
    assert!(changed > 500, "{changed}");
}

/// The lines that are in one of the texts alone.
fn changed(from: &str, to: &str) -> String {
    let only = |sign: char, one: &str, other: &str| -> String {
        let other: HashSet<&str> = other.lines().collect();
        one.lines().filter(|line| !other.contains(line)).map(|line| format!("  {sign} {line}\n")).collect()
    };
    only('-', from, to) + &only('+', to, from)
}

/// Takes every safe fix, one at a time. Each must mend its fault, and break nothing.
fn fix_all(world: &World, path: &Path) -> usize {
    let mut now = world.clone();
    let errors = now.snapshot().syntax_errors().len();
    for made in 0..200 {
        let before = now.check();
        let safe =
            |finding: &&plimsoll::rules::Diagnostic| finding.applicability() == Some(Applicability::Safe);
        let Some((rule, fix)) = before.iter().find(safe).and_then(|f| Some((f.rule, f.fix()?))) else {
            return made;
        };
        let next = now.after(&fix.edit);
        let count = |found: &[plimsoll::rules::Diagnostic]| found.iter().filter(|f| f.rule == rule).count();
        assert!(count(&next.check()) < count(&before), "{}: {rule} stays\n{}", path.display(), next.text);
        assert_eq!(
            next.snapshot().syntax_errors().len(),
            errors,
            "{}: {rule}\n{}",
            path.display(),
            next.text
        );
        assert_eq!(harm(rule, &now, &next), None, "{}: {rule}\n{}", path.display(), next.text);
        now = next;
    }
    panic!("{}: the fixes never end", path.display());
}
