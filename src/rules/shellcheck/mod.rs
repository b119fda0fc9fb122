//! What ShellCheck is asked, and what becomes of its answers. The program itself is started elsewhere
//! ([`crate::context::shellcheck`]); here scripts are cut from a Dockerfile and findings are put back into it.

mod fix;
mod hadolint;
mod name;
mod script;
mod scripts;

pub use script::Script;
pub use scripts::scripts;

use super::{Finding, Input, Severity};
use crate::context::shellcheck::{Answers, Comment, Level};
use crate::settings::Profile;

pub(super) use name::{is_code, url};

/// The scripts of a file, and what ShellCheck has said of them so far.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    pub scripts: &'a [Script],
    pub answers: &'a Answers,
}

impl Checked<'_> {
    /// Whether ShellCheck has answered for every script of the file.
    pub fn is_complete(self) -> bool {
        self.scripts.iter().all(|script| self.answers.get(&script.text).is_some())
    }

    /// Whether more is to come.
    pub fn is_pending(self) -> bool {
        self.answers.are_expected() && !self.is_complete()
    }
}

/// All that ShellCheck has said of the file.
pub(super) fn findings(input: &Input<'_>, found: &mut Vec<Finding>) {
    let Some(checked) = input.checked else { return };
    for script in checked.scripts {
        let Some(comments) = checked.answers.get(&script.text) else { continue };
        if input.profile() == Profile::Hadolint {
            // hadolint keeps findings in a set that takes those of one line for the same: the last one stays.
            let order =
                |comment: &&Comment| (comment.start, comment.level, comment.code, comment.message.clone());
            found.extend(comments.iter().max_by_key(order).map(|last| finding(input, script, last)));
        } else {
            let meant = comments.iter().filter(|comment| !is_of_indent(script, comment));
            found.extend(meant.map(|comment| finding(input, script, comment)));
        }
    }
}

/// Repeated blanks (SC2291) that are the indent of a continued line are no fault.
fn is_of_indent(script: &Script, comment: &Comment) -> bool {
    comment.code == 2291 && script.is_continued(comment)
}

fn finding(input: &Input<'_>, script: &Script, comment: &Comment) -> Finding {
    let severity = match (comment.level, input.profile()) {
        (Level::Error, _) => Severity::Error,
        (Level::Warning, _) => Severity::Warning,
        (Level::Info, Profile::Editor) | (Level::Style, _) => Severity::Hint,
        (Level::Info, _) => Severity::Info,
    };
    let mut message = comment.message.split_whitespace().collect::<Vec<_>>().join(" ");
    if !message.ends_with(['.', '?']) {
        message.truncate(message.trim_end_matches('!').len());
        message.push('.');
    }
    let (rule, aliases) = name::names(comment.code);
    Finding::new(script.span(comment, input.source()), message)
        .named(rule, aliases)
        .as_grave_as(severity)
        .fix(fix::fix(input, script, comment))
}

#[cfg(test)]
mod tests;
