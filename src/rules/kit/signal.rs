//! The signals of STOPSIGNAL.

/// Signals of Linux by number (signal(7), x86 and ARM).
const SIGNALS: [(u32, &str); 31] = [
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
];

/// The first of the real-time signals, as glibc counts them.
const RTMIN: u32 = 34;

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
    let real_time = name.starts_with("RTMIN") || name.starts_with("RTMAX");
    (real_time || SIGNALS.iter().any(|(_, known)| *known == name)).then(|| format!("SIG{name}"))
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn a_signal_is_known_by_any_of_its_names() {
        for (written, name) in [
            ("9", "SIGKILL"),
            ("quit", "SIGQUIT"),
            ("\"SIGTERM\"", "SIGTERM"),
            ("37", "SIGRTMIN+3"),
            ("SIGRTMIN+3", "SIGRTMIN+3"),
        ] {
            assert_eq!(canonical(written).as_deref(), Some(name), "{written}");
        }
        assert_eq!(canonical("$SIGNAL"), None);
        assert_eq!(canonical("99"), None);
    }
}
