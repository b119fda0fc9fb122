//! Which packages of the system the app needs when it runs, and which only its build does.

use crate::convert::commands::Ran;
use crate::convert::refuse::{NOT_YET, Stop, refused_at};
use crate::shell::packages::{Package, Tool, Verb};
use crate::syntax::Instruction;
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Compilers, headers and what else only an install or a build wants.
    Build,
    /// Something that a running app asks for.
    Run,
    /// Fetches a URL: needed where the health check does.
    Fetch,
    Unknown,
}

const BUILD: [&str; 23] = [
    "make",
    "g++",
    "gcc",
    "gcc-c++",
    "build-base",
    "build-essential",
    "autoconf",
    "automake",
    "libtool",
    "nasm",
    "pkgconf",
    "pkgconfig",
    "pkg-config",
    "cmake",
    "git",
    "nodejs",
    "npm",
    "yarn",
    "pnpm",
    "patch",
    "binutils",
    "linux-headers",
    "apt-transport-https",
];

const RUN: [&str; 34] = [
    "openssl",
    "tini",
    "dumb-init",
    "su-exec",
    "gosu",
    "bash",
    "tzdata",
    "ca-certificates",
    "chromium",
    "nss",
    "freetype",
    "harfbuzz",
    "fontconfig",
    "font-noto",
    "ttf-freefont",
    "ffmpeg",
    "imagemagick",
    "graphicsmagick",
    "ghostscript",
    "poppler-utils",
    "libreoffice",
    "postgresql-client",
    "vips",
    "libc6-compat",
    "gcompat",
    "libstdc++",
    "libgcc",
    "icu-libs",
    "icu-data-full",
    "musl-locales",
    "procps",
    "locales",
    "libvips",
    "libssl1.1",
];

/// What a package of apk or apt is for. Sources: the packages that public Next.js Dockerfiles install, and
/// what each is described as in Alpine's and Debian's package indexes.
pub(super) fn class(name: &str) -> Class {
    if RUN.contains(&name)
        || name.starts_with("ttf-")
        || name.starts_with("font-")
        || name.starts_with("fonts-")
    {
        return Class::Run;
    }
    if matches!(name, "curl" | "wget") {
        return Class::Fetch;
    }
    let python = name.strip_prefix("python").or_else(|| name.strip_prefix("py3-"));
    if BUILD.contains(&name) || name.ends_with("-dev") || python.is_some() {
        return Class::Build;
    }
    Class::Unknown
}

/// What decides whether the run stage needs a package.
pub(super) struct Asked {
    /// The packages and groups that an `apk del` or `apt-get purge` takes out again.
    pub removed: Vec<String>,
    /// The text of the health check, which may fetch a URL with curl or wget; empty where there is none.
    pub health_check: String,
    /// Programs that packages of the app call.
    pub programs: Vec<&'static str>,
    /// What the scripts in front of the app call.
    pub scripts: BTreeSet<String>,
    /// What the run stage lacks though an app might call it.
    pub left: Vec<String>,
}

/// What a RUN's installs mean for the run stage.
pub(super) enum Needed {
    Nothing,
    /// All of the RUN.
    All,
    /// Some of its packages: an instruction that installs those.
    Some(String),
}

/// Decides on the apk and apt commands of one RUN. `pure` says that it runs nothing else.
pub(super) fn needed(
    instruction: &Instruction,
    ran: &[&Ran<'_>],
    asked: &mut Asked,
    pure: bool,
    keyword: &str,
) -> Result<Needed, Stop> {
    let mut wanted: Vec<(&Package, Class)> = Vec::new();
    let (mut all, mut upgrades, mut tool) = (true, false, Tool::Apk);
    let (mut recommends, mut special) = (true, false);
    for ran in ran {
        let Some(action) = ran.action.as_ref().filter(|a| matches!(a.tool, Tool::Apk | Tool::Apt)) else {
            continue;
        };
        upgrades |= action.verb == Verb::Upgrade;
        if action.verb != Verb::InstallPackages {
            continue;
        }
        tool = action.tool;
        recommends &= !action.no_recommends;
        special |= action.has(&["--repository", "-X", "--allow-untrusted", "-t", "--target-release"]);
        if action.group.as_ref().is_some_and(|group| asked.removed.contains(group)) {
            all = false;
            continue;
        }
        for package in &action.packages {
            if package.dynamic {
                return Err(refused_at(
                    NOT_YET,
                    instruction,
                    format!(
                        "RUN on line {} installs packages whose names aren't written out, so whether the running \
                         app needs them isn't known.",
                        instruction.first_line
                    ),
                ));
            }
            let class = match class(&package.name) {
                _ if asked.scripts.contains(&package.name) => Class::Run,
                Class::Fetch if asked.health_check.contains(&package.name) => Class::Run,
                Class::Build if asked.programs.contains(&&*package.name) => Class::Run,
                Class::Fetch => Class::Build,
                class => class,
            };
            if class == Class::Build || asked.removed.contains(&package.name) {
                all = false;
                let called = matches!(&*package.name, "git" | "curl" | "wget" | "python" | "python3");
                if called && !asked.removed.contains(&package.name) && !asked.left.contains(&package.name) {
                    asked.left.push(package.name.clone());
                }
            } else {
                wanted.push((package, class));
            }
        }
    }
    if wanted.is_empty() && !(upgrades && pure) {
        return Ok(Needed::Nothing);
    }
    if all && pure {
        return Ok(Needed::All);
    }
    if special || wanted.iter().any(|(package, _)| package.direct) {
        return Err(refused_at(
            NOT_YET,
            instruction,
            format!(
                "RUN on line {} installs packages from a place of their own, some for the build and some for the \
                 running app; give those for the running app a RUN of their own.",
                instruction.first_line
            ),
        ));
    }
    let unknown = wanted.iter().any(|(_, class)| *class == Class::Unknown);
    let names: Vec<String> = wanted.iter().map(|(package, _)| written(package, tool)).collect();
    let names = names.join(" ");
    let comment = if unknown { "# Perhaps needed by the app; remove what it doesn't use\n" } else { "" };
    Ok(Needed::Some(match tool {
        Tool::Apk => format!("{comment}{keyword} apk add --no-cache {names}"),
        _ => {
            let flags = if recommends { "-y" } else { "-y --no-install-recommends" };
            format!(
                "{comment}{keyword} apt-get update && apt-get install {flags} {names} && rm -rf /var/lib/apt/lists/*"
            )
        }
    }))
}

fn written(package: &Package, tool: Tool) -> String {
    match &package.version {
        None => package.name.clone(),
        // apk's version carries its operator or not; both tools take `=`.
        Some(version) if tool == Tool::Apk && version.starts_with(['=', '<', '>', '~']) => {
            format!("'{}{version}'", package.name)
        }
        Some(version) => format!("{}={version}", package.name),
    }
}
