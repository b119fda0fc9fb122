use super::digest::{Digest, Mix};
use super::graph::{Builder, Input, Layer, Making, Source};
use super::scope::Scope;
use crate::syntax::instruction::{Body, run_body};
use crate::syntax::{Instruction, InstructionId, Keyword};

impl<'a> Builder<'a> {
    /// Does one step of a stage; its node, where it has one. `id` is none for a trigger.
    pub(super) fn step(
        &mut self,
        making: &mut Making<'a>,
        id: Option<InstructionId>,
        instruction: &'a Instruction,
    ) -> Option<u32> {
        let touched = id.is_some() && id == self.plan.touched;
        match instruction.keyword {
            Keyword::Run => Some(self.run(making, id, instruction, touched)),
            Keyword::Copy | Keyword::Add => self.copy(making, instruction, touched),
            Keyword::Workdir => self.workdir(making, instruction, touched),
            Keyword::User => {
                let user = instruction.args.first().map(|user| making.scope.eval(&user.text).into_owned());
                making.scope.user = user.unwrap_or_default();
                None
            }
            Keyword::Shell => {
                making.scope.shell = instruction.args.iter().map(|word| word.text.to_string()).collect();
                None
            }
            _ => None,
        }
    }

    /// A command: its words, all that it sees of the environment, and its mounts.
    ///
    /// Source: `dockerfile2llb/convert.go`, `dispatchRun`, and `solver/llbsolver/ops/exec.go`, `CacheMap`:
    /// the values of proxies that are given but not declared are left out.
    fn run(
        &mut self,
        making: &mut Making<'a>,
        id: Option<InstructionId>,
        instruction: &'a Instruction,
        touched: bool,
    ) -> u32 {
        let source = &**self.plan.model.tree().source();
        let mut inputs: Vec<Input> = making.top.map(Input::Node).into_iter().collect();
        let mut mix = Mix::new("run").number(u64::from(touched));
        let shell = |mix: Mix, text: &str, scope: &Scope<'_>| {
            scope.shell.iter().fold(mix, |mix, word| mix.text(word)).text(text)
        };
        mix = match run_body(instruction, source) {
            Body::Shell(script) => shell(mix, script.text(source), &making.scope),
            // The script lies in a file of the heredoc's name, which is what is run.
            Body::Script(script) => {
                let name = instruction.heredocs.first().map_or("", |heredoc| &*heredoc.name);
                mix.text("/dev/pipes").text(name).text(script.text(source))
            }
            Body::Exec => instruction.args.iter().fold(mix, |mix, word| mix.text(&word.text)),
        };
        mix = mix.digest(making.scope.environment()).text(&making.scope.workdir);
        mix = mix.text(&making.scope.user).text(&making.scope.platform);
        for (flag, default) in [("network", "default"), ("security", "sandbox")] {
            mix = mix.text(instruction.flag_value(flag).unwrap_or(default));
        }
        for device in instruction.flags.iter().filter(|flag| &*flag.name == "device") {
            mix = mix.text(device.value.as_ref().map_or("", |value| &value.text));
        }
        for (definition, content) in self.mounts(making, instruction) {
            mix = mix.digest(definition);
            inputs.extend(content.map(Input::Content));
        }
        let node = self.node(mix.end(), inputs);
        let key = self.graph.nodes()[node as usize].exact;
        let written = id.filter(|_| !touched).map(|id| self.written(making, id, instruction));
        making.layers.push(Layer::Command { key, written: written.unwrap_or_default() });
        making.top = Some(node);
        node
    }

    /// The folder that WORKDIR makes, which belongs to the user. What a command gets as its working
    /// directory is the path as it is written where that is absolute, as measured: to put a slash behind it
    /// runs every RUN below again, and no COPY.
    fn workdir(
        &mut self,
        making: &mut Making<'a>,
        instruction: &'a Instruction,
        touched: bool,
    ) -> Option<u32> {
        let path = making.scope.eval(&instruction.args.first()?.text).into_owned();
        let folder = crate::model::resolve(&making.scope.workdir, &path);
        making.scope.workdir = if path.starts_with('/') { path } else { folder.clone() };
        if folder == "/" {
            return None;
        }
        let owner = owner(&making.scope.user);
        let digest = Mix::new("folder").digest(owner).number(u64::from(touched)).end();
        let inputs = making.top.map(Input::Node).into_iter().collect();
        let node = self.node(Mix::new("workdir").text(&folder).digest(digest).end(), inputs);
        making.layers.push(Layer::Folder { path: folder, digest });
        making.top = Some(node);
        Some(node)
    }

    /// A copy: what is put where, and as what. The last name of a source's path counts, the folders above
    /// it don't: they are known by what they hold.
    ///
    /// Source: `dockerfile2llb/convert.go`, `dispatchCopy`, and `solver/llbsolver/ops/file.go`, `CacheMap`.
    fn copy(&mut self, making: &mut Making<'a>, instruction: &'a Instruction, touched: bool) -> Option<u32> {
        let sources = self.sources(making, instruction)?;
        let to = super::copying::destination(&making.scope, instruction)?;
        let change = change(&making.scope, instruction, touched);
        let mut mix = Mix::new("copy").text(instruction.keyword.as_str()).text(&to.written);
        if let Some(change) = change {
            mix = mix.digest(change);
        }
        for flag in &instruction.flags {
            let value = flag.value.as_ref().map_or("true", |value| &value.text);
            let counts = match &*flag.name {
                "exclude" => true,
                "parents" | "keep-git-dir" | "unpack" => !value.eq_ignore_ascii_case("false"),
                _ => false,
            };
            if counts {
                mix = mix.text(&flag.name).text(&making.scope.eval(value));
            }
        }
        let mut contents = Vec::new();
        for source in &sources {
            let (name, content) = self.taken(source);
            mix = mix.text(&name);
            contents.push(Input::Content(content));
        }
        let linked = is_linked(instruction);
        let below = if linked { None } else { making.top.map(Input::Node) };
        let node = self.node(mix.end(), below.into_iter().chain(contents).collect());
        making.top = Some(match making.top {
            Some(top) if linked => {
                self.node(Mix::new("merge").end(), vec![Input::Node(top), Input::Node(node)])
            }
            _ => node,
        });
        let into = to.into || sources.len() > 1 || self.is_folder(making, &to.path);
        making.layers.push(Layer::Copy { to: to.path, into, sources, change });
        Some(node)
    }

    /// Whether the stage has made a folder at `path` so far, by WORKDIR or by copying something into it.
    fn is_folder(&self, making: &Making<'a>, path: &str) -> bool {
        making.layers.iter().any(|layer| match layer {
            Layer::Folder { path: folder, .. } => within(folder, path),
            Layer::Copy { to, into, .. } => (to == path && *into) || (to != path && within(to, path)),
            Layer::Command { .. } => false,
        })
    }
}

