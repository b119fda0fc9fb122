use crate::model::resolve;
use crate::rules::prelude::*;
use crate::shell::Word;
use crate::syntax::InstructionId;
use crate::syntax::instruction::{Origin, copy};

pub const RULE: Rule = Rule {
    name: "archive-copied-then-extracted",
    theme: Theme::Size,
    aliases: &["hadolint/DL3010"],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Info).strict(Severity::Info),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `COPY` of an archive that a later `RUN` of the stage extracts.",
        why: "The archive stays in the layer of the `COPY`, and what it holds comes on top of it. `ADD` extracts a local tar archive as it copies it, so that only its content is in the image.",
        example: "FROM debian:12\nCOPY app.tar.gz /app/\nRUN tar -xzf /app/app.tar.gz -C /app\n",
        instead: "FROM debian:12\nADD app.tar.gz /app/\n",
        fix: "Where the RUN right below begins with a plain `tar -xf` of the archive, the fix writes an `ADD` to the folder that \
              it is extracted to, and takes the tar command out, an `rm` of the archive with it. It is unsafe: the archive \
              itself is no longer there, and what was in it may belong to others.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM debian:12\nCOPY app.tar /app/\nRUN tar -xf /app/app.tar\n", &[(2, "app.tar")])
            .fixed("FROM debian:12\nADD app.tar /\n"),
        Example::bad(
            "FROM debian:12\nCOPY dist/app.tar.gz /tmp/app.tgz\n# unpack\nRUN tar xzf /tmp/app.tgz -C /opt \\\n  && rm -f \
             /tmp/app.tgz \\\n  && make\n",
            &[(2, "/tmp/app.tgz")],
        )
        .fixed("FROM debian:12\nADD dist/app.tar.gz /opt/\n# unpack\nRUN make\n"),
        Example::bad(
            "FROM debian:12\nCOPY app.tar.gz /tmp/\nRUN tar xzf /tmp/app.tar.gz --strip-components=1\n",
            &[(2, "app.tar.gz")],
        ),
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
    let mut archives: Vec<Archive> = Vec::new();
    for (id, instruction) in input.tree().numbered() {
        match instruction.keyword {
            Keyword::From => report(input, &mut archives, found),
            Keyword::Copy => {
                let Some(copy) = copy(instruction).filter(|copy| copy.origin == Origin::Context) else {
                    continue;
                };
                let words =
                    if is_archive(&copy.destination.text) { vec![copy.destination] } else { copy.sources };
                for word in words.into_iter().filter(|word| is_archive(&word.text)) {
                    let name = base_name(&word.text).to_owned();
                    archives.push(Archive { name, span: word.span, copy: id, extracted: None });
                }
            }
            Keyword::Run if !archives.is_empty() => {
                for call in input.calls(id).iter().filter(|call| extracts(input, call)) {
                    for arg in call.operands() {
                        let named =
                            archives.iter_mut().filter(|archive| archive.name == base_name(&arg.text));
                        named.for_each(|archive| archive.extracted = archive.extracted.or(Some(id)));
                    }
                }
            }
            _ => {}
        }
    }
    report(input, &mut archives, found);
}

/// An archive that was copied.
struct Archive {
    name: String,
    span: Span,
    copy: InstructionId,
    /// The first RUN that extracts it.
    extracted: Option<InstructionId>,
}

/// Reports each COPY once, and forgets the stage's archives.
fn report(input: &Input<'_>, archives: &mut Vec<Archive>, found: &mut Vec<Finding>) {
    let mut last = None;
    for Archive { name, span, copy, extracted } in archives.drain(..) {
        if let Some(run) = extracted.filter(|_| last != Some(copy)) {
            let message = format!(
                "{name} is copied and extracted later: the archive stays in this layer, beside what was in it. `ADD` \
                 extracts a local tar archive as it copies it."
            );
            found.push(Finding::new(span, message).fix(fix(input, copy, run)));
            last = Some(copy);
        }
    }
}

