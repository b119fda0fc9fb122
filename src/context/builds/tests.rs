use super::BuildSearch;
use crate::context::{Look, Memory, Request, RootBasis, View};
use std::path::{Path, PathBuf};

fn request<'a>(dockerfile: &str, wanted: Option<&'a str>) -> Request<'a> {
    Request {
        workspace_root: Some(PathBuf::from("/w")),
        builds: Some(BuildSearch { wanted, within: Some(Path::new("/w")), outside: false }),
        ..Request::new(Some(PathBuf::from(dockerfile)), None)
    }
}

fn view(files: &[(&str, &str)], dockerfile: &str, wanted: Option<&str>) -> View {
    let source = Memory::from_files(files.iter().copied());
    View::gather(&source, &request(dockerfile, wanted)).unwrap()
}

fn titles(view: &View) -> Vec<String> {
    view.builds.uses.iter().map(super::BuildUse::title).collect()
}

#[test]
fn a_service_says_the_context() {
    let files = [
        (
            "/w/compose.yaml",
            "services:\n  web:\n    build:\n      context: .\n      dockerfile: apps/web/Dockerfile\n",
        ),
        ("/w/apps/web/Dockerfile", "FROM a\n"),
        ("/w/apps/web/package.json", "{}"),
        ("/w/package.json", "{}"),
    ];
    let seen = view(&files, "/w/apps/web/Dockerfile", None);
    assert_eq!((seen.root.as_deref(), seen.root_basis), (Some(Path::new("/w")), RootBasis::Given));
    assert_eq!(titles(&seen), ["compose.yaml, service web"]);
    let seen = view(&files, "/w/apps/web/Dockerfile", Some("none"));
    assert_eq!((seen.root.as_deref(), seen.builds.uses.len()), (Some(Path::new("/w/apps/web")), 0));
    let other = view(&files, "/w/Dockerfile", None);
    assert_eq!(other.builds.uses.len(), 0, "no build uses it");
}

#[test]
fn what_is_built_by_default_and_to_the_end_is_used() {
    let compose = "services:\n  debug:\n    build: .\n    profiles: [debug]\n  dev:\n    build: {context: ., target: dev}\n  \
                   web:\n    build: .\n  again:\n    build: .\n  api:\n    build: ./api\n";
    let files = [
        ("/w/compose.yaml", compose),
        ("/w/docker-bake.hcl", "target \"release\" {\n}\ntarget \"other\" {\n  dockerfile = \"Other\"\n}\n"),
        ("/w/Dockerfile", "FROM a\n"),
    ];
    let seen = view(&files, "/w/Dockerfile", None);
    assert_eq!(
        titles(&seen),
        [
            "compose.yaml, service debug",
            "compose.yaml, service dev",
            "compose.yaml, service web",
            "compose.yaml, service again",
            "docker-bake.hcl, target release",
        ]
    );
    let used = |view: &View| view.builds.used().unwrap().name.clone();
    assert_eq!((used(&seen), seen.builds.chosen), ("web".to_owned(), false));
    let seen = view(&files, "/w/Dockerfile", Some("release"));
    assert_eq!((used(&seen), seen.builds.chosen), ("release".to_owned(), true));
    let seen = view(&files, "/w/Dockerfile", Some("nowhere"));
    assert_eq!((used(&seen), seen.builds.chosen), ("web".to_owned(), false));
}

#[test]
fn the_nearest_folder_counts_and_the_search_stays_in_the_workspace() {
    let files = [
        ("/compose.yaml", "services: {out: {build: ./w/app}}"),
        ("/w/docker-bake.json", r#"{"target": {"far": {"context": "app"}}}"#),
        ("/w/app/docker-compose.yml", "services: {near: {build: {context: ., target: x}}}"),
        ("/w/app/Dockerfile", "FROM a\n"),
    ];
    let seen = view(&files, "/w/app/Dockerfile", None);
    assert_eq!(titles(&seen), ["app/docker-compose.yml, service near", "docker-bake.json, target far"]);
    assert_eq!(seen.builds.used().unwrap().name, "near");
}

#[test]
fn what_cannot_be_known_is_no_use() {
    for build in [
        "{context: 'https://example.org/x.git'}",
        "{context: ., dockerfile_inline: FROM a}",
        "{context: '${WHERE}'}",
        "{dockerfile: '${WHICH}'}",
        "{dockerfile: Other}",
        "!reset x",
    ] {
        let compose = format!("services:\n  web:\n    build: {build}\n");
        let seen = view(&[("/w/compose.yaml", &compose), ("/w/Dockerfile", "")], "/w/Dockerfile", None);
        assert_eq!(titles(&seen), [""; 0], "{build}");
    }
    // A folder that isn't there can't be the context.
    let files = [
        ("/w/compose.yaml", "services: {a: {build: {context: gone, dockerfile: ../Dockerfile}}}"),
        ("/w/Dockerfile", ""),
    ];
    let seen = view(&files, "/w/Dockerfile", None);
    assert_eq!((titles(&seen).len(), seen.root_basis), (1, RootBasis::Assumed));
}

#[test]
fn a_change_is_seen_and_a_half_typed_file_switches_nothing_off() {
    let mut source = Memory::from_files([("/w/Dockerfile", "FROM a\n"), ("/w/app/a.txt", "a")]);
    let request = request("/w/Dockerfile", None);
    let mut view = View::gather(&source, &request).unwrap();
    assert_eq!(view.root_basis, RootBasis::Assumed);
    let mut write = |path: &str, text: &str, view: &mut View| {
        source.insert(path, text);
        let named = [PathBuf::from(path)];
        if let Some(newer) = view.again(&source, &request, Look::Named(&named)).unwrap() {
            *view = newer;
        }
        assert!(!view.stale(&source), "{path}");
        let used = view
            .builds
            .used()
            .map(|used| (used.argument("V").cloned().flatten(), used.target.clone().flatten()));
        (view.root.as_ref().unwrap().display().to_string(), used)
    };
    let whole = "services:\n  web:\n    build:\n      context: app\n      dockerfile: ../Dockerfile\n      args: {V: \"${V:-1}\"}\n";
    let seen = write("/w/compose.yaml", whole, &mut view);
    assert_eq!(seen, ("/w/app".to_owned(), Some((Some("1".to_owned()), None))));
    let seen = write("/w/.env", "V=2\n", &mut view);
    assert_eq!(seen.1, Some((Some("2".to_owned()), None)));
    let seen = write("/w/compose.yaml", &format!("{whole}      target: [\n"), &mut view);
    assert_eq!(seen, ("/w/app".to_owned(), Some((Some("2".to_owned()), None))));
    let seen = write("/w/compose.yaml", &format!("{whole}      target: dev\n"), &mut view);
    assert_eq!(seen.1, Some((Some("2".to_owned()), Some("dev".to_owned()))));
    let seen = write("/w/compose.yaml", "services: {}\n", &mut view);
    assert_eq!(seen, ("/w".to_owned(), None));
}
