use crate::rules::prelude::*;
use crate::syntax::suggest::nearest;

pub const RULE: Rule = Rule {
    name: "undeclared-label",
    theme: Theme::Style,
    aliases: &["hadolint/DL3050"],
    severity: Severities::own(Severity::Info).hadolint(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a label that the label schema in the settings doesn't know, where the schema is \
              strict.",
        why: "A label that nobody asked for is often the one that was asked for, misspelled.",
        example: "FROM node:22\nLABEL vendor=us vendro=us\n",
        instead: "FROM node:22\nLABEL vendor=us\n",
        fix: "Where a label of the schema has nearly the name, the fix writes that one. It is unsafe, \
             since it is a guess.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Label], check),
    examples: &[
        Example::bad("FROM node:22\nLABEL vendor=us other=b\n", &[(2, "other")]).set(schema),
        Example::bad("FROM node:22\nLABEL vendro=us\n", &[(2, "vendro")])
            .fixed("FROM node:22\nLABEL vendor=us\n")
            .set(schema),
        Example::ok("FROM node:22\nLABEL other=b\n"),
    ],
};

fn schema(settings: &mut crate::settings::Settings) {
    settings.label_schema.labels.insert("vendor".to_owned(), crate::settings::LabelKind::Text);
    settings.label_schema.strict = true;
}

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let schema = &input.settings.label_schema;
    if !schema.strict || site.onbuild {
        return;
    }
    for label in kit::label::labels(site).filter(|label| !schema.labels.contains_key(label.key)) {
        let near = nearest(label.key, schema.labels.keys().map(String::as_str));
        let ask = near.map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
        let message = format!("`{}` isn't a label of your label schema, which is strict.{ask}", label.key);
        let fix = near.filter(|_| label.key_span.of(input.source()) == label.key).map(|near| {
            Fix::unsafe_(
                format!("Change to `{near}`"),
                input.edits(vec![Edit::replace(label.key_span, near)]),
            )
        });
        found.push(Finding::new(label.key_span, message).fix(fix));
    }
}
