use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::Instruction;
use crate::syntax::instruction::{declarations, from};

pub const RULE: Rule = Rule {
    name: "description-format",
    theme: Theme::Style,
    aliases: &["buildkit/InvalidDefinitionDescription"],
    severity: Severities::own(Severity::Hint).buildkit(Severity::Warning).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a comment right above a stage or an `ARG` that doesn't start with its name. BuildKit's check is \
               experimental: its profile has it where the file asks for it with `# check=experimental=…`.",
        why: "`docker build --call=outline` shows the comment as the description of the stage or argument, but only \
              where it starts with the name.",
        example: "# the version of the program\nARG VERSION=1\nFROM node:22\n",
        instead: "# VERSION is the version of the program\nARG VERSION=1\nFROM node:22\n",
        fix: "The fix puts an empty line below the comment, which then describes nothing. It is safe.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::From, Keyword::Arg], check),
    examples: &[
        Example::bad(
            "# base image\nFROM node:22 AS build\n# a and b\nARG A=1 B=2\n",
            &[(2, "FROM node:22 AS build"), (4, "ARG A=1 B=2")],
        )
        .under(Profile::Strict)
        .fixed("# base image\n\nFROM node:22 AS build\n# a and b\n\nARG A=1 B=2\n"),
        Example::ok("# build makes it\nFROM node:22 AS build\n# text\n\nARG A=1\n# text\nFROM node:22\n")
            .under(Profile::Strict),
        Example::bad(
            "# check=experimental=InvalidDefinitionDescription\n# text\nARG A=1\nFROM scratch\n",
            &[(3, "ARG A=1")],
        )
        .under(Profile::Buildkit)
        .fixed("# check=experimental=InvalidDefinitionDescription\n# text\n\nARG A=1\nFROM scratch\n"),
        Example::ok("# text\nARG A=1\nFROM scratch\n").under(Profile::Buildkit),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    if site.onbuild {
        return;
    }
    let names: Vec<String> = match site.instruction.keyword {
        // BuildKit has the stage's name in lower case.
        Keyword::From => {
            let name = from(site.instruction).and_then(|from| from.name);
            name.map(|name| name.text.to_lowercase().to_string()).into_iter().collect()
        }
        _ => declarations(site.instruction).map(|declared| declared.name.to_owned()).collect(),
    };
    let Some(comment) = comment_above(input, site.instruction) else { return };
    let first = comment.split(' ').next().unwrap_or_default();
    if names.is_empty() || names.iter().any(|name| name == first) {
        return;
    }
    let example = if let [name] = &names[..] { name } else { "NAME" };
    let message = format!(
        "The comment above is taken for a description, and isn't one, since it doesn't start with the name. Write `# \
         {example} …`, or put an empty line below it."
    );
    let at = site.instruction.full_span.start;
    let fix = Fix::safe(
        "Put an empty line below the comment",
        input.edits(vec![Edit::insert(at, crate::text::newline(input.source()))]),
    );
    found.push(Finding::new(site.instruction.span, message).fix(Some(fix)));
}

/// The text of the comment on the line above, without its `#`.
fn comment_above<'a>(input: &Input<'a>, instruction: &Instruction) -> Option<&'a str> {
    let comment = input.tree().comments_above(instruction).last()?.span;
    let text = comment.of(input.source()).trim_start_matches('#').trim();
    (!text.is_empty()).then_some(text)
}
