//! Questions that only the user can answer, and the answers given.

use crate::convert::{Choice, Question};
use std::cell::RefCell;

/// The answers given before, and the questions that came up without one.
pub(super) struct Answers<'a> {
    given: &'a [(String, String)],
    open: RefCell<Vec<Question>>,
}

impl<'a> Answers<'a> {
    pub fn new(given: &'a [(String, String)]) -> Self {
        Self { given, open: RefCell::default() }
    }

    /// The answer given to `key`; the last one counts.
    pub fn given(&self, key: &str) -> Option<&'a str> {
        self.given.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// The answer to a question. Without one that is among the choices the question stays open, and its
    /// default, or first choice, stands in, so that other questions come up in the same round.
    pub fn ask(&self, question: Question) -> String {
        let given = self.given(question.key);
        if let Some(choice) = question.choices.iter().find(|choice| Some(&*choice.value) == given) {
            return choice.value.clone();
        }
        let first = question.choices.first().map(|choice| choice.value.clone());
        let answer = question.default.map(str::to_owned).or(first).unwrap_or_default();
        self.open.borrow_mut().push(question);
        answer
    }

    /// The questions that are open.
    pub fn open(&self) -> Vec<Question> {
        self.open.take()
    }
}

pub(super) fn choice(value: impl Into<String>, title: impl Into<String>) -> Choice {
    Choice { value: value.into(), title: title.into() }
}
