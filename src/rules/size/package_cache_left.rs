use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "package-cache-left",
    theme: Theme::Size,
    aliases: &[
        "hadolint/DL3032",
        "hadolint/DL3036",
        "hadolint/DL3040",
        "trivy/DS-0015",
        "trivy/DS-0019",
        "trivy/DS-0020",
        "trivy/DS-0027",
        "kics/yum_clean_all_missing",
        "kics/missing_dnf_clean_all",
        "kics/missing_zypper_clean",
        "semgrep/best-practice/missing-dnf-clean-all",
        "semgrep/best-practice/missing-zypper-clean",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports installs with yum, dnf, microdnf or zypper in a `RUN` that doesn't clean the package manager's cache again, in a stage whose layers ship.",
        why: "The metadata of the repositories and often the packages themselves stay in `/var/cache`, tens or hundreds of megabytes. Cleaning in a later `RUN` hides them, but the image is as large as before.",
        example: "FROM fedora:42\nRUN dnf install -y httpd\n",
        instead: "FROM fedora:42\nRUN dnf install -y httpd && dnf clean all\n",
        fix: "The fix appends the cleaning to the `RUN`. It is safe: what is installed stays.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM fedora:42\nRUN dnf install -y httpd\n", &[(2, "dnf install")])
            .fixed("FROM fedora:42\nRUN dnf install -y httpd && dnf clean all\n"),
        Example::bad("FROM centos:7\nRUN yum install -y a \\\n  && true\n", &[(2, "yum install")])
            .fixed("FROM centos:7\nRUN yum install -y a \\\n  && true \\\n  && yum clean all\n"),
        Example::bad("FROM opensuse/leap:15.6\nRUN zypper -n in a\n", &[(2, "zypper -n in")])
            .fixed("FROM opensuse/leap:15.6\nRUN zypper -n in a && zypper clean --all\n"),
        Example::bad(
            "FROM fedora:42\nRUN dnf clean all && microdnf install -y a\n",
            &[(2, "microdnf install")],
        )
        .under(Profile::Hadolint)
        .fixed("FROM fedora:42\nRUN dnf clean all && microdnf install -y a && microdnf clean all\n"),
        Example::ok("FROM fedora:42\nRUN dnf install -y httpd && rm -rf /var/cache/*\n"),
        Example::ok(
            "FROM fedora:42\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y httpd\n",
        ),
        Example::ok(
            "FROM fedora:42 AS build\nRUN dnf install -y gcc\nFROM fedora:42\nCOPY --from=build /a /a\n",
        ),
        Example::ok("FROM centos:7\nRUN yum install -y a && rm -rf /var/cache/yum/*\n")
            .under(Profile::Hadolint),
    ],
};

/// A package manager whose cache is to be cleaned.
struct Manager {
    program: &'static str,
    installs: &'static [&'static str],
    /// What cleans it: arguments of the program itself, and of `rm`.
    cleans: &'static [&'static str],
    removes: &'static [&'static str],
    /// Where a mount keeps the cache out of the layer.
    caches: &'static [&'static str],
    clean: &'static str,
    /// Whether it must be cleaned behind the install, for profile `hadolint`.
    ordered: bool,
    aliases: &'static [&'static str],
}

const DNF: [&str; 8] = ["install", "in", "upgrade", "up", "upgrade-minimal", "up-min", "reinstall", "rei"];

/// hadolint's `DL3032`, `DL3036` and `DL3040` of `src/Hadolint/Rule`.
const MANAGERS: &[Manager] = &[
    Manager {
        program: "yum",
        installs: &["install"],
        cleans: &["clean", "all"],
        removes: &["-rf", "/var/cache/yum/*"],
        caches: &["/var/cache/yum"],
        clean: "yum clean all",
        ordered: false,
        aliases: &["hadolint/DL3032", "trivy/DS-0015", "kics/yum_clean_all_missing"],
    },
    Manager {
        program: "dnf",
        installs: &DNF,
        cleans: &["clean", "all"],
        removes: &["-rf", "/var/cache/libdnf5*"],
        caches: &["/var/cache/libdnf5", ".cache/libdnf5"],
        clean: "dnf clean all",
        ordered: true,
        aliases: &[
            "hadolint/DL3040",
            "trivy/DS-0019",
            "kics/missing_dnf_clean_all",
            "semgrep/best-practice/missing-dnf-clean-all",
        ],
    },
    Manager {
        program: "microdnf",
        installs: &DNF,
        cleans: &["clean", "all"],
        removes: &["-rf", "/var/cache/libdnf5*"],
        caches: &["/var/cache/libdnf5", ".cache/libdnf5"],
        clean: "microdnf clean all",
        ordered: true,
        aliases: &["hadolint/DL3040", "trivy/DS-0027"],
    },
    Manager {
        program: "zypper",
        installs: &["install", "in"],
        cleans: &["clean", "cc"],
        removes: &[],
        caches: &["/var/cache/zypp"],
        clean: "zypper clean --all",
        ordered: false,
        aliases: &[
            "hadolint/DL3036",
            "trivy/DS-0020",
            "kics/missing_zypper_clean",
            "semgrep/best-practice/missing-zypper-clean",
        ],
    },
];

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    let calls = input.calls(site.id);
    for manager in MANAGERS {
        let installs = |call: &&Call<'_>| call.is(manager.program, manager.installs);
        let Some(install) = calls.iter().rfind(installs) else { continue };
        let Some(verb) = install.arg(manager.installs) else { continue };
        let cleaned = calls.iter().any(|call| {
            let cleans = call.is(manager.program, manager.cleans) || call.is("rm", manager.removes);
            cleans && (!manager.ordered || call.index > install.index)
        });
        let kept_out =
            kit::step::keeps_out(site, if exact { manager.caches } else { &["/var/cache", "libdnf5"] });
        let harmless = !exact
            && (!kit::step::ships(input, site)
                || CACHES.iter().any(|cache| kit::step::deletes(input, site, cache))
                || calls.iter().any(|call| call.index > install.index && call.has_arg(&["clean"])));
        if cleaned || kept_out || harmless {
            continue;
        }
        let message = format!(
            "{} leaves the metadata of its repositories in the layer, where nothing uses them. Clean up in this \
             same RUN: `{}`.",
            manager.program, manager.clean
        );
        let fix = kit::append_command(input, site, manager.clean)
            .map(|edit| Fix::safe(format!("Append `{}`", manager.clean), input.edits(vec![edit])));
        found.push(Finding::new(install.span_to(verb), message).known_as(manager.aliases).fix(fix));
    }
}

/// Where these package managers keep what they download.
const CACHES: [&str; 4] = ["/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/zypp"];
