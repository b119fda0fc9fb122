use crate::syntax::expand::{ExpandError, Lex};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

/// The variables that hold at one place of a build. A value of None is one that only the build knows, such as
/// that of a variable of the base image.
#[derive(Clone, Debug, Default)]
pub struct Env {
    values: Arc<HashMap<Box<str>, Option<Box<str>>>>,
}

/// What a word comes to.
#[derive(Debug, Default)]
pub struct Expanded {
    /// None where it hangs on a value that only the build knows.
    pub value: Option<String>,
    /// The variables that are read and set.
    pub used: Vec<String>,
    /// The variables that are read and aren't set, each once.
    pub unset: Vec<String>,
}

impl Env {
    pub fn set(&mut self, name: &str, value: Option<String>) {
        Arc::make_mut(&mut self.values).insert(name.into(), value.map(Into::into));
    }

    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The value of a variable that is set and known.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_deref()
    }

    /// The names, in the order of the alphabet.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.values.keys().map(|name| &**name).collect();
        names.sort_unstable();
        names
    }

    /// `text` with its variables, quotes and escapes worked out. A fault that hangs on a value that isn't
    /// known is none.
    pub fn expand(&self, lex: Lex, text: &str) -> Result<Expanded, ExpandError> {
        if !text.contains(['$', '"', '\'', lex.escape]) {
            return Ok(Expanded { value: Some(text.to_owned()), ..Expanded::default() });
        }
        let unknown = Cell::new(false);
        match lex.word(text, &|name| self.look_up(name, &unknown)) {
            Ok(expansion) => Ok(Expanded {
                value: (!unknown.get()).then_some(expansion.value),
                used: expansion.used,
                unset: expansion.unset,
            }),
            Err(error) if unknown.get() && !error.is_syntax() => Ok(Expanded::default()),
            Err(error) => Err(error),
        }
    }

    /// The words that `text` comes to, each with its bytes in it; None where they hang on what isn't known.
    pub fn expand_words(
        &self,
        lex: Lex,
        text: &str,
    ) -> Result<Option<Vec<crate::syntax::expand::Word>>, ExpandError> {
        let unknown = Cell::new(false);
        match lex.words_with_spans(text, &|name| self.look_up(name, &unknown)) {
            Ok(words) => Ok((!unknown.get()).then_some(words)),
            Err(error) if unknown.get() && !error.is_syntax() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn look_up<'v>(&'v self, name: &str, unknown: &Cell<bool>) -> Option<Cow<'v, str>> {
        let value = self.values.get(name)?;
        if value.is_none() {
            unknown.set(true);
        }
        Some(Cow::Borrowed(value.as_deref().unwrap_or_default()))
    }
}
