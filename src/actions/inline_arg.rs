//! An ARG's value in the places that use it, and the ARG gone.

use super::ActionKind;
use super::refactoring::{Example, Offer, Place, Refactoring};
use crate::model::{NameKind, Occurrence, Role};
use crate::rules::whole_lines;
use crate::syntax::flags::mount;
use crate::syntax::instruction::declarations;
use crate::syntax::{Instruction, InstructionId, Item, Keyword};
use crate::text::{Edit, Span};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "inline-arg",
    kind: ActionKind::RefactorInline,
    offers,
    examples: &[
        Example::new(
            "ARG <|>TAG=22-alpine\nFROM node:${TAG} AS a\nFROM node:$TAG\n",
            "Inline `TAG` (`--build-arg TAG` then changes nothing)",
            "FROM node:22-alpine AS a\nFROM node:22-alpine\n",
        ),
        Example::new(
            "FROM a\r\n# 버전 😀\r\nARG <|>V=\"1.2\"\r\nENV B=$V\r\nRUN echo 😀 && curl -o b \"https://c/${V}.tgz\" && tar xf b '$V'\r\nCOPY $V/d .\r\n",
            "Inline `V` (`--build-arg V` then changes nothing)",
            "FROM a\r\n# 버전 😀\r\nENV B=1.2\r\nRUN echo 😀 && curl -o b \"https://c/1.2.tgz\" && tar xf b '$V'\r\nCOPY 1.2/d .\r\n",
        ),
        // The comment would be a directive.
        Example::nothing("ARG <|>V=1\n# escape=`\nFROM a:$V\n"),
        // make may well read V from its environment.
        Example::nothing("FROM a\nARG <|>V=1\nENV B=$V\nRUN make\n"),
        Example::nothing("FROM a\nARG <|>V=1\nENV B=${V:-2}\n"),
        Example::nothing("FROM a\nARG <|>V=1\nENV V=$V\n"),
        // `/` parts a pattern from what takes its place.
        Example::nothing("FROM a\nARG <|>V=a/b\nENV X=${Y/$V/z}\n"),
        Example::nothing("FROM a\nARG <|>V=a/b\nRUN echo \"${Y/\"$V\"/z}\"\n"),
        // A flag.
        Example::nothing("FROM a\nARG <|>V=--link\nCOPY $V a b\n"),
        // There it is the secret.
        Example::nothing("FROM a\nARG <|>V=abc\nRUN --mount=type=secret,id=V,env=V echo $V\n"),
        // These tell of every variable.
        Example::nothing("FROM a\nARG <|>V=1\nENV B=$V\nRUN set > /x\n"),
        Example::nothing("FROM a\nARG <|>V=1\nENV B=$V\nRUN export -p > /x\n"),
        Example::nothing("FROM a\nARG <|>V=1\nENV B=$V\nRUN [ -v V ] && rm -rf /x\n"),
        Example::nothing("FROM a\nARG <|>V=1\nENV B=$V\nRUN N=V; echo ${!N}\n"),
        Example::nothing("FROM a\nARG <|>V=1\nENV B=$V\nRUN cat /proc/self/environ\n"),
        Example::nothing("FROM a\nARG <|>V\nENV B=$V\n"),
        Example::nothing("FROM a\nARG <|>V=1\nRUN echo a\n"),
        Example::nothing("FROM a\nARG <|>V=\"a b\"\nENV B=$V\n"),
        Example::nothing("ARG <|>V=1\nFROM a:$V\nARG V\nRUN echo $V\n"),
        Example::nothing("FROM a\nARG <|>V=1\nONBUILD RUN echo $V\n"),
        Example::nothing("FROM a\nARG <|>V=1 W=2\nENV B=$V$W\n"),
        Example::nothing("FROM a\nARG <|>HTTP_PROXY=b\nENV B=$HTTP_PROXY\n"),
    ],
};

