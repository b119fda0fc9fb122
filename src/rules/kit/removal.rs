use crate::context::copy_takes;
use crate::model::resolve;
use crate::rules::Cmd;
use crate::shell::{Word, unwrap};

/// Whether a command deletes a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Removal {
    No,
    /// It deletes something that isn't known: a variable's value, what `find` finds.
    Maybe,
    Yes,
}

/// Where a command stands: the folder in effect and the home of its user.
pub struct Place<'p> {
    pub workdir: &'p str,
    pub home: &'p str,
}

/// Whether a command deletes the folder at the absolute path `folder`, one above it, or all that is in it.
/// `~` and `$HOME` stand for the place's home.
pub fn removal(command: &Cmd<'_>, place: &Place<'_>, folder: &str) -> Removal {
    let invocation = unwrap(&command.command);
    let args = || invocation.args().iter().filter(|word| !word.text().starts_with('-'));
    let of_path = |word: &Word| {
        let written = in_home(word, place.home);
        // What a variable, a command or a brace expansion makes of the rest isn't known.
        let known = written.split(['$', '`', '{']).next().unwrap_or_default();
        let base = command.command.directory().map(|directory| resolve(place.workdir, directory));
        let path = match base {
            _ if known.starts_with('/') => known.to_owned(),
            // Where it begins isn't known, or which folder it is relative to.
            _ if known.is_empty() => return Removal::Maybe,
            None => return Removal::Maybe,
            Some(base) => format!("{base}/{known}"),
        };
        if known.len() < written.len() {
            let begins = resolve("/", &path);
            return if folder.starts_with(&begins) { Removal::Maybe } else { Removal::No };
        }
        let path = resolve("/", &path);
        let inside = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
        // npm keeps its downloads in `_cacache`.
        let emptied = inside.is_some_and(|rest| rest.starts_with(['*', '.', '[']) || rest == "_cacache");
        if emptied || copy_takes(&path, folder.trim_start_matches('/')) { Removal::Yes } else { Removal::No }
    };
    match invocation.name().as_deref() {
        Some("rm" | "rmdir") => args().map(of_path).max().unwrap_or(Removal::No),
        Some("find") if invocation.args().iter().any(|word| word.is("-delete") || word.is("-exec")) => {
            args().map(of_path).max().unwrap_or(Removal::No).min(Removal::Maybe)
        }
        _ => Removal::No,
    }
}

/// The word as it is written, without quotes, and with the home in place of `~`, `$HOME` and `${HOME}`.
fn in_home(word: &Word, home: &str) -> String {
    let text = match word.literal() {
        Some(text) => text.into_owned(),
        None => word.text().replace(['"', '\''], ""),
    };
    for name in ["~", "$HOME", "${HOME}"] {
        let rest = text.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        if let Some(rest) = rest {
            return format!("{home}{rest}");
        }
    }
    text
}
