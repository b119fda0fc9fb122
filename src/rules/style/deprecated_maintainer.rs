use crate::rules::{Tag, prelude::*};

pub const RULE: Rule = Rule {
    name: "deprecated-maintainer",
    theme: Theme::Style,
    aliases: &[
        "hadolint/DL4000",
        "buildkit/MaintainerDeprecated",
        "trivy/DS-0022",
        "checkov/CKV_DOCKER_6",
        "kics/maintainer_instruction_being_used",
        "semgrep/best-practice/maintainer-is-deprecated",
        "sonar/S6586",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Error).buildkit(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `MAINTAINER`.",
        why: "It is deprecated since Docker 1.13. `docker inspect` shows a label beside all other labels, and whoever \
              builds on the image can replace it.",
        example: "FROM node:22\nMAINTAINER Jane Doe <jane@example.com>\n",
        instead: "FROM node:22\nLABEL org.opencontainers.image.authors=\"Jane Doe <jane@example.com>\"\n",
        fix: "The fix writes the label that the OCI image specification names for it. It is safe.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Maintainer], check),
    examples: &[
        Example::bad("FROM node:22\nMAINTAINER Jane <jane@example.com>\n", &[(2, "MAINTAINER")])
            .fixed("FROM node:22\nLABEL org.opencontainers.image.authors=\"Jane <jane@example.com>\"\n"),
        Example::bad("FROM node:22\nmaintainer \"Jane\"\n", &[(2, "maintainer")])
            .fixed("FROM node:22\nlabel org.opencontainers.image.authors=\"Jane\"\n"),
        Example::bad("FROM node:22\nMAINTAINER a \"b\" $c\n", &[(2, "MAINTAINER")])
            .fixed("FROM node:22\nLABEL org.opencontainers.image.authors=\"a \\\"b\\\" \\$c\"\n"),
        Example::ok("FROM node:22\nLABEL org.opencontainers.image.authors=\"Jane\"\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    if site.onbuild {
        return;
    }
    let message = "MAINTAINER is deprecated since Docker 1.13. Write the label `org.opencontainers.image.authors` \
                   instead, which every tool shows.";
    let finding = Finding::new(site.instruction.keyword_span, message);
    found.push(finding.tag(Tag::Deprecated).fix(fix(input, site)));
}

fn fix(input: &Input<'_>, site: Site<'_>) -> Option<Fix> {
    let [text] = &site.instruction.args[..] else { return None };
    let span = site.instruction.span;
    if span.of(input.source()).contains('\n') || !site.instruction.flags.is_empty() {
        return None;
    }
    let inner = text.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&text.text);
    let escape = input.tree().escape();
    let mut value = String::new();
    for c in inner.chars() {
        if matches!(c, '"' | '$') || c == escape {
            value.push(escape);
        }
        value.push(c);
    }
    let keyword =
        crate::syntax::suggest::in_case_of("LABEL", site.instruction.keyword_span.of(input.source()));
    let label = format!("{keyword} org.opencontainers.image.authors=\"{value}\"");
    Some(Fix::safe("Write a label instead", input.edits(vec![Edit::replace(span, label)])))
}
