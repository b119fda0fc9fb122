//! One pattern, compiled as moby's patternmatcher compiles it: to a plain comparison where it can, else
//! to a regular expression, whose few forms are matched here without an engine.

use std::ops::RangeInclusive;

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Matcher {
    /// The path itself.
    Exact(String),
    /// Every path that begins so; from `dir/**`.
    Prefix(String),
    /// Every path that ends so, and the path that is this without a leading `/`; from `**/name`.
    Suffix(String),
    Steps {
        steps: Vec<Step>,
        /// What every match begins with; a quick way out.
        prefix: String,
        /// The longest text that every match holds; another.
        within: String,
    },
}

/// One piece of the regular expression that moby makes of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    One(Set),
    /// The set any number of times: `[^/]*`, and what `[…*…]` comes to.
    Many(Set),
    /// `(.*/)?`: nothing, or everything up to some `/`.
    Folders,
    /// `.*`
    Rest,
    /// `^` inside a pattern: only at the path's start.
    Start,
}

/// A set of characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Char(char),
    NotSlash,
    Class { negated: bool, ranges: Vec<RangeInclusive<char>> },
}

impl Set {
    fn has(&self, c: char) -> bool {
        match self {
            Set::Char(own) => *own == c,
            Set::NotSlash => c != '/',
            Set::Class { negated, ranges } => ranges.iter().any(|r| r.contains(&c)) != *negated,
        }
    }
}

impl Matcher {
    /// Whether the pattern matches exactly this path (`/` between segments); parents don't count.
    pub(super) fn matches(&self, path: &str) -> bool {
        match self {
            Matcher::Exact(own) => path == own,
            Matcher::Prefix(own) => path.starts_with(own.as_str()),
            Matcher::Suffix(own) => {
                path.ends_with(own.as_str()) || own.strip_prefix('/').is_some_and(|own| path == own)
            }
            Matcher::Steps { steps, prefix, within } => {
                path.starts_with(prefix.as_str()) && path.contains(within.as_str()) && run(steps, path)
            }
        }
    }

    /// Whether the pattern could match something below `folder` (given with its trailing `/`). Errs
    /// towards yes.
    pub(super) fn may_match_below(&self, folder: &str) -> bool {
        let near = |own: &str| own.starts_with(folder) || folder.starts_with(own);
        match self {
            Matcher::Exact(own) => own.starts_with(folder),
            Matcher::Prefix(own) => near(own),
            Matcher::Suffix(_) => true,
            Matcher::Steps { prefix, .. } => near(prefix),
        }
    }
}

/// Runs the steps over the path: `reached` holds the places (counted in characters) up to which the
/// steps so far can have matched, so the cost is steps × length whatever the pattern.
fn run(steps: &[Step], path: &str) -> bool {
    let chars: Vec<char> = path.chars().collect();
    let mut reached = vec![false; chars.len() + 1];
    reached[0] = true;
    for step in steps {
        let mut next = vec![false; chars.len() + 1];
        let mut any = false;
        let mut carry = false;
        for at in 0..=chars.len() {
            let here = reached[at];
            let value = match step {
                Step::One(set) => at > 0 && reached[at - 1] && set.has(chars[at - 1]),
                Step::Many(set) => {
                    carry = here || (carry && at > 0 && set.has(chars[at - 1]));
                    carry
                }
                Step::Rest => {
                    carry = here || (carry && at > 0 && chars[at - 1] != '\n');
                    carry
                }
                Step::Folders => {
                    // `carry` says whether `.*` can have come to before this place.
                    let through = carry && at > 0 && chars[at - 1] == '/';
                    carry = here || (carry && (at == 0 || chars[at - 1] != '\n'));
                    here || through
                }
                Step::Start => here && at == 0,
            };
            next[at] = value;
            any |= value;
        }
        if !any {
            return false;
        }
        reached = next;
    }
    reached[chars.len()]
}

