//! `.dockerignore`, read and matched as BuildKit does: `ignorefile.ReadAll` and `patternmatcher` of
//! moby/patternmatcher, and the walk of tonistiigi/fsutil's `filter.go`.
//!
//! Separators are `/` and a backslash escapes, as on every client but a Windows one.

mod clean;
#[cfg(test)]
mod facts;
mod pattern;
mod tally;

pub(super) use clean::clean;

use crate::text::Span;
use pattern::Matcher;
pub use tally::{Tally, Told};

/// A `.dockerignore`, parsed and ready to match.
#[derive(Clone, Debug, Default)]
pub struct Dockerignore {
    patterns: Vec<Pattern>,
    problems: Vec<PatternProblem>,
    has_exceptions: bool,
}

/// One line that is a pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The pattern as written, without blanks around it, in bytes of the file.
    pub span: Span,
    /// The pattern as it is matched: cleaned, without `!` and leading `/`.
    pub text: String,
    /// Whether it begins with `!` and so takes back what patterns above it ignore.
    pub exception: bool,
    matcher: Matcher,
}

/// A line for which BuildKit refuses to build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternProblem {
    /// The line's pattern, in bytes of the file.
    pub span: Span,
    /// A sentence for the user.
    pub message: String,
}

/// Whether a path is ignored, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the build doesn't see the path.
    pub ignored: bool,
    /// The pattern that had the last word (index into [`Dockerignore::patterns`]); `None` where no
    /// pattern changed anything.
    pub decided_by: Option<usize>,
}

/// What the patterns said of a folder, for what is in it. The default stands for the root.
#[derive(Clone, Debug, Default)]
pub struct FolderMatch {
    /// One flag a pattern; empty for the root.
    matched: Vec<bool>,
}

impl Dockerignore {
    /// Reads the text of a `.dockerignore`. Never fails: lines that BuildKit refuses become
    /// [`Dockerignore::problems`] and match nothing.
    pub fn parse(text: &str) -> Self {
        let mut ignore = Self::default();
        let mut at = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let start = at;
            at += line.len();
            let (line, start) = match line.strip_prefix('\u{feff}').filter(|_| index == 0) {
                Some(line) => (line, start + '\u{feff}'.len_utf8()),
                None => (line, start),
            };
            if line.starts_with('#') {
                continue;
            }
            let written = line.trim();
            if !written.is_empty() {
                let start = start + (line.len() - line.trim_start().len());
                ignore.add(written, Span::from(start..start + written.len()));
            }
        }
        ignore
    }

    /// Patterns that aren't lines of a file: those of `COPY --exclude`. Their spans are empty.
    pub fn from_patterns<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ignore = Self::default();
        for pattern in patterns {
            ignore.push(pattern, Span::default());
        }
        ignore
    }

    /// The patterns in their order; lines that BuildKit refuses aren't among them.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// The lines for which the build fails.
    pub fn problems(&self) -> &[PatternProblem] {
        &self.problems
    }

    /// Whether the file, or one of the folders it is in, is ignored. `path` is relative to the context,
    /// with `/`. This is patternmatcher's `MatchesOrParentMatches`.
    pub fn ignores(&self, path: &str) -> bool {
        self.verdict(path).ignored
    }

    /// [`Dockerignore::ignores`], and which pattern decided.
    pub fn verdict(&self, path: &str) -> Verdict {
        let path = clean(path);
        let mut verdict = Verdict { ignored: false, decided_by: None };
        if path == "." {
            return verdict;
        }
        for (index, pattern) in self.patterns.iter().enumerate() {
            if pattern.exception == verdict.ignored && pattern.matches_or_parent(&path) {
                verdict = Verdict { ignored: !pattern.exception, decided_by: Some(index) };
            }
        }
        verdict
    }

    /// What the walk of the context does with a path in a folder of which `parent` is known:
    /// patternmatcher's `MatchesUsingParentResults`. It differs from [`Dockerignore::ignores`] in
    /// rare cases (a folder ignored a second time after an exception inside it), in which this is what
    /// BuildKit's client sends.
    pub fn walk(&self, path: &str, parent: &FolderMatch) -> (bool, FolderMatch) {
        let mut ignored = false;
        let mut matched = vec![false; self.patterns.len()];
        for (index, pattern) in self.patterns.iter().enumerate() {
            let hit = parent.matched.get(index).copied().unwrap_or(false)
                || (pattern.exception == ignored && pattern.matcher.matches(path));
            if hit {
                matched[index] = true;
                ignored = !pattern.exception;
            }
        }
        (ignored, FolderMatch { matched })
    }

    /// Whether anything below an ignored folder could be taken back by a `!` pattern. Where not, all of
    /// it is ignored. `folder` has no trailing `/`.
    pub fn may_reinclude_below(&self, folder: &str) -> bool {
        if !self.has_exceptions {
            return false;
        }
        let below = format!("{folder}/");
        self.patterns.iter().any(|pattern| pattern.exception && pattern.matcher.may_match_below(&below))
    }

    /// A line as `ignorefile.ReadAll` rewrites it.
    fn add(&mut self, written: &str, span: Span) {
        let inverted = written.strip_prefix('!');
        let body = inverted.map_or(written, str::trim);
        let mut body = if body.is_empty() { String::new() } else { clean(body) };
        if body.len() > 1 && body.starts_with('/') {
            body.remove(0);
        }
        if inverted.is_some() {
            body.insert(0, '!');
        }
        self.push(&body, span);
    }

    /// A pattern as `patternmatcher.New` takes it.
    fn push(&mut self, pattern: &str, span: Span) {
        let pattern = pattern.trim();
        if pattern.is_empty() {
            return;
        }
        let cleaned = clean(pattern);
        let (exception, body) = match cleaned.strip_prefix('!') {
            Some(body) => (true, body),
            None => (false, cleaned.as_str()),
        };
        if exception && body.is_empty() {
            let message = "`!` stands alone, and BuildKit refuses to build; name after it what is to be \
                           taken back, or delete the line";
            self.problems.push(PatternProblem { span, message: message.into() });
            return;
        }
        match pattern::compile(body) {
            Ok(matcher) => {
                self.has_exceptions |= exception;
                self.patterns.push(Pattern { span, text: body.to_string(), exception, matcher });
            }
            Err(why) => {
                let message = format!("the pattern `{cleaned}` {why}. BuildKit refuses to build with it");
                self.problems.push(PatternProblem { span, message });
            }
        }
    }
}

impl Pattern {
    /// Whether the pattern matches the path or a folder that it is in.
    pub fn matches_or_parent(&self, path: &str) -> bool {
        self.matcher.matches(path)
            || path.match_indices('/').any(|(at, _)| at > 0 && self.matcher.matches(&path[..at]))
    }
}
