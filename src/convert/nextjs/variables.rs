//! Which ARG and ENV the run stage gets: what the running app may read, and what its instructions name.

use super::detect::Found;
use super::entry_steps;
use super::steps;
use crate::convert::declared::{declared_once, expanded_names, names_in, pair, wanted};
use crate::convert::plan::{Fate, Line};
use crate::convert::ports::{Asked, port_of};
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at, shown};
use crate::syntax::instruction::declarations;
use crate::syntax::{Form, Instruction, InstructionId, Keyword, Word};
use crate::text::Span;
use std::collections::BTreeSet;

/// Whether the running app may read a variable.
pub(super) fn is_for_running(name: &str, value: &str) -> bool {
    purpose(name, value) == Purpose::Run
}

/// The variables of the run stage.
pub(super) struct Variables {
    pub lines: Vec<Line>,
    /// The port that the app listens on, where it is a number.
    pub port: Option<u32>,
    /// The address that it listens on.
    pub host: String,
}

/// What a variable is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// The running app may read it.
    Run,
    Build,
    Port,
    Host,
    NodeEnv,
}

fn purpose(name: &str, value: &str) -> Purpose {
    match name {
        "PORT" => return Purpose::Port,
        "HOSTNAME" => return Purpose::Host,
        "NODE_ENV" => return Purpose::NodeEnv,
        // What package managers install themselves and their programs into.
        "PATH"
            if ["node_modules/.bin", "PNPM_HOME", "/pnpm", ".bun/bin", "BUN_INSTALL", ".yarn/bin"]
                .iter()
                .any(|part| value.contains(part)) =>
        {
            return Purpose::Build;
        }
        // Tokens of registries are for installing; what Sentry's plugin uploads with is for building.
        "NPM_TOKEN" | "NODE_AUTH_TOKEN" | "NPM_AUTH_TOKEN" | "SENTRY_AUTH_TOKEN" | "SENTRY_ORG"
        | "SENTRY_PROJECT" => {
            return Purpose::Build;
        }
        "CI" | "HUSKY" | "PNPM_HOME" | "DEBIAN_FRONTEND" | "BUN_INSTALL" => return Purpose::Build,
        _ => {}
    }
    // NEXT_PUBLIC_ values are written into the output by `next build`; at run time they are never read.
    let build = ["NEXT_PUBLIC_", "npm_config_", "NPM_CONFIG_", "YARN_", "PNPM_", "COREPACK_", "TURBO_"];
    if build.iter().any(|prefix| name.starts_with(prefix)) { Purpose::Build } else { Purpose::Run }
}

