use super::support::*;

const NPM: &str =
    "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nUSER node\n";
const MOUNTED: &str = "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\n\
                       RUN --mount=type=cache,target=/root/.npm npm ci\nUSER node\n";

#[test]
fn safe_fixes_are_written_and_unsafe_ones_only_where_asked_for() {
    let text = "FROM node:20\nRNU npm ci\nRUN npm ci\nUSER node\n";
    let folder = folder(&[("Dockerfile", text)]);
    let ran = run(folder.path(), &["check", "--fix", "--format", "json"]).code(1);
    let safe = read(folder.path(), "Dockerfile");
    assert!(safe.contains("RUN --mount=type=cache,target=/root/.npm npm ci"), "{safe}");
    assert!(safe.contains("RNU npm ci"), "{safe}");
    assert!(ran.err.contains("mended 1 fault"), "{}", ran.err);
    let left = ran.json()["files"][0]["diagnostics"].as_array().unwrap().clone();
    assert!(left.iter().any(|one| one["rule"] == "unknown-instruction"));
    assert!(left.iter().all(|one| one["rule"] != "package-manager-cache-mount"));

    run(folder.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert!(!read(folder.path(), "Dockerfile").contains("RNU"));
}

#[test]
fn a_diff_writes_nothing_and_is_what_the_fix_writes() {
    let files = [("web/Dockerfile", NPM), ("web/package.json", "{}"), ("web/package-lock.json", "{}")];
    let folder = folder(&files);
    let before = contents(folder.path());
    let ran = run(folder.path(), &["check", "--diff"]);
    assert_eq!(contents(folder.path()), before);
    assert_eq!(
        ran.out,
        "--- a/web/Dockerfile\n+++ b/web/Dockerfile\n@@ -1,5 +1,5 @@\n FROM node:20\n WORKDIR /app\n \
         COPY package.json package-lock.json ./\n-RUN npm ci\n+RUN --mount=type=cache,target=/root/.npm npm ci\n \
         USER node\n"
    );
    run(folder.path(), &["check", "--fix"]).code(0);
    assert_eq!(read(folder.path(), "web/Dockerfile"), MOUNTED);
    let again = run(folder.path(), &["check", "--diff"]).code(0);
    assert_eq!(again.out, "");
}

#[test]
fn other_files_are_written_too_and_two_dockerfiles_share_them() {
    let text = "FROM node:20\nWORKDIR /app\nCOPY . .\nUSER node\n";
    let files = [("Dockerfile", text), ("Dockerfile.dev", text), ("package.json", "{}\n")];
    let folder = folder(&files);
    let diff = run(folder.path(), &["check", "--diff", "--unsafe-fixes"]).out;
    assert_eq!(lines_with(&diff, "+++ b/.dockerignore").len(), 1, "{diff}");
    let ran = run(folder.path(), &["check", "--fix", "--unsafe-fixes", "--format", "json"]);
    assert!(read(folder.path(), ".dockerignore").contains("node_modules"), "{ran:#?}");
    for file in ran.json()["files"].as_array().unwrap() {
        assert!(file.get("error").is_none(), "{file}");
        let found = file["diagnostics"].as_array().unwrap();
        assert!(found.iter().all(|one| one["rule"] != "dockerignore-missing"), "{file}");
    }
}

#[test]
fn what_comes_from_standard_input_goes_to_standard_output() {
    let folder = folder(&[("package.json", "{}\n")]);
    let before = contents(folder.path());
    let args = ["check", "--fix", "--unsafe-fixes", "--stdin-filename", "Dockerfile", "-"];
    let ran = run_with(folder.path(), &args, NPM.as_bytes());
    assert_eq!(ran.out, MOUNTED);
    // No other file is touched.
    let ran = run_with(folder.path(), &args, b"FROM node:20\nCOPY . /app\nUSER node\n");
    assert_eq!(ran.out, "FROM node:20\nCOPY . /app\nUSER node\n");
    assert!(ran.err.contains("dockerignore-missing"), "{}", ran.err);
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn line_endings_and_a_byte_order_mark_survive() {
    let text = format!("\u{feff}{}", NPM.replace('\n', "\r\n"));
    let folder = folder(&[("Dockerfile", &text)]);
    run(folder.path(), &["check", "--fix"]);
    assert_eq!(read(folder.path(), "Dockerfile"), format!("\u{feff}{}", MOUNTED.replace('\n', "\r\n")));
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("real/build.txt", NPM)]);
    let real = folder.path().join("real/build.txt");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("Dockerfile");
    std::os::unix::fs::symlink("real/build.txt", &link).unwrap();
    run(folder.path(), &["check", "--fix"]);
    assert!(link.is_symlink());
    assert_eq!(read(folder.path(), "real/build.txt"), MOUNTED);
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(contents(folder.path()).len(), 2, "nothing is left beside the files");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_written_is_an_error_and_the_others_are_mended() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("a/Dockerfile", NPM), ("b/Dockerfile", NPM)]);
    let locked = folder.path().join("a/Dockerfile");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o444)).unwrap();
    let ran = run(folder.path(), &["check", "--fix"]).code(2);
    assert!(ran.err.contains("a/Dockerfile: the file is read-only; nothing was written"), "{}", ran.err);
    assert_eq!(read(folder.path(), "a/Dockerfile"), NPM);
    assert_eq!(read(folder.path(), "b/Dockerfile"), MOUNTED);
}
