//! vite.config.{js,mjs,ts,cjs,mts,cts}, read without running it: where the build goes, and how it is served.

use super::js_config::follow::{Walk, span_of};
use super::js_config::parse;
use super::js_config::read::{Reader, Value};
use crate::text::Span;
use oxc_ast::ast::{Expression, ObjectExpression, Program};

pub use super::js_config::Setting;

/// The names that Vite looks for, in its order (`DEFAULT_CONFIG_FILES` in vite 7).
pub const FILE_NAMES: [&str; 6] = [
    "vite.config.js",
    "vite.config.mjs",
    "vite.config.ts",
    "vite.config.cjs",
    "vite.config.mts",
    "vite.config.cts",
];

/// What a vite.config says. Values that only running it would tell are [`Setting::Expression`]; numbers stand as
/// they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViteConfig {
    /// `root`: the folder of index.html.
    pub root: Setting,
    /// `base`: what every URL begins with.
    pub base: Setting,
    /// `appType`: `spa`, `mpa` or `custom`.
    pub app_type: Setting,
    /// `publicDir`.
    pub public_dir: Setting,
    /// `build.outDir`, relative to `root`.
    pub out_dir: Setting,
    /// `build.assetsDir`: where files with a hash in their names go.
    pub assets_dir: Setting,
    /// `server`: the development server.
    pub server: Serving,
    /// `preview`, which takes over what isn't set from `server`, but for the port.
    pub preview: Serving,
    /// Where `build.ssr` is set: the build is for a server.
    pub ssr: Option<Span>,
    /// Where `build.lib` is set: the build is a library.
    pub lib: Option<Span>,
    /// Where the names of the written files are set (`entryFileNames` and its like), perhaps without a hash.
    pub file_names: Option<Span>,
    /// Why the configuration isn't known, where it isn't.
    pub unknown: Option<String>,
}

/// How one of Vite's two servers answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Serving {
    pub port: Setting,
    /// Where `proxy` is set: paths that are passed on to another server.
    pub proxy: Option<Span>,
    /// Where `headers` is set.
    pub headers: Option<Span>,
    /// Where `https` is set.
    pub https: Option<Span>,
}

impl ViteConfig {
    /// Reads the text of a vite.config; `file_name` tells the language. Spans are bytes of `text`, a byte order mark
    /// included. Never fails: what can't be read is said by [`ViteConfig::unknown`].
    pub fn read(file_name: &str, text: &str) -> Self {
        let read = parse::with_program(file_name, text, read);
        let mut config = match read {
            Ok(Ok(config)) => config,
            Ok(Err(reason)) | Err(reason) => Self { unknown: Some(reason), ..Self::default() },
        };
        let names = ["entryFileNames", "chunkFileNames", "assetFileNames"];
        let found = names.iter().find_map(|name| Some((text.find(name)?, name.len())));
        config.file_names = found.map(|(at, length)| Span::from(at..at + length));
        config
    }
}

fn read(program: &Program<'_>, shift: u32) -> Result<ViteConfig, String> {
    let mut walk = Walk::new(program);
    let object = walk.config(program)?;
    let config = Part { reader: Reader::new(&walk, shift), holds: Holds::Object(object) };
    let (build, server, preview) = (config.inner("build"), config.inner("server"), config.inner("preview"));
    Ok(ViteConfig {
        root: config.setting("root"),
        base: config.setting("base"),
        app_type: config.setting("appType"),
        public_dir: config.setting("publicDir"),
        out_dir: build.setting("outDir"),
        assets_dir: build.setting("assetsDir"),
        server: server.serving(),
        preview: preview.serving(),
        ssr: build.place("ssr"),
        lib: build.place("lib"),
        file_names: None,
        unknown: None,
    })
}

/// An object of the configuration, as far as it can be seen.
struct Part<'w, 'p, 'a> {
    reader: Reader<'w, 'p, 'a>,
    holds: Holds<'p, 'a>,
}

#[derive(Clone, Copy)]
enum Holds<'p, 'a> {
    Nothing,
    Object(&'p ObjectExpression<'a>),
    /// What stands there is known only when it runs.
    Somewhere(Span),
}

impl<'w, 'p, 'a> Part<'w, 'p, 'a> {
    fn value(&self, name: &str) -> Option<Value<'p, 'a>> {
        match self.holds {
            Holds::Nothing => None,
            Holds::Somewhere(span) => Some(Value::Somewhere(span)),
            Holds::Object(object) => {
                let found = self.reader.property(object, name, 0);
                let unsure = || Value::Somewhere(span_of(object, self.reader.shift));
                found.value.or_else(|| found.behind_spread.then(unsure))
            }
        }
    }

