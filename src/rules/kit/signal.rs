//! The signals of STOPSIGNAL.

/// Signals of Linux by number (signal(7), x86 and ARM), without `SIG`: the usual name of each first, then the
/// other names that BuildKit takes.
///
/// Source: moby/sys `signal/signal_linux.go`.
const SIGNALS: [(u32, &str); 37] = [
    (1, "HUP"),
    (2, "INT"),
    (3, "QUIT"),
    (4, "ILL"),
    (5, "TRAP"),
    (6, "ABRT"),
    (7, "BUS"),
    (8, "FPE"),
    (9, "KILL"),
    (10, "USR1"),
    (11, "SEGV"),
    (12, "USR2"),
    (13, "PIPE"),
    (14, "ALRM"),
    (15, "TERM"),
    (16, "STKFLT"),
    (17, "CHLD"),
    (18, "CONT"),
    (19, "STOP"),
    (20, "TSTP"),
    (21, "TTIN"),
    (22, "TTOU"),
    (23, "URG"),
    (24, "XCPU"),
    (25, "XFSZ"),
    (26, "VTALRM"),
    (27, "PROF"),
    (28, "WINCH"),
    (29, "IO"),
    (30, "PWR"),
    (31, "SYS"),
    (6, "IOT"),
    (17, "CLD"),
    (29, "POLL"),
    (31, "UNUSED"),
    (RTMIN, "RTMIN"),
    (64, "RTMAX"),
];

/// The first of the real-time signals, as glibc counts them.
const RTMIN: u32 = 34;

/// Every name that BuildKit takes, without `SIG`.
pub fn names() -> impl Iterator<Item = &'static str> {
    SIGNALS.iter().map(|(_, name)| *name)
}

/// Whether BuildKit takes `text` for a signal: a number that isn't 0, or a name of Linux with or without `SIG`.
///
/// Source: moby/sys `signal/signal.go` and `signal_linux.go`.
pub fn is_signal(text: &str) -> bool {
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
    names().any(|known| known == name) || real_time("RTMIN", '+', 15) || real_time("RTMAX", '-', 14)
}

/// The name that everybody knows of a signal as it is written, with or without `SIG` or by number; None where it
/// is none, or a variable.
pub fn canonical(written: &str) -> Option<String> {
    let text = written.trim_matches(['"', '\'']).to_ascii_uppercase();
    if let Ok(number) = text.parse::<u32>() {
        return match SIGNALS.iter().find(|(known, _)| *known == number) {
            Some((_, name)) => Some(format!("SIG{name}")),
            None => (RTMIN..=64).contains(&number).then(|| match number - RTMIN {
                0 => "SIGRTMIN".to_owned(),
                more => format!("SIGRTMIN+{more}"),
            }),
        };
    }
    let name = text.strip_prefix("SIG").unwrap_or(&text);
    if name.starts_with("RTMIN") || name.starts_with("RTMAX") {
        return Some(format!("SIG{name}"));
    }
    let (number, _) = SIGNALS.iter().find(|(_, known)| *known == name)?;
    let (_, usual) = SIGNALS.iter().find(|(known, _)| known == number)?;
    Some(format!("SIG{usual}"))
}

#[cfg(test)]
mod tests {
    use super::{canonical, is_signal};

    #[test]
    fn a_signal_is_known_by_any_of_its_names() {
        for (written, name) in [
            ("9", "SIGKILL"),
            ("quit", "SIGQUIT"),
            ("\"SIGTERM\"", "SIGTERM"),
            ("37", "SIGRTMIN+3"),
            ("SIGRTMIN+3", "SIGRTMIN+3"),
            ("34", "SIGRTMIN"),
            ("SIGCLD", "SIGCHLD"),
        ] {
            assert_eq!(canonical(written).as_deref(), Some(name), "{written}");
        }
        assert_eq!(canonical("$SIGNAL"), None);
        assert_eq!(canonical("99"), None);
    }

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
