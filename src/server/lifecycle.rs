//! The order of a session: what may come before `initialize`, after `shutdown`, and never.

use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use tower_lsp::LspService;
use tower_lsp::jsonrpc::{Error, ErrorCode, Request, Response};
use tower_service::Service;

use super::session::Session;
use super::state::failure;
use super::{METHODS, Server};

/// An answer on its way; `None` where the message wants none.
pub type Answer = Pin<Box<dyn Future<Output = Option<Response>> + Send>>;

/// The service with the parts of the specification that `tower_lsp` leaves open: unknown requests are
/// answered by the phase of the session, `$/` requests too, and `initialize` is read tolerantly.
pub struct Lifecycle {
    service: LspService<Server>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Fresh,
    Running,
    ShutDown,
}

/// LSP's code for a request before `initialize`.
const SERVER_NOT_INITIALIZED: i64 = -32002;

impl Lifecycle {
    pub fn new(service: LspService<Server>) -> Self {
        Self { service, phase: Phase::Fresh }
    }

    /// The exit code, were `exit` the message that has just come.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.phase != Phase::ShutDown)
    }

    /// Gives a message to its handler. Nothing of the handler has run when this returns.
    pub fn call(&mut self, request: Request) -> Answer {
        let Some(id) = request.id().cloned() else {
            return self.forward(with_params(request));
        };
        let refusal = match (self.phase, request.method()) {
            (Phase::Fresh, "initialize") => None,
            (Phase::Fresh, method) => Some(failure(
                ErrorCode::ServerError(SERVER_NOT_INITIALIZED),
                format!("{method} came before initialize, which must be the first request"),
            )),
            (Phase::ShutDown, method) => Some(failure(
                ErrorCode::InvalidRequest,
                format!("{method} came after shutdown; only exit may follow it"),
            )),
            (Phase::Running, "initialize") => {
                Some(failure(ErrorCode::InvalidRequest, "initialize came a second time; it may come once"))
            }
            (Phase::Running, method) if !METHODS.contains(&method) => Some(Error {
                data: Some(Value::from(method)),
                ..failure(ErrorCode::MethodNotFound, format!("plimsoll doesn't know the request {method}"))
            }),
            (Phase::Running, _) => None,
        };
        if let Some(error) = refusal {
            return Box::pin(std::future::ready(Some(Response::from_error(id, error))));
        }
        match request.method() {
            "initialize" => {
                self.phase = Phase::Running;
                let params = request.params().unwrap_or(&Value::Null);
                self.service.inner().state.begin(Session::read(params));
                self.forward(Request::build("initialize").params(empty_initialize()).id(id).finish())
            }
            "shutdown" => {
                self.phase = Phase::ShutDown;
                // Some clients send `{}` where the specification has no params.
                self.forward(Request::build("shutdown").id(id).finish())
            }
            _ => self.forward(request),
        }
    }

    fn forward(&mut self, request: Request) -> Answer {
        let answer = self.service.call(request);
        Box::pin(async move { answer.await.ok().flatten() })
    }
}

/// What `tower_lsp` needs to see of `initialize`; [`Session`] has read the rest.
fn empty_initialize() -> Value {
    serde_json::json!({"processId": null, "rootUri": null, "capabilities": {}})
}

/// `initialized` has an empty object as params, which some clients leave out.
fn with_params(request: Request) -> Request {
    if request.method() == "initialized" {
        return Request::build("initialized").params(serde_json::json!({})).finish();
    }
    request
}
