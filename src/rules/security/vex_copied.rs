use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::instruction::copy;

pub const RULE: Rule = Rule {
    name: "vex-copied",
    theme: Theme::Security,
    aliases: &["tally/prefer-vex-attestation"],
    severity: Severities::own(Severity::Info).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `COPY` of a VEX document, such as `app.vex.json` or `openvex.json`, into the \
              image.",
        why: "Scanners look for these statements beside the image, attached as an attestation. In the \
             image they are found by few, go stale with it, and change the image whenever a statement \
             changes.",
        example: "FROM node:22\nCOPY app.vex.json /\n",
        instead: "FROM node:22\nCOPY app.json /\n",
        fix: "There is no fix: the document has to be attached where the image is pushed.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Copy, Keyword::Add], check),
    examples: &[
        Example::bad(
            "FROM node:22\nCOPY app.vex.json openvex.json /\n",
            &[(2, "app.vex.json"), (2, "openvex.json")],
        )
        .under(Profile::Strict),
        Example::ok("FROM node:22\nCOPY vex.js convex.json /\n").under(Profile::Strict),
    ],
};

fn check(_: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(copy) = copy(site.instruction) else { return };
    for source in copy.sources {
        let path = source.text.trim_matches(['"', '\'']);
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        if name.ends_with(".vex.json") || matches!(&*name, "vex.json" | "openvex.json" | ".vex") {
            let message = "Scanners look for VEX documents attached to the image, not in it, and here every new \
                           statement makes a new image. Attach it as an attestation when the image is pushed.";
            found.push(Finding::new(source.span, message));
        }
    }
}
