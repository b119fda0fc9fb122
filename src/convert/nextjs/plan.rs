//! The decision, as a value: which lines stay, which move, and what the run stage is made of.

use super::app::{self, App, Public};
use super::detect::Found;
use super::dockerignore;
use super::health;
use super::refuse::{NOT_YET, Stop, note, refused_at, shown, warning};
use super::start::Instructions;
use super::steps::{self, Fate};
use super::user::{self, User};
use super::variables;
use crate::convert::Note;
use crate::layers::Subject;
use crate::model::Stage;
use crate::syntax::instruction::from;
use crate::syntax::{Instruction, InstructionId, Item, Keyword};
use crate::text::{FileEdit, Span};
use std::collections::BTreeMap;

/// One instruction of the run stage.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The instruction whose comments stand above it.
    pub comments_of: Option<InstructionId>,
    /// Without a line break at its end.
    pub text: String,
}

impl Line {
    pub fn new(text: impl Into<String>) -> Self {
        Self { comments_of: None, text: text.into() }
    }

    /// The instruction as it is written, with its comments.
    pub fn moved(id: InstructionId, instruction: &Instruction, source: &str) -> Self {
        Self { comments_of: Some(id), text: instruction.span.of(source).to_owned() }
    }
}

/// How one Dockerfile is converted.
pub(super) struct Plan<'a> {
    pub subject: Subject<'a>,
    pub stage: &'a Stage,
    pub build: InstructionId,
    /// The name of the build stage, and whether the user gave it.
    pub builder: String,
    pub has_name: bool,
    /// The instructions that leave the build stage.
    pub fates: BTreeMap<InstructionId, Fate>,
    /// The run stage, in groups with a blank line between.
    pub run_stage: Vec<Vec<Line>>,
    pub files: Vec<FileEdit>,
    pub notes: Vec<Note>,
}

/// Names for the run stage; the first that the user's stage doesn't have is taken.
const RUNNER: [&str; 2] = ["runner", "production"];

pub(super) fn plan<'a>(found: &Found<'a>, answers: &[(String, String)]) -> Result<Plan<'a>, Stop> {
    user::known_base(found)?;
    let App { dist, public, extra, config, mut notes } = app::read(found)?;
    let from_line = found.subject.instruction(found.stage.from).ok_or(Stop::NotNextjs)?;
    let keyword = keyword_case(from_line, found.source());
    let mut user = user::of(found)?;
    let mut steps = steps::plan(found, &user, &keyword)?;
    health::check(found, &mut notes)?;
    init(found, &steps.runs)?;
    let variables = variables::plan(found, &keyword, &mut steps)?;
    let asks = user.instruction.is_none().then(|| user::doubt(found, variables.port)).flatten();
    if let Some(doubt) = asks {
        match answers.iter().rev().find(|(key, _)| key == user::KEY).map(|(_, value)| value.as_str()) {
            Some("node") => {}
            Some("root") => user = User { name: None, owner: None, ..user },
            _ => return Err(Stop::Question(vec![user::question(&doubt)])),
        }
    }
    let words = from(from_line).ok_or(Stop::NotNextjs)?;
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
    let runner = RUNNER.into_iter().find(|name| !builder.eq_ignore_ascii_case(name)).unwrap_or("final");
    let reference = from_line.flags.iter().map(|flag| flag.span.of(found.source()).to_owned());
    let reference: Vec<String> = reference.chain([words.image.text.to_string()]).collect();
    let first = format!(
        "{} {} {} {runner}",
        keyword(Keyword::From),
        reference.join(" "),
        as_word(from_line, found.source())
    );

    let mut stage: Vec<Vec<Line>> = vec![vec![Line::new(first)]];
    stage[0].extend(shell(found, &keyword)?);
    stage[0].push(Line::new(format!("{} {}", keyword(Keyword::Workdir), found.app)));
    stage.push(variables.lines);
    stage.push(std::mem::take(&mut steps.runs));
    stage.push(copies(found, &user, &dist, public, &extra, &builder, &keyword));
    stage.push(settings(found, &user, &variables.host, &keyword, &mut steps));
    stage.push(start(found, &keyword, &mut steps));
    stage.retain(|group| !group.is_empty());

    expose(found, variables.port, &mut notes);
    if user.instruction.is_none() && user.name.is_some() {
        notes.push(note(
            from_line,
            "The app runs as the image's user `node` instead of root. What it writes besides .next must be a \
             folder that this user owns.",
        ));
    }
    if found.project.next_version.is_none() {
        notes.push(note(
            from_line,
            "Which version of Next.js is installed isn't known; 13 or later is supposed.",
        ));
    }
    let files = config.into_iter().chain(dockerignore::edit(found, &dist)).collect();
    notes.extend(steps.notes);
    Ok(Plan {
        subject: found.subject,
        stage: found.stage,
        build: found.build,
        has_name: words.name.is_some(),
        builder,
        fates: steps.fates,
        run_stage: stage,
        files,
        notes,
    })
}

