//! Reads the sources and holds the picture in `src/lib.rs`: which module may name which, where
//! `tower_lsp` may be named, and where the disk and processes may be touched.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What each module may name of the crate, besides itself. What stands left of a module in the picture
/// it may name; what stands right it may not. The leaves `catalog` (facts) and `settings` (values) know
/// nothing but text.
const ARROWS: &[(&str, &[&str])] = &[
    ("text", &[]),
    ("catalog", &["text"]),
    ("settings", &["text"]),
    ("syntax", &["text", "catalog"]),
    ("shell", &["text", "syntax", "catalog"]),
    ("model", &["text", "syntax", "shell", "catalog", "settings"]),
    ("context", &["text", "shell", "catalog"]),
    ("layers", &["text", "syntax", "shell", "model", "context", "catalog", "settings"]),
    ("convert", &["text", "syntax", "shell", "model", "context", "layers", "catalog", "settings"]),
    ("rules", &["text", "syntax", "shell", "model", "context", "layers", "catalog", "settings", "convert"]),
    (
        "actions",
        &["text", "syntax", "shell", "model", "context", "layers", "catalog", "settings", "convert", "rules"],
    ),
    (
        "features",
        &[
            "text", "syntax", "shell", "model", "context", "layers", "catalog", "settings", "convert",
            "rules", "actions",
        ],
    ),
    ("config", &["text", "syntax", "settings", "rules"]),
    (
        "server",
        &[
            "text", "syntax", "shell", "model", "context", "layers", "catalog", "settings", "convert",
            "rules", "actions", "features", "config",
        ],
    ),
    (
        "cli",
        &[
            "text", "syntax", "shell", "model", "context", "layers", "catalog", "settings", "convert",
            "rules", "actions", "features", "config", "server",
        ],
    ),
];

/// Where the disk is read and processes are started.
const OUTSIDE: &[&str] = &["context", "config", "cli"];

/// The crates that speak the protocol, or serve those that do.
const PROTOCOL: &[&str] = &["tower_lsp", "tower_lsp_server", "gen_lsp_types", "lsp_types", "tower_service"];

/// Methods of `Path` that ask the disk; their names are used for nothing else.
const ASKING: &[&str] = &["canonicalize", "read_dir", "try_exists", "symlink_metadata", "read_link"];

#[test]
fn the_arrows_of_the_picture_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    assert!(files.len() > 30, "only {} sources were found", files.len());
    let mut faults = String::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let within = file.strip_prefix(&root).unwrap();
        for fault in check(within, &text) {
            let _ = writeln!(faults, "src/{}: {fault}", within.display());
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn every_module_stands_in_the_picture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let known = ["lib", "main"].contains(&name) || ARROWS.iter().any(|(module, _)| *module == name);
        assert!(known, "src/{name} has no place among the arrows of tests/architecture.rs");
    }
}

/// The checker is no use if it catches nothing.
#[test]
fn a_planted_fault_is_caught() {
    let wrong = [
        ("text/span.rs", "use crate::syntax::Tree;"),
        ("syntax/mod.rs", "fn f() { let x = crate::shell::parse(\"\"); }"),
        ("rules/a.rs", "use crate::{text::Span, server};"),
        ("rules/build/a.rs", "use crate :: { text::{Span, Edit}, features::{self} };"),
        ("convert/plan.rs", "use crate::rules::Diagnostic;"),
        ("context/mod.rs", "use super::layers::Step;"),
        ("context/disk.rs", "use super::super::layers::Step;"),
        ("text/mod.rs", "mod tests { use super::super::syntax; }"),
        ("text/mod.rs", "mod tests { mod deep { use super::{super::{super::syntax}}; } }"),
        ("catalog/images.rs", "/* not this */ use crate::model; // nor that"),
        ("features/hover.rs", "use tower_lsp::Client;"),
        ("cli/mod.rs", "use plimsoll_nothing as a; use tower_lsp::gen_lsp_types::{Uri};"),
        ("server/mod.rs", "use std::fs;"),
        ("rules/a.rs", "use std::{path::Path, fs::File};"),
        ("rules/a.rs", "fn f() { tokio::fs::read(\"x\"); }"),
        ("layers/a.rs", "use std::process::{ExitCode, Command};"),
        ("layers/a.rs", "use std::process; fn f() { process::Command::new(\"git\"); }"),
        ("syntax/a.rs", "use tokio::process::Command;"),
        ("model/a.rs", "fn f(p: &Path) { p.canonicalize(); }"),
        ("new/mod.rs", "use crate::text;"),
    ];
    for (file, source) in wrong {
        assert!(!check(Path::new(file), source).is_empty(), "{file}: {source}");
    }
}

