use super::support::*;
use serde_json::json;

#[test]
fn every_rule_is_listed_and_has_a_page() {
    let here = fixture("cli");
    let list = run(&here, &["rules"]).code(0).out;
    let rules = run(&here, &["rules", "--format", "json"]).code(0).json();
    assert_eq!(rules["version"], 1);
    let rules = rules["rules"].as_array().unwrap();
    assert!(rules.len() >= 10);
    for rule in rules {
        let name = rule["name"].as_str().unwrap();
        assert_eq!(lines_with(&list, &format!("  {name} ")).len(), 1, "{name}");
        let page = run(&here, &["rules", name]).code(0).out;
        assert!(page.starts_with(&format!("# {name}\n")), "{page}");
        assert!(page.contains("## Why it matters"), "{page}");
        for profile in ["editor", "hadolint", "buildkit", "strict"] {
            assert!(rule["severity"].get(profile).is_some(), "{rule}");
        }
        assert!(["none", "safe", "unsafe", "either"].contains(&rule["fix"].as_str().unwrap()));
        assert!(rule["aliases"].is_array() && rule["since"].is_string());
    }
}

#[test]
fn an_alias_finds_its_rule_and_a_near_miss_is_told() {
    let here = fixture("cli");
    assert!(run(&here, &["rules", "DL3006"]).code(0).out.starts_with("# unpinned-base-image\n"));
    let one = run(&here, &["rules", "hadolint/DL3006", "--format", "json"]).code(0).json();
    assert_eq!(one["rules"][0]["name"], json!("unpinned-base-image"));
    let ran = run(&here, &["rules", "unpinned-base-imag"]).code(2);
    assert!(ran.err.contains("did you mean unpinned-base-image?"), "{}", ran.err);
}
