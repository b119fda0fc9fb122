use super::support::*;
use serde_json::{Value, json};

fn explain(args: &[&str]) -> Value {
    let args: Vec<&str> = ["explain", "Dockerfile", "--format", "json"].iter().chain(args).copied().collect();
    run(&fixture("cli/multi-stage"), &args).code(0).json()
}

/// `runs_again` by line.
fn again(explained: &Value) -> Vec<(u64, Value)> {
    let steps = explained["steps"].as_array().unwrap();
    steps.iter().map(|step| (step["line"].as_u64().unwrap(), step["runs_again"].clone())).collect()
}

fn with(explained: &Value, wanted: &Value) -> Vec<u64> {
    again(explained).into_iter().filter(|(_, again)| again == wanted).map(|(line, _)| line).collect()
}

#[test]
fn json_has_the_fields_of_the_contract() {
    let explained = explain(&[]);
    assert_eq!(explained["version"], 1);
    assert_eq!(explained["target"], "runner");
    let context = &explained["context"];
    // Dockerfile, .dockerignore, package.json, package-lock.json, src/index.js, public/robots.txt
    assert_eq!(context["files"], 6);
    assert_eq!(context["ignored_files"], 1);
    let size = |path: &str| std::fs::metadata(fixture("cli/multi-stage").join(path)).unwrap().len();
    assert_eq!(context["ignored_bytes"], size("README.md"));
    assert_eq!(context["largest"][0], json!({"path": "Dockerfile", "bytes": size("Dockerfile")}));
    let stage = &explained["stages"][1];
    let fields = ["index", "name", "line", "base", "used", "reach"].map(|field| stage[field].clone());
    assert_eq!(json!(fields), json!([1, "build", 8, "deps", true, "copied"]));
    assert_eq!(stage["shown"], "over 647 bytes", "its script's output isn't known");
    assert_eq!(explained["stages"][0]["base"], "node:20-alpine");
    assert_eq!(explained["stages"][2]["used"], false);

    let steps = explained["steps"].as_array().unwrap();
    let at = |line: u64| steps.iter().find(|step| step["line"] == line).unwrap();
    let copied = at(18);
    assert_eq!(copied["stage"], 3);
    assert_eq!(copied["instruction"], "COPY");
    assert_eq!(copied["layer"], "filesystem");
    assert_eq!(copied["in_image"], true);
    let bytes = size("public/robots.txt");
    assert_eq!(copied["size"], json!({"low": bytes, "likely": bytes, "high": bytes, "basis": "measured"}));
    let depends_on = copied["cache"]["depends_on"].as_array().unwrap();
    assert!(depends_on.contains(&json!({"kind": "files", "detail": "public/robots.txt"})), "{depends_on:?}");
    // What the script makes isn't known before it ran; an image's weight is in the table.
    assert_eq!(at(11)["size"], Value::Null);
    assert_eq!(at(3)["size"]["basis"], "table");
    assert_eq!(at(6)["in_image"], false);
    assert_eq!((&at(19)["layer"], &at(9)["layer"]), (&json!("metadata"), &json!("none")));
    // The stage that the target doesn't need isn't built.
    assert_eq!(at(14)["layer"], "none");
    assert!(steps.iter().all(|step| step.get("runs_again").is_none()));

    let image = &explained["image"]["size"];
    assert!(image["low"].as_u64().unwrap() >= bytes);
    assert!(image.get("likely").is_some() && image.get("high").is_some());
    if image["likely"].is_null() {
        assert_eq!(image["basis"], "unknown");
    }
}

#[test]
fn a_changed_file_runs_again_what_hangs_on_it() {
    let explained = explain(&["--changed", "src/index.js"]);
    assert_eq!(with(&explained, &json!(true)), [10, 11]);
    // What the build writes may be the same as before.
    assert_eq!(with(&explained, &json!("maybe")), [17, 18]);
    let rest = with(&explained, &json!(false));
    assert!(rest.contains(&5) && rest.contains(&6) && rest.contains(&14) && rest.contains(&19), "{rest:?}");
}

#[test]
fn several_changes_count_together() {
    let explained = explain(&["--changed", "public/robots.txt", "--changed-arg", "API_URL"]);
    assert_eq!(with(&explained, &json!(true)), [10, 11, 18]);
    let explained = explain(&["--changed", "package.json"]);
    assert_eq!(with(&explained, &json!(true)), [5, 6, 10, 11]);
    let explained = explain(&["--changed-base", "--target", "deps"]);
    assert_eq!(explained["target"], "deps");
    assert_eq!(with(&explained, &json!(true)), [4, 5, 6]);
}

