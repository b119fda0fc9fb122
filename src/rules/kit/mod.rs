//! What several rules need: edits in the file's own manner, mounts, what a command deletes, images, Node.js
//! projects.

mod edit;
pub mod image;
pub mod mount;
pub mod node;
pub mod pip;
pub mod removal;
pub mod step;
pub mod unpinned;

pub use edit::{append_command, indent_of};
