use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::Word;
use crate::syntax::flags::mount;
use crate::syntax::instruction::{Origin, copy, from};

pub const RULE: Rule = Rule {
    name: "untrusted-registry",
    theme: Theme::Security,
    aliases: &["hadolint/DL3026"],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::FILE,
    docs: Docs {
        what: "Reports images from registries that aren't among the trusted ones: in `FROM`, `COPY \
              --from` and `RUN --mount=from=`. Without a list of trusted registries in the settings it \
              is silent.",
        why: "Who decides that images come from certain places wants to know of the one that doesn't.",
        example: "FROM ghcr.io/stranger/node:22\n",
        instead: "FROM trusted.example.com/node:22\n",
        fix: "There is no fix: where the trusted copy of the image lies, only you know.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22 AS a\nCOPY --from=ghcr.io/b/c:1 /x /x\nRUN --mount=type=bind,from=ghcr.io/b/c:1,target=/c \
            true\n", &[(1, "node:22"),(2, "ghcr.io/b/c:1"),(3, "ghcr.io/b/c:1")]).set(trusted),
        Example::bad("FROM ghcr.io/stranger/node:22\n", &[(1, "ghcr.io/stranger/node:22")]).set(trusted),
        Example::ok("FROM trusted.example.com/node:22 AS a\nFROM a\nFROM scratch\nFROM \
            x.example.org/a\nCOPY --from=a /x /x\n").set(trusted),
        Example::ok("FROM ghcr.io/stranger/node:22\n"),
    ],
};

fn trusted(settings: &mut crate::settings::Settings) {
    settings.trusted_registries = vec!["trusted.example.com".to_owned(), "*.example.org".to_owned()];
}

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    let trusted = &input.settings.trusted_registries;
    if trusted.is_empty() {
        return;
    }
    let hadolint = input.profile() == Profile::Hadolint;
    let stages = input.model().stages();
    let mut judge = |word: &Word, name: &str, span: Span, above: &dyn Fn(&crate::model::Stage) -> bool| {
        let image = kit::hadolint::image(name);
        let known = stages.iter().filter(|stage| above(stage)).any(|stage| {
            let written = stage.name_span.map(|span| span.of(input.source()));
            if hadolint {
                written == Some(image.name)
            } else {
                stage.name.as_deref() == Some(&name.to_lowercase())
            }
        });
        // What a variable stands for isn't known, nor is a number an image.
        let unclear = !hadolint && (name.starts_with('$') || name.parse::<usize>().is_ok());
        let of_hub = || ["docker.io", "hub.docker.com"].iter().any(|hub| is_trusted(trusted, hub));
        let sound = match image.registry {
            Some(registry) => is_trusted(trusted, registry),
            None => image.name == "scratch" || of_hub(),
        };
        if !known && !sound && !unclear {
            let message = format!(
                "`{}` comes from a registry that isn't among the trusted ones of your settings. Take the image from \
                 one of these: {}.",
                word.text,
                trusted.join(", ")
            );
            found.push(Finding::new(span, message));
        }
    };
    for (id, instruction) in input.tree().numbered() {
        match instruction.keyword {
            Keyword::From => {
                let Some(from) = from(instruction) else { continue };
                judge(from.image, &from.image.text, from.image.span, &|stage| stage.from < id);
            }
            Keyword::Copy => {
                let Some(Origin::From(word)) = copy(instruction).map(|copy| copy.origin) else { continue };
                judge(word, &word.text, word.span, &|stage| !hadolint || stage.from < id);
            }
            Keyword::Run => {
                for flag in instruction.flags.iter().filter(|flag| &*flag.name == "mount") {
                    let Some(value) = &flag.value else { continue };
                    let mount = mount::parse(&value.text);
                    let Some(name) = mount
                        .field("from")
                        .and_then(|field| field.value.as_deref().map(|v| (v.to_owned(), field.value_span)))
                    else {
                        continue;
                    };
                    let exact = value.span.len() as usize == value.text.len();
                    let at = value.span.start;
                    let span = if exact { Span::new(at + name.1.start, at + name.1.end) } else { value.span };
                    let word = Word { span, text: name.0.as_str().into() };
                    judge(&word, &name.0, span, &|stage| !hadolint || stage.from < id);
                }
            }
            _ => {}
        }
    }
}

/// Source: hadolint `src/Hadolint/Rule/DL3026.hs`.
fn is_trusted(trusted: &[String], registry: &str) -> bool {
    trusted.iter().any(|allowed| match (allowed.strip_prefix('*'), allowed.strip_suffix('*')) {
        (Some(suffix), _) => registry.ends_with(suffix),
        (None, Some(prefix)) => registry.starts_with(prefix),
        (None, None) => registry == allowed,
    })
}
