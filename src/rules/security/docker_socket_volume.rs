use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "docker-socket-volume",
    theme: Theme::Security,
    aliases: &["semgrep/security/dockerd-socket-mount"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `VOLUME` for Docker's socket.",
        why: "Who can write to `/var/run/docker.sock` starts any container with any folder of the host \
             in it: that is root on the host. A `VOLUME` doesn't even mount the host's socket; it \
             makes an empty folder of that name.",
        example: "FROM docker:27\nVOLUME /var/run/docker.sock\n",
        instead: "FROM docker:27\nENV DOCKER_HOST=tcp://docker:2376\n",
        fix: "The fix takes the path out. It is unsafe: a volume that others take over with `--volumes-from` is gone.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Volume], check),
    examples: &[
        Example::bad("FROM docker:27\nVOLUME /data /var/run/docker.sock\n", &[(2, "/var/run/docker.sock")])
            .fixed("FROM docker:27\nVOLUME /data\n"),
        Example::bad("FROM docker:27\nVOLUME [\"/run/docker.sock\"]\n", &[(2, "\"/run/docker.sock\"")])
            .fixed("FROM docker:27\n"),
        Example::bad(
            "FROM docker:27\nVOLUME [\"/run/docker.sock\", \"/a\"]\n",
            &[(2, "\"/run/docker.sock\"")],
        )
        .fixed("FROM docker:27\nVOLUME [\"/a\"]\n"),
        Example::ok("FROM docker:27\nVOLUME /var/lib/docker\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let parts: Vec<Span> = site.instruction.args.iter().map(|word| word.span).collect();
    for word in site.instruction.args.iter().filter(|word| word.text.contains("docker.sock")) {
        let message = "Whoever can write to Docker's socket is root on the host, and a VOLUME doesn't mount it anyway. \
                       Leave it out, and give the container only what it needs when it is started.";
        let edit = kit::take_out::part(input, site, &parts, word.span);
        let fix = edit.map(|edit| Fix::unsafe_("Leave the socket out", input.edits(vec![edit])));
        found.push(Finding::new(word.span, message).fix(fix));
    }
}
