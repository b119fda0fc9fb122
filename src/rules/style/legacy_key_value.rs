use crate::rules::prelude::*;
use crate::syntax::Form;

pub const RULE: Rule = Rule {
    name: "legacy-key-value",
    theme: Theme::Style,
    aliases: &["buildkit/LegacyKeyValueFormat"],
    severity: Severities::own(Severity::Hint).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `ENV` and `LABEL` with a blank between name and value, the old form.",
        why: "All that follows belongs to the one value, so `ENV A 1 B=2` sets A to `1 B=2`. With `=` one instruction \
              takes several pairs, and each says where it ends.",
        example: "FROM node:22\nENV NODE_ENV production\n",
        instead: "FROM node:22\nENV NODE_ENV=production\n",
        fix: "The fix puts `=` between them, and quotes around a value with blanks. It is safe; where quotes or \
              escapes stand within such a value there is none.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Env, Keyword::Label], check),
    examples: &[
        Example::bad("FROM node:22\nENV NODE_ENV production\n", &[(2, "NODE_ENV production")])
            .fixed("FROM node:22\nENV NODE_ENV=production\n"),
        Example::bad("FROM node:22\nLABEL  a   b $c\n", &[(2, "a   b $c")])
            .fixed("FROM node:22\nLABEL  a=\"b $c\"\n"),
        Example::bad("FROM node:22\nENV a \"b c\"\n", &[(2, "a \"b c\"")])
            .fixed("FROM node:22\nENV a=\"b c\"\n"),
        Example::bad("FROM node:22\nENV a b 'c' d\n", &[(2, "a b 'c' d")]),
        Example::ok("FROM node:22\nENV a=b c=\"d e\"\nONBUILD ENV a b\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let instruction = site.instruction;
    if site.onbuild || instruction.form != (Form::Pairs { legacy: true }) {
        return;
    }
    let [name, value] = &instruction.args[..] else { return };
    let message = format!(
        "This is {}'s old form, in which all that follows the name belongs to the one value. Put `=` between name and \
         value.",
        instruction.keyword
    );
    found.push(Finding::new(name.span.to(value.span), message).fix(fix(
        input,
        name.span,
        value.span,
        &value.text,
    )));
}

fn fix(input: &Input<'_>, name: Span, value: Span, text: &str) -> Option<Fix> {
    let source = input.source();
    let between = Span::new(name.end, value.start);
    let plain = !between.of(source).contains(['\n', '\r']) && !name.of(source).contains(['"', '\'']);
    if !plain || text.is_empty() || text.starts_with('=') || value.of(source) != text {
        return None;
    }
    let blanks = text.contains(char::is_whitespace);
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let quoted = inner.is_some_and(|inner| !inner.contains(['"', '\'', input.tree().escape()]));
    let edits = match blanks {
        false if text.ends_with(input.tree().escape()) => return None,
        false => vec![Edit::replace(between, "=")],
        true if quoted => vec![Edit::replace(between, "=")],
        true if text.contains(['"', '\'', input.tree().escape()]) => return None,
        true => vec![Edit::replace(between, "=\""), Edit::insert(value.end, "\"")],
    };
    Some(Fix::safe("Put `=` between name and value", input.edits(edits)))
}
