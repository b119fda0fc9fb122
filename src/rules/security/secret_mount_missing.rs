use crate::rules::prelude::*;
use crate::rules::{OptionDefault, RuleOption};

pub const RULE: Rule = Rule {
    name: "secret-mount-missing",
    theme: Theme::Security,
    aliases: &["tally/require-secret-mounts"],
    severity: Severities::own(Severity::Warning).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP.and_options(&[COMMANDS]),
    docs: Docs {
        what: "Reports a `RUN` of a command that is set in `commands` without a mount of the secret named there, as `npm ci=npmrc` says \
               that `npm ci` needs the secret `npmrc`. Nothing is set unless you do.",
        why: "Where packages come from a registry of your own, a step that has no secret mounted either fails, or has the \
              credential from a place where it stays in the image.",
        example: "FROM node:22\nRUN npm ci\n",
        instead: "FROM node:22\nRUN --mount=type=secret,id=npmrc npm ci\n",
        fix: "The fix adds the mount. It is unsafe: the step finds a file in `/run/secrets` that it may have to be told of.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22\nRUN cd a && npm ci\n", &[(2, "npm ci")])
            .under(Profile::Strict)
            .set("[rules.secret-mount-missing]\ncommands = [\"npm ci=npmrc\", \"pip=pip\"]\n")
            .fixed("FROM node:22\nRUN --mount=type=secret,id=npmrc cd a && npm ci\n"),
        Example::ok(
            "FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\nRUN npm test\n",
        )
        .under(Profile::Strict)
        .set("[rules.secret-mount-missing]\ncommands = [\"npm ci=npmrc\"]\n"),
        Example::ok("FROM node:22\nRUN npm ci\n").under(Profile::Strict),
    ],
};

const COMMANDS: RuleOption = RuleOption {
    name: "commands",
    about: "The commands that need a secret, each as `program=id` or `program verb=id`.",
    default: OptionDefault::Texts(&[]),
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let set = input.texts(RULE.name, &COMMANDS);
    let wanted = set.iter().filter_map(|text| text.rsplit_once('='));
    for (command, secret) in wanted {
        let mut words = command.split_whitespace();
        let (program, verb) = (words.next().unwrap_or_default(), words.next());
        let runs = |call: &&Call<'_>| call.name == program && verb.is_none_or(|verb| call.has_arg(&[verb]));
        let Some(call) = input.calls(site.id).iter().find(runs) else { continue };
        let is_it = |mount: crate::syntax::flags::mount::Mount| {
            mount.value("type") == Some("secret") && mount.value("id") == Some(secret)
        };
        if kit::mount::mounts(site.instruction).any(is_it) {
            continue;
        }
        let span = verb.and_then(|verb| call.arg(&[verb])).map_or(call.program, |arg| call.span_to(arg));
        let message = format!(
            "Your settings say that `{command}` needs the secret `{secret}`, and none is mounted here."
        );
        let mount = format!(" --mount=type=secret,id={secret}");
        let title = format!("Mount the secret {secret} (unsafe: the command may have to be told of it)");
        let edit = Edit::insert(site.instruction.keyword_span.end, mount);
        found.push(Finding::new(span, message).fix(Some(Fix::unsafe_(title, input.edits(vec![edit])))));
    }
}
