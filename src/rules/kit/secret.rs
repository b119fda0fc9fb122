//! Credentials that show by their value: tokens of known forms, private keys, passwords in addresses.

use crate::text::Span;

/// A credential in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// In bytes of the text.
    pub span: Span,
    /// What it is, for a message; never the credential itself.
    pub what: String,
    /// Whether it surely is one that matters: a password for this very machine isn't, nor a key that is made
    /// to be public now and then.
    pub sure: bool,
    /// Whether it goes on behind the span, as a key does behind its first line.
    pub goes_on: bool,
}

/// A token that its publisher made to be recognised.
struct Form {
    what: &'static str,
    prefix: &'static str,
    /// How many characters stand behind the prefix, at least.
    least: usize,
    kind: Kind,
    sure: bool,
}

/// The characters behind a prefix.
#[derive(Clone, Copy)]
enum Kind {
    /// Capitals and digits.
    Upper,
    /// Lower-case hexadecimal digits.
    Hex,
    /// Letters, digits, `_` and `-`.
    Word,
    /// The same and dots.
    Dotted,
}

impl Kind {
    fn has(self, byte: u8) -> bool {
        match self {
            Kind::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Kind::Hex => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
            Kind::Word => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Kind::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
        }
    }
}

const fn form(what: &'static str, prefix: &'static str, least: usize, kind: Kind) -> Form {
    Form { what, prefix, least, kind, sure: true }
}

/// Sources: the publishers' pages on their tokens (GitHub "Behind GitHub's new authentication token formats",
/// GitLab "Token overview", AWS IAM "Identifiers", npm "About access tokens", and the like) and gitleaks
/// `config/gitleaks.toml`, which has the lengths.
const FORMS: &[Form] = &[
    form("An access key of AWS", "AKIA", 16, Kind::Upper),
    form("A temporary access key of AWS", "ASIA", 16, Kind::Upper),
    form("A personal access token of GitHub", "ghp_", 36, Kind::Word),
    form("An OAuth token of GitHub", "gho_", 36, Kind::Word),
    form("An app's token of GitHub", "ghu_", 36, Kind::Word),
    form("An app's token of GitHub", "ghs_", 36, Kind::Word),
    form("A refresh token of GitHub", "ghr_", 36, Kind::Word),
    form("A personal access token of GitHub", "github_pat_", 60, Kind::Word),
    form("A personal access token of GitLab", "glpat-", 20, Kind::Word),
    form("A deploy token of GitLab", "gldt-", 20, Kind::Word),
    form("A runner's token of GitLab", "glrt-", 20, Kind::Word),
    form("A token of npm", "npm_", 36, Kind::Word),
    form("A token of PyPI", "pypi-AgE", 50, Kind::Word),
    form("A token of Docker Hub", "dckr_pat_", 24, Kind::Word),
    form("A token of Slack", "xoxb-", 20, Kind::Word),
    form("A token of Slack", "xoxp-", 20, Kind::Word),
    form("A token of Slack", "xoxa-", 20, Kind::Word),
    form("A token of Slack", "xoxr-", 20, Kind::Word),
    form("A live key of Stripe", "sk_live_", 20, Kind::Word),
    form("A live key of Stripe", "rk_live_", 20, Kind::Word),
    form("A key of SendGrid", "SG.", 60, Kind::Dotted),
    form("A key of Twilio", "SK", 32, Kind::Hex),
    form("A token of Hugging Face", "hf_", 34, Kind::Word),
    form("A key of Anthropic", "sk-ant-", 40, Kind::Word),
    form("A key of OpenAI", "sk-proj-", 40, Kind::Word),
    form("A token of DigitalOcean", "dop_v1_", 64, Kind::Hex),
    form("A token of Databricks", "dapi", 32, Kind::Hex),
    form("A token of Shopify", "shpat_", 32, Kind::Hex),
    form("A token of Vault", "hvs.", 24, Kind::Word),
    // Browsers are given these two as well.
    Form { what: "An API key of Google", prefix: "AIza", least: 35, kind: Kind::Word, sure: false },
    Form { what: "A JSON Web Token", prefix: "eyJ", least: 80, kind: Kind::Dotted, sure: false },
];