/// Programs that read no variables but those that stand on their line, or that have names of their own.
const DEAF: &[&str] = &[
    "echo",
    "printf",
    "test",
    "[",
    "true",
    "false",
    ":",
    "cd",
    "mkdir",
    "rmdir",
    "rm",
    "cp",
    "mv",
    "ln",
    "touch",
    "chmod",
    "chown",
    "chgrp",
    "cat",
    "head",
    "tail",
    "cut",
    "sed",
    "tr",
    "sort",
    "uniq",
    "wc",
    "tee",
    "curl",
    "wget",
    "tar",
    "unzip",
    "gunzip",
    "gzip",
    "xz",
    "sha256sum",
    "sha512sum",
    "md5sum",
    "apt-get",
    "apk",
    "dpkg",
    "useradd",
    "adduser",
    "groupadd",
    "addgroup",
    "usermod",
    "install",
    "set",
    "export",
    "ls",
    "basename",
    "dirname",
    "sleep",
    "uname",
    "id",
    "whoami",
    "mktemp",
    "expr",
    "seq",
    "yum",
    "dnf",
    "microdnf",
];

/// Variables that the builder or such programs read by themselves; those that end in `_` are what others begin with.
const READ: &[&str] = &[
    "BUILDKIT_",
    "SOURCE_DATE_EPOCH",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "HTTP_",
    "HTTPS_",
    "FTP_",
    "NO_PROXY",
    "ALL_PROXY",
    "DEBIAN_",
    "DEBCONF_",
    "DPKG_",
    "APT_",
    "APK_",
    "DNF_",
    "LC_",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TZDIR",
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMP",
    "TEMP",
    "TMPDIR",
    "TERM",
    "TAR_",
    "TAPE",
    "GZIP",
    "XZ_",
    "UNZIP",
    "UNZIPOPT",
    "ZIPINFO",
    "CURL_",
    "WGETRC",
    "SYSTEM_WGETRC",
    "SSL_",
    "SSLKEYLOGFILE",
    "NETRC",
    "LD_",
    "GCONV_",
    "POSIXLY_CORRECT",
    "COLUMNS",
    "LINES",
    "LS_",
    "BASH_",
    "BASHOPTS",
    "SHELLOPTS",
    "ENV",
    "IFS",
    "PS1",
    "PS2",
    "PS4",
    "CDPATH",
    "OLDPWD",
    "PWD",
    "OPTIND",
    "COREUTILS_",
    "BLOCK_",
    "BLOCKSIZE",
    "MALLOC_",
    "GLIBC_",
    "GNUTLS_",
    "OPENSSL_",
    "SIMPLE_BACKUP_SUFFIX",
    "VERSION_CONTROL",
    "RANDFILE",
    "XDG_",
    "IPV4_",
    "QLOGDIR",
];

fn offers(place: &Place<'_>) -> Vec<Offer> {
    let Some((name, edits)) = inline(place).filter(|_| place.is_within()) else { return Vec::new() };
    vec![Offer::new(format!("Inline `{name}` (`--build-arg {name}` then changes nothing)"), edits)]
}

fn inline(place: &Place<'_>) -> Option<(String, Vec<Edit>)> {
    let (instruction, source, model) = (place.instruction, place.source(), place.model());
    let mut declared = declarations(instruction);
    let (declared, None) = (declared.next()?, declared.next()) else { return None };
    if instruction.keyword != Keyword::Arg || !instruction.comments.is_empty() {
        return None;
    }
    let name = declared.name;
    let upper = name.to_ascii_uppercase();
    let read = READ.iter().any(|known| upper == *known || known.ends_with('_') && upper.starts_with(known));
    let given = model.arguments().iter().any(|(given, _)| given == name);
    let text = declared.value?;
    // Quotes around the whole of it are taken off.
    let value = ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text);
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@+-".contains(c);
    if read || given || value.is_empty() || !value.chars().all(plain) {
        return None;
    }
    let names = model.names();
    let occurrences = names.occurrences();
    let own = occurrences.iter().find(|found| found.by == place.id && found.role == Role::Declaration)?;
    let id = own.name?;
    let only_arg = matches!(names.get(id)?.kind, NameKind::Variable { arg: true, env: false });
    let uses: Vec<&Occurrence> = names.of(id).filter(|found| !std::ptr::eq(*found, own)).collect();
    if !only_arg || uses.is_empty() || uses.iter().any(|found| found.role != Role::Use) {
        return None;
    }
    // A comment that comes to stand first may be read as a parser directive.
    let items = place.tree().items();
    let directives = items.iter().take_while(|item| matches!(item, Item::Directive(_))).count();
    let first = directives == place.id.index();
    if first && matches!(items.get(directives + 1), Some(Item::Comment(_))) {
        return None;
    }
    let mut edits = vec![Edit::delete(whole_lines(source, instruction.full_span))];
    for found in uses {
        let user = place.subject.instruction(found.by)?;
        let span = reference(source, found.span).filter(|_| user.keyword != Keyword::Onbuild)?;
        let before = Span::new(user.rest_span().start.min(span.start), span.start).of(source);
        let begins = before.trim_matches(|c: char| c.is_whitespace() || "\"'\\`".contains(c)).is_empty();
        // There it would be a flag.
        if begins && value.starts_with('-') || is_nested(before) {
            return None;
        }
        edits.push(Edit::replace(span, value));
    }
    is_deaf(place, place.id, name).then(|| (name.to_owned(), edits))
}

