use crate::model::Stage;
use crate::rules::prelude::*;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "missing-healthcheck",
    theme: Theme::Security,
    aliases: &[
        "hadolint/DL3057",
        "trivy/DS-0026",
        "checkov/CKV_DOCKER_2",
        "kics/healthcheck_instruction_missing",
    ],
    severity: Severities::own(Severity::Info).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a final image without a `HEALTHCHECK`. hadolint, which has this off as well, \
              asks it of every stage.",
        why: "Docker and Swarm see only whether the process is there; a health check tells them \
             whether it answers. Kubernetes and most platforms don't read it, and have probes of their \
             own: hence it is off.",
        example: "FROM node:22\nCMD [\"node\", \"server.js\"]\n",
        instead: "FROM node:22\nHEALTHCHECK CMD wget -qO- http://localhost:3000/ \
            || exit 1\nCMD [\"node\", \"server.js\"]\n",
        fix: "There is no fix: what tells that the program is well, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:22 AS build\nFROM node:22\nCMD [\"node\", \"server.js\"]\n",
            &[(2, "FROM node:22")],
        )
        .under(Profile::Strict),
        Example::ok("FROM node:22 AS build\nHEALTHCHECK NONE\nFROM build\nCMD [\"node\", \"server.js\"]\n")
            .under(Profile::Strict),
        Example::ok("FROM node:22\nCMD [\"node\", \"server.js\"]\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let message = "Docker can see that the process is there, not whether it answers. Add a HEALTHCHECK with a command \
                   that asks it, or HEALTHCHECK NONE to say that there is none.";
    let stages: Vec<&Stage> = match input.profile() {
        Profile::Hadolint => for_hadolint(input),
        _ => input.model().target().filter(|stage| !checked(input, stage)).into_iter().collect(),
    };
    for stage in stages {
        let Some(from) = input.tree().instruction(stage.from) else { continue };
        found.push(Finding::new(from.span, message));
    }
}

fn checked<'a>(input: &Input<'a>, stage: &'a Stage) -> bool {
    input.model().with_bases(stage).any(|stage| input.last(stage, Keyword::Healthcheck).is_some())
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3057.hs`): it tells stages by their names as they are written.
fn for_hadolint<'a>(input: &Input<'a>) -> Vec<&'a Stage> {
    let stages = input.model().stages().iter();
    let named = stages.filter_map(|stage| {
        let from = input.tree().instruction(stage.from).and_then(from)?;
        let image = kit::hadolint::image(&from.image.text).name;
        Some((stage, image, from.name.map_or(image, |name| &*name.text)))
    });
    let named: Vec<(&'a Stage, &str, &str)> = named.collect();
    let mut good: Vec<&str> = Vec::new();
    let mut bad: Vec<(&'a Stage, &str)> = Vec::new();
    for (at, (stage, image, name)) in named.iter().enumerate() {
        let checks = input.last(stage, Keyword::Healthcheck).is_some();
        if !checks && !good.contains(image) {
            bad.push((stage, name));
            continue;
        }
        good.push(name);
        if checks {
            // The stages that it is built on are good from then on.
            let mut base = *image;
            for (_, image, name) in named[..at].iter().rev() {
                if *name == base {
                    good.push(name);
                    base = image;
                }
            }
        }
        bad.retain(|(_, name)| !good.contains(name));
    }
    bad.into_iter().map(|(stage, _)| stage).collect()
}
