use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unsigned-packages-allowed",
    theme: Theme::Security,
    aliases: &[
        "checkov/CKV2_DOCKER_7",
        "checkov/CKV2_DOCKER_8",
        "checkov/CKV2_DOCKER_9",
        "checkov/CKV2_DOCKER_10",
        "checkov/CKV2_DOCKER_11",
    ],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports what makes a package manager install packages whose signature it can't check: `apk \
               --allow-untrusted`, `apt-get --allow-unauthenticated` and `--force-yes`, `[trusted=yes]` in a source of \
               apt, `--nogpgcheck` of yum, dnf and tdnf, `--no-gpg-checks` of zypper, `gpgcheck=0` in a repository, \
               `--nosignature` of rpm and its like.",
        why: "The signature is what tells a package of the distribution from one that somebody put in its place, on a \
              mirror or on the way. `--force-yes` lets apt downgrade and remove packages that the system needs, too. \
              Install the key of the repository instead.",
        example: "FROM alpine:3.20\nRUN apk add --no-cache --allow-untrusted /tmp/tool.apk\n",
        instead: "FROM alpine:3.20\nCOPY acme.rsa.pub /etc/apk/keys/\nRUN apk add --no-cache /tmp/tool.apk\n",
        fix: "There is no fix: the repository's key has to be installed, and which one that is nobody but you knows.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM alpine:3.20\nRUN apk --allow-untrusted add a.apk\n", &[(2, "--allow-untrusted")]),
        Example::bad(
            "FROM debian:12\nRUN apt-get install -y --allow-unauthenticated a && apt-get install --force-yes b\n",
            &[(2, "--allow-unauthenticated"), (2, "--force-yes")],
        ),
        Example::bad(
            "FROM debian:12\nRUN echo 'deb [trusted=yes] https://a.io /' > /etc/apt/sources.list.d/a.list\n",
            &[(2, "'deb [trusted=yes] https://a.io /'")],
        ),
        Example::bad(
            "FROM fedora:40\nRUN dnf install -y --nogpgcheck a && rpm -i --nosignature b.rpm\n",
            &[(2, "--nogpgcheck"), (2, "--nosignature")],
        ),
        Example::ok("FROM debian:12\nRUN apt-get install -y a | grep '--allow-unauthenticated'\n"),
        Example::ok("FROM fedora:40\nRUN dnf install -y a && rpm --import https://a.io/key\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id) {
        let Some(wanted) = options(&call.name) else { continue };
        let fault = call.args.iter().find_map(|arg| {
            let fits = |(text, _): &&(&str, _)| match text.strip_prefix("*") {
                Some(part) => arg.text.contains(part),
                None => arg.text == *text,
            };
            // What lies in the image itself was put there by the build.
            let local = arg.text.contains(" file:");
            wanted.iter().find(fits).filter(|_| !local).map(|(_, aliases)| (arg, *aliases))
        });
        if let Some((arg, aliases)) = fault {
            let message = format!(
                "With this, {} takes packages that nobody vouches for, from whoever answers in the repository's place. \
                 Install the repository's key and leave it out.",
                if matches!(&*call.name, "echo" | "printf") { "the package manager" } else { &call.name }
            );
            found.push(Finding::new(arg.span, message).known_as(aliases));
        }
    }
}

/// Arguments, and their names in other tools; one that begins with `*` may stand anywhere in a word.
type Options = &'static [(&'static str, &'static [&'static str])];

/// Sources: apk(8), apt-get(8) and apt.conf(5), dnf(8), zypper(8), rpm(8), sources.list(5).
fn options(program: &str) -> Option<Options> {
    const YUM: Options = &[
        ("--nogpgcheck", &["checkov/CKV2_DOCKER_9"]),
        ("--no-gpgchecks", &["checkov/CKV2_DOCKER_9"]),
        ("*gpgcheck=0", &[]),
    ];
    Some(match program {
        "apk" => &[("--allow-untrusted", &["checkov/CKV2_DOCKER_7"])],
        "apt-get" | "apt" | "aptitude" => &[
            ("--allow-unauthenticated", &["checkov/CKV2_DOCKER_8"]),
            ("--force-yes", &["checkov/CKV2_DOCKER_11"]),
            ("--allow-insecure-repositories", &[]),
            ("*AllowUnauthenticated=true", &["checkov/CKV2_DOCKER_8"]),
            ("*AllowInsecureRepositories=true", &[]),
        ],
        "yum" | "dnf" | "tdnf" | "microdnf" | "yum-config-manager" => YUM,
        "zypper" => &[("--no-gpg-checks", &[]), ("--allow-unsigned-rpm", &[])],
        "rpm" => &[
            ("--nosignature", &["checkov/CKV2_DOCKER_10"]),
            ("--nodigest", &["checkov/CKV2_DOCKER_10"]),
            ("--noverify", &["checkov/CKV2_DOCKER_10"]),
            ("--nofiledigest", &["checkov/CKV2_DOCKER_10"]),
        ],
        "echo" | "printf" => &[("*trusted=yes", &[]), ("*gpgcheck=0", &[])],
        _ => return None,
    })
}
