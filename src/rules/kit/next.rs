//! What a Dockerfile does with a Next.js app: where it is built, what the image takes of it, what is started.
//!
//! What goes wrong with such images and still isn't reported, since it can't be seen from here:
//! - a database or API that the build needs and that is there at run time only: nothing in the files says so;
//! - `cp -r public …/public` that nests the folder: that hangs on whether the target is there by then;
//! - a `.env` kept out by .dockerignore that the app needs: whether the container is given its values isn't known;
//! - engines of Prisma for two systems: `binaryTargets` of the schema isn't read.
//!
//! Facts of the standalone output are those of Next.js' own docs (`next-config-js/output.mdx`) and of the
//! `server.js` that versions 13.5 to 16 write.

use super::node::{self, context_copies};
use crate::context::next_config::{Output, Setting};
use crate::context::{NextStart, PackageJson, Project, StartKind};
use crate::model::{self, Stage, resolve};
use crate::rules::{Cmd, Input, Site};
use crate::shell::packages::Verb;
use crate::shell::{next, unwrap};
use crate::syntax::instruction::{Copy, Origin, copy};
use crate::syntax::{Keyword, Word};
use crate::text::Span;

/// A Next.js app and its image.
pub struct App<'a> {
    /// The stage that is built where none is named.
    pub target: &'a Stage,
    /// The app's project; None where the context isn't known, or doesn't say which one it is.
    pub project: Option<&'a Project>,
    /// The last RUN that builds the app.
    pub build: Option<Build<'a>>,
    /// The COPY that takes the standalone output into the image.
    pub standalone: Option<Standalone<'a>>,
    pub start: Option<Start<'a>>,
}

/// The build of the app.
pub struct Build<'a> {
    pub stage: &'a Stage,
    pub site: Site<'a>,
    /// The command that builds.
    pub span: Span,
    /// The app's folder, absolute; None where it isn't known.
    pub folder: Option<String>,
}

/// A COPY of the standalone output.
pub struct Standalone<'a> {
    pub site: Site<'a>,
    pub word: &'a Word,
    /// The stage that it comes from; None where it is the context or an image.
    pub stage: Option<&'a Stage>,
    /// The app's folder there, absolute.
    pub app: String,
    /// The folder of the build: `.next`.
    pub dist: String,
    /// What stands behind `standalone`: a folder of it.
    pub below: String,
    pub destination: &'a Word,
    /// Where it goes, absolute.
    pub to: String,
}

/// What the container starts.
pub struct Start<'a> {
    /// The CMD or ENTRYPOINT that names it.
    pub site: Site<'a>,
    /// The command.
    pub span: Span,
    pub kind: Kind,
    /// Something that isn't read goes first: a script as ENTRYPOINT, which may set variables or do more.
    pub opaque: bool,
}

pub enum Kind {
    /// A JavaScript file by `node` or `bun`; its absolute path.
    Server(String),
    NextStart(NextStart),
    NextDev,
    Other,
}

impl<'a> App<'a> {
    /// None where the file has nothing to do with Next.js.
    pub fn read(input: &Input<'a>) -> Option<Self> {
        let target = input.model().target().filter(|target| !target.windows)?;
        let projects = || input.context().into_iter().flat_map(|view| &view.projects);
        let of_next = || projects().filter(|project| project.uses_next());
        if of_next().next().is_none() && !input.source().contains("next") {
            return None;
        }
        let build = Build::read(input);
        let own = |stage| node::project(input, stage).filter(|project| project.uses_next());
        let only = || of_next().next().filter(|_| of_next().count() == 1).map(|project| &**project);
        let project = build.as_ref().and_then(|build| own(build.stage)).or_else(only);
        let package = project.and_then(Project::package);
        let standalone = Standalone::read(input, target, project);
        let start = Start::read(input, target, package);
        Some(App { target, project, build, standalone, start })
    }

