//! Answers as the text that goes out.
//!
//! `tower_lsp` makes a [`Value`](serde_json::Value) of every answer before it writes it. For the hundreds of findings
//! or symbols of a long file that costs more than finding them, so an answer is written where it is computed and passes
//! through `tower_lsp` as a string, which [`body`] puts in its place.

use serde::{Serialize, Serializer};
use std::marker::PhantomData;
use tower_lsp::jsonrpc::Response;

use super::output::Output;

/// A `T` as JSON.
pub struct Encoded<T> {
    /// The JSON behind [`MARK`].
    marked: String,
    of: PhantomData<fn() -> T>,
}

/// What no answer of ours begins with that is a string itself.
const MARK: &str = "\0json:";

impl<T: Serialize> Encoded<T> {
    /// Writes an answer. Where that fails, which is logged, the answer is `null`.
    pub fn of(answer: &T) -> Self {
        Self::written_as(answer)
    }
}

impl<T> Encoded<T> {
    /// As [`Encoded::of`], of something that is written as a `T` would be.
    pub fn written_as(answer: &impl Serialize) -> Self {
        let mut marked = MARK.as_bytes().to_vec();
        if let Err(error) = serde_json::to_writer(&mut marked, answer) {
            tracing::error!("an answer could not be written as JSON: {error}");
            marked.truncate(MARK.len());
            marked.extend_from_slice(b"null");
        }
        Self { marked: String::from_utf8(marked).unwrap_or_default(), of: PhantomData }
    }
}

impl<T> Serialize for Encoded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.marked)
    }
}

/// The body of a response's frame, an encoded answer as what it stands for. None, logged, where it can't be written.
pub fn body(response: &Response) -> Option<Vec<u8>> {
    let Some(json) = response.result().and_then(|result| result.as_str()?.strip_prefix(MARK)) else {
        return Output::encode(response);
    };
    let id = Output::encode(response.id())?;
    Some([br#"{"jsonrpc":"2.0","result":"#, json.as_bytes(), br#","id":"#, &id, b"}"].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tower_lsp::jsonrpc::Id;

    fn sent(result: Value) -> Value {
        let response = Response::from_ok(Id::Number(7), result);
        serde_json::from_slice(&body(&response).unwrap()).unwrap()
    }

    #[test]
    fn an_encoded_answer_goes_out_as_what_it_stands_for() {
        let answer = json!([{"a": 1, "b": "é\n\""}, null]);
        let encoded = serde_json::to_value(Encoded::of(&answer)).unwrap();
        assert!(encoded.is_string());
        let expected = json!({"jsonrpc": "2.0", "result": answer, "id": 7});
        assert_eq!(sent(encoded), expected);
        assert_eq!(sent(answer), expected);
    }

    #[test]
    fn a_string_is_a_string() {
        assert_eq!(sent(json!("json:null"))["result"], "json:null");
        let encoded = serde_json::to_value(Encoded::of(&"null".to_owned())).unwrap();
        assert_eq!(sent(encoded)["result"], "null");
    }
}
