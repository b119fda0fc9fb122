//! `plimsoll.toml`.

use super::node::{Data, Entry, Node};
use super::read::Reader;
use super::{Found, Problem};
use crate::text::Span;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads the text of a `plimsoll.toml`. A text that is no TOML is read as far as it goes.
pub fn read(text: &str) -> Found {
    let mut problems = Vec::new();
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let message = format!("this is no TOML: {}", error.message().trim());
        problems.push(Problem { span: error.span().map(span), message });
    }
    let root = table(&root);
    let layer = Reader { problems: &mut problems, prefix: "", own: false }.table(&root);
    Found { layer, problems, ..Found::default() }
}

fn span(range: Range<usize>) -> Span {
    Span::new(range.start as u32, range.end.max(range.start) as u32)
}

fn table(table: &Spanned<DeTable<'_>>) -> Node {
    Node { span: Some(span(table.span())), data: Data::Table(entries(table.get_ref())) }
}

fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let entry = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| Entry {
        name: AsRef::<str>::as_ref(name.get_ref()).to_owned(),
        span: Some(span(name.span())),
        value: node(value),
    };
    table.iter().map(entry).collect()
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let data = match value.get_ref() {
        DeValue::String(text) => Data::Text(text.to_string()),
        DeValue::Boolean(flag) => Data::Flag(*flag),
        DeValue::Integer(number) => match u64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Data::Number(number),
            Err(_) => Data::Other("number below 0"),
        },
        DeValue::Array(items) => Data::List(items.iter().map(node).collect()),
        DeValue::Table(table) => Data::Table(entries(table)),
        DeValue::Float(_) => Data::Other("fraction"),
        DeValue::Datetime(_) => Data::Other("time"),
    };
    Node { span: Some(span(value.span())), data }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Hints, LabelKind, Level, Profile, Settings};

    #[test]
    fn all_that_can_be_set_is_read() {
        let found = read(concat!(
            "profile = \"strict\"\nselect = [\"DL3006\"]\nignore = [\"unpinned-base-image\", \"SC2086\"]\n",
            "fail-level = \"error\"\ntrusted-registries = [\"*.example.com\"]\nstrict-labels = true\n",
            "context = \"..\"\n[label-schema]\nauthor = \"email\"\n[hints]\ncache = false\n",
            "[rules]\nDL3009 = \"off\"\n[rules.heaviest-layer]\nseverity = \"hint\"\n",
        ));
        assert_eq!(found.problems, []);
        let settings = Settings::of(&[&found.layer]);
        assert_eq!(settings.profile, Profile::Strict);
        assert_eq!(settings.select, ["DL3006"]);
        assert_eq!(settings.ignore, ["unpinned-base-image", "SC2086"]);
        assert_eq!(settings.trusted_registries, ["*.example.com"]);
        assert_eq!(settings.label_schema.labels["author"], LabelKind::Email);
        assert!(settings.label_schema.strict);
        assert_eq!(settings.hints, Hints { cache: false, ..Hints::default() });
        let severities: Vec<_> = settings.rules.iter().map(|(name, set)| (&**name, set.severity)).collect();
        let off = [("DL3009", Some(Level::Off)), ("heaviest-layer", Some(Level::Hint))];
        assert_eq!(severities, off);
    }

    /// The text that each problem marks, and what it says.
    fn problems(text: &str) -> Vec<(&str, String)> {
        let found = read(text).problems.into_iter();
        found.map(|problem| (problem.span.map_or("", |span| span.of(text)), problem.message)).collect()
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands_and_the_rest_holds() {
        let text = "shellcheck-path = \"./x\"\nprofil = \"strict\"\nprofile = \"loose\"\nignore = [\"unpinned-base-imag\", 3]\n\
                    hints = 1\n[rules]\nDL3009 = \"loud\"\nDL3006 = { most = 3 }\n";
        let found = problems(text);
        let places: Vec<&str> = found.iter().map(|(place, _)| *place).collect();
        assert_eq!(places.len(), 8, "{found:#?}");
        for (place, says) in [
            ("profil", "did you mean profile?"),
            ("\"loose\"", "profile takes one of editor, hadolint, buildkit and strict, not \"loose\""),
            ("\"unpinned-base-imag\"", "did you mean unpinned-base-image?"),
            ("3", "ignore takes texts, not 3"),
            ("1", "hints is a table, not 1"),
            ("\"loud\"", "rules.DL3009 takes one of off, hint, info, warning, error"),
            ("most", "the rule DL3006 has no option most; it has none but severity"),
            ("\"./x\"", "shellcheck-path names a program, which a file of the workspace may not"),
        ] {
            let told = found.iter().any(|(at, message)| *at == place && message.contains(says));
            assert!(told, "{place}: {says}\n{found:#?}");
        }
        let layer = read("profile = \"loose\"\nstrict-labels = true\n").layer;
        assert!(Settings::of(&[&layer]).label_schema.strict);
        assert_eq!(Settings::of(&[&read(text).layer]).shellcheck_path, None);
    }

    #[test]
    fn what_is_no_toml_is_told_and_the_other_lines_hold() {
        let found = read("strict-labels = true\nprofile = \n");
        assert!(found.problems[0].message.starts_with("this is no TOML"), "{:?}", found.problems);
        assert!(Settings::of(&[&found.layer]).label_schema.strict);
    }
}
