//! The formats for other programs, held to what these programs' own schemas and parsers ask for.

use super::support::*;
use serde_json::Value;
use std::collections::HashSet;

/// Files with findings of all kinds, with related places, fixes and odd names, and one that can't be read.
fn output(format: &str) -> String {
    let folder = folder(&[
        ("a b,c/Dockerfile", "FROM debian AS a\nFROM debian AS a\nRNU \"<&😀\u{1}\"\nUSER root\n"),
        ("web/Dockerfile", "FROM node:20\r\nCOPY . .\r\nRUN npm ci\r\nRUN npm run build\r\n"),
        ("web/package.json", "{\"dependencies\": {\"next\": \"15.0.0\"}}\n"),
        ("ok/Dockerfile", "FROM debian:12\nUSER 1\n"),
    ]);
    write(folder.path(), "bad/Dockerfile", b"\xff");
    run(folder.path(), &["check", "--profile", "strict", "--format", format]).code(2).out
}

fn json(format: &str) -> Value {
    serde_json::from_str(&output(format)).unwrap()
}

fn at<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    value.pointer(pointer).unwrap_or_else(|| panic!("{pointer} is missing in {value:#}"))
}

fn items<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    at(value, pointer).as_array().unwrap_or_else(|| panic!("{pointer} is no list in {value:#}"))
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    let text = at(value, pointer).as_str().unwrap_or_else(|| panic!("{pointer} is no text in {value:#}"));
    assert!(!text.is_empty(), "{pointer}");
    text
}

fn unique<'v>(all: impl IntoIterator<Item = &'v Value>) {
    let mut seen = HashSet::new();
    for one in all {
        assert!(seen.insert(one.to_string()), "twice: {one:#}");
    }
}

/// What the schema of OASIS (sarif-schema-2.1.0) asks of the objects that are used.
#[test]
fn sarif_is_what_its_schema_asks_for() {
    let log = json("sarif");
    assert_eq!(text(&log, "/version"), "2.1.0");
    let keys: Vec<&String> = log.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["$schema", "version", "runs"]);
    let [run] = items(&log, "/runs") else { panic!("{log:#}") };
    text(run, "/tool/driver/name");
    assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&text(run, "/columnKind")));
    let rules = items(run, "/tool/driver/rules");
    unique(rules.iter().map(|rule| at(rule, "/id")));
    for rule in rules {
        if let Some(url) = rule.get("helpUri") {
            assert!(url.as_str().unwrap().starts_with("https://"), "{url}");
        }
        if let Some(tags) = rule.pointer("/properties/tags") {
            unique(tags.as_array().unwrap());
        }
    }
    for invocation in items(run, "/invocations") {
        assert!(at(invocation, "/executionSuccessful").is_boolean());
        for told in items(invocation, "/toolExecutionNotifications") {
            assert_eq!(text(told, "/level"), "error");
            text(told, "/message/text");
            unique(items(told, "/locations"));
        }
    }
    let results = items(run, "/results");
    assert!(results.len() > 5, "{}", results.len());
    let (mut fixes, mut related) = (0, 0);
    for result in results {
        assert!(["none", "note", "warning", "error"].contains(&text(result, "/level")));
        text(result, "/message/text");
        let index = at(result, "/ruleIndex").as_u64().unwrap() as usize;
        assert_eq!(text(result, "/ruleId"), text(&rules[index], "/id"));
        items(result, "/locations").iter().for_each(location);
        if let Some(places) = result.get("relatedLocations") {
            unique(places.as_array().unwrap());
            for place in places.as_array().unwrap() {
                location(place);
                text(place, "/message/text");
                related += 1;
            }
        }
        for fix in result.get("fixes").and_then(Value::as_array).into_iter().flatten() {
            text(fix, "/description/text");
            assert!(!items(fix, "/artifactChanges").is_empty());
            unique(items(fix, "/artifactChanges"));
            for change in items(fix, "/artifactChanges") {
                uri_reference(text(change, "/artifactLocation/uri"));
                assert!(!items(change, "/replacements").is_empty());
                for replacement in items(change, "/replacements") {
                    region(at(replacement, "/deletedRegion"));
                    assert!(at(replacement, "/insertedContent/text").is_string());
                }
            }
            fixes += 1;
        }
    }
    assert!(fixes > 0, "no result has a fix");
    println!("{} results, {fixes} fixes, {related} related places", results.len());
}

fn location(value: &Value) {
    uri_reference(text(value, "/physicalLocation/artifactLocation/uri"));
    region(at(value, "/physicalLocation/region"));
}

