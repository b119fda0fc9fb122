//! Which lockfiles a project has, and which package manager that means.

use super::package_json::PackageManagerField;
use std::path::PathBuf;
use std::sync::Arc;

/// One kind of lockfile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LockKind {
    /// npm; where both are there, npm reads npm-shrinkwrap.json.
    NpmShrinkwrap,
    Npm,
    /// Classic (version 1) or berry.
    Yarn,
    Pnpm,
    /// Bun's text lockfile, since 1.2.
    Bun,
    /// Bun's binary lockfile.
    BunBinary,
}

impl LockKind {
    /// All kinds, those first that win over others.
    pub const ALL: [LockKind; 6] = [
        LockKind::NpmShrinkwrap,
        LockKind::Npm,
        LockKind::Yarn,
        LockKind::Pnpm,
        LockKind::Bun,
        LockKind::BunBinary,
    ];

    /// The file's name, the same in every project.
    pub fn file_name(self) -> &'static str {
        match self {
            LockKind::NpmShrinkwrap => "npm-shrinkwrap.json",
            LockKind::Npm => "package-lock.json",
            LockKind::Yarn => "yarn.lock",
            LockKind::Pnpm => "pnpm-lock.yaml",
            LockKind::Bun => "bun.lock",
            LockKind::BunBinary => "bun.lockb",
        }
    }

    /// The package manager that writes it.
    pub fn manager(self) -> Manager {
        match self {
            LockKind::NpmShrinkwrap | LockKind::Npm => Manager::Npm,
            LockKind::Yarn => Manager::Yarn,
            LockKind::Pnpm => Manager::Pnpm,
            LockKind::Bun | LockKind::BunBinary => Manager::Bun,
        }
    }
}

/// A package manager of the JavaScript world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manager {
    Npm,
    Yarn,
    Pnpm,
    Bun,
}

impl Manager {
    /// The command's name.
    pub fn name(self) -> &'static str {
        match self {
            Manager::Npm => "npm",
            Manager::Yarn => "yarn",
            Manager::Pnpm => "pnpm",
            Manager::Bun => "bun",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Manager::Npm, Manager::Yarn, Manager::Pnpm, Manager::Bun].into_iter().find(|m| m.name() == name)
    }
}

/// A lockfile that is there.
#[derive(Clone, Debug)]
pub struct Lockfile {
    pub kind: LockKind,
    pub path: PathBuf,
    /// Its text; `None` for the binary kind and where it can't be read.
    pub text: Option<Arc<str>>,
}

/// The lockfiles of one project.
#[derive(Clone, Debug, Default)]
pub struct Lockfiles {
    /// In the order of [`LockKind::ALL`].
    pub found: Vec<Lockfile>,
    /// `.yarnrc.yml`, where it is there: yarn is berry then.
    pub yarnrc: Option<Yarnrc>,
}

/// The settings of a `.yarnrc.yml` that a build hangs on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Yarnrc {
    /// `nodeLinker`; where it isn't set, berry uses Plug'n'Play.
    pub node_linker: Option<String>,
    /// `yarnPath`: the copy of yarn in the repository that must be there before anything is installed.
    pub yarn_path: Option<String>,
}

/// Which yarn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YarnKind {
    /// Version 1.
    Classic,
    /// Version 2 and later.
    Berry,
}

/// How the package manager was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManagerBasis {
    /// package.json names it in `packageManager`.
    PackageJson,
    /// The only kind of lockfile there is.
    Lockfile,
    /// Several managers' lockfiles are there; this is the first in the order of [`LockKind::ALL`].
    SeveralLockfiles,
}

impl Lockfiles {
    /// The lockfile of one kind, where it is there.
    pub fn get(&self, kind: LockKind) -> Option<&Lockfile> {
        self.found.iter().find(|lock| lock.kind == kind)
    }

