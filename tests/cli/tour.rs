use super::support::*;

#[test]
fn the_tour_shows_findings_hovers_and_the_conversion_and_leaves_nothing_behind() {
    let folder = folder(&[]);
    let mut command = command(folder.path(), &["tour"]);
    let ran = finish(command.env("TMPDIR", folder.path()).env("TEMP", folder.path()), b"").code(0);
    assert!(!ran.out.contains('\u{1b}'), "a pipe has no colours");
    assert_eq!(ran.err, "");
    assert!(ran.out.contains("nextjs-single-stage/Dockerfile:2:6"), "{}", ran.out);
    assert!(ran.out.contains("[single-stage-next-image]"), "{}", ran.out);
    for instruction in [
        "FROM node:20-alpine",
        "WORKDIR /app",
        "RUN npm ci",
        "COPY . .",
        "RUN npm run build",
        "EXPOSE 3000",
        "CMD [\"npm\", \"start\"]",
    ] {
        assert!(ran.out.contains(&format!("│ {instruction}\n")), "{instruction}: {}", ran.out);
    }
    assert!(ran.out.contains("RUN · step 4 of 8"), "{}", ran.out);
    for added in ["+FROM ", "output: \"standalone\"", "+++ b/nextjs-single-stage/.dockerignore"] {
        assert!(ran.out.contains(added), "{added}: {}", ran.out);
    }
    assert!(ran.out.contains("image size:"), "{}", ran.out);
    assert!(!ran.out.contains("lockfileVersion"));
    assert!(contents(folder.path()).is_empty(), "a file is left behind");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_of_ones_own_is_shown_and_not_touched() {
    let folder = copy_of("nextjs-single-stage");
    let before = contents(folder.path());
    let ran = run(folder.path(), &["tour", "Dockerfile"]).code(0);
    assert!(ran.out.contains("+++ b/Dockerfile"), "{}", ran.out);
    assert!(ran.out.contains("plimsoll convert Dockerfile --write"), "{}", ran.out);
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_file_that_is_nothing_for_the_conversion_has_findings_and_hovers() {
    let folder = folder(&[("my docker/Dockerfile.한", "FROM debian\nRNU x\n")]);
    let ran = run(folder.path(), &["tour", "my docker/Dockerfile.한"]).code(0);
    assert!(ran.out.contains("[unpinned-base-image]"), "{}", ran.out);
    assert!(ran.out.contains("quick fix: "), "{}", ran.out);
    assert!(ran.out.contains("No conversion is on offer"), "{}", ran.out);
    run(folder.path(), &["tour", "nothing"]).code(2);
}