#[test]
fn a_file_is_named_from_the_context_or_from_here() {
    let root = fixture("cli");
    let args = |path| ["explain", "multi-stage/Dockerfile", "--format", "json", "--changed", path];
    let inside = run(&root, &args("src/index.js")).code(0);
    let outside = run(&root, &args("multi-stage/src/index.js")).code(0);
    assert_eq!(inside.json()["steps"], outside.json()["steps"]);
    assert_eq!(with(&inside.json(), &json!(true)), [10, 11]);
    let ignored = run(&root, &args("README.md")).code(0);
    assert_eq!(with(&ignored.json(), &json!(true)), [0_u64; 0]);
    assert!(ignored.err.contains("README.md is kept out of the build by .dockerignore"), "{}", ignored.err);
    let elsewhere = run(&root, &args("/elsewhere/x")).code(2);
    assert!(elsewhere.err.contains("lies outside of the context"), "{}", elsewhere.err);
}

#[test]
fn scenarios_are_of_files_that_are_there() {
    let explained = explain(&[]);
    let changes: Vec<&str> = explained["scenarios"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["change"].as_str().unwrap())
        .collect();
    assert_eq!(
        changes,
        [
            "src/index.js",
            "package.json + package-lock.json",
            "package-lock.json",
            "public/robots.txt",
            "base images node:20-alpine, nginx:1.27-alpine"
        ]
    );
    let expected = json!([
        {"line": 10, "certain": true},
        {"line": 11, "certain": true},
        {"line": 17, "certain": false},
        {"line": 18, "certain": false},
    ]);
    assert_eq!(explained["scenarios"][0]["runs_again"], expected);
}

#[test]
fn the_context_is_the_files_folder_or_what_is_named() {
    let folder = folder(&[("docker/Dockerfile", "FROM a\nCOPY . /x\n"), ("big.bin", "0123456789")]);
    let own = run(folder.path(), &["explain", "docker/Dockerfile", "--format", "json"]).json();
    assert_eq!((&own["context"]["files"], &own["context"]["path"]), (&json!(1), &json!("docker")));
    let args = ["explain", "docker/Dockerfile", "--format", "json", "--context", "."];
    let named = run(folder.path(), &args).json();
    assert_eq!((&named["context"]["files"], &named["context"]["path"]), (&json!(2), &json!(".")));
}

