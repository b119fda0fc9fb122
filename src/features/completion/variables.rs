use super::place::Place;
use super::{CompletionKind, Completions, short};
use crate::catalog::{flags, images};
use crate::features::quotes;
use crate::model::Origin;
use crate::rules;
use crate::syntax::{Keyword, flags::mount};

/// What BuildKit sets by itself, known to FROM without a declaration.
///
/// Source: BuildKit `frontend/dockerfile/dockerfile2llb/platform.go`.
pub(super) const PLATFORM: [&str; 8] = [
    "TARGETPLATFORM",
    "TARGETARCH",
    "TARGETOS",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDARCH",
    "BUILDOS",
    "BUILDVARIANT",
];

/// Whether the `${` before a name has its `}` in `rest`, what stands behind the name.
fn is_closed(place: &Place<'_>, rest: &str) -> bool {
    if !rest.starts_with(['}', ':', '-', '+', '#', '%', '/', '?', '=']) {
        return false;
    }
    let quoted = quotes::are_open(&place.before, place.snapshot.tree().escape());
    let mut open = 1;
    // What opens there is closed there: `${A:-${B}}`, `{ a; }`.
    for char in rest.chars() {
        match char {
            '{' => open += 1,
            '}' => open -= 1,
            '"' if quoted => return false,
            '\n' => return false,
            _ => {}
        }
        if open == 0 {
            return true;
        }
    }
    false
}

/// The variables known at the caret, where a `$` stands before it. True where one does: nothing else fits then.
pub(super) fn complete(place: &Place<'_>, list: &mut Completions) -> bool {
    let Some((typed, braced)) = reference(place) else { return false };
    if !is_expanded(place) {
        return true;
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let rest = place.snapshot.source().get(place.offset as usize..).unwrap_or_default();
    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let closed = is_closed(place, &rest[end..]);
    let mut span = place.span_back(typed.len(), &[]);
    span.end = place.offset + end as u32;
    let written = |name: &str| if braced && !closed { format!("{name}}}") } else { name.to_owned() };
    let later = matches!(place.keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck);
    let model = place.snapshot.model();
    for variable in model.variables(place.id).iter().rev() {
        // The image keeps no build argument.
        if later && variable.origin == Origin::Arg {
            continue;
        }
        let value = model.value(place.id, &variable.name).or(variable.value.as_deref());
        let kind = match variable.origin {
            Origin::Arg => "build argument",
            Origin::Env => "environment variable",
        };
        let detail = match value {
            Some(value) => format!("{kind}, {}", short(&format!("= {value}"))),
            None if PLATFORM.contains(&&*variable.name) => format!("{kind}, set by BuildKit"),
            None if variable.origin == Origin::Arg => format!("{kind}, no default"),
            None => format!("{kind}, its value isn't known here"),
        };
        list.add(&*variable.name, CompletionKind::Variable, span)
            .detail(detail)
            .text(written(&variable.name));
    }
    let mut add = |name: &str, detail: &str| {
        list.add(name, CompletionKind::Variable, span).detail(detail).text(written(name));
    };
    if place.keyword == Keyword::From {
        for name in PLATFORM {
            add(name, "build argument, set by BuildKit");
        }
        return true;
    }
    if let Some(stage) = model.stage_of(place.id)
        && let Some((image, _)) = rules::root_image(model, stage)
    {
        for name in images::environment(&image).unwrap_or_default() {
            add(name, "environment variable of the base image");
        }
    }
    add("PATH", "environment variable");
    if later || place.keyword == Keyword::Run {
        add("HOME", "environment variable, set for the user");
    }
    true
}

/// The part of a variable's name before the caret, and whether a brace stands before it.
fn reference<'p>(place: &'p Place<'_>) -> Option<(&'p str, bool)> {
    let before = &*place.before;
    let head = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let typed = &before[head.len()..];
    let (head, braced) = match head.strip_suffix("${") {
        Some(head) => (head, true),
        None => (head.strip_suffix('$')?, false),
    };
    let escape = place.snapshot.tree().escape();
    let escapes = head.chars().rev().take_while(|c| *c == escape).count();
    (escapes % 2 == 0 && !head.ends_with('$')).then_some((typed, braced))
}

/// Whether a variable at the caret is looked at by anybody.
fn is_expanded(place: &Place<'_>) -> bool {
    if let Some(heredoc) = place.heredoc {
        return place.keyword == Keyword::Run || heredoc.expand;
    }
    let is_command =
        matches!(place.keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck);
    if place.in_flags() && place.word.starts_with("--") {
        let name = place.word.trim_start_matches('-').split('=').next().unwrap_or_default();
        let expands = flags::find(place.keyword.as_str(), name).is_some_and(|flag| flag.expands);
        let value = place.word.split_once('=').map_or("", |(_, value)| value);
        let fields = mount::parse(value).fields;
        let in_from = name == "mount" && fields.last().is_some_and(|field| field.key == "from");
        return expands && !in_from;
    }
    match place.keyword {
        Keyword::Shell | Keyword::Maintainer | Keyword::Unknown => false,
        _ if is_command && place.before.trim_start().starts_with('[') => false,
        _ => !in_single_quotes(&place.before, place.snapshot.tree().escape()),
    }
}

/// Whether `text` ends within single quotes.
fn in_single_quotes(text: &str, escape: char) -> bool {
    let (mut single, mut double, mut escaped) = (false, false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            c if c == escape && !single => escaped = true,
            _ => {}
        }
    }
    single
}
