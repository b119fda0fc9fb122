use crate::rules::kit::users;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "created-user-not-used",
    theme: Theme::Security,
    aliases: &["tally/user-created-but-never-used"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a user that a `RUN` creates for the final image, which then starts its program \
              as root all the same: no `USER` stands in the stage or in those that it is built on, and \
              the program doesn't change users itself.",
        why: "The work was done and the last line forgotten: the container runs as root, though \
             somebody meant it not to.",
        example: "FROM debian:12\nRUN useradd -r app\nCMD [\"/srv/app\"]\n",
        instead: "FROM debian:12\nRUN useradd -r app\nUSER app\nCMD [\"/srv/app\"]\n",
        fix: "The fix puts a `USER` above what the image starts. It is unsafe, since the program may \
             need root for something.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN groupadd -r app && useradd -r -u 999 -g app app\nCMD \
            [\"/srv/app\"]\n",
            &[(2, "app")],
        )
        .fixed(
            "FROM debian:12\nRUN groupadd -r app && useradd -r -u 999 -g app app\nUSER \
            999\nCMD [\"/srv/app\"]\n",
        ),
        Example::bad(
            "FROM alpine:3 AS base\nRUN adduser -D -u 1000 app\nFROM base\nENTRYPOINT \
            [\"/srv/app\"]\nCMD [\"x\"]\n",
            &[(2, "app")],
        )
        .fixed(
            "FROM alpine:3 AS base\nRUN adduser -D -u 1000 app\nFROM base\nUSER \
            1000\nENTRYPOINT [\"/srv/app\"]\nCMD [\"x\"]\n",
        ),
        Example::ok("FROM debian:12\nRUN useradd -r app\nUSER app\nCMD [\"/srv/app\"]\n"),
        Example::ok("FROM debian:12\nRUN useradd -r app\nENTRYPOINT [\"gosu\", \"app\", \"/srv/app\"]\n"),
        Example::ok("FROM debian:12\nRUN useradd -r app\n"),
        Example::ok("FROM debian:12\nRUN adduser app docker\nENTRYPOINT [\"/entrypoint.sh\"]\n"),
        Example::ok(
            "FROM debian:12\nRUN useradd app\nCOPY entrypoint.sh /\nENTRYPOINT \
            [\"/entrypoint.sh\"]\n",
        ),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(target) = input.model().target() else { return };
    let Some(user) = users::left_unused(input, target) else { return };
    // A number is what Kubernetes can check; most commands give none.
    let meant = user.uid.as_deref().unwrap_or(&user.name);
    let message = format!(
        "The user `{}` is created and nothing switches to it, so the image's program runs as root. Add \
         `USER {}` before what the image starts.",
        user.name, meant
    );
    found.push(Finding::new(user.span, message).fix(users::switch_to(input, target, meant)));
}
