//! Ports as commands name them.

/// What a command says of the port to listen on.
pub(super) enum Asked {
    Literal(String),
    /// `$PORT` with the port that is used where it isn't set.
    FromPort(String),
    Unclear,
}

/// Reads a port that a command is given; where `$PORT` has no default of its own, `usual` is it.
pub(super) fn port_of(text: &str, usual: &str) -> Asked {
    let text = text.trim_matches(['"', '\'']);
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) {
        return Asked::Literal(text.to_owned());
    }
    let default = match text {
        "$PORT" | "${PORT}" => usual,
        _ => match text.strip_prefix("${PORT:-").or_else(|| text.strip_prefix("${PORT-")) {
            Some(rest) => rest.strip_suffix('}').unwrap_or(""),
            None => "",
        },
    };
    if !default.is_empty() && default.chars().all(|c| c.is_ascii_digit()) {
        Asked::FromPort(default.to_owned())
    } else {
        Asked::Unclear
    }
}
