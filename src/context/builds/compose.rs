//! The services of a Compose file that are built. Source: compose-go, `loader/`, `override/` and `transform/`.

use super::Given;
use super::budget::{Budget, DEEPEST};
use super::draft::{Draft, Pairs, Place};
use super::interpolate::interpolate;
use super::yaml::{self, Node};
use crate::context::source::normal;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A service that is built.
#[derive(Debug, Default)]
pub(super) struct Service {
    pub name: String,
    pub build: Draft,
    /// It is built only where one of its profiles is asked for.
    pub has_profiles: bool,
}

/// One Compose file.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub path: PathBuf,
    pub documents: Arc<Vec<Document>>,
}

/// One document of a file.
#[derive(Debug)]
pub(super) struct Document {
    node: Node,
    /// Where each service stands among them.
    places: HashMap<String, usize>,
}

/// The documents of a text; None for what is none of Compose's.
pub(super) fn read(text: &str) -> Option<Vec<Document>> {
    let document = |node: Node| {
        let services = node.get("services").map(Node::map).unwrap_or_default();
        let places = services.iter().enumerate().map(|(place, (name, _))| (name.clone(), place)).collect();
        Document { node, places }
    };
    Some(yaml::read(text)?.into_iter().map(document).collect())
}

impl Document {
    fn service(&self, name: &str) -> Option<&Node> {
        let (_, service) = self.node.get("services")?.map().get(*self.places.get(name)?)?;
        Some(service)
    }
}

/// The name that stands for all arguments or named contexts that others may say.
const OTHERS: &str = "";

/// What is counted for a name and its value, besides their text.
const PAIR: usize = 64;

/// What reads the files of one project.
pub(super) struct Reader<'a> {
    /// The folder that paths are relative to.
    pub folder: &'a Path,
    /// What `.env` sets.
    pub env: &'a HashMap<String, Given>,
    pub budget: &'a Budget,
    /// Reads another file; None where it isn't there, or may not be read.
    pub load: &'a mut dyn FnMut(&Path) -> Option<File>,
}

/// What a file has read besides.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Include {
    /// The files, each laid over those before; None where one isn't known.
    pub files: Option<Vec<PathBuf>>,
    /// The folder that their paths are relative to: that of the first, where none is named.
    pub folder: Option<PathBuf>,
    /// The files that set variables: `.env` in the folder, where none is named.
    pub env: Vec<PathBuf>,
}

