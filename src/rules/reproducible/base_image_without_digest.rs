use crate::model::Base;
use crate::rules::prelude::*;
use crate::syntax::Instruction;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "base-image-without-digest",
    theme: Theme::Reproducible,
    aliases: &["semgrep/audit/dockerfile-source-not-pinned", "sonar/S7023"],
    severity: Severities::own(Severity::Info).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `FROM` whose image isn't pinned by a digest.",
        why: "A tag can be moved: `node:22.11-alpine` is another image after every rebuild of it. A \
             digest names one image for ever. It needs a tool such as Renovate or Dependabot that \
             moves it on, or it goes stale.",
        example: "FROM node:22-alpine\nRUN node --version\n",
        instead: "FROM node:22-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nRUN \
            node --version\n",
        fix: "Where the file pins the same image and tag elsewhere, the fix writes that digest. It is unsafe: the tag may \
              have moved on since. Else the digest has to be asked of the registry.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad("FROM node:22-alpine\n", &[(1, "node:22-alpine")]).under(Profile::Strict),
        Example::bad(
            "FROM node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS a\nFROM node:22\n",
            &[(2, "node:22")],
        )
        .under(Profile::Strict)
        .fixed(
            "FROM node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS a\nFROM \
             node:22@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
        ),
        Example::ok(
            "FROM node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \
            AS a\nFROM a\nFROM scratch\nFROM $BASE\nFROM node:22@$DIGEST\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM node:22-alpine\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(word) = from(site.instruction).map(|from| from.image).filter(|_| !site.onbuild) else { return };
    let Some(stage) = input.model().stage_of(site.id) else { return };
    let Base::Image { written, reference } = &stage.base else { return };
    let text = reference.as_deref().unwrap_or(written);
    // What a variable adds isn't known.
    let known = !text.starts_with('$') && !text.ends_with('}') || reference.is_some();
    if known && !text.contains('@') {
        let message = format!(
            "`{}` has no digest, so its owner can put another image in its place. Pin it with `@sha256:…`, and let \
             a tool keep the digest up to date.",
            word.text
        );
        found.push(Finding::new(word.span, message).fix(fix(input, site.instruction)));
    }
}

fn fix(input: &Input<'_>, from: &Instruction) -> Option<Fix> {
    let (_, edit) = kit::image::pinned(input.tree(), from)?;
    let title = "Pin it to the digest that stands elsewhere in the file (unsafe: it may be another image)";
    Some(Fix::unsafe_(title, input.edits(vec![edit])))
}
