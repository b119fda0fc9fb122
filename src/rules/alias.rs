//! The names that findings have in other tools: `tool/ID`, as `hadolint/DL3006`. `SC*` stands for all codes of
//! ShellCheck.

use super::shellcheck;

/// The tool's name and the rule's name in it.
pub fn split(alias: &str) -> (&str, &str) {
    alias.split_once('/').unwrap_or(("", alias))
}

/// Whether `wanted`, as a user writes it, means this alias: in full or without the tool, in any case.
pub fn matches(alias: &str, wanted: &str) -> bool {
    if alias.eq_ignore_ascii_case(wanted) || split(alias).1.eq_ignore_ascii_case(wanted) {
        return true;
    }
    // All codes of ShellCheck are names of one rule.
    let (tool, id) = split(wanted);
    let (of, any) = split(alias);
    any == "SC*" && shellcheck::is_code(id) && (tool.is_empty() || tool.eq_ignore_ascii_case(of))
}

/// The page of BuildKit's documentation, hadolint's wiki or ShellCheck's wiki about it, where there is one.
///
/// Sources: BuildKit `frontend/dockerfile/docs/rules/`, one page a check; the table of rules in hadolint's
/// README, which links those of its rules that have a wiki page.
pub fn url(alias: &str) -> Option<String> {
    match split(alias) {
        ("buildkit", id) => {
            Some(format!("https://docs.docker.com/reference/build-checks/{}/", kebab_case(id)))
        }
        ("hadolint", id) => {
            let number: u32 = id.strip_prefix("DL")?.parse().ok()?;
            let has_page = matches!(number, 1001 | 3000..=3063 | 4000..=4006);
            has_page.then(|| format!("https://github.com/hadolint/hadolint/wiki/{id}"))
        }
        ("shellcheck", id) => shellcheck::url(id),
        _ => None,
    }
}

/// `JSONArgsRecommended` is `json-args-recommended`.
fn kebab_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut kebab = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase() || letters.get(at + 1).is_some_and(|next| next.is_lowercase())
            });
        if starts_word {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_named_as_their_publishers_name_them() {
        let url = |alias| url(alias).unwrap_or_default();
        assert_eq!(
            url("buildkit/JSONArgsRecommended"),
            "https://docs.docker.com/reference/build-checks/json-args-recommended/"
        );
        assert!(url("buildkit/SecretsUsedInArgOrEnv").ends_with("/secrets-used-in-arg-or-env/"));
        assert!(
            url("buildkit/FromPlatformFlagConstDisallowed")
                .ends_with("/from-platform-flag-const-disallowed/")
        );
        assert_eq!(url("hadolint/DL3006"), "https://github.com/hadolint/hadolint/wiki/DL3006");
        assert_eq!((url("hadolint/DL1000"), url("trivy/DS-0001")), (String::new(), String::new()));
    }

    #[test]
    fn an_alias_is_found_with_and_without_its_tool() {
        for wanted in ["DL3006", "hadolint/DL3006", "dl3006"] {
            assert!(matches("hadolint/DL3006", wanted), "{wanted}");
        }
        assert!(!matches("hadolint/DL3006", "DL300"));
        assert!(!matches("hadolint/DL3006", "buildkit/DL3006"));
    }
}
