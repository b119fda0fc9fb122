use super::*;
use crate::context::{Memory, Request, View};
use std::sync::Arc;

const NEXT: &str = "FROM node:20-alpine\nWORKDIR /app\nCOPY package.json package-lock.json* ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nEXPOSE 3000\nCMD [\"npm\", \"start\"]\n";

/// The hover on the first place where `at` stands.
fn show(text: &str, at: &str) -> String {
    let snapshot = Snapshot::new(text, None, Arc::default());
    let offset = text.find(at).unwrap() as u32 + 1;
    hover(&snapshot, offset).unwrap().markdown
}

/// The same in a project with these files.
fn show_with(text: &str, files: &[(&str, &str)], at: &str) -> String {
    let mut memory = Memory::new();
    memory.insert("/c/Dockerfile", text);
    for (path, content) in files {
        memory.insert(&format!("/c/{path}"), content);
    }
    let request = Request::new(Some("/c/Dockerfile".into()), Some("/c".into()));
    let view = View::gather(&memory, &request).unwrap();
    let snapshot = Snapshot::new(text, Some(Arc::new(view)), Arc::default());
    hover(&snapshot, text.find(at).unwrap() as u32 + 1).unwrap().markdown
}

fn assert_has(shown: &str, words: &[&str]) {
    for words in words {
        assert!(shown.contains(words), "{words:?} is missing in:\n{shown}");
    }
}