    pub fn package(&self) -> Option<&'a PackageJson> {
        self.project.and_then(Project::package)
    }

    /// Whether the build writes a standalone output; None where that isn't known.
    pub fn writes_standalone(&self, input: &Input<'_>) -> Option<bool> {
        let project = self.project?;
        let steps = input.model().stages().iter().flat_map(|stage| input.steps(stage));
        let mut runs = steps.filter(|site| site.instruction.keyword == Keyword::Run);
        // The build may write the file itself, or set the variable by which Next.js itself turns it on.
        let odd = runs.any(|run| run.instruction.span.of(input.source()).contains("next.config"));
        if odd || input.source().contains("NEXT_PRIVATE_STANDALONE") {
            return None;
        }
        match &project.next_config {
            None => Some(false),
            Some(Err(_)) => None,
            Some(Ok(config)) if config.content.experimental_standalone => Some(true),
            Some(Ok(config)) => match &config.content.output {
                Output::Standalone { .. } => Some(true),
                Output::Absent | Output::Export { .. } | Output::OtherLiteral { .. } => Some(false),
                Output::Expression { .. } | Output::Unknown { .. } => None,
            },
        }
    }

    /// The standalone output with its server as what is started.
    pub fn server(&self) -> Option<(&Standalone<'a>, &Start<'a>, &str)> {
        let (standalone, start) = (self.standalone.as_ref()?, self.start.as_ref()?);
        match &start.kind {
            Kind::Server(path) if path.ends_with("/server.js") => Some((standalone, start, path)),
            _ => None,
        }
    }

    /// Whether Next.js is known to be older than `major`.`minor`.
    pub fn is_older(&self, major: u32, minor: u32) -> bool {
        let version = self.project.and_then(|project| project.next_version.as_ref());
        version.is_some_and(|version| {
            version.major < major
                || (version.major == major && version.minor.is_some_and(|known| known < minor))
        })
    }

    /// The port on which the app listens; None where that isn't known.
    pub fn port(&self, input: &Input<'a>) -> Option<String> {
        let start = self.start.as_ref().filter(|start| !start.opaque)?;
        let text = start.site.instruction.span.of(input.source());
        let settings = match &start.kind {
            Kind::NextStart(settings) => Some(settings),
            Kind::Server(_) if self.server().is_some() && !text.contains("PORT") => None,
            _ => return None,
        };
        let digits = |text: &str| {
            let sound = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
            sound.then(|| text.to_owned())
        };
        if let Some(port) = settings.and_then(|settings| settings.port.as_deref()) {
            return digits(port);
        }
        let own = settings.and_then(|settings| settings.env.iter().find(|(name, _)| name == "PORT"));
        if let Some((_, port)) = own {
            return digits(port);
        }
        if text.contains("PORT") {
            return None;
        }
        match environment(input, self.target, "PORT") {
            Some(value) => digits(value?),
            None => Some("3000".to_owned()),
        }
    }

    /// Each COPY and ADD of the image, but the one that takes the standalone output.
    pub fn copies(&self, input: &Input<'a>) -> Vec<(Site<'a>, Copy<'a>)> {
        let standalone = self.standalone.as_ref().map(|standalone| standalone.site.id);
        let stages = input.model().with_bases(self.target);
        let steps = stages.flat_map(|stage| input.steps(stage));
        let copies = steps.filter(|site| matches!(site.instruction.keyword, Keyword::Copy | Keyword::Add));
        copies
            .filter(|site| Some(site.id) != standalone)
            .filter_map(|site| Some((site, copy(site.instruction)?)))
            .collect()
    }

    /// Whether a RUN, or a script of package.json, says `word`: what it does with that isn't followed.
    pub fn mentions(&self, input: &Input<'_>, word: &str) -> bool {
        let steps = input.model().stages().iter().flat_map(|stage| input.steps(stage));
        let mut runs = steps.filter(|site| site.instruction.keyword == Keyword::Run);
        let scripts = self.package().map_or(&[][..], |package| &package.scripts);
        scripts.iter().any(|(_, line)| line.contains(word))
            || runs.any(|run| run.instruction.span.of(input.source()).contains(word))
    }
}

impl<'a> Build<'a> {
    fn read(input: &Input<'a>) -> Option<Self> {
        let mut found = None;
        for stage in input.model().stages().iter().filter(|stage| stage.used) {
            let package = node::project(input, stage).and_then(Project::package);
            for site in input.steps(stage).filter(|site| site.instruction.keyword == Keyword::Run) {
                let Some(command) = input.commands(site.id).iter().find(|c| node::builds_next(c, package))
                else {
                    continue;
                };
                let frame = input.frame(site.id);
                let flag = command.action.as_ref().and_then(|action| action.directory.as_deref());
                let folder = frame.zip(command.command.directory()).and_then(|(frame, directory)| {
                    let plain = frame.workdir.certain && flag.is_none_or(|flag| !flag.contains('$'));
                    let here = resolve(&frame.workdir.path, directory);
                    plain.then(|| resolve(&here, flag.unwrap_or("")))
                });
                found = Some(Build { stage, site, span: command.command.span, folder });
            }
        }
        found
    }
}

