use super::place::Place;
use super::quoted::Array;
use super::{CompletionKind, Completions, short};
use crate::shell;
use crate::text::Span;

/// The scripts of package.json behind `npm run` and its like.
pub(super) fn complete(place: &Place<'_>, list: &mut Completions) {
    let (before, _) = place.before.split_at(place.before.len() - place.word.len());
    if !is_asked_for(before) {
        return;
    }
    let span = place.span(&[';', '&', '|', ')', '"', '\'']);
    for (name, line) in of_project(place).filter(|(name, _)| is_plain(name)) {
        list.add(name, CompletionKind::Script, span).detail(short(line));
    }
}

/// The same in the JSON form: as a string of its own, and in the text that a shell is given with `-c`.
pub(super) fn of_array(place: &Place<'_>, array: &Array, list: &mut Completions) {
    let string = &array.string;
    let words: Vec<&str> = array.before.iter().map(String::as_str).collect();
    if run_a_script(&words) {
        let span = Span::new(place.offset.saturating_sub(string.typed.len() as u32), string.end);
        // What begins with a dash would be an option.
        for (name, line) in of_project(place).filter(|(name, _)| !name.starts_with('-')) {
            list.add(name, CompletionKind::Script, span).text(string.ended(name)).detail(short(line));
        }
        return;
    }
    let Some(("-c", [program, ..])) = words.split_last().map(|(last, before)| (*last, before)) else {
        return;
    };
    let shells = ["sh", "bash", "ash", "dash", "zsh"];
    let is_shell = shells.contains(&program.rsplit('/').next().unwrap_or(program));
    if !is_shell || string.is_new {
        return;
    }
    let start = string.typed.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (before, word) = string.typed.split_at(start);
    if is_asked_for(before) {
        let span = place.span_back(word.len(), &[';', '&', '|', ')', '"', '\'']);
        for (name, line) in of_project(place).filter(|(name, _)| is_plain(name)) {
            list.add(name, CompletionKind::Script, span).detail(short(line));
        }
    }
}

/// Whether shell text ends where the name of a script belongs.
fn is_asked_for(text: &str) -> bool {
    let script = shell::parse_str(text);
    let commands = script.commands();
    let Some(command) = commands.last() else { return false };
    let behind = text.get(command.span.end as usize..).unwrap_or_default();
    // Behind `&&`, `;` or a line break another command begins.
    if behind.contains(|c: char| c == '\n' || !c.is_whitespace()) {
        return false;
    }
    let words: Vec<_> = command.words().iter().filter_map(|word| word.literal()).collect();
    run_a_script(&words.iter().map(|word| &**word).collect::<Vec<_>>())
}

/// Whether the name of a script follows these words.
fn run_a_script(words: &[&str]) -> bool {
    let words: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('-')).collect();
    matches!(words[..], ["npm" | "pnpm" | "bun" | "yarn", "run"] | ["npm", "run-script"] | ["yarn" | "pnpm"])
}

/// The scripts of the nearest project that has some, with their lines.
fn of_project<'a>(place: &Place<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let projects = place.snapshot.context().into_iter().flat_map(|view| &view.projects);
    let mut packages = projects.filter_map(|project| project.package());
    let package = packages.find(|package| !package.scripts.is_empty());
    let scripts = package.into_iter().flat_map(|package| &package.scripts);
    scripts.map(|(name, line)| (name.as_str(), line.as_str()))
}

/// Whether a name is one word of a shell as it stands, and no option.
fn is_plain(name: &str) -> bool {
    !name.starts_with('-') && name.chars().all(|c| c.is_alphanumeric() || "-_:./@+%".contains(c))
}
