use crate::model::Stage;
use crate::rules::{Tag, prelude::*};
use crate::settings::Profile;
use crate::syntax::Instruction;

pub const RULE: Rule = Rule {
    name: "repeated-instruction",
    theme: Theme::Build,
    aliases: &[
        "hadolint/DL3012",
        "hadolint/DL4003",
        "hadolint/DL4004",
        "buildkit/MultipleInstructionsDisallowed",
        "trivy/DS-0007",
        "trivy/DS-0016",
        "trivy/DS-0023",
        "kics/multiple_cmd_instructions_listed",
        "kics/multiple_entrypoint_instructions_listed",
        "semgrep/correctness/multiple-entrypoint-instructions",
        "sonar/S6589",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Error).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `CMD`, `ENTRYPOINT` or `HEALTHCHECK` that another one below it in the same stage replaces.",
        why: "Only the last one of each counts. What the earlier one says never happens, though it reads as if it did.",
        example: "FROM node:22\nCMD [\"npm\", \"start\"]\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
        fix: "The fix deletes the one that has no effect. It is safe.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM node:22\nCMD [\"npm\", \"start\"]\nCMD [\"node\", \"a.js\"]\n",
            &[(2, "CMD [\"npm\", \"start\"]")],
        )
        .fixed("FROM node:22\nCMD [\"node\", \"a.js\"]\n"),
        Example::bad(
            "FROM node:22\nHEALTHCHECK \\\n  CMD a\nUSER node\nHEALTHCHECK NONE\nCMD [\"b\"]\n",
            &[(2, "HEALTHCHECK \\\n  CMD a")],
        )
        .fixed("FROM node:22\nUSER node\nHEALTHCHECK NONE\nCMD [\"b\"]\n"),
        Example::ok("FROM node:22 AS a\nCMD [\"a\"]\nENTRYPOINT [\"b\"]\nFROM a\nCMD [\"c\"]\n"),
        // hadolint puts it at the later one.
        Example::bad("FROM node:22\nENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]\n", &[(3, "ENTRYPOINT [\"b\"]")])
            .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, stage: &Stage, found: &mut Vec<Finding>) {
    for keyword in [Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck] {
        // The same walk as that of `Input::steps`, for a stage of any lifetime.
        let all: Vec<&Instruction> =
            input.model().steps(stage).map(|(_, step)| step).filter(|step| step.keyword == keyword).collect();
        for pair in all.windows(2) {
            let [earlier, later] = pair else { continue };
            found.push(if input.profile() == Profile::Hadolint {
                finding(keyword, later)
            } else {
                let line = later.first_line;
                finding(keyword, earlier)
                    .tag(Tag::Unnecessary)
                    .related(later.keyword_span, format!("The {keyword} on line {line} replaces it."))
                    .fix(fix(input, keyword, earlier))
            });
        }
    }
}

fn finding(keyword: Keyword, at: &Instruction) -> Finding {
    let message = format!(
        "This stage has more than one {keyword}, and only the last of them counts: what the others say never happens. \
         Keep the one that you mean."
    );
    Finding::new(at.span, message).known_as(match keyword {
        Keyword::Cmd => CMD,
        Keyword::Entrypoint => ENTRYPOINT,
        _ => HEALTHCHECK,
    })
}

fn fix(input: &Input<'_>, keyword: Keyword, earlier: &Instruction) -> Option<Fix> {
    let edit = Edit::delete(earlier.full_span);
    let safe = || Fix::safe(format!("Delete the {keyword} that has no effect"), input.edits(vec![edit]));
    earlier.comments.is_empty().then(safe)
}

const CMD: &[&str] = &[
    "hadolint/DL4003",
    "buildkit/MultipleInstructionsDisallowed",
    "trivy/DS-0016",
    "kics/multiple_cmd_instructions_listed",
    "sonar/S6589",
];

const ENTRYPOINT: &[&str] = &[
    "hadolint/DL4004",
    "buildkit/MultipleInstructionsDisallowed",
    "trivy/DS-0007",
    "kics/multiple_entrypoint_instructions_listed",
    "semgrep/correctness/multiple-entrypoint-instructions",
    "sonar/S6589",
];

const HEALTHCHECK: &[&str] =
    &["hadolint/DL3012", "buildkit/MultipleInstructionsDisallowed", "trivy/DS-0023", "sonar/S6589"];
