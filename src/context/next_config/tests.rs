use super::*;
use crate::text::apply;
use std::path::Path;

/// Every folder of fixtures/context/next_config has a next.config.* and either expected.<same ending>,
/// the file after the edit, or expected.txt, a part of the sentence why there is none.
#[test]
fn fixtures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/context/next_config");
    let mut cases = 0;
    for folder in std::fs::read_dir(&root).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let file = FILE_NAMES.iter().find(|file| folder.join(file).exists());
        let file = file.unwrap_or_else(|| panic!("{name} has no next.config"));
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let config = NextConfig::read(file, &text);
        let ending = file.rsplit('.').next().unwrap();
        if let Ok(expected) = std::fs::read_to_string(folder.join(format!("expected.{ending}"))) {
            let edits = config.standalone_edit.unwrap_or_else(|why| panic!("{name}: {why}"));
            let edited = apply(&text, &edits).unwrap();
            assert_eq!(edited, expected, "{name}");
            assert!(edits.iter().all(|edit| text[edit.span.range()].trim().is_empty()), "{name} loses text");
            let after = NextConfig::read(file, &edited);
            assert!(matches!(after.output, Output::Standalone { .. }), "{name}: {:?}", after.output);
            assert!(after.standalone_edit.is_err(), "{name} would be edited twice");
        } else {
            let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap();
            let why = config.standalone_edit.expect_err(&name);
            assert!(why.contains(expected.trim()), "{name}: {why}");
        }
        cases += 1;
    }
    assert!(cases > 30, "only {cases} cases were found");
}

fn read(text: &str) -> NextConfig {
    NextConfig::read("next.config.js", text)
}

#[test]
fn what_the_output_is_set_to() {
    let kind =
        |value: &str| read(&format!("const s = 'standalone'; module.exports = {{ output: {value} }}")).output;
    for value in ["'standalone'", "`standalone`", "\"standalone\"", "('standalone')", "s"] {
        assert!(matches!(kind(value), Output::Standalone { .. }), "{value}");
    }
    assert!(matches!(kind("'export'"), Output::Export { .. }));
    for value in ["undefined", "null", "'server'", "false"] {
        let Output::OtherLiteral { text, .. } = kind(value) else { panic!("{value}") };
        assert_eq!(text, value);
    }
    for value in ["process.env.CI ? 'standalone' : undefined", "pick()", "process.env.OUT", "unknown"] {
        assert!(matches!(kind(value), Output::Expression { .. }), "{value}");
    }
    assert!(read("module.exports = { output() {} }").standalone_edit.is_err());
    assert!(matches!(read("module.exports = { 'output': 'export' }").output, Output::Export { .. }));
    assert!(matches!(
        read("const a = { output: 'export' }; module.exports = { ...a }").output,
        Output::Export { .. }
    ));
    let switched = read("module.exports = { ...(process.env.D && { output: 'standalone' }) }");
    assert!(matches!(switched.output, Output::Expression { .. }));
    let later = read("const c = {}; if (process.env.D) c.output = 'standalone'; module.exports = c");
    assert!(matches!(later.output, Output::Expression { .. }));
}

#[test]
fn settings_are_literals_or_expressions_with_their_place() {
    let text = "\u{feff}export default { distDir: 'build', basePath: process.env.BASE, experimental: { outputFileTracingRoot: '/x', outputStandalone: true } }";
    let config = NextConfig::read("next.config.mjs", text);
    let Setting::Literal { value, span } = &config.dist_dir else { panic!() };
    assert_eq!((value.as_str(), span.of(text)), ("build", "'build'"));
    let Setting::Expression { span } = config.base_path else { panic!() };
    assert_eq!(span.of(text), "process.env.BASE");
    assert_eq!(config.tracing_root.literal(), Some("/x"));
    assert!(config.experimental_standalone);
}

#[test]
fn a_file_nested_without_end_is_refused_and_nothing_overflows() {
    for text in [
        "(".repeat(60_000),
        "!".repeat(60_000),
        "a=>".repeat(20_000),
        "a?".repeat(30_000),
        "a=".repeat(30_000),
        "typeof ".repeat(8_000),
        "a+".repeat(30_000) + "a",
        "if(a);else ".repeat(5_000),
        "module.exports=".repeat(4_000) + "{}",
        "x".repeat(100_000),
    ] {
        let config = read(&text);
        let shown: String = text.chars().take(12).collect();
        assert!(config.standalone_edit.is_err(), "{shown}");
    }
}

#[test]
fn a_new_file_turns_standalone_output_on() {
    for (module, major) in
        [(ModuleType::CommonJs, Some(12)), (ModuleType::Module, None), (ModuleType::CommonJs, Some(15))]
    {
        let (name, text) = new_file(module, major);
        assert!(matches!(NextConfig::read(name, text).output, Output::Standalone { .. }), "{name}");
    }
}
