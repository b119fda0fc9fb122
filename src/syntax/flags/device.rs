//! The value of `RUN --device`: the name of a CDI device, and perhaps whether it is required.
//!
//! Source: BuildKit, `frontend/dockerfile/instructions/commands_rundevice.go`. Variables aren't expanded.

use super::{Fault, FlagErrorKind, csv, values};
use crate::syntax::suggest;

/// The keys of a device.
const KEYS: [&str; 2] = ["name", "required"];

/// What BuildKit refuses about a device; spans count bytes of the value.
pub(super) fn check(value: &str) -> Vec<Fault> {
    let mut record = csv::split(value);
    let mut faults = Vec::new();
    // A name that is empty counts as none.
    let mut name = String::new();
    for field in record.by_ref() {
        if faults.len() >= super::MOST_FAULTS {
            return faults;
        }
        let whole = field.value(value);
        let (key_span, value_span) = field.around_equals(value);
        let key = field.unquote(key_span.of(value)).to_lowercase();
        match (key.as_str(), value_span) {
            ("name", Some(_)) if !name.is_empty() => {
                let message =
                    format!("the device is named `{name}` already; give each a `--device` of its own");
                faults.push(Fault::new(field.span, FlagErrorKind::Keys, message));
            }
            ("name", Some(span)) => name = field.unquote(span.of(value)).into_owned(),
            ("required", None) => {}
            ("required", Some(span)) => {
                let written = field.unquote(span.of(value));
                if values::bool_value(&written).is_none() {
                    let message = format!("`{key}` is `true` or `false`, not `{written}`");
                    let meant = suggest::nearest(&written, ["true", "false"]);
                    faults.push(Fault::new(span, FlagErrorKind::BadValue, message).suggest(span, meant));
                }
            }
            // The first field that is no key is the name, `vendor.com/class=device`.
            _ if name.is_empty() => name = whole,
            ("", None) => {
                let message = "a comma too many: a field is empty here";
                faults.push(Fault::new(field.span, FlagErrorKind::UnknownKey, message));
            }
            _ => {
                let message = format!("a device has a name and perhaps `required`; `{whole}` is neither");
                let meant = suggest::nearest(&key, KEYS);
                faults
                    .push(Fault::new(key_span, FlagErrorKind::UnknownKey, message).suggest(key_span, meant));
            }
        }
    }
    if let Some(broken) = record.broken {
        faults.push(Fault::new(broken, FlagErrorKind::Csv, csv::BROKEN));
    }
    faults
}