fn region(value: &Value) {
    let number = |name: &str| {
        let number = value[name].as_u64().unwrap_or_else(|| panic!("{name} in {value:#}"));
        assert!(number >= 1, "{value:#}");
        number
    };
    let start = (number("startLine"), number("startColumn"));
    assert!((number("endLine"), number("endColumn")) >= start, "{value:#}");
}

fn uri_reference(uri: &str) {
    let sound = |c: char| c.is_ascii_alphanumeric() || "-._~/%!$&'()*+,;=@".contains(c);
    assert!(uri.chars().all(sound), "{uri}");
}

/// docs.gitlab.com, "Code Quality report format": what an importer reads, and the severities that it knows.
#[test]
fn gitlabs_report_has_what_gitlab_reads() {
    let report = json("gitlab");
    let issues = report.as_array().unwrap();
    assert!(issues.len() > 5);
    unique(issues.iter().map(|issue| at(issue, "/fingerprint")));
    for issue in issues {
        text(issue, "/description");
        text(issue, "/check_name");
        let severity = text(issue, "/severity");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{severity}");
        let path = text(issue, "/location/path");
        assert!(!path.starts_with("./") && !path.starts_with('/'), "{path}");
        let line = |end: &str| at(issue, &format!("/location/lines/{end}")).as_u64().unwrap();
        assert!(1 <= line("begin") && line("begin") <= line("end"));
    }
}

/// What Checkstyle's readers (Jenkins, reviewdog) take: attributes and severities.
#[test]
fn checkstyles_xml_has_what_its_readers_take() {
    let out = output("checkstyle");
    let document = roxmltree::Document::parse(&out).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name("checkstyle") && root.has_attribute("version"));
    let files: Vec<_> = root.children().filter(roxmltree::Node::is_element).collect();
    assert_eq!(files.len(), 4);
    for file in &files {
        assert!(file.has_tag_name("file") && file.attribute("name").is_some_and(|name| !name.is_empty()));
        for error in file.children().filter(roxmltree::Node::is_element) {
            assert!(error.has_tag_name("error"));
            for number in ["line", "column"] {
                assert!(error.attribute(number).unwrap().parse::<u32>().unwrap() >= 1);
            }
            let severity = error.attribute("severity").unwrap();
            assert!(["ignore", "info", "warning", "error"].contains(&severity), "{severity}");
            assert!(!error.attribute("message").unwrap().is_empty() && error.has_attribute("source"));
        }
    }
}

/// What Jenkins' junit-10.xsd and its like ask for: names, and counts that are right.
#[test]
fn junits_xml_counts_what_it_holds() {
    let out = output("junit");
    let document = roxmltree::Document::parse(&out).unwrap();
    let root = document.root_element();
    assert!(root.has_tag_name("testsuites"));
    let count = |node: &roxmltree::Node<'_, '_>, name: &str| -> usize {
        node.attribute(name).unwrap_or_else(|| panic!("{name}")).parse().unwrap()
    };
    let mut sums = [0; 3];
    for suite in root.children().filter(roxmltree::Node::is_element) {
        assert!(suite.has_tag_name("testsuite") && suite.has_attribute("name"));
        let cases: Vec<_> = suite.children().filter(roxmltree::Node::is_element).collect();
        for case in &cases {
            assert!(case.has_tag_name("testcase"));
            assert!(!case.attribute("name").unwrap().is_empty() && case.has_attribute("classname"));
        }
        let of =
            |name: &str| cases.iter().filter(|case| case.children().any(|c| c.has_tag_name(name))).count();
        let held = [cases.len(), of("failure"), of("error")];
        for (at, name) in ["tests", "failures", "errors"].into_iter().enumerate() {
            assert_eq!(count(&suite, name), held[at], "{name} in {:?}", suite.attribute("name"));
            sums[at] += held[at];
        }
        let failures = suite.descendants().filter(|node| node.has_tag_name("failure"));
        for failure in failures {
            assert!(failure.has_attribute("type") && failure.has_attribute("message"));
        }
    }
    for (at, name) in ["tests", "failures", "errors"].into_iter().enumerate() {
        assert_eq!(count(&root, name), sums[at], "{name}");
    }
}

/// How the runner of GitHub Actions reads a line of output (`actions/runner`, ActionCommand).
#[test]
fn github_reads_every_line_as_an_annotation() {
    let out = output("github");
    assert!(out.lines().count() > 5);
    for line in out.lines() {
        let rest = line.strip_prefix("::").unwrap_or_else(|| panic!("{line}"));
        let (command, message) = rest.split_once("::").unwrap();
        let (name, properties) = command.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&name), "{line}");
        assert!(!message.is_empty());
        for property in properties.split(',') {
            let (key, value) = property.split_once('=').unwrap();
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&key), "{line}");
            assert!(!value.is_empty() && !value.contains(':'), "{line}");
        }
    }
}
