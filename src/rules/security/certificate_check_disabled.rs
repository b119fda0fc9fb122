use crate::rules::prelude::*;
use crate::syntax::instruction::declarations;

pub const RULE: Rule = Rule {
    name: "certificate-check-disabled",
    theme: Theme::Security,
    aliases: &[
        "checkov/CKV2_DOCKER_2",
        "checkov/CKV2_DOCKER_3",
        "checkov/CKV2_DOCKER_4",
        "checkov/CKV2_DOCKER_5",
        "checkov/CKV2_DOCKER_6",
        "checkov/CKV2_DOCKER_12",
        "checkov/CKV2_DOCKER_13",
        "checkov/CKV2_DOCKER_14",
        "checkov/CKV2_DOCKER_15",
        "checkov/CKV2_DOCKER_16",
    ],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports what turns the check of TLS certificates off: `curl -k`, `wget --no-check-certificate`, `pip \
               --trusted-host`, `strict-ssl false` of npm and yarn, `sslverify=0` of yum and dnf, \
               `http.sslVerify=false` of git, `Acquire::https::Verify-Peer` of apt, and the variables \
               `NODE_TLS_REJECT_UNAUTHORIZED`, `PYTHONHTTPSVERIFY`, `NPM_CONFIG_STRICT_SSL`, `GIT_SSL_NO_VERIFY`, \
               `PIP_TRUSTED_HOST`, `GOINSECURE` and their like.",
        why: "Without the check anybody between the builder and the server may answer in the server's place, and what \
              he sends is built into the image. A variable in `ENV` holds in every container, too. Where a company's \
              own authority signs the certificates, copy its certificate and run `update-ca-certificates`.",
        example: "FROM debian:12\nRUN curl -fsSLk -o /tool https://acme.io/tool\n",
        instead: "FROM debian:12\nRUN curl -fsSL -o /tool https://acme.io/tool\n",
        fix: "The fix takes the option of `curl` or `wget` out. It is unsafe: the download fails where the certificate \
              isn't valid, which is its purpose.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run, Keyword::Env, Keyword::Arg], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN curl -kL https://a.io\n", &[(2, "-kL")])
            .fixed("FROM debian:12\nRUN curl -L https://a.io\n"),
        Example::bad("FROM debian:12\nRUN curl --insecure \\\n    https://a.io\n", &[(2, "--insecure")])
            .fixed("FROM debian:12\nRUN curl \\\n    https://a.io\n"),
        Example::bad(
            "FROM debian:12\nRUN wget \\\n  --no-check-certificate \\\n  https://a.io\n",
            &[(3, "--no-check-certificate")],
        )
        .fixed("FROM debian:12\nRUN wget \\\n  https://a.io\n"),
        Example::bad(
            "FROM python:3.13\nRUN pip install --trusted-host pypi.org a==1\n",
            &[(2, "--trusted-host")],
        ),
        Example::bad(
            "FROM node:22\nENV A=1 NODE_TLS_REJECT_UNAUTHORIZED=0\nARG GIT_SSL_NO_VERIFY=1\nARG PIP_TRUSTED_HOST\n",
            &[(2, "NODE_TLS_REJECT_UNAUTHORIZED"), (3, "GIT_SSL_NO_VERIFY")],
        ),
        Example::bad(
            "FROM node:22\nRUN npm config set strict-ssl=false && NODE_TLS_REJECT_UNAUTHORIZED='0' npm ci\n",
            &[(2, "strict-ssl=false"), (2, "NODE_TLS_REJECT_UNAUTHORIZED='0'")],
        ),
        Example::bad(
            "FROM debian:12\nRUN git -c http.sslVerify=false clone https://a.io/b && git config --global http.sslVerify false\n",
            &[(2, "http.sslVerify=false"), (2, "http.sslVerify")],
        ),
        Example::bad(
            "FROM debian:12\nRUN apt-get -o Acquire::https::Verify-Peer=false update\n",
            &[(2, "Acquire::https::Verify-Peer=false")],
        ),
        Example::ok("FROM debian:12\nRUN curl -okay https://a.io && wget -q https://a.io && grep -k a b\n"),
        Example::ok(
            "FROM node:22\nENV NODE_TLS_REJECT_UNAUTHORIZED=1\nRUN unset GIT_SSL_NO_VERIFY && npm set strict-ssl true\n",
        ),
        Example::ok("FROM node:22\nRUN grep NODE_TLS_REJECT_UNAUTHORIZED=0 .env; curl -T -k https://a.io\n"),
        Example::ok("FROM fedora:40\nRUN dnf config-manager --setopt=sslverify=1 --save\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let instruction = site.instruction;
    match instruction.keyword {
        Keyword::Arg => {
            for declared in declarations(instruction) {
                let value = declared.value.unwrap_or_default();
                found.extend(variable(declared.name, value).map(|fault| fault.finding(declared.name_span)));
            }
        }
        Keyword::Env => {
            for (name, value) in instruction.pairs() {
                found.extend(variable(&name.text, &value.text).map(|fault| fault.finding(name.span)));
            }
        }
        _ => {
            for command in input.commands(site.id).iter().map(|command| &command.command) {
                for assignment in command.assignments() {
                    let fault = variable(&assignment.name, &assignment.value.unquoted());
                    found.extend(fault.map(|fault| fault.finding(assignment.span)));
                }
                let sets = ["export", "env", "declare", "readonly", "cross-env"];
                // `export NAME=value`, `sudo env NAME=value`, `npx cross-env NAME=value`
                let setter = command.words().iter().position(|word| sets.iter().any(|name| word.is(name)));
                for word in setter.map_or(&[][..], |at| &command.words()[at + 1..]) {
                    let Some((name, value)) = word.text().split_once('=') else { continue };
                    found.extend(variable(name, value).map(|fault| fault.finding(word.span)));
                }
            }
            for call in input.calls(site.id) {
                let Some((arg, fault, edit)) = option(input, call) else { continue };
                let title = "Check the certificate again (unsafe: the download fails where it isn't valid)";
                let fix = edit.map(|edit| Fix::unsafe_(title, input.edits(vec![edit])));
                found.push(fault.finding(arg.span).fix(fix));
            }
        }
    }
}

