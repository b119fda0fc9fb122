use crate::rules::kit::hadolint::unquoted;
use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::instruction::copy;

pub const RULE: Rule = Rule {
    name: "destination-not-a-folder",
    theme: Theme::Build,
    aliases: &[
        "hadolint/DL3021",
        "trivy/DS-0011",
        "kics/copy_with_more_than_two_arguments_not_ending_with_slash",
    ],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `COPY` or `ADD` of several sources whose destination doesn't end in `/`.",
        why: "Several files go into a folder, and only the `/` says that it is one. Docker's older \
             builder refuses the instruction; BuildKit copies each file to that very path, so that the \
             last one stays.",
        example: "FROM node:22\nCOPY package.json package-lock.json /app\n",
        instead: "FROM node:22\nCOPY package.json package-lock.json /app/\n",
        fix: "The fix puts a `/` behind the destination. It is unsafe, since files land in another \
             place than before.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Copy, Keyword::Add], check),
    examples: &[
        Example::bad("FROM node:22\nCOPY package.json package-lock.json /app\n", &[(2, "/app")])
            .fixed("FROM node:22\nCOPY package.json package-lock.json /app/\n"),
        Example::bad("FROM node:22\nWORKDIR /srv\nADD a b \"./app\"\n", &[(3, "\"./app\"")])
            .fixed("FROM node:22\nWORKDIR /srv\nADD a b \"./app/\"\n"),
        Example::bad("FROM node:22\nCOPY [\"a\", \"b\", \"/app\"]\n", &[(2, "\"/app\"")])
            .fixed("FROM node:22\nCOPY [\"a\", \"b\", \"/app/\"]\n"),
        Example::ok(
            "FROM node:22\nARG DIR\nWORKDIR /app\nCOPY a b /app/\nCOPY a \
            b .\nCOPY a b ..\nCOPY a b $DIR\nCOPY a /app\nCOPY a b \"/app/\"\n",
        ),
        Example::bad("FROM node:22\nCOPY a b .\nADD a b /app\nCOPY a b $DIR\n", &[(2, "."), (4, "$DIR")])
            .under(Profile::Hadolint)
            .fixed("FROM node:22\nCOPY a b ./\nADD a b /app\nCOPY a b $DIR/\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(copy) = copy(site.instruction) else { return };
    let written = unquoted(&copy.destination.text);
    if copy.sources.len() + copy.heredocs.len() < 2 || written.ends_with('/') {
        return;
    }
    if input.profile() == Profile::Hadolint {
        if site.onbuild || site.instruction.keyword == Keyword::Add {
            return;
        }
    } else if matches!(written, "." | "..") || written.ends_with("/.") || written.ends_with("/..") {
        // These are folders whatever is there.
        return;
    } else if written.contains('$') {
        let expanded = input.model().expanded(site.id, &copy.destination.text);
        if expanded.is_none_or(|path| path.ends_with('/')) {
            return;
        }
    }
    let message = format!(
        "Several files are copied to `{written}`, which isn't written as a folder: BuildKit copies one over the \
         other, and the older builder refuses it. Put a `/` behind it."
    );
    let at = copy.destination.span;
    let quoted = at.of(input.source()).ends_with(['"', '\'']);
    let edit = Edit::insert(at.end - u32::from(quoted), "/");
    let fix = Fix::unsafe_("Put a `/` behind the destination", input.edits(vec![edit]));
    found.push(Finding::new(at, message).fix(Some(fix)));
}
