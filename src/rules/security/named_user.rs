use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::instruction::declarations;

pub const RULE: Rule = Rule {
    name: "named-user",
    theme: Theme::Security,
    aliases: &["hadolint/DL3066"],
    severity: Severities::own(Severity::Info).hadolint(Severity::Info).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `USER` that is a name rather than a number.",
        why: "Kubernetes' `runAsNonRoot` can't tell whether a name is root: it refuses to start the \
             container unless the user is a number. Volumes and host files know only numbers, too.",
        example: "FROM node:22\nUSER node\n",
        instead: "FROM node:22\nUSER 1000\n",
        fix: "There is no fix: which number the name has, only the image knows.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::User], check),
    examples: &[
        Example::bad("FROM node:22\nUSER node:node\n", &[(2, "node:node")]).under(Profile::Strict),
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
        found.push(Finding::new(word.span, message));
    }
}

/// Whether an ARG above, of any stage, stands in `user` (`src/Hadolint/Rule/DL3066.hs`).
fn names_argument(input: &Input<'_>, site: Site<'_>, user: &str) -> bool {
    let above = input.tree().numbered().take_while(|(id, _)| *id < site.id);
    let mut names = above.filter(|(_, i)| i.keyword == Keyword::Arg).flat_map(|(_, i)| declarations(i));
    names.any(|arg| user.contains(&format!("${{{}}}", arg.name)) || user.contains(&format!("${}", arg.name)))
}
