use crate::model::Stage;
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "debug-enabled",
    theme: Theme::Security,
    aliases: &["sonar/S4507"],
    severity: Severities::own(Severity::Info).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports an `ENV` of the final image that turns a framework's debug mode on.",
        why: "Debug pages show code, variables and sometimes a console to whoever causes an error.",
        example: "FROM python:3.12\nENV FLASK_DEBUG=1\nCMD [\"flask\", \"run\"]\n",
        instead: "FROM python:3.12\nENV FLASK_DEBUG=0\nCMD [\"flask\", \"run\"]\n",
        fix: "The fix writes the value that turns debugging off. It is unsafe: an image for developers may well be what is \
              built.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM python:3.12\nENV FLASK_DEBUG=1 NODE_ENV=development\n",
            &[(2, "FLASK_DEBUG=1"), (2, "NODE_ENV=development")],
        )
        .under(Profile::Strict)
        .fixed("FROM python:3.12\nENV FLASK_DEBUG=0 NODE_ENV=production\n"),
        Example::bad("FROM node:22\nENV DEBUG *\n", &[(2, "DEBUG *")]).under(Profile::Strict),
        Example::bad("FROM php:8\nENV APP_DEBUG=\"true\"\n", &[(2, "APP_DEBUG=\"true\"")])
            .under(Profile::Strict)
            .fixed("FROM php:8\nENV APP_DEBUG=false\n"),
        Example::ok(
            "FROM node:22 AS build\nENV NODE_ENV=development\nFROM node:22\nENV NODE_ENV=production DEBUG=\n",
        )
        .under(Profile::Strict),
        Example::ok("FROM python:3.12\nENV FLASK_DEBUG=1\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Env) {
        if !input.subject.plan.step(site.id).is_some_and(|step| step.in_image) {
            continue;
        }
        for (name, value) in site.instruction.pairs() {
            let set = value.text.trim_matches(['"', '\'']).to_ascii_lowercase();
            let on = match &*name.text {
                "DEBUG" | "FLASK_DEBUG" | "DJANGO_DEBUG" | "APP_DEBUG" | "WERKZEUG_DEBUG_PIN" => {
                    matches!(&*set, "1" | "true" | "yes" | "on" | "*")
                }
                "NODE_ENV"
                | "FLASK_ENV"
                | "RAILS_ENV"
                | "RACK_ENV"
                | "APP_ENV"
                | "ASPNETCORE_ENVIRONMENT" => {
                    matches!(&*set, "development" | "dev" | "debug")
                }
                _ => false,
            };
            if on {
                let message = format!(
                    "`{}={}` turns debugging on in the image that ships, which shows strangers more than they should \
                     see. Set it where the container is started for development.",
                    name.text, set
                );
                let off = match &*set {
                    "1" => Some("0"),
                    "true" => Some("false"),
                    "yes" => Some("no"),
                    "on" => Some("off"),
                    "*" => None,
                    _ if name.text.starts_with("ASPNETCORE") => Some("Production"),
                    _ => Some("production"),
                };
                let fix = off.map(|off| {
                    let edits = input.edits(vec![Edit::replace(value.span, off)]);
                    Fix::unsafe_(format!("Change to `{off}`"), edits)
                });
                found.push(Finding::new(name.span.to(value.span), message).fix(fix));
            }
        }
    }
}
