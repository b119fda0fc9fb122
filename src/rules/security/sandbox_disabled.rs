use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "sandbox-disabled",
    theme: Theme::Security,
    aliases: &["sonar/S6502", "sonar/S6431"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `RUN --security=insecure` and `RUN --network=host`.",
        why: "`--security=insecure` runs the step with all rights on the builder, as `docker run --privileged` does; \
              `--network=host` gives it the builder's own network, with every service that listens on it for nobody \
              else. Whatever the step downloads and runs has the same. Both need the builder's consent, too, so the file doesn't \
              build everywhere.",
        example: "FROM debian:12\nRUN --security=insecure mount -o loop disk.img /mnt\n",
        instead: "FROM debian:12\nRUN debugfs -R 'rdump / /mnt' disk.img\n",
        fix: "There is no fix: whether the step can do without, only you know.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN --security=insecure a\nRUN --network=host b\n",
            &[(2, "--security=insecure"), (3, "--network=host")],
        ),
        Example::ok("FROM debian:12\nRUN --security=sandbox --network=none a\nRUN --network=default b\n"),
    ],
};

fn check(_: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for flag in &site.instruction.flags {
        let value = flag.value.as_ref().map(|value| &*value.text);
        let (message, aliases): (&str, &[&str]) = match (&*flag.name, value) {
            ("security", Some("insecure")) => (
                "This step has all rights on the builder, and so has whatever it downloads and runs. Leave the flag out, or \
                 do what needs it outside of the build.",
                &["sonar/S6502"],
            ),
            ("network", Some("host")) => (
                "This step is in the builder's own network, and reaches every service that listens there. Leave the flag \
                 out; a build has a network of its own.",
                &["sonar/S6431"],
            ),
            _ => continue,
        };
        found.push(Finding::new(flag.span, message).known_as(aliases));
    }
}
