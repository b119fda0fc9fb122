//! The instructions of a Dockerfile, as data.
//!
//! Sources: BuildKit, `frontend/dockerfile/command/command.go` for the names and `instructions/parse.go`
//! for the forms; the cache's part as measured with BuildKit.

/// An instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// In capitals.
    pub name: &'static str,
    pub forms: Forms,
    pub layer: Layer,
    /// One line on what it does to the image.
    pub summary: &'static str,
    /// One line on what makes it, and what follows it, run again.
    pub cache: &'static str,
    /// How it is written, for a signature.
    pub syntax: &'static str,
    /// Where the Dockerfile reference describes it.
    pub url: &'static str,
    /// Whether it is kept for old files only.
    pub deprecated: bool,
}

/// How an instruction's arguments may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forms {
    /// Words only.
    Words,
    /// `name=value` pairs.
    Pairs,
    /// Words, or a JSON array of the same.
    WordsOrJson,
    /// A command line for the shell, or a JSON array that is run without one.
    ShellOrExec,
    /// A JSON array only.
    Json,
    /// Another instruction.
    Instruction,
}

/// What a step of this instruction adds to the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The layers of the image that a stage starts from.
    Base,
    /// A file system layer.
    Files,
    /// Configuration of the image, no files.
    Metadata,
    /// Nothing.
    Nothing,
}

macro_rules! reference {
    ($anchor:literal) => {
        concat!("https://docs.docker.com/reference/dockerfile/#", $anchor)
    };
}

const NOTHING_AGAIN: &str = "Changing it runs nothing again.";

