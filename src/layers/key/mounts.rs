use super::content::Content;
use super::copying::{Taken, of_image};
use super::digest::{Digest, Mix};
use super::files::Selection;
use super::graph::{Builder, Making};
use crate::catalog::flags::MountType;
use crate::model::resolve;
use crate::syntax::Instruction;
use crate::syntax::flags::mount::{self, Mount};
use std::sync::Arc;

impl<'a> Builder<'a> {
    /// The mounts of a RUN, sorted by their target as BuildKit has them: how each is defined, and what a bind mount shows or a cache
    /// begins with. The shown path itself isn't part of the key, only what lies there; what a cache has come
    /// to hold and a secret's value aren't either.
    ///
    /// Source: `dockerfile2llb/convert_runmount.go`; `solver/llbsolver/ops/exec.go`, `CacheMap` and
    /// `getMountDeps`; each of the parts below measured with BuildKit 28.5.
    pub(super) fn mounts(
        &mut self,
        making: &Making<'a>,
        instruction: &'a Instruction,
    ) -> Vec<(Digest, Option<Arc<Content>>)> {
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
            // Secrets and keys come behind the others, each in the order in which they are written.
            let order = match mount.kind() {
                Some(MountType::Secret) => (1, String::new()),
                Some(MountType::Ssh) => (2, String::new()),
                _ => (0, target),
            };
            mounts.push((order, definition, content));
        }
        mounts.sort_by(|a, b| a.0.cmp(&b.0));
        mounts.into_iter().map(|(_, definition, content)| (definition, content)).collect()
    }

    fn mount(&mut self, making: &Making<'a>, mount: &Mount, target: &str) -> (Digest, Option<Arc<Content>>) {
        let value = |name: &str, default: &str| mount.value(name).unwrap_or(default).to_owned();
        let number = |name: &str, default: &str, radix: u32| {
            let text = value(name, default);
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
                    .text(&value("id", &value("target", "")))
                    .text(&value("sharing", "shared"));
                mix = mix.number(u64::from(mount.is_writable()));
                // One of them makes a folder to begin with, which has all three.
                if ["mode", "uid", "gid"].iter().any(|name| mount.field(name).is_some()) {
                    mix = mix.text(&number("mode", "0755", 8));
                    mix = mix.text(&number("uid", "0", 10)).text(&number("gid", "0", 10));
                }
                let begins = mount.value("from").is_some_and(|from| !from.is_empty());
                (mix.end(), begins.then(|| self.shown(making, mount)))
            }
            MountType::Tmpfs => (mix.text(target).text(&value("size", "")).end(), None),
            MountType::Secret | MountType::Ssh => {
                let secret = kind == MountType::Secret;
                let last = |path: &str| path.rsplit('/').next().unwrap_or("").to_owned();
                let id = value("id", &last(&value("target", "")));
                let place = if secret { format!("/run/secrets/{}", last(&id)) } else { String::new() };
                let set = mount.field("required").is_some_and(|field| {
                    field.value.as_deref().is_none_or(|value| value.eq_ignore_ascii_case("true"))
                });
                mix = mix.text(&id).text(&value("target", &place)).text(&value("env", ""));
                let mode = if secret { "0400" } else { "0600" };
                mix = mix.text(&number("mode", mode, 8));
                mix = mix.text(&number("uid", "0", 10)).text(&number("gid", "0", 10));
                (mix.number(u64::from(set)).end(), None)
            }
        }
    }

    /// What lies at the source of a bind mount, or of a cache that begins with something.
    fn shown(&mut self, making: &Making<'a>, mount: &Mount) -> Arc<Content> {
        let path = resolve("/", mount.value("source").unwrap_or(""));
        match mount.value("from").filter(|from| !from.is_empty()) {
            None => {
                let selection = Selection::at(path.trim_start_matches('/'));
                self.of_files(&selection)
            }
            Some("scratch") => Arc::default(),
            Some(from) => match self.origin(making, from) {
                Taken::Stage(stage) => self.content(stage, &path, 0),
                Taken::Image(image) => Arc::new(of_image(image, &path)),
            },
        }
    }
}
