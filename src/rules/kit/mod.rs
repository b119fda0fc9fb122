//! What several rules need: edits in the file's own manner, mounts, what a command deletes, images, Node.js
//! projects, users, hadolint's reading.

pub mod dockerignore;
mod edit;
pub mod frontend;
pub mod hadolint;
pub mod image;
pub mod label;
pub mod mount;
pub mod next;
pub mod node;
pub mod packages;
pub mod pip;
pub mod removal;
pub mod secret;
pub mod semver;
pub mod signal;
pub mod spdx;
pub mod stages;
pub mod step;
pub mod take_out;
pub mod unpinned;
pub mod users;

pub use edit::{
    Layout, append_command, break_chain, in_heredoc, indent_of, layout, line_above, line_below, whole_lines,
};