/// The eighteen instructions, in the order in which files mostly use them.
pub const INSTRUCTIONS: &[Instruction] = &[
    Instruction {
        name: "FROM",
        forms: Forms::Words,
        layer: Layer::Base,
        summary: "Begins a stage from an image, another stage, or nothing (`scratch`).",
        cache: "Another base image runs the whole stage again; a tag may move, a digest can't.",
        syntax: "FROM [--platform=<platform>] <image>[:<tag>|@<digest>] [AS <name>]",
        url: reference!("from"),
        deprecated: false,
    },
    Instruction {
        name: "ARG",
        forms: Forms::Pairs,
        layer: Layer::Nothing,
        summary: "Declares a build argument, known from here to the end of the stage and not in the image's environment.",
        cache: "Another value runs every RUN below it again, used or not; declare it as late as can be.",
        syntax: "ARG <name>[=<default>] …",
        url: reference!("arg"),
        deprecated: false,
    },
    Instruction {
        name: "ENV",
        forms: Forms::Pairs,
        layer: Layer::Metadata,
        summary: "Sets environment variables for the steps that follow and for every container of the image.",
        cache: "Another value runs every RUN below it again.",
        syntax: "ENV <name>=<value> …",
        url: reference!("env"),
        deprecated: false,
    },
    Instruction {
        name: "WORKDIR",
        forms: Forms::Words,
        layer: Layer::Files,
        summary: "Changes the directory for what follows, and makes it where it is missing.",
        cache: "Another path runs every RUN below it again, and moves what is copied to relative paths.",
        syntax: "WORKDIR <path>",
        url: reference!("workdir"),
        deprecated: false,
    },
    Instruction {
        name: "COPY",
        forms: Forms::WordsOrJson,
        layer: Layer::Files,
        summary: "Copies files of the build context, another stage or an image into a layer of its own.",
        cache: "Changed content, names or modes run it and what follows again; changed times don't.",
        syntax: "COPY [<flags>] <source> … <destination>",
        url: reference!("copy"),
        deprecated: false,
    },
    Instruction {
        name: "ADD",
        forms: Forms::WordsOrJson,
        layer: Layer::Files,
        summary: "Copies like COPY, and also downloads URLs and Git repositories and unpacks local archives.",
        cache: "Changed content runs it and what follows again; what a URL answers is asked at every build.",
        syntax: "ADD [<flags>] <source> … <destination>",
        url: reference!("add"),
        deprecated: false,
    },
    Instruction {
        name: "RUN",
        forms: Forms::ShellOrExec,
        layer: Layer::Files,
        summary: "Runs a command while building; what it leaves behind is the layer.",
        cache: "Only its text and what it is given are compared: `apt-get update` alone isn't run again tomorrow.",
        syntax: "RUN [<flags>] <command>",
        url: reference!("run"),
        deprecated: false,
    },
    Instruction {
        name: "USER",
        forms: Forms::Words,
        layer: Layer::Metadata,
        summary: "Sets the user for the RUN, CMD and ENTRYPOINT that follow; the image runs as the last one.",
        cache: "Another user runs every RUN and WORKDIR below it again.",
        syntax: "USER <user>[:<group>]",
        url: reference!("user"),
        deprecated: false,
    },
    Instruction {
        name: "CMD",
        forms: Forms::ShellOrExec,
        layer: Layer::Metadata,
        summary: "Says what a container runs unless told otherwise, or the entry point's default arguments; the last one counts.",
        cache: NOTHING_AGAIN,
        syntax: "CMD [\"<program>\", \"<argument>\", …]",
        url: reference!("cmd"),
        deprecated: false,
    },
    Instruction {
        name: "ENTRYPOINT",
        forms: Forms::ShellOrExec,
        layer: Layer::Metadata,
        summary: "Says what a container always runs; the last one counts, and it forgets the base image's CMD.",
        cache: NOTHING_AGAIN,
        syntax: "ENTRYPOINT [\"<program>\", \"<argument>\", …]",
        url: reference!("entrypoint"),
        deprecated: false,
    },
    Instruction {
        name: "EXPOSE",
        forms: Forms::Words,
        layer: Layer::Metadata,
        summary: "Notes the ports that the program listens on; publishes none.",
        cache: NOTHING_AGAIN,
        syntax: "EXPOSE <port>[/tcp|/udp] …",
        url: reference!("expose"),
        deprecated: false,
    },
    Instruction {
        name: "VOLUME",
        forms: Forms::WordsOrJson,
        layer: Layer::Metadata,
        summary: "Marks directories that every container keeps outside its own file system.",
        cache: NOTHING_AGAIN,
        syntax: "VOLUME [\"<path>\", …]",
        url: reference!("volume"),
        deprecated: false,
    },
    Instruction {
        name: "LABEL",
        forms: Forms::Pairs,
        layer: Layer::Metadata,
        summary: "Attaches names and values to the image, for people and tools.",
        cache: NOTHING_AGAIN,
        syntax: "LABEL <name>=<value> …",
        url: reference!("label"),
        deprecated: false,
    },
    Instruction {
        name: "HEALTHCHECK",
        forms: Forms::ShellOrExec,
        layer: Layer::Metadata,
        summary: "Says how Docker finds out whether a container still works, or with NONE that it doesn't ask.",
        cache: NOTHING_AGAIN,
        syntax: "HEALTHCHECK [<flags>] CMD <command> | NONE",
        url: reference!("healthcheck"),
        deprecated: false,
    },
    Instruction {
        name: "SHELL",
        forms: Forms::Json,
        layer: Layer::Metadata,
        summary: "Sets the program that runs the shell form of RUN, CMD and ENTRYPOINT.",
        cache: "Another shell runs every RUN in shell form below it again.",
        syntax: "SHELL [\"<program>\", \"<argument>\", …]",
        url: reference!("shell"),
        deprecated: false,
    },
    Instruction {
        name: "STOPSIGNAL",
        forms: Forms::Words,
        layer: Layer::Metadata,
        summary: "Sets the signal that asks a container to stop; SIGTERM unless given.",
        cache: NOTHING_AGAIN,
        syntax: "STOPSIGNAL <signal>",
        url: reference!("stopsignal"),
        deprecated: false,
    },
    Instruction {
        name: "ONBUILD",
        forms: Forms::Instruction,
        layer: Layer::Metadata,
        summary: "Keeps an instruction for the builds that start from this image, which run it right after their FROM.",
        cache: "It runs in those builds only, and its cache there is that of the instruction it keeps.",
        syntax: "ONBUILD <instruction>",
        url: reference!("onbuild"),
        deprecated: false,
    },
    Instruction {
        name: "MAINTAINER",
        forms: Forms::Words,
        layer: Layer::Metadata,
        summary: "Names the image's author; `LABEL org.opencontainers.image.authors=…` does that today.",
        cache: NOTHING_AGAIN,
        syntax: "MAINTAINER <name>",
        url: reference!("maintainer-deprecated"),
        deprecated: true,
    },
];

impl Instruction {
    /// The instruction of this name, regardless of case.
    pub fn named(name: &str) -> Option<&'static Self> {
        INSTRUCTIONS.iter().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Whether the JSON form stands for a command that no shell runs.
    pub const fn runs_command(&self) -> bool {
        matches!(self.forms, Forms::ShellOrExec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eighteen_instructions_are_there_once() {
        let mut names: Vec<_> = INSTRUCTIONS.iter().map(|it| it.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 18);
        for it in INSTRUCTIONS {
            assert!(it.summary.ends_with('.') && it.cache.ends_with('.'), "{}", it.name);
            assert!(it.syntax.starts_with(it.name), "{}", it.name);
        }
        assert_eq!(Instruction::named("run").map(|it| it.name), Some("RUN"));
        assert!(Instruction::named("RAN").is_none());
    }
}
