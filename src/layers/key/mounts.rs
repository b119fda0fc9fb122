use super::content::Content;
use super::copying::{Taken, of_image};
use super::digest::{Digest, Mix};
use super::files::Selection;
use super::graph::{Builder, Making};
use crate::catalog::flags::MountType;
use crate::model::resolve;
use crate::syntax::Instruction;
use crate::syntax::flags::mount::{self, Mount};
use std::rc::Rc;

impl<'a> Builder<'a> {
    /// The mounts of a RUN by their target: how each is defined, and what a bind mount shows or a cache
    /// begins with. The shown path itself isn't part of the key, only what lies there; what a cache has come
    /// to hold and a secret's value aren't either.
    ///
    /// Source: `dockerfile2llb/convert_runmount.go`; `solver/llbsolver/ops/exec.go`, `CacheMap` and
    /// `getMountDeps`; each of the parts below measured with BuildKit 28.5.
    pub(super) fn mounts(
        &mut self,
        making: &Making<'a>,
        instruction: &'a Instruction,
    ) -> Vec<(Digest, Option<Rc<Content>>)> {
        let mut mounts = Vec::new();
        for flag in instruction.flags.iter().filter(|flag| &*flag.name == "mount") {
            let Some(value) = &flag.value else { continue };
            let mount = mount::parse(&making.scope.eval(&value.text));
            let target = mount.value("target").unwrap_or("");
            // As with WORKDIR, an absolute path stays as it is written.
            let target = match target.starts_with('/') {
                true => target.to_owned(),
                false => resolve(&making.scope.workdir, target),
            };
            let (definition, content) = self.mount(making, &mount, &target);
            mounts.push((target, definition, content));
        }
        mounts.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        mounts.into_iter().map(|(_, definition, content)| (definition, content)).collect()
    }

    fn mount(&mut self, making: &Making<'a>, mount: &Mount, target: &str) -> (Digest, Option<Rc<Content>>) {
        let value = |name: &str, default: &str| mount.value(name).unwrap_or(default).to_owned();
        let number = |name: &str, radix: u32| {
            let text = value(name, "");
            u64::from_str_radix(&text, radix).map_or(text, |number| number.to_string())
        };
        let kind = mount.kind().unwrap_or_default();
        let mut mix = Mix::new("mount").text(kind.name());
        match kind {
            MountType::Bind => {
                mix = mix.text(target).number(u64::from(mount.is_writable()));
                (mix.end(), Some(self.shown(making, mount)))
            }
            MountType::Cache => {
                let space = making.scope.argument("BUILDKIT_CACHE_MOUNT_NS");
                mix = mix
                    .text(target)
                    .text(&space)
                    .text(&value("id", target))
                    .text(&value("sharing", "shared"));
                mix = mix.number(u64::from(mount.is_writable()));
                mix = mix.text(&number("mode", 8)).text(&number("uid", 10)).text(&number("gid", 10));
                let begins = mount.value("from").is_some_and(|from| !from.is_empty());
                (mix.end(), begins.then(|| self.shown(making, mount)))
            }
            MountType::Tmpfs => (mix.text(target).text(&value("size", "")).end(), None),
            MountType::Secret | MountType::Ssh => {
                let target = value("target", "");
                let name = target.rsplit('/').next().unwrap_or("").to_owned();
                let set = mount.field("required").is_some_and(|field| {
                    field.value.as_deref().is_none_or(|value| value.eq_ignore_ascii_case("true"))
                });
                mix = mix.text(&value("id", &name)).text(&target).text(&value("env", ""));
                mix = mix.text(&number("mode", 8)).text(&number("uid", 10)).text(&number("gid", 10));
                (mix.number(u64::from(set)).end(), None)
            }
        }
    }

    /// What lies at the source of a bind mount, or of a cache that begins with something.
    fn shown(&mut self, making: &Making<'a>, mount: &Mount) -> Rc<Content> {
        let path = resolve("/", mount.value("source").unwrap_or(""));
        match mount.value("from").filter(|from| !from.is_empty()) {
            None => {
                let selection = Selection::at(path.trim_start_matches('/'));
                self.of_files(&selection)
            }
            Some("scratch") => Rc::default(),
            Some(from) => match self.origin(making, from) {
                Taken::Stage(stage) => self.content(stage, &path, 0),
                Taken::Image(image) => Rc::new(of_image(image, &path)),
            },
        }
    }
}