#[test]
fn what_is_allowed_is_let_through() {
    let right = [
        ("syntax/mod.rs", "use crate::text::{Span, Splice}; use super::text;"),
        ("syntax/a.rs", "// use crate::server;\n/* a /* nested */ crate::cli */ use crate::syntax::b;"),
        ("syntax/a.rs", "const A: &str = \"crate::server\"; const B: &str = r#\"std::fs \" tower_lsp\"#;"),
        ("syntax/a.rs", "fn f<'a>(c: &'a str) -> char { '\"' } use crate::text; const C: char = '\\''; "),
        ("rules/build/a.rs", "mod tests { use super::super::actions; use super::*; }"),
        ("actions/a.rs", "use crate::{rules, convert::plan};"),
        ("server/a.rs", "use tower_lsp::Client; use std::process::ExitCode; use crate::features::hover;"),
        ("cli/a.rs", "use std::{fs, process::Command}; use crate::server; fn f(p: &Path) { p.read_dir(); }"),
        ("rules/a.rs", "fn f() { self::fs::read(); stat.is_file(); }"),
        ("lib.rs", "pub mod server; use crate::cli;"),
    ];
    for (file, source) in right {
        assert_eq!(check(Path::new(file), source), Vec::<String>::new(), "{file}: {source}");
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// What is wrong in one source file, whose path is given from `src` on.
fn check(file: &Path, source: &str) -> Vec<String> {
    let mut home: Vec<String> = file
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if home.last().is_some_and(|name| name == "mod") {
        home.pop();
    }
    let module = match home.first() {
        Some(first) if !["lib", "main"].contains(&first.as_str()) => first.clone(),
        _ => return Vec::new(),
    };
    let Some((_, may_name)) = ARROWS.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{module} has no place among the arrows of tests/architecture.rs")];
    };
    let mut faults = Vec::new();
    for path in paths(&tokens(source), &home) {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["crate", named, ..]
                if ARROWS.iter().any(|(name, _)| name == named)
                    && *named != module
                    && !may_name.contains(named) =>
            {
                faults.push(format!("{module} names crate::{named}, which stands right of it"));
            }
            [first, ..] if PROTOCOL.contains(first) && module != "server" => {
                faults.push(format!("{first} is named outside of server"));
            }
            ["std" | "tokio", "fs", ..]
            | ["std" | "tokio", "process", "Command" | "Child" | "Stdio", ..]
            | ["process", "Command", ..]
            | ["Command", "new", ..]
            | ["tokio", "process", ..]
                if !OUTSIDE.contains(&module.as_str()) =>
            {
                faults.push(format!("{} is used outside of {}", parts.join("::"), OUTSIDE.join(", ")));
            }
            [".", method] if ASKING.contains(method) && !OUTSIDE.contains(&module.as_str()) => {
                faults.push(format!(".{method}() asks the disk outside of {}", OUTSIDE.join(", ")));
            }
            _ => {}
        }
    }
    faults
}

