use crate::rules::prelude::*;
use crate::syntax::Form;

pub const RULE: Rule = Rule {
    name: "space-before-equals",
    theme: Theme::Build,
    aliases: &["sonar/S6574"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports an `ENV` or `LABEL` with a blank before the `=`.",
        why: "What is meant for `name=value` is read as the old form `name value`, and the value \
             begins with `=`: `ENV PORT =80` sets `PORT` to `=80`.",
        example: "FROM node:22\nENV PORT =80\n",
        instead: "FROM node:22\nENV PORT=80\n",
        fix: "The fix takes the blanks around the `=` out. It is unsafe, since the value changes: that \
             is its purpose.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Env, Keyword::Label], check),
    examples: &[
        Example::bad("FROM node:22\nENV PORT =80\n", &[(2, "PORT =80")]).fixed("FROM node:22\nENV PORT=80\n"),
        Example::bad("FROM node:22\nLABEL title = \"a b\"\n", &[(2, "title = \"a b\"")])
            .fixed("FROM node:22\nLABEL title=\"a b\"\n"),
        Example::bad("FROM node:22\nENV A = b c\n", &[(2, "A = b c")]),
        Example::ok("FROM node:22\nENV PORT=80 B=\"= x\"\n"),
        Example::ok("FROM node:22\nENV PORT 80=\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    if site.instruction.form != (Form::Pairs { legacy: true }) {
        return;
    }
    let Some((name, value)) = site.instruction.pairs().next() else { return };
    let Some(meant) = value.text.strip_prefix('=') else { return };
    let meant = meant.trim_start();
    let message = format!(
        "The blank before `=` makes this the old form of {}: `{}` is set to `{}`, the `=` included. Take the blank \
         out.",
        site.instruction.keyword, name.text, value.text
    );
    let at = Span::new(name.span.end, value.span.end);
    // Several words, or a value that runs over lines, aren't clear.
    let quoted = meant.len() > 1
        && ['"', '\'']
            .iter()
            .any(|q| meant.starts_with(*q) && meant.find(*q) != meant.rfind(*q) && meant.ends_with(*q));
    let clear =
        (quoted || !meant.contains(char::is_whitespace)) && value.span.of(input.source()) == &*value.text;
    let fix = clear.then(|| {
        Fix::unsafe_("Take the blanks out", input.edits(vec![Edit::replace(at, format!("={meant}"))]))
    });
    found.push(Finding::new(name.span.to(value.span), message).fix(fix));
}
