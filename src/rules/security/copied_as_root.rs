use crate::model::Stage;
use crate::rules::kit::users::is_root;
use crate::rules::prelude::*;
use crate::shell::unwrap;

pub const RULE: Rule = Rule {
    name: "copied-as-root",
    theme: Theme::Security,
    aliases: &["tally/copy-after-user-without-chown"],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `COPY` or `ADD` without `--chown` below a `USER` that isn't root, where no \
              `RUN` of the stage changes the owner afterwards.",
        why: "`COPY` takes no notice of `USER`: the files belong to root, and the program that runs as \
             another user can read but not change them. Where that is what you want, `--chown=root` \
             says so.",
        example: "FROM node:22\nUSER node\nCOPY data /srv/data\n",
        instead: "FROM node:22\nUSER node\nCOPY --chown=node data /srv/data\n",
        fix: "The fix adds `--chown` with the user. It is unsafe, since the program can change the \
             files then.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM node:22\nUSER node\nCOPY data /srv/data\n", &[(3, "COPY")])
            .fixed("FROM node:22\nUSER node\nCOPY --chown=node data /srv/data\n"),
        Example::bad("FROM node:22 AS a\nUSER 1000:1000\nFROM a\nADD data.json \\\n  /srv/\n", &[(4, "ADD")])
            .fixed(
                "FROM node:22 AS a\nUSER 1000:1000\nFROM a\nADD --chown=1000:1000 data.json \\\n  /srv/\n",
            ),
        Example::ok(
            "FROM node:22\nCOPY data /srv/data\nUSER node\nCOPY --chown=root \
            data /srv/data\nUSER root\nCOPY data /x\n",
        ),
        Example::ok("FROM node:22\nUSER app\nCOPY data /srv/data\nUSER root\nRUN chown -R app /srv\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if stage.windows {
        return;
    }
    let owns = |command: &Cmd<'_>| {
        command.command.is("chown") || unwrap(&command.command).name().as_deref() == Some("chown")
    };
    for site in input.steps(stage) {
        let instruction = site.instruction;
        if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) || instruction.flag("chown").is_some()
        {
            continue;
        }
        let user =
            input.frame(site.id).and_then(|frame| frame.user).and_then(|id| input.tree().instruction(id));
        let Some(user) = user.and_then(|user| user.args.first()).filter(|user| !is_root(user)) else {
            continue;
        };
        let mut below =
            input.steps(stage).filter(|s| s.id > site.id && s.instruction.keyword == Keyword::Run);
        if below.any(|run| input.commands(run.id).iter().any(owns)) {
            continue;
        }
        let name = user.text.trim_matches(['"', '\'']);
        let message = format!(
            "What this copies belongs to root, though `USER {name}` stands above: COPY takes no notice of it. Add \
             `--chown={name}` if the program has to change the files, or `--chown=root` if it mustn't."
        );
        let edit = Edit::insert(instruction.keyword_span.end, format!(" --chown={name}"));
        let fix = Fix::unsafe_(format!("Add `--chown={name}`"), input.edits(vec![edit]));
        let clear = !name.contains(char::is_whitespace);
        found.push(Finding::new(instruction.keyword_span, message).fix(clear.then_some(fix)));
    }
}
