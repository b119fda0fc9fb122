use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "unpinned-gem",
    theme: Theme::Reproducible,
    aliases: &["hadolint/DL3028", "kics/gem_install_without_version"],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `gem install` of gems without a version.",
        why: "The newest version is installed, so a build next month makes another image than today's, and a breaking release breaks the build unasked.",
        example: "FROM ruby:3.4\nRUN gem install rails\n",
        instead: "FROM ruby:3.4\nRUN gem install rails:8.0.2\n",
        fix: "There is no fix: which version is wanted isn't in the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM ruby:3.4\nRUN gem install bundler:2.6.9 rails\n", &[(2, "rails")]),
        Example::ok("FROM ruby:3.4\nRUN gem install -v 8.0.2 rails\n"),
        Example::ok("FROM ruby:3.4\nRUN gem install rails:8.0.2 -- --with-x y\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id).iter().filter(|call| call.is("gem", &["install", "i"])) {
        let versioned =
            |arg: &Arg<'_>| matches!(&*arg.text, "-v" | "--version") || arg.text.starts_with("--version=");
        if !call.args.iter().any(versioned) {
            kit::unpinned::report(input, gems(call), |text| text.contains(':'), "gem:version", found);
        }
    }
}

/// The words up to `--` but for options, and for what follows an option, which may be its value.
fn gems<'c, 'a>(call: &'c Call<'a>) -> Vec<&'c Arg<'a>> {
    let mut gems = Vec::new();
    let mut args = call.args.iter().take_while(|arg| arg.text != "--");
    while let Some(arg) = args.next() {
        if arg.text.starts_with('-') {
            args.next();
        } else if !matches!(&*arg.text, "install" | "i") {
            gems.push(arg);
        }
    }
    gems
}
