//! `textDocument/signatureHelp`: the forms of an instruction, and of the flag at the caret.

use super::{Snapshot, quotes};
use crate::catalog::flags::{self, FlagValue, MOUNT_KEYS, MountKey, MountValue};
use crate::catalog::instructions::Instruction as Known;
use crate::syntax::{Keyword, flags::mount};

/// The ways in which what stands at the caret may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHelp {
    /// At least one.
    pub signatures: Vec<Signature>,
    /// The one that the text follows, an index.
    pub active: usize,
}

/// One way to write an instruction or a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The whole form.
    pub label: String,
    /// What it does, as Markdown.
    pub documentation: String,
    /// Parts of the label, in its order.
    pub parameters: Vec<Parameter>,
    /// The part at the caret, an index; None where it is none of them.
    pub active: Option<usize>,
}

/// A part of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As it stands in the signature.
    pub label: String,
    /// What it is.
    pub documentation: String,
}

/// By instruction its forms: what stands behind the keyword and the flags. A last part that ends in `…` may be
/// repeated.
///
/// Source: BuildKit `frontend/dockerfile/instructions/parse.go`.
const FORMS: &[(&str, &[&[&str]])] = &[
    ("FROM", &[&["image"], &["image", "AS", "name"]]),
    ("ARG", &[&["name[=default]…"]]),
    ("ENV", &[&["name=value…"]]),
    ("LABEL", &[&["name=value…"]]),
    ("WORKDIR", &[&["path"]]),
    ("COPY", &[&["source…", "destination"]]),
    ("ADD", &[&["source…", "destination"]]),
    ("RUN", &[&["command…"], &["[\"program\",", "\"argument\"…]"]]),
    ("CMD", &[&["[\"program\",", "\"argument\"…]"], &["command…"]]),
    ("ENTRYPOINT", &[&["[\"program\",", "\"argument\"…]"], &["command…"]]),
    ("USER", &[&["user[:group]"]]),
    ("EXPOSE", &[&["port[/protocol]…"]]),
    ("VOLUME", &[&["path…"], &["[\"path\"…]"]]),
    ("HEALTHCHECK", &[&["CMD", "command…"], &["NONE"]]),
    ("SHELL", &[&["[\"program\",", "\"argument\"…]"]]),
    ("STOPSIGNAL", &[&["signal"]]),
    ("ONBUILD", &[&["instruction…"]]),
];

/// The forms of what the caret stands in; None outside of instructions, in their keyword and in heredocs.
pub fn signature_help(snapshot: &Snapshot, offset: u32) -> Option<SignatureHelp> {
    let place = super::completion::place_at(snapshot, offset)?;
    if place.heredoc.is_some() {
        return None;
    }
    if place.in_flags() && place.word.starts_with("--") {
        return flag(place.keyword, &place.word);
    }
    let known = Known::named(place.keyword.as_str())?;
    let (_, forms) = FORMS.iter().find(|(name, _)| *name == known.name)?;
    let args = place.args();
    let is_json = args.first().copied().unwrap_or(&place.word).starts_with('[');
    // A command goes its own way from its first word on, and text in quotes has no form.
    let command = match place.keyword {
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint if !is_json => 0,
        Keyword::Healthcheck => 1,
        _ => usize::MAX,
    };
    if args.len() > command || quotes::are_open(&place.before, snapshot.tree().escape()) {
        return None;
    }
    let flags = if flags::of(known.name).is_empty() { "" } else { " [--flags]" };
    let signatures: Vec<Signature> = forms
        .iter()
        .map(|form| {
            let label = format!("{}{flags} {}", known.name, form.join(" "));
            let parameters =
                form.iter().map(|part| Parameter { label: (*part).to_owned(), documentation: String::new() });
            Signature {
                label,
                documentation: format!("{}\n\n{}", known.summary, known.cache),
                active: at(form, args.len()),
                parameters: parameters.collect(),
            }
        })
        .collect();
    let fits = |form: &[&str]| {
        form[0].starts_with('[') == is_json
            && match (known.name, args.first().copied()) {
                ("FROM", Some(_)) => form.len() > 1,
                ("HEALTHCHECK", Some(word)) => form[0].eq_ignore_ascii_case(word),
                _ => true,
            }
    };
    let active = if args.is_empty() && place.word.is_empty() {
        0
    } else {
        forms.iter().position(|form| fits(form)).unwrap_or(0)
    };
    Some(SignatureHelp { signatures, active })
}

/// The part of a form that the word behind `before` other words belongs to.
fn at(form: &[&str], before: usize) -> Option<usize> {
    // Of several sources the caret may always stand in one more.
    if form[0].ends_with('…') && form.len() > 1 {
        return Some(before.min(1));
    }
    if before < form.len() {
        return Some(before);
    }
    let last = form.last()?;
    last.contains('…').then(|| form.len() - 1)
}

