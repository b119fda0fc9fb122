use super::support::*;
use serde_json::{Value, json};

/// What the steps' `build` says, by line; a line whose step the log doesn't have is left out.
fn built(case: &str, log: &str) -> Vec<(u64, Value)> {
    let args = ["explain", "Dockerfile", "--format", "json", "--build-log", log];
    let explained = run(&fixture(&format!("record/{case}")), &args).code(0).json();
    let steps = explained["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step.get("build").is_some()), "{steps:#?}");
    let known = steps.iter().filter(|step| !step["build"].is_null());
    known.map(|step| (step["line"].as_u64().unwrap(), step["build"].clone())).collect()
}

#[test]
fn each_step_has_its_measured_seconds() {
    let built = built("stages", "cold.plain.log");
    let lines: Vec<u64> = built.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 12, 13, 18, 19, 20]);
    let of = |line: u64| &built.iter().find(|(other, _)| *other == line).unwrap().1;
    assert_eq!(of(5), &json!({"seconds": 2.6, "cached": false, "outcome": "done"}));
    assert_eq!(of(2), &json!({"seconds": 0.0, "cached": true, "outcome": "cached"}));
}

#[test]
fn both_forms_say_what_came_from_the_cache() {
    for log in ["warm.plain.log", "warm.rawjson.log"] {
        let cached = built("stages", log).iter().filter(|(_, build)| build["cached"] == true).count();
        assert!(cached >= 8, "{log}: {cached}");
    }
}

#[test]
fn a_failed_step_has_no_invented_time() {
    let built = built("failing", "cold.plain.log");
    assert_eq!(built.last().unwrap(), &(6, json!({"seconds": null, "cached": false, "outcome": "failed"})));
}

#[test]
fn people_see_it_beside_the_step() {
    let folder = fixture("record/stages");
    let ran = run(&folder, &["explain", "Dockerfile", "--build-log", "cold.plain.log"]).code(0);
    let line = |with: &str| ran.out.lines().find(|line| line.contains(with)).unwrap().to_owned();
    assert!(line("RUN echo \"installing\"").contains("  2.6 s"), "{}", ran.out);
    assert!(line("FROM ${BASE}").contains("  CACHED"), "{}", ran.out);
    assert!(line("runs again with").contains("  build  "), "{}", ran.out);
    let without = run(&folder, &["explain", "Dockerfile"]).code(0);
    assert!(!without.out.contains("build  runs again"), "{}", without.out);
}

#[test]
fn a_log_that_is_no_use_is_refused_with_the_reason() {
    let folder = fixture("record/stages");
    let refused = |log: &str| {
        let ran = run(&folder, &["explain", "Dockerfile", "--format", "json", "--build-log", log]).code(2);
        assert_eq!(ran.out, "");
        ran.err
    };
    let other = refused("../failing/cold.plain.log");
    assert!(other.contains("is the log of another Dockerfile than Dockerfile"), "{other}");
    assert!(other.contains("stage `broken`"), "{other}");
    assert!(refused("Dockerfile").contains("isn't the progress of a build"));
    assert!(refused("absent.log").contains("absent.log can't be read"));
}
