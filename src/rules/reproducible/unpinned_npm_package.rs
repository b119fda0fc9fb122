use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-npm-package",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3016", "kics/npm_install_without_pinned_version"],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports `npm install` of packages without a version or tag, as it is used for global tools.",
        why: "No lockfile holds such a package: the newest version is installed, so a build next month makes another image than today's, and a breaking release breaks the build unasked.",
        example: "FROM node:22-alpine\nRUN npm install -g pnpm\n",
        instead: "FROM node:22-alpine\nRUN npm install -g pnpm@10.12.1\n",
        fix: "Where the project's package.json says the version, as its `packageManager` or among its dependencies, the fix \
              writes that. It is unsafe: another version than now is installed.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN npm i -g @angular/cli typescript@5.8.3\n", &[(2, "@angular/cli")]),
        Example::bad(
            "FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm install -g pnpm typescript\n",
            &[(4, "pnpm")],
        )
        .with(&[(
            "package.json",
            "{\"packageManager\": \"pnpm@10.12.1\", \"devDependencies\": {\"typescript\": \"^5.8.3\"}}",
        )])
        .fixed("FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm install -g pnpm@10.12.1 typescript@^5.8.3\n"),
        Example::bad(
            "FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm install -g pnpm serve\n",
            &[(4, "pnpm")],
        )
        .with(&[("package.json", "{\"packageManager\": \"pnpm@10.12.1\"}")]),
        Example::ok("FROM node:22\nRUN npm install -g @angular/cli@20.0.4 ./a ./b.tgz\n"),
        Example::ok("FROM node:22\nRUN npm install --omit dev --prefix web -g pnpm@9\n"),
        Example::ok("FROM node:22\nRUN npm install\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let verbs: &[&str] =
        if input.profile() == Profile::Hadolint { &["install"] } else { &["install", "i", "add"] };
    // The first two are those that hadolint knows; `npm help config` has the others.
    let valued = &[
        "loglevel",
        "registry",
        "omit",
        "include",
        "only",
        "prefix",
        "C",
        "w",
        "workspace",
        "cache",
        "userconfig",
        "globalconfig",
        "tag",
        "install-strategy",
        "fetch-retries",
        "fetch-timeout",
    ][..];
    let valued = if input.profile() == Profile::Hadolint { &valued[..2] } else { valued };
    for call in input.calls(site.id).iter().filter(|call| call.is("npm", verbs)) {
        let operands = call.operands_but_values_of(valued);
        if operands.first().is_some_and(|verb| verbs.contains(&&*verb.text)) {
            let packages: Vec<&Arg<'_>> =
                operands.into_iter().skip_while(|arg| verbs.contains(&&*arg.text)).collect();
            let (before, fix) = (found.len(), fix(input, site, call, &packages));
            kit::unpinned::report(input, packages, pinned, "package@version", found);
            found.iter_mut().skip(before).for_each(|finding| finding.fix.clone_from(&fix));
        }
    }
}

/// Writes the versions of the project's package.json, where it has all of them.
fn fix(input: &Input<'_>, site: Site<'_>, call: &Call<'_>, packages: &[&Arg<'_>]) -> Option<Fix> {
    let package = kit::node::project(input, input.model().stage_of(site.id)?)?.package()?;
    let manager = package.package_manager.as_ref();
    let version = |name: &str| {
        let version = match manager.filter(|manager| manager.name == name) {
            Some(manager) => manager.version.split('+').next(),
            None => package.dependency(name),
        }?;
        let plain = version.chars().all(|c| c.is_ascii_alphanumeric() || ".-^~".contains(c));
        (plain && version.contains(|c: char| c.is_ascii_digit())).then_some(version)
    };
    let loose = packages.iter().filter(|arg| !pinned(&arg.text) && !arg.is_dynamic());
    let edit = |arg: &&Arg<'_>| Some(Edit::insert(arg.span.end, format!("@{}", version(&arg.text)?)));
    let edits: Vec<Edit> = loose.map(edit).collect::<Option<_>>()?;
    let title = "Install the version that package.json says (unsafe: it may be another one than now)";
    (call.editable && !edits.is_empty()).then(|| Fix::unsafe_(title, input.edits(edits)))
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