#[test]
fn what_is_not_there_yet_is_refused_with_a_sentence() {
    let root = fixture("cli/multi-stage");
    for args in [
        &["--before", "nowhere"][..],
        &["--before", "Dockerfile", "--before-context", "nowhere"],
        &["--before-context", "."],
        &["--before", "Dockerfile", "--changed-base"],
        &["--since", "--help"],
        &["--build-log", "x"],
        &["--target", "rnner"],
        &["--context", "nowhere"],
    ] {
        let args: Vec<&str> = ["explain", "Dockerfile"].iter().chain(args).copied().collect();
        let ran = run(&root, &args).code(2);
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
    let ran = run(&root, &["explain", "Dockerfile", "--target", "rnner"]);
    assert!(ran.err.contains("did you mean runner?"), "{}", ran.err);
    run(&root, &["explain", "Dockerfile", "--target", "0"]).code(0);
    let ran = run(&root, &["explain", "package-lock.json"]).code(2);
    assert!(ran.err.contains("has no FROM"), "{}", ran.err);
    let ran = run(&root, &["explain", "src"]).code(2);
    assert!(ran.err.contains("src is a folder"), "{}", ran.err);
}

#[test]
fn a_file_with_a_fault_is_explained_as_far_as_it_goes() {
    let folder = folder(&[("Dockerfile", "FROM a\nRNU x\nRUN y\n")]);
    let ran = run(folder.path(), &["explain", "Dockerfile", "--format", "json"]).code(0);
    let instructions: Vec<Value> =
        ran.json()["steps"].as_array().unwrap().iter().map(|step| step["instruction"].clone()).collect();
    assert_eq!(instructions, ["FROM", "RNU", "RUN"]);
    assert!(ran.err.contains("`plimsoll check` names"), "{}", ran.err);
}

#[test]
fn the_text_is_a_table_by_stage() {
    let ran = run(&fixture("cli/multi-stage"), &["explain", "Dockerfile"]).code(0);
    insta::assert_snapshot!("explain", ran.out);
    let ran =
        run(&fixture("cli/multi-stage"), &["explain", "Dockerfile", "--changed", "src/index.js"]).code(0);
    insta::assert_snapshot!("explain_changed", ran.out);
}

/// `runs_again` of the lines of a stage, told as the lines of what runs.
fn lines(explained: &Value) -> Vec<u64> {
    with(explained, &json!(true))
}

#[test]
fn an_earlier_dockerfile_is_compared_with_the_present_one() {
    let files = [
        ("old/Dockerfile", "FROM a\nCOPY f /f\nRUN x\nRUN y\n"),
        ("old/f", "1"),
        ("new/Dockerfile", "FROM a\nLABEL a=b\nCOPY f /f\nRUN x\nRUN z\n"),
        ("new/f", "1"),
    ];
    let folder = folder(&files);
    let args = ["explain", "new/Dockerfile", "--before", "old/Dockerfile", "--format", "json"];
    assert_eq!(lines(&run(folder.path(), &args).code(0).json()), [5]);
    write(folder.path(), "new/f", b"2");
    assert_eq!(lines(&run(folder.path(), &args).code(0).json()), [3, 4, 5]);
    let same = [&args[..], &["--before-context", "new"]].concat();
    assert_eq!(lines(&run(folder.path(), &same).code(0).json()), [5]);
    let text = run(folder.path(), &args[..4]).code(0);
    assert!(text.out.contains("After a build of old/Dockerfile: 3 steps run again"), "{}", text.out);
}

#[test]
fn arguments_have_the_values_that_they_are_given() {
    let folder = folder(&[("Dockerfile", "FROM a\nARG V=1\nRUN x\n")]);
    let args = |more: &[&'static str]| {
        let all = ["explain", "Dockerfile", "--before", "Dockerfile", "--format", "json"];
        [&all[..], more].concat()
    };
    for (more, runs) in [
        (&[][..], &[][..]),
        (&["--build-arg", "V=1"], &[]),
        (&["--build-arg", "V=2"], &[3]),
        (&["--build-arg", "V=2", "--before-build-arg", "V=2"], &[]),
        (&["--before-build-arg", "V=2"], &[3]),
    ] {
        assert_eq!(lines(&run(folder.path(), &args(more)).code(0).json()), runs, "{more:?}");
    }
    let ran = run(folder.path(), &args(&["--build-arg", "NONE=1"])).code(0);
    assert!(ran.err.contains("no ARG declares NONE"), "{}", ran.err);
    let ran = run(folder.path(), &args(&["--build-arg", "HTTP_PROXY=x"])).code(0);
    assert_eq!(ran.err, "");
}

#[test]
fn what_is_not_committed_is_compared_with_a_revision() {
    let folder = folder(&[
        ("web/Dockerfile", "FROM a\nCOPY package.json .\nRUN install\nCOPY . .\nRUN build\n"),
        ("web/package.json", "{}"),
        ("web/page.ts", "1"),
        ("web/.dockerignore", "Dockerfile\n"),
    ]);
    let git = |args: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.current_dir(folder.path()).args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(args);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        assert!(command.output().expect("git is there").status.success(), "git {args:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    let args = |revision| ["explain", "web/Dockerfile", "--since", revision, "--format", "json"];
    let since = |revision| lines(&run(folder.path(), &args(revision)).code(0).json());
    assert_eq!(since("HEAD"), [0_u64; 0]);
    write(folder.path(), "web/page.ts", b"2");
    assert_eq!(since("HEAD"), [4, 5]);
    git(&["commit", "-qam", "two"]);
    assert_eq!(since("HEAD"), [0_u64; 0]);
    assert_eq!(since("HEAD~1"), [4, 5]);
    write(folder.path(), "web/Dockerfile", b"FROM a\nCOPY package.json .\nRUN other\nCOPY . .\nRUN build\n");
    assert_eq!(since("HEAD"), [3, 4, 5]);
    let none = run(folder.path(), &args("nowhere")).code(2);
    assert!(none.err.contains("nowhere"), "{}", none.err);
    write(folder.path(), "web/New.Dockerfile", b"FROM a\nRUN x\n");
    let new = run(folder.path(), &["explain", "web/New.Dockerfile", "--since", "HEAD"]).code(2);
    assert!(new.err.contains("there was no web/New.Dockerfile then"), "{}", new.err);
}

#[test]
fn scenarios_fit_a_next_js_project() {
    let folder = folder(&[
        (
            "Dockerfile",
            "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nARG NEXT_PUBLIC_API\nCOPY . .\nRUN npm run build\n",
        ),
        (".dockerignore", "Dockerfile\n.dockerignore\nREADME.md\n"),
        ("package.json", "{}"),
        ("package-lock.json", "{}"),
        ("next.config.mjs", "export default {}"),
        ("app/page.tsx", "x"),
        ("public/logo.svg", "x"),
        ("README.md", "x"),
    ]);
    let explained = run(folder.path(), &["explain", "Dockerfile", "--format", "json"]).code(0).json();
    let said = |scenario: &Value| {
        let steps = scenario["runs_again"].as_array().unwrap();
        let lines: Vec<String> = steps.iter().map(|step| step["line"].to_string()).collect();
        format!("{}: {}", scenario["change"].as_str().unwrap(), lines.join(" "))
    };
    let said: Vec<String> = explained["scenarios"].as_array().unwrap().iter().map(said).collect();
    assert_eq!(
        said,
        [
            "app/page.tsx: 6 7",
            "package.json + package-lock.json: 3 4 6 7",
            "package-lock.json: 3 4 6 7",
            "next.config.mjs: 6 7",
            "public/logo.svg: 6 7",
            "ARG NEXT_PUBLIC_API: 7",
            "base image node:22: 2 3 4 6 7",
        ]
    );
}

#[test]
fn the_picture_is_svg_or_a_page() {
    let root = fixture("cli/multi-stage");
    let drawn = run(&root, &["explain", "Dockerfile", "--format", "svg"]).code(0).out;
    let document = roxmltree::Document::parse(&drawn).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
    for expected in ["COPY . .", "src/index.js", "the image", "left behind: build"] {
        assert!(texts.contains(&expected), "{expected}: {texts:?}");
    }
    let page = run(&root, &["explain", "Dockerfile", "--format", "html"]).code(0).out;
    assert!(page.starts_with("<!doctype html>") && page.contains("<svg "), "{page}");
}

#[test]
fn the_picture_of_two_states_shows_both_images() {
    let root = fixture("cli/multi-stage");
    let earlier = folder(&[("Dockerfile", "FROM node:20-alpine\nCOPY a.txt /\n"), ("a.txt", "a")]);
    let before = earlier.path().join("Dockerfile");
    let args = ["explain", "Dockerfile", "--format", "svg", "--before", before.to_str().unwrap()];
    let drawn = run(&root, &args).code(0).out;
    let document = roxmltree::Document::parse(&drawn).unwrap();
    let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
    assert!(texts.iter().any(|text| text.starts_with("before: ")) && texts.contains(&"after"), "{texts:?}");
    assert!(texts.iter().any(|text| text.starts_with("After a build of ")), "{texts:?}");
}

#[test]
fn the_context_that_is_set_is_taken_where_the_command_line_names_none() {
    let project = folder(&[
        ("docker/web.Dockerfile", "FROM alpine:3.23\nCOPY package.json /\n"),
        ("package.json", "{\"name\": \"web\"}\n"),
        ("plimsoll.toml", "context = \".\"\n"),
    ]);
    let files = |words: &[&str], variables: &[(&str, &str)]| {
        let words: Vec<&str> =
            ["explain", "docker/web.Dockerfile", "--format", "json"].iter().chain(words).copied().collect();
        run_in(project.path(), &words, variables).code(0).json()["context"]["files"].clone()
    };
    assert_eq!(files(&[], &[]), 3);
    assert_eq!(files(&[], &[("PLIMSOLL_CONTEXT", "docker")]), 1);
    assert_eq!(files(&["--context", "."], &[("PLIMSOLL_CONTEXT", "docker")]), 3);
}

#[test]
fn the_build_of_a_compose_or_bake_file_is_explained() {
    let in_folder = |folder: &str, args: &[&str]| {
        let args: Vec<&str> = ["explain", "--format", "json"].iter().chain(args).copied().collect();
        run(&fixture(folder), &args)
    };
    let web = "apps/web/Dockerfile";
    let ran = in_folder("builds/monorepo", &[web]).code(0);
    assert!(
        ran.err.contains("apps/web/Dockerfile is explained as compose.yaml, service web builds it"),
        "{}",
        ran.err
    );
    let explained = ran.json();
    assert_eq!(
        (&explained["context"]["path"], &explained["stages"][0]["base"]),
        (&json!("."), &json!("node:24-alpine"))
    );
    // What the command line says counts over it.
    let explained = in_folder("builds/monorepo", &[web, "--build-arg", "NODE_VERSION=18"]).code(0).json();
    assert_eq!(explained["stages"][0]["base"], "node:18-alpine");
    let explained = in_folder("builds/monorepo", &[web, "--context", "apps"]).code(0).json();
    assert_eq!(
        (&explained["context"]["path"], &explained["stages"][0]["base"]),
        (&json!("apps"), &json!("node:20-alpine"))
    );
    let explained = in_folder("builds/monorepo", &[web, "--build", "none"]).code(0).json();
    assert_eq!((&explained["context"]["path"], &explained["builds"]), (&json!("apps/web"), &json!([])));

    let explained = in_folder("builds/several", &["Dockerfile", "--build", "dev"]).code(0).json();
    assert_eq!(explained["target"], "dev");
    let explained =
        in_folder("builds/several", &["Dockerfile", "--build", "dev", "--target", "prod"]).code(0).json();
    assert_eq!(explained["target"], "prod");
    let ran = in_folder("builds/several", &["Dockerfile", "--build", "gone"]).code(2);
    assert!(
        ran.err.contains("no build called gone uses Dockerfile; there are debug, dev, web, release"),
        "{}",
        ran.err
    );
}