/// Whether `path` is `folder` or lies in it; both absolute.
pub(super) fn within(path: &str, folder: &str) -> bool {
    below(path, folder).is_some()
}

/// What of `path` comes behind `folder`: empty for the folder itself.
pub(super) fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

/// Whether a COPY or ADD makes its layer apart from the steps above it: `--link`, or `--link=true`.
/// BuildKit takes no notice of it where `--chmod` stands too, as measured with BuildKit 28.5.
pub fn is_linked(instruction: &Instruction) -> bool {
    // BuildKit takes `true` and `false` only, in upper or lower case (`instructions/bflag.go`).
    let set = |flag: &crate::syntax::Flag| {
        flag.value.as_ref().is_none_or(|value| value.text.eq_ignore_ascii_case("true"))
    };
    let modes = instruction.flag_value("chmod").is_some_and(|mode| !mode.is_empty());
    instruction.flag("link").is_some_and(set) && !modes
}

/// `user` or `user:group` as an operation has it: a number is the same with zeros before it.
fn owner(written: &str) -> Digest {
    let number = |part: &str| part.parse::<u32>().map_or_else(|_| part.to_owned(), |id| format!("#{id}"));
    let (user, group) = written.split_once(':').unwrap_or((written, ""));
    Mix::new("owner").text(&number(user)).text(&number(group)).end()
}

/// Owner and mode that a copy sets; none where it sets none.
fn change(scope: &Scope<'_>, instruction: &Instruction, touched: bool) -> Option<Digest> {
    let chown = instruction.flag_value("chown").map(|owner| scope.eval(owner)).unwrap_or_default();
    let chmod = instruction.flag_value("chmod").map(|mode| scope.eval(mode)).unwrap_or_default();
    if chown.is_empty() && chmod.is_empty() && !touched {
        return None;
    }
    let octal = u64::from_str_radix(&chmod, 8).map_or_else(|_| chmod.to_string(), |mode| format!("#{mode}"));
    Some(Mix::new("change").digest(owner(&chown)).text(&octal).number(u64::from(touched)).end())
}

impl Source {
    /// The last name of its path, which is part of the operation.
    pub(super) fn name(&self) -> &str {
        let path = match self {
            Source::Context(selection) | Source::Archive(selection) => &selection.path,
            Source::Stage(_, path, _) | Source::Image(_, path) => path,
            Source::File(name, _) => name,
        };
        path.rsplit('/').next().unwrap_or("")
    }
}
