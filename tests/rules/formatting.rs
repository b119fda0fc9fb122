//! What formatting leaves of real files.

use crate::corpus::corpus;
use plimsoll::features::{Snapshot, Style, formatting};
use plimsoll::settings::{Format, Profile, Settings};
use plimsoll::syntax::{Instruction, Item, Keyword};
use plimsoll::text::apply;
use std::sync::Arc;

/// What BuildKit reads of an instruction.
fn read(instruction: &Instruction, source: &str) -> String {
    let mut all = format!("{} {:?}", instruction.keyword, instruction.form);
    for flag in &instruction.flags {
        all += &format!(" --{}={:?}", flag.name, flag.value.as_ref().map(|value| &value.text));
    }
    for (at, word) in instruction.args.iter().enumerate() {
        let keyword = at < 2 && ["as", "cmd", "none"].contains(&&*word.text.to_lowercase());
        all += &format!(" {:?}", if keyword { word.text.to_lowercase() } else { word.text.clone() });
    }
    for heredoc in &instruction.heredocs {
        all += &format!(" {}{:?}", heredoc.name, heredoc.body.of(source));
    }
    for comment in &instruction.comments {
        all += &format!(" {:?}", comment.of(source).trim_end());
    }
    all + &instruction.trigger.as_ref().map_or(String::new(), |trigger| read(trigger, source))
}

/// All that a file says, its comments among it.
fn said(snapshot: &Snapshot) -> Vec<String> {
    let source = snapshot.source();
    let items = snapshot.tree().items().iter().map(|item| match item {
        Item::Instruction(instruction) => read(instruction, source),
        other => other.span().of(source).trim_end().to_owned(),
    });
    let errors = snapshot.syntax_errors().iter().map(|error| error.message.clone());
    items.chain(errors).collect()
}

/// Rules that find nothing in a formatted file without a syntax error.
const SETTLED: &[&str] = &[
    "missing-final-newline",
    "repeated-blank-lines",
    "instruction-casing",
    "as-casing",
    "uneven-indentation",
];

#[test]
fn real_files_keep_what_they_say_and_are_laid_out_at_once() {
    let Some((_folder, files)) = corpus() else { return };
    let settings = Arc::new(Settings { profile: Profile::Strict, ..Settings::default() });
    let style = Style::default();
    let (mut count, mut changed, mut edits_made, mut left) = (0, 0, 0, Vec::new());
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        count += 1;
        let before = Snapshot::new(text.as_str(), None, Arc::clone(&settings));
        let edits = formatting(&before, &style);
        let after = apply(&text, &edits).unwrap();
        let later = Snapshot::new(after.as_str(), None, Arc::clone(&settings));
        assert_eq!(said(&before), said(&later), "{}", path.display());
        let again = formatting(&later, &style);
        assert!(again.is_empty(), "{}: {again:?}", path.display());
        let endings = |text: &str| (text.contains("\r\n"), text.replace("\r\n", "").contains('\n'));
        // Where lines go, one kind may go with them; none comes.
        let (old, new) = (endings(&text), endings(&after));
        assert!((old.0 || !new.0) && (old.1 || !new.1 || !text.contains('\n')), "{}", path.display());
        changed += usize::from(text != after);
        edits_made += edits.len();
        // All rules are slow; every tenth file tells enough.
        if count % 10 == 0 && later.syntax_errors().is_empty() {
            let found = later.diagnostics().iter().filter(|found| SETTLED.contains(&found.rule));
            left.extend(found.map(|found| format!("{}: {}", path.display(), found.rule)));
        }
    }
    println!("{count} files, {changed} changed by {edits_made} edits; findings left: {left:#?}");
    assert!(changed > 500, "{changed} of {count}");
    assert!(left.is_empty(), "{left:#?}");
}

/// The same where shell text is indented too: of a RUN the blanks between words may differ, and nothing in quotes.
#[test]
fn shell_text_that_is_indented_keeps_its_words() {
    let Some((_folder, files)) = corpus() else { return };
    let settings = Arc::new(Settings::default());
    let format = Format { reindent_shell: true, ..Format::default() };
    let style = Style { format, ..Style::default() };
    let (mut count, mut changed) = (0, 0);
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let before = Snapshot::new(text.as_str(), None, Arc::clone(&settings));
        let after = apply(&text, &formatting(&before, &style)).unwrap();
        let later = Snapshot::new(after.as_str(), None, Arc::clone(&settings));
        let (old, new) = (said(&before), said(&later));
        let words = |said: &[String]| -> Vec<Vec<String>> {
            let parts =
                |one: &String| one.replace("\\t", " ").split_whitespace().map(str::to_owned).collect();
            said.iter().map(parts).collect()
        };
        assert_eq!(words(&old), words(&new), "{}", path.display());
        for (one, other) in before.tree().numbered().zip(later.tree().numbered()) {
            let commands = |snapshot: &Snapshot, id| -> Vec<String> {
                let script = snapshot.model().script(id);
                let commands = script.iter().flat_map(|script| script.commands()).collect::<Vec<_>>();
                commands
                    .iter()
                    .flat_map(|command| command.words())
                    .map(|word| word.text().to_owned())
                    .collect()
            };
            if one.1.keyword == Keyword::Run {
                assert_eq!(commands(&before, one.0), commands(&later, other.0), "{}", path.display());
            }
        }
        let again = formatting(&later, &style);
        assert!(again.is_empty(), "{}: {again:?}", path.display());
        count += 1;
        changed += usize::from(old != new);
    }
    println!("the indent of shell text differs in {changed} of {count} files");
    assert!(changed > 500, "{changed} of {count}");
}
