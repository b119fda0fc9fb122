//! The options of what serves a site, read only where nginx can do the same.

/// What a server was asked for. Values stand as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub port: Option<String>,
    /// The folder that is served, or that the build wrote to.
    pub folder: Option<String>,
    /// What URLs begin with.
    pub base: Option<String>,
    /// The mode that a development server runs in.
    pub mode: Option<String>,
    /// Paths that are no file get the first page.
    pub single: bool,
}

/// The flags of one program.
struct Flags {
    /// With a value.
    valued: &'static [&'static str],
    /// With a value or without.
    perhaps: &'static [&'static str],
    /// Without one.
    plain: &'static [&'static str],
}

const PREVIEW: Flags = Flags {
    valued: &["--port", "--outDir", "--base", "--mode", "-m", "--logLevel", "-l"],
    perhaps: &["--host", "--open"],
    plain: &["--strictPort", "--clearScreen"],
};
const DEV: Flags = Flags {
    valued: &["--port", "--base", "--mode", "-m", "--logLevel", "-l"],
    perhaps: &["--host", "--open"],
    plain: &["--strictPort", "--clearScreen", "--force", "--cors"],
};
const SERVE: Flags = Flags {
    valued: &["-l", "--listen", "-p", "--port"],
    perhaps: &[],
    plain: &[
        "-s",
        "--single",
        "-n",
        "--no-clipboard",
        "-L",
        "--no-request-logging",
        "-u",
        "--no-compression",
        "--no-etag",
        "-d",
        "--debug",
        "--no-port-switching",
    ],
};
const HTTP_SERVER: Flags = Flags {
    valued: &["-p", "--port", "-a", "-c", "-t", "-P", "--proxy"],
    perhaps: &["-d", "-i", "-o"],
    plain: &["-s", "--silent", "-g", "--gzip", "-b", "--brotli", "-U", "--utc", "--no-dotfiles"],
};
const SIRV: Flags = Flags {
    valued: &["-p", "--port", "-m", "--maxage"],
    perhaps: &["-H", "--host"],
    plain: &[
        "-s",
        "--single",
        "-q",
        "--quiet",
        "-e",
        "--etag",
        "-g",
        "--gzip",
        "-B",
        "--brotli",
        "-i",
        "--immutable",
        "-D",
        "--dev",
    ],
};

/// `vite preview`; the error names what isn't followed.
pub(super) fn preview(words: &[String]) -> Result<Options, String> {
    vite(words, &PREVIEW)
}

/// `vite`, `vite dev`.
pub(super) fn dev(words: &[String]) -> Result<Options, String> {
    vite(words, &DEV)
}

fn vite(words: &[String], flags: &Flags) -> Result<Options, String> {
    let (set, folders) = read(words, flags)?;
    if let Some(folder) = folders.first() {
        return Err(format!("the folder `{folder}`"));
    }
    Ok(Options {
        port: last(&set, &["--port"]),
        folder: last(&set, &["--outDir"]),
        base: last(&set, &["--base"]),
        mode: last(&set, &["--mode", "-m"]),
        single: true,
    })
}

pub(super) fn serve(words: &[String]) -> Result<Options, String> {
    let (set, folders) = read(words, &SERVE)?;
    let listen = last(&set, &["-l", "--listen"]).or_else(|| last(&set, &["-p", "--port"]));
    // `tcp://0.0.0.0:3000` names the address too.
    let port = match listen {
        Some(listen) if listen.contains("unix:") || listen.contains("pipe:") => {
            return Err(format!("the address `{listen}`"));
        }
        Some(listen) if listen.starts_with("tcp://") || listen.starts_with("0.0.0.0:") => {
            listen.rsplit(':').next().map(str::to_owned)
        }
        other => other,
    };
    Ok(Options {
        port,
        folder: one(folders)?,
        base: None,
        mode: None,
        single: has(&set, &["-s", "--single"]),
    })
}

pub(super) fn http_server(words: &[String]) -> Result<Options, String> {
    let (set, folders) = read(words, &HTTP_SERVER)?;
    // It has no option for pages of an app: a proxy to itself is what its users take.
    let single = match last(&set, &["-P", "--proxy"]) {
        None => false,
        Some(proxy) if proxy.ends_with('?') && proxy.contains("//localhost") => true,
        Some(proxy) => return Err(format!("the proxy {proxy}")),
    };
    Ok(Options { port: last(&set, &["-p", "--port"]), folder: one(folders)?, base: None, mode: None, single })
}

