//! Reads settings by the table of `settings`. What is wrong is told and left out; the rest holds.

use super::Problem;
use super::node::{Data, Entry, Node};
use crate::rules::{self, OptionDefault};
use crate::settings::{KEYS, Key, Kind, LabelKind, Layer, Level, OptionValue, RuleSetting, Value, key};
use crate::syntax::suggest::nearest;

pub(super) struct Reader<'p> {
    pub problems: &'p mut Vec<Problem>,
    /// What stands before a setting's name in messages.
    pub prefix: &'static str,
    /// Whether these are the user's own settings, which may name a program that is started.
    pub own: bool,
}

impl Reader<'_> {
    /// Reads a table of settings.
    pub fn table(&mut self, root: &Node) -> Layer {
        let mut layer = Layer::default();
        match &root.data {
            Data::Table(entries) => self.entries("", entries, &mut layer),
            Data::Null => {}
            _ => {
                self.tell(root, format!("the settings are a table, not {}; the defaults hold", root.shown()))
            }
        }
        layer
    }

    fn entries(&mut self, above: &str, entries: &[Entry], layer: &mut Layer) {
        for entry in entries {
            let name = format!("{above}{}", entry.name);
            if let Some(key) = key(&name) {
                if let Some(value) = self.value(key, &entry.value) {
                    layer.set(key.name, value);
                }
            } else if let (Data::Table(within), true) = (&entry.value.data, is_table(&name)) {
                self.entries(&format!("{name}."), within, layer);
            } else if is_table(&name) {
                if entry.value.data != Data::Null {
                    self.tell(
                        &entry.value,
                        format!("{}{name} is a table, not {}", self.prefix, entry.value.shown()),
                    );
                }
            } else if name != "$schema" {
                let meant = nearest(&name, KEYS.iter().map(|key| key.name));
                let meant = meant.map_or(String::new(), |meant| format!("; did you mean {meant}?"));
                let message = format!("there is no setting {}{name}{meant}", self.prefix);
                self.problems.push(Problem { span: entry.span.or(entry.value.span), message });
            }
        }
    }

    /// The value of a setting; None where it isn't one, which is told.
    pub fn value(&mut self, key: &Key, node: &Node) -> Option<Value> {
        if node.data == Data::Null {
            return None;
        }
        let value = match (key.kind, &node.data) {
            (Kind::Flag, Data::Flag(flag)) => Some(Value::Flag(*flag)),
            (Kind::Program, _) if !self.own => {
                let name = key.name;
                self.tell(
                    node,
                    format!(
                        "{name} names a program, which a file of the workspace may not: set it in your editor or in \
                         {}; it is left out",
                        super::environment::variable_of(name)
                    ),
                );
                return None;
            }
            (Kind::Text | Kind::Program, Data::Text(text)) => Some(Value::Text(text.clone())),
            (Kind::OneOf(names), Data::Text(text)) if names().contains(&&**text) => {
                Some(Value::Text(text.clone()))
            }
            (Kind::Texts, Data::List(items)) => return Some(Value::Texts(self.texts(key, items))),
            (Kind::RuleNames, Data::List(items)) => {
                for node in items {
                    self.known_rule(node.text().unwrap_or("all"), node);
                }
                let mut names = self.texts(key, items);
                if key.name == "select" {
                    // To select what isn't there would switch all rules off.
                    names.retain(|name| unknown_rule(name).is_none());
                }
                return Some(Value::Texts(names));
            }
            (Kind::Labels | Kind::Pairs, Data::Table(entries)) => {
                return Some(Value::Pairs(self.pairs(key, entries)));
            }
            (Kind::Rules, Data::Table(entries)) => {
                return Some(Value::Rules(entries.iter().filter_map(|entry| self.rule(entry)).collect()));
            }
            _ => None,
        };
        if value.is_none() {
            let takes = key.kind.takes();
            let name = key.name;
            self.tell(
                node,
                format!("{}{name} takes {takes}, not {}; it is left out", self.prefix, node.shown()),
            );
        }
        value
    }

    fn texts(&mut self, key: &Key, items: &[Node]) -> Vec<String> {
        let mut texts = Vec::new();
        for item in items {
            match item.text() {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    let (prefix, name) = (self.prefix, key.name);
                    self.tell(
                        item,
                        format!("{prefix}{name} takes texts, not {}; it is left out", item.shown()),
                    );
                }
            }
        }
        texts
    }

    fn pairs(&mut self, key: &Key, entries: &[Entry]) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for Entry { name, value, .. } in entries {
            match value.text() {
                Some(text) if !matches!(key.kind, Kind::Labels) || LabelKind::parse(text).is_some() => {
                    pairs.push((name.clone(), text.to_owned()));
                }
                _ => {
                    let takes = LabelKind::ALL.map(LabelKind::as_str).join(", ");
                    let message = format!(
                        "{}{}.{name} takes one of {takes}, not {}; it is left out",
                        self.prefix,
                        key.name,
                        value.shown()
                    );
                    self.tell(value, message);
                }
            }
        }
        pairs
    }

    fn rule(&mut self, entry: &Entry) -> Option<(String, RuleSetting)> {
        let name = &entry.name;
        let place = Node { span: entry.span.or(entry.value.span), data: Data::Null };
        self.known_rule(name, &place);
        let mut setting = RuleSetting::default();
        match &entry.value.data {
            Data::Null => return None,
            Data::Table(entries) => {
                for Entry { name: key, span, value } in entries {
                    match key.as_str() {
                        "severity" => setting.severity = self.severity(name, value),
                        option => {
                            let place = Node { span: span.or(value.span), data: Data::Null };
                            let set = self.option(name, option, value, &place);
                            setting.options.extend(set.map(|set| (option.to_owned(), set)));
                        }
                    }
                }
            }
            _ => setting.severity = self.severity(name, &entry.value),
        }
        Some((name.clone(), setting))
    }

    fn severity(&mut self, rule: &str, value: &Node) -> Option<Level> {
        let level = value.text().and_then(Level::parse);
        if level.is_none() {
            let takes = Level::ALL.map(Level::as_str).join(", ");
            let message = format!(
                "{}rules.{rule} takes one of {takes}, not {}; the rule keeps its severity",
                self.prefix,
                value.shown()
            );
            self.tell(value, message);
        }
        level
    }

    fn option(&mut self, rule: &str, option: &str, value: &Node, place: &Node) -> Option<OptionValue> {
        // What is no rule has been told of.
        let known = rules::find(rule)?.reads.options;
        let Some(found) = known.iter().find(|known| known.name == option) else {
            let names: Vec<&str> = known.iter().map(|known| known.name).collect();
            let has = match names.is_empty() {
                true => "it has none but severity".to_owned(),
                false => format!("it has {}", names.join(", ")),
            };
            self.tell(place, format!("the rule {rule} has no option {option}; {has}"));
            return None;
        };
        let set = match (found.default, &value.data) {
            (OptionDefault::Flag(_), Data::Flag(flag)) => Some(OptionValue::Flag(*flag)),
            (OptionDefault::Number(_), Data::Number(number)) => Some(OptionValue::Number(*number)),
            (OptionDefault::Texts(_), Data::List(items))
                if items.iter().all(|item| item.text().is_some()) =>
            {
                let texts = items.iter().filter_map(Node::text).map(str::to_owned);
                Some(OptionValue::Texts(texts.collect()))
            }
            _ => None,
        };
        if set.is_none() {
            let takes = found.default.takes();
            let message = format!(
                "{}rules.{rule}.{option} takes {takes}, not {}; its default holds",
                self.prefix,
                value.shown()
            );
            self.tell(value, message);
        }
        set
    }

    fn known_rule(&mut self, name: &str, place: &Node) {
        if let Some(message) = unknown_rule(name) {
            self.tell(place, message);
        }
    }

    pub fn tell(&mut self, node: &Node, message: String) {
        self.problems.push(Problem { span: node.span, message });
    }
}

/// That there is no rule of this name, and which one may be meant; None where there is one.
pub(super) fn unknown_rule(name: &str) -> Option<String> {
    if name == "all" || rules::find(name).is_some() {
        return None;
    }
    let names = rules::all().iter().map(|rule| rule.name);
    Some(match nearest(name, names) {
        Some(meant) => format!("there is no rule {name}; did you mean {meant}?"),
        None => format!("there is no rule {name}; `plimsoll rules` lists them"),
    })
}

/// Whether settings stand below `name`.
fn is_table(name: &str) -> bool {
    KEYS.iter().any(|key| key.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}
