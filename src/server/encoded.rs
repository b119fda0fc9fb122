//! Answers as the text that goes out.
//!
//! `tower_lsp` makes a [`Value`](serde_json::Value) of every answer before it writes it. For the hundreds of findings
//! or symbols of a long file that costs more than finding them, so an answer is written where it is computed and passes
//! through `tower_lsp` as a string, which [`frame`] puts in its place.

use serde::{Serialize, Serializer};
use std::marker::PhantomData;
use tower_lsp::jsonrpc::Response;

use super::frame::Frame;

/// A `T` as JSON.
pub struct Encoded<T> {
    /// The JSON in front of [`MARK`].
    marked: String,
    of: PhantomData<fn() -> T>,
}

/// What no answer of ours ends with that is a string itself.
const MARK: &str = "\0json";

impl<T: Serialize> Encoded<T> {
    /// Writes an answer. Where that fails, which is logged, the answer is `null`.
    pub fn of(answer: &T) -> Self {
        let json = serde_json::to_string(answer)
            .inspect_err(|error| tracing::error!("an answer could not be written as JSON: {error}"));
        Self::of_json(json.unwrap_or_else(|_| "null".to_owned()))
    }
}

impl<T> Encoded<T> {
    /// An answer that is JSON already.
    pub fn of_json(mut json: String) -> Self {
        json.push_str(MARK);
        Self { marked: json, of: PhantomData }
    }
}

impl<T> Serialize for Encoded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.marked)
    }
}

/// A response, an encoded answer in it as what it stands for. None, logged, where it can't be written.
pub fn frame(response: &Response) -> Option<Frame> {
    let Some(json) = response.result().and_then(|result| result.as_str()?.strip_suffix(MARK)) else {
        return Frame::of(response, 0);
    };
    let id = Frame::of(response.id(), 0)?;
    Some(Frame::joined(&[br#"{"jsonrpc":"2.0","result":"#, json.as_bytes(), br#","id":"#, id.body(), b"}"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use tower_lsp::jsonrpc::Id;

    fn sent(result: Value) -> Value {
        let response = Response::from_ok(Id::Number(7), result);
        serde_json::from_slice(frame(&response).unwrap().body()).unwrap()
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
        assert_eq!(sent(json!("nulljson"))["result"], "nulljson");
        let encoded = serde_json::to_value(Encoded::of(&"null".to_owned())).unwrap();
        assert_eq!(sent(encoded)["result"], "null");
    }
}
