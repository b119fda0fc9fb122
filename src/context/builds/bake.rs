//! The targets of Bake files. Source: buildx, `bake/bake.go`, `bake/compose.go` and `bake/hclparser`.

use super::Given;
use super::budget::{Budget, DEEPEST};
use super::draft::{Draft, Pairs, Place};
use super::eval::{Scope, text};
use super::hcl::File;
use hcl::Value;
use hcl::expr::{Expression, ObjectKey};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// A target that can be built.
pub(super) struct Target<'a> {
    /// The last file that says something of it.
    pub file: &'a Path,
    pub name: &'a str,
    pub build: Draft,
    pub by_default: bool,
}

/// The services of Compose files that Bake takes for targets: those with a build. It reads them before its own
/// files.
pub(super) type Services = HashMap<String, Draft>;

/// The targets of all files that are built at a place that `fits`, each later file laid over the ones before. What
/// others only inherit from, and no group names, isn't among them.
pub(super) fn targets<'a>(
    files: &[(&'a Path, &'a File)],
    services: &'a Services,
    fits: &dyn Fn(&Place) -> bool,
    budget: &'a Budget,
) -> Vec<Target<'a>> {
    let variables = files.iter().flat_map(|(_, file)| &file.variables);
    let scope = Scope::new(variables.map(|(name, value)| (name.as_str(), value)), budget);
    let reader = Reader::new(files, services, &scope, budget);
    let mut by_default = HashSet::new();
    match reader.groups.contains_key("default") {
        true => reader.group("default", &mut by_default),
        // Services are all built where nothing is asked for.
        false if !services.is_empty() => by_default.extend(services.keys().cloned()),
        false => by_default.extend(["default".to_owned()]),
    }
    let mut grouped = by_default.clone();
    reader.groups.keys().for_each(|name| reader.group(name, &mut grouped));
    let bases = reader.names.iter().flat_map(|(name, _)| reader.bases(name).unwrap_or_default());
    let inherited: HashSet<String> = bases.collect();
    let mut targets = Vec::new();
    for (name, file) in &reader.names {
        if inherited.contains(*name) && !grouped.contains(*name) {
            continue;
        }
        let said = reader.said(name);
        if fits(&reader.place(&said)) {
            let by_default = by_default.contains(*name);
            targets.push(Target { file, name, build: reader.draft(&said), by_default });
        }
    }
    targets
}

struct Reader<'a, 'r> {
    /// The targets in the order of the files, each with the last file that names it.
    names: Vec<(&'a str, &'a Path)>,
    /// What is said of each, later files later.
    targets: HashMap<&'a str, Vec<&'a (String, Expression)>>,
    /// Of several groups of one name the last counts.
    groups: HashMap<&'a str, &'a Expression>,
    services: &'a Services,
    scope: &'r Scope<'a>,
    budget: &'a Budget,
}

