use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "docker-socket-volume",
    theme: Theme::Security,
    aliases: &["semgrep/security/dockerd-socket-mount"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `VOLUME` for Docker's socket.",
        why: "Who can write to `/var/run/docker.sock` starts any container with any folder of the host \
             in it: that is root on the host. A `VOLUME` doesn't even mount the host's socket; it \
             makes an empty folder of that name.",
        example: "FROM docker:27\nVOLUME /var/run/docker.sock\n",
        instead: "FROM docker:27\nENV DOCKER_HOST=tcp://docker:2376\n",
        fix: "There is no fix: how else to reach Docker hangs on where the container runs.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Volume], check),
    examples: &[
        Example::bad("FROM docker:27\nVOLUME /data /var/run/docker.sock\n", &[(2, "/var/run/docker.sock")]),
        Example::bad("FROM docker:27\nVOLUME [\"/run/docker.sock\"]\n", &[(2, "\"/run/docker.sock\"")]),
        Example::ok("FROM docker:27\nVOLUME /var/lib/docker\n"),
    ],
};

fn check(_: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for word in site.instruction.args.iter().filter(|word| word.text.contains("docker.sock")) {
        let message = "Whoever can write to Docker's socket is root on the host, and a VOLUME doesn't mount it anyway. \
                       Leave it out, and give the container only what it needs when it is started.";
        found.push(Finding::new(word.span, message));
    }
}
