use crate::rules::prelude::*;
use crate::syntax::image::is_stage_index;
use crate::syntax::instruction::{Origin, copy};
use crate::syntax::suggest::nearest;

pub const RULE: Rule = Rule {
    name: "copy-from-unknown-stage",
    theme: Theme::Build,
    aliases: &["hadolint/DL3022", "kics/copy_from_without_from_alias_defined_previously"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE.and_context(),
    docs: Docs {
        what: "Reports a `COPY --from` with a plain name that no stage of the file has. Images that \
              are written with a tag, a digest, a registry or an owner are left alone.",
        why: "What is no stage is taken for an image, and `--from=biuld` asks the registry for an \
             image called `biuld`: the build fails, or takes files from a stranger.",
        example: "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY \
            --from=biuld /app/dist /usr/share/nginx/html/\n",
        instead: "FROM node:22 AS build\nRUN npm run build\nFROM nginx:1.27\nCOPY \
            --from=build /app/dist /usr/share/nginx/html/\n",
        fix: "Where a stage has nearly the name, the fix writes that one. It is unsafe, since it is a \
             guess.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Copy], check),
    examples: &[
        Example::bad(
            "FROM node:22 AS build\nFROM nginx:1.27\nCOPY --from=biuld /app /srv/\n",
            &[(3, "biuld")],
        )
        .fixed("FROM node:22 AS build\nFROM nginx:1.27\nCOPY --from=build /app /srv/\n"),
        Example::bad(
            "FROM nginx:1.27\nCOPY --from=3 /app /srv/\nCOPY --from=busybox /bin/sh /bin/\n",
            &[(3, "busybox")],
        ),
        Example::ok(
            "FROM node:22 AS build\nFROM nginx:1.27\nCOPY --from=Build /a \
            /b\nCOPY --from=busybox:1 /bin/sh /bin/\nCOPY --from=tonistiigi/xx \
            / /\n",
        ),
        Example::bad(
            "FROM nginx:1.27\nCOPY --from=tonistiigi/xx / /x\nCOPY --from=late /a /b\nFROM node:22 AS late\n",
            &[(2, "tonistiigi/xx"), (3, "late")],
        )
        .under(Profile::Hadolint),
        Example::ok("FROM nginx:1.27\nCOPY --from=0 /a /b\n").under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(Origin::From(from)) = copy(site.instruction).map(|copy| copy.origin) else { return };
    if site.onbuild {
        return;
    }
    if input.profile() == Profile::Hadolint {
        if unknown_to_hadolint(input, site, &from.text) {
            found.push(Finding::new(from.span, unknown(&from.text)));
        }
        return;
    }
    let stages = input.model().stages();
    let name = from.text.to_lowercase();
    // A number that is too high is refused by BuildKit, which another rule says.
    if is_stage_index(&name) {
        return;
    }
    if name.contains([':', '/', '@', '.', '$'])
        || stages.iter().any(|stage| stage.name.as_deref() == Some(&name))
    {
        return;
    }
    // A build may give it a context of that name.
    if input.builds().iter().any(|one| one.gives_context(&name)) {
        return;
    }
    match nearest(&name, stages.iter().filter_map(|stage| stage.name.as_deref())) {
        Some(near) => {
            let message = format!(
                "No stage is called `{}`, so BuildKit asks the registry for an image of that name. Did you mean \
                 `{near}`?",
                from.text
            );
            let exact = from.span.of(input.source()) == from.text;
            let fix = exact.then(|| {
                Fix::unsafe_(format!("Change to `{near}`"), input.edits(vec![Edit::replace(from.span, near)]))
            });
            found.push(Finding::new(from.span, message).fix(fix));
        }
        None => found.push(Finding::new(from.span, unknown(&from.text)).at_most(Severity::Hint)),
    }
}

fn unknown(name: &str) -> String {
    format!(
        "No stage above is called `{name}`, so it is taken for an image, `latest` where it has no tag. If an image \
         is meant write its tag; if a stage is meant, give it this name."
    )
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3022.hs`).
fn unknown_to_hadolint(input: &Input<'_>, site: Site<'_>, name: &str) -> bool {
    let above = input.model().stages().iter().filter(|stage| stage.from < site.id);
    let named = above.clone().filter_map(|stage| stage.name_span).any(|span| span.of(input.source()) == name);
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    let number = digits.parse::<usize>().is_ok_and(|number| number < above.count());
    !(named || number || kit::hadolint::unquoted(name).contains(':'))
}
