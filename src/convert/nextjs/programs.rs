//! The programs that a shell script of the project may call in the run stage, and what brings them.

use super::base::{Base, Kind};

/// What a shell does itself, and the programs that BusyBox and Debian's essential packages both have. Sources: POSIX
/// (Shell Command Language; Utilities), the applets of Alpine's busybox, the file lists of Debian's coreutils, findutils,
/// grep, sed, tar, gzip, hostname, mawk, login and util-linux.
const EVERYWHERE: &[&str] = &[
    ":",
    "[",
    "[[",
    "alias",
    "awk",
    "basename",
    "bg",
    "break",
    "cat",
    "cd",
    "chgrp",
    "chmod",
    "chown",
    "chroot",
    "cksum",
    "command",
    "comm",
    "continue",
    "cp",
    "cut",
    "date",
    "dd",
    "df",
    "dirname",
    "du",
    "echo",
    "egrep",
    "env",
    "eval",
    "exec",
    "exit",
    "expand",
    "export",
    "expr",
    "factor",
    "false",
    "fg",
    "fgrep",
    "find",
    "flock",
    "fold",
    "getopts",
    "grep",
    "groups",
    "gunzip",
    "gzip",
    "hash",
    "head",
    "hostname",
    "id",
    "install",
    "ionice",
    "jobs",
    "kill",
    "let",
    "link",
    "ln",
    "local",
    "ls",
    "md5sum",
    "mkdir",
    "mkfifo",
    "mknod",
    "mktemp",
    "more",
    "mount",
    "mountpoint",
    "mv",
    "nice",
    "nl",
    "nohup",
    "nproc",
    "od",
    "paste",
    "printenv",
    "printf",
    "pwd",
    "read",
    "readlink",
    "readonly",
    "realpath",
    "renice",
    "return",
    "rm",
    "rmdir",
    "run-parts",
    "sed",
    "seq",
    "set",
    "setpriv",
    "setsid",
    "sh",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "shift",
    "shuf",
    "sleep",
    "sort",
    "split",
    "stat",
    "stty",
    "su",
    "sum",
    "sync",
    "tac",
    "tail",
    "tar",
    "tee",
    "test",
    "time",
    "timeout",
    "times",
    "touch",
    "tr",
    "trap",
    "true",
    "truncate",
    "tty",
    "type",
    "ulimit",
    "umask",
    "umount",
    "unalias",
    "uname",
    "unexpand",
    "uniq",
    "unlink",
    "unset",
    "wait",
    "wc",
    "which",
    "who",
    "whoami",
    "xargs",
    "yes",
    "zcat",
];

/// What bash alone knows.
const BASH: &[&str] = &[
    "builtin",
    "caller",
    "compgen",
    "declare",
    "dirs",
    "disown",
    "mapfile",
    "popd",
    "pushd",
    "readarray",
    "shopt",
    "source",
    "typeset",
];

/// What Alpine has beside, by BusyBox.
const ALPINE: &[&str] = &[
    "addgroup", "adduser", "ash", "bc", "bunzip2", "bzip2", "delgroup", "deluser", "diff", "dos2unix",
    "free", "getent", "ip", "nc", "netstat", "nslookup", "patch", "pgrep", "pidof", "ping", "pkill", "ps",
    "source", "strings", "top", "unix2dos", "unzip", "uptime", "usleep", "vi", "watch", "wget", "xxd",
];

/// What Debian has beside.
const DEBIAN: &[&str] = &["bash", "dash", "diff", "getent", "groupadd", "perl", "useradd", "usermod"];

/// What the full images of Debian have beside. Source: docker-library's buildpack-deps (curl and scm).
const FULL: &[&str] =
    &["curl", "git", "gpg", "openssl", "ps", "pgrep", "pkill", "python3", "ssh", "svn", "wget"];

/// Programs that come in a package of another name: the program, and how such a package's name begins.
const PACKAGES: &[(&str, &str)] = &[
    ("aws", "aws"),
    ("dig", "bind-tools"),
    ("dig", "dnsutils"),
    ("envsubst", "gettext"),
    ("gpg", "gnupg"),
    ("mysql", "default-mysql-client"),
    ("mysql", "mariadb-client"),
    ("mysql", "mysql-client"),
    ("mysqladmin", "default-mysql-client"),
    ("mysqladmin", "mariadb-client"),
    ("mysqladmin", "mysql-client"),
    ("nc", "netcat"),
    ("ncat", "ncat"),
    ("nslookup", "bind-tools"),
    ("nslookup", "dnsutils"),
    ("pg_dump", "postgresql"),
    ("pg_isready", "postgresql"),
    ("pgrep", "procps"),
    ("ping", "iputils"),
    ("pkill", "procps"),
    ("ps", "procps"),
    ("psql", "postgresql"),
    ("redis-cli", "redis"),
    ("runuser", "util-linux"),
    ("ssh", "openssh-client"),
    ("usermod", "shadow"),
    ("useradd", "shadow"),
    ("wait-for-it", "wait-for-it"),
];

/// Programs that only root can use as a script means them.
pub(super) const ROOTS: [&str; 8] =
    ["gosu", "su-exec", "setpriv", "su", "runuser", "chroot", "mount", "usermod"];

/// Whether the base image has a program by itself; `by_bash` says that bash runs the script.
pub(super) fn is_there(program: &str, base: &Base, by_bash: bool) -> bool {
    if EVERYWHERE.contains(&program) || by_bash && BASH.contains(&program) {
        return true;
    }
    let tag = base.tag.as_deref().unwrap_or_default();
    if base.kind == Kind::Other || tag.contains('$') {
        return false;
    }
    match tag.contains("alpine") {
        true => ALPINE.contains(&program),
        false => {
            let is_full = base.kind == Kind::Node && !tag.contains("slim");
            DEBIAN.contains(&program) || is_full && FULL.contains(&program)
        }
    }
}

/// Whether a package of apk or apt brings a program.
pub(super) fn brings(package: &str, program: &str) -> bool {
    package == program
        || PACKAGES.iter().any(|(known, start)| *known == program && package.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(kind: Kind, tag: &str) -> Base {
        Base { kind, runtime: "node", user: None, tag: Some(tag.into()), pinned: false, notes: Vec::new() }
    }

    #[test]
    fn what_an_image_has_hangs_on_its_system() {
        let has = |kind, tag, program| is_there(program, &base(kind, tag), false);
        assert!(has(Kind::Node, "20-alpine", "nc") && !has(Kind::Node, "20-slim", "nc"));
        assert!(has(Kind::Node, "20", "curl") && !has(Kind::Node, "20-slim", "curl"));
        assert!(has(Kind::Node, "20-slim", "bash") && !has(Kind::Node, "20-alpine", "bash"));
        assert!(has(Kind::Other, "1", "sed") && !has(Kind::Other, "1", "curl"));
        assert!(!has(Kind::Node, "20", "prisma"));
    }

    #[test]
    fn a_package_brings_programs_of_other_names() {
        assert!(brings("postgresql16-client", "pg_isready") && brings("netcat-openbsd", "nc"));
        assert!(brings("gosu", "gosu") && !brings("gosu", "su-exec"));
    }
}
