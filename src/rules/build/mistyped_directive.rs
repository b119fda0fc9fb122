use crate::rules::prelude::*;
use crate::syntax::Item;
use crate::syntax::suggest::nearest;

pub const RULE: Rule = Rule {
    name: "mistyped-directive",
    theme: Theme::Build,
    aliases: &["tally/syntax-directive-typo"],
    severity: Severities::own(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a comment that looks like a parser directive and isn't one: `# \
              sytnax=docker/dockerfile:1`, or one that stands below another comment, a blank line or \
              an instruction.",
        why: "A directive that isn't read is a comment. Without `# syntax=` the builder takes the \
             grammar that it has, without `# escape=` the continuations are other ones.",
        example: "# sytnax=docker/dockerfile:1\nFROM node:22\n",
        instead: "# syntax=docker/dockerfile:1\nFROM node:22\n",
        fix: "Where the name has a typing error the fix mends it. It is unsafe, since what the file \
             means changes: that is its purpose.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("# sytnax=docker/dockerfile:1\nFROM node:22\n", &[(1, "sytnax")])
            .fixed("# syntax=docker/dockerfile:1\nFROM node:22\n"),
        Example::bad("# the shop\n# syntax=docker/dockerfile:1\nFROM node:22\n", &[(2, "syntax")]),
        Example::bad("FROM node:22\n# escape=`\nRUN a\n", &[(2, "escape")]),
        Example::ok(
            "# syntax=docker/dockerfile:1\n# check=skip=all\nFROM node:22\n# \
            check=skip=JSONArgsRecommended\nCMD a\n",
        ),
        Example::ok("# syntaxes = of many kinds\n# see syntax = docs\nFROM node:22\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let source = input.source();
    for item in input.tree().items() {
        let Item::Comment(comment) = item else { continue };
        let text = comment.span.of(source);
        let body = text.trim_start_matches('#').trim_start();
        let Some((name, value)) = body.split_once('=') else { continue };
        let (name, value) = (name.trim_end(), value.trim());
        let kind = if value.contains('/') && !value.contains(char::is_whitespace) {
            "syntax"
        } else if matches!(value, "`" | "\\") {
            "escape"
        } else if ["skip=", "error=", "experimental="].iter().any(|option| value.starts_with(option)) {
            "check"
        } else {
            continue;
        };
        let start = comment.span.start + (text.len() - body.len()) as u32;
        let at = Span::new(start, start + name.len() as u32);
        if name.eq_ignore_ascii_case(kind) {
            // BuildKit reads `check` above an instruction too.
            if kind != "check" {
                let message = format!(
                    "This `{kind}` is a comment and nothing else: directives count only at the very top, before any \
                     blank line, comment or instruction. Move it there."
                );
                found.push(Finding::new(at, message).at_most(Severity::Warning));
            }
        } else if nearest(name, [kind]).is_some() {
            let message =
                format!("`{name}` is no directive, so this line does nothing. Did you mean `{kind}`?");
            let fix = Fix::unsafe_(format!("Change to `{kind}`"), input.edits(vec![Edit::replace(at, kind)]));
            found.push(Finding::new(at, message).fix(Some(fix)));
        }
    }
}
