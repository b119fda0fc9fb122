use super::place::Place;
use super::{CompletionKind, Completions};

/// Devices by the names that their vendors' tools give them. A builder without the device goes on without it,
/// unless it is required.
///
/// Sources: NVIDIA Container Toolkit, "Support for Container Device Interface"; AMD Container Toolkit, "Running Workloads".
const KNOWN: [(&str, &str); 4] = [
    ("nvidia.com/gpu=all", "all GPUs of NVIDIA"),
    ("nvidia.com/gpu=0", "the first GPU of NVIDIA"),
    ("nvidia.com/gpu", "any GPU of NVIDIA"),
    ("amd.com/gpu=all", "all GPUs of AMD"),
];

/// What `--device` may hold at the caret: a name, by itself or behind `name=`, and whether it is required.
pub(super) fn complete(place: &Place<'_>, typed: &str, list: &mut Completions) {
    if typed.contains('"') {
        return;
    }
    let (done, field) = typed.rsplit_once(',').map_or(("", typed), |(done, field)| (done, field));
    let fields: Vec<&str> = done.split(',').filter(|field| !field.is_empty()).collect();
    let rest = place.snapshot.source().get(place.offset as usize..).unwrap_or_default();
    let rest = rest.split(char::is_whitespace).next().unwrap_or_default();
    let behind = rest.split(',').skip(1);
    let all: Vec<&str> = fields.into_iter().chain(behind).collect();
    let has_required = all.iter().any(|field| key(field) == "required");
    let has_name = all.iter().any(|field| key(field) != "required");
    let required = field.split_once('=').filter(|_| key(field) == "required");
    if let Some((_, value)) = required {
        let span = place.span_back(value.len(), &[',']);
        for value in ["true", "false"] {
            list.add(value, CompletionKind::Value, span);
        }
        return;
    }
    let name = field.split_once('=').filter(|_| key(field) == "name").map(|(_, name)| name);
    let span = place.span_back(name.unwrap_or(field).len(), &[',']);
    if !has_name {
        names(place, span, list);
        if name.is_none() {
            list.add("name=", CompletionKind::Property, span).detail("<vendor>/<class>=<device>");
        }
    }
    if !has_required && name.is_none() {
        list.add("required", CompletionKind::Property, span).detail("the build fails without the device");
    }
}

/// The devices that the file names elsewhere, then the well-known ones.
fn names(place: &Place<'_>, span: crate::text::Span, list: &mut Completions) {
    for (id, instruction) in place.snapshot.tree().numbered() {
        let given = instruction.flags.iter().filter(|flag| flag.name == "device" && id != place.id);
        for value in given.filter_map(|flag| flag.value.as_ref()) {
            let named = value.text.split(',').find(|field| key(field) != "required");
            let name = named.map(|field| field.strip_prefix("name=").unwrap_or(field));
            if let Some(name) = name.filter(|name| name.contains('/') && !name.contains('"')) {
                list.add(name, CompletionKind::Value, span)
                    .detail(format!("as on line {}", instruction.first_line));
            }
        }
    }
    for (name, detail) in KNOWN {
        list.add(name, CompletionKind::Value, span).detail(detail);
    }
}

/// The key of a field, in lower case; a name that stands alone is its own.
fn key(field: &str) -> String {
    field.split('=').next().unwrap_or(field).to_lowercase()
}
