//! Puts the plan together: the run stage from what the other modules decide, and the other files.

use super::detect::Found;
use super::programs::Tool;
use super::start::Server;
use super::steps::{self, Steps};
use super::{environment, health, nginx, proxy, variables};
use crate::convert::ask::choice;
use crate::convert::instructions::drop_dead;
use crate::convert::plan::{Fate, Line, Plan, comments_of, exec, expose, keyword_case};
use crate::convert::refuse::{NOT_YET, Stop, note, refused_at, shown, warning};
use crate::convert::{Note, Question, dockerignore, official, places};
use crate::model;
use crate::syntax::image::ImageRef;
use crate::syntax::instruction::from;
use crate::syntax::{Instruction, InstructionId, Keyword};

/// The key of the question whom nginx runs as.
pub(super) const USER: &str = "user";

/// Names for the run stage; the first that the user's stage doesn't have is taken.
const RUNNER: [&str; 2] = ["runner", "production"];

pub(super) fn plan<'a>(found: &Found<'a>) -> Result<Plan<'a>, Stop> {
    let from_line = found.subject.instruction(found.stage.from).ok_or(Stop::NotMine)?;
    let keyword = keyword_case(found);
    let words = from(from_line).ok_or(Stop::NotMine)?;
    let builder = words.name.map_or_else(|| "builder".to_owned(), |name| name.text.to_string());
    let mut notes = found.output.notes.clone();
    let image = image(found, from_line, &words.image.text, &mut notes);
    // A later FROM that names a stage means the stage, in whatever case.
    if image.eq_ignore_ascii_case(&builder) {
        let message =
            format!("The stage on line {} is named as an image. Give it another name.", from_line.first_line);
        return Err(refused_at(NOT_YET, from_line, message));
    }
    let mut steps = steps::plan(found)?;
    let declared = variables::plan(found, &keyword, &mut steps)?;
    let as_root = user(found, &mut notes);

    let name = RUNNER.into_iter().find(|name| !builder.eq_ignore_ascii_case(name)).unwrap_or("final");
    let flags: String =
        from_line.flags.iter().map(|flag| format!(" {}", flag.span.of(found.source()))).collect();
    let as_word = if keyword(Keyword::From) == "from" { "as" } else { "AS" };
    let first = format!("{}{flags} {image} {as_word} {name}", keyword(Keyword::From));
    let settings_path = nginx::path(found)?;
    let copy = keyword(Keyword::Copy);
    let copies = vec![
        Line::new(format!("{copy} {settings_path} /etc/nginx/nginx.conf")),
        Line::new(format!("{copy} --from={builder} {} {}", found.output.folder, nginx::folder(found))),
    ];
    let mut groups = vec![vec![Line::new(first)], declared, copies];
    groups.push(settings(found, as_root, &keyword, &mut steps)?);
    groups.push(start(found, &keyword, &mut steps));
    groups.retain(|group| !group.is_empty());

    told(found, &mut notes);
    expose(found, Some(found.port.number), &mut notes);
    let dockerignore = dockerignore::edit(found.view, ignored(found), std::slice::from_ref(&settings_path));
    let files = nginx::file(found, &settings_path, as_root).into_iter().chain(dockerignore).collect();
    notes.extend(steps.notes);
    Ok(Plan {
        label: "The build becomes a stage of its own; the image takes only the files that it wrote",
        subject: found.subject,
        stage: found.stage,
        build: steps.end,
        has_name: words.name.is_some(),
        builder,
        fates: steps.fates,
        switch: None,
        run_stage: groups,
        files,
        notes,
        options: Vec::new(),
    })
}

