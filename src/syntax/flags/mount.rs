//! The value of `RUN --mount`: one record of comma-separated `key=value` fields.
//!
//! Source: BuildKit, `frontend/dockerfile/instructions/commands_runmount.go`; fields are split as
//! `tonistiigi/go-csvvalue` and Go's `encoding/csv` split one line.

use super::{Fault, FlagErrorKind, csv, values};
use crate::catalog::flags::{MOUNT_KEYS, MountKey, MountType, MountValue};
use crate::syntax::suggest;
use crate::text::Span;
use std::cell::OnceCell;

/// A mount as written, whatever is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mount {
    /// In order; a later field overrides an earlier one of the same key.
    pub fields: Vec<MountField>,
    /// Where a quote breaks the record; the fields before it are there all the same.
    pub broken: Option<Span>,
}

/// One field of a mount. Spans count bytes of the mount's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MountField {
    pub span: Span,
    /// In lower case, as BuildKit compares it.
    pub key: String,
    pub key_span: Span,
    /// `None` for a lone key.
    pub value: Option<String>,
    /// Without the quotes of the record; empty, at the field's end, for a lone key.
    pub value_span: Span,
    spec: Option<&'static MountKey>,
}

impl MountField {
    /// What the key is, by name or alias.
    pub fn spec(&self) -> Option<&'static MountKey> {
        self.spec
    }
}

impl Mount {
    /// The last field of this key, given by its name; aliases are found too.
    pub fn field(&self, name: &str) -> Option<&MountField> {
        self.fields.iter().rev().find(|field| field.spec().is_some_and(|spec| spec.name == name))
    }

    /// The last value of this key, given by its name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.field(name)?.value.as_deref()
    }

    /// `bind` where no type is given, `None` where it isn't known or hangs on a variable.
    pub fn kind(&self) -> Option<MountType> {
        self.value("type").map_or(Some(MountType::Bind), MountType::named)
    }

    /// Whether the command may write: what is said, else what the type does.
    pub fn is_writable(&self) -> bool {
        let said = self.fields.iter().rev().find_map(|field| {
            let set = field.value.as_deref().is_none_or(|value| values::bool_value(value) == Some(true));
            match field.spec()?.name {
                "readonly" => Some(!set),
                "readwrite" => Some(set),
                _ => None,
            }
        });
        said.unwrap_or(matches!(self.kind(), Some(MountType::Cache | MountType::Tmpfs)))
    }

    /// The field that a caret at `offset` of the value stands in or touches.
    pub fn field_at(&self, offset: u32) -> Option<&MountField> {
        self.fields.iter().find(|field| field.span.touches(offset))
    }
}

/// Splits a mount's value.
pub fn parse(value: &str) -> Mount {
    let mut record = csv::split(value);
    let fields = record.by_ref().map(|written| field(value, &written)).collect();
    Mount { fields, broken: record.broken }
}

fn field(value: &str, written: &csv::Written) -> MountField {
    let (key_span, value_span) = written.around_equals(value);
    let key = written.unquote(key_span.of(value)).to_lowercase();
    MountField {
        span: written.span,
        spec: MountKey::named(&key),
        key,
        key_span,
        value: value_span.map(|span| written.unquote(span.of(value)).into_owned()),
        value_span: value_span.unwrap_or(Span::empty(key_span.end)),
    }
}

/// What BuildKit refuses about a mount; spans count bytes of the value.
pub(super) fn check(value: &str, escape: char) -> Vec<Fault> {
    let mut record = csv::split(value);
    let mut mount = Mount::default();
    let at_last = OnceCell::new();
    let mut faults = Vec::new();
    // BuildKit reads the fields in order: what needs a type must stand after it.
    let mut so_far = Some(MountType::Bind);
    for written in record.by_ref() {
        if faults.len() >= super::MOST_FAULTS {
            return faults;
        }
        let field = field(value, &written);
        let fault = match field.spec() {
            None => Some(unknown_key(&field)),
            Some(spec) => {
                let at_last = || *at_last.get_or_init(|| parse(value).kind());
                check_field(spec, &field, so_far, at_last, escape)
            }
        };
        faults.extend(fault);
        if field.key == "type" {
            so_far = field.value.as_deref().and_then(|kind| MountType::named(&values::plain(kind, escape)?));
        }
        mount.fields.push(field);
    }
    if let Some(broken) = record.broken {
        faults.push(Fault::new(broken, FlagErrorKind::Csv, csv::BROKEN));
    } else if let Some(kind) = so_far {
        check_whole(&mount, kind, value, escape, &mut faults);
    }
    faults
}

