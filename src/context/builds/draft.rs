use super::Given;

/// A build as files put it together; what isn't said is None.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub context: Option<Given>,
    pub dockerfile: Option<Given>,
    /// The Dockerfile stands in the file itself.
    pub inline: bool,
    pub target: Option<Given>,
    /// By name, each once.
    pub arguments: Vec<(String, Given)>,
    /// By name, each once.
    pub contexts: Vec<(String, Given)>,
    /// Laid over another, it takes away all arguments of that one, or all named contexts.
    pub anew: Anew,
}

/// What is not merged but replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Anew {
    pub arguments: bool,
    pub contexts: bool,
}

impl Draft {
    /// Lays `over` over this.
    pub fn merge(&mut self, over: &Draft) {
        let Draft { context, dockerfile, inline, target, arguments, contexts, anew } = over;
        for (own, other) in
            [(&mut self.context, context), (&mut self.dockerfile, dockerfile), (&mut self.target, target)]
        {
            if other.is_some() {
                own.clone_from(other);
            }
        }
        self.inline |= inline;
        for (own, other, anew) in
            [(&mut self.arguments, arguments, anew.arguments), (&mut self.contexts, contexts, anew.contexts)]
        {
            if anew {
                own.clear();
            }
            other.iter().for_each(|(name, value)| set(own, name, value.clone()));
        }
    }
}

/// Gives `name` a value, in the place that it had.
pub(super) fn set(pairs: &mut Vec<(String, Given)>, name: &str, value: Given) {
    match pairs.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => *known = value,
        None => pairs.push((name.to_owned(), value)),
    }
}
