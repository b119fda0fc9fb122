use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "base-image-tag-and-digest",
    theme: Theme::Reproducible,
    aliases: &["sonar/S8431"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `FROM` whose image has a tag and a digest.",
        why: "The digest alone decides. The tag is a remark that nobody checks: after an update by \
             hand it may name another version than the one that is built on. Tools that move digests \
             keep both in step; where one is at work leave this rule off.",
        example: "FROM node:22-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
        instead: "FROM node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
        fix: "The fix takes the tag out. It is safe, since the tag says nothing once there is a \
             digest.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad(
            "FROM node:22-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \
            AS a\n",
            &[(1, ":22-alpine")],
        )
        .under(Profile::Strict)
        .fixed(
            "FROM node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \
            AS a\n",
        ),
        Example::ok(
            "FROM node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \
            AS a\nFROM node:22\n",
        )
        .under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(word) = from(site.instruction).map(|from| from.image).filter(|_| !site.onbuild) else { return };
    let image = ImageRef::parse(&word.text, input.tree().escape());
    let (Some(tag), Some(_)) = (image.tag, image.digest) else { return };
    if word.span.of(input.source()) != &*word.text {
        return;
    }
    let at = word.span.start;
    let span = Span::new(at + tag.start - 1, at + tag.end);
    let message = format!(
        "The digest alone says which image is meant; the tag `{}` is a remark that nobody checks. Leave one of them \
         out.",
        tag.of(&word.text)
    );
    let fix = Fix::safe("Leave the tag out", input.edits(vec![Edit::delete(span)]));
    found.push(Finding::new(span, message).fix(Some(fix)));
}
