//! RUN: what its commands leave, and what they take up again from layers below.

use super::commands::{Effect, effects};
use super::contents::{Mark, Seen, is_below};
use super::modules::{self, Modules, Weighed};
use super::{Part, State, Weigher, What, build, caches, system};
use crate::catalog::Bytes;
use crate::context::lockfiles::YarnKind;
use crate::context::{Project, View};
use crate::layers::Size;
use crate::layers::leftovers::{self, Leftover};
use crate::model::{Stage, resolve};
use crate::shell::Command;
use crate::shell::packages::Tool;
use crate::syntax::InstructionId;
use std::sync::Arc;

pub(super) fn parts(weigher: &mut Weigher<'_>, stage: &Stage, id: InstructionId) -> Vec<Part> {
    let Some(script) = weigher.subject.model.script(id) else {
        return vec![Part { what: What::Command { name: "the command".to_owned() }, size: None }];
    };
    let commands = script.commands();
    let left = weigher.subject.leftovers(id);
    let workdir = weigher.subject.model.frame(id).map_or("/", |frame| &*frame.workdir.path);
    let mut state = std::mem::take(&mut weigher.stages[stage.index]);
    let view = weigher.subject.context;
    let mut run = Run {
        weigher,
        view,
        before: state.contents.mark(),
        state: Arc::make_mut(&mut state),
        workdir: workdir.to_owned(),
        parts: Vec::new(),
        installed: None,
    };
    for command in &commands {
        run.command(id, command);
    }
    // What stays is put in after what is deleted: a deletion that hits it has been seen already.
    left.iter().for_each(|leftover| run.leftover(leftover));
    let parts = run.parts;
    weigher.stages[stage.index] = state;
    parts
}

struct Run<'r, 'a> {
    weigher: &'r Weigher<'a>,
    view: Option<&'a View>,
    /// What was there when the RUN began.
    before: Mark,
    state: &'r mut State,
    /// The folder that the RUN begins in.
    workdir: String,
    parts: Vec<Part>,
    /// What the last install of the RUN came to, and which it was.
    installed: Option<(Weighed, Modules)>,
}