/// The form of a flag; of `--mount`, its keys.
fn flag(keyword: Keyword, word: &str) -> Option<SignatureHelp> {
    let (name, value) = word.trim_start_matches('-').split_once('=')?;
    let known = flags::find(keyword.as_str(), name)?;
    let signature = match known.value {
        FlagValue::Mount => {
            let at = value.rfind(',').map_or(0, |comma| comma + 1);
            let before = mount::parse(value[..at].trim_end_matches(','));
            let kind = before.kind();
            let keys: Vec<&MountKey> =
                MOUNT_KEYS.iter().filter(|key| kind.is_none_or(|kind| key.fits(kind))).collect();
            let parameters: Vec<Parameter> = keys
                .iter()
                .map(|key| Parameter { label: written(key), documentation: key.summary.to_owned() })
                .collect();
            let typed = value[at..].split('=').next().unwrap_or_default().to_lowercase();
            let current = MountKey::named(&typed);
            let active = keys.iter().position(|key| current.is_some_and(|current| current.name == key.name));
            let labels: Vec<&str> = parameters.iter().map(|it| &*it.label).collect();
            let label = format!("--mount={}", labels.join(","));
            let documentation = kind.map_or(known.summary, |kind| kind.summary()).to_owned();
            Signature { label, documentation, parameters, active }
        }
        takes => {
            let value = match takes {
                FlagValue::OneOf(words) => words.join("|"),
                other => other.placeholder().to_owned(),
            };
            Signature {
                label: format!("--{name}={value}"),
                documentation: known.summary.to_owned(),
                parameters: vec![Parameter { label: value, documentation: String::new() }],
                active: Some(0),
            }
        }
    };
    Some(SignatureHelp { signatures: vec![signature], active: 0 })
}

/// A key of a mount with what it takes.
fn written(key: &MountKey) -> String {
    let takes = match key.value {
        MountValue::Bool => return format!("{}[=true|false]", key.name),
        MountValue::Type => "bind|cache|tmpfs|secret|ssh".to_owned(),
        MountValue::OneOf(words) => words.join("|"),
        MountValue::Text if matches!(key.name, "target" | "source") => "<path>".to_owned(),
        MountValue::Text => "<name>".to_owned(),
        MountValue::Id => "<number>".to_owned(),
        MountValue::Mode => "<octal>".to_owned(),
        MountValue::Size => "<bytes>".to_owned(),
        MountValue::Source => "<stage|image>".to_owned(),
    };
    format!("{}={takes}", key.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// The active signature, and its part at `|`.
    fn shown(text: &str) -> Option<(String, Option<String>)> {
        let at = text.find('|').unwrap();
        let snapshot = Snapshot::new(format!("{}{}", &text[..at], &text[at + 1..]), None, Arc::default());
        let help = signature_help(&snapshot, at as u32)?;
        let signature = &help.signatures[help.active];
        let part = signature.active.map(|active| signature.parameters[active].label.clone());
        for parameter in &signature.parameters {
            assert!(signature.label.contains(&parameter.label));
        }
        Some((signature.label.clone(), part))
    }

    #[track_caller]
    fn assert_shown(text: &str, label: &str, part: &str) {
        assert_eq!(shown(text), Some((label.to_owned(), Some(part.to_owned()))), "{text:?}");
    }

    #[test]
    fn the_form_of_an_instruction_and_the_part_at_the_caret() {
        assert_shown("FROM |", "FROM [--flags] image", "image");
        assert_shown("FROM a AS |", "FROM [--flags] image AS name", "name");
        assert_shown("FROM 😀\nCOPY é |", "COPY [--flags] source… destination", "destination");
        assert_shown("FROM a\nCOPY --link a|", "COPY [--flags] source… destination", "source…");
        assert_shown("FROM a\nCMD [\"a\", |", "CMD [\"program\", \"argument\"…]", "\"argument\"…]");
        assert_shown("FROM a\nCMD a|", "CMD command…", "command…");
        assert_shown(
            "FROM a\nHEALTHCHECK --interval=1s CMD a|",
            "HEALTHCHECK [--flags] CMD command…",
            "command…",
        );
        assert_shown("FROM a\nONBUILD USER |", "USER user[:group]", "user[:group]");
        assert_eq!(shown("FR|OM a"), None);
        assert_eq!(shown("# |\nFROM a"), None);
        assert_eq!(shown("FROM a\nFOO |"), None);
    }

    #[test]
    fn a_command_and_text_in_quotes_have_no_form() {
        for text in [
            "FROM a\nRUN apt-get install |",
            "FROM a\nRUN apt-get \\\n  install |",
            "FROM a\nCMD [\"a\", \"b |",
            "FROM a\nHEALTHCHECK CMD curl |",
            "FROM a\nONBUILD RUN a |",
            "FROM a\nLABEL a=\"b |",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
        assert_shown("FROM a\nRUN --network=none |", "RUN [--flags] command…", "command…");
        assert_shown("FROM a\nLABEL a=\"b\" |", "LABEL name=value…", "name=value…");
    }

    #[test]
    fn the_keys_of_a_mount_and_the_values_of_flags() {
        let (label, part) = shown("FROM a\nRUN --mount=type=cache,sharing=|").unwrap();
        assert!(label.starts_with("--mount=type=") && !label.contains("env="), "{label}");
        assert_eq!(part.as_deref(), Some("sharing=shared|private|locked"));
        assert_shown("FROM a\nRUN --network=|", "--network=default|none|host", "default|none|host");
        assert_shown("FROM a\nCOPY --chown=a| b c", "--chown=<user>:<group>", "<user>:<group>");
    }
}
