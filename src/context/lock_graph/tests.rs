use super::super::lockfiles::Lockfile;
use super::*;

/// What a lockfile has installed, a line a package: `name@version`, then its marks.
fn read(kind: LockKind, text: &str, manifest: &str) -> Vec<String> {
    let lock = Lockfile { kind, path: kind.file_name().into(), text: Some(text.into()) };
    let manifest = PackageJson::parse(manifest).ok();
    let graph = LockGraph::read(&lock, manifest.as_ref()).expect("the lockfile is sound");
    let mut lines: Vec<String> = graph.packages.iter().map(line).collect();
    lines.sort();
    lines
}

fn line(package: &LockedPackage) -> String {
    let mark = |on: bool, word: &'static str| if on { word } else { "" };
    let platform = [&package.platform.os, &package.platform.cpu, &package.platform.libc];
    let platform: Vec<String> = platform.into_iter().flatten().map(|word| format!(" {word}")).collect();
    format!(
        "{}@{}{}{}{}",
        package.name,
        package.version,
        mark(package.dev, " dev"),
        mark(package.optional, " optional"),
        platform.concat()
    )
}

/// `a` needs `b` and, where it runs there, `a-linux-x64-musl`; `c` is for development and needs `b` too.
const MANIFEST: &str = r#"{"dependencies":{"a":"^1.0.0"},"devDependencies":{"c":"^3.0.0"}}"#;
const EXPECTED: [&str; 5] =
    ["@s/d@4.0.0 dev", "a-linux-x64-musl@1.0.0 optional linux x64 musl", "a@1.0.0", "b@2.0.0", "c@3.0.0 dev"];

#[test]
fn every_manager_s_lockfile_tells_production_development_and_platforms() {
    let npm = r#"{"lockfileVersion":3,"packages":{
        "":{"name":"x"},
        "node_modules/a":{"version":"1.0.0"},
        "node_modules/a-linux-x64-musl":{"version":"1.0.0","optional":true,"os":["linux"],"cpu":["x64"],"libc":["musl"]},
        "node_modules/b":{"version":"2.0.0"},
        "node_modules/c":{"version":"3.0.0","dev":true},
        "node_modules/c/node_modules/@s/d":{"version":"4.0.0","dev":true},
        "node_modules/w":{"resolved":"packages/w","link":true},
        "packages/w":{"version":"0.0.0"}}}"#;
    let berry = "__metadata:\n  version: 8\n\n\"@s/d@npm:4.0.0\":\n  version: 4.0.0\n  resolution: \"@s/d@npm:4.0.0\"\n  languageName: node\n  linkType: hard\n\n\"a-linux-x64-musl@npm:1.0.0\":\n  version: 1.0.0\n  resolution: \"a-linux-x64-musl@npm:1.0.0\"\n  conditions: os=linux & cpu=x64 & libc=musl\n  linkType: hard\n\n\"a@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n  dependencies:\n    a-linux-x64-musl: \"npm:1.0.0\"\n    b: \"npm:^2.0.0\"\n  dependenciesMeta:\n    a-linux-x64-musl:\n      optional: true\n  linkType: hard\n\n\"b@npm:^2.0.0, b@npm:^2.0.1\":\n  version: 2.0.0\n  resolution: \"b@npm:2.0.0\"\n  linkType: hard\n\n\"c@npm:^3.0.0\":\n  version: 3.0.0\n  resolution: \"c@npm:3.0.0\"\n  dependencies:\n    \"@s/d\": \"npm:4.0.0\"\n    b: \"npm:^2.0.1\"\n  linkType: hard\n\n\"x@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"x@workspace:.\"\n  linkType: soft\n";
    let pnpm9 = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0(b@2.0.0)\n    devDependencies:\n      c:\n        specifier: ^3.0.0\n        version: 3.0.0\n\npackages:\n\n  '@s/d@4.0.0':\n    resolution: {integrity: sha512-x}\n\n  a-linux-x64-musl@1.0.0:\n    resolution: {integrity: sha512-x}\n    cpu: [x64]\n    os: [linux]\n    libc: [musl]\n\n  a@1.0.0:\n    resolution: {integrity: sha512-x}\n\n  b@2.0.0:\n    resolution: {integrity: sha512-x}\n\n  c@3.0.0:\n    resolution: {integrity: sha512-x}\n\nsnapshots:\n\n  '@s/d@4.0.0': {}\n\n  a-linux-x64-musl@1.0.0:\n    optional: true\n\n  a@1.0.0(b@2.0.0):\n    dependencies:\n      b: 2.0.0\n    optionalDependencies:\n      a-linux-x64-musl: 1.0.0\n\n  b@2.0.0: {}\n\n  c@3.0.0:\n    dependencies:\n      '@s/d': 4.0.0\n      b: 2.0.0\n";
    let pnpm5 = "lockfileVersion: 5.4\n\nspecifiers:\n  a: ^1.0.0\n\ndependencies:\n  a: 1.0.0_b@2.0.0\n\npackages:\n\n  /@s/d/4.0.0:\n    resolution: {integrity: sha512-x}\n    dev: true\n\n  /a-linux-x64-musl/1.0.0:\n    resolution: {integrity: sha512-x}\n    cpu: [x64]\n    os: [linux]\n    libc: [musl]\n    dev: false\n    optional: true\n\n  /a/1.0.0_b@2.0.0:\n    dev: false\n\n  /b/2.0.0:\n    resolution: {integrity: sha512-x}\n\n  /c/3.0.0:\n    dev: true\n";
    let pnpm6 = pnpm5
        .replace("5.4", "'6.0'")
        .replace("/@s/d/4", "/@s/d@4")
        .replace("/a-linux-x64-musl/1", "/a-linux-x64-musl@1")
        .replace("/a/1.0.0_b@2.0.0:", "/a@1.0.0(b@2.0.0):")
        .replace("/b/2", "/b@2")
        .replace("/c/3", "/c@3");
    let bun = r#"{
  "lockfileVersion": 1,
  "workspaces": {
    // the project itself
    "": { "name": "x", "dependencies": { "a": "^1.0.0", }, "devDependencies": { "c": "^3.0.0", }, },
  },
  "packages": {
    "a": ["a@1.0.0", "", { "dependencies": { "b": "^2.0.0" }, "optionalDependencies": { "a-linux-x64-musl": "1.0.0" } }, "sha512-x,]"],
    "a-linux-x64-musl": ["a-linux-x64-musl@1.0.0", "", { "os": "linux", "cpu": "x64", "libc": "musl" }, "sha512-x"],
    "b": ["b@2.0.0", "", {}, "sha512-x"],
    "c": ["c@3.0.0", "", { "dependencies": { "@s/d": "4.0.0", "b": "^2.0.0" } }, "sha512-x"],
    "c/@s/d": ["@s/d@4.0.0", "", {}, "sha512-x"],
  }
}
"#;
    for (kind, text) in [
        (LockKind::Npm, npm),
        (LockKind::Yarn, berry),
        (LockKind::Pnpm, pnpm9),
        (LockKind::Pnpm, pnpm5),
        (LockKind::Pnpm, &pnpm6),
        (LockKind::Bun, bun),
    ] {
        assert_eq!(read(kind, text, MANIFEST), EXPECTED, "{text}");
    }
}

