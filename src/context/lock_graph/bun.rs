//! bun.lock: JSON with comments and trailing commas.

use super::reach::{Edges, mark};
use super::{LockedPackage, Platform};
use serde_json::{Map, Value};
use std::collections::HashMap;

pub(super) fn read(text: &str) -> Option<Vec<LockedPackage>> {
    let lock: Value = serde_json::from_str(&plain(text)).ok()?;
    let listed = lock.get("packages")?.as_object()?;
    let mut keys: Vec<&str> = Vec::new();
    let mut packages = Vec::new();
    let mut infos: Vec<Option<&Map<String, Value>>> = Vec::new();
    for (key, value) in listed {
        let Some(list) = value.as_array() else { continue };
        let Some(id) = list.first().and_then(Value::as_str) else { continue };
        let at = id.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(id.len(), |(at, _)| at);
        let (name, version) = (&id[..at], id.get(at + 1..).unwrap_or(""));
        if ["workspace:", "link:", "root:"].iter().any(|start| version.starts_with(start)) {
            continue;
        }
        let info = list.iter().find_map(Value::as_object);
        let list_of = |field: &str| strings(info.and_then(|info| info.get(field)));
        let bundled = info.is_some_and(|info| info.get("bundled") == Some(&Value::Bool(true)));
        packages.push(LockedPackage {
            name: name.into(),
            version: version.into(),
            path: Some(path(key).into()),
            platform: Platform { os: list_of("os"), cpu: list_of("cpu"), libc: list_of("libc") },
            resolved: true,
            bundled,
            ..LockedPackage::default()
        });
        keys.push(key);
        infos.push(info);
    }
    let numbers: HashMap<&str, usize> = keys.iter().enumerate().map(|(at, key)| (*key, at)).collect();
    let mut edges = Edges::default();
    for (key, info) in keys.iter().zip(&infos) {
        edges.needs.push(needs(*info, "dependencies", key, false, &numbers));
        let optional = needs(*info, "optionalDependencies", key, true, &numbers);
        edges.needs.last_mut().into_iter().for_each(|list| list.extend(optional.iter().copied()));
    }
    for (folder, workspace) in lock.get("workspaces").and_then(Value::as_object).into_iter().flatten() {
        let info = workspace.as_object();
        // A workspace's own packages lie below its name.
        let own = info.and_then(|info| info.get("name")).and_then(Value::as_str);
        let key = if folder.is_empty() { "" } else { own.unwrap_or("") };
        edges.production.extend(needs(info, "dependencies", key, false, &numbers));
        edges.production.extend(needs(info, "optionalDependencies", key, true, &numbers));
        edges.development.extend(needs(info, "devDependencies", key, false, &numbers));
    }
    mark(&mut packages, &edges);
    Some(packages)
}

/// What one section of `info` leads to, from the package at `key`: the nearest of that name.
fn needs(
    info: Option<&Map<String, Value>>,
    section: &str,
    key: &str,
    optional: bool,
    numbers: &HashMap<&str, usize>,
) -> Vec<(usize, bool)> {
    let names = info.and_then(|info| info.get(section)).and_then(Value::as_object).into_iter().flatten();
    let find = |name: &str| {
        let mut above = segments(key);
        loop {
            let mut parts: Vec<&str> = above.clone();
            parts.push(name);
            if let Some(at) = numbers.get(&*parts.join("/")) {
                return Some(*at);
            }
            above.pop()?;
        }
    };
    names.filter_map(|(name, _)| Some((find(name)?, optional))).collect()
}

/// The packages that a key names one inside the other: `a/@b/c` is `@b/c` in `a`.
fn segments(key: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let mut rest = key;
    while !rest.is_empty() {
        let from = if rest.starts_with('@') { rest.find('/').map_or(rest.len(), |at| at + 1) } else { 0 };
        let end = rest[from..].find('/').map_or(rest.len(), |at| from + at);
        segments.push(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or("");
    }
    segments
}

fn path(key: &str) -> String {
    segments(key).iter().map(|name| format!("node_modules/{name}")).collect::<Vec<_>>().join("/")
}

fn strings(value: Option<&Value>) -> Vec<Box<str>> {
    match value {
        Some(Value::String(one)) => vec![one.as_str().into()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(Into::into).collect(),
        _ => Vec::new(),
    }
}

/// The text as plain JSON: without comments, and without commas before a closing bracket.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                out.push(c);
                while let Some(c) = chars.next() {
                    out.push(c);
                    match c {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '/' if chars.peek() == Some(&'/') => {
                chars.by_ref().take_while(|c| *c != '\n').for_each(drop);
                out.push('\n');
            }
            '/' if chars.peek() == Some(&'*') => {
                let mut before = ' ';
                chars.next();
                for c in chars.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            ']' | '}' => {
                let end = out.trim_end().len();
                if out[..end].ends_with(',') {
                    out.truncate(end - 1);
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
