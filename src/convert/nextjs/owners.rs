//! Who may write in the app's own folder, beside what the server writes: the run stage's WORKDIR makes it root's.

use super::detect::Found;
use super::user::{User, makes_users};
use crate::convert::commands::Ran;
use crate::convert::places::is_within;
use crate::convert::refuse::{NOT_YET, Stop, refused_at};
use crate::model::resolve;
use crate::syntax::{InstructionId, Keyword};

/// Whether the app's user may write in the folder of the run stage that the app lies in, as the file has it.
pub(super) fn owns_root(found: &Found<'_>, user: &User) -> Result<bool, Stop> {
    let Some(name) = user.name.as_deref().filter(|_| user.owner.is_some()) else { return Ok(false) };
    let name = name.split(':').next().unwrap_or(name);
    let (mut owns, mut of_group_root) = (makes_root(found, name), false);
    for ran in found.ran.iter().filter(|ran| ran.instruction.keyword == Keyword::Run) {
        let Some((said, covers)) = on_root(found, ran) else { continue };
        if !covers {
            continue;
        }
        let program = ran.command.name().unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or(&program);
        let (owner, group) = said.split_once([':', '.']).unwrap_or((&said, ""));
        match program {
            // A RUN that creates the user goes into the run stage as it is.
            "chown" => {
                let users = |other: &Ran<'_>| other.id == ran.id && makes_users(other);
                owns |= is_same(owner, name) && !(user.is_created && found.ran.iter().any(users));
                of_group_root |= matches!(group, "0" | "root");
            }
            "chgrp" => of_group_root |= matches!(&*said, "0" | "root"),
            _ => {
                let (by_group, by_all) = writable(&said);
                owns |= by_all;
                if by_group && !by_all && of_group_root {
                    let line = ran.instruction.first_line;
                    return Err(refused_at(
                        NOT_YET,
                        ran.instruction,
                        format!(
                            "`{}` on line {line} lets every user of the group root write the app's files, as OpenShift wants \
                             it; that isn't carried over to another stage yet.",
                            ran.command.span.of(found.source())
                        ),
                    ));
                }
            }
        }
    }
    Ok(owns)
}

/// The owner, group or mode that a command gives to its files, and whether the app's folder is one of them.
fn on_root(found: &Found<'_>, ran: &Ran<'_>) -> Option<(String, bool)> {
    if !["chown", "chgrp", "chmod"].iter().any(|name| ran.command.is(name)) {
        return None;
    }
    let args = ran.command.args();
    let is_flag = |text: &str| text.starts_with('-');
    let deep = args.iter().any(|word| {
        let text = word.text();
        text == "--recursive" || is_flag(text) && !text.starts_with("--") && text.contains('R')
    });
    let mut words = args.iter().filter(|word| !is_flag(word.text()));
    let said = words.next()?.literal()?.into_owned();
    let folder = ran.folder.as_deref()?;
    let covers = words.filter_map(|word| word.literal()).any(|path| {
        let path = resolve(folder, &path);
        path == found.root || deep && is_within(&found.root, &path)
    });
    Some((said, covers))
}

/// Whether a mode lets the group write, and whether everyone.
fn writable(mode: &str) -> (bool, bool) {
    if mode.chars().all(|c| c.is_digit(8)) {
        let digits: Vec<u32> = mode.chars().rev().filter_map(|c| c.to_digit(8)).collect();
        let writes = |at: usize| digits.get(at).is_some_and(|digit| digit & 2 != 0);
        return (writes(1), writes(0));
    }
    let gives = |who: char| {
        mode.split(',').any(|part| {
            let Some((whom, what)) = part.split_once(['+', '=']) else { return false };
            (whom.contains(who) || whom.contains('a')) && (what.contains('w') || what.contains('u'))
        })
    };
    (gives('g'), gives('o'))
}

/// WORKDIR makes a folder that isn't there for the user that holds then. Source: BuildKit, `dispatchWorkdir`.
fn makes_root(found: &Found<'_>, user: &str) -> bool {
    let user_then = first_workdir(found).and_then(|id| found.subject.model.frame(id)?.user);
    let instruction = user_then.and_then(|id| found.subject.instruction(id));
    let name = instruction.and_then(|by| by.args.first()).map(|word| word.text.to_string());
    name.is_some_and(|name| is_same(name.split(':').next().unwrap_or(&name), user))
}

/// The first WORKDIR that leads into the folder of the run stage.
pub(super) fn first_workdir(found: &Found<'_>) -> Option<InstructionId> {
    let model = found.subject.model;
    let steps: Vec<_> = model.steps(found.stage).collect();
    let after = |at: usize| match steps.get(at + 1) {
        Some((next, _)) => model.frame(*next),
        None => Some(model.last_frame(found.stage)),
    };
    let mut workdirs = steps.iter().enumerate().filter(|(_, (_, i))| i.keyword == Keyword::Workdir);
    let (_, (id, _)) = workdirs
        .find(|(at, _)| after(*at).is_some_and(|frame| is_within(&frame.workdir.path, &found.root)))?;
    Some(*id)
}

/// Whether two names mean one user; that of the official images has the number 1000.
fn is_same(one: &str, other: &str) -> bool {
    let number =
        |name: &str| if matches!(name, "node" | "bun") { "1000".to_owned() } else { name.to_owned() };
    !one.is_empty() && number(one) == number(other)
}

#[cfg(test)]
mod tests {
    use super::writable;

    #[test]
    fn modes_say_who_may_write() {
        for (mode, expected) in [
            ("755", (false, false)),
            ("0775", (true, false)),
            ("777", (true, true)),
            ("g=u", (true, false)),
            ("g+rwX", (true, false)),
            ("a+w", (true, true)),
            ("u+w,o+x", (false, false)),
            ("ugo+rwx", (true, true)),
        ] {
            assert_eq!(writable(mode), expected, "{mode}");
        }
    }
}
