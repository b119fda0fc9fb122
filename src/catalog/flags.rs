//! The flags of every instruction, and the keys of `RUN --mount`, as data.
//!
//! Sources: BuildKit, `frontend/dockerfile/instructions/` (`parse.go`, `commands_run*.go`) for names,
//! values and what is refused; the Dockerfile reference for the version that a flag needs.

/// A flag of one instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Without the dashes.
    pub name: &'static str,
    pub value: FlagValue,
    /// Whether it may stand several times.
    pub repeatable: bool,
    /// Whether variables in its value are expanded. Where they aren't, `$x` is taken literally.
    pub expands: bool,
    /// The first Dockerfile syntax (`# syntax=docker/dockerfile:…`) that knows it; `None` where every one
    /// does, and a version that ends in `-labs` where only the labs channel does.
    pub since: Option<&'static str>,
    /// One line on what it does.
    pub summary: &'static str,
    /// Where the Dockerfile reference describes it.
    pub url: &'static str,
}

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagValue {
    /// `--link`, `--link=true` or `--link=false`.
    Bool,
    /// Any text.
    Text,
    /// One of these words, in this very case.
    OneOf(&'static [&'static str]),
    /// A duration as Go writes it, of at least a millisecond.
    Duration,
    /// A whole number that isn't negative.
    Count,
    /// `os/arch[/variant]`.
    Platform,
    /// `user[:group]`, names or numbers.
    Owner,
    /// Octal up to 07777, or symbolic as chmod takes it.
    Mode,
    /// A stage's name or number, an image, or a named context.
    Source,
    /// A digest, or a commit where the source is a Git repository.
    Checksum,
    /// A pattern of paths.
    Pattern,
    /// The comma-separated keys of a mount.
    Mount,
    /// The name of a device, or `name=…,required`.
    Device,
}

impl FlagValue {
    /// What stands for the value in a list of completions or a signature.
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::Bool => "true|false",
            Self::Text => "<text>",
            Self::OneOf(_) => "<word>",
            Self::Duration => "<duration>",
            Self::Count => "<number>",
            Self::Platform => "<os>/<arch>",
            Self::Owner => "<user>:<group>",
            Self::Mode => "<mode>",
            Self::Source => "<stage|image|context>",
            Self::Checksum => "<digest>",
            Self::Pattern => "<pattern>",
            Self::Mount => "type=<type>,target=<path>",
            Self::Device => "<name>",
        }
    }
}

macro_rules! reference {
    ($anchor:literal) => {
        concat!("https://docs.docker.com/reference/dockerfile/#", $anchor)
    };
}

const fn flag(name: &'static str, value: FlagValue, summary: &'static str, url: &'static str) -> Flag {
    Flag { name, value, repeatable: false, expands: false, since: None, summary, url }
}

impl Flag {
    const fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    const fn expands(self) -> Self {
        Self { expands: true, ..self }
    }

    const fn since(self, version: &'static str) -> Self {
        Self { since: Some(version), ..self }
    }
}

const FROM: &[Flag] = &[flag(
    "platform",
    FlagValue::Platform,
    "Takes the image for this platform instead of the build's target platform.",
    reference!("from"),
)
.expands()];

const RUN: &[Flag] = &[
    flag(
        "mount",
        FlagValue::Mount,
        "Shows the command a cache, files of the context or of a stage, a secret, an SSH agent or a scratch file system; none of them ends up in the layer.",
        reference!("run---mount"),
    )
    .repeatable()
    .expands()
    .since("1.2"),
    flag(
        "network",
        FlagValue::OneOf(&["default", "none", "host"]),
        "Chooses the network that the command sees; `none` proves that it needs none.",
        reference!("run---network"),
    )
    .since("1.3"),
    flag(
        "security",
        FlagValue::OneOf(&["sandbox", "insecure"]),
        "Runs the command without the sandbox; the builder must have been allowed to.",
        reference!("run---security"),
    )
    .since("1.20"),
    flag(
        "device",
        FlagValue::Device,
        "Gives the command a CDI device, such as a GPU; the builder must have been allowed to.",
        reference!("run---device"),
    )
    .repeatable()
    .since("1.14-labs"),
];

const CHOWN: &str = "Sets the owner while copying, so that no further layer is needed for `chown`.";
const CHMOD: &str = "Sets the permissions while copying, so that no further layer is needed for `chmod`.";
const LINK: &str =
    "Makes the files a layer of their own that depends on no earlier one, so that it survives their changes.";
const EXCLUDE: &str = "Leaves out the paths that match, though the source names them.";

