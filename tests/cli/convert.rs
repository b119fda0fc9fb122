use super::support::*;
use serde_json::{Value, json};

fn path_of(value: &Value) -> &str {
    value["path"].as_str().unwrap()
}

#[test]
fn json_has_the_fields_of_the_contract() {
    let folder = copy_of("nextjs-single-stage");
    let before = contents(folder.path());
    let ran = run(folder.path(), &["convert", "Dockerfile", "--format", "json"]).code(0);
    let answer = ran.json();
    assert_eq!(
        (&answer["version"], &answer["outcome"], &answer["recipe"]),
        (&json!(1), &json!("converted"), &json!("nextjs"))
    );
    assert_eq!((&answer["reason"], &answer["questions"]), (&Value::Null, &json!([])));
    let files = answer["files"].as_array().unwrap();
    let mut paths: Vec<&str> = files.iter().map(path_of).collect();
    assert_eq!(paths[0], "Dockerfile");
    paths.sort_unstable();
    assert_eq!(paths, [".dockerignore", "Dockerfile", "next.config.ts"]);
    for file in files {
        let there = folder.path().join(path_of(file)).exists();
        assert_eq!(file["action"], if there { "modify" } else { "create" });
        assert!(!file["text"].as_str().unwrap().is_empty());
    }
    for note in answer["notes"].as_array().unwrap() {
        assert!(note["message"].is_string() && note["severity"].is_string(), "{note}");
    }
    assert!(answer["estimate"].get("before").is_some() && answer["estimate"].get("after").is_some());
    assert_eq!(contents(folder.path()), before, "nothing is written unasked");
}

#[test]
fn the_diff_is_what_is_written() {
    let folder = copy_of("nextjs-single-stage");
    let ran = run(folder.path(), &["convert", "Dockerfile"]).code(0);
    let answer = run(folder.path(), &["convert", "Dockerfile", "--format", "json"]).json();
    assert!(ran.out.starts_with("--- a/Dockerfile\n+++ b/Dockerfile\n@@ "), "{}", ran.out);
    assert!(ran.out.contains("--- /dev/null\n+++ b/.dockerignore\n"), "{}", ran.out);
    assert!(ran.err.contains("image size:"), "{}", ran.err);
    let explicit = run(folder.path(), &["convert", "--diff", "Dockerfile"]).code(0);
    assert_eq!(explicit.out, ran.out);

    let patched = copy_of("nextjs-single-stage");
    let mut git = std::process::Command::new("git");
    git.current_dir(patched.path())
        .args(["apply", "-p1", "-"])
        .env("GIT_CEILING_DIRECTORIES", patched.path());
    finish(&mut git, ran.out.as_bytes()).code(0);

    let written = run(folder.path(), &["convert", "Dockerfile", "--write"]).code(0);
    assert_eq!(
        written.out.lines().collect::<Vec<_>>(),
        ["changed Dockerfile", "created .dockerignore", "changed next.config.ts"]
    );
    for file in answer["files"].as_array().unwrap() {
        assert_eq!(read(folder.path(), path_of(file)), file["text"].as_str().unwrap());
        assert_eq!(read(patched.path(), path_of(file)), file["text"].as_str().unwrap());
    }
    let names = |folder: &std::path::Path| contents(folder).len();
    assert_eq!(
        names(folder.path()),
        names(&fixture("nextjs-single-stage")) + 1,
        "nothing is left beside the files"
    );

    let again = run(folder.path(), &["convert", "Dockerfile", "--format", "json"]).code(3).json();
    assert_eq!(again["outcome"], "refused");
    assert_eq!(again["reason"]["code"], "already-multi-stage");
}

#[cfg(unix)]
#[test]
fn all_files_are_written_or_none() {
    use std::os::unix::fs::PermissionsExt;
    let folder = copy_of("nextjs-single-stage");
    let config = folder.path().join("next.config.ts");
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o444)).unwrap();
    let before = contents(folder.path());
    let ran = run(folder.path(), &["convert", "Dockerfile", "--write"]).code(2);
    assert!(ran.err.contains("next.config.ts: the file is read-only; nothing was written"), "{}", ran.err);
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn what_is_no_nextjs_is_refused() {
    let folder = folder(&[("Dockerfile", "FROM debian:12\nRUN echo\n")]);
    let ran = run(folder.path(), &["convert", "Dockerfile", "--format", "json"]).code(3);
    let answer = ran.json();
    assert_eq!(answer["outcome"], "refused");
    assert_eq!(answer["reason"]["code"], "not-nextjs");
    assert!(answer["reason"]["message"].is_string());
    assert_eq!(answer["reason"]["path"], "Dockerfile");
    assert_eq!((&answer["files"], &answer["questions"]), (&json!([]), &json!([])));
    let ran = run(folder.path(), &["convert", "Dockerfile", "--write"]).code(3);
    assert!(ran.out.is_empty() && ran.err.contains("not-nextjs"), "{ran:#?}");
    assert_eq!(read(folder.path(), "Dockerfile"), "FROM debian:12\nRUN echo\n");
}

