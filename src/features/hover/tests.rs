use super::*;
use std::sync::Arc;

const NEXT: &str = "FROM node:20-alpine\nWORKDIR /app\nCOPY package.json package-lock.json* ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nEXPOSE 3000\nCMD [\"npm\", \"start\"]\n";

/// The hover on the first place where `at` stands.
fn show(text: &str, at: &str) -> String {
    let snapshot = Snapshot::new(text, None, Arc::default());
    let offset = text.find(at).unwrap() as u32 + 1;
    hover(&snapshot, offset).unwrap().markdown
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
