use crate::context::View;
use crate::rules::prelude::*;
use crate::syntax::suggest;

pub const RULE: Rule = Rule {
    name: "copy-missing-file",
    theme: Theme::Build,
    aliases: &[],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP.and_context(),
    docs: Docs {
        what: "Reports a `COPY` or `ADD` of a file or folder that isn't in the build context, and suggests the one that \
               is likely meant. Patterns, and what `.dockerignore` keeps out, are left alone.",
        why: "The build stops at this step, after all that stands above it has run.",
        example: "FROM node:22\nCOPY package.jsn ./\n",
        instead: "FROM node:22\nCOPY package.json ./\n",
        fix: "Where one name in that folder is nearly the same, the fix writes it. It is unsafe, since it is a guess.",
        files: Some(&[("package.json", "{}")]),
    },
    check: Check::Instruction(&[Keyword::Copy, Keyword::Add], check),
    examples: &[
        Example::bad("FROM node:22\nCOPY package.jsn src ./\n", &[(2, "package.jsn")])
            .with(&[("package.json", "{}"), ("src/a.js", "")])
            .fixed("FROM node:22\nCOPY package.json src ./\n"),
        Example::bad("FROM node:22\nCOPY ./src/mian.js ./\n", &[(2, "./src/mian.js")])
            .with(&[("package.json", "{}"), ("src/main.js", "")])
            .fixed("FROM node:22\nCOPY ./src/main.js ./\n"),
        Example::bad("FROM node:22\nCOPY server ./\n", &[(2, "server")]).with(&[("package.json", "{}")]),
        Example::ok("FROM node:22\nCOPY package.jsn ./\n"),
        Example::ok(
            "FROM node:22\nARG F\nCOPY a*.js $F src . ./\nADD https://example.com/x git@x.com:a.git /\n",
        )
        .with(&[("package.json", "{}"), ("src/a.js", "")]),
        Example::ok("FROM node:22\nCOPY dist ./\n")
            .with(&[("package.json", "{}"), (".dockerignore", "dist\n")]),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(view) = input.context().filter(|view| !view.truncated) else { return };
    let Some(copy) = kit::node::context_copy(site).filter(|_| !site.onbuild) else { return };
    for source in copy.sources {
        let Some(path) = input.model().expanded(site.id, &source.text) else { continue };
        let elsewhere = path.contains("://") || path.starts_with("git@") || path.ends_with(".git");
        let clean = crate::model::resolve("/", &path);
        let inside = clean.trim_start_matches('/');
        if elsewhere || inside.is_empty() || inside.contains(['*', '?', '[', '\\']) || view.ignores(inside) {
            continue;
        }
        let folder = view.folders.iter().any(|folder| **folder == *inside);
        if folder || !view.matches(inside).is_empty() || below_link(view, inside) {
            continue;
        }
        let near = nearest(view, inside);
        let advice = match &near {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "Correct the path, or make the file before the build.".to_owned(),
        };
        let message = format!("There is no `{path}` in the build context, so the build stops here. {advice}");
        let exact = source.span.of(input.source()) == &*source.text && source.text.ends_with(inside);
        let fix = near.filter(|_| exact).map(|near| {
            let at = Span::new(source.span.end - inside.len() as u32, source.span.end);
            Fix::unsafe_(format!("Change to `{near}`"), input.edits(vec![Edit::replace(at, near)]))
        });
        found.push(Finding::new(source.span, message).fix(fix));
    }
}

/// Whether the path goes through a symbolic link, whose end isn't known here.
fn below_link(view: &View, path: &str) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.map(|end| &path[..end]).any(|part| view.link(part).is_some())
}

/// The file or folder beside it whose name is nearly the same.
fn nearest(view: &View, path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    // A folder may hold thousands, and most are told apart by their length.
    let above = if folder.is_empty() { 0 } else { folder.len() + 1 };
    let lengths = suggest::lengths_near(name);
    let lengths = above + lengths.start()..=above + lengths.end();
    let folders =
        view.folders.iter().map(|folder| &**folder).filter(|folder| lengths.contains(&folder.len()));
    let names = view.files_of_length(lengths.clone()).map(|file| &*file.path).chain(folders);
    let near = suggest::nearest(name, names.filter_map(|other| beside(folder, other)))?;
    Some(if folder.is_empty() { near.to_owned() } else { format!("{folder}/{near}") })
}

/// The name of what lies directly in a folder; `""` is the root.
fn beside<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let rest = if folder.is_empty() { path } else { path.strip_prefix(folder)?.strip_prefix('/')? };
    // A loop: the search for a character only pays on longer texts, and a folder may hold thousands.
    (!rest.bytes().any(|byte| byte == b'/')).then_some(rest)
}
