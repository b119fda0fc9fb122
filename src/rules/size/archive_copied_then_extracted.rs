use crate::rules::prelude::*;
use crate::syntax::InstructionId;
use crate::syntax::instruction::{Origin, copy};

pub const RULE: Rule = Rule {
    name: "archive-copied-then-extracted",
    theme: Theme::Size,
    aliases: &["hadolint/DL3010"],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Info).strict(Severity::Info),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `COPY` of an archive that a later `RUN` of the stage extracts.",
        why: "The archive stays in the layer of the `COPY`, and what it holds comes on top of it. `ADD` extracts a local tar archive as it copies it, so that only its content is in the image.",
        example: "FROM debian:12\nCOPY app.tar.gz /app/\nRUN tar -xzf /app/app.tar.gz -C /app\n",
        instead: "FROM debian:12\nADD app.tar.gz /app/\n",
        fix: "There is no fix: where the archive is extracted to, and with which options, is for you to carry over.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM debian:12\nCOPY app.tar /app/\nRUN tar -xf /app/app.tar\n", &[(2, "app.tar")]),
        Example::bad(
            "FROM debian:12\nCOPY a.zip /b.tgz\nRUN true && tar --extract -f /b.tgz\n",
            &[(2, "/b.tgz")],
        ),
        Example::ok("FROM debian:12\nCOPY app.tar /app/\nFROM debian:12\nRUN tar -xf app.tar\n"),
        Example::ok("FROM debian:12\nCOPY --from=a app.tar /app/\nRUN tar -xf /app/app.tar\n"),
        Example::ok("FROM debian:12\nCOPY app.tar /app/\nRUN tar -cf /app/app.tar .\n"),
    ],
};

/// What hadolint takes for an archive (`src/Hadolint/Rule.hs`, archiveFileFormatExtensions).
const ENDINGS: [&str; 15] = [
    ".tar", ".Z", ".bz2", ".gz", ".lz", ".lzma", ".tZ", ".tb2", ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz",
    ".txz", ".xz",
];

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    // The archives copied in this stage: their names and where they stand, and whether they were extracted.
    let mut archives: Vec<(String, Span, InstructionId, bool)> = Vec::new();
    for (id, instruction) in input.tree().numbered() {
        match instruction.keyword {
            Keyword::From => report(&mut archives, found),
            Keyword::Copy => {
                let Some(copy) = copy(instruction).filter(|copy| copy.origin == Origin::Context) else {
                    continue;
                };
                let words =
                    if is_archive(&copy.destination.text) { vec![copy.destination] } else { copy.sources };
                for word in words.into_iter().filter(|word| is_archive(&word.text)) {
                    archives.push((base_name(&word.text).to_owned(), word.span, id, false));
                }
            }
            Keyword::Run => {
                for call in input.calls(id).iter().filter(|call| extracts(call)) {
                    for arg in call.operands() {
                        let named = archives.iter_mut().filter(|(name, ..)| name == base_name(&arg.text));
                        named.for_each(|(.., extracted)| *extracted = true);
                    }
                }
            }
            _ => {}
        }
    }
    report(&mut archives, found);
}

/// Reports each COPY once, and forgets the stage's archives.
fn report(archives: &mut Vec<(String, Span, InstructionId, bool)>, found: &mut Vec<Finding>) {
    let mut last = None;
    for (name, span, id, extracted) in archives.drain(..) {
        if extracted && last != Some(id) {
            let message = format!(
                "{name} is copied and extracted later: the archive stays in this layer, beside what was in it. `ADD` \
                 extracts a local tar archive as it copies it."
            );
            found.push(Finding::new(span, message));
            last = Some(id);
        }
    }
}

fn base_name(path: &str) -> &str {
    let path = path.trim_matches(['"', '\'']);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn is_archive(path: &str) -> bool {
    let path = path.trim_matches(['"', '\'']);
    ENDINGS.iter().any(|ending| path.ends_with(ending))
}

fn extracts(call: &Call<'_>) -> bool {
    match &*call.name {
        "tar" => {
            call.has_arg(&["--extract", "--get"])
                || call.args.iter().any(|arg| arg.text.starts_with('-') && arg.text.contains('x'))
        }
        name => ["unzip", "gunzip", "bunzip2", "unlzma", "unxz", "zgz", "uncompress", "zcat", "gzcat"]
            .contains(&name),
    }
}
