//! Which system a stage is built on, and so which shell reads what stands in its shell forms.
//!
//! BuildKit takes the shell from SHELL, else from the base image's configuration, else by the system:
//! `cmd /S /C` on Windows, `/bin/sh -c` elsewhere (`defaultShell` in `dockerfile2llb/convert.go`). A file
//! doesn't hold the image's configuration; its name tells most of it.
//!
//! `# escape` changes nothing of that in BuildKit. But the directive is there for Windows paths, as Docker's
//! reference says, so a file that asks for the backtick counts as one for Windows wherever its base may
//! be either.

use super::scope;
use super::{Base, Variable};
use crate::shell::Dialect;
use crate::syntax::image::ImageRef;

/// The names of systems and releases that images for Linux carry in name or tag.
const LINUX: [&str; 24] = [
    "linux",
    "alpine",
    "debian",
    "ubuntu",
    "slim",
    "buster",
    "bullseye",
    "bookworm",
    "trixie",
    "bionic",
    "focal",
    "jammy",
    "noble",
    "distroless",
    "busybox",
    "centos",
    "fedora",
    "rockylinux",
    "amazonlinux",
    "azurelinux",
    "mariner",
    "chiseled",
    "ubi",
    "wolfi",
];

/// Docker's official images that are built for Windows too: those with `windows-amd64` among their
/// `Architectures` in docker-library/official-images.
const FOR_BOTH: [&str; 12] = [
    "caddy",
    "docker",
    "eclipse-temurin",
    "golang",
    "haxe",
    "hello-world",
    "hylang",
    "mongo",
    "nats",
    "openjdk",
    "pypy",
    "python",
];

/// Whether the stage is built on Windows. `platform` is the value of `--platform` as it is written.
pub(super) fn is_windows(base: &Base, platform: Option<&str>, escape: char, globals: &[Variable]) -> bool {
    let platform = platform.and_then(|platform| scope::expand(platform, escape, globals));
    if let Some(platform) = platform.as_deref().filter(|platform| !platform.is_empty()) {
        // `windows/amd64`, `windows(10.0.17763)/amd64`
        return platform.to_ascii_lowercase().starts_with("windows");
    }
    let Base::Image { written, reference } = base else { return false };
    let text = reference.as_deref().unwrap_or(written);
    let image = ImageRef::parse(text, escape);
    let (name, tag) = (image.familiar_name().to_lowercase(), image.tag().unwrap_or_default().to_lowercase());
    if names_windows(&name, &tag) {
        return true;
    }
    escape == '`' && may_be_windows(&image, &name, &tag)
}

/// What reads the shell forms on Windows until a SHELL stands above them. Docker's official images on
/// Server Core set PowerShell in their configuration (`Dockerfile-windows*.template` of
/// docker-library/golang and docker-library/python); those on Nano Server have none.
pub(super) fn windows_shell(base: &Base, escape: char) -> Dialect {
    let Base::Image { written, reference } = base else { return Dialect::Cmd };
    let image = ImageRef::parse(reference.as_deref().unwrap_or(written), escape);
    let official =
        image.canonical_name().strip_prefix("docker.io/library/").is_some_and(|n| FOR_BOTH.contains(&n));
    let nano = image.tag().is_some_and(|tag| tag.contains("nanoserver"));
    if official && !nano { Dialect::PowerShell } else { Dialect::Cmd }
}

/// By Microsoft's own names, and by the tags that images for several systems tell them by.
fn names_windows(name: &str, tag: &str) -> bool {
    let server = |word: &str| matches!(word, "nanoserver" | "servercore" | "windowsservercore");
    let microsoft = name.strip_prefix("mcr.microsoft.com/");
    microsoft.is_some_and(|name| {
        name == "windows" || name.starts_with("windows/") || name.starts_with("dotnet/framework/")
    }) || name.ends_with("-windows")
        || name.split(['/', '-']).any(server)
        || words(tag).any(|word| server(word) || word.starts_with("windows") || word.starts_with("ltsc20"))
}

