//! What labels say, and whether a value has the form that is asked for.

use crate::model::Stage;
use crate::rules::Input;
use crate::settings::LabelKind;
use crate::syntax::{Keyword, Word};
use crate::text::{Edit, Span};

/// One `key=value` of a LABEL.
#[derive(Clone, Copy)]
pub struct Label<'a> {
    pub site: crate::rules::Site<'a>,
    pub key: &'a str,
    pub key_span: Span,
    /// Without the quotes around it.
    pub value: &'a str,
    pub span: Span,
}

/// The labels of a LABEL instruction.
pub fn labels<'a>(site: crate::rules::Site<'a>) -> impl Iterator<Item = Label<'a>> {
    site.instruction.pairs().map(move |(key, value): (&'a Word, &'a Word)| Label {
        site,
        key: super::hadolint::unquoted(&key.text),
        key_span: key.span,
        value: super::hadolint::unquoted(&value.text),
        span: key.span.to(value.span),
    })
}

/// Takes a label out of its LABEL, which goes with it where it has no other.
pub fn take_out(input: &Input<'_>, label: &Label<'_>) -> Option<Edit> {
    let pairs: Vec<Span> = labels(label.site).map(|label| label.span).collect();
    super::take_out::part(input, label.site, &pairs, label.span)
}

/// The labels that a stage sets itself.
pub fn of_stage<'a>(input: &Input<'a>, stage: &'a Stage) -> impl Iterator<Item = Label<'a>> {
    input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Label).flat_map(labels)
}

/// Whether a value is of this kind.
pub fn fits(kind: LabelKind, value: &str) -> bool {
    match kind {
        LabelKind::Text => true,
        LabelKind::Email => is_email(value),
        LabelKind::Hash => {
            matches!(value.len(), 7 | 40)
                && value.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
        }
        LabelKind::Rfc3339 => is_time(value),
        LabelKind::Semver => is_version(value),
        LabelKind::Spdx => super::spdx::is_license(value),
        LabelKind::Url => is_url(value),
    }
}

/// An absolute URI (RFC 3986): a scheme, a colon, and none but the characters that may stand there.
fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && rest.chars().all(plain)
}

/// `2021-03-10T10:26:33.56+01:00`
fn is_time(value: &str) -> bool {
    let Some((date, time)) = value.split_once(['T', 't', ' ']) else { return false };
    let at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let zone = match zone.strip_prefix(['+', '-']) {
        Some(offset) => numbers(offset, ':', &[2, 2]).is_some_and(|n| n[0] < 24 && n[1] < 60),
        None => zone.eq_ignore_ascii_case("z"),
    };
    let date =
        numbers(date, '-', &[4, 2, 2]).is_some_and(|n| (1..=12).contains(&n[1]) && (1..=31).contains(&n[2]));
    let clock = numbers(clock, ':', &[2, 2, 2]).is_some_and(|n| n[0] < 24 && n[1] < 60 && n[2] <= 60);
    date && clock && zone && !fraction.is_empty() && fraction.chars().all(|c| c.is_ascii_digit())
}

/// Numbers of these lengths with `between` between them.
fn numbers(text: &str, between: char, lengths: &[usize]) -> Option<Vec<u32>> {
    let parts: Vec<&str> = text.split(between).collect();
    let fits = parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(part, length)| part.len() == *length && part.chars().all(|c| c.is_ascii_digit()));
    if fits { parts.iter().map(|part| part.parse().ok()).collect() } else { None }
}

/// `1.2.3-rc.1+build` (semver.org, 2.0.0).
fn is_version(value: &str) -> bool {
    let (value, build) = value.split_once('+').map_or((value, None), |(value, build)| (value, Some(build)));
    let (core, pre) = value.split_once('-').map_or((value, None), |(core, pre)| (core, Some(pre)));
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let number = |part: &str| digits(part) && (part == "0" || !part.starts_with('0'));
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    core.split('.').count() == 3
        && core.split('.').all(number)
        && pre.is_none_or(|pre| pre.split('.').all(|part| word(part) && (!digits(part) || number(part))))
        && build.is_none_or(|build| build.split('.').all(word))
}

/// An address as of RFC 5322, without comments and quoted names.
fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let atom = |part: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
        !part.is_empty() && part.chars().all(fits)
    };
    let label = |part: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !part.is_empty() && part.chars().all(inner) && !part.starts_with('-') && !part.ends_with('-')
    };
    local.split('.').all(atom) && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_by_their_form() {
        use LabelKind::*;
        for (kind, good, bad) in [
            (Email, "a.b+c@example.com", "a@b@c d"),
            (Hash, "2dbfae9", "2DBFAE9"),
            (Hash, "43c572f1272b6b3171dd1db9e41b7027128ce080", "43c5"),
            (Rfc3339, "2021-03-10T10:26:33.564595127+01:00", "2021-03-10"),
            (Rfc3339, "2021-03-10T10:26:33Z", "2021-13-10T10:26:33Z"),
            (Semver, "1.0.0-rc.1+5", "1.0"),
            (Semver, "0.10.0", "01.0.0"),
            (Spdx, "BSD-3-Clause", "not-spdx"),
            (Spdx, "Apache-2.0 OR (MIT AND GPL-2.0-or-later)", "MIT OR"),
            (Url, "https://example.com/a?b", "example.com"),
            (Url, "mailto:a@b.c", "https://a b"),
        ] {
            assert!(fits(kind, good), "{good}");
            assert!(!fits(kind, bad), "{bad}");
        }
    }
}
