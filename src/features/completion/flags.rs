use super::paths::{self, Written};
use super::place::Place;
use super::{CompletionKind, Completions, device, images, mount, users};
use crate::catalog::flags::{self, Flag, FlagValue};
use crate::syntax::Keyword;

/// The flags of the instruction that may still be given.
pub(super) fn names(place: &Place<'_>, list: &mut Completions) {
    let keyword = place.keyword.as_str();
    let span = place.span(&['=']);
    let equals = place.snapshot.source().get(span.end as usize..).is_some_and(|rest| rest.starts_with('='));
    let given = |flag: &Flag| {
        place
            .instruction
            .flags
            .iter()
            .any(|given| &*given.name == flag.name && !given.span.touches(place.offset))
    };
    for flag in flags::of(keyword) {
        if !is_known(place, flag) || (given(flag) && !flag.repeatable) {
            continue;
        }
        let label = format!("--{}", flag.name);
        let text = match flag.value {
            _ if equals => label.clone(),
            FlagValue::Bool => format!("{label} "),
            _ => format!("{label}="),
        };
        let detail = match flag.value {
            FlagValue::Bool => String::new(),
            value => value.placeholder().to_owned(),
        };
        list.add(label, CompletionKind::Property, span)
            .text(text)
            .detail(detail)
            .topic(format!("flag/{keyword}/{}", flag.name));
    }
}

/// Whether the file's frontend knows a flag: one that `# syntax=` names may be too old, and what is in the labs
/// is in no other.
fn is_known(place: &Place<'_>, flag: &Flag) -> bool {
    let Some(since) = flag.since else { return true };
    let mut directives = place.snapshot.tree().directives();
    let frontend =
        directives.find(|directive| &*directive.name == "syntax").map(|directive| &*directive.value);
    let tag = frontend.and_then(|image| image.strip_prefix("docker/dockerfile:"));
    let (since, of_labs) = match since.strip_suffix("-labs") {
        Some(since) => (since, true),
        None => (since, false),
    };
    if of_labs && !tag.is_some_and(|tag| tag.contains("labs")) {
        return false;
    }
    let minor = |version: &str| -> Option<u32> {
        let rest = version.strip_prefix("1.")?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    match (tag.and_then(minor), minor(since)) {
        (Some(has), Some(needs)) => has >= needs,
        _ => true,
    }
}

/// The values of the flag at the caret.
pub(super) fn values(place: &Place<'_>, name: &str, list: &mut Completions) {
    let Some(flag) = flags::find(place.keyword.as_str(), name) else { return };
    let typed = place.word.split_once('=').map_or("", |(_, value)| value);
    let span = place.span_back(typed.len(), &[]);
    let mut add = |value: &str, detail: &str| {
        list.add(value, CompletionKind::Value, span).detail(detail);
    };
    match flag.value {
        FlagValue::Bool => ["true", "false"].into_iter().for_each(|value| add(value, "")),
        FlagValue::OneOf(words) => words.iter().for_each(|word| add(word, said(word))),
        FlagValue::Platform => {
            add("$BUILDPLATFORM", "the platform of the machine that builds");
            for platform in [
                "linux/amd64",
                "linux/arm64",
                "linux/arm/v7",
                "linux/386",
                "linux/ppc64le",
                "linux/riscv64",
                "linux/s390x",
            ] {
                add(platform, "");
            }
            add("windows/amd64", "");
        }
        FlagValue::Duration => {
            ["30s", "10s", "5s", "3s", "1m", "2m", "5m"].into_iter().for_each(|it| add(it, ""))
        }
        FlagValue::Count => ["3", "5", "10"].into_iter().for_each(|it| add(it, "")),
        FlagValue::Mode => {
            for (mode, detail) in [
                ("755", "all read and run, the owner writes"),
                ("644", "all read, the owner writes"),
                ("555", "all read and run, nobody writes"),
                ("444", "all read, nobody writes"),
                ("700", "only the owner"),
                ("600", "only the owner, not to be run"),
            ] {
                add(mode, detail);
            }
        }
        FlagValue::Owner => users::complete(place, typed, list),
        FlagValue::Source => images::sources(place, typed, list),
        FlagValue::Checksum => add("sha256:", "the digest of what is downloaded"),
        FlagValue::Pattern if place.keyword == Keyword::Copy || place.keyword == Keyword::Add => {
            paths::complete(place, typed, &Written::Bare(&[]), list);
        }
        FlagValue::Mount => mount::complete(place, typed, list),
        FlagValue::Device => device::complete(place, typed, list),
        FlagValue::Pattern | FlagValue::Text => {}
    }
}

/// What a word of `--network` or `--security` means.
fn said(word: &str) -> &'static str {
    match word {
        "default" => "the builder's own network",
        "none" => "no network",
        "host" => "the machine's network, if the builder allows it",
        "sandbox" => "as steps run without it",
        "insecure" => "without a sandbox, if the builder allows it",
        _ => "",
    }
}
