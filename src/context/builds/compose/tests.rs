use super::*;

fn file(path: &str, text: &str) -> File {
    File { path: path.into(), documents: Arc::new(super::read(text).unwrap()) }
}

/// The services of files that lie in `/w`, besides others that they may read.
fn read_with(files: &[&str], others: &[(&str, &str)], env: &[(&str, &str)]) -> Vec<Service> {
    let files: Vec<File> = files.iter().map(|text| file("/w/compose.yaml", text)).collect();
    let env = env.iter().map(|(name, value)| (name.to_string(), Some(value.to_string()))).collect();
    let mut load = |path: &Path| {
        let (_, text) = others.iter().find(|(other, _)| Path::new(other) == path)?;
        Some(file(path.to_str().unwrap(), text))
    };
    let budget = Budget::default();
    Reader { folder: Path::new("/w"), env: &env, budget: &budget, load: &mut load }.services(&files)
}

fn read(files: &[&str], env: &[(&str, &str)]) -> Vec<Service> {
    read_with(files, &[], env)
}

fn args(service: &Service) -> Vec<(&str, Option<&str>)> {
    let named = &service.build.arguments.named;
    named.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect()
}

fn text(given: &Option<Given>) -> &str {
    match given {
        Some(Some(text)) => text,
        Some(None) => "?",
        None => "",
    }
}

/// Context, Dockerfile and target; a question mark for what isn't known.
fn place(service: &Service) -> [&str; 3] {
    let Draft { place, target, .. } = &service.build;
    [text(&place.context), text(&place.dockerfile), text(target)]
}

#[test]
fn the_short_and_the_long_form_are_read() {
    let found = read(
        &[
            "services:\n  db:\n    image: postgres\n  web:\n    build: ./web\n  api:\n    build:\n      context: api\n      \
           dockerfile: docker/Dockerfile.api\n      target: runner\n      args:\n        NODE: 22\n        DEBUG: true\n        \
           V: 1.25\n        TOKEN:\n        FROM_ENV: ${A}-${B:-b}\n        NO: ${NO}\n      additional_contexts:\n        - \
           shared=../shared\n    profiles: [api]\n",
        ],
        &[("A", "a")],
    );
    let [first, second] = &found[..] else { panic!("{found:?}") };
    assert_eq!((first.name.as_str(), second.name.as_str()), ("web", "api"));
    assert_eq!(place(first), ["./web", "", ""]);
    assert!(!first.has_profiles && second.has_profiles);
    assert_eq!(place(second), ["api", "docker/Dockerfile.api", "runner"]);
    let expected = [
        ("NODE", Some("22")),
        ("DEBUG", Some("true")),
        ("V", Some("1.25")),
        ("TOKEN", None),
        ("FROM_ENV", Some("a-b")),
        ("NO", None),
    ];
    assert_eq!(args(second), expected);
    assert_eq!(second.build.contexts.named, [("shared".to_owned(), Some("../shared".to_owned()))]);
}

