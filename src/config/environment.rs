//! `PLIMSOLL_*`: each setting by its name in capitals, with `_` for `-` and `.`.

use super::node::{Data, Entry, Node};
use super::read::Reader;
use super::{Found, is_on};
use crate::settings::{KEYS, Kind};

/// The variable that a setting is read from.
pub fn variable_of(setting: &str) -> String {
    format!("PLIMSOLL_{}", setting.replace(['-', '.'], "_").to_uppercase())
}

/// Reads our variables. Lists have commas between their items; labels are `key:kind`, rules `name:severity`.
pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Found {
    let mut found = Found::default();
    for key in KEYS {
        let name = variable_of(key.name);
        let Some(text) = variable(&name).filter(|text| !text.is_empty()) else { continue };
        let items = || text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let word = |text: &str| Node::bare(Data::Text(text.to_owned()));
        let data = match key.kind {
            Kind::Flag if is_on(&text) => Data::Flag(true),
            Kind::Flag if ["0", "n", "no", "off", "false"].contains(&text.to_lowercase().as_str()) => {
                Data::Flag(false)
            }
            Kind::Flag | Kind::Text | Kind::Program | Kind::OneOf(_) => Data::Text(text.clone()),
            Kind::Texts | Kind::RuleNames => Data::List(items().map(word).collect()),
            Kind::Labels | Kind::Pairs | Kind::Rules => {
                let pairs = items().map(|item| item.split_once(':').unwrap_or((item, "")));
                let entry = |(name, value): (&str, &str)| Entry {
                    name: name.to_owned(),
                    span: None,
                    value: word(value),
                };
                Data::Table(pairs.map(entry).collect())
            }
        };
        let mut problems = Vec::new();
        let value = Reader { problems: &mut problems, prefix: "", own: true }.value(key, &Node::bare(data));
        if let Some(value) = value {
            found.layer.set(key.name, value);
        }
        for problem in &mut problems {
            problem.message = format!("{name}: {}", problem.message);
        }
        found.problems.append(&mut problems);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Level, Profile, Settings};

    #[test]
    fn every_setting_has_a_variable() {
        let variables = [
            ("PLIMSOLL_PROFILE", "strict"),
            ("PLIMSOLL_IGNORE", "DL3006, unpinned-base-image"),
            ("PLIMSOLL_HINTS_CACHE", "off"),
            ("PLIMSOLL_RULES", "DL3009:off"),
            ("PLIMSOLL_STRICT_LABELS", "maybe"),
            ("PLIMSOLL_SELECT", ""),
            ("PLIMSOLL_SHELLCHECK_PATH", "/opt/shellcheck"),
        ];
        let found = read(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
        });
        let settings = Settings::of(&[&found.layer]);
        assert_eq!(settings.profile, Profile::Strict);
        assert_eq!(settings.ignore, ["DL3006", "unpinned-base-image"]);
        assert_eq!(settings.shellcheck_path.as_deref(), Some("/opt/shellcheck"));
        assert!(!settings.hints.cache && settings.select.is_empty());
        assert_eq!(settings.rules[0].1.severity, Some(Level::Off));
        let [problem] = &found.problems[..] else { panic!("{:?}", found.problems) };
        assert_eq!(
            problem.message,
            "PLIMSOLL_STRICT_LABELS: strict-labels takes true or false, not \"maybe\"; it is left out"
        );
    }
}
