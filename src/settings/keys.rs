//! The table of all settings: the readers, the JSON schema and the docs follow it.

use super::{FailLevel, Indent, KeywordCase, LabelKind, Level, Profile};

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As in `plimsoll.toml`, with dots between tables.
    pub name: &'static str,
    pub kind: Kind,
    /// What it does, in Markdown.
    pub about: &'static str,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Flag,
    /// One of these words.
    OneOf(fn() -> Vec<&'static str>),
    Text,
    /// A program that is started. No file of a workspace may say which.
    Program,
    Texts,
    /// Names of rules, or names that other tools have for them.
    RuleNames,
    /// Labels and what their values look like.
    Labels,
    /// Names and their values.
    Pairs,
    /// By rule: a severity, or a table of severity and options.
    Rules,
}

impl Kind {
    /// What it takes, in words.
    pub fn takes(self) -> String {
        let words = |words: Vec<&'static str>| match words.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("one of {} and {last}", rest.join(", ")),
            _ => words.concat(),
        };
        match self {
            Kind::Flag => "true or false".to_owned(),
            Kind::OneOf(names) => words(names()),
            Kind::Text => "a text".to_owned(),
            Kind::Program => "the path of a program".to_owned(),
            Kind::Texts => "a list of texts".to_owned(),
            Kind::RuleNames => "a list of names of rules".to_owned(),
            Kind::Labels => {
                format!("labels, each with {}", words(LabelKind::ALL.map(LabelKind::as_str).into()))
            }
            Kind::Pairs => "names with their values".to_owned(),
            Kind::Rules => {
                format!("rules, each with {}, or with a table", words(Level::ALL.map(Level::as_str).into()))
            }
        }
    }
}

/// All settings, in the order in which they are documented.
pub const KEYS: &[Key] = &[
    Key {
        name: "profile",
        kind: Kind::OneOf(|| Profile::ALL.map(Profile::as_str).into()),
        about: "Whose rules and severities: our own (`editor`), exactly what hadolint or BuildKit's checks say, \
                or everything (`strict`).",
    },
    Key {
        name: "select",
        kind: Kind::RuleNames,
        about: "Where it isn't empty, only these rules report. A rule's own name, or the name that another tool \
                has for it (`DL3008`, `hadolint/DL3008`).",
    },
    Key { name: "ignore", kind: Kind::RuleNames, about: "These rules don't report." },
    Key {
        name: "fail-level",
        kind: Kind::OneOf(|| FailLevel::ALL.map(FailLevel::as_str).into()),
        about: "The least grave finding that makes the exit code of `plimsoll check` 1.",
    },
    Key {
        name: "trusted-registries",
        kind: Kind::Texts,
        about: "The registries that images may come from: hosts, `*.suffix`, or `*`. Names without a host come \
                from `docker.io`. Empty: any registry may be used.",
    },
    Key {
        name: "label-schema",
        kind: Kind::Labels,
        about: "The labels that an image must have, each with what its value looks like.",
    },
    Key {
        name: "strict-labels",
        kind: Kind::Flag,
        about: "Whether a label that isn't in `label-schema` is a fault.",
    },
    Key {
        name: "hadolint-comments",
        kind: Kind::Flag,
        about: "Whether `# hadolint ignore=` comments silence findings.",
    },
    Key {
        name: "context",
        kind: Kind::Text,
        about: "The folder that you build from, relative to the settings file. Without it: what a Compose or Bake \
                file says, else the nearest folder from the Dockerfile's upward that has a `package.json` or a \
                `.dockerignore`.",
    },
    Key {
        name: "build",
        kind: Kind::Text,
        about: "The service of a Compose file, or the target of a Bake file, that a Dockerfile is looked at as: it \
                says context, target and build arguments. Without it the first that uses the Dockerfile; `none`: \
                none.",
    },
    Key {
        name: "shellcheck",
        kind: Kind::Flag,
        about: "Whether ShellCheck is asked about the scripts in the file, where it is installed.",
    },
    Key {
        name: "shellcheck-path",
        kind: Kind::Program,
        about: "ShellCheck's program: an absolute path, or a name on PATH. Without it: `shellcheck` on PATH. Not in \
                `plimsoll.toml`: a file of a workspace names no program.",
    },
    Key { name: "hints.weight", kind: Kind::Flag, about: "Says behind a line what its layer weighs." },
    Key { name: "hints.cache", kind: Kind::Flag, about: "Says behind a line which files run it again." },
    Key {
        name: "hints.ignored",
        kind: Kind::Flag,
        about: "Says behind a pattern of `.dockerignore` what it keeps out of the build.",
    },
    Key { name: "lenses.image", kind: Kind::Flag, about: "Says above the file what the final image weighs." },
    Key {
        name: "lenses.stages",
        kind: Kind::Flag,
        about: "Says above each stage what it weighs and what becomes of it.",
    },
    Key {
        name: "lenses.build",
        kind: Kind::Flag,
        about: "Says above the file which build of a Compose or Bake file it is looked at as.",
    },
    Key {
        name: "format.keywords",
        kind: Kind::OneOf(|| KeywordCase::ALL.map(KeywordCase::as_str).into()),
        about: "How formatting writes instructions and the `AS` of a `FROM`: in capitals (`upper`, the default), in \
                small letters, or as they are.",
    },
    Key {
        name: "format.indent",
        kind: Kind::OneOf(|| Indent::WORDS.into()),
        about: "What formatting puts in front of a continued line that is no shell text: a tab, so many spaces, or \
                what most instructions of the file have (`file`, the default). Without it `indent_style` and \
                `indent_size` of `.editorconfig` hold.",
    },
    Key {
        name: "format.trim-trailing-blanks",
        kind: Kind::Flag,
        about: "Whether formatting takes blanks at the end of a line away. Without it \
                `trim_trailing_whitespace` of `.editorconfig` holds.",
    },
    Key {
        name: "format.final-newline",
        kind: Kind::Flag,
        about: "Whether formatting ends the file with a line break. Without it `insert_final_newline` of \
                `.editorconfig` holds.",
    },
    Key {
        name: "format.merge-blank-lines",
        kind: Kind::Flag,
        about: "Whether formatting leaves one of several blank lines, and none at the end of the file.",
    },
    Key {
        name: "format.reindent-shell",
        kind: Kind::Flag,
        about: "Whether formatting indents the continued lines of a `RUN` too, by the commands that they belong to; \
                quotes and heredocs stay as they are. Off by default: the indent is part of what a layer is cached \
                by, so that each `RUN` that changes runs once more.",
    },
    Key {
        name: "rules",
        kind: Kind::Rules,
        about: "By rule, how grave its findings are, and the options that the rule's page names.",
    },
];

/// The setting of this name.
pub fn key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}
