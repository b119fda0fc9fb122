use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-npm-package",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3016", "kics/npm_install_without_pinned_version"],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `npm install` of packages without a version or tag, as it is used for global tools.",
        why: "No lockfile holds such a package: the newest version is installed, so a build next month makes another image than today's, and a breaking release breaks the build unasked.",
        example: "FROM node:22-alpine\nRUN npm install -g pnpm\n",
        instead: "FROM node:22-alpine\nRUN npm install -g pnpm@10.12.1\n",
        fix: "There is no fix: which version is wanted isn't in the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN npm i -g @angular/cli typescript@5.8.3\n", &[(2, "@angular/cli")]),
        Example::ok("FROM node:22\nRUN npm install -g @angular/cli@20.0.4 ./a ./b.tgz\n"),
        Example::ok("FROM node:22\nRUN npm install\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let verbs: &[&str] =
        if input.profile() == Profile::Hadolint { &["install"] } else { &["install", "i", "add"] };
    for call in input.calls(site.id).iter().filter(|call| call.is("npm", verbs)) {
        let operands = call.operands_but_values_of(&["loglevel", "registry"]);
        if operands.first().is_some_and(|verb| verbs.contains(&&*verb.text)) {
            let packages = operands.into_iter().skip_while(|arg| verbs.contains(&&*arg.text)).collect();
            kit::unpinned::report(input, packages, pinned, "package@version", found);
        }
    }
}

/// A tag counts as a version. Of a name with a scope only what stands behind the first character below `/`
/// is looked at, as hadolint does (`src/Hadolint/Rule/DL3016.hs`).
fn pinned(package: &str) -> bool {
    if ["git://", "git+ssh://", "git+http://", "git+https://"].iter().any(|start| package.starts_with(start))
    {
        return package.contains('#');
    }
    let path = ["/", "./", "../", "~/"].iter().any(|start| package.starts_with(start));
    let archive = [".tar", ".tar.gz", ".tgz"].iter().any(|end| package.ends_with(end));
    let name = if package.starts_with('@') { package.trim_start_matches(|c| c > '/') } else { package };
    path || archive || name.contains('@')
}
