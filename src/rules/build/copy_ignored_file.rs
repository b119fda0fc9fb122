use crate::rules::prelude::*;
use crate::text::{FileEdit, FileId, WorkspaceEdit};

pub const RULE: Rule = Rule {
    name: "copy-ignored-file",
    theme: Theme::Build,
    aliases: &["buildkit/CopyIgnoredFile"],
    severity: Severities::own(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP.and_context(),
    docs: Docs {
        what: "Reports a `COPY` or `ADD` of something that `.dockerignore` keeps out of the build.",
        why: "The build doesn't see the file, though it lies there: it stops with `not found`, or a pattern takes \
              nothing.",
        example: "FROM scratch\nCOPY config.json /\n",
        instead: "FROM scratch\nCOPY server /\n",
        fix: "For a file the fix adds an exception for it, `!path`, to `.dockerignore`. It is unsafe: whether the file is to be \
              copied or ignored, only you know.",
        files: Some(&[("config.json", "{}"), ("server", ""), (".dockerignore", "*.json\n")]),
    },
    check: Check::Instruction(&[Keyword::Copy, Keyword::Add], check),
    examples: &[
        Example::bad("FROM scratch\nCOPY config.json ./server /\n", &[(2, "config.json")])
            .with(&[("config.json", "{}"), ("server", ""), (".dockerignore", "*.json\n")])
            .fixed_files(&[(".dockerignore", "*.json\n!config.json\n")]),
        Example::bad("FROM scratch\nADD build/out /\n", &[(2, "build/out")])
            .with(&[("build/out", ""), (".dockerignore", "build\r\n# end")])
            .fixed_files(&[(".dockerignore", "build\r\n# end\r\n!build/out\r\n")]),
        Example::bad("FROM scratch\nCOPY . /\n", &[(2, ".")]).with(&[("a", ""), (".dockerignore", "*\n")]),
        Example::ok("FROM scratch\nCOPY . /\n").with(&[("a", ""), (".dockerignore", ".*\n")]),
        Example::ok("FROM scratch\nCOPY a /\n").with(&[("a", ""), (".dockerignore", "*\n!a\n")]),
        Example::bad("FROM scratch\nCOPY b /\n", &[(2, "b")])
            .with(&[("a", ""), ("b", ""), (".dockerignore", "*\n!a\n")])
            .fixed_files(&[(".dockerignore", "*\n!a\n!b\n")]),
        // With exceptions BuildKit's check says nothing.
        Example::ok("FROM scratch\nCOPY b /\n")
            .with(&[("a", ""), ("b", ""), (".dockerignore", "*\n!a\n")])
            .under(Profile::Buildkit),
        Example::ok("FROM scratch\nCOPY config.json /\n"),
        Example::ok("FROM scratch AS a\nCOPY x /\nFROM scratch\nCOPY --from=a config.json /\n")
            .with(&[("x", ""), (".dockerignore", "*.json\n")]),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(ignore) = input.context().and_then(|view| view.ignore()) else { return };
    let Some(copy) = kit::node::context_copy(site).filter(|_| !site.onbuild) else { return };
    let patterns = ignore.content.patterns();
    let exact = input.profile() == Profile::Buildkit;
    if exact && patterns.iter().any(|pattern| pattern.exception) {
        return;
    }
    for source in copy.sources {
        let Some(path) = input.model().expanded(site.id, &source.text) else { continue };
        if path.contains("://") || path.starts_with("git@") {
            continue;
        }
        let clean = crate::model::resolve("/", &path);
        let inside = clean.trim_start_matches('/');
        let ignored = if inside.is_empty() {
            let all = |text: &str| matches!(text, "*" | "**" | "**/*");
            !patterns.iter().any(|pattern| pattern.exception)
                && patterns.iter().any(|pattern| !pattern.exception && all(&pattern.text))
        } else if exact {
            ignore.content.ignores(inside)
        } else {
            // What is in a folder may be taken back, and a pattern may match what isn't ignored.
            ignore.content.ignores(inside)
                && !ignore.content.may_reinclude_below(inside)
                && !inside.contains(['*', '?', '['])
        };
        if ignored {
            let name = ignore.file.path.file_name().map(|name| name.to_string_lossy().into_owned());
            let message = format!(
                "`{path}` is kept out of the build by {}, so there is nothing to copy. Take the pattern out there, or \
                 leave the path out here.",
                name.unwrap_or_default()
            );
            let plain = !inside.is_empty() && !inside.contains(['*', '?', '[', '\\', '!']);
            let fix = plain.then(|| {
                let change = kit::dockerignore::append(ignore, &[format!("!{inside}")]);
                let file = FileId::Path(ignore.file.path.clone());
                let edit = WorkspaceEdit { files: vec![FileEdit { file, change, label: None }] };
                Fix::unsafe_(format!("Add `!{inside}` to .dockerignore"), edit)
            });
            found.push(Finding::new(source.span, message).fix(fix));
        }
    }
}
