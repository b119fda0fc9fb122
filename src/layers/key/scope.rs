use super::digest::{Digest, Mix};
use crate::model::{Model, Origin, Variable};
use crate::syntax::expand::{Lex, references};
use crate::syntax::instruction::declarations;
use std::borrow::Cow;

/// What holds at one place of a stage, as far as keys hang on it.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    model: &'a Model,
    /// The environment in BuildKit's order: a variable that is set again moves to the end.
    ///
    /// Source: `client/llb/state.go`, `EnvList`; measured with BuildKit 28.5.
    env: Vec<(&'a str, Cow<'a, str>, Digest)>,
    /// How many of the stage's variables are in `env` already.
    seen: usize,
    digest: Option<Digest>,
    /// The working directory as RUN gets it: an absolute one stays as it is written.
    pub workdir: String,
    /// As it is written in USER; empty for the base image's own.
    pub user: String,
    /// The words of SHELL.
    pub shell: Vec<String>,
    pub platform: String,
    /// Whether an image lies beneath, which may set variables of its own.
    pub on_image: bool,
}

/// What stands for the PATH that a stage begins with.
const PATH: &str = "\u{1}PATH";

/// Variables that official images set, and of which no value is known here.
const OF_IMAGES: &[&str] = &[
    "LANG",
    "GOPATH",
    "GOLANG_VERSION",
    "GOTOOLCHAIN",
    "NODE_VERSION",
    "YARN_VERSION",
    "PYTHON_VERSION",
    "PYTHON_SHA256",
    "GPG_KEY",
    "JAVA_HOME",
    "JAVA_VERSION",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUST_VERSION",
    "GEM_HOME",
    "BUNDLE_APP_CONFIG",
    "BUNDLE_SILENCE_ROOT_WARNING",
    "RUBY_VERSION",
    "PHP_VERSION",
    "PHP_INI_DIR",
    "PHPIZE_DEPS",
    "NGINX_VERSION",
    "NJS_VERSION",
    "PG_MAJOR",
    "PG_VERSION",
    "PGDATA",
    "REDIS_VERSION",
    "CATALINA_HOME",
    "MAVEN_HOME",
    "GRADLE_HOME",
    "DOTNET_VERSION",
    "ASPNET_VERSION",
    "DENO_VERSION",
    "BUN_INSTALL_BIN",
    "BUN_RUNTIME_TRANSPILER_CACHE_PATH",
];

impl<'a> Scope<'a> {
    pub fn new(model: &'a Model) -> Self {
        Self {
            model,
            // Every stage begins with it, from its image or by default.
            env: vec![("PATH", Cow::Borrowed(PATH), Mix::new("variable").text("PATH").text(PATH).end())],
            seen: 0,
            digest: None,
            workdir: "/".to_owned(),
            user: String::new(),
            // Source: `dockerfile2llb/defaultshell.go`; to write it out changes nothing, as measured.
            shell: vec!["/bin/sh".to_owned(), "-c".to_owned()],
            platform: String::new(),
            on_image: false,
        }
    }

    /// Takes in the variables that have been declared since; `variables` are all of the stage up to here.
    pub fn declare(&mut self, variables: &'a [Variable]) {
        for variable in variables.get(self.seen..).unwrap_or_default().iter().filter(|variable| variable.set)
        {
            // BuildKit keeps these out of the environment (`convert.go`, `nonEnvArgs`).
            if matches!(&*variable.name, "BUILDKIT_SBOM_SCAN_CONTEXT" | "BUILDKIT_SBOM_SCAN_STAGE") {
                continue;
            }
            let value = match &variable.value {
                Some(value) => Cow::Borrowed(&**value),
                None => Cow::Owned(self.unknown(variable)),
            };
            self.env.retain(|(name, ..)| *name != &*variable.name);
            let digest = Mix::new("variable").text(&variable.name).text(&value).end();
            self.env.push((&variable.name, value, digest));
            self.digest = None;
        }
        self.seen = variables.len();
    }

    /// What stands for the value of a variable that hangs on something unknown: the same for the same text
    /// and the same values, and different else.
    fn unknown(&self, variable: &Variable) -> String {
        match written(self.model, variable) {
            Some(text) => self.eval(text).into_owned(),
            None => predefined(&variable.name).unwrap_or_else(|| format!("\u{1}{}", variable.name)),
        }
    }

    /// The whole environment.
    pub fn environment(&mut self) -> Digest {
        *self.digest.get_or_insert_with(|| {
            let mix = self.env.iter().fold(Mix::new("environment"), |mix, (.., digest)| mix.digest(*digest));
            mix.end()
        })
    }

