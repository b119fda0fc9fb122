//! HEALTHCHECK in an image of nginx: BusyBox' wget is there, and neither curl nor Node.js.

use super::detect::Found;
use super::environment;
use crate::convert::Note;
use crate::convert::localhost::without_localhost;
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at, shown, warning};
use crate::syntax::expand::{Operator, references};
use crate::syntax::{Instruction, InstructionId, Keyword};
use std::collections::BTreeSet;

/// What Alpine's image has beside wget, and a check may run.
const THERE: [&str; 8] = ["wget", "exit", "nc", "true", "false", "test", "[", "echo"];

/// The addresses by which a check reaches its own container.
const HOSTS: [&str; 4] = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"];

/// The check as the image can run it.
pub(super) fn adapted(
    found: &Found<'_>,
    id: InstructionId,
    instruction: &Instruction,
    keyword: &str,
    notes: &mut Vec<Note>,
) -> Result<String, Stop> {
    let source = found.source();
    let written = instruction.span.of(source);
    let text = with_port(found, written);
    let text = text.as_deref().unwrap_or(written);
    let line = instruction.first_line;
    let Some(script) = found.subject.model.script(id) else { return Ok(text.to_owned()) };
    let programs = script.commands();
    let mut programs = programs.iter().filter(|command| command.node.inner.is_none());
    let is_there = |name: Option<&str>| name.is_none_or(|name| THERE.contains(&name));
    let asked = url(text);
    if let Some((port, _)) = &asked
        && *port != found.port.number
    {
        let message = format!(
            "The health check on line {line} asks on port {port}, where nothing listens; the site is served on {}.",
            found.port.number
        );
        notes.push(warning(instruction, message));
    }
    if programs.all(|command| is_there(command.name().as_deref())) {
        if text != written {
            let message = format!(
                "`{}` (line {line}) names the port as a number now: nginx doesn't take it from PORT.",
                shown(instruction, source)
            );
            notes.push(note(instruction, message));
        }
        let Some(changed) = without_localhost(text) else { return Ok(text.to_owned()) };
        let message = format!(
            "The health check on line {line} asks 127.0.0.1 instead of localhost: nginx listens on IPv4 only, and \
             localhost may be tried as ::1 first."
        );
        notes.push(note(instruction, message));
        return Ok(changed);
    }
    let Some((port, path)) = asked else {
        return Err(refused_at(
            NOT_YET,
            instruction,
            format!(
                "The health check on line {line} runs something that the image of nginx hasn't, and which address it \
                 asks can't be told."
            ),
        ));
    };
    let flags: String = instruction.flags.iter().map(|flag| format!(" {}", flag.span.of(source))).collect();
    let new = format!("{keyword}{flags} CMD wget -q -O /dev/null http://127.0.0.1:{port}{path} || exit 1");
    let message = format!(
        "`{}` (line {line}) becomes `{new}`: the image of nginx has wget, and neither curl nor Node.js.",
        shown(instruction, source)
    );
    notes.push(note(instruction, message));
    Ok(new)
}

/// The names of variables that the check as it will be takes from an ENV of the file.
pub(super) fn names(
    found: &Found<'_>,
    id: InstructionId,
    instruction: &Instruction,
) -> Result<BTreeSet<String>, Stop> {
    let text = adapted(found, id, instruction, "", &mut Vec::new())?;
    let envs = found.subject.model.steps(found.stage).filter(|(_, i)| i.keyword == Keyword::Env);
    let set: BTreeSet<&str> = envs.flat_map(|(_, i)| i.pairs().map(|(name, _)| &*name.text)).collect();
    let named = references(&text, found.subject.tree().escape()).into_iter().map(|reference| reference.name);
    Ok(named.filter(|name| set.contains(name)).map(str::to_owned).collect())
}

/// A check with its port in the place of `$PORT`, which the run stage doesn't set; None where it names none that is
/// known.
fn with_port(found: &Found<'_>, text: &str) -> Option<String> {
    let is_port = |value: &str| !value.is_empty() && value.chars().all(|c| c.is_ascii_digit());
    let set = environment::at_start(found, "PORT").and_then(|set| set.value).filter(|value| is_port(value));
    let served = found.port.by_variable.then(|| found.port.number.to_string());
    let mut out = String::new();
    let mut rest = 0;
    for reference in references(text, found.subject.tree().escape()) {
        let plain = matches!(reference.operator, None | Some(Operator::Default { .. }));
        if reference.name != "PORT" || !reference.closed || reference.depth > 0 || !plain {
            continue;
        }
        let default = reference.word_span.map(|span| span.of(text)).filter(|word| is_port(word));
        let Some(port) = set.as_deref().or(default).or(served.as_deref()) else { continue };
        let (start, end) = (reference.span.start as usize, reference.span.end as usize);
        out.push_str(text.get(rest..start)?);
        out.push_str(port);
        rest = end;
    }
    out.push_str(text.get(rest..)?);
    (rest > 0).then_some(out)
}

/// The port and path of the first address of this container that a text names.
fn url(text: &str) -> Option<(u32, &str)> {
    let rest = &text[text.find("http://")? + "http://".len()..];
    let rest = HOSTS.iter().find_map(|host| rest.strip_prefix(host))?;
    let end =
        rest.find(|c: char| !(c.is_ascii_alphanumeric() || "/._-:~?=&%".contains(c))).unwrap_or(rest.len());
    // The address goes on with a variable's value.
    if rest[end..].starts_with('$') {
        return None;
    }
    let (authority, path) = rest[..end].split_at(rest[..end].find('/').unwrap_or(end));
    let port = match authority.strip_prefix(':') {
        None if authority.is_empty() => 80,
        None => return None,
        Some(port) => port.parse().ok()?,
    };
    // A shell would take these for its own.
    let path = if path.is_empty() { "/" } else { path };
    (!path.contains(['&', '?'])).then_some((port, path))
}

#[cfg(test)]
mod tests {
    use super::url;

    #[test]
    fn the_address_that_a_check_asks_is_found_in_every_form() {
        for (text, expected) in [
            ("curl -f http://localhost:3000/ || exit 1", Some((3000, "/"))),
            ("curl -f http://localhost:3000/health", Some((3000, "/health"))),
            ("node -e \"fetch('http://127.0.0.1:8080').then()\"", Some((8080, "/"))),
            ("curl -f http://localhost", Some((80, "/"))),
            ("curl -f http://localhost:$PORT/", None),
            ("curl -f http://localhost:3000/$FILE", None),
            ("curl -f \"http://localhost:3000${FILE}\"", None),
            ("curl -f http://example.org/", None),
            ("node health.js", None),
        ] {
            assert_eq!(url(text), expected, "{text}");
        }
    }
}
