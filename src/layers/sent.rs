//! What a build makes the client send of the build context.
//!
//! BuildKit asks for the files that the steps of the target's stages name, all of them together, and of
//! the rest of the context for nothing. Source: `dispatch`, `dispatchRunMounts` and
//! `normalizeContextPaths` of `frontend/dockerfile/dockerfile2llb`.

use super::{Layer, Subject, excludes};
use crate::catalog::flags::MountType;
use crate::context::{Totals, View};
use crate::syntax::instruction::{Origin, SourceKind, copy};
use crate::syntax::{Instruction, InstructionId, Keyword, flags};

/// What the client sends of the build context to a builder that has none of it yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// All files together; None where that isn't known: a path hangs on a variable without a value, or
    /// the context was too large to be seen whole.
    pub totals: Option<Totals>,
    /// What each COPY, ADD and RUN with a bind mount takes of it, in the order of the file; None where
    /// that isn't known. What two of them take is sent once.
    pub shares: Vec<(InstructionId, Option<Totals>)>,
    /// What `--from` names besides stages: an image, or a context that only the build command names
    /// (`--build-context`). What is sent of the latter isn't known.
    pub elsewhere: Vec<(InstructionId, String)>,
}

/// What the steps ask of the build context; None where the context isn't known.
pub fn sent(subject: &Subject<'_>) -> Option<Sent> {
    let view = subject.context?;
    let mut sent = Sent::default();
    let mut wanted = Wanted { paths: Vec::new(), certain: !view.truncated, used: false };
    for step in subject.plan.steps().iter().filter(|step| step.layer == Layer::Filesystem) {
        let Some(instruction) = subject.instruction(step.id) else { continue };
        match instruction.keyword {
            Keyword::Copy | Keyword::Add => {
                copied(subject, view, step.id, instruction, &mut wanted, &mut sent)
            }
            Keyword::Run => mounted(subject, view, step.id, instruction, &mut wanted, &mut sent),
            _ => {}
        }
    }
    let paths: Vec<&str> = wanted.paths.iter().map(String::as_str).collect();
    sent.totals = match (wanted.used, wanted.certain) {
        (false, true) => Some(Totals::default()),
        (_, false) => None,
        (true, true) => view.asked_for(&paths).map(Totals::of),
    };
    Some(sent)
}

/// The paths that a build asks for.
struct Wanted {
    paths: Vec<String>,
    /// All paths are known.
    certain: bool,
    /// Something is taken from the context. A path alone doesn't tell.
    used: bool,
}

fn copied(
    subject: &Subject<'_>,
    view: &View,
    id: InstructionId,
    instruction: &Instruction,
    wanted: &mut Wanted,
    sent: &mut Sent,
) {
    let Some(copy) = copy(instruction) else { return };
    if let Origin::From(name) = copy.origin {
        return elsewhere(subject, id, &name.text, sent);
    }
    let all: Option<Vec<String>> =
        copy.sources.iter().map(|source| subject.model.expanded(id, &source.text)).collect();
    let Some(all) = all else {
        (wanted.used, wanted.certain) = (true, false);
        sent.shares.push((id, None));
        return;
    };
    let sources: Vec<&str> =
        all.iter().map(String::as_str).filter(|path| SourceKind::of(path) == SourceKind::Path).collect();
    if sources.is_empty() {
        return;
    }
    wanted.used = true;
    wanted.paths.extend(sources.iter().map(|source| source.to_string()));
    let known = !view.truncated && instruction.flag("parents").is_none();
    let excludes = excludes(instruction).filter(|_| known);
    sent.shares.push((id, excludes.and_then(|excludes| view.copied(&sources, &excludes))));
}

fn mounted(
    subject: &Subject<'_>,
    view: &View,
    id: InstructionId,
    instruction: &Instruction,
    wanted: &mut Wanted,
    sent: &mut Sent,
) {
    let mut shown: Option<Vec<String>> = Some(Vec::new());
    let mut any = false;
    for flag in instruction.flags.iter().filter(|flag| &*flag.name == "mount") {
        let Some(value) = &flag.value else { continue };
        let mount = flags::mount::parse(&value.text);
        let from = mount.value("from").filter(|from| !from.is_empty());
        let kind = mount.kind();
        match from {
            // A cache and a tmpfs of nothing begin empty.
            Some(from) if matches!(kind, Some(MountType::Bind | MountType::Cache)) => {
                elsewhere(subject, id, from, sent);
            }
            None if kind == Some(MountType::Bind) => {
                (any, wanted.used) = (true, true);
                match subject.model.expanded(id, mount.value("source").unwrap_or("/")) {
                    Some(source) => {
                        wanted.paths.push(source.clone());
                        shown.iter_mut().for_each(|shown| shown.push(source.clone()));
                    }
                    None => (wanted.certain, shown) = (false, None),
                }
            }
            // BuildKit asks for the path of a tmpfs too, which is everything, and takes nothing of it.
            None if kind == Some(MountType::Tmpfs) => {
                wanted.paths.push(mount.value("source").unwrap_or("/").to_owned());
            }
            _ => {}
        }
    }
    if any {
        let known = shown.filter(|_| !view.truncated);
        let totals = known.map(|paths| view.files_of(&paths.iter().map(String::as_str).collect::<Vec<_>>()));
        sent.shares.push((id, totals));
    }
}

