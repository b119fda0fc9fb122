use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "stopsignal-not-canonical",
    theme: Theme::Style,
    aliases: &["tally/prefer-canonical-stopsignal"],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `STOPSIGNAL` by number, in lower case or without `SIG`.",
        why: "Who reads `STOPSIGNAL 3` has to look it up, and numbers of signals differ between \
             processors.",
        example: "FROM nginx:1.27\nSTOPSIGNAL 3\n",
        instead: "FROM nginx:1.27\nSTOPSIGNAL SIGQUIT\n",
        fix: "The fix writes the signal's name. It is safe: the same signal is sent.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Stopsignal], check),
    examples: &[
        Example::bad("FROM nginx:1.27\nSTOPSIGNAL 3\n", &[(2, "3")])
            .fixed("FROM nginx:1.27\nSTOPSIGNAL SIGQUIT\n"),
        Example::bad("FROM a:1\nSTOPSIGNAL sigint\nSTOPSIGNAL INT\n", &[(2, "sigint"), (3, "INT")])
            .fixed("FROM a:1\nSTOPSIGNAL SIGINT\nSTOPSIGNAL SIGINT\n"),
        Example::ok("FROM a:1\nSTOPSIGNAL SIGRTMIN+3\nSTOPSIGNAL \"SIGINT\"\nSTOPSIGNAL $S\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(word) = site.instruction.args.first() else { return };
    let written = word.text.trim_matches(['"', '\'']);
    let Some(name) = kit::signal::canonical(written).filter(|name| name != written) else { return };
    let message = format!("`{written}` is {name}. Write the name, so that nobody has to look it up.");
    let fix =
        Fix::safe(format!("Change to `{name}`"), input.edits(vec![Edit::replace(word.span, name.as_str())]));
    found.push(Finding::new(word.span, message).fix(Some(fix)));
}
