//! Splits the command line of a package.json script. This is the one place that knows how; a shell
//! parser can take its place by answering [`commands`].

/// One simple command of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// The assignments before its name (`PORT=3000`), as name and value.
    pub env: Vec<(String, String)>,
    /// Its words, quotes taken off; `$NAME` and `$(…)` stand as written.
    pub words: Vec<String>,
}

/// The simple commands of a script in their order, whatever joins them (`&&`, `||`, `;`, `|`, `&`).
/// Subshell parentheses are looked through.
pub(super) fn commands(script: &str) -> Vec<Command> {
    let mut all = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                let word = word.get_or_insert_default();
                word.extend(chars.by_ref().take_while(|&c| c != '\''));
            }
            '"' => {
                let word = word.get_or_insert_default();
                while let Some(c) = chars.next().filter(|&c| c != '"') {
                    match chars.peek() {
                        Some(&next) if c == '\\' && matches!(next, '"' | '\\' | '$' | '`') => {
                            word.push(next);
                            chars.next();
                        }
                        _ => word.push(c),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(chars.next()),
            '$' if matches!(chars.peek(), Some('(' | '{')) => {
                let word = word.get_or_insert_default();
                word.push('$');
                let mut depth = 0u32;
                for c in chars.by_ref() {
                    word.push(c);
                    match c {
                        '(' | '{' => depth += 1,
                        ')' | '}' => depth = depth.saturating_sub(1),
                        _ => continue,
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            '>' | '<' => {
                // A redirection: the file descriptor before it, the target behind it.
                word = word.filter(|word| !word.chars().all(|c| c.is_ascii_digit()));
                words.extend(word.take());
                while chars.next_if(|&c| matches!(c, '>' | '<' | '&' | '|')).is_some() {}
                while chars.next_if(|&c| c == ' ').is_some() {}
                while chars.next_if(|&c| !c.is_whitespace() && !matches!(c, ';' | '|' | '&' | ')')).is_some()
                {
                }
            }
            '&' if chars.peek() == Some(&'>') => {}
            ';' | '|' | '&' | '\n' | '(' | ')' => {
                words.extend(word.take());
                finish(&mut all, &mut words);
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    finish(&mut all, &mut words);
    all
}

fn finish(all: &mut Vec<Command>, words: &mut Vec<String>) {
    if !words.is_empty() {
        all.push(command(std::mem::take(words)));
    }
}

/// A command of these words, the assignments before its name taken off.
pub(super) fn command(words: Vec<String>) -> Command {
    let mut env = Vec::new();
    let mut rest = words.into_iter().peekable();
    while let Some(pair) = rest.peek().and_then(|word| assignment(word)) {
        env.push(pair);
        rest.next();
    }
    Command { env, words: rest.collect() }
}

fn assignment(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let goes_on = chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    (starts && goes_on).then(|| (name.into(), value.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_falls_into_its_commands() {
        let read: Vec<_> =
            commands("A=1 next build && (echo 'a b'; node -e \"x\\\"y\") | tee $(date +%s).log")
                .into_iter()
                .map(|c| (c.env.len(), c.words))
                .collect();
        let words = |list: &[&str]| list.iter().map(|w| w.to_string()).collect::<Vec<_>>();
        let expected = [
            (1, words(&["next", "build"])),
            (0, words(&["echo", "a b"])),
            (0, words(&["node", "-e", "x\"y"])),
            (0, words(&["tee", "$(date +%s).log"])),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn redirections_are_no_words() {
        for script in ["a b >out 2>&1", "a b &> out", "a 2>/dev/null b", "a b < in"] {
            let read = commands(script);
            assert_eq!(read.len(), 1, "{script}");
            assert_eq!(read[0].words, ["a", "b"], "{script}");
        }
        assert_eq!(commands("a 2>&1 | tee x").len(), 2);
    }

    #[test]
    fn a_script_that_never_closes_a_quote_is_read_to_its_end() {
        assert_eq!(commands("echo 'a b")[0].words, ["echo", "a b"]);
        assert_eq!(commands("echo ${A")[0].words, ["echo", "${A"]);
        assert_eq!(commands(" && ; "), []);
    }
}