    /// The project's package manager, from `packageManager` of package.json, else from the lockfiles.
    /// `None` where neither tells.
    pub fn manager(&self, field: Option<&PackageManagerField>) -> Option<(Manager, ManagerBasis)> {
        if let Some(manager) = field.and_then(|field| Manager::named(&field.name)) {
            return Some((manager, ManagerBasis::PackageJson));
        }
        let first = self.found.first()?.kind.manager();
        let several = self.found.iter().any(|lock| lock.kind.manager() != first);
        Some((first, if several { ManagerBasis::SeveralLockfiles } else { ManagerBasis::Lockfile }))
    }

    /// Which yarn wrote yarn.lock; `None` where there isn't one.
    pub fn yarn(&self) -> Option<YarnKind> {
        let lock = self.get(LockKind::Yarn)?;
        let berry = self.yarnrc.is_some()
            || lock
                .text
                .as_deref()
                .is_some_and(|text| text.lines().take(40).any(|l| l.starts_with("__metadata:")));
        Some(if berry { YarnKind::Berry } else { YarnKind::Classic })
    }

    /// Whether yarn installs by Plug'n'Play, without a node_modules folder.
    pub fn is_plug_n_play(&self) -> bool {
        self.yarn() == Some(YarnKind::Berry)
            && match self.yarnrc.as_ref().and_then(|rc| rc.node_linker.as_deref()) {
                None => true,
                Some(linker) => linker == "pnp",
            }
    }
}

impl Yarnrc {
    /// Reads the two settings from the top level of the YAML, one line each, as yarn itself writes them.
    pub fn parse(text: &str) -> Self {
        let setting = |key: &str| {
            text.lines().find_map(|line| {
                let value = line.strip_prefix(key)?.strip_prefix(':')?;
                let value = value.split(" #").next().unwrap_or(value).trim();
                let value = value.trim_matches(|c| c == '"' || c == '\'');
                (!value.is_empty()).then(|| value.to_string())
            })
        };
        Self { node_linker: setting("nodeLinker"), yarn_path: setting("yarnPath") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(kind: LockKind, text: &str) -> Lockfile {
        Lockfile { kind, path: kind.file_name().into(), text: Some(text.into()) }
    }

    #[test]
    fn the_manager_is_what_package_json_names_else_what_the_lockfile_says() {
        let field = PackageManagerField { name: "pnpm".into(), version: "9".into() };
        let both = Lockfiles { found: vec![lock(LockKind::Npm, ""), lock(LockKind::Yarn, "")], yarnrc: None };
        assert_eq!(both.manager(Some(&field)), Some((Manager::Pnpm, ManagerBasis::PackageJson)));
        assert_eq!(both.manager(None), Some((Manager::Npm, ManagerBasis::SeveralLockfiles)));
        let bun = Lockfiles { found: vec![lock(LockKind::Bun, "")], yarnrc: None };
        assert_eq!(bun.manager(None), Some((Manager::Bun, ManagerBasis::Lockfile)));
        assert_eq!(Lockfiles::default().manager(None), None);
    }

    #[test]
    fn berry_without_a_linker_is_plug_n_play() {
        let mut locks = Lockfiles { found: vec![lock(LockKind::Yarn, "# yarn lockfile v1\n")], yarnrc: None };
        assert_eq!((locks.yarn(), locks.is_plug_n_play()), (Some(YarnKind::Classic), false));
        locks.found = vec![lock(LockKind::Yarn, "# generated\n\n__metadata:\n  version: 8\n")];
        assert_eq!((locks.yarn(), locks.is_plug_n_play()), (Some(YarnKind::Berry), true));
        locks.yarnrc = Some(Yarnrc::parse(
            "compressionLevel: 0\n\nnodeLinker: node-modules # no pnp\nyarnPath: \".yarn/releases/y.cjs\"\n",
        ));
        assert!(!locks.is_plug_n_play());
        assert_eq!(locks.yarnrc.unwrap().yarn_path.as_deref(), Some(".yarn/releases/y.cjs"));
    }
}
