use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "invalid-label-key",
    theme: Theme::Style,
    aliases: &["hadolint/DL3048", "tally/labels/valid-key"],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Hint),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports label keys that don't follow Docker's rules: lower-case letters, digits, `.`, `-` \
              and `_`, a letter first, no two separators in a row, and none of the namespaces that \
              Docker keeps for itself (`com.docker.`, `io.docker.`, `org.dockerproject.`).",
        why: "The build takes any key, but tools that filter by label don't: a key with a capital \
              is found only by who knows how it was spelled.",
        example: "FROM node:22\nLABEL Build_Date=\"2026-01-01\"\n",
        instead: "FROM node:22\nLABEL build-date=\"2026-01-01\"\n",
        fix: "The fix writes the key in lower case, with `-` for what may not stand there. It is unsafe: something may look \
              for the key as it is. For a namespace of Docker's there is none.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Label], check),
    examples: &[
        Example::bad("FROM node:22\nLABEL Build_Date=\"2026-01-01\" ok=1\n", &[(2, "Build_Date")])
            .fixed("FROM node:22\nLABEL build_date=\"2026-01-01\" ok=1\n"),
        Example::bad(
            "FROM node:22\nLABEL com.docker.x=1 a..b=2 1a=3\n",
            &[(2, "com.docker.x"), (2, "a..b"), (2, "1a")],
        )
        .fixed("FROM node:22\nLABEL com.docker.x=1 a.b=2 1a=3\n"),
        Example::bad(
            "FROM node:22\nLABEL \"My Key\"=1 version=2 Version=3\n",
            &[(2, "\"My Key\""), (2, "Version")],
        )
        .fixed("FROM node:22\nLABEL \"my-key\"=1 version=2 Version=3\n"),
        Example::ok(
            "FROM node:22\nARG P\nLABEL org.opencontainers.image.title=\"a\" \
            \"b-2\"=c $P.x=1\nONBUILD LABEL A=1\n",
        ),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let hadolint = input.profile() == Profile::Hadolint;
    if site.onbuild {
        return;
    }
    for (key, _) in site.instruction.pairs() {
        let name = kit::hadolint::unquoted(&key.text);
        // What a variable stands for isn't known.
        let Some(why) = fault(name).filter(|_| hadolint || !name.contains('$')) else { continue };
        let message = format!(
            "The label key `{name}` {why}, which Docker's rules for labels don't allow; tools that filter by label \
             may not find it. Use lower-case letters, digits, `.`, `-` and `_`, a letter first."
        );
        let taken = |better: &String| input.source().contains(better.as_str());
        let exact = key.span.of(input.source()).contains(name);
        let fix = better(name).filter(|better| exact && !taken(better)).map(|better| {
            let text = key.span.of(input.source()).replace(name, &better);
            Fix::unsafe_(format!("Change to `{better}`"), input.edits(vec![Edit::replace(key.span, text)]))
        });
        found.push(Finding::new(key.span, message).fix(fix));
    }
}

/// The nearest key that may stand there.
fn better(key: &str) -> Option<String> {
    let mut better = String::new();
    for c in key.to_lowercase().chars() {
        let c = if c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c) { c } else { '-' };
        let doubled = matches!(c, '.' | '-') && better.ends_with(c);
        if !doubled {
            better.push(c);
        }
    }
    let better = better.trim_matches(['.', '-', '_']).to_owned();
    (!better.is_empty() && fault(&better).is_none()).then_some(better)
}

/// Source: hadolint `src/Hadolint/Rule/DL3048.hs`; Docker's documentation, "Docker object labels".
fn fault(key: &str) -> Option<&'static str> {
    let reserved = ["com.docker.", "io.docker.", "org.dockerproject."];
    if reserved.iter().any(|namespace| key.starts_with(namespace)) {
        Some("is in a namespace that Docker keeps for itself")
    } else if key.contains(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && !".-_".contains(c)) {
        Some("has other characters than these")
    } else if !key.starts_with(|c: char| c.is_ascii_lowercase()) {
        Some("doesn't begin with a letter")
    } else if key.ends_with(['.', '-', '_']) {
        Some("ends in a separator")
    } else if key.contains("..") || key.contains("--") {
        Some("has two separators in a row")
    } else {
        None
    }
}
