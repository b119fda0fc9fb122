//! What is set: on the command line, in the environment, in files.

use super::failure::{self, Failure};
use super::output::Range;
use super::paths::Here;
use crate::config::files::{File, Files, Outside};
use crate::config::{self, Problem, environment};
use crate::settings::{Layer, Settings, Value};
use crate::text::LineTable;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the command line says of settings.
#[derive(Default)]
pub struct Given<'a> {
    /// What it sets.
    pub arguments: Layer,
    /// The one file to be read.
    pub config: Option<&'a Path>,
    /// No file is to be read.
    pub isolated: bool,
    /// The values of `--build-arg`.
    pub build_arguments: Vec<(String, String)>,
}

/// What is set for each Dockerfile: on the command line, in the environment, in files.
pub struct Chosen<'a> {
    here: &'a Here,
    arguments: Layer,
    environment: Layer,
    build_arguments: Vec<(String, String)>,
    /// What `--config` names, or nothing where no file is to be read; None where files are searched for.
    fixed: Option<Arc<Files>>,
    files: Mutex<HashMap<PathBuf, Arc<Files>>>,
    settings: Mutex<HashMap<PathBuf, Arc<Settings>>>,
    /// What is wrong, by the file that it stands in.
    problems: Mutex<BTreeMap<PathBuf, Vec<String>>>,
}

impl<'a> Chosen<'a> {
    /// What is wrong in the environment is told here; what is wrong in files, by [`Chosen::warn`].
    pub fn new(here: &'a Here, given: Given<'_>) -> Result<Self, Failure> {
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
            fixed: fixed(here, &given)?,
            arguments: given.arguments,
            environment,
            build_arguments: given.build_arguments,
            files: Mutex::default(),
            settings: Mutex::default(),
            problems: Mutex::default(),
        };
        if let Some(files) = &chosen.fixed {
            chosen.note(files);
        }
        Ok(chosen)
    }

    /// What holds for the Dockerfile at `path`, but for its layout; for one without a path, what holds here.
    pub fn of(&self, path: Option<&Path>) -> Arc<Settings> {
        let folder = path.and_then(Path::parent).unwrap_or(self.here.folder());
        let known = lock(&self.settings).get(folder).map(Arc::clone);
        known.unwrap_or_else(|| {
            let settings = Arc::new(self.settings_of(None, folder));
            lock(&self.settings).insert(folder.to_path_buf(), Arc::clone(&settings));
            settings
        })
    }

    /// The same with its layout, of which `.editorconfig` speaks by the names of files.
    pub fn with_layout(&self, path: Option<&Path>) -> Arc<Settings> {
        let folder = path.and_then(Path::parent).unwrap_or(self.here.folder());
        Arc::new(self.settings_of(path, folder))
    }

    fn settings_of(&self, path: Option<&Path>, folder: &Path) -> Settings {
        let set = config::settings_of(path, &[&self.arguments, &self.environment], &self.files(folder));
        Settings { build_arguments: self.build_arguments.clone(), ..set }
    }

    /// The files that hold in a folder.
    pub fn files(&self, folder: &Path) -> Arc<Files> {
        if let Some(files) = &self.fixed {
            return Arc::clone(files);
        }
        let known = lock(&self.files).get(folder).map(Arc::clone);
        known.unwrap_or_else(|| {
            let files = Arc::new(Files::find(folder, self.here.folder(), &Outside::DISK));
            self.note(&files);
            lock(&self.files).insert(folder.to_path_buf(), Arc::clone(&files));
            files
        })
    }

    /// Tells what is wrong in the files that were read. Linting has gone on without it.
    pub fn warn(&self) {
        let problems = lock(&self.problems);
        for problem in problems.values().flatten() {
            failure::warning(problem);
        }
    }

    fn note(&self, files: &Files) {
        let mut problems = lock(&self.problems);
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

fn fixed(here: &Here, given: &Given<'_>) -> Result<Option<Arc<Files>>, Failure> {
    let Some(path) = given.config else { return Ok(given.isolated.then(Arc::default)) };
    let path = here.absolute(path);
    match Files::named(&path, here.folder(), &Outside::DISK) {
        Ok(files) => Ok(Some(Arc::new(files))),
        Err(error) => Err(Failure::Error(format!("--config {}: {error}", here.show(&path)))),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
