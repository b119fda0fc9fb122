use super::super::lockfiles::LockKind;
use super::super::next_config::Output;
use super::super::{Disk, Memory, ModuleType, Overlay, VersionBasis};
use super::*;
use std::sync::Arc;
use std::sync::atomic::Ordering;

fn request(dockerfile: &str) -> Request<'static> {
    Request { workspace_root: Some("/srv".into()), ..Request::new(Some(dockerfile.into()), None) }
}

fn gather(source: &dyn Source, dockerfile: &str) -> View {
    View::gather(source, &request(dockerfile)).unwrap()
}

const APP: &[(&str, &str)] = &[
    ("/srv/app/Dockerfile", "FROM node:20\n"),
    (
        "/srv/app/package.json",
        r#"{"type":"module","scripts":{"build":"next build"},"dependencies":{"next":"^15"}}"#,
    ),
    ("/srv/app/package-lock.json", r#"{"packages":{"node_modules/next":{"version":"15.3.1"}}}"#),
    ("/srv/app/next.config.mjs", "export default { output: 'standalone' }\n"),
    ("/srv/app/.dockerignore", "node_modules\n.next\n*.md\n!README.md\n"),
    ("/srv/app/README.md", "# App\n"),
    ("/srv/app/NOTES.md", "notes"),
    ("/srv/app/.env", "A=1"),
    ("/srv/app/.env.local", "B=2"),
    ("/srv/app/.environment", ""),
    ("/srv/app/app/page.tsx", "export default 1"),
    ("/srv/app/public/logo.png", "0123456789"),
    ("/srv/app/node_modules/next/package.json", r#"{"version":"15.3.2"}"#),
    ("/srv/app/node_modules/next/index.js", "12345"),
];

fn app() -> Memory {
    Memory::from_files(APP.iter().copied())
}

#[test]
fn a_next_app_is_seen_whole() {
    let view = gather(&app(), "/srv/app/Dockerfile");
    assert_eq!(view.root.as_deref(), Some(Path::new("/srv/app")));
    assert_eq!(view.root_basis, RootBasis::DockerfileFolder);
    let project = view.project();
    assert!(project.uses_next() && project.package().unwrap().builds_next("build"));
    assert_eq!(project.package().unwrap().module_type, ModuleType::Module);
    let version = project.next_version.as_ref().unwrap();
    assert_eq!((version.major, version.minor), (15, Some(3)));
    assert_eq!(version.basis, VersionBasis::Lockfile(LockKind::Npm));
    assert!(matches!(project.config().unwrap().content.output, Output::Standalone { .. }));
    assert!(project.has_public && project.has_node_modules && !project.has_next_build);
    assert_eq!(project.env_files, [".env", ".env.local"]);
    let paths: Vec<&str> = view.files.iter().map(|file| &*file.path).collect();
    let expected = [
        ".dockerignore",
        ".env",
        ".env.local",
        ".environment",
        "Dockerfile",
        "README.md",
        "app/page.tsx",
        "next.config.mjs",
        "package-lock.json",
        "package.json",
        "public/logo.png",
    ];
    assert_eq!(paths, expected);
    assert_eq!(view.ignored, Totals { files: 3, bytes: 5 + 5 + 20 });
    assert!(!view.truncated && !view.ignored_truncated);
    assert_eq!(view.files_of(&["app", "public/", "*.md"]), Totals { files: 3, bytes: 16 + 10 + 6 });
    assert_eq!(view.files_of(&["app", "app/page.tsx", "a*"]), Totals { files: 1, bytes: 16 });
    assert_eq!(view.files_of(&["node_modules"]), Totals::default());
    assert_eq!(view.totals(), view.files_of(&["."]));
    assert_eq!(&*view.largest(1)[0].path, "package.json");
    assert!(view.ignores("node_modules/x") && !view.ignores("README.md"));
    assert_eq!(view.relative(Path::new("/srv/app/app/../public")).as_deref(), Some("public"));
}

#[test]
fn the_root_is_the_nearest_folder_that_looks_like_one() {
    let mut memory = app();
    memory.insert("/srv/app/docker/prod/Dockerfile", "FROM x");
    memory.insert("/srv/lone/Dockerfile", "FROM x");
    memory.insert("/package.json", "{}");
    let root = |dockerfile: &str| {
        let view = gather(&memory, dockerfile);
        (view.root.unwrap().display().to_string(), view.root_basis)
    };
    assert_eq!(root("/srv/app/docker/prod/Dockerfile"), ("/srv/app".into(), RootBasis::Above));
    // The package.json above the workspace isn't taken.
    assert_eq!(root("/srv/lone/Dockerfile"), ("/srv/lone".into(), RootBasis::Assumed));
    assert_eq!(root("/elsewhere/Dockerfile"), ("/elsewhere".into(), RootBasis::Assumed));
    let given = Request { context_dir: Some("/srv/app/../app".into()), ..request("/srv/lone/Dockerfile") };
    let view = View::gather(&memory, &given).unwrap();
    assert_eq!((view.root.as_deref(), view.root_basis), (Some(Path::new("/srv/app")), RootBasis::Given));
    let untitled = Request { dockerfile: None, workspace_root: None, ..request("") };
    let view = View::gather(&memory, &untitled).unwrap();
    assert_eq!((view.root.as_deref(), view.root_basis), (None, RootBasis::None));
    assert!(view.project().is_empty() && view.files.is_empty());
}

#[test]
fn the_dockerfile_s_own_dockerignore_wins() {
    let mut memory = app();
    memory.insert("/srv/app/Dockerfile.dockerignore", "app\n");
    let view = gather(&memory, "/srv/app/Dockerfile");
    assert_eq!(view.dockerignore_path().unwrap(), Path::new("/srv/app/Dockerfile.dockerignore"));
    assert!(view.ignores("app/page.tsx") && !view.ignores("node_modules/next"));
    assert_eq!(view.matches("NOTES.md").len(), 1);
}

#[test]
fn what_is_open_in_the_editor_is_what_is_seen() {
    let disk = app();
    let text: Arc<str> = "export default {}\n".into();
    let open = [("/srv/app/next.config.mjs".into(), text.clone(), 12)];
    let overlay = Overlay::new(&disk, open.clone());
    let view = gather(&overlay, "/srv/app/Dockerfile");
    let config = view.project().config().unwrap();
    assert_eq!((config.file.version, &config.file.text), (Some(12), &text));
    assert_eq!(config.content.output, Output::Absent);
    assert!(!view.stale(&overlay));
    let typed = Overlay::new(&disk, [("/srv/app/next.config.mjs".into(), text, 13)]);
    assert!(view.stale(&typed) && view.stale(&disk));
}

#[test]
fn a_broken_package_json_is_an_error_with_its_place() {
    let mut memory = app();
    memory.insert("/srv/app/package.json", "{\n  \"name\": x\n}");
    let view = gather(&memory, "/srv/app/Dockerfile");
    let problem = view.project().package_json.as_ref().unwrap().as_ref().unwrap_err();
    assert_eq!((problem.line, problem.path.as_path()), (Some(2), Path::new("/srv/app/package.json")));
    assert!(view.project().package().is_none());
}

#[test]
fn a_view_is_stale_when_something_it_saw_or_missed_changes() {
    let view = gather(&app(), "/srv/app/Dockerfile");
    assert!(!view.stale(&app()));
    type Change = fn(&mut Memory);
    let changes: [(&str, Change); 7] = [
        ("package.json written", |m| m.insert("/srv/app/package.json", "{}")),
        ("lockfile gone", |m| m.remove("/srv/app/package-lock.json")),
        ("next.config.js come", |m| m.insert("/srv/app/next.config.js", "")),
        ("own dockerignore come", |m| m.insert("/srv/app/Dockerfile.dockerignore", "")),
        ("source file come", |m| m.insert("/srv/app/app/layout.tsx", "")),
        ("source file grown", |m| m.insert("/srv/app/app/page.tsx", "longer than it was before")),
        ("env file come", |m| m.insert("/srv/app/.env.production", "")),
    ];
    for (what, change) in changes {
        let mut memory = app();
        change(&mut memory);
        assert!(view.stale(&memory), "{what}");
    }
    let mut memory = app();
    memory.insert("/srv/app/node_modules/next/new.js", "");
    assert!(!view.stale(&memory), "what is ignored doesn't count");
}

#[test]
fn the_walk_ends_at_its_limit_and_on_request() {
    let memory = app();
    let limits = |files| Limits { files, ..Limits::default() };
    let small = Request { limits: limits(5), ..request("/srv/app/Dockerfile") };
    let view = View::gather(&memory, &small).unwrap();
    assert!(view.truncated && view.ignored_truncated);
    assert_eq!(view.files.len() as u64 + view.ignored.files, 5);
    // All that a build takes is seen before the rest is counted.
    let close = Request { limits: limits(13), ..request("/srv/app/Dockerfile") };
    let view = View::gather(&memory, &close).unwrap();
    assert_eq!((view.truncated, view.ignored_truncated, view.files.len()), (false, true, 11));
    let seen = AtomicU64::new(0);
    let progress = Request { progress: Some(&seen), ..request("/srv/app/Dockerfile") };
    View::gather(&memory, &progress).unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), 14);
    let cancel = AtomicBool::new(true);
    let cancelled = Request { cancel: &cancel, ..request("/srv/app/Dockerfile") };
    assert_eq!(View::gather(&memory, &cancelled).unwrap_err(), Cancelled);
}