#[test]
fn formats_without_platforms_take_them_from_the_names_of_optional_packages() {
    let old = r#"{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0","dependencies":{
        "b":{"version":"2.0.0","dev":true}}},"a-darwin-arm64":{"version":"1.0.0","optional":true}}}"#;
    assert_eq!(
        read(LockKind::Npm, old, "{}"),
        ["a-darwin-arm64@1.0.0 optional darwin arm64", "a@1.0.0", "b@2.0.0 dev"]
    );
    // Yarn 1 asks for no libc: it installs both.
    let classic = "# yarn lockfile v1\n\n\n\"@s/d@^4\", \"@s/d@^4.0.0\":\n  version \"4.0.0\"\n\na-linux-x64-musl@1.0.0:\n  version \"1.0.0\"\n\na@^1.0.0:\n  version \"1.0.0\"\n  resolved \"x\"\n  optionalDependencies:\n    a-linux-x64-musl \"1.0.0\"\n\nc@^3.0.0:\n  version \"3.0.0\"\n  dependencies:\n    \"@s/d\" \"^4.0.0\"\n";
    assert_eq!(
        read(LockKind::Yarn, classic, MANIFEST),
        ["@s/d@4.0.0 dev", "a-linux-x64-musl@1.0.0 optional linux x64", "a@1.0.0", "c@3.0.0 dev"]
    );
}

#[test]
fn what_is_broken_or_binary_has_no_graph() {
    for (kind, text) in [
        (LockKind::Npm, Some("{")),
        (LockKind::Yarn, Some("nothing")),
        (LockKind::Pnpm, Some("packages:\n")),
        (LockKind::Bun, Some("[]")),
        (LockKind::BunBinary, None),
    ] {
        let lock = Lockfile { kind, path: kind.file_name().into(), text: text.map(Into::into) };
        assert_eq!(LockGraph::read(&lock, None), None, "{kind:?}");
    }
}
