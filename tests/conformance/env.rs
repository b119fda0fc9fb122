//! Word expansion, against the cases of BuildKit's `frontend/dockerfile/shell`.

use std::borrow::Cow;

use plimsoll::syntax::expand::{ExpandErrorKind, Lex};
use serde_json::Value;

use crate::shared;

#[test]
fn words_expand_as_buildkit_expands_them() {
    let Some(cases) = shared::cases("buildkit_env_cases.dev.json") else { return };
    let failures: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases differ:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

fn check(case: &Value) -> Result<(), String> {
    let pairs: Vec<(String, String)> = shared::strings(&case["env"])
        .iter()
        .map(|pair| pair.split_once('=').map_or((pair.clone(), String::new()), |(k, v)| (k.into(), v.into())))
        .collect();
    let env = |name: &str| {
        pairs.iter().rev().find(|pair| pair.0 == name).map(|pair| Cow::Borrowed(pair.1.as_str()))
    };
    let input = case["input"].as_str().ok_or("a case without input")?;
    let lex = Lex::new(case["escape"].as_str().and_then(|escape| escape.chars().next()).unwrap_or('\\'));
    let place = format!("{} {input:?}", case["id"]);
    let differs = |what: String| Err(format!("{place}: {what}, expected {}", case["expect"]));
    if case["mode"] == "words" {
        return match lex.words(input, &env) {
            Err(error) => refused(case, &place, &error.kind),
            Ok(words) if case["error"] != true && words == shared::strings(&case["expect"]) => Ok(()),
            Ok(words) => differs(format!("{words:?}")),
        };
    }
    match lex.word(input, &env) {
        Err(error) => refused(case, &place, &error.kind),
        Ok(expansion) if case["error"] == true || case["expect"] != expansion.value.as_str() => {
            differs(format!("{:?}", expansion.value))
        }
        Ok(mut expansion) if case["mode"] == "match" => {
            expansion.unset.sort();
            let mut unmatched = shared::strings(&case["unmatched"]);
            unmatched.sort();
            if expansion.unset == unmatched {
                Ok(())
            } else {
                differs(format!("unset: {:?}", expansion.unset))
            }
        }
        Ok(_) => Ok(()),
    }
}

/// Refused there too, and for the same reason.
fn refused(case: &Value, place: &str, kind: &ExpandErrorKind) -> Result<(), String> {
    if case["error"] != true {
        return Err(format!("{place}: refused ({kind}), expected {}", case["expect"]));
    }
    let theirs = case["message"].as_str().unwrap_or_default();
    let same = match kind {
        ExpandErrorKind::UnclosedQuote('"') => theirs.ends_with("matching double-quote"),
        ExpandErrorKind::UnclosedQuote(_) => theirs.ends_with("matching single-quote"),
        // BuildKit reads the end of the text as a modifier that it can't show.
        ExpandErrorKind::MissingBrace => theirs.ends_with("missing '}'") || theirs.contains("(\u{fffd})"),
        ExpandErrorKind::MissingSlash => theirs.ends_with("missing '/' in ${}"),
        ExpandErrorKind::BadSubstitution => theirs.ends_with("bad substitution"),
        ExpandErrorKind::UnsupportedModifier(written) => {
            theirs.ends_with(&format!("unsupported modifier ({written}) in substitution"))
        }
        ExpandErrorKind::Required { name, reason, empty } => {
            let reason = match (reason.as_str(), empty) {
                ("", true) => "is not allowed to be empty",
                ("", false) => "is not allowed to be unset",
                (reason, _) => reason,
            };
            theirs.ends_with(&format!("{name}: {reason}"))
        }
        ExpandErrorKind::InvalidPattern { .. } => theirs.contains("invalid pattern"),
        ExpandErrorKind::TooDeep | ExpandErrorKind::TooLong => false,
    };
    if same { Ok(()) } else { Err(format!("{place}: refused as {kind:?}, BuildKit says {theirs}")) }
}
