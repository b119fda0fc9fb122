//! Standard output: in colour on a terminal, plain in a pipe or with `NO_COLOR`.

use super::failure::Failure;
use anstyle::{AnsiColor, Style};
use std::io::{self, Write};

pub const BOLD: Style = Style::new().bold();
pub const DIM: Style = Style::new().dimmed();
pub const GREEN: Style = AnsiColor::Green.on_default();
pub const RED: Style = AnsiColor::Red.on_default();
pub const YELLOW: Style = AnsiColor::Yellow.on_default();
pub const CYAN: Style = AnsiColor::Cyan.on_default();

/// Prints text that may hold ANSI colours.
pub fn styled(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Prints text as it is, to the byte.
pub fn plain(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Prints a JSON value, indented, with a line break at its end.
pub fn json(value: &serde_json::Value) -> Result<(), Failure> {
    plain(&format!("{value:#}\n"))
}

/// Text from a file as it may be shown on a terminal: control characters, which could do anything to
/// it, made visible.
pub fn tame(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' => c,
            '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\x7f' => '\u{2421}',
            '\u{80}'..='\u{9f}' => '\u{fffd}',
            _ => c,
        })
        .collect()
}

/// How wide what people read may be, in columns: as the terminal, from 50 to 120; 100 where there is none.
pub fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
    let seen = || {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(width.0))
    };
    told.or_else(seen).unwrap_or(100).clamp(50, 120)
}

/// `text` in lines of `width` at most, each behind the first one with `indent` before it, which doesn't
/// count. A word longer than that has a line of its own.
pub fn wrap(text: &str, width: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > width {
            out.push('\n');
            out.push_str(indent);
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_between_words() {
        assert_eq!(wrap("one two three", 7, "    "), "one two\n    three");
        assert_eq!(wrap("overlong a", 4, ""), "overlong\na");
    }

    #[test]
    fn control_characters_of_a_file_do_not_reach_the_terminal() {
        assert_eq!(tame("a\x1b[31mb\tc"), "a\u{241b}[31mb\tc");
    }
}
