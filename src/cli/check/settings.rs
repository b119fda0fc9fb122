use super::Args;
use crate::cli::failure::{self, Failure};
use crate::cli::output::{Format, Range};
use crate::cli::paths::Here;
use crate::config::files::{File, Files, Outside};
use crate::config::{self, Problem, environment};
use crate::settings::{Layer, Profile, Settings, Value};
use crate::text::LineTable;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What is set for each Dockerfile: on the command line, in the environment, in files.
pub struct Chosen<'a> {
    here: &'a Here,
    arguments: Layer,
    environment: Layer,
    build_arguments: Vec<(String, String)>,
    /// What `--config` names, or nothing where no file is to be read; None where files are searched for.
    fixed: Option<Arc<Files>>,
    by_folder: Mutex<HashMap<PathBuf, Arc<Settings>>>,
    /// What is wrong, by the file that it stands in.
    problems: Mutex<BTreeMap<PathBuf, Vec<String>>>,
}

impl<'a> Chosen<'a> {
    pub fn new(here: &'a Here, args: &Args) -> Result<Self, Failure> {
        let environment = environment::read(&|name| std::env::var(name).ok());
        for problem in &environment.problems {
            failure::warning(&problem.message);
        }
        let mut environment = environment.layer;
        if let Some(Value::Text(context)) = environment.get("context") {
            let context = here.absolute(Path::new(context)).to_string_lossy().into_owned();
            environment.set("context", Value::Text(context));
        }
        let chosen = Self {
            here,
            arguments: arguments(args),
            environment,
            build_arguments: args.build_arg.clone(),
            fixed: fixed(here, args)?,
            by_folder: Mutex::default(),
            problems: Mutex::default(),
        };
        if let Some(files) = &chosen.fixed {
            chosen.note(files);
        }
        Ok(chosen)
    }

    /// What holds for the Dockerfile at `path`; for one without a path, what holds here.
    pub fn of(&self, path: Option<&Path>) -> Arc<Settings> {
        let folder = path.and_then(Path::parent).unwrap_or(self.here.folder());
        let mut known = self.by_folder.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(settings) = known.get(folder) {
            return Arc::clone(settings);
        }
        let files = self.files(folder);
        let set = config::settings(&[&self.arguments, &self.environment], &files);
        let settings = Arc::new(Settings { build_arguments: self.build_arguments.clone(), ..set });
        known.insert(folder.to_path_buf(), Arc::clone(&settings));
        settings
    }

    fn files(&self, folder: &Path) -> Arc<Files> {
        match &self.fixed {
            Some(files) => Arc::clone(files),
            None => {
                let files = Files::find(folder, self.here.folder(), &Outside::DISK);
                self.note(&files);
                Arc::new(files)
            }
        }
    }

    /// The format that is printed in where the command line says none: under the profile `hadolint` that of
    /// hadolint's settings.
    pub fn format(&self) -> Format {
        if self.of(None).profile != Profile::Hadolint {
            return Format::Full;
        }
        let files = self.files(self.here.folder());
        let of_file = files.hadolint.as_ref().map(|file| &file.found);
        if of_file.is_some_and(|found| found.no_color) {
            anstream::ColorChoice::Never.write_global();
        }
        let name =
            files.hadolint_variables.format.as_ref().or(of_file.and_then(|found| found.format.as_ref()));
        match name.map(String::as_str) {
            None | Some("tty") => Format::Full,
            Some("gnu") => Format::Concise,
            Some("json") => Format::HadolintJson,
            Some("sarif") => Format::Sarif,
            Some("checkstyle") => Format::Checkstyle,
            Some("junit") => Format::Junit,
            Some("gitlab_codeclimate") => Format::Gitlab,
            Some(other) => {
                failure::note(&format!(
                    "hadolint's settings ask for the format {other}, which plimsoll doesn't have"
                ));
                Format::Full
            }
        }
    }

    /// Tells what is wrong in the files that were read. Linting has gone on without it.
    pub fn warn(&self) {
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        for problem in problems.values().flatten() {
            failure::warning(problem);
        }
    }

    fn note(&self, files: &Files) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        for file in files.all().filter(|file| !file.found.problems.is_empty()) {
            let told = file.found.problems.iter().map(|problem| self.told(file, problem));
            problems.entry(file.path.clone()).or_insert_with(|| told.collect());
        }
    }

    fn told(&self, file: &File, problem: &Problem) -> String {
        let path = self.here.show(&file.path);
        match problem.span {
            Some(span) => {
                let start = Range::of(span, &file.text, &LineTable::physical(&file.text)).start;
                format!("{path}:{}:{}: {}", start.line, start.column, problem.message)
            }
            None => format!("{path}: {}", problem.message),
        }
    }
}

/// What the command line sets.
fn arguments(args: &Args) -> Layer {
    let mut layer = Layer::default();
    let text = |word: &str| Value::Text(word.to_owned());
    if let Some(profile) = args.profile {
        layer.set("profile", text(profile.as_str()));
    }
    if let Some(level) = args.fail_level {
        layer.set("fail-level", text(level.as_str()));
    }
    for (name, given) in [("select", &args.select), ("ignore", &args.ignore)] {
        if !given.is_empty() {
            layer.set(name, Value::Texts(given.clone()));
        }
    }
    layer
}

fn fixed(here: &Here, args: &Args) -> Result<Option<Arc<Files>>, Failure> {
    let Some(path) = &args.config else { return Ok(args.isolated.then(Arc::default)) };
    let path = here.absolute(path);
    match Files::named(&path, here.folder(), &Outside::DISK) {
        Ok(files) => Ok(Some(Arc::new(files))),
        Err(error) => Err(Failure::Error(format!("--config {}: {error}", here.show(&path)))),
    }
}