impl<'a> Run<'_, 'a> {
    fn before(&self) -> Seen<'_> {
        self.state.contents.seen_at(self.before)
    }

    fn add(&mut self, what: What, size: Option<Size>) {
        self.parts.push(Part { what, size });
    }

    fn command(&mut self, id: InstructionId, command: &Command<'_>) {
        let folder = command.directory().map(|folder| resolve(&self.workdir, folder));
        let folder = folder.unwrap_or_else(|| self.workdir.clone());
        for effect in effects(command, || self.project(&folder)) {
            match effect {
                Effect::Nothing => {}
                Effect::Removes(paths) if !command.conditional => {
                    for path in paths.iter().filter(|path| !path.contains(['$', '*', '?'])) {
                        self.state.contents.remove(resolve(&folder, path));
                    }
                }
                Effect::Removes(_) => {}
                Effect::Again(paths) => self.again(&folder, &paths, command),
                Effect::Output { folder: name, compiled } => {
                    let project = self.project(&folder);
                    let contents = &mut self.state.contents;
                    let part = build::output(self.view, project, name, compiled, &folder, contents);
                    self.parts.push(part);
                }
                Effect::Generates => {
                    let installed = self.project(&folder).and_then(|project| project.installed.as_ref());
                    let generated = installed.map(|tree| tree.generated);
                    let size = generated.filter(|bytes| *bytes > 0).map(Size::measured);
                    self.add(What::Command { name: "prisma generate".to_owned() }, size);
                }
                Effect::Fetches(name) => {
                    let part = build::global(&[Some(name)]);
                    self.parts.push(part);
                }
                Effect::Unknown(name) => {
                    self.state.contents.blur(folder.clone());
                    self.add(What::Command { name }, None);
                }
            }
        }
        if leftovers::prunes(&self.weigher.subject, id, command) {
            let place = resolve(&folder, "node_modules");
            if let Some(modules) = self.before().modules(&place).filter(|modules| !modules.production) {
                let production = Modules { production: true, ..modules.clone() };
                let target = self.state.ground.target();
                let weighed = self.view.and_then(|v| modules::weigh(v, &production, target).ok());
                self.state.contents.put_modules(place, weighed.map(|weighed| weighed.size), production);
            }
        }
    }

    /// Files of layers below that come into this one once more.
    fn again(&mut self, folder: &str, paths: &[String], command: &Command<'_>) {
        let name = command.name().map(|name| name.into_owned()).unwrap_or_default();
        for path in paths {
            let absolute = resolve(folder, path);
            let what = What::Again { path: path.clone(), command: name.clone() };
            let target = self.state.ground.target();
            let taken = self.before().at(self.view, &absolute, target);
            let system = ["/usr", "/etc", "/lib", "/opt", "/bin", "/sbin", "/root"];
            let of_base = absolute == "/" || system.iter().any(|base| is_below(&absolute, base));
            let odd = path.contains(['$', '*', '?']);
            let size = match taken {
                Some(taken) => taken.size,
                None if odd || of_base || self.before().is_unclear(&absolute) => None,
                // It is made by something that isn't known here.
                None if !matches!(&*name, "chown" | "chmod" | "chgrp") => None,
                None => Some(Size::measured(0)),
            };
            self.add(what, size);
        }
    }

    fn leftover(&mut self, leftover: &Leftover) {
        match leftover {
            Leftover::NodeModules { tool, production, folder, anew } => {
                let folder = folder.clone().unwrap_or_else(|| self.workdir.clone());
                self.modules(*tool, *production, &folder, *anew);
            }
            Leftover::NodePackages { names, global: true, .. } => {
                let part = build::global(names);
                self.parts.push(part);
            }
            // Said with the command itself.
            Leftover::NodePackages { .. } => {}
            Leftover::PackageCache { tool: Tool::Pip, .. } => {}
            Leftover::PackageCache { tool, folder } => {
                // What lies there from a step before isn't fetched again.
                if !self.before().has(folder) {
                    let berry = self.berry(*tool);
                    let installed = self.installed.as_ref().map(|(weighed, _)| weighed);
                    let left_out = match (tool, berry) {
                        (Tool::Yarn, None) => self.left_out(),
                        _ => None,
                    };
                    let part = caches::part(*tool, berry, installed, left_out);
                    self.state.contents.put(folder.clone(), part.size);
                    self.parts.push(part);
                }
            }
            Leftover::NextBuild { cache, folder } => {
                let folder = folder.clone().unwrap_or_else(|| self.workdir.clone());
                let (view, project) = (self.view, self.project(&folder));
                match view.zip(project) {
                    Some((view, project)) => {
                        let State { ground, contents } = &mut *self.state;
                        self.parts.extend(build::next(view, project, &folder, *cache, ground, contents));
                    }
                    None => self.add(What::NextBuild { on_disk: false }, None),
                }
            }
            Leftover::SystemPackages { tool, names, more, recommends } => {
                let part = system::packages(&mut self.state.ground, *tool, names, *more, *recommends);
                // pip's are told by the command.
                if *tool != Tool::Pip {
                    self.parts.push(part);
                }
            }
            Leftover::AptLists => self.parts.push(system::apt_lists(&self.state.ground)),
            Leftover::ApkIndex => self.parts.push(system::apk_index()),
        }
    }

    fn modules(&mut self, tool: Tool, production: bool, folder: &str, anew: bool) {
        let place = resolve(folder, "node_modules");
        let Some(view) = self.view else {
            return self.add(What::UnknownModules { why: "the build context hasn't been looked at" }, None);
        };
        let Some(project) = self.project(folder) else {
            return self.add(What::UnknownModules { why: "no package.json is known there" }, None);
        };
        if tool == Tool::Yarn && project.lockfiles.is_plug_n_play() {
            return self.add(What::UnknownModules { why: "yarn installs by Plug'n'Play" }, None);
        }
        let modules = Modules { project: project.folder.clone(), production };
        let target = self.state.ground.target();
        match modules::weigh(view, &modules, target) {
            Ok(mut weighed) => {
                // `npm ci` needs a lockfile, so that there will be one even where none is here.
                weighed.unresolved.unsure &= anew;
                self.installed = Some((weighed, modules.clone()));
                let Weighed { packages, locked, on_disk, .. } = weighed;
                let what = What::Modules { packages, production, locked, on_disk };
                // An install over one that is there adds what it lacks.
                let there =
                    !anew && self.before().modules(&place).is_some_and(|old| old.project == modules.project);
                let size = if there { Size::measured(0) } else { weighed.size };
                self.state.contents.put_modules(place, Some(weighed.size), modules);
                self.add(what, Some(size));
            }
            Err(why) => {
                self.state.contents.remove(place.clone());
                self.state.contents.put(place, None);
                self.add(What::UnknownModules { why }, None);
            }
        }
    }

    /// What the last install's lockfile names beside.
    fn left_out(&self) -> Option<(Bytes, Bytes)> {
        let (_, modules) = self.installed.as_ref()?;
        modules::left_out(self.view?, modules, self.state.ground.target())
    }

    /// The project whose package.json lies in a folder of the image.
    fn project(&self, folder: &str) -> Option<&'a Project> {
        let view = self.view?;
        let source = self.state.contents.seen().source_of(view, &resolve(folder, "package.json"));
        match source {
            Some(source) => view.project_at(source.strip_suffix("package.json")?.trim_end_matches('/')),
            // It comes by a mount, or from where it isn't seen: there is but one that it can be.
            None if view.project().package().is_some() && view.projects.len() == 1 => Some(view.project()),
            None => None,
        }
    }

    /// The major version of yarn berry, where the project uses that.
    fn berry(&self, tool: Tool) -> Option<u32> {
        let project = self.project(&self.workdir).filter(|_| tool == Tool::Yarn)?;
        if project.lockfiles.yarn() != Some(YarnKind::Berry) {
            return None;
        }
        let field = project.package().and_then(|package| package.package_manager.as_ref());
        Some(field.and_then(|field| field.version.split('.').next()?.parse().ok()).unwrap_or(4))
    }
}
