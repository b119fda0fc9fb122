//! What runs again after a build of an earlier state.

use super::what_if::Consequences;
use super::{Args, find_target, note_undeclared};
use crate::cli::failure::{self, Failure};
use crate::cli::input::{self, ContextChoice, Input};
use crate::cli::paths::Here;
use crate::context::{Disk, Revision, Source, View};
use crate::features::chart;
use crate::layers::key::{self, Files, Keys, State};
use crate::layers::{Plan, Subject};
use crate::model::Model;
use crate::syntax::parse;
use std::path::Path;
use std::sync::Arc;

/// Compares the Dockerfile, context and arguments of `--before` with those of now.
pub fn find(
    args: &Args,
    here: &Here,
    now: &Subject<'_>,
    view: &View,
    file: &Path,
) -> Result<Consequences, Failure> {
    let input = input::read(here, file).map_err(|error| Failure::Error(format!("--before: {error}")))?;
    let choice = match &args.before_context {
        Some(folder) => ContextChoice::new(here, Some(folder), None).map_err(|failure| match failure {
            Failure::Error(said) => Failure::Error(said.replace("--context", "--before-context")),
            other => other,
        })?,
        None => ContextChoice {
            given: input.path.as_deref().and_then(Path::parent).map(Path::to_path_buf),
            ..ContextChoice::default()
        },
    };
    let Some(earlier) = choice.gather(&Disk, input.path.as_deref()) else {
        return Err(Failure::Error("the earlier build context can't be looked at".to_string()));
    };
    let model =
        Model::with_arguments(Arc::new(parse(Arc::clone(&input.source)).0), args.before_build_arg.clone());
    note_undeclared(&model, "--before-build-arg", &args.before_build_arg);
    let words = format!("After a build of {}", input.shown);
    compare(args, now, (view, &Disk), (&model, &earlier, &Disk), &input.shown, words)
}

/// Compares the Dockerfile and context as they stood at a revision of git with those of now. The arguments
/// are those of now.
pub fn since(
    args: &Args,
    now: &Subject<'_>,
    view: &View,
    input: &Input,
    revision: &str,
) -> Result<Consequences, Failure> {
    let (Some(root), Some(path)) = (&view.root, &input.path) else {
        return Err(Failure::Error("--since needs a Dockerfile that is a file".to_string()));
    };
    let stood = Revision::open(root, revision)
        .map_err(|error| Failure::Error(format!("--since {revision}: {error}")))?;
    if !stood.covers(path) {
        failure::note(&format!(
            "{} lies outside of the context's git repository; it is taken as unchanged",
            input.shown
        ));
    }
    for unknown in stood.unknown(root) {
        failure::note(&unknown);
    }
    let text = match stood.read(path) {
        Ok(file) => file.text,
        Err(error) if error.is_absent() => {
            return Err(Failure::Error(format!(
                "--since {revision}: there was no {} then, so nothing was built from it",
                input.shown
            )));
        }
        Err(error) => return Err(Failure::Error(format!("--since {revision}: {error}"))),
    };
    let choice = ContextChoice { given: Some(root.clone()), ..ContextChoice::default() };
    let Some(earlier) = choice.gather(&stood, Some(path)) else {
        return Err(Failure::Error("the earlier build context can't be looked at".to_string()));
    };
    let model = Model::with_given(Arc::new(parse(text).0), now.model.arguments().to_vec());
    let commit: String = stood.commit().chars().take(12).collect();
    let words = match commit.starts_with(revision) {
        true => format!("After a build of {commit}"),
        false => format!("After a build of {revision} ({commit})"),
    };
    compare(args, now, (view, &Disk), (&model, &earlier, &stood), &input.shown, words)
}

/// Compares two states key by key. Each context is read by the source that it was looked at with.
fn compare(
    args: &Args,
    now: &Subject<'_>,
    (view, disk): (&View, &dyn Source),
    (model, earlier, source): (&Model, &View, &dyn Source),
    shown: &str,
    after: String,
) -> Result<Consequences, Failure> {
    // An earlier file that has no such stage was built to its end.
    let target = match &args.target {
        Some(name) => match find_target(model, Some(name), shown) {
            Ok(stage) => Some(stage.index),
            Err(_) => {
                failure::note(&format!("{shown} has no stage {name}: it is compared as built to its end"));
                None
            }
        },
        None => None,
    };
    let read = |source: &dyn Source, model: &Model, view: &View, target: Option<usize>| {
        let contents = key::read(source, model, target, view);
        for problem in &contents.problems {
            failure::note(&format!("{problem}; it is taken as changed"));
        }
        if view.truncated {
            failure::note("not all files of the context were looked at, so what COPY takes may be missed");
        }
        contents
    };
    let (new, old) = (read(disk, now.model, view, now.plan.target()), read(source, model, earlier, target));
    let state =
        |model, target, view, contents| Keys::of(&State::new(model, target, Files::Read { view, contents }));
    let before = state(model, target, earlier, &old);
    let steps = state(now.model, now.plan.target(), view, &new).again(&before);
    let plan = Plan::new(model, target);
    let subject = Subject { model, plan: &plan, context: Some(earlier) };
    let drawn = chart(&subject, shown, &[]);
    let mut consequences = Consequences::new(after, steps);
    consequences.earlier = Some(drawn);
    Ok(consequences)
}
