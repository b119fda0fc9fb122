//! What the requests about names share.

use super::Snapshot;
use crate::model::{NameKind, Occurrence};

/// The name that a caret at `offset` means: one that it touches, or one whose `$` or `${` it stands before.
pub(super) fn at(snapshot: &Snapshot, offset: u32) -> Option<&Occurrence> {
    let names = snapshot.model().names();
    names.at(offset).or_else(|| {
        let ahead = snapshot.source().as_bytes().get(offset as usize..)?;
        let over = match ahead {
            [b'$', b'{', ..] => 2,
            [b'$', ..] => 1,
            [b'{', ..] if offset > 0 && snapshot.source().as_bytes()[offset as usize - 1] == b'$' => 1,
            _ => return None,
        };
        // Only where the name itself begins there: `$$name` is no variable.
        names.at(offset + over).filter(|found| found.span.start == offset + over)
    })
}

/// What users call the thing: `the stage build`, `the build argument V`.
pub(super) fn title(kind: NameKind, name: &str) -> String {
    match kind {
        NameKind::Stage(_) => format!("the stage `{name}`"),
        NameKind::Variable { env: true, .. } => format!("the environment variable `{name}`"),
        NameKind::Variable { .. } => format!("the build argument `{name}`"),
        NameKind::Shell => format!("the shell variable `{name}`"),
        NameKind::Heredoc => format!("the heredoc `{name}`"),
    }
}
