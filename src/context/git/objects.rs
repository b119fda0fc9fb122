//! Objects of a repository, by `git cat-file`.

use super::GitError;
use super::run::{Git, PATIENCE, Running};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Reads objects by one process that is kept for the next question.
pub(super) struct Objects {
    git: Git,
    running: Mutex<Option<Answers>>,
}

struct Answers {
    running: Running,
    /// What has come and not been taken.
    ahead: Vec<u8>,
}

/// The most that is read of one object, in bytes.
const MAX_OBJECT: u64 = 1 << 30;

impl Objects {
    pub(super) fn new(git: Git) -> Self {
        Self { git, running: Mutex::new(None) }
    }

    /// The lengths of objects, in their order; None for one that isn't in this clone.
    pub(super) fn sizes(&self, ids: &[&str]) -> Result<Vec<Option<u64>>, GitError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let input = ids.iter().flat_map(|id| [id.as_bytes(), b"\n"].concat()).collect();
        let args = ["cat-file", "--batch-check=%(objectsize)", "--buffer"];
        let out = self.git.run(&args, Some(input))?.expected()?;
        let out = String::from_utf8_lossy(&out);
        let mut sizes: Vec<Option<u64>> = out.lines().map(|line| line.parse().ok()).collect();
        sizes.resize(ids.len(), None);
        Ok(sizes)
    }

    /// The content of an object; None where it isn't in this clone.
    pub(super) fn content(&self, id: &str) -> Result<Option<Vec<u8>>, GitError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = match running.take() {
            Some(answers) => answers,
            None => Answers { running: self.git.start(&["cat-file", "--batch"])?, ahead: Vec::new() },
        };
        // After a failure nobody knows where in its output it stands, so it isn't asked again.
        let (answers, content) = answers.ask(id)?;
        *running = Some(answers);
        Ok(content)
    }
}

impl Answers {
    fn ask(mut self, id: &str) -> Result<(Self, Option<Vec<u8>>), GitError> {
        let until = Instant::now() + PATIENCE;
        self.running.write(format!("{id}\n").as_bytes())?;
        let head = loop {
            if let Some(end) = self.ahead.iter().position(|byte| *byte == b'\n') {
                let head: Vec<u8> = self.ahead.drain(..=end).collect();
                break String::from_utf8_lossy(&head).trim_end().to_string();
            }
            self.listen(until)?;
        };
        let Some(size) = head.split(' ').nth(2).and_then(|size| size.parse::<u64>().ok()) else {
            return Ok((self, None));
        };
        if size > MAX_OBJECT {
            return Err(GitError::TooMuch);
        }
        // The content is followed by a line's end.
        let length = usize::try_from(size).unwrap_or(usize::MAX);
        while self.ahead.len() <= length {
            self.listen(until)?;
        }
        let rest = self.ahead.split_off(length + 1);
        let mut content = std::mem::replace(&mut self.ahead, rest);
        content.truncate(length);
        Ok((self, Some(content)))
    }

    fn listen(&mut self, until: Instant) -> Result<(), GitError> {
        match self.running.more(until)? {
            Some(chunk) => self.ahead.extend(chunk),
            None => return Err(GitError::Failed { said: "cat-file ended before its answer".into() }),
        }
        Ok(())
    }
}
