use super::place::Place;
use super::{CompletionKind, Completions, images, paths, scripts, short, users, variables};
use crate::catalog::images as catalog;
use crate::rules;
use crate::syntax::Keyword;

/// Words and numbers behind an instruction's keyword and flags.
pub(super) fn complete(place: &Place<'_>, list: &mut Completions) {
    let args = place.args();
    let word = &*place.word;
    match place.keyword {
        Keyword::From => match args[..] {
            [] => images::bases(place, word, list),
            [_] => drop(
                list.add(if is_lower(place) { "as" } else { "AS" }, CompletionKind::Keyword, place.span(&[]))
                    .detail("names the stage"),
            ),
            _ => {}
        },
        Keyword::Copy | Keyword::Add if !word.contains(['$', '"', '\'', '[']) => {
            paths::of_source(place, word, &paths::Written::Bare(&[]), list);
        }
        Keyword::Run => scripts::complete(place, list),
        Keyword::Cmd | Keyword::Entrypoint => scripts::complete(place, list),
        Keyword::Healthcheck if args.is_empty() => {
            let span = place.span(&[]);
            list.add("CMD", CompletionKind::Keyword, span).detail("runs a command to ask");
            if place.in_flags() && place.words().next().is_none() {
                list.add("NONE", CompletionKind::Keyword, span)
                    .detail("asks nothing, whatever the base image says");
            }
        }
        Keyword::User if args.is_empty() => users::complete(place, word, list),
        Keyword::Expose => ports(place, list),
        Keyword::Stopsignal if args.is_empty() => {
            let span = place.span(&[]);
            // What programs are asked to stop with mostly.
            let usual =
                ["SIGTERM", "SIGINT", "SIGQUIT", "SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH"];
            for name in usual {
                list.add(name, CompletionKind::Value, span);
            }
            for name in rules::signals() {
                list.add(format!("SIG{name}"), CompletionKind::Value, span);
            }
            list.add("SIGRTMIN+3", CompletionKind::Value, span).detail("what systemd stops by");
        }
        Keyword::Shell if args.is_empty() && !word.contains('"') => shells(place, list),
        Keyword::Workdir if args.is_empty() => {
            let span = place.span(&[]);
            let model = place.snapshot.model();
            for stage in model.stages() {
                let path = &*model.last_frame(stage).workdir.path;
                if path != "/" {
                    list.add(path, CompletionKind::Folder, span).detail(format!("as in {}", stage.title()));
                }
            }
            for path in ["/app", "/usr/src/app"] {
                list.add(path, CompletionKind::Folder, span);
            }
        }
        Keyword::Arg if !word.contains('=') => arguments(place, list),
        Keyword::Label if !word.contains('=') => {
            let span = place.span(&['=']);
            let rest = place.snapshot.source().get(span.end as usize..).unwrap_or_default();
            for (name, what) in LABELS {
                let name = format!("org.opencontainers.image.{name}");
                let text = if rest.starts_with('=') { name.clone() } else { format!("{name}=") };
                list.add(name, CompletionKind::Property, span).detail(what).text(text);
            }
        }
        _ => {}
    }
}

/// The labels that everybody understands, without `org.opencontainers.image.`.
///
/// Source: opencontainers/image-spec `annotations.md`.
const LABELS: [(&str, &str); 13] = [
    ("source", "where the source code is"),
    ("description", "what it is, in a sentence"),
    ("licenses", "SPDX licence expression"),
    ("title", "the image's name for people"),
    ("version", "the software's version"),
    ("revision", "the commit of the source"),
    ("authors", "who to ask"),
    ("url", "where to read more"),
    ("documentation", "where the documentation is"),
    ("vendor", "who distributes it"),
    ("created", "when, as RFC 3339 writes it"),
    ("base.name", "the image that it is built on"),
    ("ref.name", "the name of the target"),
];

fn is_lower(place: &Place<'_>) -> bool {
    !place.instruction.keyword_span.of(place.snapshot.source()).chars().any(char::is_uppercase)
}

