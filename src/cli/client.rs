//! A small language client: starts a server and speaks LSP with it over pipes, as an editor would.

use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::ffi::OsStr;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A server that was started, and the conversation with it.
///
/// Responses are matched by their id. What the server asks of the client is answered as a willing
/// client would, and kept, like its notifications, until it is asked for.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<io::Result<Value>>,
    responses: HashMap<u64, Value>,
    /// Notifications and requests of the server that nobody has asked for yet, in their order.
    heard: VecDeque<Value>,
    last_id: u64,
    patience: Duration,
    /// What is answered for each section that the server asks for with `workspace/configuration`.
    settings: Value,
    /// The same for what it asks for within a scope, by URI.
    scoped: HashMap<String, Value>,
}

/// Why the conversation goes no further.
#[derive(Debug)]
pub enum Error {
    /// The server answered a request with an error: its code, its sentence.
    Refused { method: String, code: i64, message: String },
    /// The server closed its output, or wrote something else than LSP.
    Lost(io::Error),
    /// Nothing came within the time limit.
    Silence { awaited: String },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused { method, code, message } => write!(f, "{method} was refused: {message} ({code})"),
            Error::Lost(error) => write!(f, "the server is gone: {error}"),
            Error::Silence { awaited } => write!(f, "the server did not send {awaited} in time"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Lost(error)
    }
}

impl Error {
    /// The code of an error response.
    pub fn code(&self) -> Option<i64> {
        match self {
            Error::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }
}

impl Client {
    /// Starts `program` with `args`, whose standard streams become the connection. What it writes to
    /// standard error goes where ours goes.
    pub fn spawn(program: impl AsRef<OsStr>, args: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(args);
        Self::over(command)
    }