/// What is said of a target.
enum Said<'a> {
    /// By a service of its name.
    Service(&'a Draft),
    /// Attributes, and the names that stand for something else in them than elsewhere.
    Attributes(Vec<&'a (String, Expression)>, HashSet<String>),
    /// By something that isn't known.
    Unknown,
}

impl<'a, 'r> Reader<'a, 'r> {
    fn new(
        files: &[(&'a Path, &'a File)],
        services: &'a Services,
        scope: &'r Scope<'a>,
        budget: &'a Budget,
    ) -> Self {
        let mut names: Vec<(&str, &Path)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut targets: HashMap<&str, Vec<&(String, Expression)>> = HashMap::new();
        let mut groups = HashMap::new();
        for (path, file) in files {
            for (name, attributes) in &file.targets {
                let place = *places.entry(name).or_insert(names.len());
                match names.get_mut(place) {
                    Some((_, last)) => *last = path,
                    None => names.push((name, path)),
                }
                targets.entry(name).or_default().extend(attributes);
            }
            groups.extend(file.groups.iter().map(|(name, targets)| (name.as_str(), targets)));
        }
        Self { names, targets, groups, services, scope, budget }
    }

    /// The texts of a list; None where they aren't known.
    fn texts(&self, list: &Expression) -> Option<Vec<String>> {
        match self.scope.value(list, &HashSet::new())? {
            Value::Array(items) => items.iter().map(text).collect(),
            Value::Null => Some(Vec::new()),
            _ => None,
        }
    }

    /// The targets that a target inherits from; None where they aren't known.
    fn bases(&self, target: &str) -> Option<Vec<String>> {
        let mut said = self.targets.get(target).into_iter().flatten();
        match said.rfind(|(name, _)| name == "inherits") {
            Some((_, list)) => self.texts(list),
            None => Some(Vec::new()),
        }
    }

    /// Adds a group and all that is in it, those of the groups in it too. A name that is no group's is a target's.
    fn group(&self, name: &str, into: &mut HashSet<String>) {
        let mut open = vec![name.to_owned()];
        while let Some(name) = open.pop() {
            if into.contains(&name) {
                continue;
            }
            if let Some(targets) = self.groups.get(name.as_str()) {
                open.extend(self.texts(targets).unwrap_or_default());
            }
            into.insert(name);
        }
    }

    /// All that is said of a target: what it inherits from first, what counts over it later.
    fn said(&self, target: &str) -> Vec<Said<'a>> {
        let mut said = Vec::new();
        self.collect(target, &mut Vec::new(), &mut said);
        said
    }

    fn collect(&self, target: &str, path: &mut Vec<String>, said: &mut Vec<Said<'a>>) {
        // Buildx, too, takes nothing of what a target inherits from itself.
        if path.iter().any(|above| above == target) {
            return;
        }
        if path.len() > DEEPEST || !self.budget.take(size_of::<Said<'_>>()) {
            return said.push(Said::Unknown);
        }
        path.push(target.to_owned());
        match self.bases(target) {
            Some(bases) => bases.iter().for_each(|base| self.collect(base, path, said)),
            None => said.push(Said::Unknown),
        }
        path.pop();
        let service = self.services.get(target);
        said.extend(service.map(Said::Service));
        match self.targets.get(target) {
            Some(attributes) => {
                let own = own_names(attributes);
                let size = attributes.len() * size_of::<&str>() + own.iter().map(String::len).sum::<usize>();
                said.push(match self.budget.take(size) {
                    true => Said::Attributes(attributes.clone(), own),
                    false => Said::Unknown,
                });
            }
            // Bake refuses what inherits from nothing that is there.
            None if service.is_none() => said.push(Said::Unknown),
            None => {}
        }
    }

    /// Where a target is built.
    fn place(&self, said: &[Said<'_>]) -> Place {
        let mut place = Place::default();
        for said in said {
            match said {
                Said::Unknown => place = Place::unknown(),
                Said::Service(service) => place.take(&service.place),
                Said::Attributes(attributes, own) => {
                    for (name, value) in attributes.iter() {
                        let field = match name.as_str() {
                            "context" => &mut place.context,
                            "dockerfile" => &mut place.dockerfile,
                            "dockerfile-inline" => {
                                place.inline |= *value != Expression::Null;
                                continue;
                            }
                            _ => continue,
                        };
                        if let Some(value) = self.given(value, own) {
                            *field = Some(value);
                        }
                    }
                }
            }
        }
        place
    }

    fn draft(&self, said: &[Said<'_>]) -> Draft {
        let mut draft = Draft::default();
        for said in said {
            match said {
                Said::Unknown => {
                    draft.target = Some(None);
                    draft.arguments.forget();
                    draft.contexts.forget();
                }
                Said::Service(service) => self.take(&mut draft, service),
                Said::Attributes(attributes, own) => {
                    for (name, value) in attributes.iter() {
                        match name.as_str() {
                            "target" => {
                                if let Some(target) = self.given(value, own) {
                                    draft.target = Some(target);
                                }
                            }
                            "args" => self.pairs(value, own, &mut draft.arguments),
                            "contexts" => self.pairs(value, own, &mut draft.contexts),
                            _ => {}
                        }
                    }
                }
            }
        }
        Draft { place: self.place(said), ..draft }
    }

    /// Lays what a service says over a draft.
    fn take(&self, draft: &mut Draft, service: &Draft) {
        if service.target.is_some() {
            draft.target.clone_from(&service.target);
        }
        for (into, from) in
            [(&mut draft.arguments, &service.arguments), (&mut draft.contexts, &service.contexts)]
        {
            if from.open {
                into.forget();
            }
            for (name, value) in &from.named {
                let known = self.budget.take(name.len() + value.as_deref().map_or(0, str::len));
                into.set(name, value.clone().filter(|_| known));
            }
        }
    }

    /// None where nothing is said.
    fn given(&self, value: &Expression, own: &HashSet<String>) -> Option<Given> {
        match self.scope.value(value, own) {
            Some(Value::Null) => None,
            Some(value) => Some(text(&value)),
            None => Some(None),
        }
    }

    /// Lays an object over values: null says nothing.
    fn pairs(&self, value: &Expression, own: &HashSet<String>, into: &mut Pairs) {
        // What is written here is taken name by name, so that one which isn't known hides no other.
        if let Expression::Object(object) = value {
            for (key, value) in object {
                let key = match key {
                    ObjectKey::Identifier(name) => Some(name.to_string()),
                    ObjectKey::Expression(key) => self.scope.value(key, own).and_then(|key| text(&key)),
                    _ => None,
                };
                match key.filter(|key| self.budget.take(key.len())) {
                    Some(key) => {
                        if let Some(value) = self.given(value, own) {
                            into.set(&key, value);
                        }
                    }
                    None => into.forget(),
                }
            }
            return;
        }
        match self.scope.value(value, own) {
            Some(Value::Object(pairs)) => {
                for (key, value) in pairs.iter().filter(|(_, value)| **value != Value::Null) {
                    into.set(key, text(value));
                }
            }
            Some(Value::Null) => {}
            _ => into.forget(),
        }
    }
}

/// The names that stand for the values of a matrix.
fn own_names(attributes: &[&(String, Expression)]) -> HashSet<String> {
    let matrix = attributes.iter().filter(|(name, _)| name == "matrix");
    let keys = matrix.filter_map(|(_, value)| match value {
        Expression::Object(object) => Some(object.keys()),
        _ => None,
    });
    keys.flatten()
        .filter_map(|key| match key {
            ObjectKey::Identifier(name) => Some(name.to_string()),
            ObjectKey::Expression(Expression::String(name)) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
