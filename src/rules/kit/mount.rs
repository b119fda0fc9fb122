use crate::catalog::flags::MountType;
use crate::syntax::Instruction;
use crate::syntax::flags::mount::{self, Mount};

/// The `--mount`s of a RUN.
pub fn mounts(instruction: &Instruction) -> impl Iterator<Item = Mount> {
    let flags = instruction.flags.iter().filter(|flag| &*flag.name == "mount");
    flags.filter_map(|flag| flag.value.as_ref()).map(|value| mount::parse(&value.text))
}

/// Whether a cache is mounted anywhere.
pub fn has_cache(instruction: &Instruction) -> bool {
    mounts(instruction).any(|mount| mount.kind() == Some(MountType::Cache))
}
