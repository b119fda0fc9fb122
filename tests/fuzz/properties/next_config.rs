//! next.config.{js,mjs,ts} and the edit that turns standalone output on.

use super::fits;
use plimsoll::context::next_config::{FILE_NAMES, NextConfig, Output, Setting};
use plimsoll::text::apply;

/// Reads `text` under each of the names that Next.js knows.
pub fn check(text: &str) {
    for name in FILE_NAMES {
        read(name, text);
    }
}

fn read(name: &str, text: &str) {
    let config = NextConfig::read(name, text);
    assert_eq!(config, NextConfig::read(name, text), "the same text reads the same");
    match &config.output {
        Output::Standalone { span } | Output::Export { span } | Output::Expression { span } => {
            fits(text, *span, "the output");
        }
        Output::OtherLiteral { span, text: written } => {
            fits(text, *span, "the output");
            assert_eq!(span.of(text), written);
        }
        Output::Absent => {}
        Output::Unknown { reason } => assert!(reason.ends_with(['.', '`']), "no sentence: {reason}"),
    }
    for setting in settings(&config) {
        if let Setting::Literal { span, .. } | Setting::Expression { span } = setting {
            fits(text, *span, "a setting");
        }
    }
    let edits = match &config.standalone_edit {
        Ok(edits) => edits,
        Err(reason) => return assert!(!reason.is_empty()),
    };
    assert_eq!(config.output, Output::Absent, "an edit is offered");
    assert!(
        edits.iter().all(|edit| edit.span.of(text).trim().is_empty()),
        "the edit takes text away: {edits:?}"
    );
    let edited = apply(text, edits).expect("the edit fits the text");
    let after = NextConfig::read(name, &edited);
    assert!(matches!(after.output, Output::Standalone { .. }), "{:?} after the edit\n{edited}", after.output);
    assert!(after.standalone_edit.is_err(), "the file would be edited twice\n{edited}");
    assert_eq!(after.experimental_standalone, config.experimental_standalone);
    for (before, after) in settings(&config).into_iter().zip(settings(&after)) {
        assert_eq!(before.literal(), after.literal(), "the edit changed another setting\n{edited}");
    }
}

fn settings(config: &NextConfig) -> [&Setting; 3] {
    [&config.dist_dir, &config.base_path, &config.tracing_root]
}