/// The credentials in `text`, in order. One pass over its bytes, which asks more only where one may begin.
pub fn find(text: &str) -> Vec<Secret> {
    let bytes = text.as_bytes();
    let mut found: Vec<Secret> = Vec::new();
    let (mut at, mut inside_word) = (0, false);
    while let Some((&byte, rest)) = bytes.get(at..).and_then(<[u8]>::split_first) {
        let next = rest.first().copied().unwrap_or_default();
        let secret = match (byte, next) {
            (b':', b'/') => in_address(text, at),
            (b'-', b'-') => private_key(text, at),
            (b'_', b'a') => after(text, at, "_authToken", 16, "A token of npm"),
            (b'_', b'p') if text[..at].ends_with(':') => {
                after(text, at, "_password", 12, "A password of npm")
            }
            _ if !inside_word && may_begin(byte, next) => {
                token(text, at).or_else(|| aws_secret(text, at)).or_else(|| authorization(text, at))
            }
            _ => None,
        };
        inside_word = byte.is_ascii_alphanumeric() || byte == b'_';
        at += 1;
        if let Some(secret) = secret {
            at = at.max(secret.span.end as usize);
            found.push(secret);
        }
    }
    found
}

/// Whether a token of a known form, or a name that a credential follows, may begin with these two bytes.
fn may_begin(first: u8, second: u8) -> bool {
    match first {
        b'A' => matches!(second, b'K' | b'S' | b'I' | b'W' | b'w' | b'u' | b'U'),
        b'S' => matches!(second, b'G' | b'K'),
        b'a' => matches!(second, b'w' | b'u' | b'W' | b'U'),
        b'd' => matches!(second, b'a' | b'c' | b'o'),
        b'e' => second == b'y',
        b'g' => matches!(second, b'h' | b'i' | b'l'),
        b'h' => matches!(second, b'f' | b'v'),
        b'n' => second == b'p',
        b'p' => second == b'y',
        b'r' => second == b'k',
        b's' => matches!(second, b'h' | b'k'),
        b'x' => second == b'o',
        _ => false,
    }
}

/// Whether a password or token stands for another one, or is one that everybody has.
pub fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let mut kinds: Vec<u8> = value.bytes().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let name = value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_dynamic(value)
        || kinds.len() < 4
        || name
        || value.bytes().all(|byte| byte == b'*')
        || STANDS_IN.iter().any(|part| lower.contains(part))
        || is_of_words(lower)
}

/// What only something that is to be replaced has in it.
const STANDS_IN: [&str; 13] = [
    "example",
    "change",
    "placeholder",
    "your",
    "xxx",
    "***",
    "...",
    "dummy",
    "redacted",
    "insert",
    "replace",
    "fake",
    "sample",
];

/// Of what passwords are made that everybody has. Those that others hold come first.
const WORDS: [&str; 50] = [
    "x-oauth-basic",
    "anonymous",
    "password",
    "replace",
    "insert",
    "change",
    "sample",
    "dummy",
    "local",
    "your",
    "fake",
    "with",
    "username",
    "postgres",
    "passwd",
    "secret",
    "docker",
    "guest",
    "super",
    "token",
    "mysql",
    "mongo",
    "redis",
    "admin",
    "abcdefgh",
    "user",
    "pass",
    "root",
    "test",
    "demo",
    "none",
    "null",
    "this",
    "some",
    "here",
    "pwd",
    "foo",
    "bar",
    "dev",
    "key",
    "git",
    "app",
    "the",
    "abc",
    "my",
    "db",
    "pw",
    "is",
    "1234567890",
    "123456789",
];

/// Whether it is made of such words, digits in their order and what parts them, and hardly anything else.
fn is_of_words(value: String) -> bool {
    let mut rest = value;
    for word in WORDS {
        rest = rest.replace(word, " ");
    }
    // Only a whole run of digits from 1 on: `12345`.
    let counted = |part: &str| !part.is_empty() && "1234567890".starts_with(part);
    let parts = rest.split(|c: char| !c.is_alphanumeric());
    parts.filter(|part| !counted(part)).map(str::len).sum::<usize>() < 3
}

