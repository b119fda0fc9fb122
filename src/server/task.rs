//! Answers on their way: polled on the reading thread up to the first await, and from then on by
//! whichever thread brings what they wait for.
//!
//! The thread that computed an answer thus also writes it. A runtime's worker between the two would
//! cost as much as the rest of a small request.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use tower_lsp::jsonrpc::{Id, Response};

use super::lifecycle::Answer;
use super::output::Output;
use super::{compute, lock};

/// Polls `answer` now, and again whenever it is woken; sends the response, if there is one. A panic is
/// answered as an error to the request `id`.
///
/// A waker polls at once, on the thread that calls it: no lock may be held there that the answer takes.
pub fn run(answer: Answer, id: Option<Id>, output: &Arc<Output>) {
    let task =
        Task { answer: Mutex::new(Some(answer)), phase: AtomicU8::new(IDLE), id, output: Arc::clone(output) };
    Arc::new(task).go_on();
}

struct Task {
    answer: Mutex<Option<Answer>>,
    phase: AtomicU8,
    id: Option<Id>,
    output: Arc<Output>,
}

/// Nobody polls, and nobody woke the task since the last poll.
const IDLE: u8 = 0;
const POLLING: u8 = 1;
/// Woken while it is polled: whoever polls does so once more.
const AGAIN: u8 = 2;
const DONE: u8 = 3;

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.go_on();
    }
}

impl Task {
    fn go_on(self: &Arc<Self>) {
        let claim = |phase| match phase {
            IDLE => Some(POLLING),
            POLLING => Some(AGAIN),
            _ => None,
        };
        if self.phase.fetch_update(Ordering::AcqRel, Ordering::Acquire, claim) != Ok(IDLE) {
            return;
        }
        let waker = Waker::from(Arc::clone(self));
        loop {
            if let Some(response) = self.poll(&mut Context::from_waker(&waker)) {
                self.phase.store(DONE, Ordering::Release);
                if let Some(response) = response {
                    self.output.respond(response);
                }
                return;
            }
            let rest = self.phase.compare_exchange(POLLING, IDLE, Ordering::AcqRel, Ordering::Acquire);
            if rest.is_ok() {
                return;
            }
            self.phase.store(POLLING, Ordering::Release);
        }
    }

    /// Polls once. The outer `None` means that the answer isn't there yet.
    fn poll(&self, context: &mut Context<'_>) -> Option<Option<Response>> {
        let mut answer = lock(&self.answer);
        let polled = catch_unwind(AssertUnwindSafe(|| match answer.as_mut() {
            Some(answer) => answer.as_mut().poll(context),
            None => Poll::Ready(None),
        }));
        let response = match polled {
            Ok(Poll::Pending) => return None,
            Ok(Poll::Ready(response)) => response,
            Err(_) => self.id.clone().map(|id| Response::from_error(id, compute::fault("the request"))),
        };
        *answer = None;
        Some(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    fn output() -> Arc<Output> {
        Arc::new(Output::new(Box::new(std::io::sink())))
    }

    #[test]
    fn a_task_woken_while_it_is_polled_is_polled_again() {
        let polls = Arc::new(Mutex::new(0));
        let seen = Arc::clone(&polls);
        let answer = poll_fn(move |context| {
            let mut polls = lock(&seen);
            *polls += 1;
            if *polls < 5 {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(None)
        });
        run(Box::pin(answer), None, &output());
        assert_eq!(*lock(&polls), 5);
    }

    #[test]
    fn a_task_that_is_done_is_never_polled_again() {
        let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
        let keep = Arc::clone(&kept);
        let mut done = false;
        let answer = poll_fn(move |context| {
            assert!(!done);
            done = true;
            *lock(&keep) = Some(context.waker().clone());
            Poll::Ready(None)
        });
        run(Box::pin(answer), None, &output());
        let waker = lock(&kept).take();
        waker.unwrap().wake();
    }
}
