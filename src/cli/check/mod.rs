//! `plimsoll check`: the faults of Dockerfiles.

pub mod find;
mod fix;
mod progress;
mod settings;
mod shells;

use super::changes::Changes;
use super::failure::{self, Failure, Outcome};
use super::input::{self, Builds, ContextChoice, Input};
use super::output::{self, FileReport, Format, Report};
use super::paths::Here;
use super::settings::{Chosen, Given};
use super::{ERROR, diff, print, rules, write};
use crate::context::{Disk, View, dockerfiles};
use crate::features::Snapshot;
use crate::rules::Severity;
use crate::settings::{FailLevel, Profile};
use find::Target;
use fix::Take;
use progress::Progress;
use shells::Shells;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(clap::Args)]
#[command(
    after_help = "Exit codes: 0 nothing at or above the fail level · 1 findings · 2 usage, I/O or internal \
                        error. A file that can't be read never hides the findings of the others."
)]
pub struct Args {
    /// Files, or folders that are searched for Dockerfile, Dockerfile.*, *.Dockerfile and Containerfile*,
    /// without what .gitignore names; `-` reads standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,

    /// Take what `-` reads for the file of this name
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<PathBuf>,

    /// How findings are printed [default: full]
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Mend what can be mended without changing what is built
    #[arg(long)]
    fix: bool,

    /// With --fix or --diff: take fixes that may change what is built, too
    #[arg(long)]
    unsafe_fixes: bool,

    /// Print the fixes as a diff instead of making them
    #[arg(long)]
    diff: bool,

    /// Report these rules only: names, or names that other tools have for them (DL3008, hadolint/DL3008)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,

    /// Don't report these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,

    /// Whose rules and severities: editor, hadolint (what hadolint says), buildkit (what its checks say),
    /// strict (everything) [default: editor]
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    profile: Option<Profile>,

    /// The folder that you build from (default: what a Compose or Bake file says, else the nearest one from the
    /// file's upward that has a package.json or a .dockerignore, else the file's own)
    #[arg(long, value_name = "DIR")]
    context: Option<PathBuf>,

    /// The least grave finding that makes the exit code 1: error, warning, info, hint or never [default:
    /// warning]
    #[arg(long, value_name = "LEVEL", value_parser = fail_level)]
    fail_level: Option<FailLevel>,

    /// Read settings from FILE instead of the nearest plimsoll.toml; a FILE in YAML is hadolint's
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,

    /// Read no settings file, neither ours nor hadolint's
    #[arg(long)]
    isolated: bool,

    /// Don't start ShellCheck
    #[arg(long)]
    no_shellcheck: bool,

    /// The value that an ARG is built with
    #[arg(long, value_name = "NAME=VALUE", value_parser = input::pair)]
    build_arg: Vec<(String, String)>,
}

/// Whether a finding of this severity makes the exit code 1.
fn fails(level: FailLevel, severity: Severity) -> bool {
    let least = match level {
        FailLevel::Error => Severity::Error,
        FailLevel::Warning => Severity::Warning,
        FailLevel::Info => Severity::Info,
        FailLevel::Hint => Severity::Hint,
        FailLevel::Never => return false,
    };
    severity >= least
}

fn fail_level(name: &str) -> Result<FailLevel, String> {
    FailLevel::parse(name).ok_or_else(|| {
        let known = FailLevel::ALL.map(FailLevel::as_str).join(", ");
        format!("there is no level {name}; there are {known}")
    })
}

fn profile(name: &str) -> Result<Profile, String> {
    Profile::parse(name).ok_or_else(|| {
        let known: Vec<&str> = Profile::ALL.into_iter().map(Profile::as_str).collect();
        format!("there is no profile {name}; there are {}", known.join(", "))
    })
}

/// Runs `plimsoll check`.
pub fn check(args: &Args) -> Outcome {
    if args.unsafe_fixes && !args.fix && !args.diff {
        return super::fail(
            "--unsafe-fixes says which fixes are taken; add --fix to make them, or --diff to see them",
        );
    }
    known_rules(args)?;
    let here = Here::find()?;
    let given = Given {
        arguments: settings::arguments(args),
        config: args.config.as_deref(),
        isolated: args.isolated,
        build_arguments: args.build_arg.clone(),
    };
    let chosen = Chosen::new(&here, given)?;
    let look = Look {
        context: ContextChoice::new(&here, args.context.as_deref(), Some(here.folder().to_path_buf()))?,
        here: &here,
        settings: &chosen,
        views: Mutex::default(),
        noted: Mutex::default(),
        shells: Shells::new(!args.no_shellcheck),
    };
    let format = args.format.unwrap_or_else(|| settings::format(&here, &chosen));
    let (targets, mut errors) = find::find(&here, &args.paths);
    if targets.is_empty() && errors.is_empty() {
        let places: Vec<String> = args.paths.iter().map(|path| here.show(path)).collect();
        failure::note(&format!("no Dockerfile was found in {}", places.join(", ")));
    }
    let stdin_name = args.stdin_filename.as_deref();
    let run = if args.fix || args.diff {
        mend(&look, &targets, stdin_name, args.unsafe_fixes, !args.diff)?
    } else {
        let files = each(&targets, |target| look.report(target, stdin_name));
        Run { files, diff: None, text: None }
    };
    errors.extend(run.files.iter().filter_map(|file| file.error.clone()));

    let report = Report { files: run.files };
    let failed = report
        .files
        .iter()
        .any(|file| file.diagnostics.iter().any(|found| fails(file.fail_level, found.severity)));
    chosen.warn();
    look.shells.warn();
    let printed = match (&run.diff, &run.text) {
        (Some(text), _) => diff::print(text),
        (None, Some(text)) => {
            eprint_findings(format, &report, &here);
            print::plain(text)
        }
        (None, None) => output::print(format, &report, &here),
    };
    for error in &errors {
        failure::error(error);
    }
    printed?;
    Ok(match (errors.is_empty(), failed) {
        (false, _) => ExitCode::from(ERROR),
        (true, true) => ExitCode::from(1),
        (true, false) => ExitCode::SUCCESS,
    })
}

