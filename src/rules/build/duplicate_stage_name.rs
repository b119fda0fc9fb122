use crate::rules::prelude::*;
use crate::syntax::InstructionId;
use crate::syntax::instruction::from;
use std::collections::HashMap;

pub const RULE: Rule = Rule {
    name: "duplicate-stage-name",
    theme: Theme::Build,
    aliases: &[
        "hadolint/DL3024",
        "buildkit/DuplicateStageName",
        "trivy/DS-0012",
        "checkov/CKV_DOCKER_11",
        "kics/same_alias_in_different_froms",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Error).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a stage whose name an earlier stage has already. Upper and lower case don't count.",
        why: "`COPY --from` and `--target` mean the last stage of that name, a `FROM` the last one above it: the same \
              name is two things in one file, and the earlier stage can be meant by its number alone.",
        example: "FROM golang:1.25 AS build\nRUN go build\nFROM node:22 AS build\nRUN npm ci\n",
        instead: "FROM golang:1.25 AS server\nRUN go build\nFROM node:22 AS web\nRUN npm ci\n",
        fix: "The fix gives the earlier stage another name, and writes that name where a `FROM` means that stage. It is safe: \
              whatever the name means now, it means afterwards.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22 AS b\nFROM node:22 AS a\nFROM node:22 AS B\n", &[(3, "B")])
            .fixed("FROM node:22 AS b-old\nFROM node:22 AS a\nFROM node:22 AS B\n"),
        Example::bad(
            "FROM node:22 AS b\nFROM b AS a\nFROM node:22 AS b\nFROM b\nCOPY --from=b /x /x\nCOPY --from=0 /y /y\n",
            &[(3, "b")],
        )
        .fixed(
            "FROM node:22 AS b-old\nFROM b-old AS a\nFROM node:22 AS b\nFROM b\nCOPY --from=b /x /x\nCOPY --from=0 /y /y\n",
        ),
        Example::bad("FROM a:1 AS b\nFROM b:1 AS b\nFROM c:1 AS b\n", &[(2, "b"), (3, "b")])
            .fixed("FROM a:1 AS b-old\nFROM b:1 AS b-old-2\nFROM c:1 AS b\n"),
        Example::ok("FROM node:22 AS b\nFROM node:22 AS B\n").under(Profile::Hadolint),
        Example::bad("FROM node:22 AS b\nFROM node:22 as b\n", &[(2, "b")])
            .under(Profile::Hadolint)
            .fixed("FROM node:22 AS b-old\nFROM node:22 as b\n"),
        Example::ok("FROM node:22 AS a\nFROM node:22 AS b\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let mut seen: HashMap<String, (InstructionId, Span)> = HashMap::new();
    let names = input.tree().numbered().filter(|(_, instruction)| instruction.keyword == Keyword::From);
    for (id, name) in names.filter_map(|(id, instruction)| Some((id, from(instruction)?.name?))) {
        let key = if input.profile() == Profile::Hadolint {
            name.text.to_string()
        } else {
            name.text.to_lowercase().to_string()
        };
        let Some((first, first_name)) = seen.insert(key, (id, name.span)) else { continue };
        let message = format!(
            "A stage above is called `{}` too, so what names it means now the one and now the other. Give this stage \
             another name.",
            name.text
        );
        found.push(
            Finding::new(name.span, message)
                .related(first_name, "This stage has the name first.")
                .fix(fix(input, first)),
        );
    }
}

/// Gives the stage of the FROM `id` another name.
fn fix(input: &Input<'_>, id: InstructionId) -> Option<Fix> {
    let (name, edits) = kit::stages::with_suffix(input, id, "-old")?;
    Some(Fix::safe(format!("Call the earlier stage `{name}`"), input.edits(edits)))
}
