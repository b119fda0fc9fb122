use super::{FixKind, OptionDefault, Rule, Scope, Severity, alias, shellcheck};
use crate::settings::Profile;
use std::fmt::Write;

/// The page of one rule, in Markdown.
pub fn page(rule: &Rule) -> String {
    let mut page = format!("# {}\n\n", rule.name);
    let severities = Profile::ALL.map(|profile| {
        let severity = rule.severity.of(profile).map_or("off", Severity::as_str);
        format!("{} {severity}", profile.as_str())
    });
    let fix = match rule.fix {
        FixKind::None => "no fix".to_owned(),
        kind => format!("fix {}", kind.as_str()),
    };
    let _ = writeln!(page, "Theme {} · since {} · {fix}  ", rule.theme.as_str(), rule.since);
    let _ = writeln!(page, "Severity by profile: {}  ", severities.join(", "));
    let scope = match rule.reads.scope {
        Scope::Step => "one instruction",
        Scope::Stage => "one stage",
        Scope::File => "the whole file",
    };
    let context = if rule.reads.context { " and the build context" } else { "" };
    let context = if rule.reads.shellcheck { " with ShellCheck" } else { context };
    let _ = writeln!(page, "Reads {scope}{context}\n");
    let docs = &rule.docs;
    let _ = writeln!(page, "## What it does\n\n{}\n", docs.what.trim());
    let _ = writeln!(page, "## Why it matters\n\n{}\n", docs.why.trim());
    let _ = writeln!(page, "## Example\n\n```dockerfile\n{}\n```\n", docs.example.trim_end());
    let _ = writeln!(page, "## Use instead\n\n```dockerfile\n{}\n```\n", docs.instead.trim_end());
    let _ = writeln!(page, "## Fix safety\n\n{}", docs.fix.trim());
    if !rule.reads.options.is_empty() {
        let _ = writeln!(page, "\n## Options\n\nIn `plimsoll.toml`, below `[rules.{}]`:\n", rule.name);
        for option in rule.reads.options {
            let default = match option.default {
                OptionDefault::Flag(flag) => flag.to_string(),
                OptionDefault::Number(number) => number.to_string(),
                OptionDefault::Texts(texts) => format!("{texts:?}"),
            };
            let _ = writeln!(page, "- `{}` = `{default}`: {}", option.name, option.about);
        }
    }
    if !rule.aliases.is_empty() {
        page.push_str("\n## Also known as\n\n");
        for name in rule.aliases {
            let _ = match alias::url(name) {
                Some(url) => writeln!(page, "- [{name}]({url})"),
                None => writeln!(page, "- {name}"),
            };
        }
    }
    page
}

/// The page of what `name` means: its rule's, below where more is told of this very finding, where it is one of
/// ShellCheck's.
pub fn page_of(rule: &Rule, name: &str) -> String {
    match shellcheck::url(alias::split(name).1).filter(|_| rule.reads.shellcheck) {
        Some(url) => {
            let code = alias::split(name).1.to_ascii_uppercase();
            format!("ShellCheck's own page of {code}: <{url}>\n\n{}", page(rule))
        }
        None => page(rule),
    }
}

/// Where the page of what `name` means is on the web, if anywhere: ShellCheck's own, else the rule's.
pub fn page_address(rule: &Rule, name: &str) -> Option<String> {
    let of_shellcheck = shellcheck::url(alias::split(name).1).filter(|_| rule.reads.shellcheck);
    of_shellcheck.or_else(|| page_url(rule.name))
}

/// The address of a rule's page on the web; None as long as there are no such pages. Where they stand is set
/// when plimsoll is built.
pub fn page_url(rule: &str) -> Option<String> {
    let base = option_env!("PLIMSOLL_RULES_URL").filter(|base| !base.is_empty())?;
    Some(format!("{}/{rule}", base.trim_end_matches('/')))
}