/// What isn't the name of a rule selects nothing, which nobody can mean. That it is to be ignored is no
/// fault: people bring the lists that they have for other tools.
fn known_rules(args: &Args) -> Result<(), Failure> {
    let known = |name: &String| crate::rules::all().iter().any(|rule| rule.is_called(name));
    if let Some(name) = args.select.iter().find(|name| !known(name)) {
        return super::fail(format!("--select: {}", rules::unknown(name)));
    }
    for name in args.ignore.iter().filter(|name| !known(name)) {
        failure::note(&format!("--ignore: {}", rules::unknown(name)));
    }
    Ok(())
}

/// Where standard output holds the mended text, findings go to standard error.
fn eprint_findings(format: Format, report: &Report, here: &Here) {
    use std::io::Write;
    let text = output::render(format, report, here);
    let _ = anstream::stderr().write_all(text.as_bytes());
}

struct Run {
    files: Vec<FileReport>,
    /// What `--diff` prints.
    diff: Option<String>,
    /// The mended text of standard input, which `--fix` prints.
    text: Option<String>,
}

/// How files are looked at.
pub struct Look<'a> {
    here: &'a Here,
    settings: &'a Chosen<'a>,
    context: ContextChoice,
    /// Views of the build context, by the Dockerfile's folder.
    views: Mutex<HashMap<PathBuf, Arc<View>>>,
    /// What was noted of files that say how Dockerfiles are built.
    noted: Mutex<HashSet<String>>,
    shells: Shells,
}

impl Look<'_> {
    fn read(&self, target: &Target, stdin_name: Option<&Path>) -> Result<Input, String> {
        match target {
            Target::Stdin => input::read_stdin(self.here, stdin_name),
            Target::File(path) => input::read(self.here, path),
        }
    }

    fn shown(&self, target: &Target, stdin_name: Option<&Path>) -> String {
        match (target, stdin_name) {
            (Target::File(path), _) => self.here.show(path),
            (Target::Stdin, Some(name)) => self.here.show(name),
            (Target::Stdin, None) => "-".to_string(),
        }
    }

    fn report(&self, target: &Target, stdin_name: Option<&Path>) -> FileReport {
        // A file that makes a rule panic doesn't hide the others; the hook has told of it.
        let report = catch_unwind(AssertUnwindSafe(|| Ok(self.report_of(self.read(target, stdin_name)?))));
        let shown = || self.shown(target, stdin_name);
        match report {
            Ok(Ok(report)) => report,
            Ok(Err(error)) => FileReport::failed(shown(), error),
            Err(_) => FileReport::failed(shown(), format!("{} could not be checked", shown())),
        }
    }

    fn report_of(&self, input: Input) -> FileReport {
        let path = input.path.as_deref();
        let snapshot = Snapshot::new(input.source, self.view(path), self.settings.of(path));
        FileReport::new(input.shown, &self.shells.checked(snapshot))
    }

    /// Which context the Dockerfile at `path` is looked at with: what the command line says, else its settings.
    fn context(&self, path: Option<&Path>) -> ContextChoice {
        let settings = self.settings.of(path);
        // What the command line names is built without a Compose or Bake file; and what other tools would say
        // hangs on none.
        let of_others = matches!(settings.profile, Profile::Hadolint | Profile::Buildkit);
        let builds = (self.context.given.is_none() && !of_others)
            .then(|| Builds { wanted: None, within: Some(self.here.folder().to_path_buf()) });
        ContextChoice { builds, ..self.context.clone() }.or_set(&settings)
    }

    /// The build context of the Dockerfile at `path`, looked at once for all Dockerfiles of a folder that
    /// have no .dockerignore of their own.
    fn view(&self, path: Option<&Path>) -> Option<Arc<View>> {
        let own = path.is_some_and(|path| {
            let mut name = path.as_os_str().to_os_string();
            name.push(".dockerignore");
            Path::new(&name).exists()
        });
        if own {
            let view = self.context(path).gather(&Disk, path).map(Arc::new);
            view.iter().for_each(|view| self.note(view));
            return view;
        }
        let folder = path.and_then(Path::parent).unwrap_or(self.here.folder()).to_path_buf();
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = views.get(&folder) {
            return Some(Arc::clone(view));
        }
        let view = Arc::new(self.context(path).gather(&Disk, path)?);
        self.note(&view);
        // Which of the builds of a Compose or Bake file it is, is each Dockerfile's own.
        if !view.builds.has_files() {
            views.insert(folder, Arc::clone(&view));
        }
        Some(view)
    }

    /// Says what is not known of the files that say how Dockerfiles are built, each once.
    fn note(&self, view: &View) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        for note in &view.builds.notes {
            if noted.insert(note.clone()) {
                failure::note(note);
            }
        }
    }

    /// A snapshot of `text` in a context as it is after `changes`.
    fn snapshot(&self, input: &Input, text: &Arc<str>, changes: &Changes) -> Snapshot {
        let path = input.path.as_deref();
        let view = match changes.files().any(|(path, _)| !is_target(path)) {
            true => self.context(path).gather(&changes.over_disk(), path).map(Arc::new),
            // What a Dockerfile says is no part of its context that a rule asks for.
            false => self.view(path),
        };
        self.shells.checked(Snapshot::new(Arc::clone(text), view, self.settings.of(path)))
    }
}