/// The image of nginx, from where the user's own base is had.
fn image(found: &Found<'_>, from_line: &Instruction, written: &str, notes: &mut Vec<Note>) -> String {
    let expanded = match &found.stage.base {
        model::Base::Image { reference: Some(reference), .. } => reference,
        _ => written,
    };
    let name = ImageRef::parse(expanded, found.subject.tree().escape()).familiar_name();
    let image = official::beside(&name, nginx::IMAGE);
    let host = name.split_once('/').map(|(host, _)| host).filter(|host| host.contains(['.', ':']));
    if let Some(host) = host.filter(|host| image == nginx::IMAGE && *host != "docker.io") {
        let message = format!(
            "The run stage begins with {image} of Docker Hub, while the build begins with an image of {host}; name \
             your own copy of nginx where Docker Hub can't be reached."
        );
        notes.push(warning(from_line, message));
    }
    image
}

/// Whether nginx begins as root, as the image before did.
fn user(found: &Found<'_>, notes: &mut Vec<Note>) -> bool {
    let Some(from_line) = found.subject.instruction(found.stage.from) else { return false };
    let set = found.subject.model.last_frame(found.stage).user.and_then(|id| found.subject.instruction(id));
    let name = set.and_then(|set| set.args.first()).map(|word| &*word.text);
    match name.map(|name| name.split(':').next().unwrap_or(name)) {
        Some("root" | "0") => return true,
        Some(name) => {
            let set = set.unwrap_or(from_line);
            let message = format!(
                "nginx runs as the user `{}` of its image instead of `{name}`, which only the build stage has.",
                nginx::USER
            );
            notes.push(note(set, message));
            return false;
        }
        None => {}
    }
    let port = found.port.number;
    if port < 1024 {
        let question = Question {
            key: USER,
            message: format!(
                "The site is served by root now, on port {port}. Shall nginx run as the user `{}` of its image? Docker lets \
                 every user listen on such a port, but not every other runtime does.",
                nginx::USER
            ),
            choices: vec![
                choice(nginx::USER, format!("running as `{}`", nginx::USER)),
                choice("root", "still running as root"),
            ],
            default: Some("root"),
        };
        if found.answers.ask(question) == "root" {
            return true;
        }
    }
    let message =
        format!("nginx runs as the user `{}` of its image; before, root served the site.", nginx::USER);
    notes.push(note(from_line, message));
    false
}

/// USER and what else only describes the image.
fn settings(
    found: &Found<'_>,
    as_root: bool,
    keyword: &dyn Fn(Keyword) -> String,
    steps: &mut Steps,
) -> Result<Vec<Line>, Stop> {
    let mut lines = Vec::new();
    if !as_root {
        lines.push(Line::new(format!("{} {}", keyword(Keyword::User), nginx::USER)));
    }
    let moved = steps::moved(found, steps);
    if moved.iter().all(|(_, i)| i.keyword != Keyword::Expose) {
        // The image of nginx says 80.
        lines.push(Line::new(format!("{} {}", keyword(Keyword::Expose), found.port.number)));
    }
    for (id, instruction) in moved {
        let mut line = Line::moved(id, instruction, found.source());
        if instruction.keyword == Keyword::Healthcheck {
            let word = keyword(Keyword::Healthcheck);
            line.text = health::adapted(found, id, instruction, &word, &mut steps.notes)?;
        }
        lines.push(line);
    }
    Ok(lines)
}

/// CMD of nginx in the place of the user's own.
fn start(found: &Found<'_>, keyword: &dyn Fn(Keyword) -> String, steps: &mut Steps) -> Vec<Line> {
    let text = format!("{} {}", keyword(Keyword::Cmd), exec(&["nginx", "-g", "daemon off;"]));
    let own: Vec<InstructionId> =
        [found.instructions.entrypoint, found.instructions.cmd].into_iter().flatten().collect();
    for id in &own {
        let Some(instruction) = found.subject.instruction(*id) else { continue };
        let written = shown(instruction, found.source());
        let line = instruction.first_line;
        if own.last() == Some(id) {
            steps.fates.insert(*id, Fate::Move);
            let message =
                format!("`{written}` (line {line}) becomes `{text}`: nginx serves the built files.");
            steps.notes.push(note(instruction, message));
        } else {
            steps.fates.insert(*id, Fate::Gone);
            let comments = comments_of(found, instruction);
            let message =
                format!("`{written}` (line {line}) is left out: the image of nginx has its own.{comments}");
            steps.notes.push(note(instruction, message));
        }
    }
    drop_dead(found, &mut steps.fates, &mut steps.notes);
    vec![Line { comments_of: own.last().copied(), text }]
}