const COPY: &[Flag] = &[
    flag(
        "from",
        FlagValue::Source,
        "Copies from another stage, an image or a named context instead of the build context.",
        reference!("copy---from"),
    ),
    flag("chown", FlagValue::Owner, CHOWN, reference!("copy---chown---chmod")).expands(),
    flag("chmod", FlagValue::Mode, CHMOD, reference!("copy---chown---chmod")).expands().since("1.2"),
    flag("link", FlagValue::Bool, LINK, reference!("copy---link")).since("1.4"),
    flag(
        "parents",
        FlagValue::Bool,
        "Keeps the sources' parent directories below the destination.",
        reference!("copy---parents"),
    )
    .since("1.20"),
    flag("exclude", FlagValue::Pattern, EXCLUDE, reference!("copy---exclude")).repeatable().since("1.19"),
];

const ADD: &[Flag] = &[
    flag("chown", FlagValue::Owner, CHOWN, reference!("add---chown---chmod")).expands(),
    flag("chmod", FlagValue::Mode, CHMOD, reference!("add---chown---chmod")).expands().since("1.2"),
    flag("link", FlagValue::Bool, LINK, reference!("add---link")).since("1.4"),
    flag(
        "keep-git-dir",
        FlagValue::Bool,
        "Keeps the `.git` directory of a repository that is added.",
        reference!("add---keep-git-dir"),
    )
    .since("1.1"),
    flag(
        "checksum",
        FlagValue::Checksum,
        "Refuses what is downloaded unless it has this digest or, for Git, is this commit.",
        reference!("add---checksum"),
    )
    .expands()
    .since("1.6"),
    flag(
        "unpack",
        FlagValue::Bool,
        "Says whether an archive is unpacked; by default local ones are and downloaded ones aren't.",
        reference!("add---unpack"),
    )
    .since("1.17"),
    flag("exclude", FlagValue::Pattern, EXCLUDE, reference!("add---exclude")).repeatable().since("1.19"),
];

const HEALTHCHECK: &[Flag] = &[
    flag(
        "interval",
        FlagValue::Duration,
        "How long to wait between two checks; 30s unless given.",
        reference!("healthcheck"),
    ),
    flag(
        "timeout",
        FlagValue::Duration,
        "How long one check may take before it counts as failed; 30s unless given.",
        reference!("healthcheck"),
    ),
    flag(
        "start-period",
        FlagValue::Duration,
        "How long failures don't count after the start; 0s unless given.",
        reference!("healthcheck"),
    ),
    flag(
        "start-interval",
        FlagValue::Duration,
        "How long to wait between two checks during the start period; 5s unless given. Needs Docker Engine 25.",
        reference!("healthcheck"),
    ),
    flag(
        "retries",
        FlagValue::Count,
        "How many failures in a row make the container unhealthy; 3 unless given.",
        reference!("healthcheck"),
    ),
];

/// The flags of an instruction, named in capitals; none for most and for what is no instruction.
pub fn of(instruction: &str) -> &'static [Flag] {
    match instruction {
        "FROM" => FROM,
        "RUN" => RUN,
        "COPY" => COPY,
        "ADD" => ADD,
        "HEALTHCHECK" => HEALTHCHECK,
        _ => &[],
    }
}

/// Whether BuildKit looks at an instruction's flags at all: those of ARG and STOPSIGNAL are read past.
pub fn checked(instruction: &str) -> bool {
    !matches!(instruction, "ARG" | "STOPSIGNAL")
}

pub fn find(instruction: &str, name: &str) -> Option<&'static Flag> {
    of(instruction).iter().find(|flag| flag.name == name)
}

/// The instructions that have a flag of this name.
pub fn instructions_with(name: &str) -> impl Iterator<Item = &'static str> + '_ {
    ["FROM", "RUN", "COPY", "ADD", "HEALTHCHECK"].into_iter().filter(move |it| find(it, name).is_some())
}

/// What `RUN --mount` shows the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MountType {
    #[default]
    Bind,
    Cache,
    Tmpfs,
    Secret,
    Ssh,
}

impl MountType {
    pub const ALL: [Self; 5] = [Self::Bind, Self::Cache, Self::Tmpfs, Self::Secret, Self::Ssh];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Cache => "cache",
            Self::Tmpfs => "tmpfs",
            Self::Secret => "secret",
            Self::Ssh => "ssh",
        }
    }

    /// Regardless of case, as BuildKit reads it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(name))
    }

    pub const fn summary(self) -> &'static str {
        match self {
            Self::Bind => {
                "Files of the context, a stage or an image, without a layer for them; what is written is thrown away."
            }
            Self::Cache => {
                "A directory that stays on the builder from build to build, for package managers and compilers; never part of the image."
            }
            Self::Tmpfs => "A scratch file system in memory that is gone after the command.",
            Self::Secret => {
                "A secret as a file or a variable, for this command only; in no layer and no history."
            }
            Self::Ssh => "The client's SSH agent, for this command only.",
        }
    }

    pub const fn url(self) -> &'static str {
        match self {
            Self::Bind => reference!("run---mounttypebind"),
            Self::Cache => reference!("run---mounttypecache"),
            Self::Tmpfs => reference!("run---mounttypetmpfs"),
            Self::Secret => reference!("run---mounttypesecret"),
            Self::Ssh => reference!("run---mounttypessh"),
        }
    }
}