/// Whether a changed file is a Dockerfile, going by its name.
fn is_target(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(dockerfiles::is_dockerfile)
}

/// Does `work` for every target, on all cores; the results are in the order of the targets.
fn each(targets: &[Target], work: impl Fn(&Target) -> FileReport + Sync) -> Vec<FileReport> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let progress = Progress::new(targets.len());
    let run = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(target) = targets.get(at) else { return done };
            done.push((at, work(target)));
            progress.step();
        }
    };
    let mut done = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..cores.min(targets.len())).map(|_| scope.spawn(run)).collect();
        let mut done = run();
        for helper in helpers {
            // `work` catches its own panics.
            done.extend(helper.join().unwrap_or_default());
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, report)| report).collect()
}

/// Takes the fixes of every file, one file after the other: two Dockerfiles may change the same
/// .dockerignore. Writes them, or collects the diff.
fn mend(
    look: &Look<'_>,
    targets: &[Target],
    stdin_name: Option<&Path>,
    unsafe_ones: bool,
    write: bool,
) -> Result<Run, Failure> {
    let show = |path: &Path| look.here.show(path);
    let mut run = Run { files: Vec::new(), diff: None, text: None };
    let (mut diffs, mut mended) = (String::new(), 0);
    // What the diff tells already; with --fix it is on the disk.
    let mut told = Changes::default();
    for target in targets {
        let is_stdin = *target == Target::Stdin;
        let mut changes = told.clone();
        let result = look.read(target, stdin_name).and_then(|input| {
            let place = input.path.clone().unwrap_or_else(|| look.here.folder().join("Dockerfile"));
            // What is read from a pipe is written to one: other files aren't touched.
            let take = Take { unsafe_ones, other_files: !is_stdin };
            let fixed = fix::fix(look, &input, &place, take, &mut changes)?;
            Ok((input, fixed))
        });
        let (input, fixed) = match result {
            Ok(result) => result,
            Err(error) => {
                run.files.push(FileReport::failed(look.shown(target, stdin_name), error));
                continue;
            }
        };
        let after = fixed.snapshot.source();
        let written = match (write, is_stdin) {
            (true, true) => {
                run.text = Some(after.to_string());
                Ok(())
            }
            (true, false) => {
                let written = write::write_all(&changes, &show);
                if changes.files().any(|(path, _)| !is_target(path)) {
                    look.views.lock().unwrap_or_else(PoisonError::into_inner).clear();
                }
                written
            }
            (false, true) => {
                let name = if input.path.is_some() { &input.shown } else { "Dockerfile" };
                diffs.push_str(&diff::unified(name, Some(&input.source), after));
                Ok(())
            }
            (false, false) => {
                told = changes;
                Ok(())
            }
        };
        // What is only shown as a diff is still there.
        let mut report = match write && written.is_ok() {
            true => FileReport::new(input.shown, &fixed.snapshot),
            false => look.report_of(input),
        };
        match written {
            Ok(()) => mended += fixed.mended,
            Err(error) => report.error = Some(error),
        }
        run.files.push(report);
    }
    for (path, changed) in told.files() {
        diffs.push_str(&diff::unified(&show(path), changed.before.as_deref(), &changed.after));
    }
    let faults = crate::text::count(mended, "fault");
    match (mended, write) {
        (0, _) => {}
        (_, true) => failure::note(&format!("mended {faults}")),
        (_, false) => failure::note(&format!("this would mend {faults}; nothing was written")),
    }
    run.diff = (!write).then_some(diffs);
    Ok(run)
}
