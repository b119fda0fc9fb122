//! next.config.{js,mjs,ts}, read without running it: what it says of the output, and the edit that turns
//! standalone output on.

mod edit;
mod read;

pub use super::js_config::Setting;

use super::js_config::parse;
use super::package_json::ModuleType;
use crate::text::{Edit, Span};

/// The names that Next.js looks for, in its order; the first that is there is used (`CONFIG_FILES` in
/// next 16.4.6; `.ts` since 15, `.cjs` never).
pub const FILE_NAMES: [&str; 3] = ["next.config.js", "next.config.mjs", "next.config.ts"];

/// What a next.config says. Values that only running it would tell are [`Setting::Expression`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextConfig {
    pub output: Output,
    /// `distDir`: where the build goes instead of `.next`.
    pub dist_dir: Setting,
    /// `basePath`: what every URL begins with.
    pub base_path: Setting,
    /// `outputFileTracingRoot`, also under `experimental`, where it stood before Next.js 15.
    pub tracing_root: Setting,
    /// Whether `experimental.outputStandalone` is there, as Next.js 12.0 and 12.1 had it.
    pub experimental_standalone: bool,
    /// The edits that turn standalone output on and change nothing else, proved by reading the result;
    /// or a sentence that says why there are none.
    pub standalone_edit: Result<Vec<Edit>, String>,
}

/// The property `output`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Not set.
    Absent,
    /// `"standalone"`. The span is the value's.
    Standalone { span: Span },
    /// `"export"`: a static site, without a server.
    Export { span: Span },
    /// Another literal; `text` is as written, `undefined` and `null` included.
    OtherLiteral { span: Span, text: String },
    /// Something that is known only when it runs.
    Expression { span: Span },
    /// The configuration object isn't found in this file; the sentence says why.
    Unknown { reason: String },
}

impl NextConfig {
    /// Reads the text of a next.config; `file_name` tells the language. Spans are bytes of `text`, a
    /// byte order mark included. Never fails: a file that can't be read has [`Output::Unknown`].
    pub fn read(file_name: &str, text: &str) -> Self {
        parse::with_program(file_name, text, |program, shift| {
            let facts = read::facts(program, text, shift);
            let edit = edit_of(file_name, text, &facts);
            Self { standalone_edit: edit, ..facts.config }
        })
        .unwrap_or_else(Self::unknown)
    }

    fn unknown(reason: String) -> Self {
        Self {
            output: Output::Unknown { reason: reason.clone() },
            dist_dir: Setting::Absent,
            base_path: Setting::Absent,
            tracing_root: Setting::Absent,
            experimental_standalone: false,
            standalone_edit: Err(reason),
        }
    }
}

fn edit_of(file_name: &str, text: &str, facts: &read::Facts) -> Result<Vec<Edit>, String> {
    let object = match (&facts.config.output, &facts.object) {
        (Output::Unknown { reason }, _) => return Err(reason.clone()),
        (Output::Standalone { .. }, _) => return Err("`output` is \"standalone\" already.".into()),
        (Output::Export { .. }, _) => {
            return Err("`output` is \"export\": the build is a static site and has no server.".into());
        }
        (Output::OtherLiteral { text, .. }, _) => {
            return Err(format!("`output` is set to {text}; change it to \"standalone\" yourself."));
        }
        (Output::Expression { span }, _) => {
            let written: String = span.of(text).chars().take(60).collect();
            return Err(format!("`output` hangs on `{written}`, which only running it tells."));
        }
        (Output::Absent, None) => return Err("The configuration object isn't found.".into()),
        (Output::Absent, Some(object)) => object,
    };
    let edits = edit::insert_output(text, object);
    let edited = crate::text::apply(text, &edits).map_err(|error| error.to_string())?;
    let proved = parse::with_program(file_name, &edited, |program, shift| {
        matches!(read::facts(program, &edited, shift).config.output, Output::Standalone { .. })
    });
    match proved {
        Ok(true) => Ok(edits),
        _ => Err("No place in the configuration object takes the line safely.".into()),
    }
}

/// A next.config that turns standalone output on, for a project that has none: its file name and text.
/// `.mjs` is read by every Next.js since 12; a CommonJS project of an older one gets `.js`.
pub fn new_file(module: ModuleType, next_major: Option<u32>) -> (&'static str, &'static str) {
    if next_major.is_some_and(|major| major < 13) && module == ModuleType::CommonJs {
        let text = "/** @type {import('next').NextConfig} */\nconst nextConfig = {\n  output: \"standalone\",\n};\n\nmodule.exports = nextConfig;\n";
        ("next.config.js", text)
    } else {
        let text = "/** @type {import('next').NextConfig} */\nconst nextConfig = {\n  output: \"standalone\",\n};\n\nexport default nextConfig;\n";
        ("next.config.mjs", text)
    }
}

#[cfg(test)]
mod tests;
