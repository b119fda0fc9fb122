use crate::world::World;
use plimsoll::settings::{Profile, Settings};

/// The lines of the findings of `rules` under a profile.
fn lines(text: &str, profile: Profile) -> Vec<(u32, &'static str)> {
    let snapshot = World::new(text, None).under(profile).snapshot();
    let line = |offset| snapshot.tree().lines().line(offset) + 1;
    let found = snapshot.diagnostics().iter();
    found.map(|finding| (line(finding.span.start), finding.rule)).collect()
}

fn silenced(text: &str) -> bool {
    lines(text, Profile::Editor).iter().all(|(_, rule)| *rule != "unpinned-base-image")
}

#[test]
fn hadolints_comments_count_as_hadolint_reads_them() {
    for comment in [
        "# hadolint ignore=DL3006",
        "#hadolint ignore = DL3001 , DL3006 # a reason",
        "  # hadolint ignore=DL3006",
        "# hadolint global ignore=DL3006\n",
    ] {
        assert!(silenced(&format!("{comment}\nFROM node\n")), "{comment}");
    }
    for comment in [
        "# hadolint ignore=DL3006\n",
        "# hadolint ignore=DL3006\n# more",
        "# hadolint ignore=DL3006\n# hadolint ignore=DL3001",
        "# hadolint ignore=dl3006",
        "# hadolint ignore=DL3006,crazy",
        "# hadolint ignore=DL3006,",
        "# hadolint ignore=DL3006 since we may",
        "# hadolint ignore=DL3007",
        "# hadolint stage ignore=DL3006",
    ] {
        assert!(!silenced(&format!("{comment}\nFROM node\n")), "{comment}");
    }
    assert!(silenced("FROM node\n# hadolint global ignore=DL3006\n"));
}

#[test]
fn our_own_comments_take_any_name() {
    for comment in [
        "# plimsoll ignore=unpinned-base-image -- the owner is us",
        "# plimsoll ignore=DL3006",
        "# plimsoll ignore=apt-lists-left, hadolint/DL3006\n# the base",
        "# plimsoll ignore=all",
        "# plimsoll stage ignore=trivy/DS-0001",
        "# plimsoll global ignore=unpinned-base-image\n",
        "# tally ignore=DL3006;reason=x\n\n# y",
        "# tally global ignore=hadolint/DL3006\n",
    ] {
        assert!(silenced(&format!("{comment}\nFROM node\n")), "{comment}");
    }
    for comment in
        ["# plimsoll ignore=unpinned-base-image\n", "# plimsoll ignore=DL3007", "# plimsoll ignore="]
    {
        assert!(!silenced(&format!("{comment}\nFROM node\n")), "{comment}");
    }
    for within in [
        "FROM node\n\n# plimsoll stage ignore=DL3006\n\nCMD [\"a\"]\n",
        "FROM node\n# plimsoll file ignore=DL3006\n",
    ] {
        assert!(silenced(within), "{within}");
    }
    // The next stage is another one.
    assert!(!silenced("FROM node:22\n# plimsoll stage ignore=DL3006\nCMD [\"a\"]\nFROM node\n"));
    let stage = "# plimsoll stage ignore=last-user-root\nFROM node:22\nUSER root\nCMD [\"a\"]\n";
    assert_eq!(lines(stage, Profile::Editor), []);
}

#[test]
fn buildkits_directive_silences_buildkits_checks_only() {
    assert!(!silenced("# check=skip=all\nFROM node\n"));
    assert!(!silenced("# check=skip=DL3006\nFROM node\n"));
}

#[test]
fn a_profile_reads_the_comments_of_its_tool() {
    let text = "# tally ignore=DL3006\nFROM node\n";
    assert_eq!(lines(text, Profile::Hadolint), [(2, "unpinned-base-image")]);
    assert_eq!(lines(text, Profile::Editor), []);
}

#[test]
fn rules_are_chosen_by_name_and_by_alias() {
    let text = "FROM node\nFROM node:latest\nUSER root\nCMD [\"npm\", \"start\"]\n";
    let rules = |select: &[&str], ignore: &[&str], profile| {
        let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        let mut world = World::new(text, None);
        world.settings =
            Settings { profile, select: owned(select), ignore: owned(ignore), ..Settings::default() };
        let aliases = |d: &plimsoll::rules::Diagnostic| d.aliases().first().copied().unwrap_or(d.rule);
        // What other rules find beside these is no matter here.
        let chosen =
            ["hadolint/DL3006", "hadolint/DL3007", "hadolint/DL3002", "hadolint/DL3066", "node-cmd-npm"];
        let found = world.check();
        found.iter().map(aliases).filter(|name| chosen.contains(name)).collect::<Vec<_>>()
    };
    let all = ["hadolint/DL3006", "hadolint/DL3007", "hadolint/DL3002", "node-cmd-npm"];
    assert_eq!(rules(&[], &[], Profile::Editor), all);
    assert_eq!(rules(&["DL3007"], &[], Profile::Editor), ["hadolint/DL3007"]);
    assert_eq!(rules(&["trivy/DS-0001"], &["hadolint/DL3007"], Profile::Editor), ["hadolint/DL3006"]);
    assert_eq!(rules(&[], &["DS-0001", "node-cmd-npm"], Profile::Editor), ["hadolint/DL3002"]);
    // Asked for by name, a rule reports though its profile has it off.
    assert_eq!(rules(&["node-cmd-npm"], &[], Profile::Hadolint), ["node-cmd-npm"]);
    let hadolint = ["hadolint/DL3006", "hadolint/DL3007", "hadolint/DL3002", "hadolint/DL3066"];
    assert_eq!(rules(&[], &[], Profile::Hadolint), hadolint);
    assert_eq!(rules(&[], &[], Profile::Buildkit), [""; 0]);
}

#[test]
fn a_comment_of_ours_that_is_of_no_use_is_told() {
    let told = |text: &str, settings: Settings| {
        let mut world = World::new(text, None);
        world.settings = settings;
        world
            .check()
            .into_iter()
            .filter(|found| found.rule == "unused-ignore")
            .map(|found| found.message().to_owned())
            .collect()
    };
    let messages: Vec<String> =
        told("# plimsoll ignore=unpinned-base-imag\nFROM node\n", Settings::default());
    assert!(messages[0].contains("Did you mean `unpinned-base-image`?"), "{messages:?}");
    let unused = "# plimsoll ignore=DL3006\nFROM node:22\n";
    assert_eq!(told(unused, Settings::default()).len(), 1);
    // Where the rule wasn't asked, nobody can tell.
    let owned = |name: &str| vec![name.to_string()];
    for settings in [
        Settings { ignore: owned("DL3006"), ..Settings::default() },
        Settings { select: vec!["unused-ignore".into(), "DL3009".into()], ..Settings::default() },
    ] {
        let messages: Vec<String> = told(unused, settings);
        assert_eq!(messages, [""; 0]);
    }
    // A rule that reads the build context is silent without one.
    assert_eq!(
        told("FROM node:22\n# plimsoll ignore=dockerignore-missing\nCOPY . .\n", Settings::default()),
        [""; 0]
    );
}