/// A key of `RUN --mount`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MountKey {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub value: MountValue,
    /// The types that make something of it; all where empty.
    pub types: &'static [MountType],
    pub summary: &'static str,
}

/// What a mount's key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountValue {
    Type,
    Text,
    /// `true`, `false` and Go's other spellings of them, or nothing at all for true.
    Bool,
    /// One of these words, in any case.
    OneOf(&'static [&'static str]),
    /// A whole number up to 2³²−1.
    Id,
    /// Octal digits.
    Mode,
    /// A number of bytes, with a unit such as `k`, `mb` or `GiB`.
    Size,
    /// A stage's name or number, an image, or a named context; variables aren't expanded.
    Source,
}

const fn key(
    name: &'static str,
    aliases: &'static [&'static str],
    value: MountValue,
    types: &'static [MountType],
    summary: &'static str,
) -> MountKey {
    MountKey { name, aliases, value, types, summary }
}

/// Every key of `RUN --mount`, the most used first.
pub const MOUNT_KEYS: &[MountKey] = {
    use MountType::{Bind, Cache, Secret, Ssh, Tmpfs};
    &[
        key("type", &[], MountValue::Type, &[], "What is mounted; `bind` unless given."),
        key("target", &["dst", "destination"], MountValue::Text, &[], "Where the command finds it."),
        key(
            "source",
            &["src"],
            MountValue::Text,
            &[Bind, Cache, Secret],
            "The path in what `from` names, its root unless given; for a secret, its id.",
        ),
        key(
            "from",
            &[],
            MountValue::Source,
            &[Bind, Cache],
            "The stage, image or named context whose files are shown; a cache starts with them.",
        ),
        key(
            "id",
            &[],
            MountValue::Text,
            &[Cache, Secret, Ssh],
            "Which cache, secret or agent it is; a cache's id is its target unless given.",
        ),
        key(
            "sharing",
            &[],
            MountValue::OneOf(&["shared", "private", "locked"]),
            &[Cache],
            "What builds at the same time do with one cache: share it (unless given), each take an own, or wait.",
        ),
        key(
            "required",
            &[],
            MountValue::Bool,
            &[Secret, Ssh],
            "Fails the step where the client doesn't offer it.",
        ),
        key("env", &[], MountValue::Text, &[Secret], "Offers the secret as this variable."),
        key(
            "readonly",
            &["ro"],
            MountValue::Bool,
            &[],
            "Forbids writing, as bind mounts do unless told otherwise.",
        ),
        key(
            "readwrite",
            &["rw"],
            MountValue::Bool,
            &[],
            "Allows writing; what a bind mount gets is thrown away.",
        ),
        key("mode", &[], MountValue::Mode, &[Cache, Secret, Ssh], "The permissions, in octal."),
        key("uid", &[], MountValue::Id, &[Cache, Secret, Ssh], "The owner's number; 0 unless given."),
        key("gid", &[], MountValue::Id, &[Cache, Secret, Ssh], "The group's number; 0 unless given."),
        key("size", &[], MountValue::Size, &[Tmpfs], "The most that fits, in bytes or with a unit."),
    ]
};

impl MountKey {
    /// The key of this name or alias, in lower case.
    pub fn named(name: &str) -> Option<&'static Self> {
        MOUNT_KEYS.iter().find(|key| key.name == name || key.aliases.contains(&name))
    }

    /// Its name, then its aliases.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// Whether a mount of this type makes something of it.
    pub fn fits(&self, kind: MountType) -> bool {
        self.types.is_empty() || self.types.contains(&kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_and_key_can_be_shown() {
        for instruction in ["FROM", "RUN", "COPY", "ADD", "HEALTHCHECK"] {
            for flag in of(instruction) {
                assert!(flag.summary.ends_with('.'), "{instruction} --{}", flag.name);
                assert!(flag.url.starts_with("https://docs.docker.com/reference/dockerfile/#"));
            }
        }
        for key in MOUNT_KEYS {
            assert!(key.summary.ends_with('.'), "{}", key.name);
            assert!(key.names().all(|name| MountKey::named(name) == Some(key)));
        }
    }

    #[test]
    fn flags_are_found_by_instruction() {
        assert!(find("COPY", "from").is_some());
        assert!(find("ADD", "from").is_none());
        assert_eq!(instructions_with("chown").collect::<Vec<_>>(), ["COPY", "ADD"]);
        assert!(of("ENV").is_empty());
    }
}