pub(super) fn plan(
    found: &Found<'_>,
    keyword: &dyn Fn(Keyword) -> String,
    steps::Steps { fates, runs, notes, .. }: &mut steps::Steps,
) -> Result<Variables, Stop> {
    let steps: Vec<(InstructionId, &Instruction)> = found.subject.model.steps(found.stage).collect();
    let moved: Vec<&Instruction> =
        steps.iter().filter(|(id, _)| matches!(fates.get(id), Some(Fate::Move))).map(|(_, i)| *i).collect();
    let mut named = shell_names(runs);
    named.extend(expanded_names(found, &moved));
    named.extend(entry_steps::names(found, &steps));
    declared_once(&steps, &named)?;
    let runs_with = |id: InstructionId, name: &Word, value: &Word| {
        id > found.build || matches!(purpose(&name.text, &value.text), Purpose::Run | Purpose::Port)
    };
    let wanted = wanted(found, &steps, named, runs_with);

    let settings = &found.start.settings;
    let last = *found.stage.instructions.last().unwrap_or(&found.stage.from);
    let own = |name: &str| {
        steps.iter().any(|(_, i)| i.keyword == Keyword::Env && i.pairs().any(|(n, _)| &*n.text == name))
    };
    let end_value = |name: &str| {
        let variables = found.subject.model.variables(last);
        let after = steps.last().filter(|(_, i)| i.keyword == Keyword::Env);
        let trailing = after
            .and_then(|(_, i)| i.pairs().find(|(n, _)| &*n.text == name).map(|(_, v)| v.text.to_string()));
        trailing.or_else(|| {
            let mut known = variables.iter().rev();
            known
                .find(|v| &*v.name == name && v.origin == crate::model::Origin::Env)?
                .value
                .as_deref()
                .map(str::to_owned)
        })
    };
    let asked = settings.port.clone().or_else(|| {
        settings.env.iter().rev().find(|(name, _)| name == "PORT").map(|(_, value)| value.clone())
    });
    let at = found.instructions.deciding().and_then(|id| found.subject.instruction(id));
    let unclear = |what: &str, value: &str| {
        let message = format!("The {what} `{value}` that the app is started with isn't a plain value.");
        at.map_or(Stop::NotMine, |at| refused_at(NOT_YET, at, message))
    };
    // A flag wins over PORT; where the flag names PORT itself, its default counts only without one.
    let port = match asked.as_deref().map(|asked| port_of(asked, "3000")) {
        None => None,
        Some(Asked::Literal(port)) => Some(port),
        Some(Asked::FromPort(_)) if own("PORT") => None,
        Some(Asked::FromPort(default)) => Some(default),
        Some(Asked::Unclear) => return Err(unclear("port", asked.as_deref().unwrap_or_default())),
    };
    let host = match settings.host.as_deref() {
        None => None,
        Some(host) if host.contains(['$', '`', '"', '\'', ' ']) => return Err(unclear("host", host)),
        Some(host) => Some(host.to_owned()),
    };
    let own_host = end_value("HOSTNAME").map(|value| value.trim_matches(['"', '\'']).to_owned());
    let keeps_host = host.is_none() && own_host.as_deref().is_some_and(|own| matches!(own, "0.0.0.0" | "::"));
    let keeps_port = port.is_none() && own("PORT");

    let mut lines = Vec::new();
    let mut has_node_env = false;
    for (id, instruction) in &steps {
        let after = *id > found.build;
        match instruction.keyword {
            Keyword::Arg if after => {
                fates.insert(*id, Fate::Move);
                lines.push(Line::moved(*id, instruction, found.source()));
            }
            Keyword::Arg => {
                for (declared, word) in declarations(instruction).zip(&instruction.args) {
                    if wanted.contains(declared.name) {
                        lines.push(Line::new(format!("{} {}", keyword(Keyword::Arg), word.text)));
                    }
                }
            }
            Keyword::Env => {
                let legacy = instruction.form == Form::Pairs { legacy: true };
                let mut kept: Vec<(&Word, &Word)> = Vec::new();
                let mut only_server = true;
                let mut dropped = Vec::new();
                for (name, value) in instruction.pairs() {
                    let purpose = purpose(&name.text, &value.text);
                    only_server &= matches!(purpose, Purpose::Port | Purpose::Host);
                    let keep = match purpose {
                        Purpose::Run => true,
                        Purpose::Build => after || wanted.contains(&*name.text),
                        Purpose::Port => keeps_port,
                        Purpose::Host => keeps_host,
                        Purpose::NodeEnv => after && value.text.trim_matches(['"', '\'']) == "production",
                    };
                    has_node_env |= keep && purpose == Purpose::NodeEnv;
                    if &*name.text == "NODE_OPTIONS" && !after {
                        let message = "NODE_OPTIONS holds for the build and for the running app, as before; an option \
                                       that only the build wants can be taken out of the run stage.";
                        notes.push(note(instruction, message));
                    }
                    if keep {
                        kept.push((name, value));
                    } else if after || matches!(purpose, Purpose::Port | Purpose::Host) {
                        dropped.push(&*name.text);
                    }
                }
                let moves = after || only_server && !is_named(found, &steps, instruction, *id);
                if moves {
                    let fate = if kept.is_empty() { Fate::Gone } else { Fate::Move };
                    fates.insert(*id, fate);
                    if !dropped.is_empty() {
                        let text = overridden(found, instruction, &dropped, &kept, port.as_deref());
                        notes.push(note(instruction, text));
                    }
                }
                let text = match &kept[..] {
                    [] => continue,
                    [(name, value)] if legacy => pair(&keyword(Keyword::Env), name, value, legacy),
                    all if all.len() == instruction.pairs().count() => {
                        instruction.span.of(found.source()).to_owned()
                    }
                    some => some_pairs(found, instruction, some, &keyword(Keyword::Env)),
                };
                lines.push(Line { comments_of: moves.then_some(*id), text });
            }
            _ => {}
        }
    }
    let env = keyword(Keyword::Env);
    if !has_node_env {
        lines.insert(0, Line::new(format!("{env} NODE_ENV=production")));
    }
    for (name, value) in &settings.env {
        if matches!(name.as_str(), "PORT" | "NODE_ENV" | "HOSTNAME") {
            continue;
        }
        if value.contains(['$', '`', '"', '\n']) {
            return Err(unclear("variable", &format!("{name}={value}")));
        }
        let quote = if value.contains([' ', '\'', '#']) || value.is_empty() { "\"" } else { "" };
        lines.push(Line::new(format!("{env} {name}={quote}{value}{quote}")));
    }
    if let Some(timeout) = &settings.keep_alive_timeout {
        if !timeout.chars().all(|c| c.is_ascii_digit()) {
            return Err(unclear("time", timeout));
        }
        lines.push(Line::new(format!("{env} KEEP_ALIVE_TIMEOUT={timeout}")));
    }
    if !keeps_port {
        lines.push(Line::new(format!("{env} PORT={}", port.as_deref().unwrap_or("3000"))));
    }
    let host =
        if keeps_host { own_host.unwrap_or_default() } else { host.unwrap_or_else(|| "0.0.0.0".into()) };
    if !keeps_host {
        lines.push(Line::new(format!("{env} HOSTNAME={host}")));
    }
    let number = if keeps_port { end_value("PORT") } else { Some(port.unwrap_or_else(|| "3000".into())) };
    let number = number.and_then(|number| number.trim_matches(['"', '\'']).parse().ok());
    Ok(Variables { lines, port: number, host })
}

