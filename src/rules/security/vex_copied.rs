use crate::rules::prelude::*;
use crate::syntax::instruction::copy;

pub const RULE: Rule = Rule {
    name: "vex-copied",
    theme: Theme::Security,
    aliases: &["tally/prefer-vex-attestation"],
    severity: Severities::own(Severity::Info).off_in_editor(),
    fix: FixKind::Unsafe,
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
        fix: "The fix leaves the document out of the image. It is unsafe: attaching it where the image is pushed is up to \
              you.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Copy, Keyword::Add], check),
    examples: &[
        Example::bad(
            "FROM node:22\nCOPY app.vex.json openvex.json /\n",
            &[(2, "app.vex.json"), (2, "openvex.json")],
        )
        .under(Profile::Strict)
        .fixed("FROM node:22\n"),
        Example::bad("FROM node:22\nCOPY --link a app.vex.json /\n", &[(2, "app.vex.json")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nCOPY --link a /\n"),
        Example::ok("FROM node:22\nCOPY vex.js convex.json /\n").under(Profile::Strict),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(copy) = copy(site.instruction) else { return };
    let sources: Vec<Span> = copy.sources.iter().map(|source| source.span).collect();
    for source in copy.sources {
        let path = source.text.trim_matches(['"', '\'']);
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        if name.ends_with(".vex.json") || matches!(&*name, "vex.json" | "openvex.json" | ".vex") {
            let message = "Scanners look for VEX documents attached to the image, not in it, and here every new \
                           statement makes a new image. Attach it as an attestation when the image is pushed.";
            let edit = kit::take_out::part(input, site, &sources, source.span)
                .filter(|_| copy.heredocs.is_empty() && !site.instruction.is_exec());
            let title = "Leave the document out (unsafe: attach it where the image is pushed)";
            let fix = edit.map(|edit| Fix::unsafe_(title, input.edits(vec![edit])));
            found.push(Finding::new(source.span, message).fix(fix));
        }
    }
}
