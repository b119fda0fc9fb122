use crate::rules::prelude::*;
use crate::syntax::Instruction;
use crate::syntax::instruction::declarations;

pub const RULE: Rule = Rule {
    name: "secret-in-arg-or-env",
    theme: Theme::Security,
    aliases: &[
        "hadolint/DL3064",
        "buildkit/SecretsUsedInArgOrEnv",
        "trivy/DS-0031",
        "semgrep/security/secret-in-build-arg",
        "sonar/S6472",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Warning).buildkit(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `ARG` and `ENV` whose name says that the value is secret: a password, a token, a private key. \
               Names that say where a secret lies, what it is called or when it was made are left alone, and so are \
               fingerprints of public keys.",
        why: "`docker history` shows the arguments of every build step to whoever has the image, and `docker inspect` \
              its environment. Deleting it in a later step changes nothing.",
        example: "FROM node:22\nARG NPM_TOKEN\nRUN npm ci\n",
        instead: "FROM node:22\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\n",
        fix: "For an ARG without a value that only `RUN`s name (or that no step names, and packages are installed), the fix \
              takes the ARG out and mounts a secret of its name where it is needed. It is unsafe: the build must then be \
              started with `--secret id=NAME` instead of `--build-arg`.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Arg, Keyword::Env], check),
    examples: &[
        Example::bad(
            "FROM node:22\nARG NPM_TOKEN\nENV A=1 db_password=x\n",
            &[(2, "NPM_TOKEN"), (3, "db_password")],
        ),
        Example::bad("FROM node:22\n# for the registry\nARG NPM_TOKEN\nRUN npm ci\nRUN true\n", &[(3, "NPM_TOKEN")])
            .fixed(
                "FROM node:22\n# for the registry\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm ci\nRUN true\n",
            ),
        Example::bad(
            "FROM alpine:3\nARG API_TOKEN\nRUN --network=host \\\n  wget -q --header=\"X: ${API_TOKEN}\" https://a.org/b\nRUN \
             npm ci\n",
            &[(2, "API_TOKEN")],
        )
        .fixed(
            "FROM alpine:3\nRUN --mount=type=secret,id=API_TOKEN,env=API_TOKEN --network=host \\\n  wget -q --header=\"X: \
             ${API_TOKEN}\" https://a.org/b\nRUN npm ci\n",
        ),
        Example::bad(
            "FROM node:22\nARG NPM_TOKEN\nENV TOKEN_OF_NPM=$NPM_TOKEN\nRUN npm ci\n",
            &[(2, "NPM_TOKEN"), (3, "TOKEN_OF_NPM")],
        ),
        // Older frontends don't know `env=`.
        Example::bad(
            "# syntax=docker/dockerfile:1.4\nFROM node:22\nARG NPM_TOKEN\nRUN npm ci\n",
            &[(3, "NPM_TOKEN")],
        ),
        Example::bad("FROM node:22\nENV AWS_SECRET_ACCESS_KEY=$K\n", &[(2, "AWS_SECRET_ACCESS_KEY")]),
        Example::ok(
            "FROM node:22\nARG PUBLIC_KEY\nARG TOKEN_FILE=/t\nENV KEYBOARD=us MONKEY=1 SSH_AUTH_SOCK=/s\n",
        ),
        Example::bad(
            "FROM node:22\nARG GPG_PASSPHRASE\nARG SLACK_SIGNING_SECRET\nARG APPLE_ID_PASSWORD\nARG DB_SERVER_PASSWORD\n",
            &[
                (2, "GPG_PASSPHRASE"),
                (3, "SLACK_SIGNING_SECRET"),
                (4, "APPLE_ID_PASSWORD"),
                (5, "DB_SERVER_PASSWORD"),
            ],
        ),
        Example::ok("FROM node:22\nARG TOKEN_TYPE\nARG AUTH_SERVER_URL\nARG NEXT_PUBLIC_API_KEY\nARG SIGNING_KEY\n"),
        // By its value, `literal-secret` tells it.
        Example::ok("FROM node:22\nENV API_TOKEN=https://ci:h7Kq2mZ9@git.acme.io/a\n"),
        Example::ok("FROM node:22\nENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305 KMS_KEY_ALIAS=a\n"),
        Example::bad("FROM node:22\nENV SSH_AUTH_SOCK=/s\nARG username\n", &[(2, "SSH_AUTH_SOCK")])
            .under(Profile::Buildkit),
        Example::bad(
            "FROM node:22\nENV SSH_AUTH_SOCK=/s\nARG username\nONBUILD ARG a_token\n",
            &[(3, "username"), (4, "a_token")],
        )
        .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let instruction = site.instruction;
    // BuildKit doesn't look at the arguments above the first FROM, nor behind ONBUILD.
    let in_stage = input.model().stage_of(site.id).is_some();
    let text = instruction.span.of(input.source());
    // A credential that shows by its value is told as such, by `literal-secret`.
    let shown: Vec<Span> = match input.profile() {
        Profile::Hadolint | Profile::Buildkit => Vec::new(),
        _ => kit::secret::find(text).iter().map(|secret| secret.span).collect(),
    };
    let told = |value: Span| {
        let start = instruction.span.start;
        shown.iter().any(|secret| value.encloses(Span::new(start + secret.start, start + secret.end)))
    };
    let mut judge = |name: &str, value: Option<(&str, Span)>, span: Span| {
        let (value, value_span) = value.unzip();
        let secret = match input.profile() {
            Profile::Hadolint => for_hadolint(name),
            Profile::Buildkit => for_buildkit(name) && in_stage && !site.onbuild,
            _ => is_secret(name, value) && !value_span.is_some_and(told),
        };
        if secret {
            let keyword = instruction.keyword;
            let shows = if keyword == Keyword::Arg { "docker history" } else { "docker inspect" };
            let message = format!(
                "`{name}` looks secret, and `{shows}` shows the value of an {keyword} to whoever has the image. Give it \
                 to the step that needs it with `RUN --mount=type=secret,id=…`, or to the container when it starts."
            );
            let finding = Finding::new(span, message).fix(fix(input, site, name, value));
            // A name or a variable in the value's place gives nothing away.
            let literal =
                value_span.filter(|_| value.is_some_and(|value| !kit::secret::is_placeholder(value)));
            found.push(match literal {
                Some(value) => finding.conceals(value),
                None => finding,
            });
        }
    };
    if instruction.keyword == Keyword::Arg {
        declarations(instruction).for_each(|declared| {
            judge(declared.name, declared.value.zip(declared.value_span), declared.name_span)
        });
    } else {
        instruction
            .pairs()
            .for_each(|(name, value)| judge(&name.text, Some((&value.text, value.span)), name.span));
    }
}

/// What BuildKit takes for secret, and what it takes for no secret at all (`dockerfile2llb/validations.go`).
const SECRET: [&str; 10] =
    ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];
const OPEN: [&str; 3] = ["public", "file", "version"];

/// The first Dockerfile 1.x that knows `env=` of secrets.
const SECRET_ENV: u32 = 10;

/// Of more steps than these nobody looks through the edits.
const MOST_USERS: usize = 50;

/// Mounts a secret in place of the ARG, where only RUNs need it.
fn fix(input: &Input<'_>, site: Site<'_>, name: &str, value: Option<&str>) -> Option<Fix> {
    let stage = input.model().stage_of(site.id).filter(|_| !site.onbuild)?;
    let alone = declarations(site.instruction).count() == 1 && value.is_none_or(str::is_empty);
    if site.instruction.keyword != Keyword::Arg || !alone || !kit::frontend::knows(input, SECRET_ENV) {
        return None;
    }
    let (plain, braced) = (format!("${name}"), format!("${{{name}"));
    let named = |other: &Instruction| {
        let text = other.span.of(input.source());
        text.contains(&plain) || text.contains(&braced)
    };
    let below = || input.tree().numbered().skip_while(|(id, _)| *id <= site.id);
    let here = |id| input.model().stage_of(id).is_some_and(|other| other.index == stage.index);
    let run = |step: &Instruction| step.keyword == Keyword::Run && !named_in_flags(step, name);
    let mut users: Vec<&Instruction> = Vec::new();
    let mentioned = input.source().contains(&plain) || input.source().contains(&braced);
    for (id, step) in below().filter(|(_, step)| mentioned && named(step)) {
        // Another step that names it, or one of a stage built on this, would find it empty.
        if !here(id) || !run(step) || users.len() == MOST_USERS {
            return None;
        }
        users.push(step);
    }
    if users.is_empty() {
        let installs = |id| {
            let mut actions = input.commands(id).iter().filter_map(|command| command.action.as_ref());
            actions.any(|action| action.installs())
        };
        let own = below().take_while(|(id, _)| here(*id));
        let installing = own.filter(|(id, step)| run(step) && installs(*id)).map(|(_, step)| step);
        users = installing.take(MOST_USERS + 1).collect();
    }
    if users.len() > MOST_USERS {
        return None;
    }
    let mount = format!(" --mount=type=secret,id={name},env={name}");
    let mut edits: Vec<Edit> = users.iter().map(|run| Edit::insert(run.keyword_span.end, &*mount)).collect();
    edits.push(kit::take_out::instruction(input, site).filter(|_| !users.is_empty())?);
    let title = format!("Mount it as a secret (unsafe: the build then needs `--secret id={name}`)");
    Some(Fix::unsafe_(title, input.edits(edits)))
}

fn named_in_flags(step: &Instruction, name: &str) -> bool {
    step.flags.iter().filter_map(|flag| flag.value.as_ref()).any(|value| value.text.contains(name))
}

/// BuildKit's own answer: a word of the name, between underscores.
fn for_buildkit(name: &str) -> bool {
    let has = |list: &[&str]| name.to_lowercase().split('_').any(|word| list.contains(&word));
    has(&SECRET) && !has(&OPEN)
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3064.hs`): names that are known, and parts of names.
fn for_hadolint(name: &str) -> bool {
    const PARTS: [&str; 7] = ["api_key", "client_key", "password", "private", "secret", "token", "username"];
    const KNOWN: [&str; 14] = [
        "APPLICATION_KEY",
        "AWS_ACCESS_KEY_ID",
        "CI_DEPLOY_USER",
        "DOCKER_EMAIL",
        "FACEBOOK_APP_ID",
        "HEROKU_API_USER",
        "OKTA_AUTHN_GROUPID",
        "OKTA_CLIENT_ORGURL",
        "OKTA_OAUTH2_CLIENTID",
        "STRIPE_DEVICE_NAME",
        "TRAVIS_OS_NAME",
        "TRAVIS_SECURE_ENV_VARS",
        "TRAVIS_SUDO",
        "CF_USERNAME",
    ];
    let lower = name.to_lowercase();
    PARTS.iter().any(|part| lower.contains(part)) || KNOWN.contains(&name.to_uppercase().as_str())
}

/// What both see, but for names that say something about a secret, and values that can't be one.
fn is_secret(name: &str, value: Option<&str>) -> bool {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(['_', '-', '.']).collect();
    const MORE: [&str; 4] = ["passphrase", "pat", "pwd", "accesskey"];
    // At the end these say what it is about the secret: where it is, what it is called, how long it holds.
    #[rustfmt::skip]
    const ABOUT: [&str; 36] = [
        "alias", "sock", "path", "dir", "url", "uri", "host", "server", "port", "name", "username", "user", "id",
        "type", "length", "size", "count", "limit", "ttl", "timeout", "expiry", "expires", "expiration",
        "algorithm", "method", "header", "prefix", "mode", "enabled", "disabled", "realm", "fingerprint", "fpr",
        "sha256", "checksum", "file",
    ];
    // Anywhere, of what everybody may know.
    const OF_ALL: [&str; 6] = ["public", "pub", "version", "enable", "disable", "sock"];
    // Keys that are published, where nothing but `key` sounds secret.
    const OF_KEYS: [&str; 4] = ["gpg", "signing", "keyserver", "fingerprint"];
    let is_one = |word: &str| SECRET.contains(&word) || MORE.contains(&word);
    let joined =
        ["password", "secret", "apikey", "accesstoken", "authtoken"].iter().any(|part| lower.ends_with(part));
    let sounding: Vec<&str> = words.iter().copied().filter(|word| is_one(word)).collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let about = words.last().is_some_and(|last| ABOUT.contains(last)) || any(&OF_ALL);
    let published = !joined && sounding.iter().all(|word| *word == "key") && any(&OF_KEYS);
    let shell_folder = words == ["pwd"];
    if sounding.is_empty() && !joined || about || published {
        return lower == "aws_access_key_id";
    }
    let open = |value: &str| {
        let value = value.trim_matches(['"', '\'']);
        // Switches, numbers, folders, and fingerprints, which are long and hexadecimal.
        matches!(value, "true" | "false" | "yes" | "no" | "none")
            || value.starts_with('/')
            || (!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()))
            || (value.len() >= 40 && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b' '))
    };
    !shell_folder && !value.is_some_and(open)
}
