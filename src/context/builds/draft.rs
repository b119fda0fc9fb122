use super::Given;
use std::collections::HashMap;

/// A build as files put it together; what isn't said is None.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub place: Place,
    pub target: Option<Given>,
    pub arguments: Pairs,
    pub contexts: Pairs,
}

/// Where a build finds its Dockerfile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub context: Option<Given>,
    pub dockerfile: Option<Given>,
    /// The Dockerfile stands in the file itself.
    pub inline: bool,
}

impl Place {
    /// Of which nothing is known.
    pub fn unknown() -> Self {
        Self { context: Some(None), dockerfile: Some(None), inline: false }
    }

    /// Lays another over this.
    pub fn take(&mut self, over: &Place) {
        if over.context.is_some() {
            self.context.clone_from(&over.context);
        }
        if over.dockerfile.is_some() {
            self.dockerfile.clone_from(&over.dockerfile);
        }
        self.inline |= over.inline;
    }
}

/// Values by name, each name once, in the order in which they are first named.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs {
    pub named: Vec<(String, Given)>,
    /// Others may be given too, which aren't known here.
    pub open: bool,
    places: HashMap<String, usize>,
}

impl PartialEq for Pairs {
    fn eq(&self, other: &Self) -> bool {
        (&self.named, self.open) == (&other.named, other.open)
    }
}

impl Eq for Pairs {}

impl Pairs {
    /// Gives `name` a value, in the place that it had.
    pub fn set(&mut self, name: &str, value: Given) {
        match self.places.get(name).and_then(|place| self.named.get_mut(*place)) {
            Some((_, known)) => *known = value,
            None => {
                self.places.insert(name.to_owned(), self.named.len());
                self.named.push((name.to_owned(), value));
            }
        }
    }

    /// What was given so far may be given otherwise, and so may what wasn't.
    pub fn forget(&mut self) {
        self.named.iter_mut().for_each(|(_, value)| *value = None);
        self.open = true;
    }
}
