use super::*;
use crate::context::builds::hcl;
use std::path::PathBuf;

const HCL: &str = r#"
variable "NODE" { default = "22" }
variable "TAG" { default = "node:${NODE}-alpine" }
variable "CI" {}
PORT = 3000
group "default" { targets = ["web", "more"] }
group "more" { targets = ["worker"] }
target "_common" {
  context = "app"
  args = { NODE = NODE, BASE = TAG, WHEN = timestamp(), CI = CI, NONE = null }
}
target "web" {
  inherits = ["_common"]
  dockerfile = "docker/Dockerfile"
  args = { PORT = PORT, NODE = "24", UP = upper("x"), DEBUG = true, "KEY" = NODE == "22" ? "yes" : "no" }
  contexts = { base = "docker-image://alpine:3.22" }
}
target "worker" {
  inherits = ["_common"]
  target = "worker"
}
target "lint" {
  dockerfile-inline = "FROM alpine"
}
"#;

/// A target, for the sake of the tests.
struct Seen {
    name: String,
    file: PathBuf,
    build: Draft,
    by_default: bool,
}

/// The targets of files, with these services beside.
fn read_with(files: &[(&str, &File)], services: &Services) -> Vec<Seen> {
    let files: Vec<(&Path, &File)> = files.iter().map(|(path, file)| (Path::new(path), *file)).collect();
    let budget = Budget::default();
    let found = targets(&files, services, &|_| true, &budget).into_iter().map(|target| Seen {
        name: target.name.to_owned(),
        file: target.file.to_path_buf(),
        build: target.build,
        by_default: target.by_default,
    });
    found.collect()
}

fn read(text: &str) -> Vec<Seen> {
    read_with(&[("docker-bake.hcl", &hcl::read(text).unwrap())], &Services::new())
}

fn build(text: &str) -> Draft {
    read(text).remove(0).build
}

fn pairs(pairs: &Pairs) -> Vec<(&str, Option<&str>)> {
    pairs.named.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect()
}

#[test]
fn targets_inherit_and_are_in_groups() {
    let found = read(HCL);
    let names: Vec<(&str, bool)> = found.iter().map(|one| (one.name.as_str(), one.by_default)).collect();
    assert_eq!(names, [("web", true), ("worker", true), ("lint", false)]);
    let web = &found[0].build;
    assert_eq!(web.place.context, Some(Some("app".into())));
    assert_eq!(web.place.dockerfile, Some(Some("docker/Dockerfile".into())));
    let expected = [
        ("NODE", Some("24")),
        ("BASE", Some("node:22-alpine")),
        ("WHEN", None),
        ("CI", None),
        ("PORT", Some("3000")),
        ("UP", None),
        ("DEBUG", Some("true")),
        ("KEY", Some("yes")),
    ];
    assert_eq!(pairs(&web.arguments), expected);
    assert_eq!(pairs(&web.contexts), [("base", Some("docker-image://alpine:3.22"))]);
    assert!(!web.arguments.open && !web.contexts.open);
    assert_eq!(found[1].build.target, Some(Some("worker".into())));
    assert!(found[2].build.place.inline);
}

#[test]
fn json_says_the_same_and_later_files_lie_over_earlier_ones() {
    let json = r#"{"variable": {"V": {"default": "1"}}, "target": {"web": {"context": ".", "args": {"A": "v${V}", "B": 2},
        "target": null}}, "group": {"default": {"targets": ["web"]}}}"#;
    let file = hcl::read_json(json).unwrap();
    let over = hcl::read("V = \"9\"\ntarget \"web\" {\n  args = { B = 3 }\n}\n").unwrap();
    let over = ("docker-bake.override.hcl", &over);
    let found = read_with(&[("docker-bake.json", &file), over], &Services::new());
    assert_eq!(pairs(&found[0].build.arguments), [("A", Some("v9")), ("B", Some("3"))]);
    assert_eq!(
        (&*found[0].file, found[0].by_default, &found[0].build.target),
        (Path::new(over.0), true, &None)
    );
}

#[test]
fn arguments_may_be_a_value_of_their_own() {
    let common = "common = { NODE = \"22\", NONE = null }\n";
    let of = |args: &str| build(&format!("{common}target \"a\" {{\n  args = {args}\n}}\n")).arguments;
    assert_eq!(pairs(&of("common")), [("NODE", Some("22"))]);
    assert_eq!(pairs(&of("true ? common : {}")), [("NODE", Some("22"))]);
    for unknown in ["merge(common, { X = \"1\" })", "target.b.args", "{ (upper(\"a\")) = 1 }", "[1]"] {
        let seen = of(unknown);
        assert!(seen.open && seen.named.is_empty(), "{unknown}");
    }
    // What isn't known may say otherwise what stood there before.
    let text = "target \"a\" {\n  inherits = [\"b\"]\n  args = merge({}, {})\n}\ntarget \"b\" {\n  args = { A = 1 }\n}\n";
    assert_eq!(pairs(&build(text).arguments), [("A", None)]);
}

