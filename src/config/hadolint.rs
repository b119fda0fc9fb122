//! hadolint's own settings, with its meaning: `.hadolint.yaml` and `HADOLINT_*`.
//!
//! Source: hadolint 2.15 `src/Hadolint/Config/`, and what the program does. It takes unknown keys and unknown
//! codes without a word; where a value has the wrong type it says so and goes on with its defaults, and so is it
//! here: nothing of that file holds.

use super::node::{Data, Entry, Node};
use super::{Found, Problem, is_on, yaml};
use crate::settings::{LabelKind, Layer, Level, RuleSetting, Value};
use crate::text::Span;

/// Reads the text of a `.hadolint.yaml`.
pub fn read(text: &str) -> Found {
    let mut problems = Vec::new();
    let mut found = match yaml::read(text, &mut problems) {
        Some(root) => of_file(&root, &mut problems),
        // hadolint wants a mapping; a file without one is mostly one whose lines are all comments.
        None if problems.is_empty() => {
            let message = "the file is empty, so its settings are hadolint's defaults".to_owned();
            problems.push(Problem { span: Some(Span::empty(0)), message });
            Found::default()
        }
        None => Found::default(),
    };
    if !problems.is_empty() {
        found = Found::default();
    }
    Found { problems, ..found }
}

fn of_file(root: &Node, problems: &mut Vec<Problem>) -> Found {
    let mut found = Found::default();
    let Data::Table(entries) = &root.data else {
        let message = format!("hadolint's settings are a mapping, not {}; none of them holds", root.shown());
        problems.push(Problem { span: root.span, message });
        return found;
    };
    let mut set = Set::default();
    for Entry { name, value, .. } in entries {
        let mut wrong = |takes: &str, node: &Node| {
            let message = format!(
                "{name} takes {takes}, not {}; hadolint then goes by its defaults, and so does plimsoll",
                node.shown()
            );
            problems.push(Problem { span: node.span, message });
        };
        let layer = &mut found.layer;
        match (name.as_str(), &value.data) {
            ("ignored", Data::List(codes)) => match texts(codes) {
                Ok(codes) => set.ignored = codes,
                Err(node) => wrong("a list of codes", node),
            },
            ("override", Data::Table(levels)) => {
                for Entry { name: level, value, .. } in levels {
                    let Some(severity) = severity(level) else { continue };
                    match &value.data {
                        Data::List(codes) => match texts(codes) {
                            Ok(codes) => set.levels.push((severity, codes)),
                            Err(node) => wrong("lists of codes", node),
                        },
                        _ => wrong("lists of codes", value),
                    }
                }
            }
            ("trustedRegistries", Data::List(names)) => match texts(names) {
                Ok(names) => layer.set("trusted-registries", Value::Texts(names)),
                Err(node) => wrong("a list of registries", node),
            },
            ("label-schema", Data::Table(labels)) => {
                let mut pairs = Vec::new();
                for Entry { name: label, value, .. } in labels {
                    match value.text().and_then(label_kind) {
                        Some(kind) => pairs.push((label.clone(), kind.as_str().to_owned())),
                        None => {
                            wrong("for each label text, email, hash, rfc3339, semver, spdx or url", value)
                        }
                    }
                }
                layer.set("label-schema", Value::Pairs(pairs));
            }
            ("strict-labels", Data::Flag(flag)) => layer.set("strict-labels", Value::Flag(*flag)),
            ("disable-ignore-pragma", Data::Flag(flag)) => {
                layer.set("hadolint-comments", Value::Flag(!flag));
            }
            ("no-fail", Data::Flag(flag)) => set.no_fail = *flag,
            ("no-color", Data::Flag(flag)) => found.no_color = *flag,
            ("failure-threshold", Data::Text(level)) => match fail_level(level) {
                Some(level) => set.fail_level = Some(level),
                None => wrong("error, warning, info, style, ignore or none", value),
            },
            ("format", Data::Text(format)) => found.format = Some(format.clone()),
            (
                known @ ("ignored"
                | "override"
                | "trustedRegistries"
                | "label-schema"
                | "strict-labels"
                | "disable-ignore-pragma"
                | "no-fail"
                | "no-color"
                | "failure-threshold"
                | "format"),
                data,
            ) if *data != Data::Null => {
                let takes = match known {
                    "ignored" => "a list of codes",
                    "trustedRegistries" => "a list of registries",
                    "override" | "label-schema" => "a mapping",
                    "failure-threshold" | "format" => "a text",
                    _ => "true or false",
                };
                wrong(takes, value);
            }
            _ => {}
        }
    }
    set.into_layer(&mut found.layer);
    found
}

