use crate::rules::kit::secret::{self, Secret};
use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "literal-secret",
    theme: Theme::Security,
    aliases: &[
        "tally/secrets-in-code",
        "trivy/DS-0031",
        "kics/passwords_and_secrets_in_infrastructure_code_dockerfile",
        "kics/secrets_stored_in_dockerfile",
    ],
    severity: Severities::own(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports a credential that is written out in an instruction, whatever the variable is called that holds \
               it: tokens of known forms (AWS, GitHub, GitLab, npm, PyPI, Slack, Stripe and more), private keys, a \
               password in an address or given to `curl`, `wget` or `sshpass`, an Authorization header, npm's \
               `_authToken`. Variables and what stands for a password (`changeme`, `user:password@localhost`) are left \
               alone. A password for a neighbour of one network and keys that browsers are given too are reported as less \
               grave.",
        why: "The Dockerfile lies in the repository for good, and the image tells its instructions to whoever has it \
              (`docker history`). Such tokens are looked for by machines, and used within minutes of being published.",
        example: "FROM alpine:3.20\nRUN wget https://deploy:h7Kq2mZ9@files.acme.io/tool.tgz\n",
        instead: "FROM alpine:3.20\nRUN --mount=type=secret,id=netrc,target=/root/.netrc wget https://files.acme.io/tool.tgz\n",
        fix: "There is no fix: the credential must be revoked, and the next one be given to the step as a secret.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad(
            "FROM alpine:3.20\nLABEL src=https://ci:h7Kq2mZ9@git.acme.io/a\n# https://ci:h7Kq2mZ9@git.acme.io\n",
            &[(2, "h7Kq2mZ9")],
        ),
        Example::bad(
            "FROM alpine:3.20\nRUN a \\\n  # https://ci:h7Kq2mZ9@git.acme.io\n  https://ci:h7Kq2mZ9@git.acme.io\n",
            &[(4, "h7Kq2mZ9")],
        ),
        Example::bad(
            "FROM alpine:3.20\nCOPY <<EOF /root/.netrc\nhttps://ci:h7Kq2mZ9@git.acme.io\nEOF\n",
            &[(3, "h7Kq2mZ9")],
        ),
        Example::bad(
            "FROM alpine:3.20\nRUN curl -sSu ci:h7Kq2mZ9 https://a.io && wget --password=h7Kq2mZ9 https://a.io\n",
            &[(2, "ci:h7Kq2mZ9"), (2, "--password=h7Kq2mZ9")],
        ),
        Example::ok(
            "FROM alpine:3.20\nARG P\nRUN curl -u ci:$P https://a.io && curl -u admin:admin http://a\n",
        ),
        Example::ok("FROM alpine:3.20\nENV DB=postgres://postgres:postgres@localhost/db\n"),
        Example::ok("FROM alpine:3.20\nARG T\nRUN git clone https://ci:$T@git.acme.io/a\n"),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let source = input.source();
    for (id, instruction) in input.tree().numbered() {
        let commented = |span: Span| instruction.comments.iter().any(|comment| comment.encloses(span));
        let mut last = instruction.span.start;
        for secret in secret::find(instruction.span.of(source)) {
            let from = instruction.span.start;
            let span = Span::new(from + secret.span.start, from + secret.span.end);
            if !commented(span) {
                last = span.end;
                found.push(finding(span, &secret));
            }
        }
        let outer = instruction.trigger.as_deref().unwrap_or(instruction);
        if outer.keyword != Keyword::Run || last > instruction.span.start {
            continue;
        }
        for call in input.calls(id) {
            if let Some(span) = given(call) {
                let what = format!("The password that `{}` is given", call.name);
                found.push(finding(span, &Secret { span, what, sure: true }));
            }
        }
    }
}

fn finding(span: Span, secret: &Secret) -> Finding {
    let message = format!(
        "{} stands here in plain text: whoever reads the Dockerfile or has the image has it too. Revoke it, and give the \
         next one to the step with `RUN --mount=type=secret,id=…`, or to the container when it starts.",
        secret.what
    );
    let finding = Finding::new(span, message);
    if secret.sure { finding } else { finding.at_most(Severity::Info) }
}

/// The argument of a call that holds a password.
fn given(call: &Call<'_>) -> Option<Span> {
    let is_secret = |value: &str| value.len() >= 6 && !secret::is_placeholder(value);
    let login = |value: &str| value.split_once(':').is_some_and(|(_, password)| is_secret(password));
    let valued = |names: &[&str]| {
        call.args.windows(2).find(|pair| names.contains(&&*pair[0].text)).map(|pair| &pair[1])
    };
    match &*call.name {
        "curl" => {
            // `-sSu name:password`: the last of some letters has the value.
            let letters =
                |arg: &Arg<'_>| !arg.text.starts_with("--") && arg.is_option() && arg.text.ends_with('u');
            let pair = call.args.windows(2).find(|pair| letters(&pair[0]) || pair[0].text == "--user");
            pair.map(|pair| &pair[1]).filter(|value| login(&value.text)).map(|value| value.span)
        }
        "wget" => {
            let names = ["--password=", "--http-password=", "--ftp-password="];
            let value =
                |arg: &&Arg<'_>| names.iter().any(|name| arg.text.strip_prefix(name).is_some_and(is_secret));
            call.args.iter().find(value).map(|arg| arg.span)
        }
        "sshpass" => valued(&["-p"]).filter(|value| is_secret(&value.text)).map(|value| value.span),
        _ => None,
    }
}