/// Writes keywords as the file's FROM is written: `from` or `FROM`.
fn keyword_case(from: &Instruction, source: &str) -> impl Fn(Keyword) -> String + use<> {
    let lower = from.keyword_span.of(source) == "from";
    move |keyword| if lower { keyword.as_str().to_lowercase() } else { keyword.as_str().to_owned() }
}

/// `AS` in the case of the file's FROM, which BuildKit's FromAsCasing wants alike.
pub(super) fn as_word(from: &Instruction, source: &str) -> &'static str {
    if from.keyword_span.of(source) == "from" { "as" } else { "AS" }
}

/// The init process in front of the app must be installed in the run stage too.
fn init(found: &Found<'_>, runs: &[Line]) -> Result<(), Stop> {
    let Some(program) = found.start.init.first() else { return Ok(()) };
    let name = program.rsplit('/').next().unwrap_or(program);
    if runs.iter().any(|line| line.text.split_whitespace().any(|word| word == name)) {
        return Ok(());
    }
    let at = found.instructions.entrypoint.or(found.instructions.cmd);
    let at = at.and_then(|id| found.subject.instruction(id)).ok_or(Stop::NotNextjs)?;
    let message = format!(
        "Line {} starts through {name}, but no apk or apt-get of the file installs it.",
        at.first_line
    );
    Err(refused_at(NOT_YET, at, message))
}

/// SHELL goes along, since what stands in shell form means it.
fn shell(found: &Found<'_>, keyword: &dyn Fn(Keyword) -> String) -> Result<Option<Line>, Stop> {
    let Some(id) = found.subject.model.last_frame(found.stage).shell else { return Ok(None) };
    let Some(instruction) = found.subject.instruction(id) else { return Ok(None) };
    let program = instruction.args.first().map(|word| &*word.text).unwrap_or_default();
    let program = program.rsplit('/').next().unwrap_or(program);
    let from = found.subject.instruction(found.stage.from).map(|from| from.rest_span().of(found.source()));
    let has_bash = from.is_some_and(|from| !from.contains("alpine") && !from.contains('$'));
    if !(matches!(program, "sh" | "ash") || program == "bash" && has_bash) {
        let message = format!(
            "SHELL on line {} sets {program}, which the base image of the run stage may not have.",
            instruction.first_line
        );
        return Err(refused_at(NOT_YET, instruction, message));
    }
    let text = instruction.rest_splice(found.source()).text(found.source()).trim().to_owned();
    Ok(Some(Line::new(format!("{} {text}", keyword(Keyword::Shell)))))
}

fn copies(
    found: &Found<'_>,
    user: &User,
    dist: &str,
    public: Public,
    extra: &[String],
    builder: &str,
    keyword: &dyn Fn(Keyword) -> String,
) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(owner) = &user.owner {
        let parents = if dist.contains('/') { "-p " } else { "" };
        lines.push(format!("{} mkdir {parents}{dist} && chown {owner} {dist}", keyword(Keyword::Run)));
    }
    let owner = user.owner.as_ref().map(|owner| format!(" --chown={owner}")).unwrap_or_default();
    let copy = format!("{} --from={builder}{owner}", keyword(Keyword::Copy));
    let app = &found.app;
    match public {
        Public::There => lines.push(format!("{copy} {app}/public ./public")),
        // BuildKit lets a pattern match nothing, where a plain path must be there.
        Public::Perhaps => lines.push(format!("{copy} {app}/publi[c] ./public")),
        Public::Missing => {}
    }
    lines.push(format!("{copy} {app}/{dist}/standalone ./"));
    lines.push(format!("{copy} {app}/{dist}/static ./{dist}/static"));
    lines.extend(extra.iter().map(|name| format!("{copy} {app}/{name} ./{name}")));
    lines.into_iter().map(Line::new).collect()
}

/// USER and what else only describes the image.
fn settings(
    found: &Found<'_>,
    user: &User,
    host: &str,
    keyword: &dyn Fn(Keyword) -> String,
    steps: &mut steps::Steps,
) -> Vec<Line> {
    let source = found.source();
    let mut lines = Vec::new();
    let mut own = None;
    for (id, instruction) in found.subject.model.steps(found.stage) {
        if instruction.keyword == Keyword::User && id > found.build {
            if Some(id) == user.instruction {
                steps.fates.insert(id, Fate::Move);
                own = Some(Line::moved(id, instruction, source));
            } else {
                steps.fates.insert(id, Fate::Gone);
                let text = shown(instruction, source);
                let comments = comments_of(found, instruction);
                let line = instruction.first_line;
                let message = format!(
                    "`{text}` (line {line}) is left out: nothing of the run stage stands behind it.{comments}"
                );
                steps.notes.push(note(instruction, message));
            }
        }
    }
    match (&own, &user.name) {
        (Some(own), _) => lines.push(own.clone()),
        (None, Some(name)) => lines.push(Line::new(format!("{} {name}", keyword(Keyword::User)))),
        (None, None) => {}
    }
    let moved: Vec<(InstructionId, &Instruction)> = found
        .subject
        .model
        .steps(found.stage)
        .filter(|(id, i)| {
            steps.fates.get(id) == Some(&Fate::Move)
                && !matches!(i.keyword, Keyword::User | Keyword::Env | Keyword::Arg | Keyword::Run)
        })
        .collect();
    for (id, instruction) in moved {
        let mut line = Line::moved(id, instruction, source);
        if instruction.keyword == Keyword::Healthcheck {
            // Only `::` is reached by both of the addresses that localhost may stand for.
            if let Some(text) = health::without_localhost(&line.text).filter(|_| host != "::") {
                line.text = text;
                steps.notes.push(note(
                    instruction,
                    format!(
                        "The health check on line {} asks 127.0.0.1 instead of localhost: the standalone server \
                         listens on IPv4 only, and localhost may be tried as ::1 first.",
                        instruction.first_line
                    ),
                ));
            }
        }
        lines.push(line);
    }
    lines
}

