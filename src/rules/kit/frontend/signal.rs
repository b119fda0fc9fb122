/// Whether BuildKit takes `text` for a signal: a number that isn't 0, or a name of Linux with or without `SIG`.
///
/// Source: moby/sys `signal/signal.go` and `signal_linux.go`.
pub(super) fn is_signal(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<i64>().is_ok_and(|number| number != 0);
    }
    let upper = text.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let real_time = |from: &str, sign: char, most: u8| {
        name.strip_prefix(from).and_then(|rest| rest.strip_prefix(sign)).is_some_and(|offset| {
            let number = offset.parse::<u8>().ok().filter(|number| (1..=most).contains(number));
            number.is_some_and(|number| number.to_string() == offset)
        })
    };
    NAMES.contains(&name) || real_time("RTMIN", '+', 15) || real_time("RTMAX", '-', 14)
}

/// Every name that is taken, for suggestions; without `SIG`.
pub(super) const NAMES: [&str; 37] = [
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
    "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX", "UNUSED",
];

#[cfg(test)]
mod tests {
    use super::is_signal;

    #[test]
    fn signals_are_numbers_and_names() {
        for sound in ["SIGTERM", "term", "9", "-1", "SIGRTMIN+3", "RTMAX-14"] {
            assert!(is_signal(sound), "{sound}");
        }
        for refused in ["", "0", "x", "SIG", "SIGTERM x", "RTMIN+16", "RTMIN+03", "SIGSIGTERM"] {
            assert!(!is_signal(refused), "{refused}");
        }
    }
}