    /// Those variables that a shell, or the system's loader under it, heeds by itself.
    ///
    /// Sources: bash(1) and dash(1), "Shell Variables" and "Environment"; ld.so(8).
    pub fn of_shells(&self) -> Digest {
        let heeded = |name: &str| {
            ["LD_", "BASH", "LC_"].iter().any(|start| name.starts_with(start))
                || matches!(name, "ENV" | "SHELLOPTS" | "POSIXLY_CORRECT" | "LANG" | "LANGUAGE")
        };
        let known = self.env.iter().filter(|(name, ..)| heeded(name));
        known.fold(Mix::new("of shells"), |mix, (.., digest)| mix.digest(*digest)).end()
    }

    /// A word with its variables expanded and its quotes taken out.
    pub fn eval<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let escape = self.model.tree().escape();
        if !text.contains(['$', '"', '\'', escape]) {
            return Cow::Borrowed(text);
        }
        self.expand(Lex::new(escape), text)
    }

    fn expand<'t>(&self, lex: Lex, text: &'t str) -> Cow<'t, str> {
        let value = |name: &str| -> Option<Cow<'_, str>> {
            let known = self.env.iter().rev().find(|(known, ..)| *known == name);
            known.map(|(_, value, _)| value.clone()).or_else(|| self.of_image(text, name))
        };
        match lex.word(text, &value) {
            Ok(expansion) => Cow::Owned(expansion.value),
            Err(_) => Cow::Borrowed(text),
        }
    }

    /// The body of a heredoc with its variables expanded; quotes stay.
    pub fn eval_text(&self, text: &str) -> String {
        let lex = Lex { skip_quotes: true, ..Lex::new('\\') };
        self.expand(lex, text).into_owned()
    }

    /// What `--build-arg` gives; empty where it doesn't.
    pub fn argument(&self, name: &str) -> String {
        let given = self.model.arguments().iter().rev().find(|(given, _)| given == name);
        // A value that isn't known is like no other.
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| format!("\u{1}{name}"));
        given.map(|(_, given)| value(given)).unwrap_or_default()
    }

    /// Something that stands for what the base image sets; nothing where an operator asks whether it does.
    fn of_image(&self, text: &str, name: &str) -> Option<Cow<'static, str>> {
        if !self.on_image || !OF_IMAGES.contains(&name) {
            return None;
        }
        let asked = references(text, self.model.tree().escape())
            .iter()
            .any(|reference| reference.name == name && reference.operator.is_some());
        (!asked).then(|| Cow::Owned(format!("\u{1}{name}")))
    }
}

/// A word above the first FROM, or in one, expanded with the arguments declared above `known`.
pub(super) fn eval_global(model: &Model, text: &str, globals: &[Variable]) -> String {
    let escape = model.tree().escape();
    let value = |name: &str| -> Option<Cow<'_, str>> {
        let known = globals.iter().rev().find(|variable| variable.set && &*variable.name == name);
        match known {
            Some(variable) => match &variable.value {
                Some(value) => Some(Cow::Borrowed(&**value)),
                None => Some(Cow::Owned(format!("\u{1}{}", written(model, variable).unwrap_or_default()))),
            },
            None => predefined(name).map(Cow::Owned),
        }
    };
    Lex::new(escape).word(text, &value).map_or_else(|_| text.to_owned(), |expansion| expansion.value)
}

/// The platform that is built for where nothing says another: Linux on this machine's processor.
pub(super) fn host_platform() -> String {
    format!("linux/{}", architecture())
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// The builder's own arguments, for a build on and for this machine.
fn predefined(name: &str) -> Option<String> {
    Some(match name {
        "BUILDPLATFORM" | "TARGETPLATFORM" => host_platform(),
        "BUILDOS" | "TARGETOS" => "linux".to_owned(),
        "BUILDARCH" | "TARGETARCH" => architecture().to_owned(),
        "BUILDVARIANT" | "TARGETVARIANT" => String::new(),
        _ => return None,
    })
}

/// The value of a variable as it is written; None for an ARG without a default.
fn written<'a>(model: &'a Model, variable: &Variable) -> Option<&'a str> {
    let instruction = model.tree().instruction(variable.declared?)?;
    match variable.origin {
        Origin::Env => {
            let pair = instruction.pairs().find(|(name, _)| name.span == variable.span);
            pair.map(|(_, value)| &*value.text)
        }
        Origin::Arg => declarations(instruction).find(|d| d.name_span == variable.span)?.value,
    }
}