fn unknown_key(field: &MountField) -> Fault {
    if field.key.is_empty() && field.value.is_none() {
        return Fault::new(field.span, FlagErrorKind::UnknownKey, "a comma too many: a field is empty here");
    }
    let names = || MOUNT_KEYS.iter().flat_map(MountKey::names);
    // `RUN --mount=cache,target=…`: a type without its key.
    if field.value.is_none()
        && let Some(kind) = MountType::named(&field.key)
    {
        let message = format!("`{}` is a type of mount; write `type={}`", field.key, kind.name());
        return Fault::new(field.span, FlagErrorKind::UnknownKey, message)
            .suggest(field.key_span, Some(format!("type={}", kind.name())));
    }
    let message = format!("a mount has no key `{}`", field.key);
    Fault::new(field.key_span, FlagErrorKind::UnknownKey, message)
        .suggest(field.key_span, suggest::nearest(&field.key, names()))
}

fn check_field(
    spec: &MountKey,
    field: &MountField,
    so_far: Option<MountType>,
    at_last: impl Fn() -> Option<MountType>,
    escape: char,
) -> Option<Fault> {
    let key = &field.key;
    // These three are refused as soon as they are read before a type that takes them.
    if matches!(spec.name, "required" | "size")
        && let Some(kind) = so_far
        && !spec.fits(kind)
    {
        let message = match at_last().filter(|kind| spec.fits(*kind)) {
            Some(later) => format!("`{key}` must stand after `type={}`", later.name()),
            None => misfit(spec, key, kind),
        };
        return Some(Fault::new(field.span, FlagErrorKind::MisplacedKey, message));
    }
    let Some(value) = &field.value else {
        return (spec.value != MountValue::Bool).then(|| {
            let message = format!("`{key}` needs a value: `{key}=…`");
            Fault::new(field.span, FlagErrorKind::MissingValue, message)
        });
    };
    if spec.value == MountValue::Source {
        let variable = value.find('$').is_some_and(|at| at + 1 < value.len());
        return variable.then(|| {
            let message = format!(
                "variables aren't expanded in `{key}`; give the image a stage, `FROM image:$TAG AS name`, and name that"
            );
            Fault::new(field.value_span, FlagErrorKind::Variable, message)
        });
    }
    if values::has_variable(value) {
        return None;
    }
    let value = values::plain(value, escape)?;
    let (message, meant) = refuse_value(spec, key, &value)?;
    Some(Fault::new(field.value_span, FlagErrorKind::BadValue, message).suggest(field.value_span, meant))
}

fn refuse_value(spec: &MountKey, key: &str, value: &str) -> Option<values::Refusal> {
    match spec.value {
        MountValue::Type => MountType::named(value).is_none().then(|| {
            let names = MountType::ALL.map(MountType::name);
            let message = format!("`{value}` is no type of mount; {} are", values::list(&names));
            (message, suggest::nearest(value, names).map(str::to_owned))
        }),
        MountValue::OneOf(words) => (!words.iter().any(|word| word.eq_ignore_ascii_case(value))).then(|| {
            let message = format!("`{key}` is one of {}, not `{value}`", values::list(words));
            (message, suggest::nearest(value, words.iter().copied()).map(str::to_owned))
        }),
        MountValue::Bool => values::bool_value(value).is_none().then(|| {
            let message = format!("`{key}` is `true` or `false`, not `{value}`");
            (message, suggest::nearest(value, ["true", "false"]).map(str::to_owned))
        }),
        MountValue::Id => {
            let fits = digits(value) && value.parse::<u32>().is_ok();
            (!fits)
                .then(|| (format!("`{key}` is a number, not `{value}`; names aren't looked up here"), None))
        }
        MountValue::Mode => {
            let fits = digits(value) && u32::from_str_radix(value, 8).is_ok();
            (!fits).then(|| (format!("`{key}` is octal, as in `0755`, not `{value}`"), None))
        }
        MountValue::Size => size(value)
            .is_none()
            .then(|| (format!("`{value}` is no size; write bytes, or a unit as in `64m` or `1GiB`"), None)),
        MountValue::Text | MountValue::Source => None,
    }
}