/// Compiles a cleaned pattern, without its `!`. The error completes "the pattern …".
///
/// Follows `Pattern.compile` of moby/patternmatcher with `/` as the separator, its oddities included:
/// inside `[…]` the characters `*` and `?` are rewritten as well, and a backslash before a letter means
/// what it means in a Go regular expression.
pub(super) fn compile(pattern: &str) -> Result<Matcher, String> {
    check_glob(pattern)?;
    let mut regex = String::with_capacity(pattern.len() * 2);
    let mut chars = pattern.chars().peekable();
    let mut plain = Plain::Exact;
    let mut first = true;
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.peek() == Some(&'*') => {
                chars.next();
                if chars.peek() == Some(&'/') {
                    chars.next();
                }
                if chars.peek().is_none() {
                    if plain == Plain::Exact {
                        plain = Plain::Prefix;
                    } else {
                        regex.push_str(REST);
                        plain = Plain::No;
                    }
                } else {
                    regex.push_str(FOLDERS);
                    plain = Plain::No;
                }
                if first {
                    plain = Plain::Suffix;
                }
            }
            '*' => {
                regex.push_str("[^/]*");
                plain = Plain::No;
            }
            '?' => {
                regex.push_str("[^/]");
                plain = Plain::No;
            }
            '.' | '+' | '(' | ')' | '|' | '{' | '}' | '$' => {
                regex.push('\\');
                regex.push(c);
            }
            '\\' => {
                regex.push('\\');
                if let Some(escaped) = chars.next() {
                    regex.push(escaped);
                    plain = Plain::No;
                }
            }
            '[' | ']' => {
                regex.push(c);
                plain = Plain::No;
            }
            c => regex.push(c),
        }
        first = false;
    }
    Ok(match plain {
        Plain::Exact => Matcher::Exact(pattern.to_string()),
        Plain::Prefix => Matcher::Prefix(pattern[..pattern.len() - 2].to_string()),
        Plain::Suffix => Matcher::Suffix(pattern[2..].to_string()),
        Plain::No => {
            let steps = steps(&regex)?;
            let one = |step: &Step| match step {
                Step::One(Set::Char(c)) => Some(*c),
                _ => None,
            };
            let prefix = steps.iter().map_while(one).collect();
            let texts = steps.split(|step| one(step).is_none());
            let within = texts.max_by_key(|text| text.len()).unwrap_or_default();
            let within = within.iter().filter_map(one).collect();
            Matcher::Steps { steps, prefix, within }
        }
    })
}

/// As what a pattern without need for a regular expression is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plain {
    Exact,
    Prefix,
    Suffix,
    No,
}

const FOLDERS: &str = "(.*/)?";
const REST: &str = ".*";

