//! A build as every recipe finds it: of which project, where, and by which instruction.

use super::commands::Ran;
use super::instructions::Instructions;
use super::places;
use super::refuse::{NOT_YET, Stop, refused_at};
use crate::context::{PackageJson, Project, View};
use crate::layers::Subject;
use crate::model::Stage;
use crate::model::resolve;
use crate::shell::{self, packages};
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

    /// Whether a command or a script may ask git for something.
    pub fn uses_git(&self) -> bool {
        self.ran.iter().any(|ran| ran.command.is("git"))
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
