//! Frames in, and each message to its handler in the order of the wire.
//!
//! `tower_lsp` has a transport of its own; it ends at the first frame that is no JSON, and takes three
//! changes of thread for a message where one is enough.

use futures_util::{FutureExt, Sink, SinkExt, Stream, StreamExt};
use serde::Deserialize;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use tokio::runtime::Handle;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};

use super::lifecycle::Lifecycle;
use super::output::Output;
use super::state::failure;
use super::task;

/// Reads and handles messages until `exit`, the end of the input, or the end of the client. Returns the
/// exit code of the process.
pub fn read(
    input: Box<dyn Read + Send>,
    mut lifecycle: Lifecycle,
    mut responses: impl Sink<Response> + Unpin,
    handle: &Handle,
    output: &Arc<Output>,
) -> u8 {
    let _runtime = handle.enter();
    output.never_wait_here();
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut body = Vec::new();
    loop {
        match frame(&mut input, &mut body) {
            Ok(Frame::Body) => {}
            Ok(Frame::End) => {
                tracing::info!("the client closed the input");
                return lifecycle.exit_code();
            }
            Err(error) => {
                tracing::error!("the input can't be read: {error}");
                return lifecycle.exit_code();
            }
        }
        if output.is_broken() {
            return lifecycle.exit_code();
        }
        tracing::trace!("<- {}", String::from_utf8_lossy(&body));
        match serde_json::from_slice::<Message>(&body) {
            Ok(message) => match message.sort() {
                Sorted::Request(request) if request.method() == "exit" => return lifecycle.exit_code(),
                Sorted::Request(request) => {
                    let id = request.id().cloned();
                    task::run(lifecycle.call(request), id, output);
                }
                Sorted::Response(response) => {
                    let _ = responses.send(response).now_or_never();
                }
                Sorted::Neither => refuse(
                    output,
                    ErrorCode::InvalidRequest,
                    "the message is neither a request nor a response",
                ),
            },
            Err(error) if error.is_data() => {
                refuse(
                    output,
                    ErrorCode::InvalidRequest,
                    &format!("the message is no JSON-RPC message: {error}"),
                );
            }
            Err(error) => refuse(output, ErrorCode::ParseError, &format!("the message is no JSON: {error}")),
        }
        if body.capacity() > KEPT {
            body = Vec::new();
        }
    }
}

/// The largest buffer, in bytes, that is kept from one message to the next.
const KEPT: usize = 1 << 18;

/// Sends what the server asks of the client.
pub async fn forward(mut requests: impl Stream<Item = Request> + Unpin, output: Arc<Output>) {
    while let Some(request) = requests.next().await {
        output.send(&request);
    }
}

fn refuse(output: &Output, code: ErrorCode, message: &str) {
    tracing::error!("{message}");
    output.send(&Response::from_error(Id::Null, failure(code, message)));
}

/// A JSON-RPC message of any kind.
#[derive(Deserialize)]
struct Message {
    method: Option<String>,
    #[serde(default, deserialize_with = "present")]
    id: Option<Id>,
    params: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    result: Option<Value>,
    error: Option<Value>,
}

/// Tells a field that is null from one that isn't there.
fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

enum Sorted {
    Request(Request),
    Response(Response),
    Neither,
}

impl Message {
    fn sort(self) -> Sorted {
        match (self.method, self.id) {
            (Some(method), id) => {
                let mut request = Request::build(method);
                if let Some(params) = self.params {
                    request = request.params(params);
                }
                if let Some(id) = id {
                    request = request.id(id);
                }
                Sorted::Request(request.finish())
            }
            (None, Some(id)) => Sorted::Response(match self.error {
                Some(error) => {
                    let code = ErrorCode::from(error["code"].as_i64().unwrap_or(-32603));
                    let message = error["message"].as_str().unwrap_or_default().to_string();
                    Response::from_error(id, Error { code, message: message.into(), data: None })
                }
                None => Response::from_ok(id, self.result.unwrap_or(Value::Null)),
            }),
            (None, None) => Sorted::Neither,
        }
    }
}

enum Frame {
    Body,
    End,
}

/// Reads one frame's body into `body`. Lines that are no header are passed over, so that a stray line
/// costs itself only.
fn frame(input: &mut impl BufRead, body: &mut Vec<u8>) -> std::io::Result<Frame> {
    let mut length = None;
    loop {
        body.clear();
        if input.take(LONGEST_HEADER).read_until(b'\n', body)? == 0 {
            return Ok(Frame::End);
        }
        let line = body.trim_ascii();
        if line.is_empty() {
            match length {
                Some(_) => break,
                None => continue,
            }
        }
        match header(line) {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                match value.parse::<u64>() {
                    Ok(value) => length = Some(value),
                    Err(_) => tracing::error!("a Content-Length is no number: {value:?}"),
                }
            }
            Some(_) => {}
            None => tracing::error!("a line of the input is no header"),
        }
    }
    body.clear();
    // Read as it comes, so that a length which is never kept costs nothing.
    let length = length.unwrap_or(0);
    match input.take(length).read_to_end(body)? as u64 == length {
        true => Ok(Frame::Body),
        false => Ok(Frame::End),
    }
}

/// The longest line, in bytes, that is taken for a header.
const LONGEST_HEADER: u64 = 4096;

fn header(line: &[u8]) -> Option<(&str, &str)> {
    let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
    Some((name.trim(), value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(mut input: &[u8]) -> Vec<String> {
        let mut body = Vec::new();
        let mut all = Vec::new();
        while let Ok(Frame::Body) = frame(&mut input, &mut body) {
            all.push(String::from_utf8(body.clone()).unwrap());
        }
        all
    }

    #[test]
    fn frames_are_read_whatever_the_headers_look_like() {
        let input = b"Content-Type: x; charset=utf-8\r\ncontent-length:2\r\n\r\n{}Content-Length: 4\n\nnull";
        assert_eq!(bodies(input), ["{}", "null"]);
    }

    #[test]
    fn a_stray_line_costs_itself_only() {
        assert_eq!(bodies(b"hello\r\n\r\nContent-Length: x\r\nContent-Length: 2\r\n\r\n{}"), ["{}"]);
    }

    #[test]
    fn a_body_that_never_ends_is_no_frame() {
        assert!(bodies(b"Content-Length: 99999999999999\r\n\r\n{}").is_empty());
    }
}