    fn inner(&self, name: &str) -> Part<'w, 'p, 'a> {
        let holds = match self.value(name) {
            None => Holds::Nothing,
            Some(Value::Somewhere(span)) => Holds::Somewhere(span),
            Some(Value::Of(value)) => match self.reader.object(value) {
                Some(object) => Holds::Object(object),
                None if is_unset(value) => Holds::Nothing,
                None => Holds::Somewhere(span_of(value, self.reader.shift)),
            },
        };
        Part { reader: self.reader, holds }
    }

    fn serving(&self) -> Serving {
        let [proxy, headers, https] = ["proxy", "headers", "https"].map(|name| self.place(name));
        Serving { port: self.setting("port"), proxy, headers, https }
    }

    /// A text or a number.
    fn setting(&self, name: &str) -> Setting {
        let value = match self.value(name) {
            None => return Setting::Absent,
            Some(Value::Somewhere(span)) => return Setting::Expression { span },
            Some(Value::Of(value)) => value,
        };
        let span = span_of(value, self.reader.shift);
        let literal = match value {
            Expression::NumericLiteral(number) => number.raw.as_ref().map(|raw| raw.as_str()),
            value => self.reader.literal(value),
        };
        match literal {
            Some(value) => Setting::Literal { value: value.to_owned(), span },
            None if is_unset(value) => Setting::Absent,
            None => Setting::Expression { span },
        }
    }

    /// Where something is set that isn't switched off.
    fn place(&self, name: &str) -> Option<Span> {
        match self.value(name)? {
            Value::Somewhere(span) => Some(span),
            Value::Of(value) => (!is_unset(value)).then(|| span_of(value, self.reader.shift)),
        }
    }
}

/// `undefined`, `null` or `false`, which leave the default.
fn is_unset(value: &Expression<'_>) -> bool {
    match value {
        Expression::NullLiteral(_) => true,
        Expression::BooleanLiteral(literal) => !literal.value,
        Expression::Identifier(id) => id.name == "undefined",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(setting: &Setting) -> &str {
        setting.literal().unwrap_or("-")
    }

    #[test]
    fn the_output_and_the_ports_are_read_through_wrappers_and_functions() {
        for text in [
            "export default { base: '/app/', build: { outDir: 'out' }, server: { port: 3000 } }",
            "import { defineConfig } from 'vite'\nexport default defineConfig({\n  base: '/app/',\n  build: { outDir: \"out\" },\n  server: { port: 3000 },\n})",
            "export default defineConfig(({ mode }) => {\n  const env = loadEnv(mode, process.cwd());\n  return { base: '/app/', build: { outDir: 'out' }, server: { port: 3000 } };\n})",
            "const build = { outDir: 'out' };\nmodule.exports = { base: '/app/', build, server: { port: 3000 } }",
        ] {
            let config = ViteConfig::read("vite.config.ts", text);
            assert_eq!(config.unknown, None, "{text}");
            assert_eq!(literal(&config.base), "/app/", "{text}");
            assert_eq!(literal(&config.out_dir), "out", "{text}");
            assert_eq!(literal(&config.server.port), "3000", "{text}");
            assert_eq!(config.preview.port, Setting::Absent, "{text}");
        }
    }

    #[test]
    fn what_only_running_it_tells_is_told_apart_from_what_is_not_set() {
        let config =
            ViteConfig::read("vite.config.js", "export default { build: options(), base: process.env.BASE }");
        assert!(matches!(config.out_dir, Setting::Expression { .. }));
        assert!(matches!(config.base, Setting::Expression { .. }));
        let config = ViteConfig::read("vite.config.js", "export default { ...shared, plugins: [] }");
        assert!(matches!(config.out_dir, Setting::Expression { .. }));
        let config = ViteConfig::read("vite.config.js", "export default { plugins: [react()] }");
        assert_eq!(config, ViteConfig::default());
        let config = ViteConfig::read("vite.config.js", "export default mergeConfig(shared, own)");
        assert!(config.unknown.is_some());
    }

    #[test]
    fn proxies_and_builds_for_a_server_have_their_places() {
        let text = "export default { server: { proxy: { '/api': 'http://api:3000' } }, build: { ssr: false, lib: { entry: 'a' } } }";
        let config = ViteConfig::read("vite.config.js", text);
        assert!(config.server.proxy.is_some_and(|span| span.of(text).starts_with("{ '/api'")));
        assert_eq!((config.ssr, config.preview.proxy), (None, None));
        assert!(config.lib.is_some());
    }
}
