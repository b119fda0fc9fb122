//! `plimsoll rules`: what the rules are, and the page of each.

use super::failure::Outcome;
use super::print::{self, BOLD, CYAN, DIM, width, wrap};
use super::{fail, markdown};
use crate::rules::{self, FixKind, Rule};
use crate::settings::Profile;
use crate::syntax::suggest::nearest;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// A rule's name, or a name that another tool has for it (DL3006, hadolint/DL3006)
    #[arg(value_name = "RULE")]
    rule: Option<String>,

    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people; in a pipe, a rule's page is plain Markdown
    Text,
    /// For programs
    Json,
}

/// Runs `plimsoll rules`.
pub fn rules(args: &Args) -> Outcome {
    let chosen: Vec<&Rule> = match &args.rule {
        None => rules::all().iter().collect(),
        Some(name) => called(name)?,
    };
    match (args.format, &args.rule) {
        (Format::Json, _) => {
            let rules: Vec<Value> = chosen.iter().map(|rule| json(rule)).collect();
            print::json(&json!({"version": 1, "rules": rules}))?;
        }
        (Format::Text, None) => print::styled(&list(&chosen))?,
        (Format::Text, Some(name)) => {
            let pages: Vec<String> = chosen.iter().map(|rule| rules::page_of(rule, name)).collect();
            let markdown = pages.join("\n");
            match anstream::AutoStream::choice(&std::io::stdout()) {
                anstream::ColorChoice::Never => print::plain(&markdown)?,
                _ => print::styled(&format!("{}\n", markdown::render(&markdown, width())))?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The rule of this name, or all that have the alias.
fn called(name: &str) -> Result<Vec<&'static Rule>, super::failure::Failure> {
    if let Some(rule) = rules::all().iter().find(|rule| rule.name == name) {
        return Ok(vec![rule]);
    }
    let found: Vec<&Rule> = rules::all().iter().filter(|rule| rule.is_called(name)).collect();
    match found.is_empty() {
        false => Ok(found),
        true => fail(unknown(name)),
    }
}

/// That there is no rule of this name, and which one may be meant.
pub fn unknown(name: &str) -> String {
    let names = rules::all().iter().flat_map(|rule| {
        let ids = rule.aliases.iter().map(|alias| rules::alias::split(alias).1);
        std::iter::once(rule.name).chain(ids)
    });
    match nearest(name, names) {
        Some(near) => format!("there is no rule {name}; did you mean {near}?"),
        None => format!("there is no rule {name}; `plimsoll rules` lists them"),
    }
}

fn json(rule: &Rule) -> Value {
    let mut severity = Map::new();
    for profile in Profile::ALL {
        let of = rule.severity.of(profile).map(rules::Severity::as_str);
        severity.insert(profile.as_str().to_string(), json!(of));
    }
    let fix = match rule.fix {
        FixKind::None => "none",
        FixKind::Safe => "safe",
        FixKind::Unsafe => "unsafe",
        FixKind::Either => "either",
    };
    json!({
        "name": rule.name,
        "theme": rule.theme.as_str(),
        "aliases": rule.aliases,
        "severity": severity,
        "fix": fix,
        "since": rule.since,
        "summary": summary(rule),
    })
}

/// The first sentence of what the rule does.
fn summary(rule: &Rule) -> String {
    let text = rule.docs.what.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    text[..end].to_string()
}

fn list(rules: &[&Rule]) -> String {
    let mut out = String::new();
    let widest = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let indent = widest + 14;
    let left = width().saturating_sub(indent).max(30);
    let mut theme = None;
    // Writing to a String doesn't fail.
    for rule in rules {
        if theme != Some(rule.theme) {
            let gap = if theme.is_some() { "\n" } else { "" };
            let _ = writeln!(out, "{gap}{BOLD}{}{BOLD:#}", rule.theme.as_str());
            theme = Some(rule.theme);
        }
        let (severity, style) = match rule.severity.of(Profile::Editor) {
            Some(severity) => (severity.as_str(), super::output::severity_style(severity)),
            None => ("off", DIM),
        };
        let fix = if rule.fix == FixKind::None { " " } else { "*" };
        let text = markdown::bare(&summary(rule));
        let _ = writeln!(
            out,
            "  {CYAN}{:<widest$}{CYAN:#}  {style}{severity:<7}{style:#} {fix} {}",
            rule.name,
            wrap(&text, left, &" ".repeat(indent)),
        );
    }
    let _ = writeln!(
        out,
        "\n{DIM}Severities are those of the profile `editor`; * marks rules with a fix. `plimsoll rules NAME` \
         prints a rule's page.{DIM:#}"
    );
    out
}
