use crate::rules::prelude::*;
use crate::settings::LabelKind;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "malformed-label",
    theme: Theme::Style,
    aliases: &[
        "hadolint/DL3052",
        "hadolint/DL3053",
        "hadolint/DL3054",
        "hadolint/DL3055",
        "hadolint/DL3056",
        "hadolint/DL3058",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a label whose value isn't of the kind that the label schema in the settings \
              gives it: a URL, a time (RFC 3339), a licence (SPDX), a commit's hash, a version \
              (semver.org), an e-mail address. Values with variables aren't known and are left alone.",
        why: "Tools that read the label expect that form, and drop or misread what isn't of it.",
        example: "FROM node:22\nLABEL url=\"example.com\"\n",
        instead: "FROM node:22\nLABEL url=\"https://example.com\"\n",
        fix: "There is no fix: the value is yours to say.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Label], check),
    examples: &[
        Example::bad("FROM node:22\nLABEL url=\"example.com\"\n", &[(2, "url=\"example.com\"")]).set(schema),
        Example::ok("FROM node:22\nARG URL\nLABEL url=\"https://example.com\" other=x\nLABEL url=$URL\n")
            .set(schema),
        Example::ok("FROM node:22\nLABEL url=x\n"),
    ],
};

fn schema(settings: &mut crate::settings::Settings) {
    settings.label_schema.labels.insert("url".to_owned(), crate::settings::LabelKind::Url);
}

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    if site.onbuild {
        return;
    }
    for label in kit::label::labels(site) {
        let Some(&kind) = input.settings.label_schema.labels.get(label.key) else { continue };
        let known = input.profile() == Profile::Hadolint || !label.value.contains('$');
        if !known || kit::label::fits(kind, label.value) {
            continue;
        }
        let (wanted, aliases) = names(kind);
        let message = format!(
            "`{}` isn't {wanted}, which your label schema asks of the label `{}`.",
            label.value, label.key
        );
        found.push(Finding::new(label.span, message).known_as(aliases));
    }
}

fn names(kind: LabelKind) -> (&'static str, &'static [&'static str]) {
    match kind {
        LabelKind::Text => ("a text", &[]),
        LabelKind::Url => ("a URL, such as `https://example.com`", &["hadolint/DL3052"]),
        LabelKind::Rfc3339 => ("a time, such as `2026-01-31T12:00:00Z`", &["hadolint/DL3053"]),
        LabelKind::Spdx => ("a licence of SPDX's list, such as `Apache-2.0`", &["hadolint/DL3054"]),
        LabelKind::Hash => ("a commit's hash of 40 or 7 digits", &["hadolint/DL3055"]),
        LabelKind::Semver => ("a version of three numbers, such as `1.2.3`", &["hadolint/DL3056"]),
        LabelKind::Email => ("an e-mail address", &["hadolint/DL3058"]),
    }
}