pub(super) fn sirv(words: &[String]) -> Result<Options, String> {
    let (set, folders) = read(words, &SIRV)?;
    let single = has(&set, &["-s", "--single"]);
    Ok(Options { port: last(&set, &["-p", "--port"]), folder: one(folders)?, base: None, mode: None, single })
}

/// The flags that are set, with their values, and the other words.
type Read = (Vec<(String, String)>, Vec<String>);

fn read(words: &[String], flags: &Flags) -> Result<Read, String> {
    let (mut set, mut folders) = (Vec::new(), Vec::new());
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        if word == "--" {
            continue;
        }
        if !word.starts_with('-') {
            folders.push(word.clone());
            continue;
        }
        let unknown = || format!("the option `{word}`");
        let (flag, joined) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        if flags.plain.contains(&flag) {
            set.push((flag.to_owned(), String::new()));
        } else if flags.perhaps.contains(&flag) {
            let next = rest.next_if(|next| joined.is_none() && !next.starts_with('-'));
            set.push((flag.to_owned(), joined.or_else(|| next.cloned()).unwrap_or_default()));
        } else if flags.valued.contains(&flag) {
            let value = joined.or_else(|| rest.next().cloned()).ok_or_else(unknown)?;
            set.push((flag.to_owned(), value));
        } else {
            set.extend(letters(word, flags, || rest.next().cloned()).ok_or_else(unknown)?);
        }
    }
    Ok((set, folders))
}

/// One-letter flags in one word: `-sn`, `-p8080`, `-c-1`.
fn letters(
    word: &str,
    flags: &Flags,
    next: impl FnOnce() -> Option<String>,
) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let body = word.strip_prefix('-').filter(|body| !body.starts_with('-'))?;
    for (at, letter) in body.char_indices() {
        let flag = format!("-{letter}");
        if flags.plain.contains(&&*flag) {
            found.push((flag, String::new()));
        } else if flags.valued.contains(&&*flag) {
            let value = &body[at + letter.len_utf8()..];
            let value = if value.is_empty() { next()? } else { value.to_owned() };
            found.push((flag, value));
            return Some(found);
        } else {
            return None;
        }
    }
    Some(found)
}

fn last(set: &[(String, String)], names: &[&str]) -> Option<String> {
    set.iter().rev().find(|(name, _)| names.contains(&&**name)).map(|(_, value)| value.clone())
}

fn has(set: &[(String, String)], names: &[&str]) -> bool {
    set.iter().any(|(name, _)| names.contains(&&**name))
}

fn one(folders: Vec<String>) -> Result<Option<String>, String> {
    match folders.get(1) {
        Some(second) => Err(format!("the second folder `{second}`")),
        None => Ok(folders.into_iter().next()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_ways_to_serve_a_folder_are_read() {
        for (line, port, single) in [
            ("-s dist", None, true),
            ("-s dist -l 8080", Some("8080"), true),
            ("dist --single --listen=tcp://0.0.0.0:8080", Some("8080"), true),
            ("-sL dist -p 80", Some("80"), true),
            ("dist", None, false),
        ] {
            let options = serve(&words(line)).unwrap();
            assert_eq!(
                (options.port.as_deref(), options.single, options.folder.as_deref()),
                (port, single, Some("dist")),
                "{line}"
            );
        }
        let options = http_server(&words("dist -p8080 -c-1 --proxy http://localhost:8080?")).unwrap();
        assert_eq!((options.port.as_deref(), options.single), (Some("8080"), true));
        assert!(!http_server(&words("dist")).unwrap().single);
        let options = preview(&words("--host 0.0.0.0 --port 8080")).unwrap();
        assert_eq!(options.port.as_deref(), Some("8080"));
        assert_eq!(preview(&words("--host --port=80")).unwrap().port.as_deref(), Some("80"));
    }

    #[test]
    fn what_nginx_would_not_do_is_not_read_over() {
        assert_eq!(serve(&words("-s dist -c serve.json")), Err("the option `-c`".into()));
        assert!(serve(&words("-s dist --cors")).is_err());
        assert!(http_server(&words("dist -P http://api:3000")).is_err());
        assert!(preview(&words("web")).is_err());
    }
}