impl Reader<'_> {
    /// The services with a `build`, in the order of the files, each later file laid over the ones before.
    pub fn services(&mut self, files: &[File]) -> Vec<Service> {
        let mut services: Vec<(String, Node)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let documents = files.iter().flat_map(|file| file.documents.iter().map(move |one| (file, one)));
        for (file, document) in documents {
            let Some(all) = document.node.get("services") else { continue };
            if matches!(all, Node::Reset | Node::Override(_)) {
                (services, places) = Default::default();
            }
            for (name, said) in all.map() {
                let over = self.service(&file.path, document, (name, said), self.folder, &mut Vec::new());
                let place = *places.entry(name.clone()).or_insert(services.len());
                if services.len() == place {
                    services.push((name.clone(), Node::Null));
                }
                let known = &mut services[place].1;
                known.overlay(over);
            }
        }
        services.into_iter().filter_map(|(name, node)| service(name, &node)).collect()
    }

    /// What one document says of a service, laid over what it extends. What is extended is looked for in the
    /// document itself, before any other is laid over it.
    fn service(
        &mut self,
        file: &Path,
        document: &Document,
        (name, said): (&str, &Node),
        folder: &Path,
        path: &mut Vec<(PathBuf, String)>,
    ) -> Node {
        let own = said.map_with(|said| self.said(said, folder));
        let extends = said.get("extends").filter(|extends| !matches!(extends, Node::Null | Node::Reset));
        let Some(extends) = extends else { return own };
        path.push((file.to_path_buf(), name.to_owned()));
        let base = match path.len() > DEEPEST {
            true => None,
            false => self.extended(file, document, extends, folder, path),
        };
        path.pop();
        let mut whole = base.unwrap_or_else(unknown);
        match own {
            Node::Override(own) => {
                whole.overlay(*own);
                Node::Override(Box::new(whole))
            }
            Node::Reset => Node::Reset,
            own => {
                whole.overlay(own);
                whole
            }
        }
    }

    /// What a service extends; None where it isn't known.
    fn extended(
        &mut self,
        file: &Path,
        document: &Document,
        extends: &Node,
        folder: &Path,
        path: &mut Vec<(PathBuf, String)>,
    ) -> Option<Node> {
        let base = extends.text().or_else(|| extends.get("service")?.text())?;
        let base = self.interpolated(base)?;
        let other = match extends.get("file") {
            None | Some(Node::Null) => None,
            Some(other) => {
                let other = self.interpolated(other.text()?)?;
                Some((self.load)(&normal(&folder.join(other)))?)
            }
        };
        let file = other.as_ref().map_or(file, |other| &other.path);
        // Compose refuses what extends itself.
        if path.iter().any(|(known, name)| known == file && *name == base) {
            return None;
        }
        let mut found: Option<Node> = None;
        let (documents, folder) = match &other {
            Some(other) => (&other.documents[..], other.path.parent()?),
            None => (std::slice::from_ref(document), folder),
        };
        for document in documents {
            if let Some(said) = document.service(&base) {
                let over = self.service(file, document, (&base, said), folder, path);
                found.get_or_insert(Node::Null).overlay(over);
            }
        }
        found
    }

    fn interpolated(&self, text: &str) -> Given {
        interpolate(text, &|name| self.env.get(name).map(Option::as_deref), self.budget)
    }

    fn value(&self, text: &str) -> Node {
        self.interpolated(text).map_or(Node::Unknown, Node::Text)
    }

    /// The variable of a name.
    fn variable(&self, name: &str) -> Node {
        let value = self.env.get(name).and_then(Option::as_deref);
        match value.filter(|value| self.budget.take(value.len())) {
            Some(value) => Node::Text(value.to_owned()),
            None => Node::Unknown,
        }
    }

    /// A service with nothing but what counts here, in one form, its variables replaced. Paths are relative to
    /// `folder`.
    fn said(&self, service: &Node, folder: &Path) -> Node {
        let mut own = Vec::new();
        for (key, value) in service.map() {
            let value = match key.as_str() {
                "build" => value.map_with(|build| self.build(build, folder)),
                "profiles" => value.clone(),
                _ => continue,
            };
            own.push((key.clone(), value));
        }
        Node::Map(own)
    }

    fn build(&self, build: &Node, folder: &Path) -> Node {
        if let Some(context) = build.text() {
            return Node::Map(vec![("context".to_owned(), self.path(context, folder))]);
        }
        // Compose refuses anything else.
        let Node::Map(pairs) = build else { return Node::Null };
        let mut own = Vec::new();
        for (key, value) in pairs {
            let text = |value: &Node| value.text().map_or(Node::Unknown, |text| self.value(text));
            let value = match key.as_str() {
                "context" => {
                    value.map_with(|value| value.text().map_or(Node::Unknown, |text| self.path(text, folder)))
                }
                "dockerfile" | "target" => value.map_with(text),
                "dockerfile_inline" => value.map_with(|_| Node::Text(String::new())),
                "args" => value.map_with(|pairs| self.pairs(pairs)),
                "additional_contexts" => value.map_with(|pairs| match self.pairs(pairs) {
                    Node::Map(pairs) => {
                        let moved = |(name, value): (String, Node)| (name, self.moved(value, folder));
                        Node::Map(pairs.into_iter().map(moved).collect())
                    }
                    other => other,
                }),
                _ => continue,
            };
            own.push((key.clone(), value));
        }
        Node::Map(own)
    }

    fn path(&self, text: &str, folder: &Path) -> Node {
        self.moved(self.value(text), folder)
    }

    /// A path that stays the same where the service is extended from another folder.
    fn moved(&self, path: Node, folder: &Path) -> Node {
        match path {
            Node::Text(path) if folder != self.folder && !path.is_empty() && !path.contains(':') => {
                Node::Text(folder.join(path).to_string_lossy().into_owned())
            }
            other => other,
        }
    }

    /// A map, or a list of `NAME=value`. A name alone stands for the variable of that name.
    fn pairs(&self, pairs: &Node) -> Node {
        let mut found = Vec::new();
        let mut set = |name: &str, value: Node| {
            if self.budget.take(PAIR + name.len()) {
                found.push((name.to_owned(), value));
            }
        };
        match pairs {
            Node::List(items) => {
                for item in items.iter().filter_map(Node::text) {
                    match item.split_once('=') {
                        Some((name, value)) => set(name, self.value(value)),
                        None => set(item, self.variable(item)),
                    }
                }
            }
            Node::Map(pairs) => {
                let text = |value: &Node| value.text().map_or(Node::Unknown, |text| self.value(text));
                for (name, value) in pairs {
                    set(
                        name,
                        match value {
                            Node::Null => self.variable(name),
                            value => value.map_with(text),
                        },
                    );
                }
            }
            _ => set(OTHERS, Node::Unknown),
        }
        if self.budget.is_spent() {
            found.push((OTHERS.to_owned(), Node::Unknown));
        }
        Node::Map(found)
    }

    /// What a project's files have read besides.
    pub fn includes(&self, files: &[File]) -> Vec<Include> {
        let documents = files.iter().flat_map(|file| file.documents.iter());
        let lists = documents.filter_map(|document| match document.node.get("include") {
            Some(Node::List(items)) => Some(items),
            _ => None,
        });
        lists.flatten().map(|item| self.include(item)).collect()
    }

    fn include(&self, item: &Node) -> Include {
        let path = |node: &Node| {
            let path = self.interpolated(node.text()?)?;
            Some(normal(&self.folder.join(path)).into_owned())
        };
        let paths = |node: &Node| match node {
            Node::List(items) => items.iter().map(path).collect(),
            one => path(one).map(|one| vec![one]),
        };
        if item.text().is_some() {
            return Include { files: paths(item), folder: None, env: Vec::new() };
        }
        let said = |key: &str| item.get(key).filter(|node| **node != Node::Null);
        let folder = said("project_directory").map(path);
        let env = said("env_file").map_or(Some(Vec::new()), paths);
        Include {
            // Where the folder or what sets the variables isn't known, nothing of it is.
            files: said("path").and_then(paths).filter(|_| folder != Some(None) && env.is_some()),
            folder: folder.flatten(),
            env: env.unwrap_or_default(),
        }
    }
}