/// The names that the RUNs of the run stage give to a shell, in quotes or not: `$x`, `${x}`, `${x:-y}`, `${#x}`.
fn shell_names(runs: &[Line]) -> BTreeSet<String> {
    let parts = runs.iter().flat_map(|line| line.text.split('$').skip(1));
    let names = parts.map(|part| {
        let part = part.strip_prefix('{').unwrap_or(part).trim_start_matches(['#', '!']);
        part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
    });
    names.filter(|name| !name.is_empty()).collect()
}

/// Whether an instruction that stays refers to a variable that `env` sets.
fn is_named(
    found: &Found<'_>,
    steps: &[(InstructionId, &Instruction)],
    env: &Instruction,
    id: InstructionId,
) -> bool {
    let names: Vec<&str> = env.pairs().map(|(name, _)| &*name.text).collect();
    let stays = steps.iter().filter(|(other, _)| *other > id && *other <= found.build);
    stays
        .filter(|(_, i)| {
            matches!(
                i.keyword,
                Keyword::Run | Keyword::Env | Keyword::Copy | Keyword::Add | Keyword::Workdir | Keyword::Arg
            )
        })
        .any(|(_, i)| names_in(found, &i.args).iter().any(|name| names.contains(&name.as_str())))
}

/// Some of an ENV's variables as one ENV, since each value means what held before all of them. One that goes over several
/// lines goes on doing so, with the comments above these variables.
fn some_pairs(
    found: &Found<'_>,
    instruction: &Instruction,
    pairs: &[(&Word, &Word)],
    keyword: &str,
) -> String {
    let source = found.source();
    let text = |(name, value): &(&Word, &Word)| format!("{}={}", name.text, value.text);
    if !instruction.span.of(source).contains('\n') {
        return format!("{keyword} {}", pairs.iter().map(text).collect::<Vec<_>>().join(" "));
    }
    let escape = found.subject.tree().escape();
    let mut out = String::new();
    for (at, pair) in pairs.iter().enumerate() {
        let comments = comments_within(found, instruction, pair.0);
        // A comment is no continuation's last line, so those of the first stand above the whole.
        let indent = if at == 0 { "" } else { "    " };
        if at > 0 {
            out.push_str(&format!(" {escape}\n"));
        }
        out.extend(comments.iter().map(|comment| format!("{indent}{comment}\n")));
        let start = if at == 0 { format!("{keyword} ") } else { indent.to_owned() };
        out.push_str(&format!("{start}{}", text(pair)));
    }
    out
}

/// The comments that stand directly above one of an ENV's variables, within it.
fn comments_within<'a>(found: &Found<'a>, instruction: &Instruction, name: &Word) -> Vec<&'a str> {
    let before =
        instruction.pairs().map(|(other, _)| other.span.start).filter(|at| *at < name.span.start).max();
    let own = |span: &&Span| span.start < name.span.start && before.is_none_or(|before| span.start > before);
    instruction.comments.iter().filter(own).map(|span| span.of(found.source()).trim()).collect()
}

fn overridden(
    found: &Found<'_>,
    instruction: &Instruction,
    names: &[&str],
    kept: &[(&Word, &Word)],
    port: Option<&str>,
) -> String {
    let text = shown(instruction, found.source());
    // What stands above the instruction goes along with what is kept of it.
    let mut comments = match kept {
        [] => crate::convert::plan::comments_of(found, instruction),
        _ => String::new(),
    };
    let dropped = instruction.pairs().filter(|(name, _)| names.contains(&&*name.text));
    let within: Vec<&str> = dropped.flat_map(|(name, _)| comments_within(found, instruction, name)).collect();
    if !within.is_empty() {
        let lead = if comments.is_empty() { " Its comment:" } else { "" };
        comments.push_str(&format!("{lead} {}", within.join(" ")));
    }
    let of = match instruction.pairs().count() {
        1 => format!("`{text}` (line {})", instruction.first_line),
        _ => format!("the ENV on line {}", instruction.first_line),
    };
    let why = match names {
        ["PORT"] => format!("the start command sets the port to {} itself", port.unwrap_or("3000")),
        ["HOSTNAME"] => {
            "`next start` doesn't read it, but the standalone server does, and must listen on all \
                         addresses to be reached from outside the container"
                .to_owned()
        }
        ["NODE_ENV"] => "the standalone server runs in production mode whatever it says".to_owned(),
        _ => "the run stage sets these itself".to_owned(),
    };
    format!("{} of {of} is left out: {why}.{comments}", names.join(" and "))
}
