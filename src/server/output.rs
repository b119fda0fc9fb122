//! The way out: frames in the order in which they were pushed, written by whoever may wait for the client.

use serde::Serialize;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, OnceLock};
use std::thread::ThreadId;
use std::time::Duration;

use super::frame::Frame;
use super::{encoded, lock};
use tower_lsp::jsonrpc::Response;

/// The stream to the client.
///
/// A client may stop reading while it writes. Whoever reads its messages must therefore never wait for
/// it: such a thread only pushes, and the writer's thread writes. Every other thread writes what it
/// pushed itself, which saves waking another one.
pub struct Output {
    queue: Mutex<Queue>,
    /// There is something to write for the writer's thread.
    filled: Condvar,
    /// Everything is written.
    idle: Condvar,
    sink: Mutex<Box<dyn Write + Send>>,
    broken: AtomicBool,
    /// How many pieces were written since the start.
    pieces: AtomicUsize,
    /// The thread that reads what the client sends.
    reader: OnceLock<ThreadId>,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Frame>,
    /// Somebody writes, and will look at the queue again before going.
    busy: bool,
    closed: bool,
}

impl Output {
    pub fn new(sink: Box<dyn Write + Send>) -> Self {
        Self {
            queue: Mutex::default(),
            filled: Condvar::new(),
            idle: Condvar::new(),
            sink: Mutex::new(sink),
            broken: AtomicBool::new(false),
            pieces: AtomicUsize::new(0),
            reader: OnceLock::new(),
        }
    }

    /// Puts one message in the queue, without writing it. What is pushed first is written first.
    pub fn push(&self, frame: Frame) {
        tracing::trace!("-> {}", String::from_utf8_lossy(frame.body()));
        lock(&self.queue).frames.push_back(frame);
    }

    /// Puts one message in the queue and has the queue written: here, or by the writer's thread where
    /// this one may not wait for the client.
    pub fn send<T: Serialize + ?Sized>(&self, message: &T) {
        if let Some(frame) = Frame::of(message, 0) {
            self.push(frame);
            self.drain();
        }
    }

    /// Sends a response; see [`encoded`](super::encoded).
    pub fn respond(&self, response: Response) {
        if let Some(frame) = encoded::frame(&response) {
            // A long answer needn't be held twice while it goes out.
            drop(response);
            self.push(frame);
            self.drain();
        }
    }

    /// Has the calling thread never wait for the client to read.
    pub fn never_wait_here(&self) {
        let _ = self.reader.set(std::thread::current().id());
    }

    /// Has what is queued written, unless another thread is about it.
    pub fn drain(&self) {
        if self.reader.get() == Some(&std::thread::current().id()) {
            self.filled.notify_one();
            return;
        }
        let mut queue = lock(&self.queue);
        if queue.busy {
            return;
        }
        queue.busy = true;
        while let Some(frame) = queue.frames.pop_front() {
            drop(queue);
            self.write(frame.as_bytes());
            queue = lock(&self.queue);
        }
        queue.busy = false;
        drop(queue);
        self.idle.notify_all();
    }

    /// What the writer's thread does until the output is closed.
    pub fn run(&self) {
        loop {
            let mut queue = lock(&self.queue);
            while !queue.closed && (queue.busy || queue.frames.is_empty()) {
                queue = self.filled.wait(queue).unwrap_or_else(|poisoned| poisoned.into_inner());
            }
            if queue.closed {
                return;
            }
            drop(queue);
            self.drain();
        }
    }

    /// Lets what is queued go out, as long as some of it does within each `patience`: a client that no
    /// longer reads must not keep the process. The writer's thread ends.
    pub fn close(&self, patience: Duration) {
        let waiting = |queue: &mut Queue| queue.busy || !queue.frames.is_empty();
        loop {
            let before = self.pieces.load(Ordering::Relaxed);
            let (mut queue, _) = match self.idle.wait_timeout_while(lock(&self.queue), patience, waiting) {
                Ok(waited) => waited,
                Err(poisoned) => poisoned.into_inner(),
            };
            if !waiting(&mut queue) || self.pieces.load(Ordering::Relaxed) == before {
                queue.closed = true;
                break;
            }
        }
        self.filled.notify_all();
    }

    /// Whether the client's end is closed.
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    fn write(&self, bytes: &[u8]) {
        let mut sink = lock(&self.sink);
        for piece in bytes.chunks(PIECE) {
            if let Err(error) = sink.write_all(piece).and_then(|()| sink.flush()) {
                if !self.broken.swap(true, Ordering::Relaxed) {
                    tracing::error!("the client no longer reads: {error}");
                }
                return;
            }
            self.pieces.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The most, in bytes, that is written at once: what a pipe holds on Linux.
const PIECE: usize = 1 << 16;
