//! The services of a Compose file that are built. Source: compose-go, `loader/` and `override/`.

use super::Given;
use super::draft::{Anew, Draft, set};
use super::interpolate::interpolate;
use super::yaml::Node;
use std::collections::HashMap;

/// A service that is built.
#[derive(Debug, Default)]
pub(super) struct Service {
    pub build: Draft,
    /// It is built only where one of its profiles is asked for.
    pub has_profiles: bool,
}

/// How many services may extend one another.
const DEEPEST: usize = 8;

/// The services with a `build`, in the order of the files, each later file laid over the ones before. `env` is
/// what `.env` sets.
pub(super) fn services(files: &[&Node], env: &HashMap<String, Given>) -> Vec<(String, Service)> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in files.iter().filter_map(|file| file.get("services")).flat_map(Node::map) {
        if !names.contains(&&**name) {
            names.push(name);
        }
    }
    let reader = Reader { files, env };
    let read = |name: &str| Some((name.to_owned(), reader.service(name, 0)?));
    names.into_iter().filter_map(read).collect()
}

struct Reader<'a> {
    files: &'a [&'a Node],
    env: &'a HashMap<String, Given>,
}

impl Reader<'_> {
    /// None where the service isn't built, or where what it extends isn't known.
    fn service(&self, name: &str, depth: usize) -> Option<Service> {
        let said = || self.files.iter().filter_map(|file| file.get("services")?.get(name));
        let mut service = Service::default();
        let mut built = false;
        if let Some(extends) = said().filter_map(|node| node.get("extends")).next_back() {
            // What stands in another file isn't followed.
            let base = extends.text().or_else(|| extends.get("service")?.text());
            if depth < DEEPEST
                && extends.get("file").is_none()
                && let Some(base) =
                    base.filter(|base| *base != name).and_then(|base| self.service(base, depth + 1))
            {
                service.build = base.build;
                built = true;
            }
        }
        for node in said() {
            match node.get("build") {
                Some(Node::Reset) => (service.build, built) = (Draft::default(), false),
                Some(Node::Null) | None => {}
                Some(Node::Override(build)) => (service.build, built) = (self.build(build), true),
                Some(build) => {
                    service.build.merge(&self.build(build));
                    built = true;
                }
            }
            match node.get("profiles") {
                Some(Node::List(profiles)) => service.has_profiles |= !profiles.is_empty(),
                Some(Node::Override(profiles)) => {
                    service.has_profiles = matches!(&**profiles, Node::List(all) if !all.is_empty());
                }
                Some(Node::Reset) => service.has_profiles = false,
                _ => {}
            }
        }
        built.then_some(service)
    }

    fn build(&self, node: &Node) -> Draft {
        if let Some(context) = node.text() {
            return Draft { context: Some(self.value(context)), ..Draft::default() };
        }
        let text = |key: &str| node.get(key).and_then(Node::text).map(|text| self.value(text));
        let anew = |key: &str| matches!(node.get(key), Some(Node::Override(_) | Node::Reset));
        Draft {
            context: text("context"),
            dockerfile: text("dockerfile"),
            inline: node.get("dockerfile_inline").is_some_and(|inline| *inline != Node::Null),
            target: text("target"),
            arguments: self.pairs(node.get("args")),
            contexts: self.pairs(node.get("additional_contexts")),
            anew: Anew { arguments: anew("args"), contexts: anew("additional_contexts") },
        }
    }

    fn value(&self, text: &str) -> Given {
        interpolate(text, &|name| self.env.get(name).cloned())
    }

    /// A map, or a list of `NAME=value`. A name alone stands for the variable of that name.
    fn pairs(&self, node: Option<&Node>) -> Vec<(String, Given)> {
        let of_variable = |name: &str| self.env.get(name).cloned().flatten();
        let mut pairs = Vec::new();
        let node = match node {
            Some(Node::Override(inner)) => inner,
            Some(node) => node,
            None => return pairs,
        };
        if let Node::List(items) = node {
            for item in items.iter().filter_map(Node::text) {
                match item.split_once('=') {
                    Some((name, value)) => set(&mut pairs, name, self.value(value)),
                    None => set(&mut pairs, item, of_variable(item)),
                }
            }
        }
        for (name, value) in node.map() {
            let value = value.text().map_or_else(|| of_variable(name), |text| self.value(text));
            set(&mut pairs, name, value);
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;

    fn read(files: &[&str], env: &[(&str, &str)]) -> Vec<(String, Service)> {
        let nodes: Vec<Node> = files.iter().map(|text| yaml::read(text).unwrap()).collect();
        let env = env.iter().map(|(name, value)| (name.to_string(), Some(value.to_string()))).collect();
        services(&nodes.iter().collect::<Vec<_>>(), &env)
    }

    fn args(service: &Service) -> Vec<(&str, Option<&str>)> {
        service.build.arguments.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect()
    }

    #[test]
    fn the_short_and_the_long_form_are_read() {
        let found = read(
            &[
                "services:\n  db:\n    image: postgres\n  web:\n    build: ./web\n  api:\n    build:\n      context: api\n      \
               dockerfile: docker/Dockerfile.api\n      target: runner\n      args:\n        NODE: 22\n        DEBUG: true\n        \
               V: 1.25\n        TOKEN:\n        FROM_ENV: ${A}-${B:-b}\n        NO: ${NO}\n      additional_contexts:\n        - \
               shared=../shared\n    profiles: [api]\n",
            ],
            &[("A", "a")],
        );
        let [(web, first), (api, second)] = &found[..] else { panic!("{found:?}") };
        assert_eq!((web.as_str(), api.as_str()), ("web", "api"));
        assert_eq!(first.build.context, Some(Some("./web".into())));
        assert!(!first.has_profiles && second.has_profiles);
        assert_eq!(second.build.dockerfile, Some(Some("docker/Dockerfile.api".into())));
        assert_eq!(second.build.target, Some(Some("runner".into())));
        let expected = [
            ("NODE", Some("22")),
            ("DEBUG", Some("true")),
            ("V", Some("1.25")),
            ("TOKEN", None),
            ("FROM_ENV", Some("a-b")),
            ("NO", None),
        ];
        assert_eq!(args(second), expected);
        assert_eq!(second.build.contexts, [("shared".to_owned(), Some("../shared".to_owned()))]);
    }

    #[test]
    fn anchors_merge_keys_extends_and_overrides_are_followed() {
        let base = "x-build: &build\n  context: .\n  args: {A: '1', B: '2'}\nservices:\n  base:\n    build:\n      <<: *build\n      \
                    target: dev\n  web:\n    extends: base\n    build:\n      args: [B=3, C]\n";
        let over = "services:\n  web:\n    build:\n      target: prod\n";
        let found = read(&[base, over], &[("C", "c")]);
        let (_, web) = &found[1];
        assert_eq!(args(web), [("A", Some("1")), ("B", Some("3")), ("C", Some("c"))]);
        assert_eq!(web.build.target, Some(Some("prod".into())));
        let fresh =
            "services:\n  web:\n    build:\n      args: !override {Z: z}\n  base:\n    build: !reset null\n";
        let found = read(&[base, fresh], &[]);
        assert_eq!(found.len(), 1);
        assert_eq!(args(&found[0].1), [("Z", Some("z"))]);
    }

    #[test]
    fn circles_and_oddities_are_borne() {
        assert_eq!(read(&["services:\n  a:\n    extends: b\n  b:\n    extends: a\n"], &[]).len(), 0);
        assert_eq!(read(&["services: []\n"], &[]).len(), 0);
        assert_eq!(read(&["services:\n  a: null\n  b: 3\n  c:\n    build: [x]\n"], &[]).len(), 1);
        assert!(yaml::read("- a\n").is_none() && yaml::read("a: [").is_none());
        assert!(yaml::read(&("- ".repeat(5_000) + "a")).is_none());
    }
}
