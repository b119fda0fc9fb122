use crate::layers::Size;
use crate::shell::packages::Tool;

/// One of the things that a step adds to the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub what: What,
    /// Uncompressed bytes; None where they aren't known. The range may be wide: what is told of a step is
    /// its [`Size`](crate::layers::Step::size).
    pub size: Option<Size>,
}

/// What a step adds, as far as a sentence about its weight needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The layers of the base image, by its name as it was looked up.
    Base {
        image: String,
    },
    /// A folder that WORKDIR makes.
    Folder,
    /// So many files of the build context.
    Files {
        count: u64,
    },
    /// What lies at a path of another stage.
    FromStage {
        path: String,
        stage: String,
    },
    /// Something of another image or from the network.
    Elsewhere {
        from: String,
    },
    /// Packages in node_modules.
    Modules {
        packages: usize,
        /// Development dependencies are left out.
        production: bool,
        /// A lockfile or the folder itself says which packages there are; else package.json does, and the
        /// number is about right.
        locked: bool,
        /// How many of them were measured on disk.
        on_disk: usize,
    },
    /// node_modules that nothing tells the weight of, and why.
    UnknownModules {
        why: &'static str,
    },
    /// What a package manager keeps of its downloads.
    PackageCache {
        tool: &'static str,
    },
    /// Packages of the JavaScript world, installed by name.
    NodePackages {
        names: Vec<String>,
    },
    /// `.next` without its cache.
    NextBuild {
        on_disk: bool,
    },
    /// `.next/cache`
    NextCache {
        on_disk: bool,
    },
    /// `.next/standalone`, with the packages that the server needs.
    Standalone {
        on_disk: bool,
    },
    /// A folder that another build writes.
    Output {
        folder: String,
        /// Measured; else reckoned, or not known.
        on_disk: bool,
    },
    /// Packages of the system; `unknown` are those that no table knows.
    SystemPackages {
        names: Vec<String>,
        unknown: Vec<String>,
    },
    AptLists,
    ApkIndex,
    /// Files of earlier layers that a command copies, or takes up into its own by changing owner or mode.
    Again {
        path: String,
        command: String,
    },
    /// A command of which it isn't known what it writes.
    Command {
        name: String,
    },
}

impl What {
    /// Whether its weight follows that of other parts or layers: it is reckoned too high where they are.
    /// npm's archives do so least of all: how far they are packed differs more.
    pub(super) fn is_copy(&self) -> bool {
        match self {
            What::Again { .. } | What::FromStage { .. } => true,
            What::PackageCache { tool } => *tool != Tool::Npm.name(),
            _ => false,
        }
    }

    /// A noun phrase for it, with what its number rests on.
    pub fn words(&self) -> String {
        let list = |names: &[String]| names.join(", ");
        let seen =
            |on_disk: bool| if on_disk { "measured on disk" } else { "reckoned, there is no build on disk" };
        match self {
            What::Base { image } => format!("the base image {image}, by a table of known images"),
            What::Folder => "an empty folder".to_owned(),
            What::Files { count: 1 } => "1 file of the build context".to_owned(),
            What::Files { count } => format!("{count} files of the build context"),
            What::FromStage { path, stage } => format!("what {path} holds in {stage}"),
            What::Elsewhere { from } => format!("files from {from}"),
            What::Modules { packages, production, locked, on_disk } => {
                let whose = match production {
                    true => "development ones left out",
                    false => "development ones included",
                };
                let basis = if !locked {
                    "node_modules by package.json and a table of known packages".to_owned()
                } else if on_disk == packages {
                    "node_modules on disk".to_owned()
                } else if *on_disk == 0 {
                    "node_modules by the lockfile".to_owned()
                } else {
                    let rest = packages - on_disk;
                    format!("node_modules on disk, {rest} of them for this platform by the lockfile")
                };
                let about = if *locked { "" } else { "about " };
                let packages = if *packages == 1 {
                    "1 package".to_owned()
                } else {
                    format!("{about}{packages} packages")
                };
                format!("{basis}, {packages}, {whose}")
            }
            What::UnknownModules { why } => format!("node_modules: {why}"),
            What::PackageCache { tool } => {
                format!("what {tool} keeps of its downloads, by the usual relation to what it unpacks")
            }
            What::NodePackages { names } => format!("{}, by a table of known packages", list(names)),
            What::NextBuild { on_disk } => format!(".next, {}", seen(*on_disk)),
            What::NextCache { on_disk } => format!("the build cache .next/cache, {}", seen(*on_disk)),
            What::Standalone { on_disk } => format!(".next/standalone, {}", seen(*on_disk)),
            What::Output { folder, on_disk: true } => {
                format!("{folder}, as the last build on this machine left it")
            }
            What::Output { folder, on_disk: false } => format!("{folder}, of which there is none on disk"),
            What::SystemPackages { names, unknown } if unknown.is_empty() => {
                format!("{} and what they need, by a table of the distribution's packages", list(names))
            }
            What::SystemPackages { unknown, .. } => {
                format!("packages of the system, of which {} isn't in the tables", list(unknown))
            }
            What::AptLists => "apt's package lists, by a table".to_owned(),
            What::ApkIndex => "apk's package lists, by a table".to_owned(),
            What::Again { path, command } => format!("{path} once more, since `{command}` changes it"),
            What::Command { name } => format!("what `{name}` writes, which only running it tells"),
        }
    }
}
