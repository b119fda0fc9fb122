use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "download-without-retry",
    theme: Theme::Shell,
    aliases: &["tally/prefer-curl-config", "tally/prefer-wget-config"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `curl` without `--retry`, and `wget` without `--tries` or `--retry-connrefused`, in a step that has no \
               configuration file of them at hand (`CURL_HOME`, `WGETRC`, `-K`).",
        why: "A server that doesn't answer for a second ends the build, after minutes perhaps. curl tries once; wget \
              gives up where the connection is refused.",
        example: "FROM debian:12\nRUN curl -fsSLO https://acme.io/tool.tgz\n",
        instead: "FROM debian:12\nRUN curl --retry 3 -fsSLO https://acme.io/tool.tgz\n",
        fix: "The fix adds `--retry 3`, or `--retry-connrefused`. It is safe: the same is downloaded. BusyBox's wget knows no \
              retries, so wget is left alone where the image isn't known to have GNU's.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN curl -O https://a.io && wget https://b.io\n",
            &[(2, "curl"), (2, "wget")],
        )
        .under(Profile::Strict)
        .fixed(
            "FROM debian:12\nRUN curl --retry 3 -O https://a.io && wget --retry-connrefused https://b.io\n",
        ),
        Example::ok(
            "FROM debian:12\nENV CURL_HOME=/etc/curl\nRUN curl -O https://a.io && wget -t 5 https://b.io\n",
        )
        .under(Profile::Strict),
        Example::bad("FROM docker:27\nRUN apk add --no-cache wget\nRUN wget https://b.io\n", &[(3, "wget")])
            .under(Profile::Strict)
            .fixed(
                "FROM docker:27\nRUN apk add --no-cache wget\nRUN wget --retry-connrefused https://b.io\n",
            ),
        Example::ok("FROM alpine:3.20\nRUN wget https://b.io\n").under(Profile::Strict),
        // These are Alpine too, or may be.
        Example::ok("FROM docker:27\nRUN wget https://b.io\n").under(Profile::Strict),
        Example::ok("FROM example.com/tools:1\nRUN wget https://b.io\n").under(Profile::Strict),
        Example::ok("FROM debian:12\nRUN curl -O https://a.io\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let set = |name: &str| input.model().variables(site.id).iter().any(|known| &*known.name == name);
    for call in input.calls(site.id) {
        let fetches =
            call.args.iter().any(|arg| arg.text.contains("://") && !arg.text.contains("://localhost"));
        let (option, alias): (&str, &'static [&'static str]) = match &*call.name {
            "curl" if fetches => {
                if call.has_flag(&["retry", "K", "config"]) || set("CURL_HOME") {
                    continue;
                }
                ("--retry 3", &["tally/prefer-curl-config"])
            }
            "wget" if fetches => {
                if call.has_flag(&["tries", "t", "retry-connrefused", "config"])
                    || set("WGETRC")
                    || !is_gnu(input, site)
                {
                    continue;
                }
                ("--retry-connrefused", &["tally/prefer-wget-config"])
            }
            _ => continue,
        };
        let message = format!(
            "A server that doesn't answer at once ends the build here. `{option}` lets {} try again.",
            call.name
        );
        let fix = kit::step::insert_behind(call, call.program, option)
            .map(|edit| Fix::safe(format!("Add {option}"), input.edits(vec![edit])));
        found.push(Finding::new(call.program, message).known_as(alias).fix(fix));
    }
}

/// Whether wget is known not to be BusyBox' there: the image's system has the other one, or a step up to this one
/// installs it.
fn is_gnu(input: &Input<'_>, site: Site<'_>) -> bool {
    let Some(stage) = input.model().stage_of(site.id) else { return false };
    let managers = ["apt", "dnf", "microdnf", "tdnf", "yum"];
    let image = kit::image::known(input.model(), stage).and_then(|image| image.package_manager);
    let mut steps = input.model().with_bases(stage).flat_map(|stage| input.steps(stage));
    image.is_some_and(|manager| managers.contains(&manager))
        || steps.any(|step| {
            let mut actions = input.commands(step.id).iter().filter_map(|command| command.action.as_ref());
            step.id <= site.id
                && actions.any(|action| {
                    let mut packages = action.packages.iter();
                    action.installs() && packages.any(|package| package.name == "wget")
                })
        })
}
