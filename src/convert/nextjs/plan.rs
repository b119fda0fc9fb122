//! Puts the plan together: the run stage from what the other modules decide, and the other files.

use super::app::{self, App};
use super::base;
use super::detect::Found;
use super::dockerignore;
use super::health;
use super::stage::{self, RunStage};
use super::steps;
use super::user::{self, User};
use super::variables;
use super::{named_files, node_options, owners};
use crate::convert::plan::{Line, Plan, as_word, expose, keyword_case};
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at};
use crate::convert::{Choice, Note};
use crate::syntax::instruction::from;
use crate::syntax::{Instruction, Keyword};

/// Names for the run stage; the first that the user's stage doesn't have is taken.
const RUNNER: [&str; 2] = ["runner", "production"];

/// Names for the stage of the migrations.
const MIGRATOR: [&str; 2] = ["migrator", "migrations"];

pub(super) fn plan<'a>(found: &Found<'a>) -> Result<Plan<'a>, Stop> {
    let App { standalone, public, mut extra, mut notes } = app::read(found)?;
    node_options::check(found)?;
    let from_line = found.subject.instruction(found.stage.from).ok_or(Stop::NotMine)?;
    let keyword = keyword_case(found);
    let mut user = user::of(found)?;
    let mut steps = steps::plan(found, &user, &keyword)?;
    health::check(found, &mut notes)?;
    stage::init(found, &steps.runs)?;
    let mut variables = variables::plan(found, &keyword, &mut steps)?;
    if user.instruction.is_none()
        && let Some(name) = user.name.clone()
        && let Some(doubt) = user::doubt(found, variables.port, &steps.folders)
        && found.answers.ask(user::question(&name, &doubt)) == user::ROOT
    {
        user = User { name: None, owner: None, ..user };
        // What is made for the user is root's then.
        steps = steps::plan(found, &user, &keyword)?;
        variables = variables::plan(found, &keyword, &mut steps)?;
    }
    named_files::read(found, &standalone.dist, &steps.folders, &mut extra, &mut notes);
    let words = from(from_line).ok_or(Stop::NotMine)?;
    let builder = words.name.map_or_else(|| "builder".to_owned(), |name| name.text.to_string());
    // A later FROM that names a stage means the stage, in whatever case.
    if words.image.text.eq_ignore_ascii_case(&builder) {
        let message = format!(
            "The stage on line {} is named as the image that it begins with, so a second `FROM {}` would mean the \
             stage. Give the stage another name.",
            from_line.first_line, words.image.text
        );
        return Err(refused_at(NOT_YET, from_line, message));
    }
    let other = |names: [&'static str; 2]| {
        names.into_iter().find(|name| !builder.eq_ignore_ascii_case(name)).unwrap_or("final")
    };
    let (image, options) = run_image(found, from_line, &words.image.text, &steps, &mut notes);
    let reference = from_line.flags.iter().map(|flag| flag.span.of(found.source()).to_owned());
    let reference: Vec<String> = reference.chain([image]).collect();
    let as_word = as_word(&keyword(Keyword::From));
    let first = format!("{} {} {as_word} {}", keyword(Keyword::From), reference.join(" "), other(RUNNER));

    let stage = RunStage {
        found,
        user: &user,
        owns_root: owners::owns_root(found, &user)?,
        dist: &standalone.dist,
        public,
        extra: &extra,
        builder: &builder,
        keyword: &keyword,
    };
    let begin = stage.start(&mut steps);
    let mut groups: Vec<Vec<Line>> = Vec::new();
    if let Some(command) = begin.migrations {
        let from = format!("{} {builder} {as_word} {}", keyword(Keyword::From), other(MIGRATOR));
        groups.push(vec![Line::new(from), command]);
    }
    let mut head = vec![Line::new(first)];
    head.extend(stage.shell()?);
    let workdir = Line::new(format!("{} {}", keyword(Keyword::Workdir), found.root));
    let mut runs = std::mem::take(&mut steps.runs);
    if steps.before_workdir == 0 {
        head.push(workdir);
        groups.extend([head, variables.lines]);
    } else {
        let rest = runs.split_off(steps.before_workdir);
        groups.extend([head, variables.lines, runs, vec![workdir]]);
        runs = rest;
    }
    runs.extend(begin.installs);
    groups.push(runs);
    groups.push(stage.copies());
    groups.push(stage.settings(&variables.host, &mut steps));
    groups.push(begin.lines);
    groups.retain(|group| !group.is_empty());

    expose(found, variables.port, &mut notes);
    if let Some(name) = user.name.as_ref().filter(|_| user.instruction.is_none()) {
        notes.push(note(
            from_line,
            format!(
                "The app runs as the image's user `{name}` instead of root. What it writes besides .next must be a \
                 folder that this user owns."
            ),
        ));
    }
    if let Some(what) = found.entry.root.as_ref().filter(|_| user.instruction.is_none()) {
        notes.push(note(from_line, format!("The container still starts as root: {what} needs that.")));
    }
    if found.project.next_version.is_none() {
        notes.push(note(
            from_line,
            "Which version of Next.js is installed isn't known; 13 or later is supposed.",
        ));
    }
    notes.extend(found.base.notes.iter().cloned());
    let ignored =
        crate::convert::dockerignore::edit(found.view, dockerignore::wanted(found, &standalone.dist), &[]);
    let files = standalone.edit.into_iter().chain(ignored).collect();
    notes.extend(steps.notes);
    Ok(Plan {
        label: "The build becomes a stage of its own; the image takes only its output",
        subject: found.subject,
        stage: found.stage,
        build: found.build,
        has_name: words.name.is_some(),
        builder,
        fates: steps.fates,
        switch: standalone
            .by_environment
            .then(|| format!("{} NEXT_PRIVATE_STANDALONE=true", keyword(Keyword::Env))),
        run_stage: groups,
        files,
        notes,
        options,
    })
}

/// The image of the run stage: the user's own, or its slim variant where that was asked for; and the option to
/// ask for it, where nothing speaks against.
fn run_image(
    found: &Found<'_>,
    from_line: &Instruction,
    written: &str,
    steps: &steps::Steps,
    notes: &mut Vec<Note>,
) -> (String, Vec<(&'static str, Choice)>) {
    let libraries =
        ["@prisma/client", "prisma", "canvas", "puppeteer", "playwright", "better-sqlite3", "sqlite3"];
    let plain = steps.runs.is_empty()
        && found.entry.kept.is_empty()
        && found.subject.model.last_frame(found.stage).shell.is_none()
        && !found.subject.model.steps(found.stage).any(|(_, i)| i.keyword == Keyword::Healthcheck)
        && libraries.iter().all(|name| found.package.dependency(name).is_none());
    let Some(slim) = found.base.slim(written).filter(|_| plain) else {
        return (written.to_owned(), Vec::new());
    };
    if found.answers.given(base::RUN_BASE) == Some("slim") {
        notes.push(note(
            from_line,
            format!(
                "The run stage begins with {slim}, as you asked: the same system as {written} without compilers, \
                 headers, git and curl."
            ),
        ));
        return (slim, Vec::new());
    }
    notes.push(note(
        from_line,
        format!(
            "The run stage begins with {written}, as the build does. {slim} would be much smaller; ask for it (run-base=slim) \
             where the app needs none of the system's libraries."
        ),
    ));
    (written.to_owned(), vec![base::slim_option(&slim)])
}
