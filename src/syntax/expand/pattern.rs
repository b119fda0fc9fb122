//! The patterns of `${x#…}`, `${x%…}` and `${x/…/…}`: `*`, `?`, and `\` before `*`, `?`, `\`, `}`, `/`.
//!
//! BuildKit turns them into Go regular expressions (`convertShellPatternToRegex`); this matcher finds
//! what those find: the leftmost match, each star as long (or as short) as it can be, none across a line.

use std::fmt;

/// Why a pattern isn't applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// `\` before this character, or, where `None`, at the pattern's end.
    Escape(Option<char>),
    /// Matching would take more than [`MAX_STEPS`] steps.
    TooLong,
    /// The value would be longer than it may be.
    Grows,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Escape(Some(c)) => {
                write!(f, "`\\` may stand before `*`, `?`, `\\`, `}}` and `/`, not before `{c}`")
            }
            Self::Escape(None) => write!(f, "nothing follows its last `\\`"),
            Self::TooLong => write!(f, "pattern and value together are too long"),
            Self::Grows => write!(f, "what it replaces grows too long"),
        }
    }
}

/// How many places of pattern and value are tried before a match is given up.
const MAX_STEPS: usize = 1 << 22;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Star,
    Any,
    Char(char),
}

/// `value` without the start (or, where `suffix`, the end) that `pattern` matches.
pub fn trim(pattern: &str, value: &str, suffix: bool, longest: bool) -> Result<String, Problem> {
    let mut tokens = tokens(pattern)?;
    let mut chars: Vec<char> = value.chars().collect();
    if suffix {
        tokens.reverse();
        chars.reverse();
    }
    let Some(end) = Search::new(&tokens, &chars, longest).at(0)? else { return Ok(value.to_owned()) };
    let rest = chars.get(end..).unwrap_or(&[]);
    Ok(if suffix { rest.iter().rev().collect() } else { rest.iter().collect() })
}

/// `value` with the first match (or, where `all`, every match) of `pattern` replaced; at most `limit` bytes.
pub fn replace(
    pattern: &str,
    value: &str,
    replacement: &str,
    all: bool,
    limit: usize,
) -> Result<String, Problem> {
    let tokens = tokens(pattern)?;
    let chars: Vec<char> = value.chars().collect();
    let text = |from: usize, to: usize| -> String { chars.get(from..to).unwrap_or(&[]).iter().collect() };
    let mut search = Search::new(&tokens, &chars, true);
    let mut out = String::new();
    let (mut last, mut from) = (0, 0);
    while from <= chars.len() {
        let Some((start, end)) = search.find(from)? else { break };
        out.push_str(&text(last, start));
        if !all {
            out.push_str(replacement);
            last = end;
            break;
        }
        // An empty match right after another one is none.
        if end > last || start == 0 {
            out.push_str(&template(replacement, &text(start, end), limit)?);
        }
        if out.len() > limit {
            return Err(Problem::Grows);
        }
        last = end;
        from = end.max(from + 1);
    }
    out.push_str(&text(last, chars.len()));
    if out.len() > limit { Err(Problem::Grows) } else { Ok(out) }
}

fn tokens(pattern: &str) -> Result<Vec<Token>, Problem> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => Token::Star,
            '?' => Token::Any,
            '\\' => match chars.next() {
                Some(c @ ('*' | '?' | '\\' | '}' | '/')) => Token::Char(c),
                other => return Err(Problem::Escape(other)),
            },
            c => Token::Char(c),
        });
    }
    Ok(tokens)
}

/// A search in order of preference that tries each place of pattern and value once.
struct Search<'a> {
    tokens: &'a [Token],
    chars: &'a [char],
    longest: bool,
    tried: Vec<u64>,
    steps: usize,
}

impl<'a> Search<'a> {
    fn new(tokens: &'a [Token], chars: &'a [char], longest: bool) -> Self {
        Self { tokens, chars, longest, tried: Vec::new(), steps: 0 }
    }

    /// The first match that starts at `from` or behind it. Asked again, it must be from where the last match
    /// ended or behind that.
    fn find(&mut self, from: usize) -> Result<Option<(usize, usize)>, Problem> {
        for start in from..=self.chars.len() {
            // What failed from an earlier start fails from here too, so `tried` is kept.
            if let Some(end) = self.run(start)? {
                // Of the places that led to this match the next search can meet those at its end only.
                self.forget(end);
                return Ok(Some((start, end)));
            }
        }
        Ok(None)
    }

    /// Lets every place at character `at` of the value be tried again.
    fn forget(&mut self, at: usize) {
        let width = self.chars.len() + 1;
        for token in 0..=self.tokens.len() {
            let place = token * width + at;
            if let Some(bits) = self.tried.get_mut(place / 64) {
                *bits &= !(1 << (place % 64));
            }
        }
    }

    fn at(&mut self, start: usize) -> Result<Option<usize>, Problem> {
        self.run(start)
    }

    fn run(&mut self, start: usize) -> Result<Option<usize>, Problem> {
        let width = self.chars.len() + 1;
        let places = width.saturating_mul(self.tokens.len() + 1);
        if places > MAX_STEPS {
            return Err(Problem::TooLong);
        }
        self.tried.resize(places.div_ceil(64), 0);
        let mut open = vec![(0, start)];
        while let Some((token, at)) = open.pop() {
            let place = token * width + at;
            let Some(bits) = self.tried.get_mut(place / 64) else { continue };
            if *bits & (1 << (place % 64)) != 0 {
                continue;
            }
            *bits |= 1 << (place % 64);
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return Err(Problem::TooLong);
            }
            let here = self.chars.get(at).copied();
            match self.tokens.get(token) {
                None => return Ok(Some(at)),
                Some(Token::Char(c)) if here == Some(*c) => open.push((token + 1, at + 1)),
                Some(Token::Any) if here.is_some_and(|c| c != '\n') => open.push((token + 1, at + 1)),
                Some(Token::Char(_) | Token::Any) => {}
                Some(Token::Star) => {
                    let more = here.filter(|c| *c != '\n').map(|_| (token, at + 1));
                    let done = (token + 1, at);
                    // The last one pushed is tried first.
                    if self.longest {
                        open.push(done);
                        open.extend(more);
                    } else {
                        open.extend(more);
                        open.push(done);
                    }
                }
            }
        }
        Ok(None)
    }
}

/// Go reads `$0` in a replacement of all matches as the match, any other `$name` as nothing, `$$` as `$`.
/// At most `limit` bytes.
fn template(replacement: &str, matched: &str, limit: usize) -> Result<String, Problem> {
    let mut out = String::new();
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let braced = after.strip_prefix('{');
        let body = braced.unwrap_or(after);
        let length = body.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(body.len());
        let (name, tail) = body.split_at(length);
        let tail = if braced.is_some() { tail.strip_prefix('}') } else { Some(tail) };
        match tail {
            Some(tail) if !name.is_empty() => {
                if name == "0" {
                    out.push_str(matched);
                }
                if out.len() > limit {
                    return Err(Problem::Grows);
                }
                rest = tail;
            }
            _ => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}