impl<'a> Standalone<'a> {
    fn read(input: &Input<'a>, target: &'a Stage, project: Option<&Project>) -> Option<Self> {
        let dist = project.and_then(Project::config).and_then(|config| config.content.dist_dir.literal());
        let dist = dist.unwrap_or(".next").trim_start_matches("./").trim_matches('/').to_owned();
        let marker = format!("/{dist}/standalone");
        for stage in input.model().with_bases(target) {
            for site in input.steps(stage).rev().filter(|site| site.instruction.keyword == Keyword::Copy) {
                let Some(copied) = copy(site.instruction) else { continue };
                let hit = copied.sources.iter().find_map(|&word| {
                    let path = resolve("/", &input.model().expanded(site.id, &word.text)?);
                    let at = path.find(&marker)?;
                    let below = path[at + marker.len()..].to_owned();
                    (below.is_empty() || below.starts_with('/')).then(|| (word, path[..at].to_owned(), below))
                });
                let Some((word, app, below)) = hit else { continue };
                let from = stage.uses.iter().find(|usage| usage.by == site.id).map(|usage| usage.stage);
                let destination = input.model().expanded(site.id, &copied.destination.text)?;
                return Some(Standalone {
                    site,
                    word,
                    stage: from.and_then(|from| input.model().stages().get(from)),
                    app: if app.is_empty() { "/".to_owned() } else { app },
                    dist,
                    below: below.trim_matches('/').to_owned(),
                    destination: copied.destination,
                    to: resolve(&input.frame(site.id)?.workdir.path, &destination),
                });
            }
        }
        None
    }

    /// Whether a COPY takes the file or folder at `path`, below the app's folder: by itself, something in it,
    /// or a folder around it.
    pub fn is_copied(&self, input: &Input<'_>, copies: &[(Site<'_>, Copy<'_>)], path: &str) -> bool {
        let wanted = resolve(&self.app, path);
        copies.iter().any(|(site, copied)| {
            copied.sources.iter().any(|source| {
                let Some(text) = input.model().expanded(site.id, &source.text) else { return true };
                if text.contains(['*', '?', '[']) {
                    return true;
                }
                let text = resolve("/", &text);
                match copied.origin {
                    Origin::Context => {
                        text == "/" || text.ends_with(path) || text.contains(&format!("{path}/"))
                    }
                    Origin::From(_) => is_below(&wanted, &text) || text.contains(&format!("/{path}")),
                }
            })
        })
    }

    /// The rest of a COPY that takes `what` of the app's folder to the same place beside the server, with this
    /// COPY's flags. None where the words of this one don't say how.
    pub fn beside(&self, input: &Input<'_>, what: &str) -> Option<String> {
        let source = input.source();
        let plain = self.below.is_empty() && !self.word.text.contains(['"', '\\']);
        let end = format!("{}/standalone", self.dist);
        let app = self.word.text.trim_end_matches("/.").trim_end_matches('/').strip_suffix(&end)?;
        let to = match self.destination.text.trim_end_matches('/') {
            "" => "/".to_owned(),
            to => format!("{to}/"),
        };
        let flags = self.site.instruction.flags.iter();
        let flags: String = flags.map(|flag| format!("{} ", flag.span.of(source))).collect();
        (plain && self.site.instruction.form == crate::syntax::Form::Words)
            .then(|| format!("{flags}{app}{what} {to}{what}"))
    }
}

impl<'a> Start<'a> {
    fn read(input: &Input<'a>, target: &'a Stage, package: Option<&PackageJson>) -> Option<Self> {
        // What a stage says of one kind hides what those below it say; an ENTRYPOINT drops the CMD below.
        let mut opaque = false;
        for stage in input.model().with_bases(target) {
            let entrypoint = input.last(stage, Keyword::Entrypoint);
            let sites = [entrypoint, input.last(stage, Keyword::Cmd)];
            for site in sites.into_iter().flatten() {
                for command in input.commands(site.id) {
                    if let Some(kind) = kind(input, target, command, package) {
                        return Some(Start { site, span: command.command.span, kind, opaque });
                    }
                    let name = unwrap(&command.command).name();
                    opaque |= site.instruction.keyword == Keyword::Entrypoint
                        && name.is_some_and(|name| name != "docker-entrypoint.sh" && name != "node");
                }
            }
            if sites.iter().any(Option::is_some) {
                return None;
            }
        }
        None
    }
}