/// Refuses what Go's `filepath.Match` calls a bad pattern.
fn check_glob(pattern: &str) -> Result<(), String> {
    const UNCLOSED: &str = "has a `[` that is never closed; write `\\[` for the character";
    const EMPTY: &str =
        "has a `[…]` with an empty or unfinished range in it; a `-` or `]` in it needs a `\\`";
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.next().is_none() {
            return Err("ends in a single `\\`, which has nothing to escape".into());
        }
        if c != '[' {
            continue;
        }
        if chars.peek() == Some(&'^') {
            chars.next();
        }
        let mut ranges = 0;
        loop {
            let mut one = || match chars.next() {
                None => Err(UNCLOSED),
                Some('-' | ']') => Err(EMPTY),
                Some('\\') => chars.next().map(drop).ok_or(UNCLOSED),
                Some(_) => Ok(()),
            };
            one()?;
            ranges += 1;
            if chars.peek() == Some(&'-') {
                chars.next();
                let mut one = || match chars.next() {
                    None => Err(UNCLOSED),
                    Some('-' | ']') => Err(EMPTY),
                    Some('\\') => chars.next().map(drop).ok_or(UNCLOSED),
                    Some(_) => Ok(()),
                };
                one()?;
            }
            match chars.peek() {
                None => return Err(UNCLOSED.into()),
                Some(']') if ranges > 0 => {
                    chars.next();
                    break;
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}

/// Reads the part of Go's regular expressions that [`compile`] can write.
fn steps(regex: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut rest = regex;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(FOLDERS) {
            steps.push(Step::Folders);
            rest = after;
        } else if let Some(after) = rest.strip_prefix(REST) {
            steps.push(Step::Rest);
            rest = after;
        } else if c == '^' {
            steps.push(Step::Start);
            rest = &rest[1..];
        } else {
            let set;
            (set, rest) = match c {
                '[' => class(&rest[1..])?,
                '\\' => {
                    let (negated, ranges, after) = escape(&rest[1..])?;
                    match (negated, ranges.as_slice()) {
                        (false, [one]) if one.start() == one.end() => (Set::Char(*one.start()), after),
                        _ => (Set::Class { negated, ranges }, after),
                    }
                }
                c => (Set::Char(c), &rest[c.len_utf8()..]),
            };
            // Only the `*` of a rewritten wildcard can follow.
            if let Some(after) = rest.strip_prefix('*') {
                rest = after;
                steps.push(Step::Many(not_slash(set)));
            } else {
                steps.push(Step::One(not_slash(set)));
            }
        }
    }
    Ok(steps)
}

fn not_slash(set: Set) -> Set {
    match &set {
        Set::Class { negated: true, ranges } if ranges.as_slice() == ['/'..='/'] => Set::NotSlash,
        _ => set,
    }
}

/// Reads a class after its `[`.
fn class(mut rest: &str) -> Result<(Set, &str), String> {
    const UNCLOSED: &str = "has a `[` that is never closed; write `\\[` for the character";
    let negated = rest.starts_with('^');
    if negated {
        rest = &rest[1..];
    }
    let mut ranges = Vec::new();
    let mut first = true;
    loop {
        let c = rest.chars().next().ok_or(UNCLOSED)?;
        if c == ']' && !first {
            return Ok((Set::Class { negated, ranges }, &rest[1..]));
        }
        first = false;
        if c == '\\' {
            let (inverted, inner, after) = escape(&rest[1..])?;
            if inverted {
                return Err("has `\\D`, `\\S` or `\\W` in a `[…]`, which Plimsoll doesn't read".into());
            }
            rest = after;
            let low = match inner.as_slice() {
                [one] if one.start() == one.end() => *one.start(),
                _ => {
                    ranges.extend(inner);
                    continue;
                }
            };
            let (high, after) = range_end(low, rest)?;
            ranges.push(low..=high);
            rest = after;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        let (high, after) = range_end(c, rest)?;
        ranges.push(c..=high);
        rest = after;
    }
}

/// The end of a range that begins with `low`, where `rest` goes on with `-`; else `low` itself.
fn range_end(low: char, rest: &str) -> Result<(char, &str), String> {
    let Some(after) = rest.strip_prefix('-').filter(|after| !after.starts_with(']')) else {
        return Ok((low, rest));
    };
    let c = after.chars().next().ok_or("has a `[` that is never closed; write `\\[` for the character")?;
    let (high, after) = match c {
        '\\' => {
            let (_, inner, after) = escape(&after[1..])?;
            let low = inner.first().ok_or("has a class as a range's end in its `[…]`")?;
            (*low.start(), after)
        }
        c => (c, &after[c.len_utf8()..]),
    };
    if high < low {
        return Err(format!("has the range `{low}-{high}`, which runs backwards; BuildKit refuses it"));
    }
    Ok((high, after))
}

/// Reads what follows a backslash: whether it is negated, the characters, the rest.
fn escape(rest: &str) -> Result<(bool, Vec<RangeInclusive<char>>, &str), String> {
    let c = rest.chars().next().ok_or("ends in a single `\\`, which has nothing to escape")?;
    let after = &rest[c.len_utf8()..];
    let control = |code: char| Ok((false, vec![code..=code], after));
    let digits = vec!['0'..='9'];
    let blanks = vec!['\t'..='\n', '\u{c}'..='\r', ' '..=' '];
    let word = vec!['0'..='9', 'A'..='Z', '_'..='_', 'a'..='z'];
    match c {
        'a' => control('\u{7}'),
        'f' => control('\u{c}'),
        't' => control('\t'),
        'n' => control('\n'),
        'r' => control('\r'),
        'v' => control('\u{b}'),
        'd' => Ok((false, digits, after)),
        'D' => Ok((true, digits, after)),
        's' => Ok((false, blanks, after)),
        'S' => Ok((true, blanks, after)),
        'w' => Ok((false, word, after)),
        'W' => Ok((true, word, after)),
        // Places, properties and codes: Go takes them, and no file that is meant is matched by them.
        'A' | 'b' | 'B' | 'z' | 'C' | 'E' | 'p' | 'P' | 'Q' | 'x' | '0'..='7' => {
            Ok((false, Vec::new(), after))
        }
        c if c.is_ascii_alphanumeric() || !c.is_ascii() => Err(format!(
            "has `\\{c}`, which isn't a character escaped; separate folders with `/` and escape only `*`, `?`, `[` and `\\`"
        )),
        c => control(c),
    }
}