/// What is turned off, by the names that other tools have for it.
struct Fault {
    of: &'static str,
    aliases: &'static [&'static str],
}

impl Fault {
    fn finding(&self, span: Span) -> Finding {
        let message = format!(
            "This turns the check of certificates off for {}: whoever stands between the builder and the server may \
             answer in its place. Leave it out, or add the certificate of the authority that signs there.",
            self.of
        );
        Finding::new(span, message).known_as(self.aliases)
    }
}

const fn fault(of: &'static str, aliases: &'static [&'static str]) -> Fault {
    Fault { of, aliases }
}

/// A variable that turns the check off by this value.
///
/// Sources: Node.js CLI docs, Python's PEP 493, `npm help config`, git(1), pip's and Go's docs of their
/// variables, yarn's strict-ssl, conda's ssl_verify.
fn variable(name: &str, value: &str) -> Option<Fault> {
    let value = value.trim_matches(['"', '\'']);
    let off = matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off");
    // What a variable holds isn't known.
    let set = !value.is_empty() && !value.starts_with('$');
    let (fits, fault) = match name {
        "NODE_TLS_REJECT_UNAUTHORIZED" => (value == "0", fault("Node.js", &["checkov/CKV2_DOCKER_6"])),
        "PYTHONHTTPSVERIFY" => (value == "0", fault("Python", &["checkov/CKV2_DOCKER_5"])),
        "NPM_CONFIG_STRICT_SSL" | "npm_config_strict_ssl" => (off, fault("npm", &["checkov/CKV2_DOCKER_12"])),
        "YARN_STRICT_SSL" | "YARN_ENABLE_STRICT_SSL" => (off, fault("yarn", &[])),
        "PIP_TRUSTED_HOST" => (set, fault("these hosts of pip", &["checkov/CKV2_DOCKER_16"])),
        // git asks only whether it is there.
        "GIT_SSL_NO_VERIFY" => (set, fault("git", &["checkov/CKV2_DOCKER_14"])),
        "GOINSECURE" => (set, fault("these modules of Go", &[])),
        "UV_INSECURE_HOST" => (set, fault("these hosts of uv", &[])),
        "CONDA_SSL_VERIFY" => (off, fault("conda", &[])),
        _ => return None,
    };
    fits.then_some(fault)
}

/// The argument of a call that turns the check off, and the edit that takes it out where that is clear.
fn option<'c, 'a>(input: &Input<'_>, call: &'c Call<'a>) -> Option<(&'c Arg<'a>, Fault, Option<Edit>)> {
    let find = |wanted: &dyn Fn(&str) -> bool| call.args.iter().find(|arg| wanted(&arg.text));
    let no = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off");
    // `name=false`, and `name false` in two words.
    let set_off = |name: &str| {
        let joined = |arg: &&Arg<'_>| {
            arg.text.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).is_some_and(no)
        };
        let apart = || {
            call.args.windows(2).find(|pair| pair[0].text == name && no(&pair[1].text)).map(|pair| &pair[0])
        };
        call.args.iter().find(joined).or_else(apart)
    };
    let plain = |arg, fault| Some((arg, fault, None));
    match &*call.name {
        "curl" => {
            let mut args = call.args.iter().enumerate();
            let is_value = |at: usize| at.checked_sub(1).is_some_and(|at| takes_next(&call.args[at].text));
            let off = |text: &str| matches!(text, "--insecure" | "--proxy-insecure") || has_k(text);
            let (_, arg) = args.find(|(at, arg)| off(&arg.text) && !is_value(*at))?;
            let edit = match arg.text.starts_with("--") || arg.text == "-k" {
                true => kit::step::remove_arg(input, call, arg),
                false => without_k(call, arg),
            };
            Some((arg, fault("this download", &["checkov/CKV2_DOCKER_2"]), edit))
        }
        "wget" => {
            let arg = find(&|text| text == "--no-check-certificate")?;
            let edit = kit::step::remove_arg(input, call, arg);
            Some((arg, fault("this download", &["checkov/CKV2_DOCKER_3"]), edit))
        }
        "npm" | "pnpm" | "yarn" | "yarnpkg" => {
            let arg = ["strict-ssl", "--strict-ssl", "enableStrictSsl"].into_iter().find_map(set_off);
            let arg = arg.or_else(|| find(&|text| text == "--no-strict-ssl"))?;
            plain(arg, fault("npm's registry", &["checkov/CKV2_DOCKER_13"]))
        }
        "git" => plain(set_off("http.sslVerify").or_else(|| set_off("http.sslverify"))?, fault("git", &[])),
        "apt-get" | "apt" => {
            let arg = find(&|text| {
                text.split_once("::Verify-")
                    .is_some_and(|(_, rest)| rest.split_once('=').is_some_and(|(_, v)| no(v)))
            })?;
            plain(arg, fault("apt", &[]))
        }
        "conda" | "mamba" => plain(set_off("ssl_verify")?, fault("conda", &[])),
        "composer" => {
            let apart =
                call.args.windows(2).find(|pair| pair[0].text == "disable-tls" && pair[1].text == "true");
            plain(&apart?[0], fault("composer", &[]))
        }
        "helm" | "kubectl" | "oc" => {
            plain(find(&|text| text == "--insecure-skip-tls-verify")?, fault("this cluster", &[]))
        }
        name if name.contains("yum") || name.contains("dnf") => {
            let value = |text: &str| {
                let value = text.split_once("sslverify=").map(|(_, value)| value);
                value.is_some_and(|value| no(value.trim_matches(['"', '\''])))
            };
            plain(find(&value)?, fault("these repositories", &["checkov/CKV2_DOCKER_15"]))
        }
        name if name.starts_with("pip") || name.starts_with("python") || name == "uv" => {
            let arg = find(&|text| {
                text.split('=').next() == Some("--trusted-host")
                    || text.starts_with("--allow-insecure-host")
                    || text.ends_with(".trusted-host")
            })?;
            plain(arg, fault("this host of pip", &["checkov/CKV2_DOCKER_4"]))
        }
        _ => None,
    }
}

/// Whether `k` is among the letters of curl's `-fsSLk`, and not the value of one of them (curl(1)).
fn has_k(text: &str) -> bool {
    let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else {
        return false;
    };
    letters.chars().take_while(|letter| !VALUED.contains(*letter)).any(|letter| letter == 'k')
}

/// curl's letters with a value (curl(1)).
const VALUED: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

/// Whether the value of curl's `-sST` is the next word.
fn takes_next(text: &str) -> bool {
    let letters = text.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
    letters.and_then(|letters| letters.find(|c| VALUED.contains(c)).map(|at| at + 1 == letters.len()))
        == Some(true)
}

/// The edit that takes `k` out of `-Lkv`.
fn without_k(call: &Call<'_>, arg: &Arg<'_>) -> Option<Edit> {
    let at = arg.text.find('k')? as u32;
    let as_written = (arg.span.end - arg.span.start) as usize == arg.text.len();
    let from = arg.span.start + at;
    (call.editable && as_written).then(|| Edit::delete(Span::new(from, from + 1)))
}