/// The whole of a plain `$name` or `${name}`.
fn reference(source: &str, name: Span) -> Option<Span> {
    let (before, behind) = (source.get(..name.start as usize)?, source.get(name.end as usize..)?);
    let (start, end) = match before.strip_suffix('{') {
        Some(_) => (name.start - 2, name.end + 1),
        None => (name.start - 1, name.end),
    };
    let whole = Span::new(start, end);
    let braced = before.ends_with('{');
    let closed = !braced || behind.starts_with('}');
    let outside = source.get(..start as usize)?;
    (whole.of(source).starts_with('$') && closed && !outside.ends_with(['$', '\\', '`'])).then_some(whole)
}

/// Whether more than a name may stand in a `${…}` of the text: what comes behind may be within it, where a value
/// means more than itself.
fn is_nested(text: &str) -> bool {
    text.match_indices("${").any(|(at, opening)| {
        let inside = &text[at + opening.len()..];
        !inside.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').starts_with('}')
    })
}

/// Whether no step that sees the ARG `id` runs a program that may read it from its environment.
fn is_deaf(place: &Place<'_>, id: InstructionId, name: &str) -> bool {
    let model = place.model();
    // An ARG above the first FROM is seen by FROMs alone.
    let Some(stage) = model.stage_of(id) else { return true };
    let built_on =
        |other: &&crate::model::Stage| model.with_bases(other).any(|base| base.index == stage.index);
    let steps = model.stages().iter().filter(built_on).flat_map(|stage| model.steps(stage));
    let mut runs = steps.filter(|(other, step)| *other > id && step.keyword == Keyword::Run);
    runs.all(|(run, step)| {
        let Some(script) = place.script(run) else { return false };
        let deaf = |command: &crate::shell::Command<'_>| {
            let assigns = command.words().is_empty() && !command.assignments().is_empty();
            assigns || command.name().is_some_and(|name| DEAF.contains(&&*name) && !tells_all(command))
        };
        let text = step.span.of(place.source());
        let asks = ["${!", "environ"].iter().any(|sign| text.contains(sign));
        !step.is_exec() && !asks && !is_mounted(step, name) && script.commands().iter().all(deaf)
    })
}

/// Whether the command shows every variable, or asks whether one is set.
fn tells_all(command: &crate::shell::Command<'_>) -> bool {
    let has = |options: &[&str]| command.args().iter().any(|word| options.iter().any(|it| word.is(it)));
    match command.name().as_deref() {
        Some("set" | "export") => command.args().is_empty() || has(&["-p", "-o", "+o"]),
        Some("test" | "[" | "printf") => has(&["-v", "-R"]),
        _ => false,
    }
}

/// Whether a mount sets the variable for the step: a secret with `env=`.
fn is_mounted(step: &Instruction, name: &str) -> bool {
    let values = step.flags.iter().filter(|flag| &*flag.name == "mount");
    let mut mounts = values.filter_map(|flag| flag.value.as_ref()).map(|value| mount::parse(&value.text));
    mounts.any(|mount| mount.value("env") == Some(name))
}
