//! Files of the image that aren't what the build context has under their names.

use super::built::Built;
use super::refuse::{NOT_YET, Stop, refused_at};
use crate::syntax::instruction::Copy;
use crate::syntax::{Instruction, Keyword};

/// Refuses what is put in the place of a file that the conversion reads; `is_config` says which those are.
pub(super) fn check(
    built: &Built<'_>,
    instruction: &Instruction,
    copied: &Copy<'_>,
    place: &str,
    is_config: &dyn Fn(&str) -> bool,
) -> Result<(), Stop> {
    let line = instruction.first_line;
    let refuse = |message: String| Err(refused_at(NOT_YET, instruction, message));
    if !copied.heredocs.is_empty() {
        return refuse(format!(
            "{} on line {line} writes a file of its own into the image, which isn't read yet.",
            instruction.keyword
        ));
    }
    let archive = |name: &str| {
        [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".txz", ".tbz2"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    if instruction.keyword == Keyword::Add && copied.sources.iter().any(|source| archive(&source.text)) {
        return refuse(format!("ADD on line {line} unpacks an archive, in which can't be looked."));
    }
    let name = place.strip_prefix(&*built.app).unwrap_or_default().trim_start_matches('/');
    let same = |source: &str| source.rsplit('/').next() == Some(name);
    if is_config(name) && !copied.sources.iter().all(|source| same(&source.text)) {
        return refuse(format!(
            "{} on line {line} puts another file in the place of {name}; which of them counts isn't followed.",
            instruction.keyword
        ));
    }
    Ok(())
}
