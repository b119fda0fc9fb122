//! Every rule of the tools that people come from is known here by its name there.

use crate::shared::universe;
use plimsoll::rules;

/// Topics that may wait.
const LATER: [&str; 5] = ["gpu", "php", "ruby", "windows", "powershell"];

/// What has no rule, and why.
const EXPLAINED: [(&str, &str); 5] = [
    ("tally/SC*", "tally calls them `shellcheck/SC…`, and so do we"),
    ("tally/ruby/prefer-bundler-cache-mount", "of the topic ruby"),
    ("tally/ruby/prefer-gemfile-bind-mounts", "of the topic ruby"),
    (
        "tally/ruby/secrets-in-arg-or-env",
        "of the topic ruby; the variables are found by their names all the same",
    ),
    ("tally/ruby/prefer-secret-mounts-for-build-credentials", "the same"),
];

#[test]
fn each_name_of_a_rule_elsewhere_leads_to_a_rule() {
    let Some(universe) = universe() else { return };
    let topics = universe["topics"].as_array().expect("a list of topics");
    let (mut known, mut missing) = (0, Vec::new());
    for topic in topics.iter().filter(|topic| !LATER.iter().any(|later| topic["key"] == *later)) {
        let sources = topic["sources"].as_object().expect("sources by tool");
        for (tool, ids) in sources.iter().filter(|(tool, _)| *tool != "new") {
            for id in ids.as_array().into_iter().flatten().filter_map(|id| id.as_str()) {
                let alias = format!("{tool}/{id}");
                match rules::all().iter().any(|rule| rule.aliases.contains(&alias.as_str())) {
                    true => known += 1,
                    false => missing.push((topic["key"].to_string(), alias)),
                }
            }
        }
    }
    println!("{known} names lead to a rule; {} don't: {missing:?}", missing.len());
    assert!(known > 250, "the list of rules holds {known} known names");
    missing.retain(|(_, alias)| !EXPLAINED.iter().any(|(known, _)| known == alias));
    assert!(missing.is_empty(), "{missing:?}");
}

/// An alias that no list knows is misspelt, and would be looked for in vain.
#[test]
fn each_alias_of_a_rule_is_a_name_elsewhere() {
    let Some(universe) = universe() else { return };
    let topics = universe["topics"].as_array().expect("a list of topics");
    let mut names: Vec<String> = Vec::new();
    for topic in topics {
        for (tool, ids) in topic["sources"].as_object().into_iter().flatten() {
            names.extend(
                ids.as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|id| Some(format!("{tool}/{}", id.as_str()?))),
            );
        }
    }
    // ShellCheck isn't one of the list's tools; its codes are known as `SC` and a number.
    names.push("shellcheck/SC*".to_owned());
    let aliases =
        rules::all().iter().flat_map(|rule| rule.aliases.iter().map(move |alias| (rule.name, *alias)));
    let unknown: Vec<_> = aliases.filter(|(_, alias)| !names.iter().any(|name| name == alias)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
