//! Names and other names for them.

use super::{fits, snapshot};
use plimsoll::features::{Snapshot, prepare_rename, rename};
use plimsoll::model::NameKind;
use plimsoll::text::{FileChange, apply};

/// So many things of a file are renamed.
const MOST: usize = 8;

/// Renames what has a name and back again: the file is the one that it was.
pub fn check(text: &str) {
    let before = snapshot(text);
    let names = before.model().names();
    for place in names.occurrences() {
        fits(text, place.span, "a name");
    }
    let mut known = Vec::new();
    for place in names.occurrences() {
        let Some(id) = place.name.filter(|id| !known.contains(id)) else { continue };
        known.push(id);
        if known.len() > MOST {
            break;
        }
        let (at, new) = (place.span.start, "zz_9");
        let Ok(Some(offered)) = prepare_rename(&before, at) else { continue };
        fits(text, offered.span, "what is renamed");
        let Ok(there) = renamed(&before, at, new) else { continue };
        let after = snapshot(&there);
        // What is behind other places of the name moved.
        let shift = (new.len() as i64 - offered.name.len() as i64)
            * names.of(id).filter(|it| it.span.start < at).count() as i64;
        let Ok(back) = renamed(&after, (i64::from(at) + shift) as u32, &offered.name) else { continue };
        let is_stage = matches!(names.get(id).map(|name| name.kind), Some(NameKind::Stage(_)));
        // Stages are found in any case.
        let same = if is_stage { back.eq_ignore_ascii_case(text) } else { back == text };
        assert!(same, "`{}` there and back: {back:?}", offered.name);
    }
}

fn renamed(snapshot: &Snapshot, at: u32, new: &str) -> Result<String, String> {
    let edit = rename(snapshot, at, new)?.edit;
    let [file] = &edit.files[..] else { panic!("{edit:?}") };
    let FileChange::Modify { edits, .. } = &file.change else { panic!("{edit:?}") };
    Ok(apply(snapshot.source(), edits).expect("the edits fit the text"))
}