const APP: &[(&str, &str)] = &[
    ("package.json", r#"{"scripts": {"build": "tsc"}, "dependencies": {"a": "1"}}"#),
    (
        "package-lock.json",
        r#"{"lockfileVersion": 3, "packages": {"": {"name": "x"}, "node_modules/a": {"version": "1.0.0", "resolved": "r"}}}"#,
    ),
    ("node_modules/a/index.js", "1234567890"),
    ("src/index.ts", "12345"),
    ("README.md", "12"),
    (".dockerignore", "node_modules\n.dockerignore\nDockerfile\n"),
];

#[test]
fn an_install_tells_its_weight_by_parts_its_files_and_what_it_survives() {
    let text = "FROM node:20-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n";
    let shown = show_with(text, APP, "RUN npm ci");
    assert_has(
        &shown,
        &[
            "**Weight:** ",
            "less than 1 % of the final image:\n  - ",
            "10 bytes: node_modules on disk, 1 package, development ones included",
            "what npm keeps of its downloads",
            "**Runs again** when `package*.json` (here `package-lock.json` and `package.json`), its own text or a step \
             above changes.",
            "**Survives** a change of `src/index.ts` or `README.md`; other files come in below, on line 5.",
            "**After it** 1 more step runs again (line 5).",
        ],
    );
    assert!(!shown.contains("not known"), "{shown}");
    let shown = show_with(text, APP, "COPY . .");
    assert_has(&shown, &["any file of the build context (4 files here)", "measured on disk"]);
}

#[test]
fn a_base_image_tells_what_is_known_of_it_and_the_weight_of_the_whole() {
    let text = "FROM node:20-alpine\nWORKDIR /app\nCOPY . .\n";
    let shown = show_with(text, APP, "FROM");
    assert_has(
        &shown,
        &[
            "% of the final image, uncompressed.",
            "**Holds** node 20",
            "Alpine 3.",
            "**Runs** as `root`; user `node` is there too; shell `/bin/sh`; musl; packages by `apk`.",
            "node 20 ended 2026-04-30",
            "**The final image** weighs ≈ ",
            "in the base image (line 1) and ",
            "from COPY on line 3",
        ],
    );
    let shown = show_with("FROM node:22\nRUN make\n", APP, "FROM");
    assert_has(&shown, &["weighs at least ", "what line 2 adds is not known closely."]);
    let shown = show_with("FROM acme.example/base:1\nCOPY . .\n", APP, "FROM");
    assert_has(
        &shown,
        &["Nothing is known of `acme.example/base`", "what line 1 adds is not known closely."],
    );
    let shown = show("ARG V\nFROM node:$V\n", "FROM");
    assert_has(&shown, &["hangs on a variable without a value"]);
    let digest = format!("FROM node@sha256:{}\n", "a".repeat(64));
    let shown = show(&digest, "FROM");
    assert_has(&shown, &["every build begins with the same image", "**Weight:** not known"]);
    assert!(!shown.contains("Runs again"), "{shown}");
    let shown = show("FROM --platform=linux/arm64 node:22\n", "FROM");
    assert_has(&shown, &["for `linux/arm64` it differs by some per cent"]);
}

#[test]
fn a_copy_from_a_stage_or_an_image_tells_what_is_copied() {
    let text = "FROM node:22 AS b\nWORKDIR /w\nCOPY src ./src\nRUN make\nFROM node:22\nWORKDIR /srv\n\
                COPY --from=b /w/src ./src\nCOPY --from=b /w/out /out\nCOPY --from=nginx:1.27 /etc/nginx /n\n";
    let shown = show_with(text, APP, "COPY --from=b /w/out");
    assert_has(
        &shown,
        &[
            "It holds `/w/out` of stage `b` (line 1), as `/out`.",
            "not known: ",
            "line 4",
            "what is taken of stage `b`",
        ],
    );
    let shown = show_with(text, APP, "COPY --from=nginx");
    assert_has(
        &shown,
        &[
            "of the image `nginx:1.27`, as `/n`.",
            "it comes from the image `nginx:1.27`",
            "the image `nginx:1.27`",
        ],
    );
    let shown = show_with(text.replace("RUN make\n", "").as_str(), APP, "COPY --from=b /w/src");
    assert_has(&shown, &["`/w/src` of stage `b` (line 1), as `/srv/src`.", "**Weight:** 5 bytes"]);
}

#[test]
fn what_a_run_mounts_and_sees_is_named() {
    let text = "FROM node:22\nARG V=1\nENV A=1 B=2\nRUN --mount=type=bind,source=src,target=/s make\n";
    assert_has(
        &show_with(text, APP, "RUN"),
        &[
            "`src` (mounted)",
            "the build argument `V`",
            "one of the environment variables `A` and `B`",
            "the base image changes.",
            "**Weight:** not known: what `make` writes, which only running it tells.",
        ],
    );
    assert_has(
        &show("FROM a\nADD https://example.com/x /x\n", "ADD"),
        &["what `https://example.com/x` answers"],
    );
}

#[test]
fn a_variable_tells_its_default_and_the_steps_that_it_keys() {
    let text = "ARG V=1\nFROM a:$V\nARG V\nENV W=$V\nCOPY x /$W\nRUN y\n";
    assert_has(
        &show(text, "$W"),
        &["- Its value here is `1`.", "- The steps on lines 5 and 6 have its value in their cache key"],
    );
    let in_env = show(text, "=$V");
    assert_has(&in_env, &["Its value here is `1`, by the default of line 1.", "lines 5 and 6"]);
    assert_has(&show(text, ":$V"), &["The FROM on line 2 has its value in the name of its image."]);
    let global = show(text, "ARG V=1");
    assert_has(&global, &["**Value:** `V` is `1` unless the build gives another.", "The FROM on line 2"]);
    assert_has(&show(text, "ENV"), &["**Value:** `W` is `1`.", "lines 5 and 6"]);
    // What is copied from a stage changes with it, but holds no value itself.
    let text = "FROM a AS b\nARG V\nRUN x\nFROM a\nCOPY --from=b /x /x\n";
    assert_has(&show(text, "ARG"), &["`V` has no default", "The RUN on line 3 has its value"]);
}

#[test]
fn npm_ci_tells_what_stays_and_what_it_survives() {
    let shown = show(NEXT, "RUN npm ci");
    for words in [
        "**RUN** · step 4 of 8",
        "`node_modules` with its development dependencies and npm's cache in `/root/.npm` stay in the final image.",
        "**Runs again** when `package.json`, `package-lock.json*`, its own text or a step above changes.",
        "Editing sources doesn't run it again: they come in below, on line 5.",
        "**After it** 2 more steps run again (lines 5 and 6).",
    ] {
        assert!(shown.contains(words), "{words:?} is missing in:\n{shown}");
    }
}

#[test]
fn a_cache_mount_keeps_the_cache_out() {
    let text = NEXT.replace("RUN npm ci", "RUN --mount=type=cache,target=/root/.npm npm ci");
    let shown = show(&text, "npm ci");
    assert!(!shown.contains("npm's cache"), "{shown}");
    assert!(shown.contains("What a cache or secret mount holds doesn't count."), "{shown}");
}

#[test]
fn configuration_costs_nothing() {
    let shown = show(NEXT, "CMD");
    assert!(shown.contains("configuration only, 0 bytes."), "{shown}");
    assert!(shown.contains("Changing it runs nothing again."), "{shown}");
}

#[test]
fn a_variable_tells_its_value_and_origin() {
    let text = "FROM a\nARG V=1\nENV W=$V-x\nCOPY . /$W\n";
    let shown = show(text, "$W");
    assert!(shown.contains("environment variable, set on line 3"), "{shown}");
    assert!(shown.contains("Its value here is `1-x`."), "{shown}");
}

#[test]
fn a_platform_argument_is_set_by_buildkit() {
    let shown = show("FROM --platform=$BUILDPLATFORM a\n", "$BUILD");
    assert!(shown.contains("set by BuildKit"), "{shown}");
    let shown = show("FROM a\nARG TARGETARCH\nCOPY $TARGETARCH /x\n", "$TARGET");
    assert!(shown.contains("set by BuildKit"), "{shown}");
    let shown = show("FROM a\nCOPY $TARGETARCH /x\n", "$TARGET");
    assert!(shown.contains("put `ARG TARGETARCH` above"), "{shown}");
}

#[test]
fn what_a_container_expands_is_not_claimed() {
    let shown = show("ARG V=1\nFROM a:$V\nRUN x\n", "$V");
    assert!(shown.contains("Its value here is `1`.") && !shown.contains("RUN"), "{shown}");
    let shown = show("FROM a\nCMD echo $HOSTNAME\n", "$HOSTNAME");
    assert!(!shown.contains("not declared"), "{shown}");
}

#[test]
fn a_flag_and_a_mount_key_are_explained() {
    let text = "FROM a\nRUN --mount=type=cache,target=/root/.npm npm ci\nCOPY --link a b\n";
    assert!(show(text, "--mount").starts_with("**--mount** · flag of RUN"));
    assert!(show(text, "target=").starts_with("**target** · key of `--mount`"));
    assert!(show(text, "--link").starts_with("**--link** · flag of COPY"));
}

#[test]
fn packages_of_the_system_are_named() {
    let shown = show("FROM a\nRUN apk add --no-cache git\n", "RUN");
    assert!(shown.contains("`git` stays in the final image."), "{shown}");
}

#[test]
fn an_argument_tells_which_run_it_keys() {
    let shown = show("FROM a\nARG V\nRUN x\n", "ARG");
    assert!(shown.contains("The RUN on line 3 has its value in its cache key"), "{shown}");
}

#[test]
fn a_variable_tells_every_step_that_its_value_reaches() {
    let shown = show("FROM a AS one\nENV V=1\nFROM one\nCOPY x /$V\nRUN x\n", "ENV");
    assert!(shown.contains("The steps on lines 4 and 5 have its value in their cache key"), "{shown}");
    let shown = show("FROM a\nENV V=1\nCOPY x /y\n", "ENV");
    assert!(shown.contains("changing its value runs nothing again."), "{shown}");
}

#[test]
fn user_and_shell_tell_what_runs_with_them() {
    let text = "FROM a\nUSER u\nSHELL [\"bash\", \"-c\"]\nCOPY x y\nWORKDIR /w\nRUN [\"x\"]\nUSER v\n";
    let shown = show(text, "USER u");
    assert!(shown.contains("The steps on lines 5 and 6 have it in their cache key"), "{shown}");
    assert!(show(text, "SHELL").contains("Changing it runs nothing again."));
    assert!(show(text, "USER v").contains("Changing it runs nothing again."));
}

#[test]
fn a_stage_that_nothing_needs_is_not_built() {
    let shown = show("FROM a AS x\nRUN one\nFROM b\nRUN two\n", "RUN one");
    assert!(shown.contains("Not built"), "{shown}");
}

#[test]
fn every_instruction_has_a_hover_without_a_table() {
    for keyword in crate::syntax::Keyword::ALL {
        let text = format!("FROM a\n{keyword} x y\n");
        let snapshot = Snapshot::new(text.as_str(), None, Arc::default());
        let shown = hover(&snapshot, 8).unwrap().markdown;
        assert!(shown.starts_with(&format!("**{keyword}** · step")), "{shown}");
        assert!(!shown.contains('|'), "{shown}");
    }
}

#[test]
fn a_quoted_source_is_the_file_that_it_names() {
    let text = "FROM a\nCOPY \"package.json\" ./\nRUN make\n";
    let shown = show_with(text, APP, "RUN");
    assert_has(&shown, &["**Runs again** when `package.json`, its own text"]);
}
