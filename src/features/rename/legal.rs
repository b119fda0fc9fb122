//! Which names may be given, and which may be taken away.

use crate::model::NameKind;

/// What BuildKit sets or reads by itself, whatever the file says.
///
/// Source: BuildKit `frontend/dockerfile/dockerfile2llb/platform.go` and `convert.go`; docs.docker.com, "Build
/// variables".
fn is_buildkits(name: &str) -> bool {
    let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];
    let platform = name.strip_prefix("BUILD").or_else(|| name.strip_prefix("TARGET"));
    matches!(platform, Some("PLATFORM" | "OS" | "OSVERSION" | "ARCH" | "VARIANT" | "STAGE"))
        || proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(name))
        || name.starts_with("BUILDKIT_")
        || name == "SOURCE_DATE_EPOCH"
}

/// What shells and programs of every image read.
fn is_systems(name: &str) -> bool {
    matches!(
        name,
        "PATH"
            | "HOME"
            | "USER"
            | "SHELL"
            | "PWD"
            | "OLDPWD"
            | "HOSTNAME"
            | "IFS"
            | "LD_LIBRARY_PATH"
            | "UID"
            | "EUID"
            | "PPID"
            | "RANDOM"
            | "SECONDS"
            | "LINENO"
    )
}

/// Whether a thing of this name may be called otherwise at all.
pub(super) fn may_change(kind: NameKind, name: &str) -> Result<(), String> {
    match kind {
        NameKind::Variable { .. } | NameKind::Shell if is_buildkits(name) => Err(format!(
            "`{name}` is a name that BuildKit itself gives a value or reads; under another one it means nothing."
        )),
        NameKind::Variable { .. } | NameKind::Shell if is_systems(name) => Err(format!(
            "`{name}` is read by the shell and by programs of the image; under another name it means nothing to them."
        )),
        _ => Ok(()),
    }
}

/// Whether `new` can name such a thing.
pub(super) fn check(kind: NameKind, new: &str) -> Result<(), String> {
    let mut chars = new.chars();
    match kind {
        NameKind::Stage(_) => {
            let begins = chars.next().is_some_and(|c| c.is_ascii_alphabetic());
            if !begins || !chars.all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
                return Err(format!(
                    "`{new}` can't name a stage: a name starts with a letter and goes on with letters, digits, `-`, \
                     `_` and `.`."
                ));
            }
            if ["scratch", "context"].iter().any(|taken| taken.eq_ignore_ascii_case(new)) {
                return Err(format!(
                    "`{new}` means something of its own to BuildKit; give the stage another name."
                ));
            }
        }
        NameKind::Variable { .. } | NameKind::Shell => {
            let begins = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
            if !begins || !chars.all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return Err(format!(
                    "`{new}` can't name a variable: a name starts with a letter or `_` and goes on with letters, \
                     digits and `_`."
                ));
            }
            if is_buildkits(new) || is_systems(new) {
                return Err(format!(
                    "`{new}` has a meaning of its own in every build; give the variable another name."
                ));
            }
        }
        NameKind::Heredoc => {
            if new.is_empty() || !chars.all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
                return Err(format!("`{new}` can't end a heredoc: take letters, digits, `-`, `_` and `.`."));
            }
        }
    }
    Ok(())
}
