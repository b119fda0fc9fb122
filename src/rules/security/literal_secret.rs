use crate::rules::kit::secret;
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
    reads: Reads::STEP,
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
    check: Check::Instruction(&EVERY, check),
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
        Example::bad(
            "FROM alpine:3.20\nRUN curl --user=ci:h7Kq2mZ9 ftp://u:h7Kq2mZ9@a.io\nCMD sshpass -ph7Kq2mZ9 ssh a.io\n",
            &[(2, "--user=ci:h7Kq2mZ9"), (2, "h7Kq2mZ9"), (3, "-ph7Kq2mZ9")],
        ),
        Example::ok(
            "FROM alpine:3.20\nARG P\nRUN curl -u ci:$P https://a.io && curl -u admin:admin http://a\n",
        ),
        Example::ok("FROM alpine:3.20\nENV DB=postgres://postgres:postgres@localhost/db\n"),
        Example::ok("FROM alpine:3.20\nARG T\nRUN git clone https://ci:$T@git.acme.io/a\n"),
    ],
};

/// All kinds of instruction, the misspelt ones too.
const EVERY: [Keyword; 19] = {
    let mut every = [Keyword::Unknown; 19];
    let mut at = 0;
    while at < Keyword::ALL.len() {
        every[at] = Keyword::ALL[at];
        at += 1;
    }
    every
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    // What stands behind ONBUILD is read with it.
    if site.onbuild {
        return;
    }
    let (source, instruction) = (input.source(), site.instruction);
    let commented = |span: Span| instruction.comments.iter().any(|comment| comment.encloses(span));
    let from = instruction.span.start;
    let mut told: Vec<Span> = Vec::new();
    for secret in secret::find(instruction.span.of(source)) {
        let span = Span::new(from + secret.span.start, from + secret.span.end);
        if !commented(span) {
            told.push(span);
            // A key goes on below the line that names it.
            let whole = Span::new(span.start, if secret.goes_on { instruction.span.end } else { span.end });
            found.push(finding(span, &secret.what, secret.sure).conceals(whole));
        }
    }
    let inner = instruction.trigger.as_deref().unwrap_or(instruction);
    let runs = [Keyword::Run, Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck];
    if !runs.contains(&inner.keyword) {
        return;
    }
    for call in input.calls(site.id) {
        for span in given(call) {
            if !told.iter().any(|known| span.encloses(*known)) {
                let what = format!("The password that `{}` is given", call.name);
                found.push(finding(span, &what, true).conceals(span));
            }
        }
    }
}

fn finding(span: Span, what: &str, sure: bool) -> Finding {
    let message = format!(
        "{what} stands here in plain text: whoever reads the Dockerfile or has the image has it too. Revoke it, and give \
         the next one to the step with `RUN --mount=type=secret,id=…`, or to the container when it starts."
    );
    let finding = Finding::new(span, message);
    if sure { finding } else { finding.at_most(Severity::Info) }
}

/// The arguments of a call that hold a password.
fn given(call: &Call<'_>) -> Vec<Span> {
    let is_secret = |value: &str| value.len() >= 6 && !secret::is_placeholder(value);
    let login = |value: &str| value.split_once(':').is_some_and(|(_, password)| is_secret(password));
    let options = match &*call.name {
        "curl" => values(call, &["--user", "--proxy-user"], Some(('u', "sSfLkivgIN46#"))),
        "wget" => values(call, &["--password", "--http-password", "--ftp-password"], None),
        "sshpass" => values(call, &[], Some(('p', "v"))),
        _ => return Vec::new(),
    };
    let holds = |value: &str| if call.name == "curl" { login(value) } else { is_secret(value) };
    options.into_iter().filter(|(value, _)| holds(value)).map(|(_, span)| span).collect()
}

/// The values of an option: `--name value`, `--name=value`, and by its letter `-u value`, `-uvalue`, or behind
/// other letters, which are those that have no value themselves.
fn values<'c>(call: &'c Call<'_>, long: &[&str], short: Option<(char, &str)>) -> Vec<(&'c str, Span)> {
    let mut found = Vec::new();
    for (at, arg) in call.args.iter().enumerate() {
        let behind = match arg.text.strip_prefix("--") {
            Some(_) => match arg.text.split_once('=') {
                Some((name, value)) => long.contains(&name).then_some(value),
                None => long.contains(&&*arg.text).then_some(""),
            },
            None => short.and_then(|(letter, others)| {
                arg.text.strip_prefix('-')?.trim_start_matches(|c| others.contains(c)).strip_prefix(letter)
            }),
        };
        let next = || call.args.get(at + 1).map(|next| (&*next.text, next.span));
        match behind {
            Some("") => found.extend(next()),
            Some(value) => found.push((value, arg.span)),
            None => {}
        }
    }
    found
}
