use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-pip-package",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3013", "kics/unpinned_package_version_in_pip_install"],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `pip install` of packages without a version. Upgrades of pip, setuptools and wheel themselves are let be, but under profile `hadolint`.",
        why: "The newest version is installed, so a build next month makes another image than today's, and a breaking release breaks the build unasked. A requirements file or a constraint holds the versions as well.",
        example: "FROM python:3.13\nRUN pip install --no-cache-dir flask\n",
        instead: "FROM python:3.13\nRUN pip install --no-cache-dir flask==3.1.1\n",
        fix: "There is no fix: which version is wanted isn't in the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM python:3.13\nRUN pip3 install -U pip flask\n", &[(2, "flask")]),
        Example::bad("FROM python:3.13\nRUN python -m pip install flask\n", &[(2, "flask")]),
        Example::bad("FROM python:3.13\nRUN pip install --upgrade pip\n", &[(2, "pip")])
            .under(Profile::Hadolint),
        Example::ok("FROM python:3.13\nRUN pip install --upgrade pip\n"),
        Example::ok("FROM python:3.13\nRUN pip install -r requirements.txt\n"),
        Example::ok(
            "FROM python:3.13\nRUN pip install 'flask>=3' ./a.whl git+https://a.org/b@v1 -i https://a.org .\n",
        ),
    ],
};

/// The options whose value is the next word (`src/Hadolint/Rule/DL3013.hs`).
const VALUES: [&str; 25] = [
    "abi",
    "b",
    "build",
    "e",
    "editable",
    "extra-index-url",
    "f",
    "find-links",
    "i",
    "index-url",
    "implementation",
    "no-binary",
    "only-binary",
    "platform",
    "prefix",
    "progress-bar",
    "proxy",
    "python",
    "python-version",
    "root",
    "src",
    "t",
    "target",
    "trusted-host",
    "upgrade-strategy",
];

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    for call in input.calls(site.id).iter().filter(|call| kit::pip::installs(call)) {
        // The versions stand in a file, or what is installed lies here.
        if call.has_arg(&["--requirement", "-r", "."]) || call.has_flag(&["constraint", "c"]) {
            continue;
        }
        let operands = call.operands_but_values_of(&VALUES);
        let packages = operands
            .into_iter()
            .skip_while(|arg| arg.text != "install")
            .skip_while(|arg| arg.text == "install");
        let tool = |text: &str| !exact && matches!(text, "pip" | "setuptools" | "wheel");
        let packages = packages.filter(|arg| !tool(&arg.text)).collect();
        kit::unpinned::report(input, packages, pinned, "package==version", found);
    }
}

fn pinned(package: &str) -> bool {
    let vcs = VCS.iter().any(|scheme| package.starts_with(scheme));
    let version =
        package.contains(['<', '>']) || ["==", "!=", "~="].iter().any(|sign| package.contains(sign));
    let file = package.ends_with(".whl") || package.ends_with(".tar.gz");
    version || file || (vcs && package.contains('@')) || (!vcs && package.contains('/'))
}

/// How the address of a repository begins (pip's "VCS Support").
const VCS: [&str; 8] = ["git+", "git", "hg+", "svn", "bzr+http", "bzr+ssh", "bzr+sftp", "bzr+ftp"];
