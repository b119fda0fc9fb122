//! The targets of Bake files. Source: buildx, `bake/bake.go` and `bake/hclparser`.

use super::Given;
use super::draft::{Draft, set};
use super::hcl::File;
use hcl::Value;
use hcl::eval::{Context, Evaluate};
use hcl::expr::{Expression, ObjectKey, Operation};
use hcl::template::{Element, Template};
use std::cell::Cell;
use std::collections::HashSet;
use std::path::Path;

/// A target that can be built.
pub(super) struct Target<'a> {
    /// The last file that says something of it.
    pub file: &'a Path,
    pub name: String,
    pub build: Draft,
    pub by_default: bool,
}

/// How many targets may inherit from one another, and groups hold one another.
const DEEPEST: usize = 8;

/// How many targets and groups are looked into.
const MOST: usize = 10_000;

/// The longest value of a variable that others are made of: values of values would grow without bound.
const LONGEST: usize = 1 << 10;

/// The targets of all files, each later file laid over the ones before. What others only inherit from, and no
/// group names, isn't among them.
pub(super) fn targets<'a>(files: &[(&'a Path, &File)]) -> Vec<Target<'a>> {
    let scope = scope(files);
    let reader = Reader { files, scope: &scope, left: Cell::new(MOST) };
    let mut names: Vec<(&str, &Path)> = Vec::new();
    for (path, file) in files {
        for (name, _) in &file.targets {
            match names.iter_mut().find(|(known, _)| known == name) {
                Some((_, last)) => *last = path,
                None => names.push((name, path)),
            }
        }
    }
    let mut by_default = HashSet::new();
    reader.group("default", 0, &mut by_default);
    let mut grouped = by_default.clone();
    for (name, _) in files.iter().flat_map(|(_, file)| &file.groups) {
        reader.group(name, 0, &mut grouped);
    }
    let inherited: HashSet<String> =
        names.iter().flat_map(|(name, _)| reader.texts(reader.attribute(name, "inherits"))).collect();
    names
        .iter()
        .filter(|(name, _)| grouped.contains(*name) || !inherited.contains(*name))
        .map(|(name, file)| Target {
            // The shorter life of `names` is that of `files`.
            file: files.iter().map(|(path, _)| *path).find(|path| path == file).unwrap_or(files[0].0),
            name: (*name).to_owned(),
            build: reader.draft(name, 0),
            by_default: by_default.contains(*name),
        })
        .collect()
}

/// The variables whose values can be told. One may be made of others, wherever they stand.
fn scope(files: &[(&Path, &File)]) -> Context<'static> {
    let mut scope = Context::new();
    let mut open: Vec<(&str, &Expression)> = Vec::new();
    for (name, value) in files.iter().flat_map(|(_, file)| &file.variables) {
        open.retain(|(known, _)| known != name);
        open.push((name, value));
    }
    loop {
        let before = open.len();
        open.retain(|(name, value)| match value_of(value, &scope) {
            Some(value) if text(&value).is_none_or(|text| text.len() <= LONGEST) => {
                scope.declare_var(*name, value);
                false
            }
            _ => true,
        });
        if open.len() == before {
            return scope;
        }
    }
}

/// The value of an expression; None where it hangs on what isn't known. Functions and loops are left alone.
fn value_of(expression: &Expression, scope: &Context<'_>) -> Option<Value> {
    is_plain(expression).then(|| expression.evaluate(scope).ok()).flatten()
}

fn is_plain(expression: &Expression) -> bool {
    match expression {
        Expression::FuncCall(_) | Expression::ForExpr(_) => false,
        Expression::Array(items) => items.iter().all(is_plain),
        Expression::Object(pairs) => pairs.iter().all(|(_, value)| is_plain(value)),
        Expression::Parenthesis(inner) => is_plain(inner),
        Expression::Conditional(conditional) => {
            [&conditional.cond_expr, &conditional.true_expr, &conditional.false_expr]
                .into_iter()
                .all(is_plain)
        }
        Expression::Operation(operation) => match &**operation {
            Operation::Unary(unary) => is_plain(&unary.expr),
            Operation::Binary(binary) => is_plain(&binary.lhs_expr) && is_plain(&binary.rhs_expr),
        },
        Expression::Traversal(traversal) => is_plain(&traversal.expr),
        Expression::TemplateExpr(template) => Template::from_expr(template).is_ok_and(|template| {
            template.elements().iter().all(|element| match element {
                Element::Literal(_) => true,
                Element::Interpolation(inner) => is_plain(&inner.expr),
                Element::Directive(_) => false,
            })
        }),
        _ => true,
    }
}