/// Reads hadolint's variables of the environment.
pub fn environment(variable: &dyn Fn(&str) -> Option<String>) -> Found {
    let mut found = Found::default();
    let mut set = Set::default();
    let list = |name: &str| variable(name).map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>());
    let flag = |name: &str| variable(name).map(|word| is_on(&word));
    set.ignored = list("HADOLINT_IGNORE").unwrap_or_default();
    for level in ["ERROR", "WARNING", "INFO", "STYLE"] {
        let codes = list(&format!("HADOLINT_OVERRIDE_{level}"));
        let severity = severity(&level.to_lowercase());
        set.levels.extend(severity.zip(codes));
    }
    set.no_fail = flag("HADOLINT_NOFAIL").unwrap_or(false);
    set.fail_level = variable("HADOLINT_FAILURE_THRESHOLD").and_then(|level| fail_level(&level));
    let layer = &mut found.layer;
    if let Some(registries) =
        list("HADOLINT_TRUSTED_REGISTRIES").or_else(|| list("HADOLINT_ALLOWED_REGISTRIES"))
    {
        layer.set("trusted-registries", Value::Texts(registries));
    }
    if let Some(labels) = list("HADOLINT_REQUIRE_LABELS") {
        let pairs = labels.iter().map(|label| label.split_once(':').unwrap_or((label, "")));
        let pairs =
            pairs.filter_map(|(label, kind)| Some((label.to_owned(), label_kind(kind)?.as_str().to_owned())));
        layer.set("label-schema", Value::Pairs(pairs.collect()));
    }
    if let Some(strict) = flag("HADOLINT_STRICT_LABELS") {
        layer.set("strict-labels", Value::Flag(strict));
    }
    if let Some(disabled) = flag("HADOLINT_DISABLE_IGNORE_PRAGMA") {
        layer.set("hadolint-comments", Value::Flag(!disabled));
    }
    found.format = variable("HADOLINT_FORMAT");
    set.into_layer(layer);
    found
}

/// What takes some thought to become ours.
#[derive(Default)]
struct Set {
    ignored: Vec<String>,
    levels: Vec<(Level, Vec<String>)>,
    no_fail: bool,
    fail_level: Option<&'static str>,
}

impl Set {
    fn into_layer(self, layer: &mut Layer) {
        if !self.ignored.is_empty() {
            layer.set("ignore", Value::Texts(self.ignored.iter().filter_map(|code| named(code)).collect()));
        }
        if !self.levels.is_empty() {
            // The gravest that names a rule holds: it comes last.
            let mut levels = self.levels;
            levels.sort_by_key(|(level, _)| *level as u8);
            let rules = levels.iter().flat_map(|(level, codes)| {
                let setting = RuleSetting { severity: Some(*level), ..RuleSetting::default() };
                codes.iter().filter_map(move |code| Some((named(code)?, setting.clone())))
            });
            layer.set("rules", Value::Rules(rules.collect()));
        }
        match (self.no_fail, self.fail_level) {
            (true, _) => layer.set("fail-level", Value::Text("never".to_owned())),
            (false, Some(level)) => layer.set("fail-level", Value::Text(level.to_owned())),
            _ => {}
        }
    }
}

/// A code with its tool. hadolint's are compared letter by letter, ours aren't, and none has small letters.
fn named(code: &str) -> Option<String> {
    let sound = code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let tool = if code.starts_with("SC") { "shellcheck" } else { "hadolint" };
    (sound && !code.is_empty()).then(|| format!("{tool}/{code}"))
}