/// ADD in place of COPY and tar, where the RUN stands right below and begins with nothing but that.
fn fix(input: &Input<'_>, copied: InstructionId, run: InstructionId) -> Option<Fix> {
    let (add, tar) = (input.tree().instruction(copied)?, input.tree().instruction(run)?);
    let what = copy(add)?;
    let ([source], plain) =
        (&what.sources[..], add.flags.is_empty() && !add.is_exec() && tar.flags.is_empty())
    else {
        return None;
    };
    let next = input.tree().numbered().find(|(id, _)| *id > copied)?.0;
    let workdir = &input.frame(copied)?.workdir;
    let place = |path: &str| {
        let known =
            !path.contains(['$', '`', '*', '?', '~', '{']) && (path.starts_with('/') || workdir.certain);
        known.then(|| resolve(&workdir.path, path))
    };
    let folder = what.destination.text.ends_with(['/', '.']);
    let name = if folder { base_name(&source.text) } else { "" };
    let archive = place(&format!("{}/{name}", what.destination.text))?;
    let is_tar =
        [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"].iter().any(|end| source.text.ends_with(end));
    let commands = input.commands(run);
    let first = &commands.first()?.command;
    if !plain || next != run || !what.heredocs.is_empty() || !is_tar || !first.is("tar") || first.conditional
    {
        return None;
    }
    let (file, to) = tar_extracts(first.args())?;
    let to = to.map_or(Some(workdir.path.to_string()), |to| place(&to))?;
    if place(&file)? != archive || !first.redirects().is_empty() || first.directory() != Some("") {
        return None;
    }
    let removes = |command: &&Cmd<'_>| {
        let args = command.command.args().iter().filter(|word| !word.text().starts_with('-'));
        command.command.is("rm") && args.map(|word| place(&word.value_or_text())).eq([Some(archive.clone())])
    };
    let last = commands.get(1).filter(removes).map_or(first.span, |command| command.command.span);
    let site = Site { id: run, instruction: tar, onbuild: false };
    let lower = add.keyword_span.of(input.source()).starts_with('c');
    let destination = format!("{}/", to.trim_end_matches('/'));
    let edits = vec![
        Edit::replace(add.keyword_span, if lower { "add" } else { "ADD" }),
        Edit::replace(what.destination.span, destination),
        kit::take_out::commands(input, site, first.span.to(last))?,
    ];
    Some(Fix::unsafe_(
        "Extract it with ADD (unsafe: the archive itself isn't there then)",
        input.edits(edits),
    ))
}

/// The archive and the folder of a tar command that extracts all of an archive and does nothing else.
fn tar_extracts(words: &[Word]) -> Option<(String, Option<String>)> {
    let (mut file, mut to, mut extracts) = (None, None, false);
    let mut words = words.iter().map(|word| word.literal().map(|text| text.into_owned())).enumerate();
    while let Some((at, word)) = words.next() {
        let word = word?;
        let letters = word.strip_prefix('-').or((at == 0).then_some(&*word))?;
        match letters {
            "C" => to = Some(words.next()?.1?),
            letters if letters.chars().all(|c| "xzvjJf".contains(c)) => {
                extracts |= letters.contains('x');
                match letters.find('f') {
                    Some(f) if f + 1 == letters.len() => file = Some(words.next()?.1?),
                    Some(_) => return None,
                    None => {}
                }
            }
            _ => return None,
        }
    }
    Some((file.filter(|_| extracts)?, to))
}

fn base_name(path: &str) -> &str {
    let path = path.trim_matches(['"', '\'']);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn is_archive(path: &str) -> bool {
    let path = path.trim_matches(['"', '\'']);
    ENDINGS.iter().any(|ending| path.ends_with(ending))
}

fn extracts(input: &Input<'_>, call: &Call<'_>) -> bool {
    // hadolint doesn't know the letters without a dash.
    let letters = |arg: &Arg<'_>| arg.text.contains('x') && arg.text.chars().all(|c| "xzvjJfpa".contains(c));
    let bare = || input.profile() != Profile::Hadolint && call.args.first().is_some_and(letters);
    match &*call.name {
        "tar" => {
            call.has_arg(&["--extract", "--get"])
                || bare()
                || call.args.iter().any(|arg| arg.text.starts_with('-') && arg.text.contains('x'))
        }
        name => ["unzip", "gunzip", "bunzip2", "unlzma", "unxz", "zgz", "uncompress", "zcat", "gzcat"]
            .contains(&name),
    }
}
