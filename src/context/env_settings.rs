//! What `.env` files set of a tool's own settings. The rest of them, which may be secret, isn't kept.

use super::project::SourceFile;
use crate::text::Span;

/// The variables that Create React App and servers of files read for themselves. Sources: "Advanced Configuration" of
/// Create React App's documentation, react-scripts' start.js.
const NAMES: [&str; 4] = ["BUILD_PATH", "HTTPS", "PORT", "PUBLIC_URL"];

/// One of them, as a file sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvSetting {
    /// The file's name.
    pub file: String,
    pub name: &'static str,
    /// None where the line names other variables, or may be read in two ways.
    pub value: Option<String>,
    /// Where the file sets it.
    pub span: Span,
}

/// What a file sets, in its order; of a name that is set twice the last counts. Source: the `parse` of dotenv 10, which
/// react-scripts 5 has.
pub(super) fn read(name: &str, file: &SourceFile) -> Vec<EnvSetting> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in file.text.split_inclusive('\n') {
        let own = start;
        start += line.len();
        let text = line.trim_start_matches('\u{feff}').trim();
        let Some((left, right)) = text.split_once('=') else { continue };
        let left = left.trim();
        let is_export = left.starts_with("export ");
        let set = left.trim_start_matches("export ").trim();
        let Some(set) = NAMES.into_iter().find(|known| *known == set) else { continue };
        let right = right.trim();
        let quote = right.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        let inner = quote.and_then(|quote| right.strip_prefix(quote)?.strip_suffix(quote));
        let plain = quote.is_none() || inner.is_some();
        let value = inner.unwrap_or(right);
        // Versions differ in comments, in escapes and in `export`.
        let unsure = !plain || is_export || value.contains(['$', '#', '\\', '`']);
        let length = line.trim_end().len();
        found.push(EnvSetting {
            file: name.to_owned(),
            name: set,
            value: (!unsure).then(|| value.to_owned()),
            span: Span::from(own..own + length),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::context::SourceFile;

    #[test]
    fn only_settings_of_the_tools_are_kept() {
        let text = "# PORT=1\nSECRET=x\nPORT = 3006 \r\nPUBLIC_URL=\"/portal\"\nBUILD_PATH=$OUT\nexport HTTPS=true\n\
                    REACT_APP_PORT=2\nPORT=\nHTTPS=true # no\nBUILD_PATH='a b'";
        let file = SourceFile { path: ".env".into(), text: text.into(), version: None };
        let found: Vec<(&str, Option<String>, &str)> =
            read(".env", &file).into_iter().map(|s| (s.name, s.value, s.span.of(text))).collect();
        let known = |value: &str| Some(value.to_owned());
        assert_eq!(
            found,
            [
                ("PORT", known("3006"), "PORT = 3006"),
                ("PUBLIC_URL", known("/portal"), "PUBLIC_URL=\"/portal\""),
                ("BUILD_PATH", None, "BUILD_PATH=$OUT"),
                ("HTTPS", None, "export HTTPS=true"),
                ("PORT", known(""), "PORT="),
                ("HTTPS", None, "HTTPS=true # no"),
                ("BUILD_PATH", known("a b"), "BUILD_PATH='a b'"),
            ]
        );
    }
}
