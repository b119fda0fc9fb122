//! What is asked before a conversion, as clients and the command line give it out.

use crate::convert::Question;
use serde_json::{Value, json};

/// A question that only the user can answer.
pub fn question(question: &Question) -> Value {
    json!({
        "key": question.key,
        "message": question.message,
        "choices": question.choices.iter().map(|choice| &*choice.value).collect::<Vec<_>>(),
        "titles": question.choices.iter().map(|choice| &*choice.title).collect::<Vec<_>>(),
        "default": question.default,
    })
}
