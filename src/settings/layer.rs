//! Settings from several places, one laid over the other.

use super::{
    FailLevel, Format, Hints, Indent, KeywordCase, LabelKind, LabelSchema, Lenses, Profile, RuleSetting,
    Settings,
};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What one place sets: a file, the environment, an editor, the command line. What it holds has the kind that
/// the table of settings says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    values: BTreeMap<&'static str, Value>,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    Pairs(Vec<(String, String)>),
    Rules(Vec<(String, RuleSetting)>),
}

impl Layer {
    pub fn set(&mut self, name: &'static str, value: Value) {
        self.values.insert(name, value);
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    pub fn unset(&mut self, name: &str) {
        self.values.remove(name);
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl Settings {
    /// What holds where these layers are set, the first one over all others. What a layer sets replaces what
    /// those below it set, lists too; only `rules` are laid over one another, rule by rule.
    pub fn of(layers: &[&Layer]) -> Self {
        let default = Self::default();
        let get = |name: &str| layers.iter().find_map(|layer| layer.get(name));
        let flag = |name: &str, default: bool| match get(name) {
            Some(Value::Flag(set)) => *set,
            _ => default,
        };
        let text = |name: &str| match get(name) {
            Some(Value::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        let texts = |name: &str| match get(name) {
            Some(Value::Texts(texts)) => texts.clone(),
            _ => Vec::new(),
        };
        let labels: BTreeMap<String, LabelKind> = match get("label-schema") {
            Some(Value::Pairs(pairs)) => pairs
                .iter()
                .filter_map(|(name, kind)| Some((name.clone(), LabelKind::parse(kind)?)))
                .collect(),
            _ => BTreeMap::new(),
        };
        let mut rules: Vec<(String, RuleSetting)> = Vec::new();
        for layer in layers.iter().rev() {
            let Some(Value::Rules(set)) = layer.get("rules") else { continue };
            for (name, setting) in set {
                let known = rules.iter_mut().find(|(known, _)| known == name);
                match known {
                    Some((_, known)) => {
                        known.severity = setting.severity.or(known.severity);
                        known.options.extend(setting.options.clone());
                    }
                    None => rules.push((name.clone(), setting.clone())),
                }
            }
        }
        Self {
            profile: text("profile").and_then(Profile::parse).unwrap_or_default(),
            select: texts("select"),
            ignore: texts("ignore"),
            rules,
            fail_level: text("fail-level").and_then(FailLevel::parse).unwrap_or_default(),
            trusted_registries: texts("trusted-registries"),
            label_schema: LabelSchema { labels, strict: flag("strict-labels", false) },
            hadolint_comments: flag("hadolint-comments", default.hadolint_comments),
            context: text("context").map(PathBuf::from),
            build: text("build").filter(|name| !name.is_empty()).map(str::to_owned),
            build_arguments: Vec::new(),
            shellcheck: flag("shellcheck", default.shellcheck),
            shellcheck_path: text("shellcheck-path").filter(|path| !path.is_empty()).map(str::to_owned),
            hints: Hints {
                weight: flag("hints.weight", default.hints.weight),
                cache: flag("hints.cache", default.hints.cache),
                ignored: flag("hints.ignored", default.hints.ignored),
            },
            lenses: Lenses {
                image: flag("lenses.image", default.lenses.image),
                stages: flag("lenses.stages", default.lenses.stages),
                build: flag("lenses.build", default.lenses.build),
            },
            format: Format {
                keywords: text("format.keywords").and_then(KeywordCase::parse).unwrap_or_default(),
                indent: text("format.indent").and_then(Indent::parse),
                trim: flag("format.trim-trailing-blanks", default.format.trim),
                final_newline: flag("format.final-newline", default.format.final_newline),
                merge_blank_lines: flag("format.merge-blank-lines", default.format.merge_blank_lines),
                reindent_shell: flag("format.reindent-shell", default.format.reindent_shell),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Level;

    fn texts(names: &[&str]) -> Value {
        Value::Texts(names.iter().map(|name| name.to_string()).collect())
    }

    fn rule(name: &str, severity: Level) -> (String, RuleSetting) {
        (name.to_string(), RuleSetting { severity: Some(severity), ..RuleSetting::default() })
    }

    #[test]
    fn nothing_set_is_the_default() {
        assert_eq!(Settings::of(&[]), Settings::default());
        assert_eq!(Settings::of(&[&Layer::default()]), Settings::default());
    }

    #[test]
    fn the_first_layer_wins_and_replaces_lists() {
        let (mut over, mut under) = (Layer::default(), Layer::default());
        over.set("ignore", texts(&["a"]));
        under.set("ignore", texts(&["b", "c"]));
        under.set("profile", Value::Text("strict".into()));
        under.set("hints.cache", Value::Flag(false));
        let settings = Settings::of(&[&over, &under]);
        assert_eq!(settings.ignore, ["a"]);
        assert_eq!(settings.profile, Profile::Strict);
        assert_eq!(settings.hints, Hints { cache: false, ..Hints::default() });
    }

    #[test]
    fn rules_are_laid_over_one_another_rule_by_rule() {
        let (mut over, mut under) = (Layer::default(), Layer::default());
        over.set("rules", Value::Rules(vec![rule("a", Level::Error)]));
        under.set("rules", Value::Rules(vec![rule("a", Level::Off), rule("b", Level::Hint)]));
        let settings = Settings::of(&[&over, &under]);
        assert_eq!(settings.rules, [rule("a", Level::Error), rule("b", Level::Hint)]);
    }
}
