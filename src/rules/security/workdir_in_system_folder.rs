use crate::model::resolve;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "workdir-in-system-folder",
    theme: Theme::Security,
    aliases: &["trivy/DS-0030"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `WORKDIR` in a folder that belongs to the system: `/proc`, `/sys`, `/dev` and \
              what is in them, and `/boot`, `/bin`, `/sbin`, `/lib`, `/usr/bin`, `/usr/sbin` \
              themselves.",
        why: "What is written to `/proc`, `/sys` and `/dev` isn't kept in the image, and files of an \
             application among the system's programs can take their place.",
        example: "FROM debian:12\nWORKDIR /proc/app\n",
        instead: "FROM debian:12\nWORKDIR /srv/app\n",
        fix: "There is no fix: where else the files should lie, only you know.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Workdir], check),
    examples: &[
        Example::bad(
            "FROM debian:12\nWORKDIR /proc/app\nWORKDIR ../../bin/\n",
            &[(2, "/proc/app"), (3, "../../bin/")],
        ),
        Example::ok(
            "FROM debian:12\nWORKDIR /srv/proc\nWORKDIR /usr/lib/app\nWORKDIR /binary\nWORKDIR $DIR\n",
        ),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(word) = site.instruction.args.first() else { return };
    let Some(written) = input.model().expanded(site.id, &word.text) else { return };
    let Some(frame) = input.frame(site.id) else { return };
    let path = resolve(&frame.workdir.path, &written);
    let inside = ["/proc", "/sys", "/dev"]
        .iter()
        .any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let itself = ["/boot", "/bin", "/sbin", "/lib", "/usr/bin", "/usr/sbin"].contains(&&*path);
    if inside || itself {
        let why =
            if inside { "what is written there isn't kept" } else { "the system's own programs lie there" };
        let message =
            format!("`{path}` belongs to the system: {why}. Use a folder such as `/app` or `/srv`.");
        found.push(Finding::new(word.span, message));
    }
}
