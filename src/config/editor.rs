//! What an editor sets: `initializationOptions`, and what it says of its configuration later.

use crate::settings::{Hints, Lenses, Profile, Settings};
use serde_json::Value;

/// What can be set, with what each takes; the names as in JSON, with dots between.
const KEYS: [(&str, &str); 5] = [
    ("profile", "one of editor, hadolint, buildkit and strict"),
    ("hints.weight", "true or false"),
    ("hints.cache", "true or false"),
    ("lenses.image", "true or false"),
    ("lenses.stages", "true or false"),
];

/// Reads an editor's settings, bare or below `plimsoll`. What isn't set has its default; what is wrong is
/// left at its default too, with a sentence for the user.
pub fn read(value: &Value) -> (Settings, Vec<String>) {
    let value = value.get("plimsoll").unwrap_or(value);
    let mut wrong = Vec::new();
    if value.is_null() {
        return (Settings::default(), wrong);
    }
    if !value.is_object() {
        wrong.push(format!("plimsoll's settings must be an object, not {value}; the defaults hold"));
        return (Settings::default(), wrong);
    }
    let mut refuse = |key: &str, found: &Value| {
        let takes = KEYS.iter().find(|(name, _)| *name == key).map_or("", |(_, takes)| takes);
        wrong.push(format!("the setting plimsoll.{key} takes {takes}, not {found}; its default holds"));
    };
    let mut flag = |key: &str, default: bool| {
        let found = key.split('.').try_fold(value, |value, part| value.get(part));
        match found {
            None | Some(Value::Null) => default,
            Some(Value::Bool(set)) => *set,
            Some(found) => {
                refuse(key, found);
                default
            }
        }
    };
    let (hints, lenses) = (Hints::default(), Lenses::default());
    let hints = Hints { weight: flag("hints.weight", hints.weight), cache: flag("hints.cache", hints.cache) };
    let lenses =
        Lenses { image: flag("lenses.image", lenses.image), stages: flag("lenses.stages", lenses.stages) };
    let profile = match value.get("profile") {
        None | Some(Value::Null) => Profile::default(),
        Some(found) => found.as_str().and_then(Profile::parse).unwrap_or_else(|| {
            refuse("profile", found);
            Profile::default()
        }),
    };
    (Settings { profile, hints, lenses, ..Settings::default() }, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_read_bare_and_below_the_name() {
        let bare = json!({"profile": "hadolint", "hints": {"cache": false}, "lenses": {"stages": false}});
        for value in [bare.clone(), json!({"plimsoll": bare, "other": 1})] {
            let (settings, wrong) = read(&value);
            assert_eq!(settings.profile, Profile::Hadolint);
            assert_eq!(settings.hints, Hints { weight: true, cache: false });
            assert_eq!(settings.lenses, Lenses { image: true, stages: false });
            assert!(wrong.is_empty());
        }
        for nothing in [json!(null), json!({}), json!({"plimsoll": null}), json!({"hints": null})] {
            assert_eq!(read(&nothing), (Settings::default(), Vec::new()), "{nothing}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_holds() {
        let value = json!({"profile": "loose", "hints": {"weight": "no", "cache": false}});
        let (settings, wrong) = read(&value);
        assert_eq!(settings.hints, Hints { weight: true, cache: false });
        assert_eq!(
            wrong,
            [
                "the setting plimsoll.hints.weight takes true or false, not \"no\"; its default holds",
                "the setting plimsoll.profile takes one of editor, hadolint, buildkit and strict, not \"loose\"; its default holds",
            ]
        );
        let (settings, wrong) = read(&json!([1]));
        assert_eq!((settings, wrong.len()), (Settings::default(), 1));
    }
}