/// A value as Bake passes it on; None for null, and for what is no text, number or truth value.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

struct Reader<'a> {
    files: &'a [(&'a Path, &'a File)],
    scope: &'a Context<'static>,
    /// How many more targets and groups may be looked into: what names one another can be looked into without
    /// end.
    left: Cell<usize>,
}

impl<'a> Reader<'a> {
    /// The attributes of a target, those of later files later.
    fn attributes(&self, target: &str) -> impl Iterator<Item = &'a (String, Expression)> {
        let targets = self.files.iter().flat_map(|(_, file)| &file.targets);
        targets.filter(move |(name, _)| name == target).flat_map(|(_, attributes)| attributes)
    }

    fn attribute(&self, target: &str, name: &str) -> Option<&'a Expression> {
        self.attributes(target).filter(|(known, _)| known == name).last().map(|(_, value)| value)
    }

    fn texts(&self, expression: Option<&Expression>) -> Vec<String> {
        let Some(Expression::Array(items)) = expression else { return Vec::new() };
        items.iter().filter_map(|item| text(&value_of(item, self.scope)?)).collect()
    }

    /// Adds the targets of a group, those of the groups in it too. A name that is no group's is a target's.
    fn group(&self, name: &str, depth: usize, into: &mut HashSet<String>) {
        let mut groups = self.files.iter().flat_map(|(_, file)| &file.groups);
        let Some((_, targets)) = groups.rfind(|(known, _)| known == name) else {
            into.insert(name.to_owned());
            return;
        };
        for target in self.texts(Some(targets)) {
            if depth < DEEPEST && self.may_go_on() && !into.contains(&target) {
                self.group(&target, depth + 1, into);
            }
        }
    }

    fn may_go_on(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    fn draft(&self, target: &str, depth: usize) -> Draft {
        let mut draft = Draft::default();
        if depth < DEEPEST && self.may_go_on() {
            for base in
                self.texts(self.attribute(target, "inherits")).into_iter().filter(|base| base != target)
            {
                draft.merge(&self.draft(&base, depth + 1));
            }
        }
        for (name, value) in self.attributes(target) {
            let mut own = Draft::default();
            match name.as_str() {
                "context" => own.context = self.given(value),
                "dockerfile" => own.dockerfile = self.given(value),
                "target" => own.target = self.given(value),
                "dockerfile-inline" => own.inline = *value != Expression::Null,
                "args" => own.arguments = self.pairs(value),
                "contexts" => own.contexts = self.pairs(value),
                _ => {}
            }
            draft.merge(&own);
        }
        draft
    }

    /// None where nothing is said.
    fn given(&self, value: &Expression) -> Option<Given> {
        match value_of(value, self.scope) {
            Some(Value::Null) => None,
            Some(value) => Some(text(&value)),
            None => Some(None),
        }
    }

    fn pairs(&self, value: &Expression) -> Vec<(String, Given)> {
        let mut pairs = Vec::new();
        let Expression::Object(object) = value else { return pairs };
        for (key, value) in object {
            let key = match key {
                ObjectKey::Identifier(name) => Some(name.to_string()),
                ObjectKey::Expression(key) => value_of(key, self.scope).and_then(|key| text(&key)),
                _ => None,
            };
            if let (Some(key), Some(value)) = (key, self.given(value)) {
                set(&mut pairs, &key, value);
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::super::hcl;
    use super::*;

    const HCL: &str = r#"
variable "NODE" { default = "22" }
variable "TAG" { default = "node:${NODE}-alpine" }
variable "CI" {}
PORT = 3000
group "default" { targets = ["web", "more"] }
group "more" { targets = ["worker"] }
target "_common" {
  context = "app"
  args = { NODE = NODE, BASE = TAG, WHEN = timestamp(), CI = CI, NONE = null }
}
target "web" {
  inherits = ["_common"]
  dockerfile = "docker/Dockerfile"
  args = { PORT = PORT, NODE = "24", UP = upper("x"), DEBUG = true, "KEY" = NODE == "22" ? "yes" : "no" }
  contexts = { base = "docker-image://alpine:3.22" }
}
target "worker" {
  inherits = ["_common"]
  target = "worker"
}
target "lint" {
  dockerfile-inline = "FROM alpine"
}
"#;

    fn pairs(pairs: &[(String, Given)]) -> Vec<(&str, Option<&str>)> {
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect()
    }

    #[test]
    fn targets_inherit_and_are_in_groups() {
        let file = hcl::read(HCL).unwrap();
        let path = Path::new("docker-bake.hcl");
        let found = targets(&[(path, &file)]);
        let names: Vec<(&str, bool)> = found.iter().map(|one| (one.name.as_str(), one.by_default)).collect();
        assert_eq!(names, [("web", true), ("worker", true), ("lint", false)]);
        let web = &found[0].build;
        assert_eq!(web.context, Some(Some("app".into())));
        assert_eq!(web.dockerfile, Some(Some("docker/Dockerfile".into())));
        let expected = [
            ("NODE", Some("24")),
            ("BASE", Some("node:22-alpine")),
            ("WHEN", None),
            ("CI", None),
            ("PORT", Some("3000")),
            ("UP", None),
            ("DEBUG", Some("true")),
            ("KEY", Some("yes")),
        ];
        assert_eq!(pairs(&web.arguments), expected);
        assert_eq!(pairs(&web.contexts), [("base", Some("docker-image://alpine:3.22"))]);
        assert_eq!(found[1].build.target, Some(Some("worker".into())));
        assert!(found[2].build.inline);
    }

    #[test]
    fn json_says_the_same_and_later_files_lie_over_earlier_ones() {
        let json = r#"{"variable": {"V": {"default": "1"}}, "target": {"web": {"context": ".", "args": {"A": "v${V}", "B": 2},
            "target": null}}, "group": {"default": {"targets": ["web"]}}}"#;
        let file = hcl::read_json(json).unwrap();
        let over = hcl::read("V = \"9\"\ntarget \"web\" {\n  args = { B = 3 }\n}\n").unwrap();
        let (first, second) = (Path::new("docker-bake.json"), Path::new("docker-bake.override.hcl"));
        let found = targets(&[(first, &file), (second, &over)]);
        assert_eq!(pairs(&found[0].build.arguments), [("A", Some("v9")), ("B", Some("3"))]);
        assert_eq!((found[0].file, found[0].by_default, &found[0].build.target), (second, true, &None));
    }

    #[test]
    fn circles_and_what_grows_without_bound_are_borne() {
        let text = "target \"a\" {\n  inherits = [\"b\"]\n}\ntarget \"b\" {\n  inherits = [\"a\"]\n}\n\
                    group \"default\" {\n  targets = [\"g\"]\n}\ngroup \"g\" {\n  targets = [\"default\", \"a\"]\n}\n";
        let file = hcl::read(text).unwrap();
        assert_eq!(targets(&[(Path::new("x"), &file)]).len(), 1);
        let mut text = "v0 = \"xxxxxxxxxxxxxxxx\"\n".to_owned();
        for at in 1..60 {
            text += &format!("v{at} = \"${{v{}}}${{v{}}}\"\n", at - 1, at - 1);
        }
        text += "target \"a\" {\n  args = { FEW = v3, MANY = v59 }\n}\n";
        let file = hcl::read(&text).unwrap();
        let found = targets(&[(Path::new("x"), &file)]);
        let args = pairs(&found[0].build.arguments);
        assert_eq!((args[0].1.map(str::len), args[1]), (Some(128), ("MANY", None)));
        assert!(hcl::read("target \"a\" {").is_none());
        assert!(hcl::read(&("x = ".to_owned() + &"(".repeat(50_000))).is_none());
        assert!(hcl::read(&("x = ".to_owned() + &"!".repeat(50_000) + "y")).is_none());
    }
}