fn kind(input: &Input<'_>, target: &Stage, command: &Cmd<'_>, package: Option<&PackageJson>) -> Option<Kind> {
    if let Some(next) = next::of(&command.command) {
        let settings = NextStart {
            port: next.port,
            host: next.hostname,
            folder: next.folder,
            env: command
                .command
                .assignments()
                .iter()
                .map(|set| (set.name.to_string(), set.value.value_or_text().into_owned()))
                .collect(),
            ..NextStart::default()
        };
        return match &*next.verb {
            "start" => Some(Kind::NextStart(settings)),
            "dev" => Some(Kind::NextDev),
            _ => None,
        };
    }
    if let Some(Verb::RunScript(_)) = command.action.as_ref().map(|action| &action.verb) {
        let words: Vec<_> = command.command.words().iter().map(|word| word.value_or_text()).collect();
        return Some(match package?.command_start_kind(&words.join(" ")) {
            StartKind::NextStart(settings) => Kind::NextStart(settings),
            StartKind::NextDev => Kind::NextDev,
            _ => Kind::Other,
        });
    }
    let invocation = unwrap(&command.command);
    let file = match &*invocation.name()? {
        "node" | "nodejs" | "bun" => {
            let mut words = invocation.args().iter().map(|word| word.value_or_text());
            words.find(|word| !word.starts_with('-') && word != "run")?.into_owned()
        }
        name if name.ends_with(".js") => invocation.program()?.into_owned(),
        _ => return None,
    };
    let here = resolve(&input.model().last_frame(target).workdir.path, command.command.directory()?);
    Some(Kind::Server(resolve(&here, &file)))
}

/// The variable that a container of the stage starts with: None where the file doesn't set it, None within
/// where its value isn't known.
pub fn environment<'a>(input: &Input<'a>, stage: &'a Stage, name: &str) -> Option<Option<&'a str>> {
    let set = input.model().all_variables(stage).iter().rev();
    let mut set = set.filter(|variable| variable.origin == model::Origin::Env && *variable.name == *name);
    set.next().map(|variable| variable.value.as_deref())
}

/// Whether a stage, or one that it is built on, installs a package of the system or of npm by this name.
pub fn installs<'a>(input: &Input<'a>, stage: &'a Stage, names: &[&str]) -> bool {
    input.model().with_bases(stage).flat_map(|stage| input.steps(stage)).any(|site| {
        site.instruction.keyword == Keyword::Run
            && input.commands(site.id).iter().filter_map(|command| command.action.as_ref()).any(|action| {
                action.packages.iter().any(|package| names.contains(&&*package.name) || package.dynamic)
            })
    })
}

/// The user that a stage ends as, where that is said and isn't root.
pub fn user<'a>(input: &Input<'a>, stage: &'a Stage) -> Option<&'a Word> {
    let user = input.tree().instruction(input.model().last_frame(stage).user?)?.args.first()?;
    (!super::users::is_root(user)).then_some(user)
}

/// Whether the setting is an expression that is the folder of next.config itself.
pub fn is_own_folder(text: &str, setting: &Setting) -> bool {
    match setting {
        Setting::Expression { span } => {
            matches!(span.of(text), "__dirname" | "process.cwd()" | "import.meta.dirname")
        }
        _ => false,
    }
}

/// Whether a stage, or one that it is built on, copies the file at `path` of the context before `site`.
pub fn takes(input: &Input<'_>, stage: &Stage, path: &str, before: Option<Site<'_>>) -> bool {
    let Some(view) = input.context() else { return false };
    if view.ignores(path) {
        return false;
    }
    // Borrowed from the model, so that it lives as long as the file.
    let Some(stage) = input.model().stages().get(stage.index) else { return false };
    input.model().with_bases(stage).any(|stage| {
        context_copies(input, stage).any(|(site, copied)| {
            before.is_none_or(|before| site.id < before.id)
                && copied.sources.iter().any(|source| crate::context::copy_takes(&source.text, path))
        })
    })
}

/// Whether `path` is `folder` or lies in it; both absolute.
pub fn is_below(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
