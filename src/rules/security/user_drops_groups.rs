use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "user-drops-groups",
    theme: Theme::Security,
    aliases: &["tally/user-explicit-group-drops-supplementary-groups"],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `USER name:group` where a `RUN` above gives that user further groups.",
        why: "With a group behind the colon the process has that one alone: the groups that `useradd \
             -G` or `usermod -aG` gave the user don't count, and the socket or device that they were \
             for can't be opened.",
        example: "FROM debian:12\nRUN useradd -G docker app\nUSER app:app\n",
        instead: "FROM debian:12\nRUN useradd -G docker app\nUSER app\n",
        fix: "The fix leaves the group out. It is unsafe, since files are then written with the user's \
             own first group.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::User], check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN groupadd docker && useradd -r -g app -G docker,wheel app\nUSER app:app\n",
            &[(3, ":app")],
        )
        .fixed("FROM debian:12\nRUN groupadd docker && useradd -r -g app -G docker,wheel app\nUSER app\n"),
        Example::bad(
            "FROM debian:12 AS a\nRUN useradd app\nRUN usermod -aG docker app\nFROM a\nUSER app:1000\n",
            &[(5, ":1000")],
        )
        .fixed("FROM debian:12 AS a\nRUN useradd app\nRUN usermod -aG docker app\nFROM a\nUSER app\n"),
        Example::ok("FROM debian:12\nRUN useradd -G docker app\nUSER app\nUSER other:other\n"),
        Example::ok("FROM debian:12\nRUN useradd -g app app\nUSER app:app\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(word) = site.instruction.args.first() else { return };
    let Some((user, group)) = word.text.split_once(':') else { return };
    if site.onbuild || user.is_empty() || user.contains(['$', '"']) || !has_groups(input, site, user) {
        return;
    }
    let message = format!(
        "With `:{group}` the process has this group alone, and the groups that `{user}` was given above don't count. \
         Write `USER {user}`."
    );
    let at = Span::new(word.span.start + user.len() as u32, word.span.end);
    let fix = Fix::unsafe_("Leave the group out", input.edits(vec![Edit::delete(at)]));
    found.push(Finding::new(at, message).fix(Some(fix)));
}

/// Whether a RUN above, in the stage or those that it is built on, gives the user further groups.
fn has_groups(input: &Input<'_>, site: Site<'_>, user: &str) -> bool {
    let stage = input.model().stage_of(site.id);
    let mut stages = stage.into_iter().flat_map(|stage| input.model().with_bases(stage));
    stages.any(|stage| {
        let users = input.users(stage);
        users.created.iter().any(|made| made.groups && made.name == user && made.site.id < site.id)
            || users.joined.iter().any(|(by, name)| name == user && *by < site.id)
    })
}
