//! Durations as HEALTHCHECK's options take them: Go's `time.ParseDuration`, and BuildKit's minimum
//! (`frontend/dockerfile/instructions/parse.go`, `parseOptInterval`).

use std::fmt;

/// Why a duration is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationError {
    /// Nothing stands there.
    Empty,
    /// It isn't a number followed by a unit, once or more.
    Malformed,
    /// A number without a unit, as in `30`.
    NoUnit,
    /// A unit that Go doesn't know, as in `1d`.
    UnknownUnit,
    /// More than 292 years.
    TooLong,
    /// Less than a millisecond, and not zero.
    TooShort,
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a duration is missing; write one like `30s` or `1m30s`",
            Self::Malformed => "this is no duration; write a number and its unit, like `30s` or `1m30s`",
            Self::NoUnit => "the unit is missing; `ns`, `us`, `ms`, `s`, `m` and `h` are known, as in `30s`",
            Self::UnknownUnit => "this unit isn't known; `ns`, `us`, `ms`, `s`, `m` and `h` are",
            Self::TooLong => "this is longer than the 292 years that fit a duration",
            Self::TooShort => "less than `1ms` is refused; `0s` stands for the default",
        })
    }
}

impl std::error::Error for DurationError {}

/// Nanoseconds of a duration such as `1m30s`, `1.5h`, `-2ms` or `0`.
pub fn parse(text: &str) -> Result<i64, DurationError> {
    let (negative, mut rest) = match text.as_bytes().first() {
        None => return Err(DurationError::Empty),
        Some(b'-') => (true, text.get(1..).unwrap_or("")),
        Some(b'+') => (false, text.get(1..).unwrap_or("")),
        Some(_) => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(DurationError::Malformed);
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(DurationError::Malformed);
        }
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let unit: i128 = match unit {
            "" => return Err(DurationError::NoUnit),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(DurationError::UnknownUnit),
        };
        let number = |digits: &str| -> i128 {
            digits.bytes().take(19).fold(0, |sum, digit| sum * 10 + i128::from(digit - b'0'))
        };
        let whole = whole.trim_start_matches('0');
        if whole.len() > 19 {
            return Err(DurationError::TooLong);
        }
        total += number(whole) * unit;
        // Digits of a fraction past the nineteenth are less than a nanosecond in any unit.
        total += number(fraction) * unit / 10_i128.pow(fraction.len().min(19) as u32);
        if total > i128::from(i64::MAX) + i128::from(negative) {
            return Err(DurationError::TooLong);
        }
        rest = after;
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| DurationError::TooLong)
}

/// Nanoseconds of a HEALTHCHECK option; nothing and zero stand for the default, and else a
/// millisecond is the least.
pub fn parse_health(text: &str) -> Result<i64, DurationError> {
    match text {
        "" => Ok(0),
        _ => match parse(text)? {
            0 => Ok(0),
            nanoseconds if nanoseconds < 1_000_000 => Err(DurationError::TooShort),
            nanoseconds => Ok(nanoseconds),
        },
    }
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        assert_eq!(parse("1m30s"), Ok(90 * SECOND));
        assert_eq!(parse("1.5h"), Ok(5400 * SECOND));
        assert_eq!(parse("500ms"), Ok(SECOND / 2));
        assert_eq!(parse(".5s"), Ok(SECOND / 2));
        assert_eq!(parse("5.s"), Ok(5 * SECOND));
        assert_eq!(parse("-3µs"), Ok(-3000));
        assert_eq!(parse("0"), Ok(0));
        assert_eq!(parse("+0"), Ok(0));
        assert_eq!(parse("9223372036854775807ns"), Ok(i64::MAX));
        assert_eq!(parse("-9223372036854775808ns"), Ok(i64::MIN));
        assert_eq!(parse("0.100000000000000000000h"), Ok(360 * SECOND));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        assert_eq!(parse(""), Err(DurationError::Empty));
        assert_eq!(parse("30"), Err(DurationError::NoUnit));
        assert_eq!(parse("1d"), Err(DurationError::UnknownUnit));
        assert_eq!(parse("1 s"), Err(DurationError::UnknownUnit));
        assert_eq!(parse("s"), Err(DurationError::Malformed));
        assert_eq!(parse(".s"), Err(DurationError::Malformed));
        assert_eq!(parse("-"), Err(DurationError::Malformed));
        assert_eq!(parse("3000000h"), Err(DurationError::TooLong));
        assert_eq!(parse("99999999999999999999h"), Err(DurationError::TooLong));
    }

    #[test]
    fn a_health_check_waits_at_least_a_millisecond() {
        assert_eq!(parse_health("1ms"), Ok(1_000_000));
        assert_eq!(parse_health("999us"), Err(DurationError::TooShort));
        assert_eq!(parse_health("-1s"), Err(DurationError::TooShort));
        assert_eq!(parse_health("0s"), Ok(0));
        assert_eq!(parse_health(""), Ok(0));
    }
}
