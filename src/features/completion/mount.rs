use super::paths::{self, Written};
use super::place::Place;
use super::{CompletionKind, Completions, images};
use crate::catalog::flags::{MOUNT_KEYS, MountType, MountValue};
use crate::layers::cache_folder;
use crate::shell::packages::{self, Tool};
use crate::syntax::flags::mount;
use crate::text::Span;

/// Where well-known programs keep what they download, with what they are.
///
/// Sources: the programs' own documentation; Debian's and Ubuntu's images for apt; Docker's documentation of cache
/// mounts for Go, Cargo and NuGet.
const CACHES: [(&str, &str); 16] = [
    ("/root/.npm", "npm"),
    ("/usr/local/share/.cache/yarn", "yarn"),
    ("/root/.local/share/pnpm/store", "pnpm"),
    ("/root/.bun/install/cache", "bun"),
    ("/root/.cache/pip", "pip"),
    ("/root/.cache/uv", "uv"),
    ("/var/cache/apt", "apt, its archives"),
    ("/var/lib/apt", "apt, its lists"),
    ("/root/.cache/go-build", "Go, compiled packages"),
    ("/go/pkg/mod", "Go, modules"),
    ("/usr/local/cargo/registry", "Cargo"),
    ("/root/.m2", "Maven"),
    ("/root/.gradle", "Gradle"),
    ("/root/.nuget/packages", "NuGet"),
    ("/root/.composer/cache", "Composer"),
    ("/usr/local/bundle/cache", "Bundler"),
];

/// What a mount may hold at the caret: `typed` is its value up to there.
pub(super) fn complete(place: &Place<'_>, typed: &str, list: &mut Completions) {
    let at = typed.rfind(',').map_or(0, |comma| comma + 1);
    let (done, field) = (&typed[..at], &typed[at..]);
    // BuildKit reads the fields in order.
    let before = mount::parse(done.trim_end_matches(','));
    let kind = before.kind();
    match field.split_once('=') {
        None => {
            let span = place.span_back(field.len(), &[',', '=']);
            if done.is_empty() {
                whole(place, span, list);
            }
            // What stands behind the caret counts too: a key twice helps nobody.
            let all = place.instruction.flags.iter().filter_map(|flag| flag.value.as_ref());
            let own = all.into_iter().find(|value| value.span.touches(place.offset));
            let own = own.map_or_else(|| before.clone(), |value| mount::parse(&value.text));
            let rest = place.snapshot.source().get(span.end as usize..).unwrap_or_default();
            for key in MOUNT_KEYS {
                let fits = kind.is_none_or(|kind| key.fits(kind));
                if !fits
                    || before.field(key.name).is_some()
                    || own.fields.iter().any(|it| it.key == key.name && it.value.is_some())
                {
                    continue;
                }
                let text = match key.value {
                    _ if rest.starts_with('=') => key.name.to_owned(),
                    MountValue::Bool => key.name.to_owned(),
                    _ => format!("{}=", key.name),
                };
                list.add(key.name, CompletionKind::Property, span)
                    .text(text)
                    .detail("key of --mount")
                    .topic(format!("mount/{}", key.name));
            }
        }
        Some((key, value)) => {
            let key = key.to_lowercase();
            let Some(spec) = crate::catalog::flags::MountKey::named(&key) else { return };
            values(place, spec.name, spec.value, value, &before, list);
        }
    }
}

/// Mounts as they are mostly used, whole: the cache of the package manager that the command runs first.
fn whole(place: &Place<'_>, span: Span, list: &mut Completions) {
    for (folder, tool) in own_caches(place) {
        list.add(format!("type=cache,target={folder}"), CompletionKind::Value, span)
            .detail(format!("keeps the downloads of {}", tool.name()))
            .topic("mount-type/cache");
    }
    for kind in [MountType::Cache, MountType::Bind, MountType::Secret, MountType::Ssh, MountType::Tmpfs] {
        list.add(format!("type={}", kind.name()), CompletionKind::Value, span)
            .topic(format!("mount-type/{}", kind.name()));
    }
}

