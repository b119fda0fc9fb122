use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-go-package",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3062"],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `go install` and `go get` of a module's newest version. Profile `hadolint` also takes a package without a version for one.",
        why: "Which version is installed is decided on the day of the build, so a build next month makes another image than today's.",
        example: "FROM golang:1.24\nRUN go install golang.org/x/tools/gopls@latest\n",
        instead: "FROM golang:1.24\nRUN go install golang.org/x/tools/gopls@v0.19.1\n",
        fix: "There is no fix: which version is wanted isn't in the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM golang:1.24\nRUN go install a.org/b@latest\n", &[(2, "a.org/b@latest")]),
        Example::bad("FROM golang:1.24\nRUN go get a.org/b\n", &[(2, "a.org/b")]).under(Profile::Hadolint),
        Example::ok(
            "FROM golang:1.24\nRUN go install a.org/b@v1.2.3 && go run main.go && go install ./...\n",
        ),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    const VERBS: [&str; 3] = ["install", "get", "run"];
    let exact = input.profile() == Profile::Hadolint;
    for call in input.calls(site.id).iter().filter(|call| call.is("go", &VERBS)) {
        // What stands behind the package are arguments of its program.
        let packages = call.operands().take(2).filter(|arg| !VERBS.contains(&&*arg.text)).collect();
        let pinned = |text: &str| {
            let newest = text.ends_with("@latest") || text.ends_with("@none");
            // `tool` stands for the tools that go.mod names.
            let local = text.starts_with(['/', '.']) || text == "tool";
            // Where a module is known, go.mod says the version.
            let by_module = !exact && !text.contains('@');
            local || by_module || (text.contains('@') && !newest)
        };
        kit::unpinned::report(input, packages, pinned, "module@version", found);
    }
}
