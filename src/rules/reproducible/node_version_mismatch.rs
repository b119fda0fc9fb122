use crate::context::Project;
use crate::model::{Base, Stage};
use crate::rules::kit::semver;
use crate::rules::prelude::*;
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;

pub const RULE: Rule = Rule {
    name: "node-version-mismatch",
    theme: Theme::Reproducible,
    aliases: &[],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a base image of Node.js whose version isn't one that the project asks for: by `engines` of package.json, or \
               by `.nvmrc` or `.node-version`. It reports a `npm install -g` of another pnpm, yarn or npm than `packageManager` \
               names, too.",
        why: "The app runs on another version in the image than on the machines where it is developed and tested. With \
              `engine-strict`, as pnpm and yarn have it by themselves, the install fails.",
        example: "FROM node:18-alpine\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        instead: "FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        fix: "The fix takes the image of a version that is asked for. It is unsafe: that is another image.",
        files: Some(APP),
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM node:18-alpine AS base\nFROM base\nCOPY . .\nRUN npm ci\n",
            &[(1, "node:18-alpine")],
        )
        .with(APP)
        .fixed("FROM node:22-alpine AS base\nFROM base\nCOPY . .\nRUN npm ci\n"),
        Example::bad("FROM node:24.1.0\nCOPY . .\nRUN npm ci\n", &[(1, "node:24.1.0")])
            .with(&[("package.json", r#"{"engines": {"node": ">=20 <23"}}"#)])
            .fixed("FROM node:22\nCOPY . .\nRUN npm ci\n"),
        Example::bad("FROM node:18\nCOPY . .\nRUN npm ci\n", &[(1, "node:18")])
            .with(&[("package.json", "{}"), (".nvmrc", "v20.11.0\n")])
            .fixed("FROM node:20\nCOPY . .\nRUN npm ci\n"),
        Example::bad("FROM node:22\nCOPY . .\nRUN npm i -g pnpm@9 && pnpm i\n", &[(3, "pnpm@9")])
            .with(&[("package.json", r#"{"packageManager": "pnpm@10.1.0"}"#)])
            .fixed("FROM node:22\nCOPY . .\nRUN npm i -g pnpm@10.1.0 && pnpm i\n"),
        Example::ok("FROM node:22-alpine\nCOPY . .\nRUN npm ci\n").with(APP),
        Example::ok("FROM node:lts\nCOPY . .\nRUN npm ci\n").with(APP),
        Example::ok("FROM node:20\nCOPY . .\nRUN npm ci\n")
            .with(&[("package.json", r#"{"engines": {"node": ">=18"}}"#), (".nvmrc", "lts/*\n")]),
        Example::ok("FROM node:22\nCOPY . .\nRUN npm i -g pnpm@10 && pnpm i\n")
            .with(&[("package.json", r#"{"packageManager": "pnpm@10.1.0"}"#)]),
        Example::ok("FROM node:18-alpine\nCOPY . .\nRUN npm ci\n"),
    ],
};

const APP: crate::rules::Files = &[("package.json", r#"{"engines": {"node": "^22.1.0"}}"#)];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    if input.context().is_none() {
        return;
    }
    let stages = input.model().stages();
    for stage in stages.iter().filter(|stage| stage.used) {
        let Some(project) = kit::node::project(input, stage) else { continue };
        managers(input, stage, project, found);
        let Some(root) = input.model().with_bases(stage).last() else { continue };
        if let Some(finding) = image(input, root, project)
            && found.iter().all(|other| other.span != finding.span)
        {
            found.push(finding);
        }
    }
}

fn image(input: &Input<'_>, stage: &Stage, project: &Project) -> Option<Finding> {
    let Base::Image { reference: Some(reference), .. } = &stage.base else { return None };
    let image = ImageRef::parse(reference, input.tree().escape());
    if image.familiar_name() != "node" {
        return None;
    }
    let written = image.tag()?.split('-').next()?;
    let own = semver::tag(written)?;
    let range = project.package()?.node_range.as_deref();
    let (wanted, name) = match range {
        Some(range) => (semver::range(range)?, format!("package.json asks for `{range}`")),
        None => {
            let text = project.node_version.as_deref()?;
            let major = text.trim_start_matches('v').split('.').next()?;
            (vec![semver::tag(major)?], format!("the project is developed with `{text}`"))
        }
    };
    if wanted.iter().any(|wanted| semver::meets(*wanted, own)) {
        return None;
    }
    let message = format!(
        "This is Node.js {written}, and {name}: the app runs on another version here than it is made for. Take an image of that \
         version."
    );
    let word = from(input.tree().instruction(stage.from)?)?.image;
    // The lowest version above, else the highest below.
    let above = wanted.iter().filter(|wanted| wanted.0 >= own.1).map(|wanted| wanted.0.0).min();
    let below = wanted.iter().filter(|wanted| wanted.1 <= own.0);
    let highest =
        |end: (u32, u32, u32)| if end.1 == 0 && end.2 == 0 { end.0.checked_sub(1) } else { Some(end.0) };
    let below = below.filter_map(|wanted| highest(wanted.1)).max();
    let fix = above.or(below).and_then(|major| {
        let text = word.span.of(input.source());
        let at = text.find(&format!(":{written}"))? as u32 + 1;
        let line = ((major, 0, 0), (major.checked_add(1)?, 0, 0));
        let sound = wanted.iter().any(|wanted| semver::meets(*wanted, line));
        let at = Span::new(word.span.start + at, word.span.start + at + written.len() as u32);
        let plain = sound && !text.contains(['@', '$']);
        plain.then(|| {
            Fix::unsafe_(
                format!("Take Node.js {major}"),
                input.edits(vec![Edit::replace(at, major.to_string())]),
            )
        })
    });
    Some(Finding::new(word.span, message).fix(fix))
}

/// `npm install -g pnpm@9` where package.json names another one.
fn managers<'a>(input: &Input<'a>, stage: &'a Stage, project: &Project, found: &mut Vec<Finding>) {
    let Some(field) = project.package().and_then(|package| package.package_manager.as_ref()) else { return };
    let Some(wanted) = semver::tag(&field.version) else { return };
    for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
        for action in input.commands(site.id).iter().filter_map(|command| command.action.as_ref()) {
            for package in action.packages.iter().filter(|_| action.global && action.tool.is_javascript()) {
                let Some(version) = package.version.as_deref().filter(|_| package.name == field.name) else {
                    continue;
                };
                let Some(own) = semver::range(version) else { continue };
                if own.iter().any(|own| semver::meets(*own, wanted)) {
                    continue;
                }
                let message = format!(
                    "This installs {0} {version}, and package.json names {0}@{1} as its package manager. Install that one.",
                    field.name, field.version
                );
                let plain = package.span.of(input.source()) == format!("{}@{version}", field.name);
                let new = format!("{}@{}", field.name, field.version);
                let fix = plain.then(|| {
                    Fix::unsafe_(
                        format!("Install {new}"),
                        input.edits(vec![Edit::replace(package.span, new.as_str())]),
                    )
                });
                found.push(Finding::new(package.span, message).fix(fix));
            }
        }
    }
}
