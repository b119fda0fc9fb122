use crate::rules::prelude::*;
use crate::syntax::Word;
use crate::syntax::instruction::declarations;

pub const RULE: Rule = Rule {
    name: "named-user",
    theme: Theme::Security,
    aliases: &["hadolint/DL3066"],
    severity: Severities::own(Severity::Info).hadolint(Severity::Info).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `USER` that is a name rather than a number.",
        why: "Kubernetes' `runAsNonRoot` can't tell whether a name is root: it refuses to start the \
             container unless the user is a number. Volumes and host files know only numbers, too.",
        example: "FROM node:22\nUSER node\n",
        instead: "FROM node:22\nUSER 1000\n",
        fix: "Where the file creates the user with a number, or the table of images knows it, the fix writes the number. It is \
              unsafe: another version of the image may have another one.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::User], check),
    examples: &[
        Example::bad("FROM node:22\nUSER node:node\n", &[(2, "node:node")])
            .under(Profile::Strict)
            .fixed("FROM node:22\nUSER 1000:1000\n"),
        Example::bad("FROM debian:12\nRUN useradd -u 1001 app\nUSER app\n", &[(3, "app")])
            .under(Profile::Strict)
            .fixed("FROM debian:12\nRUN useradd -u 1001 app\nUSER 1001\n"),
        Example::bad(
            "FROM node:22\nRUN usermod -u 1001 node\nUSER node\nUSER app\n",
            &[(3, "node"), (4, "app")],
        )
        .under(Profile::Strict),
        Example::ok("FROM node:22\nARG APP_UID\nUSER 1000\nUSER 1000:node\nUSER $APP_UID\n")
            .under(Profile::Strict),
        Example::ok("FROM node:22\nUSER node\n"),
        Example::bad(
            "ARG UID\nFROM node:22\nENV NB_UID=1000\nUSER ${UID}\nUSER ${NB_UID}\n",
            &[(5, "${NB_UID}")],
        )
        .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(word) = site.instruction.args.first().filter(|_| !site.onbuild) else { return };
    let hadolint = input.profile() == Profile::Hadolint;
    let user =
        if hadolint { kit::hadolint::user(site.instruction, input.source()) } else { Some(&*word.text) };
    let Some(user) = user else { return };
    let name = user.split(':').next().unwrap_or(user);
    if name.chars().all(|c| c.is_ascii_digit()) {
        return;
    }
    // What a variable stands for is often a number, and given where the build is started.
    let variable = if hadolint { names_argument(input, site, user) } else { name.contains('$') };
    if !variable {
        let message = format!(
            "`{name}` is a name, and Kubernetes can't tell whether a name is root: with `runAsNonRoot` it doesn't \
             start the container. Write the user's number."
        );
        found.push(Finding::new(word.span, message).fix(fix(input, site, word)));
    }
}

/// Writes the numbers, where all that stand for the names are known.
fn fix(input: &Input<'_>, site: Site<'_>, word: &Word) -> Option<Fix> {
    let (name, group) =
        word.text.split_once(':').map_or((&*word.text, None), |(name, group)| (name, Some(group)));
    let (uid, gid) = kit::users::numbers_of(input, site.id, name)?;
    let number = match group {
        None => uid,
        Some(group) if group.bytes().all(|byte| byte.is_ascii_digit()) => format!("{uid}:{group}"),
        Some(group) if group == name => format!("{uid}:{}", gid?),
        Some(_) => return None,
    };
    let exact = word.span.of(input.source()) == &*word.text;
    let title = format!("Write the number, `{number}`");
    exact.then(|| Fix::unsafe_(title, input.edits(vec![Edit::replace(word.span, number)])))
}

/// Whether an ARG above, of any stage, stands in `user` (`src/Hadolint/Rule/DL3066.hs`).
fn names_argument(input: &Input<'_>, site: Site<'_>, user: &str) -> bool {
    let above = input.tree().numbered().take_while(|(id, _)| *id < site.id);
    let mut names = above.filter(|(_, i)| i.keyword == Keyword::Arg).flat_map(|(_, i)| declarations(i));
    names.any(|arg| user.contains(&format!("${{{}}}", arg.name)) || user.contains(&format!("${}", arg.name)))
}
