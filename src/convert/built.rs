//! A build as every recipe finds it: of which project, where, and by which instruction.

use super::commands::Ran;
use super::instructions::Instructions;
use super::official;
use super::places;
use super::refuse::{NOT_YET, Stop, refused_at, refused_by};
use crate::context::{PackageJson, Project, View};
use crate::layers::Subject;
use crate::model::Stage;
use crate::model::resolve;
use crate::shell::{self, packages};
use crate::syntax::image::ImageRef;
use crate::syntax::{InstructionId, flags};

/// A single stage that builds one app.
pub(super) struct Built<'a> {
    pub subject: Subject<'a>,
    pub stage: &'a Stage,
    pub view: &'a View,
    pub project: &'a Project,
    pub package: &'a PackageJson,
    /// The RUN that builds.
    pub build: InstructionId,
    /// The folder of the image that it builds in.
    pub app: String,
    pub ran: Vec<Ran<'a>>,
    pub instructions: Instructions,
}

/// The project that a RUN builds, its package.json, and the folder of the image that it is built in; or why they aren't
/// known. `used` is what is done with what is built: `served`, `started`.
pub(super) fn project<'a>(
    subject: &Subject<'a>,
    project: Option<&'a Project>,
    ran: &Ran<'_>,
    folder: Option<String>,
    used: &str,
) -> Result<(&'a View, &'a Project, &'a PackageJson, String), Stop> {
    let line = ran.instruction.first_line;
    let (Some(view), Some(project)) = (subject.context, project) else {
        return Err(refused_at(
            NOT_YET,
            ran.instruction,
            format!(
                "No package.json is found in the build context for what line {line} builds, so how it is built and \
                 {used} isn't known."
            ),
        ));
    };
    let package = match &project.package_json {
        Some(Ok(parsed)) => &parsed.content,
        Some(Err(problem)) => {
            return Err(refused_by(NOT_YET, Some(problem.path.clone()), None, problem.to_string()));
        }
        None => return Err(Stop::NotMine),
    };
    let Some(folder) = folder else {
        return Err(refused_at(
            NOT_YET,
            ran.instruction,
            format!("The folder that line {line} builds in can't be followed."),
        ));
    };
    Ok((view, project, package, folder))
}

impl<'a> Built<'a> {
    pub fn source(&self) -> &'a str {
        self.subject.source()
    }

    /// Whether a file or folder of the project, by its path there, lies in the app's folder when it is built.
    pub fn is_built_with(&self, name: &str) -> bool {
        let path = places::below(&self.project.folder, name);
        let place = resolve(&self.app, name);
        places::in_image(&self.subject, self.view, self.stage, &path, Some(self.build)).contains(&place)
    }

    /// Whether the build may ask git for something, or read its files: a command, a script or a package does, or git is
    /// there for any file of the project to call it.
    pub fn uses_git(&self) -> bool {
        let asks = |name: &str| {
            let mut parts = name.split(['/', '@', '-', '.']);
            let hub = |part: &str| ["github", "gitlab", "gitea"].iter().any(|hub| part.starts_with(hub));
            name == "next-build-id" || parts.any(|part| part.starts_with("git") && !hub(part))
        };
        let packages = self.package.dependencies.iter().chain(&self.package.dev_dependencies);
        let installed = self.ran.iter().filter_map(|ran| ran.action.as_ref()).any(|action| {
            !action.tool.is_javascript() && action.packages.iter().any(|package| package.name == "git")
        });
        let reference = match &self.stage.base {
            crate::model::Base::Image { reference: Some(reference), .. } => &**reference,
            _ => "",
        };
        let image = ImageRef::parse(reference, self.subject.tree().escape());
        let (name, tag) = (image.familiar_name(), image.tag().unwrap_or_default());
        // The official images have git but in their small variants; Bun's have none.
        let lacks = official::is_node(&name) && (tag.contains("slim") || tag.contains("alpine"))
            || name == "oven/bun";
        !lacks
            || installed
            || packages.into_iter().any(|(name, _)| asks(name))
            || self.ran.iter().any(|ran| ran.command.is("git"))
            || self.package.scripts.iter().any(|(_, line)| line.contains("git "))
    }

    /// The lines of a script, its `pre` and `post` scripts, and those that it names directly.
    pub fn scripts_of(&self, name: &str) -> impl Iterator<Item = &str> {
        let names = [format!("pre{name}"), name.to_owned(), format!("post{name}")];
        let own: Vec<&str> = names.iter().filter_map(|name| self.package.script(name)).collect();
        let called = self.package.scripts.iter().filter(|(called, _)| {
            own.iter().any(|line| line.split([' ', ';', '&', '|']).any(|word| word == called))
        });
        let called: Vec<&str> = called.map(|(_, line)| line.as_str()).collect();
        own.into_iter().chain(called)
    }

    /// The scripts that the RUN of the build runs.
    pub fn build_scripts(&self) -> impl Iterator<Item = &str> {
        let names = self.ran.iter().filter(|ran| ran.id == self.build).filter_map(Ran::script);
        names.flat_map(|name| self.scripts_of(name))
    }

    /// What the build needs must be installed by the file, since .dockerignore keeps node_modules out from now on.
    pub fn installs(&self) -> Result<(), Stop> {
        let installs = self.ran.iter().filter(|ran| ran.id <= self.build).any(|ran| {
            let action = ran.action.as_ref().filter(|action| action.tool.is_javascript() && !action.global);
            action.is_some_and(|action| action.installs())
        });
        let by_script = || {
            let scripts = self.ran.iter().filter(|ran| ran.id <= self.build).filter_map(Ran::script);
            let mut lines = scripts.flat_map(|script| self.scripts_of(script));
            lines.any(|line| {
                shell::parse_str(line).commands().iter().any(|command| {
                    packages::of(command).is_some_and(|action| action.installs_manifest_of_node())
                })
            })
        };
        let build = self.subject.instruction(self.build).ok_or(Stop::NotMine)?;
        if installs || by_script() {
            return Ok(());
        }
        Err(refused_at(
            NOT_YET,
            build,
            format!(
                "No RUN installs the packages that line {} builds with, so they come in node_modules from the machine outside. \
                 Install them in the image first.",
                build.first_line
            ),
        ))
    }

    /// What the build writes must be in the stage afterwards, and not in a mount.
    pub fn not_mounted(&self, output: &str) -> Result<(), Stop> {
        let Some(build) = self.subject.instruction(self.build) else { return Ok(()) };
        let workdir = self.subject.model.frame(self.build).map_or("/", |frame| &*frame.workdir.path);
        for flag in build.flags.iter().filter(|flag| &*flag.name == "mount") {
            let Some(value) = &flag.value else { continue };
            let mount = flags::mount::parse(&value.text);
            let target = ["target", "dst", "destination"].iter().find_map(|name| mount.value(name));
            let Some(target) = target.map(|target| resolve(workdir, target)) else { continue };
            if places::is_within(output, &target) {
                return Err(refused_at(
                    NOT_YET,
                    build,
                    format!(
                        "Line {} builds into a mount at {target}, of which nothing is left for a stage to copy.",
                        build.first_line
                    ),
                ));
            }
        }
        Ok(())
    }
}
