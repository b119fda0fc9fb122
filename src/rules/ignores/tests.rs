use super::*;
use crate::syntax::parse;
use std::sync::Arc;

fn model(text: &str) -> Model {
    Model::new(Arc::new(parse(text).0))
}

/// What each RUN of the file is said to be read by.
fn shells(text: &str, profile: Profile) -> Vec<Option<String>> {
    let model = model(text);
    let ignores = Ignores::read(model.tree(), &Settings { profile, ..Settings::default() });
    let runs = model.tree().numbered().filter(|(_, instruction)| instruction.keyword == Keyword::Run);
    runs.map(|(id, _)| ignores.shell(&model, id).map(str::to_owned)).collect()
}

#[test]
fn a_shell_holds_to_the_end_of_its_stage_and_in_those_built_on_it() {
    let text = "# hadolint shell=/bin/a\nFROM x AS one\nRUN 1\n# hadolint shell = /bin/b # why\nRUN 2\n\
                FROM y\nRUN 3\nFROM one\nRUN 4\n";
    let said = |shell: &str| Some(shell.to_owned());
    let expected = [said("/bin/a"), said("/bin/b"), said("/bin/a"), said("/bin/b")];
    assert_eq!(shells(text, Profile::Hadolint), expected);
    assert_eq!(shells(text, Profile::Buildkit), [None, None, None, None]);
    // hadolint drops what it can't read to the end.
    assert_eq!(shells("FROM x\n# hadolint shell=bash -c\nRUN 1\n", Profile::Hadolint), [None]);
    assert_eq!(shells("FROM x\n# plimsoll shell=bash\nRUN 1\n", Profile::Editor), [None]);
}

fn silenced(text: &str, alias: &'static str, at: &str) -> bool {
    let model = model(text);
    let ignores =
        Ignores::read(model.tree(), &Settings { profile: Profile::Buildkit, ..Settings::default() });
    let start = text.find(at).unwrap() as u32;
    ignores.silence(&["a-rule"], &[alias], Span::new(start, start + 1), model.tree())
}

#[test]
fn an_instruction_too_many_is_excused_above_the_later_one() {
    let (first, second) = ("CMD [\"a\"]\n", "CMD [\"b\"]\n");
    let skip = "# check=skip=MultipleInstructionsDisallowed\n";
    let alias = "buildkit/MultipleInstructionsDisallowed";
    assert!(!silenced(&format!("FROM x\n{skip}{first}{second}"), alias, "CMD [\"a"));
    assert!(silenced(&format!("FROM x\n{first}{skip}{second}"), alias, "CMD [\"a"));
    assert!(silenced(&format!("{skip}FROM x\n{first}{second}"), alias, "CMD [\"a"));
    assert!(!silenced(&format!("FROM x\n{first}FROM x\n{skip}{second}"), alias, "CMD [\"a"));
}

#[test]
fn casing_is_excused_for_the_whole_file_only() {
    let alias = "buildkit/ConsistentInstructionCasing";
    assert!(!silenced("FROM x\n# check=skip=ConsistentInstructionCasing\nrun y\n", alias, "run"));
    assert!(silenced("# check=skip=ConsistentInstructionCasing\nFROM x\nrun y\n", alias, "run"));
}

#[test]
fn a_check_directive_is_read_to_its_first_blank() {
    let alias = "buildkit/StageNameCasing";
    for (directive, expected) in [
        ("# check=skip=StageNameCasing", true),
        ("#check = skip=FromAsCasing,StageNameCasing;error=true", true),
        ("# CHECK=skip=all", true),
        ("# check=skip=FromAsCasing, StageNameCasing", false),
        ("# check=skip=stagenamecasing", false),
        ("# check=SKIP=StageNameCasing", false),
    ] {
        assert_eq!(silenced(&format!("{directive}\nFROM x AS B\n"), alias, "FROM"), expected, "{directive}");
    }
    let comments = "FROM x\n# check=skip=StageNameCasing\n\n# more\nFROM x AS B\n";
    assert!(silenced(comments, alias, "FROM x AS"));
    let ended = "FROM x\n# check=skip=StageNameCasing\n#\nFROM x AS B\n";
    assert!(!silenced(ended, alias, "FROM x AS"));
}

#[test]
fn a_check_that_is_off_by_default_is_on_where_the_file_asks() {
    let off = |text: &str| {
        let model = model(text);
        let settings = Settings { profile: Profile::Buildkit, ..Settings::default() };
        Ignores::read(model.tree(), &settings).is_off(&["buildkit/InvalidDefinitionDescription"])
    };
    assert!(off("FROM x\n") && off("# check=skip=all\nFROM x\n"));
    assert!(!off("# check=experimental=all\nFROM x\n"));
    assert!(!off("# check=skip=all;experimental=InvalidDefinitionDescription\nFROM x\n"));
    // `skip=all` leaves it on; its own name switches it off.
    let text = "# check=skip=all;experimental=all\nFROM x\n";
    assert!(!silenced(text, "buildkit/InvalidDefinitionDescription", "FROM"));
}

#[test]
fn checks_fail_the_build_where_the_file_says_so() {
    let severity = |text: &str, alias| {
        let model = model(text);
        let settings = Settings { profile: Profile::Buildkit, ..Settings::default() };
        Ignores::read(model.tree(), &settings).severity(&[alias], Severity::Warning)
    };
    for yes in ["true", "1", "T"] {
        let text = format!("# check=error={yes}\nFROM x\n");
        assert_eq!(severity(&text, "buildkit/StageNameCasing"), Severity::Error, "{yes}");
    }
    assert_eq!(severity("# check=error=true\nFROM x\n", "hadolint/DL3006"), Severity::Warning);
    assert_eq!(
        severity("FROM x\n# check=error=true\nFROM y\n", "buildkit/StageNameCasing"),
        Severity::Warning
    );
}