fn misfit(spec: &MountKey, key: &str, kind: MountType) -> String {
    let types: Vec<&str> = spec.types.iter().map(|kind| kind.name()).collect();
    format!("a {} mount takes no `{key}`; {} do", kind.name(), values::list(&types))
}

/// What is judged once the whole mount is read.
fn check_whole(mount: &Mount, kind: MountType, value: &str, escape: char, faults: &mut Vec<Fault>) {
    for name in ["mode", "uid", "gid", "sharing"] {
        if let Some(field) = mount.field(name)
            && let Some(spec) = field.spec()
            && !spec.fits(kind)
        {
            faults.push(Fault::new(field.span, FlagErrorKind::MisplacedKey, misfit(spec, &field.key, kind)));
        }
    }
    let given = |name: &str| mount.field(name).filter(|field| field.value.as_deref() != Some(""));
    match kind {
        // Of an absolute target only this very text is refused: `//` and `/..` aren't. A relative one, or
        // none, is that of WORKDIR.
        MountType::Bind | MountType::Cache | MountType::Tmpfs => {
            if let Some(field) = given("target")
                && let Some("/") = field.value.as_deref().and_then(|it| values::plain(it, escape)).as_deref()
            {
                let message = "nothing can be mounted over `/`; name a folder of the image";
                faults.push(Fault::new(field.value_span, FlagErrorKind::BadValue, message));
            }
        }
        MountType::Ssh => {
            if let Some(field) = given("source") {
                let message = format!("an ssh mount takes no `{}`; name the agent by `id`", field.key);
                faults.push(Fault::new(field.span, FlagErrorKind::MisplacedKey, message));
            }
        }
        MountType::Secret => check_secret(given, value, faults),
    }
}

/// A secret is named once, and comes from the client.
fn check_secret<'m>(given: impl Fn(&str) -> Option<&'m MountField>, value: &str, faults: &mut Vec<Fault>) {
    if let Some(field) = given("from") {
        let message = "a secret comes from the client, so it takes no `from`";
        faults.push(Fault::new(field.span, FlagErrorKind::MisplacedKey, message));
    }
    match (given("source"), given("id")) {
        (Some(source), Some(_)) => {
            let message = format!("`{}` and `id` both name the secret; keep `id`", source.key);
            faults.push(Fault::new(source.span, FlagErrorKind::Keys, message));
        }
        (None, None) if given("target").is_none() => {
            let message = "this secret has no name; add `id=…`";
            faults.push(Fault::new(Span::from(0..value.len()), FlagErrorKind::Keys, message));
        }
        _ => {}
    }
}

fn digits(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit())
}

/// Bytes of a size such as `1024`, `64m`, `1.5 GiB` (docker/go-units, `RAMInBytes`: each unit is 1024
/// of the one below).
pub fn size(value: &str) -> Option<u64> {
    let end = value.rfind(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '))? + 1;
    let (number, unit) = value.split_at(end);
    let number = number.strip_suffix(' ').unwrap_or(number);
    let number: f64 = number.parse().ok().filter(|number| *number >= 0.0)?;
    let unit = unit.to_ascii_lowercase();
    let power = match unit.strip_suffix("ib").or(unit.strip_suffix('b')).unwrap_or(&unit) {
        "" if unit.len() < 2 => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    // A number that doesn't fit saturates, as such a size is more than any machine has.
    Some((number * 1024_f64.powi(power)) as u64)
}
