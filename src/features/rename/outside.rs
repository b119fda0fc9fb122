//! What hangs on a name elsewhere.

use super::{Outside, exported};
use crate::context::builds::BuildUse;
use crate::features::Snapshot;
use crate::model::{Model, NameId, NameKind, Role};
use crate::syntax::Keyword;
use crate::text::Span;
use memchr::memmem;

/// What stays as it is and may mean the name.
pub(super) fn told(snapshot: &Snapshot, id: NameId, kind: NameKind, name: &str) -> Outside {
    let mut told: Vec<String> = Vec::new();
    let mut is_known = false;
    match kind {
        NameKind::Stage(_) => {
            told.push(format!(
                "Builds that ask for this stage by name (`docker build --target {name}`, `target:` in compose and \
                 Bake files) must use the new one."
            ));
            let asks = |build: &BuildUse| {
                let target = build.target.as_ref().and_then(|target| target.as_deref());
                target.is_some_and(|target| target.eq_ignore_ascii_case(name))
            };
            let builds = builds(snapshot, asks, "asks for this stage", "ask for this stage");
            is_known |= builds.is_some();
            told.extend(builds);
        }
        NameKind::Variable { arg, env } => {
            if arg {
                told.push(format!(
                    "Builds that pass `--build-arg {name}=…` (scripts, CI, `args:` in compose and Bake files) must \
                     pass the new name."
                ));
                let gives = |build: &BuildUse| build.argument(name).is_some();
                let builds = builds(snapshot, gives, "passes it", "pass it");
                is_known |= builds.is_some();
                told.extend(builds);
            }
            if env && is_in_the_image(snapshot.model(), id) {
                is_known = true;
                told.push(format!(
                    "The image carries `{name}` in its environment: programs that read it, and whoever sets it with \
                     `docker run -e` or in compose files, must use the new name."
                ));
            } else if env {
                told.push(format!(
                    "Programs that the stage runs find `{name}` in their environment; those that read it must use \
                     the new name."
                ));
            }
        }
        NameKind::Shell => {
            if exported::is_exported(snapshot, id) {
                is_known = true;
                told.push(format!(
                    "The shell hands `{name}` to the programs that it runs; those that read it must use the new name."
                ));
            }
        }
        NameKind::Heredoc => return Outside::default(),
    }
    let lines = mentions(snapshot, id, kind, name);
    if let [first, rest @ ..] = &lines[..] {
        let lines = match rest {
            [] => format!("line {first}"),
            _ => format!("lines {}", lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")),
        };
        is_known = true;
        told.push(format!(
            "`{name}` also stands on {lines}, where it isn't changed; look whether it means the same."
        ));
    }
    Outside { text: told.join(" "), is_known }
}

/// A sentence that names the builds of Compose and Bake files that use the name, which are left as they are; None
/// where there are none.
fn builds(snapshot: &Snapshot, uses: impl Fn(&BuildUse) -> bool, one: &str, many: &str) -> Option<String> {
    let all = snapshot.context().into_iter().flat_map(|view| &view.builds.uses);
    let found: Vec<String> =
        all.filter(|build| uses(build)).map(|build| format!("`{}`", build.title())).collect();
    let (shown, more) = (found.len().min(MOST), found.len().saturating_sub(MOST));
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    match &found[..] {
        [] => None,
        [only] => Some(format!("{only} {one}, and isn't changed: write the new name there.")),
        _ => Some(format!(
            "{}{more} {many}, and aren't changed: write the new name there.",
            found[..shown].join("; ")
        )),
    }
}

/// Whether an ENV of what the last stage is built of declares it.
fn is_in_the_image(model: &Model, id: NameId) -> bool {
    let Some(target) = model.target() else { return false };
    let kept: Vec<usize> = model.with_bases(target).map(|stage| stage.index).collect();
    model.names().of(id).any(|place| {
        place.role == Role::Declaration
            && model.tree().instruction(place.by).is_some_and(|it| it.keyword == Keyword::Env)
            && model.stage_of(place.by).is_some_and(|stage| kept.contains(&stage.index))
    })
}

/// The most lines, or builds, that are listed.
const MOST: usize = 5;

/// Lines, 1-based, where the name stands as a word of its own and isn't changed with it.
fn mentions(snapshot: &Snapshot, id: NameId, kind: NameKind, name: &str) -> Vec<u32> {
    let source = snapshot.source();
    let names = snapshot.model().names();
    let mut known =
        names.of(id).filter(|place| place.role != Role::Number).map(|place| place.span).peekable();
    let is_part = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let within = match kind {
        // The name of a stage may be any word.
        NameKind::Stage(_) | NameKind::Heredoc => return Vec::new(),
        NameKind::Variable { .. } if name.len() < 2 => return Vec::new(),
        NameKind::Variable { .. } => Span::new(0, source.len() as u32),
        // No other shell has it.
        NameKind::Shell => {
            let by = known.peek().and_then(|place| snapshot.tree().instruction_at(place.start));
            by.map_or(Span::default(), |by| by.full_span)
        }
    };
    let mut lines = Vec::new();
    for at in memmem::find_iter(within.of(source).as_bytes(), name) {
        let at = within.start as usize + at;
        let (start, end) = (at as u32, (at + name.len()) as u32);
        while known.next_if(|span| span.end <= start).is_some() {}
        let before = &source[..at];
        let whole = !is_part(before.as_bytes().last()) && !is_part(source.as_bytes().get(at + name.len()));
        // Names of a shell are often short and plain words.
        let means = kind != NameKind::Shell || ["$", "${", "[", "-v "].iter().any(|it| before.ends_with(it));
        if !whole || !means || known.peek().is_some_and(|span| span.start < end) {
            continue;
        }
        let line = snapshot.lines().line(start) + 1;
        if lines.last() != Some(&line) {
            lines.push(line);
        }
        if lines.len() == MOST {
            break;
        }
    }
    lines
}