/// Ports: what the project's scripts and the environment say, what the base image's program listens on.
fn ports(place: &Place<'_>, list: &mut Completions) {
    let span = place.span(&[]);
    if place.word.contains('/') {
        let (_, protocol) = place.word.rsplit_once('/').unwrap_or_default();
        let span = place.span_back(protocol.len(), &[]);
        for protocol in ["tcp", "udp"] {
            list.add(protocol, CompletionKind::Value, span);
        }
        return;
    }
    let model = place.snapshot.model();
    let is_port = |text: &str| text.parse::<u16>().is_ok_and(|port| port != 0);
    if let Some(port) = model.value(place.id, "PORT").filter(|port| is_port(port)) {
        list.add(port, CompletionKind::Value, span).detail("$PORT");
    }
    for project in place.snapshot.context().iter().flat_map(|view| &view.projects) {
        let Some(package) = project.package() else { continue };
        for (name, line) in &package.scripts {
            if let Some(port) = port_of(line).filter(|port| is_port(port)) {
                list.add(port, CompletionKind::Value, span)
                    .detail(format!("package.json, {name}: {}", short(line)));
            }
        }
        if project.uses_next() {
            list.add("3000", CompletionKind::Value, span).detail("Next.js, unless told otherwise");
        }
    }
    let image = model.stage_of(place.id).and_then(|stage| rules::root_image(model, stage));
    let image = image.as_ref().map(|(name, _)| name.as_str());
    let usual = PORTS.iter().filter(|(name, _)| Some(*name) == image);
    for (name, port) in usual {
        list.add(*port, CompletionKind::Value, span).detail(format!("{name}, unless told otherwise"));
    }
    for (port, what) in
        [("3000", "Node.js servers mostly"), ("8080", "HTTP without root"), ("80", "HTTP"), ("443", "HTTPS")]
    {
        list.add(port, CompletionKind::Value, span).detail(what);
    }
}

/// What the programs of official images listen on. Source: EXPOSE in their Dockerfiles.
const PORTS: [(&str, &str); 11] = [
    ("nginx", "80"),
    ("httpd", "80"),
    ("caddy", "80"),
    ("traefik", "80"),
    ("postgres", "5432"),
    ("mysql", "3306"),
    ("mariadb", "3306"),
    ("redis", "6379"),
    ("mongo", "27017"),
    ("rabbitmq", "5672"),
    ("memcached", "11211"),
];

/// The port that a command line names: `-p 4000`, `--port=4000`, `PORT=4000`.
fn port_of(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        if word == "-p" || word == "--port" {
            return words.next();
        }
        if let Some(port) = word.strip_prefix("--port=").or_else(|| word.strip_prefix("PORT=")) {
            return Some(port);
        }
    }
    None
}

/// Whole arrays for SHELL, those that the base image has first.
fn shells(place: &Place<'_>, list: &mut Completions) {
    let mut span = place.span(&[]);
    // The array is one item: whatever is typed of it is replaced.
    let back = place.before.trim_start().len();
    span.start = place.offset.saturating_sub(back as u32);
    let model = place.snapshot.model();
    let stage = model.stage_of(place.id);
    let windows = stage.is_some_and(|stage| stage.windows);
    let known = stage.and_then(|stage| rules::base_image(model, stage));
    let bash = known.as_ref().and_then(|image| image.ships("bash"));
    let alpine = known.as_ref().is_some_and(|image| image.libc == Some("musl"));
    let mut add = |text: &str, detail: &str| {
        list.add(text, CompletionKind::Value, span).detail(detail);
    };
    const BASH: (&str, &str) =
        (r#"["/bin/bash", "-o", "pipefail", "-c"]"#, "a pipe fails with any of its commands");
    if windows {
        add(
            r#"["powershell", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]"#,
            "PowerShell that stops at errors",
        );
        add(r#"["cmd", "/S", "/C"]"#, "the default on Windows");
        return;
    }
    if bash != Some(false) && !alpine {
        add(BASH.0, BASH.1);
    }
    if alpine {
        add(r#"["/bin/ash", "-eo", "pipefail", "-c"]"#, "a pipe fails with any of its commands");
    }
    add(r#"["/bin/sh", "-c"]"#, "the default");
    if bash == Some(false) || alpine {
        return;
    }
    add(r#"["/bin/bash", "-c"]"#, "");
}

/// Arguments that BuildKit or the file know already and this stage doesn't declare yet.
fn arguments(place: &Place<'_>, list: &mut Completions) {
    let span = place.span(&['=']);
    let model = place.snapshot.model();
    let in_stage = model.stage_of(place.id).is_some();
    let own = if in_stage { model.variables(place.id) } else { &[] };
    let declared = |name: &str| own.iter().any(|variable| &*variable.name == name);
    if in_stage {
        for global in model.globals().iter().filter(|global| !declared(&global.name)) {
            let value =
                global.value.as_deref().map_or_else(String::new, |value| format!(", = {}", short(value)));
            list.add(&*global.name, CompletionKind::Variable, span)
                .detail(format!("declared above the first FROM{value}"));
        }
        for name in variables::PLATFORM.into_iter().filter(|name| !declared(name)) {
            list.add(name, CompletionKind::Variable, span).detail("set by BuildKit");
        }
    }
    let image = model.stage_of(place.id).and_then(|stage| rules::root_image(model, stage));
    if image.is_some_and(|(name, _)| {
        catalog::find(&name, None).is_some_and(|it| it.package_manager == Some("apt"))
    }) {
        let detail = "keeps apt from asking, in this build only";
        list.add("DEBIAN_FRONTEND", CompletionKind::Variable, span)
            .detail(detail)
            .text("DEBIAN_FRONTEND=noninteractive");
    }
}
