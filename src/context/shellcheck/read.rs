use super::{Comment, Level, Place, Replacement};
use serde_json::Value;

/// Reads ShellCheck's JSON. In the format `json1` a tab is one column; in the old `json` it reaches to the next
/// multiple of eight. None where it isn't what ShellCheck prints; a finding that can't be read is left out.
///
/// Source: ShellCheck `src/ShellCheck/Formatter/JSON1.hs` and `JSON.hs`.
pub(super) fn comments(out: &[u8], script: &str, old: bool) -> Option<Vec<Comment>> {
    let answer: Value = serde_json::from_slice(out).ok()?;
    let list = if old { answer.as_array()? } else { answer["comments"].as_array()? };
    let lines: Vec<&str> = if old { script.split('\n').collect() } else { Vec::new() };
    let place = |value: &Value, line: &str, column: &str| {
        let line = u32::try_from(value[line].as_u64()?).ok()?.max(1);
        let column = u32::try_from(value[column].as_u64()?).ok()?.max(1);
        let column = match old {
            true => lines.get(line as usize - 1).map_or(column, |text| without_tab_stops(text, column)),
            false => column,
        };
        Some(Place { line, column })
    };
    let comment = |value: &Value| {
        let start = place(value, "line", "column")?;
        let fix = value["fix"]["replacements"].as_array().map(Vec::as_slice).unwrap_or_default();
        let replacement = |edit: &Value| {
            Some(Replacement {
                start: place(edit, "line", "column")?,
                end: place(edit, "endLine", "endColumn")?,
                text: edit["replacement"].as_str()?.to_owned(),
                precedence: edit["precedence"].as_i64().unwrap_or(0),
                after_before: edit["insertionPoint"] == "beforeStart",
            })
        };
        // Half of a fix mends nothing.
        let fix: Option<Vec<Replacement>> = fix.iter().map(replacement).collect();
        Some(Comment {
            start,
            end: place(value, "endLine", "endColumn").filter(|end| *end >= start).unwrap_or(start),
            code: u32::try_from(value["code"].as_u64()?).ok()?,
            level: match value["level"].as_str()? {
                "error" => Level::Error,
                "warning" => Level::Warning,
                "info" => Level::Info,
                _ => Level::Style,
            },
            message: value["message"].as_str()?.to_owned(),
            fix: fix.unwrap_or_default(),
        })
    };
    Some(list.iter().filter_map(comment).collect())
}

/// The column that counts a tab as one character.
fn without_tab_stops(line: &str, column: u32) -> u32 {
    let (mut shown, mut counted) = (1, 1);
    for character in line.chars() {
        if shown >= column {
            break;
        }
        shown += if character == '\t' { 8 - (shown - 1) % 8 } else { 1 };
        counted += 1;
    }
    counted + column.saturating_sub(shown)
}