/// CMD and ENTRYPOINT of the standalone server, each in the place of the user's own.
fn start(found: &Found<'_>, keyword: &dyn Fn(Keyword) -> String, steps: &mut steps::Steps) -> Vec<Line> {
    let Instructions { entrypoint, cmd, dead } = &found.instructions;
    let source = found.source();
    let words: Vec<&str> = found.start.init.iter().map(String::as_str).chain(["node", "server.js"]).collect();
    let exec = |words: &[&str]| {
        let quoted: Vec<String> =
            words.iter().map(|word| serde_json::Value::from(*word).to_string()).collect();
        format!("[{}]", quoted.join(", "))
    };
    let parts: Vec<(InstructionId, Keyword, String)> = match (entrypoint, cmd) {
        // What a user of the image can override stays the same: the words behind the program.
        (Some(entrypoint), Some(cmd)) => {
            let (program, arguments) = words.split_at(words.len() - 1);
            vec![(*entrypoint, Keyword::Entrypoint, exec(program)), (*cmd, Keyword::Cmd, exec(arguments))]
        }
        (Some(id), None) => vec![(*id, Keyword::Entrypoint, exec(&words))],
        (None, Some(id)) => vec![(*id, Keyword::Cmd, exec(&words))],
        (None, None) => Vec::new(),
    };
    let mut lines = Vec::new();
    for (id, kind, text) in parts {
        let Some(instruction) = found.subject.instruction(id) else { continue };
        let text = format!("{} {text}", keyword(kind));
        steps.fates.insert(id, Fate::Move);
        if instruction.span.of(source) != text {
            steps.notes.push(note(
                instruction,
                format!(
                    "`{}` becomes `{text}`: the standalone output brings its own server.",
                    shown(instruction, source)
                ),
            ));
        }
        lines.push(Line { comments_of: Some(id), text });
    }
    for id in dead {
        let Some(instruction) = found.subject.instruction(*id) else { continue };
        steps.fates.insert(*id, Fate::Gone);
        let (text, line, comments) =
            (shown(instruction, source), instruction.first_line, comments_of(found, instruction));
        steps.notes.push(note(
            instruction,
            format!("`{text}` (line {line}) is left out: a later instruction takes its place, so it never had an effect.{comments}"),
        ));
    }
    lines
}

/// Tells of a port that is exposed but not the one the app listens on.
fn expose(found: &Found<'_>, port: Option<u32>, notes: &mut Vec<Note>) {
    let Some(port) = port else { return };
    for (_, instruction) in
        found.subject.model.steps(found.stage).filter(|(_, i)| i.keyword == Keyword::Expose)
    {
        let ports: Vec<Option<u32>> =
            instruction.args.iter().map(|word| word.text.split('/').next()?.parse().ok()).collect();
        if !ports.is_empty() && ports.iter().all(|known| known.is_some_and(|known| known != port)) {
            let line = instruction.first_line;
            let text = format!(
                "EXPOSE on line {line} names another port than {port}, on which the app listens; it stays as it is."
            );
            notes.push(warning(instruction, text));
        }
    }
}

/// The comments above an instruction that leaves, as the end of a note; empty where there are none.
pub(super) fn comments_of(found: &Found<'_>, instruction: &Instruction) -> String {
    let spans = comment_spans(&found.subject, found.build, instruction);
    if spans.is_empty() {
        return String::new();
    }
    let texts: Vec<&str> = spans.iter().map(|span| span.of(found.source()).trim_end()).collect();
    format!(" Its comment: {}", texts.join(" "))
}

/// The comments that belong to an instruction: those directly above it; behind the build, where everything
/// leaves, all since the instruction before.
pub(super) fn comment_spans(
    subject: &Subject<'_>,
    build: InstructionId,
    instruction: &Instruction,
) -> Vec<Span> {
    let tree = subject.tree();
    let built = subject.instruction(build).map_or(0, |build| build.span.end);
    if instruction.span.start < built {
        return tree.comments_above(instruction).iter().map(|comment| comment.span).collect();
    }
    let before = tree.items().iter().take_while(|item| item.span().start < instruction.span.start);
    let mut spans: Vec<Span> = Vec::new();
    for item in before {
        match item {
            Item::Comment(comment) => spans.push(comment.span),
            _ => spans.clear(),
        }
    }
    spans
}