/// Whether something else is put in its place before it is used.
fn is_dynamic(value: &str) -> bool {
    let within = |open: char, close: char| value.find(open).is_some_and(|at| value[at..].contains(close));
    // `%40` is how an address writes `@`; `%NAME%` a variable.
    let of_windows = value.len() > 2 && value.starts_with('%') && value.ends_with('%');
    value.contains(['$', '`']) || within('{', '}') || within('<', '>') || of_windows || value.starts_with('[')
}

fn secret(start: usize, end: usize, what: impl Into<String>, sure: bool) -> Secret {
    Secret { span: Span::new(start as u32, end as u32), what: what.into(), sure, goes_on: false }
}

/// More bytes of one token aren't read. A text may have a prefix in every other word of a megabyte without blanks.
const LONGEST: usize = 4096;

/// What of a value is looked at to tell whether it is one.
const TELLING: usize = 256;

/// The first bytes of a text, at most so many.
fn head(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

/// A token whose first byte stands at `at`.
fn token(text: &str, at: usize) -> Option<Secret> {
    let rest = &text.as_bytes()[at..];
    let form = FORMS.iter().find(|form| {
        rest.first() == form.prefix.as_bytes().first() && rest.starts_with(form.prefix.as_bytes())
    })?;
    let behind = &rest[form.prefix.len()..];
    let length = behind.iter().take(LONGEST).take_while(|byte| form.kind.has(**byte)).count();
    let value = text.get(at + form.prefix.len()..at + form.prefix.len() + length)?;
    let ends = behind.get(length).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let exact = !matches!(form.kind, Kind::Upper | Kind::Hex) || length == form.least;
    let web_token = form.prefix != "eyJ" || value.matches('.').count() == 2 && value.contains(".eyJ");
    if length < form.least || !ends || !exact || !web_token || !is_random(value) {
        return None;
    }
    let what = format!("{} (`{}…`)", form.what, form.prefix);
    Some(secret(at, at + form.prefix.len() + length, what, form.sure))
}

/// Whether it looks thrown by dice: many kinds of characters, and no word that says otherwise.
fn is_random(value: &str) -> bool {
    let value = head(value, TELLING);
    let mut seen = [false; 128];
    value.bytes().for_each(|byte| seen[usize::from(byte & 127)] = true);
    let lower = value.to_ascii_lowercase();
    seen.iter().filter(|seen| **seen).count() >= 8
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && !["example", "xxxx", "your", "1234567890", "abcdefgh"].iter().any(|part| lower.contains(part))
}

/// `://user:password@host`, whose `:` stands at `at`.
fn in_address(text: &str, at: usize) -> Option<Secret> {
    let start = at + 3;
    text.get(at..start).filter(|separator| *separator == "://")?;
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '|' | '&' | ';' | ',' | ')')
    };
    let rest = &text[start..];
    let authority = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let (login, host) = authority.rsplit_once('@')?;
    let name = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    if is_dynamic(&name) && !name.starts_with('$') || is_documentation(&name) {
        return None;
    }
    let web = text[..at].ends_with("http") || text[..at].ends_with("https");
    match login.split_once(':') {
        Some((user, password)) if !is_placeholder(password) && !user.eq_ignore_ascii_case(password) => {
            if matches!(user, "anonymous" | "ftp")
                || FORMS.iter().any(|form| password.starts_with(form.prefix))
            {
                return None;
            }
            let local = !name.contains('.') || name.starts_with("127.") || name == "0.0.0.0";
            let what = match is_dynamic(user) || user.is_empty() {
                true => format!("The password in the address of `{name}`"),
                false if user.len() > 20 => format!("The password in the address of `{name}`"),
                false => format!("The password of `{user}` in the address of `{name}`"),
            };
            let from = start + user.len() + 1;
            Some(secret(from, from + password.len(), what, !local))
        }
        Some((user, "" | "x" | "x-oauth-basic")) => user_token(user, start, &name).filter(|_| web),
        Some(_) => None,
        None => user_token(login, start, &name).filter(|_| web),
    }
}

