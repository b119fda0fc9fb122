//! The outside world behind one trait: the only place below server and cli that reads disk or starts a
//! program.
//!
//! A [`Source`] answers for the disk, an editor's open documents, a revision of git, or a map in memory.
//! [`View::gather`] asks it everything at once and gives a finished, immutable [`View`]: the build context's root,
//! .dockerignore, the files that a build can take and their sizes, for each folder with a package.json a
//! [`Project`], the shell scripts near one, and the builds of Compose and Bake files that use the Dockerfile. Layers, rules and the conversion read views and never the source.

mod again;
pub mod builds;
mod content;
mod copy_match;
mod disk;
pub mod dockerfiles;
pub mod dockerignore;
mod env_settings;
mod follow;
mod gather;
mod git;
mod inventory;
mod js_config;
pub mod lock_graph;
pub mod lockfiles;
mod memory;
mod next_build;
pub mod next_config;
mod next_version;
mod node_modules;
mod overlay;
mod package_json;
mod problem;
mod program;
mod project;
mod scripts;
mod secret_files;
mod shell_scripts;
pub mod shellcheck;
mod source;
mod view;
pub mod vite_config;
mod walk;

pub use again::Look;
pub use content::Contents;
pub use copy_match::{copy_excludes, copy_takes};
pub use disk::Disk;
pub use env_settings::EnvSetting;
pub use gather::root_of;
pub use git::{GitError, Revision};
pub use inventory::{Entry as Lying, Inventory};
pub use memory::Memory;
pub use next_build::NextBuild;
pub use next_version::{NextVersion, VersionBasis};
pub use node_modules::{Installed, InstalledPackage};
pub use overlay::Overlay;
pub use package_json::{ModuleType, PackageJson, PackageManagerField};
pub use problem::Problem;
pub use project::{PROJECT_FILES, Parsed, Project, SourceFile};
pub use scripts::{NextStart, Program, StartKind};
pub use secret_files::SecretFile;
pub use shell_scripts::{ShellScript, is_shell_script};
pub use source::{Entry, ErrorKind, Kind, MAX_TEXT, Source, SourceError, Stamp, Stat, TextFile, normal};
pub use view::{Cancelled, ContextFile, IgnoredFolder, Limits, Request, RootBasis, Totals, View};