#[test]
fn lists_may_be_values_of_their_own() {
    let text = "all = [\"a\"]\nbases = [\"_b\"]\ngroup \"default\" {\n  targets = all\n}\ntarget \"z\" {}\ntarget \"a\" {\n  \
                inherits = bases\n}\ntarget \"_b\" {\n  target = \"dev\"\n}\n";
    let found = read(text);
    let seen: Vec<_> =
        found.iter().map(|one| (one.name.as_str(), one.by_default, one.build.target.clone())).collect();
    assert_eq!(seen, [("z", false, None), ("a", true, Some(Some("dev".to_owned())))]);
    let open =
        build("target \"a\" {\n  inherits = concat([\"b\"], [])\n  context = \".\"\n}\ntarget \"b\" {}\n");
    assert_eq!((open.place.context, open.place.dockerfile), (Some(Some(".".to_owned())), Some(None)));
    assert_eq!((open.target, open.arguments.open, open.contexts.open), (Some(None), true, true));
}

#[test]
fn what_hangs_on_a_matrix_is_not_known() {
    let text = "os = \"debian\"\nv = \"1\"\ntarget \"a\" {\n  matrix = { os = [\"alpine\", \"suse\"] }\n  name = \"a-${os}\"\n  \
                args = { OS = os, V = v }\n}\n";
    assert_eq!(pairs(&build(text).arguments), [("OS", None), ("V", Some("1"))]);
}

#[test]
fn a_service_of_the_same_name_is_the_same_target() {
    let mut service = Draft { target: Some(Some("dev".into())), ..Draft::default() };
    service.place.context = Some(Some("app".into()));
    service.arguments.set("A", Some("a".into()));
    let services = Services::from([("web".to_owned(), service)]);
    let text = "target \"web\" {\n  args = { NODE = \"18\" }\n}\ntarget \"more\" {\n  inherits = [\"web\"]\n  target = \"more\"\n}\n";
    let file = hcl::read(text).unwrap();
    let found = read_with(&[("docker-bake.hcl", &file)], &services);
    let seen: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.by_default)).collect();
    assert_eq!(seen, [("web", true), ("more", false)], "services are all built where nothing is asked for");
    for (one, target) in found.iter().zip(["dev", "more"]) {
        assert_eq!(one.build.place.context, Some(Some("app".into())));
        assert_eq!(one.build.target, Some(Some(target.into())));
        assert_eq!(pairs(&one.build.arguments), [("A", Some("a")), ("NODE", Some("18"))]);
    }
}

#[test]
fn circles_are_borne() {
    let text = "target \"a\" {\n  inherits = [\"b\"]\n}\ntarget \"b\" {\n  inherits = [\"a\"]\n  target = \"t\"\n}\n\
                group \"default\" {\n  targets = [\"g\"]\n}\ngroup \"g\" {\n  targets = [\"default\", \"a\"]\n}\n";
    let found = read(text);
    assert_eq!((found.len(), &found[0].build.target), (1, &Some(Some("t".to_owned()))));
    assert!(hcl::read("target \"a\" {").is_none());
    assert!(hcl::read(&("x = ".to_owned() + &"(".repeat(50_000))).is_none());
    assert!(hcl::read(&("x = ".to_owned() + &"!".repeat(50_000) + "y")).is_none());
}

#[test]
fn what_grows_without_bound_is_not_known() {
    let mut text = "v0 = \"xxxxxxxxxxxxxxxx\"\n".to_owned();
    for at in 1..60 {
        text += &format!("v{at} = \"${{v{}}}${{v{}}}\"\n", at - 1, at - 1);
    }
    text += "target \"a\" {\n  args = { FEW = v3, MANY = v59 }\n}\n";
    let args = build(&text).arguments;
    assert_eq!((pairs(&args)[0].1.map(str::len), pairs(&args)[1]), (Some(128), ("MANY", None)));

    // One long value that thousands of targets inherit.
    let mut text = format!(
        "v = \"{}\"\ntarget \"b\" {{\n  args = {{ A = \"{}\" }}\n}}\n",
        "x".repeat(1_000),
        "${v}".repeat(50)
    );
    text.extend((0..2_500).map(|at| format!("target \"t{at}\" {{\n  inherits = [\"b\"]\n}}\n")));
    let found = read(&text);
    let value =
        |one: &Seen| one.build.arguments.named.first().and_then(|(_, value)| value.as_ref().map(String::len));
    assert_eq!((found.len(), value(&found[0])), (2_500, Some(50_000)));
    let known = found.iter().filter(|one| value(one).is_some()).count();
    assert!((10..2_000).contains(&known), "{known}");
    assert!(found.iter().all(|one| value(one).is_some()
        || one.build.arguments.open
        || !one.build.arguments.named.is_empty()));

    // Inheritance that can be followed in more ways than can be counted.
    let mut text = String::new();
    for at in 0..40 {
        text += &format!("target \"t{at}\" {{\n  inherits = [\"t{0}\", \"t{0}\", \"t{0}\"]\n}}\n", at + 1);
    }
    let found = read(&(text + "target \"t40\" {}\n"));
    assert!(found[0].build.arguments.open);
}
