//! Which values each kind of flag takes.

use std::borrow::Cow;

use crate::catalog::flags::{Flag, FlagValue};
use crate::syntax::expand::Lex;
use crate::syntax::{duration, suggest};

/// A sentence on what is wrong, and what was probably meant.
pub type Refusal = (String, Option<String>);

/// Whether something in the value may be expanded.
pub fn has_variable(value: &str) -> bool {
    value.contains('$')
}

/// The sentence on a variable in a flag that expands none; `None` where `$` is but a character.
pub fn variable(flag: &Flag) -> Option<String> {
    let name = flag.name;
    match flag.value {
        FlagValue::Source => Some(format!(
            "variables aren't expanded in `--{name}`; give the image a stage, `FROM image:$TAG AS name`, and name that"
        )),
        FlagValue::Bool | FlagValue::OneOf(_) | FlagValue::Duration | FlagValue::Count => {
            Some(format!("variables aren't expanded in `--{name}`; write the value itself"))
        }
        _ => None,
    }
}

/// The value as it is checked: without its quotes where BuildKit expands it, as it stands elsewhere.
/// `None` where it can't be expanded.
pub fn unquoted<'v>(flag: &Flag, value: &'v str, escape: char) -> Option<Cow<'v, str>> {
    if !flag.expands {
        return Some(Cow::Borrowed(value));
    }
    plain(value, escape)
}

/// A value without its quotes and escapes; `None` where a quote isn't closed.
pub fn plain(value: &str, escape: char) -> Option<Cow<'_, str>> {
    if !value.contains(['"', '\'', escape]) {
        return Some(Cow::Borrowed(value));
    }
    Lex::new(escape).word(value, &|_| None).ok().map(|expansion| Cow::Owned(expansion.value))
}

/// Whether a flag takes the value, which has no variable and isn't empty.
pub fn check(flag: &Flag, value: &str) -> Result<(), Refusal> {
    let name = flag.name;
    match flag.value {
        FlagValue::Bool if is_true_or_false(value) => Ok(()),
        FlagValue::Bool => Err((
            format!("`--{name}` is `true` or `false`, not `{value}`"),
            suggest::nearest(value, ["true", "false"]).map(str::to_owned),
        )),
        FlagValue::OneOf(words) if words.contains(&value) => Ok(()),
        FlagValue::OneOf(words) => Err((
            format!("`--{name}` is one of {}, not `{value}`", list(words)),
            suggest::nearest(value, words.iter().copied()).map(str::to_owned),
        )),
        FlagValue::Duration => match duration::parse_health(value) {
            Ok(_) => Ok(()),
            Err(duration::DurationError::NoUnit) => {
                Err((duration::DurationError::NoUnit.to_string(), Some(format!("{value}s"))))
            }
            Err(error) => Err((error.to_string(), None)),
        },
        FlagValue::Count => match value.parse::<i32>() {
            Ok(count) if count >= 0 => Ok(()),
            _ => Err((format!("`--{name}` is a whole number from 0 on, not `{value}`"), None)),
        },
        FlagValue::Mode if is_mode(value) => Ok(()),
        FlagValue::Mode => Err((
            format!(
                "`{value}` is no mode; it is octal up to 7777, as in `755`, or symbolic, as in `u=rwX,go=rX`"
            ),
            None,
        )),
        FlagValue::Platform => platform(value),
        FlagValue::Text
        | FlagValue::Owner
        | FlagValue::Source
        | FlagValue::Checksum
        | FlagValue::Pattern
        | FlagValue::Mount
        | FlagValue::Device => Ok(()),
    }
}

/// `` `a`, `b` and `c` ``.
pub fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// Go's `strconv.ParseBool`, as the keys of mounts and devices take it.
pub fn bool_value(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

fn is_true_or_false(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
}

/// Octal up to 07777, else what chmod takes: `[ugoa…][-+=][rwxXstugo…]…`, comma-separated.
fn is_mode(value: &str) -> bool {
    if value.bytes().all(|b| matches!(b, b'0'..=b'7')) {
        return u32::from_str_radix(value, 8).is_ok_and(|mode| mode <= 0o7777);
    }
    value.split(',').all(|clause| {
        let actions = clause.trim_start_matches(['u', 'g', 'o', 'a']);
        actions.starts_with(['+', '-', '='])
            && actions
                .chars()
                .all(|c| matches!(c, '+' | '-' | '=' | 'r' | 'w' | 'x' | 'X' | 's' | 't' | 'u' | 'g' | 'o'))
    })
}

pub const SYSTEMS: &[&str] = &[
    "linux",
    "windows",
    "darwin",
    "macos",
    "freebsd",
    "netbsd",
    "openbsd",
    "dragonfly",
    "solaris",
    "illumos",
    "aix",
    "android",
    "hurd",
    "ios",
    "js",
    "nacl",
    "plan9",
    "zos",
];

const ARCHITECTURES: &[&str] = &[
    "amd64",
    "x86_64",
    "x86-64",
    "arm64",
    "aarch64",
    "arm",
    "armhf",
    "armel",
    "386",
    "i386",
    "ppc64le",
    "ppc64",
    "ppc",
    "s390x",
    "s390",
    "riscv64",
    "riscv",
    "mips64le",
    "mips64",
    "mipsle",
    "mips",
    "loong64",
    "wasm",
    "amd64p32",
    "armbe",
    "arm64be",
    "mips64p32",
    "mips64p32le",
    "sparc",
    "sparc64",
];

/// As containerd's `platforms.Parse`: one to three parts, and one part alone must be known.
fn platform(value: &str) -> Result<(), Refusal> {
    let refuse = |message: String, meant: Option<&str>| Err((message, meant.map(str::to_owned)));
    let parts: Vec<&str> = value.split('/').collect();
    let fits = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
    };
    let system_fits = |part: &str| match part.split_once('(') {
        // `windows(10.0.17763)`: a version, and perhaps features, in brackets.
        Some((system, rest)) => fits(system) && rest.ends_with(')'),
        None => fits(part),
    };
    let all_fit =
        parts.iter().enumerate().all(|(i, part)| if i == 0 { system_fits(part) } else { fits(part) });
    if parts.len() > 3 || !all_fit {
        return refuse(
            format!("`{value}` is no platform; it is written `os/arch[/variant]`, as `linux/arm64`"),
            None,
        );
    }
    if let [only] = parts.as_slice() {
        let known = SYSTEMS.iter().chain(ARCHITECTURES);
        let system = only.split_once('(').map_or(*only, |(system, _)| system);
        if !known.clone().any(|name| name.eq_ignore_ascii_case(system)) {
            return refuse(
                format!("`{value}` is neither an operating system nor an architecture that is known"),
                suggest::nearest(only, known.copied()),
            );
        }
    }
    Ok(())
}
