//! What several rules need: edits in the file's own manner, mounts, images, Node.js projects.

mod edit;
pub mod image;
pub mod mount;
pub mod node;

pub use edit::{append_command, indent_of, newline};
