use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "empty-label",
    theme: Theme::Style,
    aliases: &["hadolint/DL3051"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a label of the label schema in the settings that has no value.",
        why: "The label is there and says nothing: whoever reads it finds the same as without it, only \
             later.",
        example: "FROM node:22\nLABEL vendor=\"\"\n",
        instead: "FROM node:22\nLABEL vendor=\"us\"\n",
        fix: "There is no fix: the value is yours to say.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Label], check),
    examples: &[
        Example::bad("FROM node:22\nLABEL vendor=\"\" other=\n", &[(2, "vendor=\"\"")]).set(schema),
        Example::ok("FROM node:22\nLABEL vendor=us other=\n").set(schema),
        Example::ok("FROM node:22\nLABEL vendor=\n"),
    ],
};

fn schema(settings: &mut crate::settings::Settings) {
    settings.label_schema.labels.insert("vendor".to_owned(), crate::settings::LabelKind::Text);
}

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let schema = &input.settings.label_schema.labels;
    if site.onbuild {
        return;
    }
    for label in
        kit::label::labels(site).filter(|label| label.value.is_empty() && schema.contains_key(label.key))
    {
        let message =
            format!("The label `{}` is asked for by your label schema and has no value here.", label.key);
        found.push(Finding::new(label.span, message));
    }
}