#[test]
fn a_question_is_told_with_its_choices_and_taken_with_its_answer() {
    let folder = copy_of("convert/question_pm2");
    let asked = run(folder.path(), &["convert", "Dockerfile", "--format", "json"]).code(3).json();
    assert_eq!((&asked["outcome"], &asked["reason"]), (&json!("question"), &Value::Null));
    let question = &asked["questions"][0];
    assert_eq!((&question["key"], &question["default"]), (&json!("pm2"), &json!("drop")));
    assert_eq!(question["choices"], json!(["drop", "keep"]));
    let said = run(folder.path(), &["convert", "Dockerfile"]).code(3);
    assert!(said.out.is_empty() && said.err.contains("--answer pm2=keep"), "{said:#?}");
    let other = run(folder.path(), &["convert", "Dockerfile", "--answer", "pm2=perhaps"]).code(3);
    assert!(other.out.is_empty(), "{other:#?}");
    let done = run(folder.path(), &["convert", "Dockerfile", "--answer", "pm2=keep"]).code(0);
    assert!(done.out.contains(r#"+CMD ["pm2-runtime", "server.js"]"#), "{}", done.out);
}

#[test]
fn an_answer_that_nothing_asks_for_is_an_error_that_names_the_keys() {
    let folder = copy_of("convert/question_pm2");
    let all = run(folder.path(), &["convert", "Dockerfile", "--answer", "pm3=keep"]).code(2);
    assert!(all.out.is_empty() && all.err.contains("`pm3`"), "{all:#?}");
    assert!(all.err.contains("after-build, app, base, cache-handler, dotenv"), "{}", all.err);
    // Only the keys of the recipe that is asked for.
    let args = ["convert", "Dockerfile", "--recipe", "static-site", "--answer", "pm2=keep"];
    let one = run(folder.path(), &args).code(2);
    assert!(one.err.contains("proxy, user") && !one.err.contains("migrate"), "{}", one.err);
}

#[test]
fn a_site_of_files_is_converted_with_the_settings_of_its_server() {
    let folder = copy_of("convert/site_vite_npm");
    // What an earlier build left is what the next will about leave.
    std::fs::create_dir(folder.path().join("dist")).unwrap();
    std::fs::write(folder.path().join("dist/index.html"), "x".repeat(1_000_000)).unwrap();
    let answer = run(folder.path(), &["convert", "Dockerfile", "--format", "json"]).code(0).json();
    assert_eq!((&answer["outcome"], &answer["recipe"]), (&json!("converted"), &json!("static-site")));
    let files = answer["files"].as_array().unwrap();
    let made: Vec<_> = files.iter().map(|file| (&file["path"], &file["action"])).collect();
    let (modify, create) = (json!("modify"), json!("create"));
    let paths = [json!("Dockerfile"), json!(".dockerignore"), json!("nginx.conf")];
    assert_eq!(made, [(&paths[0], &modify), (&paths[1], &create), (&paths[2], &create)]);
    let after = answer["estimate"]["after"]["likely"].as_u64().unwrap();
    assert!((15_000_000..25_000_000).contains(&after), "{answer}");
    let other = run(folder.path(), &["convert", "Dockerfile", "--recipe", "nextjs"]).code(3);
    assert!(other.err.contains("not-nextjs"), "{}", other.err);
    run(folder.path(), &["convert", "Dockerfile", "--write"]).code(0);
    assert!(read(folder.path(), "nginx.conf").contains("listen 3000;"));
    let again = run(folder.path(), &["convert", "Dockerfile"]).code(3);
    assert!(again.err.contains("already-multi-stage"), "{}", again.err);
}

#[test]
fn wrong_arguments_are_usage_errors() {
    let folder = folder(&[("Dockerfile", "FROM debian:12\n")]);
    for args in [
        &["convert"][..],
        &["convert", "missing"],
        &["convert", "."],
        &["convert", "Dockerfile", "--recipe", "rails"],
        &["convert", "Dockerfile", "--answer", "x"],
        &["convert", "Dockerfile", "--diff", "--write"],
        &["convert", "Dockerfile", "--context", "missing"],
    ] {
        let ran = run(folder.path(), args).code(2);
        assert!(ran.err.starts_with("error: "), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_dockerfile_apart_from_its_project_is_converted_as_compose_builds_it() {
    let folder = copy_of("nextjs-single-stage");
    std::fs::create_dir(folder.path().join("docker")).unwrap();
    std::fs::rename(folder.path().join("Dockerfile"), folder.path().join("docker/Dockerfile")).unwrap();
    let compose = "services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n      args:\n        NEXT_PUBLIC_API: https://api.example.com\n";
    std::fs::write(folder.path().join("compose.yaml"), compose).unwrap();
    let ran = run(folder.path(), &["convert", "docker/Dockerfile", "--format", "json"]).code(0);
    assert!(ran.err.contains("docker/Dockerfile is converted as"), "{}", ran.err);
    assert!(ran.err.contains("compose.yaml"), "{}", ran.err);
    let answer = ran.json();
    let mut paths: Vec<&str> = answer["files"].as_array().unwrap().iter().map(path_of).collect();
    paths.sort_unstable();
    assert_eq!(paths, [".dockerignore", "docker/Dockerfile", "next.config.ts"]);
}