fn severity(name: &str) -> Option<Level> {
    match name {
        "error" => Some(Level::Error),
        "warning" => Some(Level::Warning),
        "info" => Some(Level::Info),
        "style" => Some(Level::Hint),
        _ => None,
    }
}

/// hadolint's threshold in our words. `ignore` and `none` are below all that is reported.
fn fail_level(name: &str) -> Option<&'static str> {
    match name {
        "error" => Some("error"),
        "warning" => Some("warning"),
        "info" => Some("info"),
        "style" | "ignore" | "none" => Some("hint"),
        _ => None,
    }
}

fn label_kind(name: &str) -> Option<LabelKind> {
    if name.is_empty() { Some(LabelKind::Text) } else { LabelKind::parse(name) }
}

fn texts(items: &[Node]) -> Result<Vec<String>, &Node> {
    items.iter().map(|item| item.text().map(str::to_owned).ok_or(item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{FailLevel, Settings};

    #[test]
    fn a_file_is_read_with_hadolints_meaning() {
        let found = read(
            "failure-threshold: error\nformat: json\nignored:\n  - DL3008\n  - dl3009\n  - SC2086\n\
             override:\n  info: [DL3057]\n  error: [DL3015]\n  ignore: [DL3006]\nlabel-schema:\n  a: text\n\
             strict-labels: true\ntrustedRegistries:\n  - docker.io\ndisable-ignore-pragma: true\nunknown: 1\n",
        );
        assert_eq!(found.problems, []);
        let settings = Settings::of(&[&found.layer]);
        assert_eq!(settings.ignore, ["hadolint/DL3008", "shellcheck/SC2086"]);
        let severities: Vec<_> = settings.rules.iter().map(|(name, set)| (&**name, set.severity)).collect();
        let expected = [("hadolint/DL3057", Some(Level::Info)), ("hadolint/DL3015", Some(Level::Error))];
        assert_eq!(severities, expected);
        assert_eq!(settings.fail_level, FailLevel::Error);
        assert_eq!(settings.trusted_registries, ["docker.io"]);
        assert_eq!(settings.label_schema.labels["a"], LabelKind::Text);
        assert!(settings.label_schema.strict && !settings.hadolint_comments);
        assert_eq!(found.format.as_deref(), Some("json"));
    }

    #[test]
    fn a_wrong_value_makes_all_of_the_file_void_as_hadolint_has_it() {
        for (text, marked) in [
            ("strict-labels: true\nignored: DL3004\n", "DL3004"),
            ("strict-labels: true\ntrustedRegistries: docker.io\n", "docker.io"),
            ("strict-labels: true\nfailure-threshold: loud\n", "loud"),
            ("# ä\nstrict-labels: true\nlabel-schema:\n  a: lo\n", "lo"),
        ] {
            let found = read(text);
            let [problem] = &found.problems[..] else { panic!("{text}: {:?}", found.problems) };
            assert_eq!(problem.span.map(|span| span.of(text)), Some(marked), "{text}");
            assert!(found.layer.is_empty(), "{text}");
        }
        for text in ["", "# nothing\n", "a: [\n", "- a\n"] {
            let found = read(text);
            assert!(!found.problems.is_empty() && found.layer.is_empty(), "{text:?}");
        }
    }

    #[test]
    fn variables_are_read_with_hadolints_meaning() {
        let variables = [
            ("HADOLINT_IGNORE", "DL3003,DL3006"),
            ("HADOLINT_OVERRIDE_ERROR", "DL3010"),
            ("HADOLINT_NOFAIL", "Yes"),
            ("HADOLINT_REQUIRE_LABELS", "a:email,b,c:nonsense"),
        ];
        let found = environment(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
        });
        let settings = Settings::of(&[&found.layer]);
        assert_eq!(settings.ignore, ["hadolint/DL3003", "hadolint/DL3006"]);
        assert_eq!(settings.rules[0].0, "hadolint/DL3010");
        assert_eq!(settings.fail_level, FailLevel::Never);
        let labels: Vec<_> = settings.label_schema.labels.into_iter().collect();
        assert_eq!(labels, [("a".to_owned(), LabelKind::Email), ("b".to_owned(), LabelKind::Text)]);
    }
}