#[test]
fn anchors_merge_keys_extends_and_overrides_are_followed() {
    let base = "x-build: &build\n  context: .\n  args: {A: '1', B: '2'}\nservices:\n  base:\n    build:\n      <<: *build\n      \
                target: dev\n  web:\n    extends: base\n    build:\n      args: [B=3, C]\n";
    let over = "services:\n  web:\n    build:\n      target: prod\n";
    let found = read(&[base, over], &[("C", "c")]);
    let web = &found[1];
    assert_eq!(args(web), [("A", Some("1")), ("B", Some("3")), ("C", Some("c"))]);
    assert_eq!(place(web), [".", "", "prod"]);
    let fresh =
        "services:\n  web:\n    build:\n      args: !override {Z: z}\n  base:\n    build: !reset null\n";
    let found = read(&[base, fresh], &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(args(&found[0]), [("Z", Some("z"))]);
}

#[test]
fn what_is_reset_or_overridden_is_not_merged() {
    let base = "services:\n  web:\n    build: {context: ., target: dev, dockerfile: D, args: {NODE: '18', A: a}}\n    \
                profiles: [x]\n  api:\n    build: .\n";
    let over = |service: &str| read(&[base, &format!("services:\n  web: {service}\n")], &[]);
    let web = |service: &str| over(service).remove(0);
    assert_eq!(place(&web("{build: {target: !reset null}}")), [".", "D", ""]);
    assert_eq!(place(&web("{build: {dockerfile: !reset null, context: !reset null}}")), ["", "", "dev"]);
    assert_eq!(args(&web("{build: {args: !reset {}}}")), []);
    assert_eq!(args(&web("{build: {args: {A: !reset null}}}")), [("NODE", Some("18"))]);
    assert_eq!(args(&web("{build: !override {context: b}}")), []);
    assert_eq!(place(&web("!override {build: {context: b}}")), ["b", "", ""]);
    assert!(!web("{profiles: !reset []}").has_profiles && web("{build: {target: x}}").has_profiles);
    assert_eq!(over("!reset null").len(), 1, "only api is left");
    assert_eq!(over("{build: !reset null}").len(), 1);
    assert_eq!(over("{build: null}").len(), 2, "null says nothing");
    let found = read(&[base, "services: !override {one: {build: .}}\n"], &[]);
    assert_eq!((found.len(), found[0].name.as_str()), (1, "one"));
    assert_eq!(read(&[base, "services: !reset null\n"], &[]).len(), 0);
}

#[test]
fn later_documents_of_a_file_are_laid_over_the_first() {
    let found = read(&["services: {web: {build: .}}\n---\nservices: {web: {build: {target: dev}}}\n"], &[]);
    assert_eq!(place(&found[0]), [".", "", "dev"]);
}

#[test]
fn a_service_extends_what_its_own_file_says_of_another() {
    let base = "services:\n  base:\n    build: {context: ., target: dev}\n    profiles: [never]\n  web:\n    extends: base\n";
    let over = "services: {base: {build: {target: prod}}}\n";
    let found = read(&[base, over], &[]);
    assert_eq!((place(&found[0]), place(&found[1])), ([".", "", "prod"], [".", "", "dev"]));
    assert!(found[1].has_profiles);
    let reset = "services:\n  base: {build: {context: ., target: dev}}\n  web: {extends: {service: base}, build: {target: !reset null}}\n";
    assert_eq!(place(&read(&[reset], &[])[1]), [".", "", ""]);
}

#[test]
fn a_service_may_extend_one_of_another_file() {
    let own =
        |extends: &str| format!("services:\n  web:\n    extends: {extends}\n    build: {{args: {{A: a}}}}\n");
    let common =
        "services:\n  web: {extends: deep, build: {target: dev, args: {A: x, B: $B}}}\n  deep: {build: .}\n";
    let others = [("/w/apps/common.yml", common)];
    let found = read_with(&[&own("{file: apps/common.yml, service: web}")], &others, &[("B", "b")]);
    assert_eq!(place(&found[0]), ["/w/apps/.", "", "dev"]);
    assert_eq!(args(&found[0]), [("A", Some("a")), ("B", Some("b"))]);
    assert!(!found[0].build.arguments.open);
    // What isn't there isn't known.
    for extends in
        ["{file: gone.yml, service: web}", "{file: apps/common.yml, service: gone}", "gone", "web", "{}"]
    {
        let found = read_with(&[&own(extends)], &others, &[]);
        assert_eq!(place(&found[0]), ["?", "?", "?"], "{extends}");
        assert!(found[0].build.arguments.open && found[0].build.contexts.open, "{extends}");
    }
}

#[test]
fn what_is_included_is_named() {
    let text = "include:\n  - a/compose.yaml\n  - path: [b/x.yaml, ../y.yaml]\n    project_directory: b\n    env_file: b.env\n  \
                - path: ${WHERE}\n";
    let env = HashMap::new();
    let budget = Budget::default();
    let mut load = |_: &Path| None;
    let reader = Reader { folder: Path::new("/w"), env: &env, budget: &budget, load: &mut load };
    let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<Vec<_>>();
    let expected = [
        Include { files: Some(paths(&["/w/a/compose.yaml"])), folder: None, env: Vec::new() },
        Include {
            files: Some(paths(&["/w/b/x.yaml", "/y.yaml"])),
            folder: Some("/w/b".into()),
            env: paths(&["/w/b.env"]),
        },
        Include { files: None, folder: None, env: Vec::new() },
    ];
    assert_eq!(reader.includes(&[file("/w/compose.yaml", text)]), expected);
}

#[test]
fn circles_and_oddities_are_borne() {
    let found = read(&["services:\n  a:\n    extends: b\n  b:\n    extends: a\n"], &[]);
    assert!(found.iter().all(|service| place(service)[0] == "?"));
    assert_eq!(read(&["services: []\n"], &[]).len(), 0);
    assert_eq!(read(&["services:\n  a: null\n  b: 3\n  c:\n    build: [x]\n"], &[]).len(), 0);
    assert!(yaml::read("- a\n").is_none() && yaml::read("a: [").is_none());
    assert!(yaml::read(&("- ".repeat(5_000) + "a")).is_none());
    let chain: String = (0..5_000).map(|at| format!("  s{at}: {{extends: s{}}}\n", at + 1)).collect();
    let found = read(&[&format!("services:\n{chain}  s5000: {{build: .}}\n")], &[]);
    assert_eq!((place(&found[0]), place(&found[4_999])), (["?", "?", "?"], [".", "", ""]));
}

#[test]
fn what_grows_without_bound_is_not_known() {
    // One long list of arguments that thousands of services take over.
    let long: String = (0..5_000).map(|at| format!("A{at}: x, ")).collect();
    let many: String = (0..3_000).map(|at| format!("  s{at}: {{extends: base}}\n")).collect();
    let found =
        read(&[&format!("services:\n  base: {{build: {{context: ., args: {{{long}}}}}}}\n{many}")], &[]);
    let known = found.iter().filter(|service| !service.build.arguments.open).count();
    assert!((10..2_000).contains(&known), "{known}");
    assert!(found.iter().map(|service| service.build.arguments.named.len()).sum::<usize>() < 1_000_000);
    // Thousands of aliases of one long text.
    let text = format!("a: &a \"\\x41{}\"\nb: [{}]\n", "x".repeat(120_000), "*a, ".repeat(30_000));
    assert!(yaml::read(&text).is_none());
    let nested: String =
        (1..40).map(|at| format!("l{at}: &l{at} {{<<: [*l{0}], a{at}: *l{0}}}\n", at - 1)).collect();
    assert!(yaml::read(&format!("l0: &l0 {{a: x}}\n{nested}")).is_none());
}
