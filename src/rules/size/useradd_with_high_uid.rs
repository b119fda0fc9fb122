use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "useradd-with-high-uid",
    theme: Theme::Size,
    aliases: &["hadolint/DL3046"],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `useradd` with a user id of more than five digits and without `-l`.",
        why: "useradd writes to `/var/log/lastlog` and `faillog` at a place that the id decides. The files are sparse on disk but not in a layer: with a high id the image grows by gigabytes.",
        example: "FROM debian:12\nRUN useradd -u 1234567 app\n",
        instead: "FROM debian:12\nRUN useradd -l -u 1234567 app\n",
        fix: "The fix adds `-l`, with which useradd leaves those files alone. It is safe: nothing reads them in a container.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN useradd --uid 1234567 app\n", &[(2, "1234567")])
            .fixed("FROM debian:12\nRUN useradd -l --uid 1234567 app\n"),
        Example::ok(
            "FROM debian:12\nRUN useradd -lu 1234567 app && useradd -u 1000 b && useradd --no-log-init -u 1234567 c\n",
        ),
        Example::ok("FROM debian:12\nRUN useradd --uid 1234567 app\n").under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    for call in input.calls(site.id).iter().filter(|call| call.name == "useradd") {
        if call.has_flag(&["l", "no-log-init"]) {
            continue;
        }
        let long = call.values_of("uid").filter(|_| !exact);
        let high = call
            .values_of("u")
            .chain(long)
            .find(|uid| uid.text.chars().count() > 5 && (exact || !uid.is_dynamic()));
        let Some(uid) = high else { continue };
        let message = "useradd writes to log files at a place that the id decides, and a layer stores them with \
                       all the empty space before: with an id as high as this, gigabytes. Add `-l`.";
        let fix = kit::step::insert_behind(call, call.program, "-l")
            .map(|edit| Fix::safe("Add -l", input.edits(vec![edit])));
        found.push(Finding::new(uid.span, message).fix(fix));
    }
}
