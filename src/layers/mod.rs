//! Steps, their layers, what their cache keys hang on, and what they weigh.
//!
//! A step is one instruction of one stage. Sources: BuildKit
//! `frontend/dockerfile/dockerfile2llb/convert.go` (which instruction makes what), and builds with
//! BuildKit 28.5 in which one thing was changed at a time.

mod carried;
mod depends;
mod inputs;
mod leftovers;
mod plan;
mod rerun;
mod size;
mod subject;
mod weight;

pub use carried::has_in_key;
pub use depends::{Dependency, DependencyKind, dependencies};
pub use inputs::{Inputs, inputs, takes_everything};
pub use leftovers::{Leftover, builds_next, cache_folder, has_cache_mount, leftovers};
pub use plan::{Layer, Plan, Step, excludes};
pub use rerun::{Again, Change, changed_by, is_linked, rerun, rerun_after};
pub use size::{Basis, Size, Total, bytes};
pub use subject::Subject;
pub use weight::{Part, What};

#[cfg(test)]
mod tests;