/// Notes what `--from` names, unless it is a stage or empty.
fn elsewhere(subject: &Subject<'_>, id: InstructionId, name: &str, sent: &mut Sent) {
    let is_stage = subject.model.stage_of(id).is_some_and(|stage| {
        stage.uses.iter().any(|usage| usage.by == id && usage.span.of(subject.source()) == name)
    });
    if !is_stage && !name.eq_ignore_ascii_case("scratch") {
        sent.elsewhere.push((id, subject.model.expanded(id, name).unwrap_or_else(|| name.to_owned())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Memory, Request};
    use crate::layers::Plan;
    use crate::model::Model;
    use crate::syntax::parse;
    use std::sync::Arc;

    const FILES: &[(&str, &str)] = &[
        ("/c/.dockerignore", "node_modules\n"),
        ("/c/package.json", "12"),
        ("/c/package-lock.json", "1234"),
        ("/c/src/a.ts", "12345678"),
        ("/c/src/b.ts", "1"),
        ("/c/docs/x.md", "1234567890123456"),
        ("/c/node_modules/m/i.js", "never"),
    ];

    fn ask<T>(text: &str, target: Option<usize>, question: impl Fn(&Subject<'_>, Sent) -> T) -> T {
        let request = Request::new(None, Some("/c".into()));
        let view = View::gather(&Memory::from_files(FILES.iter().copied()), &request).unwrap();
        let model = Model::new(Arc::new(parse(text).0));
        let plan = Plan::new(&model, target);
        let subject = Subject { model: &model, plan: &plan, context: Some(&view) };
        question(&subject, sent(&subject).unwrap())
    }

    /// Files and bytes sent; None where that isn't known.
    fn totals(text: &str) -> Option<(u64, u64)> {
        ask(text, None, |_, sent| sent.totals.map(|totals| (totals.files, totals.bytes)))
    }

    #[test]
    fn the_client_sends_what_the_steps_name() {
        let all = Some((6, 13 + 2 + 4 + 8 + 1 + 16));
        for (text, expected) in [
            ("FROM a\nRUN x\n", Some((0, 0))),
            ("FROM a\nCOPY package*.json /\n", Some((2, 6))),
            ("FROM a\nCOPY package.json /\nCOPY src /src\nADD src/a.ts /\n", Some((3, 11))),
            ("FROM a\nCOPY . .\n", all),
            ("FROM a\nCOPY src/ ./\nCOPY / /x\n", all),
            ("FROM a\nCOPY node_modules /\n", Some((0, 0))),
            ("FROM a\nCOPY <<EOF /x\ntext\nEOF\n", Some((0, 0))),
            ("FROM a\nADD https://example.org/x /\n", Some((0, 0))),
            ("FROM a\nADD src/a.ts git@github.com:a/b.git /x/\n", Some((1, 8))),
            ("FROM a\nRUN --mount=type=bind,source=docs,target=/d x\n", Some((1, 16))),
            ("FROM a\nRUN --mount=target=. x\n", all),
            ("FROM a\nRUN --mount=type=cache,target=/c --mount=type=secret,id=x x\n", Some((0, 0))),
            ("FROM a\nRUN --mount=type=tmpfs,target=/t x\n", Some((0, 0))),
            // What BuildKit does, if hardly what it means to.
            ("FROM a\nCOPY src /\nRUN --mount=type=tmpfs,target=/t x\n", all),
            ("ARG D=docs\nFROM a\nARG D\nCOPY $D /\n", Some((1, 16))),
            ("FROM a\nARG D\nCOPY $D /\n", None),
            ("FROM a\nCOPY a[ /\n", None),
            ("FROM a\nONBUILD COPY . .\n", Some((0, 0))),
            // Only the target's stages count.
            ("FROM a AS docs\nCOPY docs /\nFROM a\nCOPY src /\n", Some((2, 9))),
            ("FROM a AS docs\nCOPY docs /\nFROM a\nCOPY --from=docs / /\nCOPY src /\n", Some((3, 25))),
        ] {
            assert_eq!(totals(text), expected, "{text}");
        }
        let text = "FROM a AS docs\nCOPY docs /\nFROM a\nCOPY src /\n";
        assert_eq!(ask(text, Some(0), |_, sent| sent.totals.unwrap().bytes), 16);
    }

    #[test]
    fn each_step_has_its_share_and_names_from_elsewhere_are_told() {
        let text = "FROM a AS b\nCOPY package.json src /\nFROM c\nCOPY --exclude=docs . /\nCOPY --from=b x y\n\
                    COPY --from=shared x y\nRUN --mount=from=tools,target=/t --mount=target=/c,source=src x\n\
                    COPY --from=1 x y\n";
        ask(text, None, |subject, sent| {
            let line = |id: &InstructionId| subject.instruction(*id).unwrap().first_line;
            let shares: Vec<_> = sent.shares.iter().map(|(id, t)| (line(id), t.map(|t| t.bytes))).collect();
            assert_eq!(shares, [(2, Some(11)), (4, Some(28)), (7, Some(9))]);
            let elsewhere: Vec<_> = sent.elsewhere.iter().map(|(id, name)| (line(id), &**name)).collect();
            assert_eq!(elsewhere, [(6, "shared"), (7, "tools"), (8, "1")]);
        });
    }
}
