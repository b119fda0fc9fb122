use super::place::Place;
use super::{CompletionKind, Completions, short};
use crate::shell;

/// The scripts of package.json behind `npm run` and its like.
pub(super) fn complete(place: &Place<'_>, list: &mut Completions) {
    let text = &place.before[..place.before.len() - place.word.len()];
    let script = shell::parse_str(text);
    let commands = script.commands();
    let Some(command) = commands.last() else { return };
    let behind = text.get(command.span.end as usize..).unwrap_or_default();
    // Behind `&&`, `;` or a line break another command begins.
    if behind.contains(|c: char| c == '\n' || !c.is_whitespace()) {
        return;
    }
    let words: Vec<_> = command.words().iter().filter_map(|word| word.literal()).collect();
    let words: Vec<&str> = words.iter().map(|word| &**word).filter(|word| !word.starts_with('-')).collect();
    let runs = matches!(
        words[..],
        ["npm" | "pnpm" | "bun" | "yarn", "run"] | ["npm", "run-script"] | ["yarn" | "pnpm"]
    );
    let Some(view) = place.snapshot.context().filter(|_| runs) else { return };
    let span = place.span(&[';', '&', '|', ')', '"', '\'']);
    let packages = view.projects.iter().filter_map(|project| project.package());
    let Some(package) = packages.into_iter().find(|package| !package.scripts.is_empty()) else { return };
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_:./".contains(c));
    for (name, line) in package.scripts.iter().filter(|(name, _)| plain(name)) {
        list.add(name.as_str(), CompletionKind::Script, span).detail(short(line));
    }
}