/// A service of which nothing is known.
fn unknown() -> Node {
    let open = || Node::Map(vec![(OTHERS.to_owned(), Node::Unknown)]);
    let build = [
        ("context", Node::Unknown),
        ("dockerfile", Node::Unknown),
        ("target", Node::Unknown),
        ("args", open()),
        ("additional_contexts", open()),
    ];
    let build = build.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Node::Map(vec![("build".to_owned(), Node::Map(build))])
}

/// The service, where it is built.
fn service(name: String, node: &Node) -> Option<Service> {
    let build = node.get("build").filter(|build| matches!(build, Node::Map(_)))?;
    let given = |key: &str| match build.get(key)? {
        Node::Text(text) => Some(Some(text.clone())),
        Node::Unknown => Some(None),
        _ => None,
    };
    let pairs = |key: &str| {
        let mut pairs = Pairs::default();
        for (name, value) in build.get(key).map(Node::map).unwrap_or_default() {
            match (name.as_str(), value) {
                (OTHERS, _) => pairs.open = true,
                // It was taken away.
                (_, Node::Null) => {}
                (name, value) => pairs.set(name, value.text().map(str::to_owned)),
            }
        }
        pairs
    };
    let inline = build.get("dockerfile_inline").is_some_and(|inline| *inline != Node::Null);
    let build = Draft {
        place: Place { context: given("context"), dockerfile: given("dockerfile"), inline },
        target: given("target"),
        arguments: pairs("args"),
        contexts: pairs("additional_contexts"),
    };
    let has_profiles = matches!(node.get("profiles"), Some(Node::List(all)) if !all.is_empty());
    Some(Service { name, build, has_profiles })
}

#[cfg(test)]
mod tests;
