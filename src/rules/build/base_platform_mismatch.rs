use crate::catalog::images;
use crate::rules::prelude::*;
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "base-platform-mismatch",
    theme: Theme::Build,
    aliases: &["buildkit/InvalidBaseImagePlatform", "tally/platform-mismatch"],
    severity: Severities::own(Severity::Warning).buildkit(Severity::Warning).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `FROM --platform` of an image that isn't made for that platform. Without the network that is \
               known only where the image's own name says its platform, as `arm64v8/node` does.",
        why: "The build takes the image that there is, and its programs don't start, or run emulated.",
        example: "FROM --platform=linux/amd64 arm64v8/node:22\n",
        instead: "FROM --platform=linux/amd64 node:22\n",
        fix: "There is no fix: which of the two is meant, only you know.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From], check),
    examples: &[
        Example::bad("FROM --platform=linux/amd64 arm64v8/node:22\n", &[(1, "arm64v8/node:22")])
            .under(crate::settings::Profile::Strict),
        Example::ok("FROM --platform=linux/arm64 arm64v8/node:22\nFROM --platform=linux/amd64 node:22\n")
            .under(crate::settings::Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(read) = from(site.instruction) else { return };
    let Some(asked) = read.platform.filter(|platform| !platform.text.contains('$')) else { return };
    let name = ImageRef::parse(&read.image.text, input.tree().escape()).familiar_name();
    let Some(made) = images::platform(&name) else { return };
    // Variants of one architecture count as the same.
    let parts =
        |platform: &str| -> Vec<String> { platform.split('/').take(2).map(str::to_lowercase).collect() };
    if parts(asked.text.as_str()).len() == 2 && parts(asked.text.as_str()) != parts(made) {
        let message = format!(
            "`{name}` is made for `{made}`, and `{}` is asked for. Take the image without the prefix, or leave the flag \
             out.",
            asked.text
        );
        found.push(Finding::new(read.image.span, message));
    }
}
