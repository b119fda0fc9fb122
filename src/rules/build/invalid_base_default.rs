use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "invalid-base-default",
    theme: Theme::Build,
    aliases: &["buildkit/InvalidDefaultArgInFrom"],
    severity: Severities::own(Severity::Hint).buildkit(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a `FROM` whose image has no name, or a wrong one, where the build is started without \
               `--build-arg`.",
        why: "A plain `docker build .` is refused then, and so are tools that read the file and know none of your \
              arguments.",
        example: "ARG VERSION\nFROM node:$VERSION\n",
        instead: "ARG VERSION=22\nFROM node:$VERSION\n",
        fix: "There is no fix: which value should be the default, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("ARG VERSION\nFROM node:$VERSION\n", &[(2, "node:$VERSION")]),
        Example::bad("ARG IMAGE=\nFROM ${IMAGE}\n", &[(2, "${IMAGE}")]),
        Example::ok("ARG VERSION=22\nARG VARIANT\nFROM node:$VERSION$VARIANT\nFROM node:${TAG:-22}\n"),
        // The name itself is at fault.
        Example::ok("FROM Node:22\n"),
        Example::bad("FROM Node:22\n", &[(1, "Node:22")]).under(Profile::Buildkit),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    for facts in input.frontend().froms.iter().filter(|facts| facts.bad_default) {
        let Some(read) = facts.id.and_then(|id| from(input.tree().instruction(id)?)) else { continue };
        let image = read.image;
        if !image.text.contains('$') && input.profile() != Profile::Buildkit {
            continue;
        }
        let message = format!(
            "Without `--build-arg` the image `{}` has no name that a registry takes, so a plain `docker build` is \
             refused. Give the ARG a default.",
            image.text
        );
        found.push(Finding::new(image.span, message));
    }
}