    /// Starts `command` as [`Client::spawn`] does.
    pub fn over(mut command: Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("the server has no output"))?;
        let (sender, messages) = channel();
        // Read all the time: neither side may wait for the other to read.
        std::thread::Builder::new().name("client".into()).spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let message = read(&mut output);
                let last = message.is_err();
                if sender.send(message).is_err() || last {
                    return;
                }
            }
        })?;
        Ok(Self {
            input: child.stdin.take(),
            child,
            messages,
            responses: HashMap::new(),
            heard: VecDeque::new(),
            last_id: 0,
            patience: Duration::from_secs(60),
            settings: Value::Null,
            scoped: HashMap::new(),
        })
    }

    /// The longest that the server may let us wait. It guards against waiting for ever; it is no
    /// measure of speed.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// What the server is told, from now on, when it asks for settings.
    pub fn set_settings(&mut self, settings: Value) {
        self.settings = settings;
    }

    /// The same for what the server asks for within the scope `uri`, such as a folder of the workspace.
    pub fn set_settings_of(&mut self, uri: &str, settings: Value) {
        self.scoped.insert(uri.to_string(), settings);
    }

    /// `initialize` with these params, then `initialized`. Returns what the server can.
    pub fn initialize(&mut self, params: Value) -> Result<Value, Error> {
        let result = self.request("initialize", params)?;
        self.notify("initialized", json!({}))?;
        Ok(result)
    }

    /// Sends a request and waits for its result.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Error> {
        let id = self.ask(method, params)?;
        self.answer(id, method)
    }

    /// Sends a request without waiting. Returns its id, for [`Client::answer`].
    pub fn ask(&mut self, method: &str, params: Value) -> Result<u64, Error> {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))?;
        Ok(id)
    }

    /// Waits for the result of the request `id`. `method` is named in errors.
    pub fn answer(&mut self, id: u64, method: &str) -> Result<Value, Error> {
        let deadline = Instant::now() + self.patience;
        while !self.responses.contains_key(&id) {
            self.listen(deadline, method)?;
        }
        let mut response = self.responses.remove(&id).unwrap_or_default();
        match response.get("error") {
            Some(error) => Err(Error::Refused {
                method: method.to_string(),
                code: error["code"].as_i64().unwrap_or_default(),
                message: error["message"].as_str().unwrap_or_default().to_string(),
            }),
            None => Ok(response["result"].take()),
        }
    }

    pub fn notify(&mut self, method: &str, params: Value) -> Result<(), Error> {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }

    /// Waits for a notification or request of the server for which `wanted` holds, and returns its
    /// params. Those of the same method that came before it are dropped, others are kept.
    pub fn expect(&mut self, method: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value, Error> {
        let deadline = Instant::now() + self.patience;
        loop {
            while let Some(at) = self.heard.iter().position(|message| message["method"] == method) {
                let message = self.heard.remove(at).unwrap_or_default();
                if wanted(&message["params"]) {
                    return Ok(message["params"].clone());
                }
            }
            self.listen(deadline, method)?;
        }
    }

    /// Takes everything with this method that has come so far and wasn't asked for.
    pub fn heard(&mut self, method: &str) -> Vec<Value> {
        while let Ok(Ok(message)) = self.messages.try_recv() {
            // An error here shows again at the next message that is waited for.
            let _ = self.sort(message);
        }
        let (found, rest): (VecDeque<_>, VecDeque<_>) =
            self.heard.drain(..).partition(|message| message["method"] == method);
        self.heard = rest;
        found.into_iter().map(|mut message| message["params"].take()).collect()
    }

    /// Opens a document.
    pub fn open(&mut self, uri: &str, language: &str, version: i32, text: &str) -> Result<(), Error> {
        let document = json!({"uri": uri, "languageId": language, "version": version, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}))
    }

    /// Tells of changes, each as the specification has them: `{"range": …, "text": …}` or `{"text": …}`.
    pub fn change(&mut self, uri: &str, version: i32, changes: Value) -> Result<(), Error> {
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}))
    }

    /// Waits for the diagnostics that are pushed for this version of the document.
    pub fn diagnostics(&mut self, uri: &str, version: i32) -> Result<Vec<Value>, Error> {
        let params = self.expect("textDocument/publishDiagnostics", |params| {
            params["uri"] == uri && params["version"] == version
        })?;
        Ok(params["diagnostics"].as_array().cloned().unwrap_or_default())
    }

    /// Sends a message as it is.
    pub fn send(&mut self, message: &Value) -> Result<(), Error> {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes())
    }

    /// Writes bytes to the server, whatever they are.
    pub fn send_raw(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let input = self.input.as_mut().ok_or_else(|| io::Error::other("its input is closed"))?;
        input.write_all(bytes)?;
        Ok(input.flush()?)
    }

    /// Waits for the next message that answers no request of ours: `{"id": null, "error": …}`.
    pub fn unmatched(&mut self) -> Result<Value, Error> {
        let deadline = Instant::now() + self.patience;
        loop {
            if let Some(at) = self.heard.iter().position(|message| message.get("method").is_none()) {
                return Ok(self.heard.remove(at).unwrap_or_default());
            }
            self.listen(deadline, "a response without an id")?;
        }
    }

    /// `shutdown` and `exit`, then the end of the process.
    pub fn shutdown(mut self) -> Result<ExitStatus, Error> {
        self.request("shutdown", Value::Null)?;
        self.notify("exit", Value::Null)?;
        self.wait()
    }

    /// Closes the server's input.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// The id of the server's process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the server's process has ended. Its input stays as it is.
    pub fn wait(mut self) -> Result<ExitStatus, Error> {
        let deadline = Instant::now() + self.patience;
        // The output closes when the process ends.
        loop {
            match self.listen(deadline, "its end") {
                Ok(()) => {}
                Err(Error::Lost(_)) => return Ok(self.child.wait()?),
                Err(other) => return Err(other),
            }
        }
    }

    /// Waits for one message and puts it where it is asked for.
    fn listen(&mut self, deadline: Instant, awaited: &str) -> Result<(), Error> {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.messages.recv_timeout(left) {
            Ok(message) => self.sort(message?),
            Err(RecvTimeoutError::Timeout) => Err(Error::Silence { awaited: awaited.to_string() }),
            Err(RecvTimeoutError::Disconnected) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }

    fn sort(&mut self, message: Value) -> Result<(), Error> {
        match (message.get("method").and_then(Value::as_str), message.get("id")) {
            (None, Some(id)) if id.is_u64() => {
                let id = id.as_u64().unwrap_or_default();
                self.responses.insert(id, message);
            }
            (Some(method), Some(id)) => {
                let result = self.willing(method, &message["params"]);
                let response = json!({"jsonrpc": "2.0", "id": id, "result": result});
                self.heard.push_back(message);
                // The server may close its input and still write.
                let _ = self.send(&response);
            }
            _ => self.heard.push_back(message),
        }
        Ok(())
    }

    /// What a client that agrees with everything answers.
    fn willing(&self, method: &str, params: &Value) -> Value {
        match method {
            "workspace/configuration" => {
                let scoped = |item: &Value| self.scoped.get(item["scopeUri"].as_str()?).cloned();
                let items = params["items"].as_array().into_iter().flatten();
                items.map(|item| scoped(item).unwrap_or_else(|| self.settings.clone())).collect()
            }
            "workspace/applyEdit" => json!({"applied": true}),
            "window/showDocument" => json!({"success": true}),
            _ => Value::Null,
        }
    }
}

impl Drop for Client {
    /// A server that outlives its client is ended.
    fn drop(&mut self) {
        self.input = None;
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The `file:` URI of a path, for [`Client::open`]; an absolute path is needed.
pub fn uri(path: &Path) -> String {
    crate::server::uri_of(path)
}

fn read(output: &mut impl BufRead) -> io::Result<Value> {
    let mut length = None;
    let mut line = String::new();
    loop {
        line.clear();
        if output.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let header = line.trim_end();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("Content-Length: ") {
            length = value.parse::<usize>().ok();
        }
    }
    let length =
        length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a frame without its length"))?;
    let mut body = Vec::new();
    output.take(length as u64).read_to_end(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}
