use crate::catalog::flags::MountType;
use crate::syntax::Instruction;
use crate::syntax::flags::mount::{self, Mount};

/// The `--mount`s of a RUN.
pub fn mounts(instruction: &Instruction) -> impl Iterator<Item = Mount> {
    let flags = instruction.flags.iter().filter(|flag| &*flag.name == "mount");
    flags.filter_map(|flag| flag.value.as_ref()).map(|value| mount::parse(&value.text))
}

/// Whether what is written to `path` stays out of the layer: a cache or tmpfs is mounted there or above.
pub fn keeps_out(instruction: &Instruction, path: &str) -> bool {
    mounts(instruction).any(|mount| {
        matches!(mount.kind(), Some(MountType::Cache | MountType::Tmpfs))
            && mount.value("target").is_some_and(|target| {
                let target = target.trim_end_matches('/');
                path == target || path.strip_prefix(target).is_some_and(|rest| rest.starts_with('/'))
            })
    })
}

/// Whether a cache is mounted anywhere.
pub fn has_cache(instruction: &Instruction) -> bool {
    mounts(instruction).any(|mount| mount.kind() == Some(MountType::Cache))
}
