//! What a rename changes outside of the file.

use crate::features::Snapshot;
use crate::model::{NameId, NameKind, Role};
use memchr::memmem;

/// Sentences for the user; empty where nothing outside hangs on the name.
pub(super) fn told(snapshot: &Snapshot, id: NameId, kind: NameKind, name: &str) -> String {
    let mut told: Vec<String> = Vec::new();
    match kind {
        NameKind::Stage(_) => told.push(format!(
            "Builds that ask for this stage by name (`docker build --target {name}`, `target:` in compose and Bake \
             files) must use the new one."
        )),
        NameKind::Variable { arg, env } => {
            if arg {
                told.push(format!(
                    "Builds that pass `--build-arg {name}=…` (scripts, CI, `args:` in compose and Bake files) must \
                     pass the new name."
                ));
            }
            if env {
                told.push(format!(
                    "The image carries `{name}` in its environment: programs that read it, and whoever sets it with \
                     `docker run -e` or in compose files, must use the new name."
                ));
            }
        }
        NameKind::Shell | NameKind::Heredoc => return String::new(),
    }
    let lines = mentions(snapshot, id, name);
    if let [first, rest @ ..] = &lines[..] {
        let lines = match rest {
            [] => format!("line {first}"),
            _ => format!("lines {}", lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")),
        };
        told.push(format!(
            "`{name}` also stands on {lines}, where it is another thing or plain text and stays."
        ));
    }
    told.join(" ")
}

/// The most lines that are listed.
const MOST: usize = 5;

/// Lines, 1-based, where the name stands as a word of its own and isn't changed with it.
fn mentions(snapshot: &Snapshot, id: NameId, name: &str) -> Vec<u32> {
    let source = snapshot.source();
    // The name of a stage may be any word.
    let names = snapshot.model().names();
    let mut known =
        names.of(id).filter(|place| place.role != Role::Number).map(|place| place.span).peekable();
    let is_part = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let is_stage = names.get(id).is_some_and(|name| matches!(name.kind, NameKind::Stage(_)));
    let mut lines = Vec::new();
    if is_stage || name.len() < 2 {
        return lines;
    }
    for at in memmem::find_iter(source.as_bytes(), name) {
        let (start, end) = (at as u32, (at + name.len()) as u32);
        while known.next_if(|span| span.end <= start).is_some() {}
        let whole = !is_part(at.checked_sub(1).and_then(|before| source.as_bytes().get(before)))
            && !is_part(source.as_bytes().get(at + name.len()));
        if !whole || known.peek().is_some_and(|span| span.start < end) {
            continue;
        }
        let line = snapshot.lines().line(start) + 1;
        if lines.last() != Some(&line) {
            lines.push(line);
        }
        if lines.len() == MOST {
            break;
        }
    }
    lines
}