/// What a user of the image should know.
fn told(found: &Found<'_>, notes: &mut Vec<Note>) {
    let at = found.instructions.deciding().and_then(|id| found.subject.instruction(id));
    let Some(at) = at else { return };
    let (line, prefix) = (at.first_line, found.tool.prefix());
    if let Server::Dev(_) = found.start.server {
        let build = found.subject.instruction(found.build).map_or(0, |build| build.first_line);
        let message = format!(
            "Line {line} started the development server; the image now serves what line {build} builds. A variable {prefix}* \
             is written into the files when the image is built, and giving another to the container changes nothing."
        );
        notes.push(warning(at, message));
        unread(found, notes);
    }
    if found.port.by_variable {
        let message = format!(
            "The server took its port from PORT; nginx listens on {}, as its settings say, whatever PORT is when the \
             container starts.",
            found.port.number
        );
        notes.push(warning(at, message));
    }
    if let Some(argument) = found.port.argument.and_then(|id| found.subject.instruction(id)) {
        let message = format!(
            "nginx listens on {}, which PORT is by the ARG on line {}; a build that gives it another value must have that \
             in nginx.conf too.",
            found.port.number, argument.first_line
        );
        notes.push(warning(argument, message));
    }
    if let Some(proxy) = proxy::of(found) {
        let message = format!("nginx doesn't pass on the paths that {} names, as you chose.", proxy.what);
        notes.push(Note { warning: true, message, path: proxy.path, span: proxy.span });
    }
}

/// Tells of the `.env` files that the development server read for its mode, and the build doesn't.
fn unread(found: &Found<'_>, notes: &mut Vec<Note>) {
    let mode = found.start.options.mode.as_deref().unwrap_or("development");
    if mode == found.output.mode {
        return;
    }
    let build = found.subject.instruction(found.build).map_or(0, |build| build.first_line);
    let names = [format!(".env.{mode}"), format!(".env.{mode}.local")];
    for name in names.iter().filter(|name| found.project.env_files.contains(name)) {
        if !environment::lies(found, name, None) {
            continue;
        }
        let path = places::below(&found.project.folder, name);
        let message = format!(
            "The development server read {path}, and the build on line {build} doesn't: its mode is {}. What only that \
             file sets must stand in .env.{} too.",
            found.output.mode, found.output.mode
        );
        notes.push(Note { warning: true, message, path: found.view.absolute(&path), span: None });
    }
}

/// What .dockerignore must keep out: a path that tells whether a pattern is there already, and the pattern.
fn ignored(found: &Found<'_>) -> Vec<(String, String)> {
    let folder = &found.project.folder;
    let depth = if folder.is_empty() { "" } else { "**/" };
    let at = |name: &str| places::below(folder, name);
    let tool = match found.tool {
        Tool::Vite => "vite",
        Tool::ReactScripts => "react-scripts",
    };
    let mut wanted = vec![(at(&format!("node_modules/{tool}/package.json")), format!("{depth}node_modules"))];
    let output = found.output.folder.strip_prefix(&*found.app).unwrap_or_default().trim_start_matches('/');
    if !output.is_empty() {
        wanted.push((at(&format!("{output}/index.html")), at(output)));
    }
    if !found.uses_git() {
        wanted.push((".git/HEAD".into(), ".git".into()));
    }
    // Where such a file is there and read by the build, keeping it out would change what is built.
    let read = |name: &&String| name.ends_with(".local") && found.is_built_with(name);
    if found.project.env_files.iter().find(read).is_none() {
        wanted.push((at(".env.local"), format!("{depth}.env*.local")));
    }
    wanted
}