#[test]
fn packages_of_a_workspace_are_projects_too() {
    let mut memory = app();
    memory.insert("/srv/app/apps/web/package.json", r#"{"dependencies":{"next":"14.1.0"}}"#);
    memory.insert("/srv/app/apps/web/public/x", "");
    let view = gather(&memory, "/srv/app/Dockerfile");
    let web = view.project_at("./apps/web/").unwrap();
    assert!(web.uses_next() && web.has_public);
    assert_eq!(view.project_at(".").unwrap().folder, "");
    assert_eq!(view.projects.len(), 2);
}

#[test]
fn a_folder_taken_back_is_copied_by_its_name() {
    let memory = Memory::from_files([
        ("/srv/.dockerignore", "*\n!dist/app.js"),
        ("/srv/Dockerfile", ""),
        ("/srv/dist/app.js", "1234"),
        ("/srv/dist/app.js.map", "12345"),
    ]);
    let view = gather(&memory, "/srv/Dockerfile");
    assert_eq!(view.files_of(&["dis*"]), Totals { files: 1, bytes: 4 });
    assert_eq!(view.ignored.files, 3);
}

#[cfg(unix)]
#[test]
fn odd_names_links_and_closed_folders_are_no_trouble() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::write(root.join("Dockerfile"), "FROM x").unwrap();
    std::fs::write(root.join(OsStr::from_bytes(b"caf\xe9")), "1").unwrap();
    std::fs::write(root.join("run.sh"), "123").unwrap();
    std::fs::set_permissions(root.join("run.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    symlink("..", root.join("loop")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    std::fs::create_dir(root.join("closed")).unwrap();
    std::fs::set_permissions(root.join("closed"), std::fs::Permissions::from_mode(0o000)).unwrap();
    let request = Request {
        dockerfile: Some(root.join("Dockerfile")),
        workspace_root: Some(root.into()),
        ..request("")
    };
    let view = View::gather(&Disk, &request).unwrap();
    std::fs::set_permissions(root.join("closed"), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!((view.files.len(), view.odd_names), (5, 1));
    assert_eq!(view.file("run.sh").unwrap().mode, 0o755);
    let link = view.file("loop").unwrap();
    assert!(link.is_link && link.size == 0);
    // Root may list any folder; everyone else is told which couldn't be.
    assert!(view.problems.iter().all(|problem| problem.message.contains("may not be read")));
    assert!(!view.stale(&Disk));
    std::fs::write(root.join("run.sh"), "12345").unwrap();
    assert!(view.stale(&Disk));
}

#[test]
fn what_is_ignored_is_told_by_folder_and_by_pattern() {
    let mut memory = app();
    memory.insert("/srv/app/.next/cache/x", "12345678901234567890123456789012345");
    memory.insert("/srv/app/.dockerignore", "**/node_modules\n\u{2028}\n.next\nx[\n*.md\n!\n");
    let view = gather(&memory, "/srv/app/Dockerfile");
    let patterns = view.ignore().unwrap().content.patterns();
    let folders: Vec<_> = view
        .largest_ignored(9)
        .iter()
        .map(|folder| {
            (&*folder.path, folder.totals.files, folder.totals.bytes, &*patterns[folder.by.unwrap()].text)
        })
        .collect();
    assert_eq!(folders, [(".next", 1, 35, ".next"), ("node_modules", 2, 25, "**/node_modules")]);
    assert_eq!(view.largest_ignored(1).len(), 1);
    // Two lines for which BuildKit refuses to build are told with their place.
    let problems: Vec<_> = view.problems.iter().map(|problem| (problem.line, &*problem.message)).collect();
    assert!(problems.len() == 2 && problems[0].0 == Some(4) && problems[1].0 == Some(6), "{problems:?}");
    assert!(problems[0].1.contains("BuildKit refuses"), "{problems:?}");
}
