//! pm2 in front of the app.

use crate::shell::Word;

/// What pm2 is told to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pm2 {
    /// What it runs, as a command line: `npm start`.
    pub inner: String,
    /// Its own options, to be given to it again: `--name web -i max`.
    pub flags: Vec<String>,
}

/// The key of the question whether pm2 is kept.
pub(super) const KEY: &str = "pm2";

/// Reads the words of `pm2-runtime …` or `pm2 … --no-daemon`; the error completes "the start …".
pub(super) fn read(words: &[Word]) -> Result<Pm2, String> {
    let text = |word: &Word| word.literal().map(|text| text.into_owned());
    let Some(words) = words.iter().map(text).collect::<Option<Vec<String>>>() else {
        return Err("gives pm2 words that hold variables".into());
    };
    let mut rest = words.iter().skip(1).map(String::as_str);
    let (mut target, mut flags, mut arguments) = (None, Vec::new(), Vec::new());
    let mut stays = words.first().is_some_and(|name| name.ends_with("pm2-runtime"));
    while let Some(word) = rest.next() {
        match word {
            "--" => {
                arguments.extend(rest.by_ref().map(crate::convert::commands::quote));
            }
            "start" if target.is_none() && flags.is_empty() => {}
            "--no-daemon" => stays = true,
            // What starts the app is Node.js from now on.
            "--interpreter" => drop(rest.next()),
            "--name" | "-n" | "-i" | "--instances" | "--max-memory-restart" => {
                let value = rest.next().ok_or_else(|| format!("gives pm2's `{word}` no value"))?;
                flags.extend([word.to_owned(), value.to_owned()]);
            }
            "--raw" | "--json" => flags.push(word.to_owned()),
            flag if flag.starts_with('-') => match flag.split_once('=') {
                Some(("--name" | "--instances" | "--max-memory-restart", _)) => flags.push(flag.to_owned()),
                Some(("--interpreter", _)) => {}
                _ => return Err(format!("gives pm2 the option `{flag}`, which isn't followed")),
            },
            name if target.is_none() => target = Some(name),
            other => arguments.push(crate::convert::commands::quote(other)),
        }
    }
    let target = target.ok_or("gives pm2 nothing to start")?;
    if [".json", ".yml", ".yaml", ".config.js", ".config.cjs", ".config.mjs"]
        .iter()
        .any(|end| target.ends_with(end))
    {
        return Err(format!("runs under pm2 as {target} says, which isn't read"));
    }
    if !stays {
        return Err("starts pm2 in the background, so the container ends at once".into());
    }
    // A path to a script is run by Node.js.
    let by_node = target.contains('/') || target.ends_with(".js");
    let target = if by_node { format!("node {target}") } else { target.to_owned() };
    let inner = std::iter::once(target).chain(arguments).collect::<Vec<_>>().join(" ");
    Ok(Pm2 { inner, flags })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell;

    fn of(line: &str) -> Result<Pm2, String> {
        let script = shell::parse_str(line);
        read(script.commands()[0].words())
    }

    #[test]
    fn what_pm2_runs_is_seen_through_its_options() {
        let inner = |line| of(line).map(|pm2| (pm2.inner, pm2.flags.join(" ")));
        for (line, inner_line, flags) in [
            ("pm2-runtime start npm --name 'next-app' -- start", "npm start", "--name next-app"),
            ("pm2-runtime npm -- run start", "npm run start", ""),
            ("pm2-runtime start 'yarn start' -i max", "yarn start", "-i max"),
            ("pm2 start npm --no-daemon -- start", "npm start", ""),
            (
                "pm2-runtime node_modules/next/dist/bin/next -- start -p 80",
                "node node_modules/next/dist/bin/next start -p 80",
                "",
            ),
        ] {
            assert_eq!(inner(line), Ok((inner_line.to_string(), flags.to_string())), "{line}");
        }
        assert!(of("pm2-runtime start ecosystem.config.js").is_err());
        assert!(of("pm2 start npm -- start").is_err());
        assert!(of("pm2-runtime start npm --watch -- start").is_err());
    }
}
