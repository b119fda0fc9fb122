use crate::model::Stage;
use crate::rules::prelude::*;
use crate::settings::Profile;

pub const RULE: Rule = Rule {
    name: "debug-enabled",
    theme: Theme::Security,
    aliases: &["sonar/S4507"],
    severity: Severities::own(Severity::Info).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports an `ENV` of the final image that turns a framework's debug mode on.",
        why: "Debug pages show code, variables and sometimes a console to whoever causes an error.",
        example: "FROM python:3.12\nENV FLASK_DEBUG=1\nCMD [\"flask\", \"run\"]\n",
        instead: "FROM python:3.12\nENV FLASK_DEBUG=0\nCMD [\"flask\", \"run\"]\n",
        fix: "There is no fix: an image for developers may well be what is built.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad(
            "FROM python:3.12\nENV FLASK_DEBUG=1 NODE_ENV=development\n",
            &[(2, "FLASK_DEBUG=1"), (2, "NODE_ENV=development")],
        )
        .under(Profile::Strict),
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
                found.push(Finding::new(name.span.to(value.span), message));
            }
        }
    }
}