/// All paths of the source with their groups taken apart. Those that begin with `self` or `super` are
/// made to begin with `crate`, by the module they stand in: `home`, and the `mod` blocks around them.
/// A method call is the path `.`, name.
fn paths(tokens: &[String], home: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut blocks: Vec<Option<String>> = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = |ahead: usize| tokens.get(at + ahead).map(String::as_str);
        match token.as_str() {
            "mod" if next(2) == Some("{") => {
                blocks.push(next(1).map(str::to_string));
                at += 3;
            }
            "{" => {
                blocks.push(None);
                at += 1;
            }
            "}" => {
                blocks.pop();
                at += 1;
            }
            "." if next(1).is_some_and(is_name) && next(2) == Some("(") => {
                found.push(vec![".".to_string(), tokens[at + 1].clone()]);
                at += 2;
            }
            name if is_name(name) && next(1) == Some("::") => {
                let mut here = vec!["crate".to_string()];
                here.extend(home.iter().cloned());
                here.extend(blocks.iter().flatten().cloned());
                at = tree(tokens, at, &here, &mut Vec::new(), &mut found);
            }
            _ => at += 1,
        }
    }
    found
}

/// One path from `at` on, which may end in a group of paths. Returns the place after it.
fn tree(
    tokens: &[String],
    mut at: usize,
    here: &[String],
    path: &mut Vec<String>,
    found: &mut Vec<Vec<String>>,
) -> usize {
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                loop {
                    match tokens.get(at).map(String::as_str) {
                        None => return at,
                        Some("}") => return at + 1,
                        Some(name) if is_name(name) || name == "{" => {
                            at = tree(tokens, at, here, &mut path.clone(), found);
                        }
                        Some(_) => at += 1,
                    }
                }
            }
            Some("super") => {
                if path.is_empty() {
                    path.extend(here.iter().cloned());
                }
                path.pop();
            }
            Some("self") if path.is_empty() => path.extend(here.iter().cloned()),
            Some("self") => {}
            Some(name) if is_name(name) => path.push(name.to_string()),
            _ => {}
        }
        if tokens.get(at + 1).map(String::as_str) == Some("::") {
            at += 2;
        } else {
            found.push(path.clone());
            return at + 1;
        }
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single characters; without comments, strings and characters.
fn tokens(source: &str) -> Vec<String> {
    let text: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        let rest = &text[at..];
        let starts = |with: &str| with.chars().enumerate().all(|(i, c)| rest.get(i) == Some(&c));
        if starts("//") {
            at += rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
        } else if starts("/*") {
            at += block_comment(rest);
        } else if let Some(length) = literal(rest) {
            at += length;
        } else if c.is_alphanumeric() || c == '_' {
            let length = rest.iter().position(|c| !c.is_alphanumeric() && *c != '_').unwrap_or(rest.len());
            found.push(rest[..length].iter().collect());
            at += length;
        } else if starts("::") {
            found.push("::".to_string());
            at += 2;
        } else {
            if !c.is_whitespace() {
                found.push(c.to_string());
            }
            at += 1;
        }
    }
    found
}

fn block_comment(text: &[char]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        match (text[at], text.get(at + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

/// The length of the string or character literal that `text` begins with.
fn literal(text: &[char]) -> Option<usize> {
    let prefix = text.iter().position(|c| !['b', 'c', 'r'].contains(c)).filter(|length| *length <= 2)?;
    let hashes = text[prefix..].iter().take_while(|c| **c == '#').count();
    let raw = text[..prefix].contains(&'r');
    match text.get(prefix + hashes)? {
        '"' if raw => {
            let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            let body = prefix + hashes + 1;
            let at = text[body..].windows(end.len()).position(|window| *window == end[..])?;
            Some(body + at + end.len())
        }
        '"' if hashes == 0 => escaped(text, prefix + 1, '"'),
        // A lifetime has no quote at its end.
        '\'' if hashes == 0 && !raw => match text.get(prefix + 1)? {
            '\\' => escaped(text, prefix + 1, '\''),
            _ if text.get(prefix + 2) == Some(&'\'') => Some(prefix + 3),
            _ => None,
        },
        _ => None,
    }
}

fn escaped(text: &[char], mut at: usize, end: char) -> Option<usize> {
    while let Some(&c) = text.get(at) {
        match c {
            '\\' => at += 2,
            _ if c == end => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}
