use crate::rules::prelude::*;
use crate::syntax::suggest::{in_case_of, nearest};

pub const RULE: Rule = Rule {
    name: "unknown-onbuild-trigger",
    theme: Theme::Build,
    aliases: &["tally/invalid-onbuild-trigger"],
    severity: Severities::own(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports an `ONBUILD` whose word behind it is no instruction.",
        why: "This build succeeds; the one that is based on the image fails, where nobody can see why.",
        example: "FROM node:22\nONBUILD COPPY . /app\n",
        instead: "FROM node:22\nONBUILD COPY . /app\n",
        fix: "The fix writes the nearest instruction. It is unsafe, since it is a guess.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Onbuild], check),
    examples: &[
        Example::bad("FROM node:22\nONBUILD COPPY . /app\n", &[(2, "COPPY")])
            .fixed("FROM node:22\nONBUILD COPY . /app\n"),
        Example::bad("FROM node:22\nonbuild rnu make\nonbuild please do\n", &[(2, "rnu"), (3, "please")])
            .fixed("FROM node:22\nonbuild run make\nonbuild please do\n"),
        Example::ok("FROM node:22\nONBUILD COPY . /app\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(trigger) = site.instruction.trigger.as_deref() else { return };
    if trigger.keyword != Keyword::Unknown {
        return;
    }
    let word = trigger.keyword_span.of(input.source());
    let allowed = Keyword::ALL
        .into_iter()
        .filter(|keyword| !matches!(keyword, Keyword::From | Keyword::Maintainer | Keyword::Onbuild));
    let near = nearest(word, allowed.map(Keyword::as_str)).map(|near| in_case_of(near, word));
    let ask = near.as_ref().map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
    let message = format!(
        "`{word}` is no instruction. This image builds all the same, \
            but every build that is based on it fails.{ask}"
    );
    let fix = near.map(|near| {
        let edit = Edit::replace(trigger.keyword_span, near.clone());
        Fix::unsafe_(format!("Change to `{near}`"), input.edits(vec![edit]))
    });
    found.push(Finding::new(trigger.keyword_span, message).fix(fix));
}
