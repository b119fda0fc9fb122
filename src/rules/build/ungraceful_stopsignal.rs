use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "ungraceful-stopsignal",
    theme: Theme::Build,
    aliases: &["tally/no-ungraceful-stopsignal"],
    severity: Severities::own(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `STOPSIGNAL SIGKILL` and `STOPSIGNAL SIGSTOP`.",
        why: "No program can answer these: with the first it dies in the middle of a request, with the \
             second it freezes until Docker's time is up and kills it.",
        example: "FROM postgres:16\nSTOPSIGNAL SIGKILL\n",
        instead: "FROM postgres:16\nSTOPSIGNAL SIGTERM\n",
        fix: "The fix writes `SIGTERM`, which is what Docker sends where nothing is said. It is \
             unsafe, since the program may need another one.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Stopsignal], check),
    examples: &[
        Example::bad("FROM postgres:16\nSTOPSIGNAL SIGKILL\n", &[(2, "SIGKILL")])
            .fixed("FROM postgres:16\nSTOPSIGNAL SIGTERM\n"),
        Example::bad("FROM postgres:16\nSTOPSIGNAL STOP\n", &[(2, "STOP")])
            .fixed("FROM postgres:16\nSTOPSIGNAL SIGTERM\n"),
        Example::ok("FROM postgres:16\nSTOPSIGNAL SIGINT\nSTOPSIGNAL $SIGNAL\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(word) = site.instruction.args.first() else { return };
    let signal = kit::signal::canonical(&word.text);
    let Some(signal) = signal.filter(|signal| matches!(&**signal, "SIGKILL" | "SIGSTOP")) else { return };
    let message = format!(
        "No program can answer {signal}: it has no chance to finish its requests or to write its files. SIGTERM asks \
         it to end."
    );
    let edit = Edit::replace(word.span, "SIGTERM");
    let fix = Fix::unsafe_("Change to `SIGTERM`", input.edits(vec![edit]));
    found.push(Finding::new(word.span, message).fix(Some(fix)));
}
