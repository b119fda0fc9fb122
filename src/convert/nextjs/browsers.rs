//! Browsers that a package manager's install brings along: they come to lie in the home folder of who builds, which a
//! run stage hasn't.

use super::app::absolute;
use super::base::Kind;
use super::detect::Found;

use crate::convert::commands::Ran;
use crate::convert::refuse::{NOT_YET, Stop, refused_by};
use crate::shell::{self, Word};
use crate::syntax::Keyword;

/// Packages that download a browser when they are installed. Playwright's own do no longer, from 1.38 on.
const DOWNLOAD: [&str; 4] = [
    "puppeteer",
    "@playwright/browser-chromium",
    "@playwright/browser-firefox",
    "@playwright/browser-webkit",
];

/// Variables that say of another browser, or of none.
const OTHER: [&str; 5] = [
    "PUPPETEER_EXECUTABLE_PATH",
    "PUPPETEER_SKIP_DOWNLOAD",
    "PUPPETEER_SKIP_CHROMIUM_DOWNLOAD",
    "PUPPETEER_BROWSER_URL",
    "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
];

/// Whether a command installs a browser, by itself or in a script: `npx playwright install chromium`.
pub(super) fn installs(found: &Found<'_>, ran: &Ran<'_>) -> bool {
    let line =
        |line: &str| shell::parse_str(line).commands().iter().any(|command| is_install(command.words()));
    is_install(ran.command.words()) || ran.script().is_some_and(|script| found.scripts_of(script).any(line))
}

fn is_install(words: &[Word]) -> bool {
    let words: Vec<_> = words.iter().map(|word| word.value_or_text()).collect();
    let program = words.iter().position(|word| {
        let name = word.trim_start_matches('@').split('@').next().unwrap_or_default();
        matches!(
            name.rsplit("node_modules/.bin/").next(),
            Some("playwright" | "puppeteer" | "puppeteer/browsers")
        )
    });
    program.is_some_and(|at| words[at..].iter().any(|word| matches!(&**word, "install" | "install-deps")))
}

/// Refuses an app that starts the browser which its own install downloads.
pub(super) fn check(found: &Found<'_>) -> Result<(), Stop> {
    let dependencies = &found.package.dependencies;
    let Some((name, _)) = dependencies.iter().find(|(name, _)| DOWNLOAD.contains(&name.as_str())) else {
        return Ok(());
    };
    let is_set =
        found.subject.model.steps(found.stage).any(|(_, i)| {
            i.keyword == Keyword::Env && i.pairs().any(|(name, _)| OTHER.contains(&&*name.text))
        });
    let actions = found.ran.iter().filter_map(|ran| ran.action.as_ref());
    let of_system = actions
        .filter(|action| !action.tool.is_javascript())
        .flat_map(|action| &action.packages)
        .any(|package| {
            ["chromium", "google-chrome", "firefox"].iter().any(|browser| package.name.starts_with(browser))
        });
    // An image of another kind may bring its browser along.
    if is_set || of_system || found.base.kind == Kind::Other {
        return Ok(());
    }
    Err(refused_by(
        NOT_YET,
        absolute(found, "package.json"),
        None,
        format!(
            "package.json names {name}, whose install puts a browser into the home folder of the build stage, where the \
             running app wouldn't find it. Install a browser of the system and say where it is, as with \
             PUPPETEER_EXECUTABLE_PATH."
        ),
    ))
}
