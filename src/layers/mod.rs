//! Steps, their layers, what their cache keys hang on, and what they weigh.
//!
//! A step is one instruction of one stage. Sources: BuildKit
//! `frontend/dockerfile/dockerfile2llb/convert.go` (which instruction makes what), and builds with
//! BuildKit 28.5 in which one thing was changed at a time.

mod carried;
mod depends;
mod inputs;
pub mod key;
mod leftovers;
mod plan;
pub mod record;
mod rerun;
mod scenarios;
mod sent;
mod size;
mod subject;
mod weight;

pub use carried::keyed_by;
pub use depends::{Dependency, DependencyKind, dependencies};
pub use inputs::{Inputs, inputs, takes_everything};
pub use key::is_linked;
pub use leftovers::{Leftover, builds_next, cache_folder, has_cache_mount};
pub use plan::{Layer, Plan, Step, excludes};
pub use rerun::{Again, Change, changed_by, rerun_after};
pub use scenarios::{Scenario, scenarios};
pub use sent::{Sent, sent};
pub use size::{Basis, Size, Total, bytes};
pub use subject::Subject;
pub use weight::{Kept, Part, Weight, What};

#[cfg(test)]
mod tests;