/// The caches of the package managers that the command at the caret runs.
fn own_caches(place: &Place<'_>) -> Vec<(String, Tool)> {
    let subject = place.snapshot.subject();
    let mut found: Vec<(String, Tool)> = Vec::new();
    let commands = subject.model.script(place.id).map(|script| script.commands()).unwrap_or_default();
    for action in commands.iter().filter_map(packages::of) {
        if !found.iter().any(|(_, tool)| *tool == action.tool)
            && let Some(folder) = cache_folder(&subject, place.id, action.tool)
            && !folder.contains([',', '"', ' ', '$'])
        {
            found.push((folder, action.tool));
        }
    }
    found
}

fn values(
    place: &Place<'_>,
    key: &str,
    takes: MountValue,
    typed: &str,
    before: &mount::Mount,
    list: &mut Completions,
) {
    let span = place.span_back(typed.len(), &[',']);
    let kind = before.kind();
    match takes {
        MountValue::Type => {
            for kind in
                [MountType::Cache, MountType::Bind, MountType::Secret, MountType::Ssh, MountType::Tmpfs]
            {
                list.add(kind.name(), CompletionKind::Value, span)
                    .topic(format!("mount-type/{}", kind.name()));
            }
        }
        MountValue::Bool => {
            for value in ["true", "false"] {
                list.add(value, CompletionKind::Value, span);
            }
        }
        MountValue::OneOf(words) => {
            for word in words {
                let detail = match *word {
                    "shared" => "builds write at the same time",
                    "locked" => "builds wait for each other",
                    "private" => "each build at the same time has one of its own",
                    _ => "",
                };
                list.add(*word, CompletionKind::Value, span).detail(detail);
            }
        }
        MountValue::Source => images::sources(place, typed, list),
        MountValue::Mode => {
            for value in ["0755", "0700", "0600", "0400"] {
                list.add(value, CompletionKind::Value, span);
            }
        }
        MountValue::Id => {
            for value in ["0", "1000"] {
                list.add(value, CompletionKind::Value, span);
            }
        }
        MountValue::Size => {
            for value in ["64m", "256m", "1g"] {
                list.add(value, CompletionKind::Value, span);
            }
        }
        MountValue::Text => texts(place, key, kind, typed, before, span, list),
    }
}

/// Paths, ids and names.
fn texts(
    place: &Place<'_>,
    key: &str,
    kind: Option<MountType>,
    typed: &str,
    before: &mount::Mount,
    span: Span,
    list: &mut Completions,
) {
    match (key, kind) {
        ("target", Some(MountType::Cache)) => {
            for (folder, tool) in own_caches(place) {
                list.add(folder, CompletionKind::Folder, span)
                    .detail(format!("{}, which runs here", tool.name()));
            }
            for (folder, what) in CACHES {
                list.add(folder, CompletionKind::Folder, span).detail(what);
            }
        }
        ("target", Some(MountType::Secret)) => {
            for folder in ["/root/.npmrc", "/root/.netrc", "/root/.aws/credentials"] {
                list.add(folder, CompletionKind::File, span);
            }
        }
        ("target", Some(MountType::Tmpfs)) => {
            for folder in ["/tmp", "/var/tmp", "/run"] {
                list.add(folder, CompletionKind::Folder, span);
            }
        }
        // What is bound is mostly shown where its source lies.
        ("target" | "source", Some(MountType::Bind)) => match before.value("from") {
            Some(stage) => paths::of_stage(place, stage, typed, &Written::Bare(&[',']), list),
            None => paths::complete(place, typed, &Written::Bare(&[',']), list),
        },
        ("id", Some(MountType::Secret)) | ("source", Some(MountType::Secret)) => {
            for name in ["npmrc", "npm_token", "netrc", "aws", "github_token"] {
                list.add(name, CompletionKind::Value, span).detail("passed with `--secret id=…`");
            }
        }
        ("env", _) => {
            for name in ["NPM_TOKEN", "GITHUB_TOKEN"] {
                list.add(name, CompletionKind::Value, span);
            }
        }
        ("id", Some(MountType::Ssh)) => {
            list.add("default", CompletionKind::Value, span).detail("the agent that `--ssh default` passes");
        }
        _ => {}
    }
}