/// Whether an image that says nothing may be one for Windows.
fn may_be_windows(image: &ImageRef<'_>, name: &str, tag: &str) -> bool {
    let linux = |word: &str| LINUX.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()));
    if words(name).chain(words(tag)).any(linux) {
        return false;
    }
    match image.canonical_name().strip_prefix("docker.io/library/") {
        Some(official) => FOR_BOTH.contains(&official) || official.contains('$'),
        None => true,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::model::Model;
    use crate::shell::Dialect;
    use crate::syntax::{Keyword, parse};
    use std::sync::Arc;

    /// The dialect of the last RUN.
    fn dialect(text: &str) -> Dialect {
        let model = Model::new(Arc::new(parse(text).0));
        let (run, _) = model.tree().numbered().rfind(|(_, i)| i.keyword == Keyword::Run).unwrap();
        assert_eq!(model.script(run).unwrap().dialect, model.dialect(run), "{text}");
        model.dialect(run)
    }

    #[test]
    fn the_base_image_tells_the_shell() {
        use Dialect::*;
        for (head, expected) in [
            ("FROM mcr.microsoft.com/windows/servercore:ltsc2022", Cmd),
            ("FROM mcr.microsoft.com/windows/nanoserver:1809", Cmd),
            ("FROM mcr.microsoft.com/windows:20H2", Cmd),
            ("FROM mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-ltsc2022", Cmd),
            ("FROM mcr.microsoft.com/dotnet/framework/sdk:4.8", Cmd),
            ("FROM microsoft/windowsservercore", Cmd),
            ("FROM jenkins/agent:jdk17-windowsservercore-ltsc2019", Cmd),
            ("ARG TAG=ltsc2022\nFROM mcr.microsoft.com/windows/servercore:${TAG}", Cmd),
            ("FROM --platform=windows/amd64 example/tool", Cmd),
            ("FROM --platform=windows(10.0.17763)/amd64 scratch", Cmd),
            ("ARG P=windows/amd64\nFROM --platform=$P example/tool", Cmd),
            ("FROM stefanscherer/node-windows:20", Cmd),
            ("FROM golang:1.22-windowsservercore-ltsc2022", PowerShell),
            ("FROM golang:1.22-nanoserver-ltsc2022", Cmd),
            ("FROM mcr.microsoft.com/windows/servercore AS a\nFROM a AS b\nFROM b", Cmd),
            ("FROM mcr.microsoft.com/windows/servercore\nSHELL [\"powershell\", \"-Command\"]", PowerShell),
            (
                "FROM mcr.microsoft.com/windows/servercore AS a\nSHELL [\"pwsh\", \"-c\"]\nFROM a\nRUN x",
                PowerShell,
            ),
            ("FROM golang:1.22-nanoserver\nSHELL [\"C:\\\\git\\\\bin\\\\bash.exe\", \"-c\"]", Posix),
            ("FROM node:22", Posix),
            ("FROM golang:1.22", Posix),
            ("FROM dockcross/windows-static-x64", Posix),
            ("FROM --platform=linux/amd64 example/servercore", Posix),
            ("FROM --platform=$BUILDPLATFORM golang:1.22", Posix),
            ("FROM mcr.microsoft.com/dotnet/sdk:8.0", Posix),
            ("FROM scratch", Posix),
        ] {
            assert_eq!(dialect(&format!("{head}\nRUN dir\n")), expected, "{head}");
        }
    }

    #[test]
    fn the_escape_character_tells_only_where_nothing_else_does() {
        use Dialect::*;
        for (image, expected) in [
            ("mcr.microsoft.com/dotnet/sdk:8.0", Cmd),
            ("registry.example.com/team/base:1", Cmd),
            ("golang:1.22", PowerShell),
            ("$BASE", Cmd),
            ("node:22", Posix),
            ("node:22-alpine3.20", Posix),
            ("mcr.microsoft.com/dotnet/sdk:8.0-bookworm-slim", Posix),
            ("--platform=linux/amd64 golang:1.22", Posix),
            ("scratch", Posix),
        ] {
            assert_eq!(dialect(&format!("# escape=`\nFROM {image}\nRUN dir\n")), expected, "{image}");
        }
    }
}