/// A user that is a token: `https://0123abcd…@host`.
fn user_token(user: &str, start: usize, host: &str) -> Option<Secret> {
    let word = user.bytes().all(|byte| Kind::Word.has(byte));
    let known = FORMS.iter().any(|form| user.starts_with(form.prefix));
    let token = user.len() >= 20 && word && !known && is_random(user);
    token.then(|| secret(start, start + user.len(), format!("The token in the address of `{host}`"), true))
}

/// Hosts that documentation may name (RFC 2606).
fn is_documentation(host: &str) -> bool {
    ["example.com", "example.org", "example.net"].iter().any(|name| host.ends_with(name))
        || [".example", ".test", ".invalid"].iter().any(|ending| host.ends_with(ending))
        || matches!(host, "example" | "host" | "hostname" | "localhost")
}

/// A private key with its body, not just the words that begin one.
fn private_key(text: &str, at: usize) -> Option<Secret> {
    let rest = text[at..].starts_with("-----BEGIN ").then_some(&text[at..])?;
    let line = rest.get(..rest.char_indices().nth(60).map_or(rest.len(), |(end, _)| end))?;
    let end = line.find("PRIVATE KEY").and_then(|key| Some(key + line[key..].find("-----")? + 5))?;
    let body = &rest.as_bytes()[end..];
    let body = &body[..body.len().min(300)];
    let is_body = |run: &[u8]| run.len() >= 40;
    body.split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')))
        .any(is_body)
        .then(|| Secret { goes_on: true, ..secret(at, at + end, "A private key", true) })
}

/// The value behind `name`, one of `=`, `:` and a blank, and quotes.
fn after(text: &str, at: usize, name: &str, least: usize, what: &str) -> Option<Secret> {
    let from = at + name.len();
    text.get(at..from).filter(|written| written.eq_ignore_ascii_case(name))?;
    let rest = &text[from..];
    let value = rest.trim_start_matches(['=', ':', ' ', '"', '\'']);
    let start = from + rest.len() - value.len();
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | ';' | '&' | '|');
    let shown = head(value, TELLING);
    let shown = &shown[..shown.find(ends).unwrap_or(shown.len())];
    let separated = rest.starts_with(['=', ':', ' ', '"', '\'']);
    (separated && shown.len() >= least && !is_placeholder(shown)).then(|| {
        let length = value.find(ends).unwrap_or(value.len());
        secret(start, start + length, what, true)
    })
}

/// `aws_secret_access_key = …`, in any case.
fn aws_secret(text: &str, at: usize) -> Option<Secret> {
    const NAME: &str = "aws_secret_access_key";
    let found = after(text, at, NAME, 40, "A secret access key of AWS")?;
    let value = found.span.of(text);
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    (value.len() == 40 && value.bytes().all(fits) && is_random(value)).then_some(found)
}

/// `Authorization: Bearer …`, in any case.
fn authorization(text: &str, at: usize) -> Option<Secret> {
    const NAME: &str = "authorization:";
    text.get(at..at + NAME.len()).filter(|name| name.eq_ignore_ascii_case(NAME))?;
    let rest = text[at + NAME.len()..].trim_start_matches(' ');
    let (scheme, _) = head(rest, 8).split_once(' ')?;
    let value = &rest[scheme.len() + 1..];
    let least = match scheme.to_ascii_lowercase().as_str() {
        "basic" => 10,
        "bearer" | "token" => 16,
        _ => return None,
    };
    let start = text.len() - value.len();
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\');
    let value = &value[..value.find(ends).unwrap_or(value.len())];
    let known = FORMS.iter().any(|form| value.starts_with(form.prefix));
    let what = "A credential in an Authorization header";
    (value.len() >= least && !known && !is_placeholder(value))
        .then(|| secret(start, start + value.len(), what, true))
}

#[cfg(test)]
mod tests;
