//! Programs that load variables from files and then start another program.

/// Their names.
pub(super) const LOADERS: [&str; 5] = ["dotenv", "dotenvx", "env-cmd", "doppler", "infisical"];

/// The files that a loader of variables is told to read, and where the command that it starts begins; None where that
/// can't be told. Sources: the README of dotenv-cli, and of env-cmd, whose versions before 9 take the file as their
/// first argument.
pub(super) fn loaded(loader: &str, words: &[String]) -> Option<(Vec<String>, usize)> {
    let dashes = words.iter().position(|word| word == "--");
    if loader != "env-cmd" && dashes.is_none() {
        return None;
    }
    let (mut files, mut at) = (Vec::new(), 1);
    while at < dashes.unwrap_or(words.len()) {
        let (flag, joined) = match words[at].split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => (words[at].as_str(), None),
        };
        let is_file = match (loader, flag) {
            ("env-cmd", "-f" | "--file") | ("dotenv", "-e") | ("dotenvx", "-f" | "--env-file") => true,
            ("env-cmd", "-e" | "--environments" | "-r" | "--rc-file") => false,
            ("env-cmd", file) if files.is_empty() && !file.starts_with('-') && is_variables(file) => {
                files.push(words[at].clone());
                at += 1;
                continue;
            }
            (_, flag) if flag.starts_with('-') || dashes.is_some() => {
                at += 1;
                continue;
            }
            _ => break,
        };
        let value = joined.or(words.get(at + 1).map(String::as_str))?;
        // The environments of an rc file stand in a file of another form.
        files.push(if is_file { value.to_owned() } else { ".env-cmdrc".to_owned() });
        at += if joined.is_some() { 1 } else { 2 };
    }
    if files.is_empty() && loader != "doppler" && loader != "infisical" {
        files.push(".env".to_owned());
    }
    let start = dashes.map_or(at, |dashes| dashes + 1);
    (start < words.len()).then_some((files, start))
}

/// Whether a word names a file of variables rather than a program.
fn is_variables(word: &str) -> bool {
    word.rsplit('/').next().unwrap_or(word).starts_with('.')
        || [".env", ".json", ".js"].iter().any(|end| word.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::loaded;

    #[test]
    fn the_files_and_the_command_of_a_loader_are_told_apart() {
        for (line, expected) in [
            ("env-cmd react-scripts build", Some((".env", "react-scripts build"))),
            ("env-cmd -f .env.prod react-scripts build", Some((".env.prod", "react-scripts build"))),
            ("env-cmd --file=.env.prod --silent vite build", Some((".env.prod", "vite build"))),
            ("env-cmd .env.prod vite build", Some((".env.prod", "vite build"))),
            ("env-cmd config/prod.env vite build", Some(("config/prod.env", "vite build"))),
            ("env-cmd -e production vite build", Some((".env-cmdrc", "vite build"))),
            ("env-cmd -f a -- vite build", Some(("a", "vite build"))),
            ("dotenv -e .env.a -e .env.b -- vite build", Some((".env.a .env.b", "vite build"))),
            ("dotenv -- vite build", Some((".env", "vite build"))),
            ("doppler run -- vite build", Some(("", "vite build"))),
            ("dotenv vite build", None),
            ("env-cmd -f", None),
            ("env-cmd", None),
        ] {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            let found = loaded(&words[0], &words).map(|(files, at)| (files.join(" "), words[at..].join(" ")));
            let expected = expected.map(|(files, rest)| (files.to_owned(), rest.to_owned()));
            assert_eq!(found, expected, "{line}");
        }
    }
}
