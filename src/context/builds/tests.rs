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

#[test]
fn a_context_outside_of_the_workspace_is_not_looked_at_unless_asked_for() {
    let of = |context: &str| {
        let service =
            format!("services: {{web: {{build: {{context: {context}, dockerfile: /w/app/Dockerfile}}}}}}\n");
        let files = [
            ("/w/app/compose.yaml", service.as_str()),
            ("/w/app/Dockerfile", "FROM a\n"),
            ("/o/x", "x"),
            ("/w/y", "y"),
        ];
        Memory::from_files(files)
    };
    let seen = |context: &str, within: &str, outside: bool| {
        let request = Request {
            builds: Some(BuildSearch { wanted: None, within: Some(Path::new(within)), outside }),
            ..request("/w/app/Dockerfile", None)
        };
        let view = View::gather(&of(context), &request).unwrap();
        assert_eq!(view.builds.used().map(|used| used.name.as_str()), Some("web"), "{context}");
        (view.root.map(|root| root.display().to_string()), view.root_basis, view.files.len())
    };
    let nothing = (None, RootBasis::Outside, 0);
    for context in ["/o", "../../o", "/", "../.."] {
        assert_eq!(seen(context, "/w", false), nothing, "{context}");
        assert_eq!(seen(context, "/w", true).1, RootBasis::Given, "{context}");
    }
    for context in [".", "..", "/w"] {
        assert_eq!(seen(context, "/w", false).1, RootBasis::Given, "{context}");
    }
    // Without a workspace only the Dockerfile's own folder is known to be meant.
    assert_eq!(seen("..", "/elsewhere", false), nothing);
    assert_eq!(seen(".", "/elsewhere", false).1, RootBasis::Given);
}

#[test]
fn a_change_of_a_context_outside_is_seen() {
    let service = |context: &str| {
        format!("services: {{web: {{build: {{context: {context}, dockerfile: /w/Dockerfile}}}}}}\n")
    };
    let mut source =
        Memory::from_files([("/w/compose.yaml", service("/o").as_str()), ("/w/Dockerfile", "FROM a\n")]);
    let request = request("/w/Dockerfile", None);
    let view = View::gather(&source, &request).unwrap();
    assert_eq!(view.root, None);
    source.insert("/w/compose.yaml", &service("."));
    let view = view.again(&source, &request, Look::Everything).unwrap().unwrap();
    assert_eq!(view.root.as_deref(), Some(Path::new("/w")));
    source.insert("/w/compose.yaml", &service("/o"));
    let view = view.again(&source, &request, Look::Everything).unwrap().unwrap();
    assert_eq!((view.root, view.truncated), (None, true));
}

#[test]
fn included_files_and_those_that_env_names_are_read() {
    let files = [
        (
            "/w/compose.yaml",
            "include: [apps/compose.yaml, {path: other/x.yaml, project_directory: .}, gone.yaml]\n",
        ),
        ("/w/.env", "V=outer\n"),
        (
            "/w/apps/compose.yaml",
            "include: [../compose.yaml]\nservices: {web: {build: {context: .., args: {V: $V, W: $W}}}}\n",
        ),
        ("/w/apps/.env", "V=inner\nW=w\n"),
        ("/w/other/x.yaml", "services: {x: {build: {target: x}}}\n"),
        ("/w/Dockerfile", "FROM a\n"),
    ];
    let seen = view(&files, "/w/Dockerfile", None);
    assert_eq!(titles(&seen), ["apps/compose.yaml, service web", "other/x.yaml, service x"]);
    let web = &seen.builds.uses[0];
    assert_eq!(["V", "W"].map(|name| web.argument(name).cloned().flatten().unwrap()), ["outer", "w"]);
    assert_eq!(seen.builds.notes, ["compose.yaml includes files that are not known here"]);

    let files = [
        ("/w/compose.yaml", "services: {web: {build: .}}\n"),
        ("/w/prod.yaml", "services: {prod: {build: .}}\n"),
        ("/w/over.yaml", "services: {prod: {build: {target: x}}}\n"),
        ("/w/Dockerfile", "FROM a\n"),
    ];
    let with = |env: &str| {
        let seen = view(&[&files[..], &[("/w/.env", env)]].concat(), "/w/Dockerfile", None);
        let uses = seen.builds.uses.iter().map(|one| (one.name.clone(), one.target.clone().flatten()));
        (uses.collect::<Vec<_>>(), seen.builds.notes)
    };
    let prod = vec![("prod".to_owned(), Some("x".to_owned()))];
    let env = "COMPOSE_PATH_SEPARATOR=,\nCOMPOSE_FILE=prod.yaml,over.yaml\n";
    assert_eq!(with(env), (prod, Vec::new()));
    for env in ["COMPOSE_FILE=$WHICH\n", "COMPOSE_FILE=gone.yaml\n", "COMPOSE_FILE=/etc/x.yaml\n"] {
        let note = ".env sets COMPOSE_FILE to files that are not known here".to_owned();
        assert_eq!(with(env), (Vec::new(), vec![note]), "{env}");
    }
    assert_eq!(with("COMPOSE_FILE=\n").0.len(), 1);
}

#[test]
fn what_is_empty_says_nothing() {
    let build = "{context: '', dockerfile: '${NO:-}', target: ''}";
    let compose = format!("services: {{web: {{build: {build}}}}}\n");
    let seen = view(&[("/w/compose.yaml", &compose), ("/w/Dockerfile", "")], "/w/Dockerfile", None);
    assert_eq!((titles(&seen).len(), &seen.builds.uses[0].target), (1, &None));
}

#[test]
fn what_cannot_be_read_or_told_is_said() {
    let notes = |compose: &str| {
        let seen = view(&[("/w/compose.yaml", compose), ("/w/Dockerfile", "")], "/w/Dockerfile", None);
        (seen.builds.notes.join("; "), seen.builds.unclear.unwrap_or_default())
    };
    let (read, _) = notes("services: [");
    assert_eq!(read, "compose.yaml can't be understood, so the builds that it may hold are not known here");
    let (read, _) = notes(&format!("a: {}\n", "x".repeat(300 << 10)));
    assert!(read.starts_with("compose.yaml is larger than 256 KiB"), "{read}");
    let (_, unclear) =
        notes("services: {web: {build: '${DIR}'}, other: {build: {context: $DIR, dockerfile: Other}}}");
    assert!(
        unclear.starts_with("whether this Dockerfile is built by compose.yaml, service web is"),
        "{unclear}"
    );
    assert_eq!(notes("services: {web: {build: .}}"), Default::default());
}

#[test]
fn a_bake_target_takes_over_the_service_of_its_name() {
    let files = [
        ("/w/compose.yaml", "services: {web: {build: {context: ., target: dev}}}\n"),
        ("/w/compose.override.yaml", "services: {web: {build: {target: over}}}\n"),
        ("/w/docker-bake.hcl", "target \"web\" {\n  args = { NODE = \"18\" }\n}\n"),
        ("/w/Dockerfile", "FROM a\n"),
    ];
    let seen = view(&files, "/w/Dockerfile", None);
    let targets: Vec<_> = seen.builds.uses.iter().map(|one| one.target.clone().flatten().unwrap()).collect();
    assert_eq!(targets, ["over", "dev"]);
}
