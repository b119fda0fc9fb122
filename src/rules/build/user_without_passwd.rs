use crate::model::{Base, Stage};
use crate::rules::prelude::*;
use crate::syntax::instruction::copy;
use crate::syntax::{Instruction, Word};

pub const RULE: Rule = Rule {
    name: "user-without-passwd",
    theme: Theme::Build,
    aliases: &["tally/named-identity-in-passwdless-stage"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a `USER` or `--chown` by name in a stage that starts from `scratch` and into \
              which no `/etc/passwd` was copied.",
        why: "Names are looked up in `/etc/passwd` of the image. Without it `--chown` makes the build \
             fail, and a container whose `USER` is a name doesn't start.",
        example: "FROM scratch\nCOPY server /server\nUSER app\nENTRYPOINT [\"/server\"]\n",
        instead: "FROM scratch\nCOPY server /server\nUSER 65532\nENTRYPOINT [\"/server\"]\n",
        fix: "The fix writes a number: `0` for root, `65534` for nobody, and `65532` for others, which is what many use for a \
              user without rights. It is unsafe: another number may be meant.",
        files: None,
    },
    check: Check::Stage(check),
    examples: &[
        Example::bad("FROM scratch\nCOPY --chown=app server /server\nUSER app\n", &[(2, "app"), (3, "app")])
            .fixed("FROM scratch\nCOPY --chown=65532 server /server\nUSER 65532\n"),
        Example::bad(
            "FROM scratch AS a\nCOPY server /server\nFROM a\nUSER 1000:staff\n",
            &[(4, "1000:staff")],
        )
        .fixed("FROM scratch AS a\nCOPY server /server\nFROM a\nUSER 1000:65532\n"),
        Example::bad("FROM scratch\nUSER nobody:root\n", &[(2, "nobody:root")])
            .fixed("FROM scratch\nUSER 65534:0\n"),
        Example::ok(
            "FROM scratch\nCOPY --from=build /etc/passwd /etc/\nCOPY --chown=app server /server\nUSER app\n",
        ),
        Example::ok(
            "FROM scratch\nADD rootfs.tar.gz /\nUSER app\nFROM scratch\nCOPY --chown=1:2 a /a\nUSER 65532\n",
        ),
        Example::ok("FROM node:22\nUSER app\nFROM scratch\nARG U\nUSER $U\n"),
    ],
};

fn check<'a>(input: &Input<'a>, stage: &'a Stage, found: &mut Vec<Finding>) {
    if !lacks_passwd(input, stage) {
        return;
    }
    for site in input.steps(stage) {
        let instruction = site.instruction;
        let named = match instruction.keyword {
            Keyword::User => instruction.args.first(),
            Keyword::Copy | Keyword::Add => instruction.flag("chown").and_then(|flag| flag.value.as_ref()),
            _ => None,
        };
        if let Some(word) = named.filter(|word| has_name(word)) {
            let message = format!(
                "The image has no /etc/passwd, so `{}` means nobody: it starts from scratch and the file isn't copied \
                 to it. Write numbers, or copy /etc/passwd from another stage.",
                word.text
            );
            found.push(Finding::new(word.span, message).fix(fix(input, word)));
        }
        if brings_passwd(instruction) {
            return;
        }
    }
}

/// Numbers in place of names: those that are the same everywhere, else distroless' for `nonroot`.
fn fix(input: &Input<'_>, word: &Word) -> Option<Fix> {
    let number = |part: &str| match part {
        "root" => "0".to_owned(),
        "nobody" | "nogroup" => "65534".to_owned(),
        part if part.bytes().all(|byte| byte.is_ascii_digit()) => part.to_owned(),
        _ => "65532".to_owned(),
    };
    let numbers = word.text.split(':').map(number).collect::<Vec<_>>().join(":");
    let exact = word.span.of(input.source()) == &*word.text;
    let title = format!("Change to `{numbers}`");
    exact.then(|| Fix::unsafe_(title, input.edits(vec![Edit::replace(word.span, numbers)])))
}

fn has_name(word: &Word) -> bool {
    let number = |part: &str| part.is_empty() || part.chars().all(|c| c.is_ascii_digit());
    let text = word.text.trim_matches(['"', '\'']);
    !text.contains('$') && !text.split(':').all(number)
}

/// Whether a COPY or ADD may put `/etc/passwd` there; so may a RUN.
fn brings_passwd(instruction: &Instruction) -> bool {
    match instruction.keyword {
        Keyword::Run => true,
        Keyword::Copy | Keyword::Add => copy(instruction).is_some_and(|copy| {
            let to = copy.destination.text.trim_matches(['"', '\'']).trim_end_matches('/');
            let names = copy
                .sources
                .iter()
                .any(|source| source.text.ends_with("passwd") || source.text.ends_with("group"));
            let whole =
                |source: &str| source.ends_with('/') || source.ends_with("etc") || !source.contains('.');
            let folder =
                copy.sources.iter().any(|source| whole(&source.text) || source.text.contains(['*', '$']));
            let archive = instruction.keyword == Keyword::Add;
            to.starts_with("/etc") || to.contains('$') || to.is_empty() && (names || folder || archive)
        }),
        _ => false,
    }
}

/// Whether a stage begins without the file.
fn lacks_passwd<'a>(input: &Input<'a>, stage: &'a Stage) -> bool {
    let brings = |base| input.steps(base).any(|site| brings_passwd(site.instruction));
    matches!(input.model().root(stage), Base::Scratch) && !input.model().with_bases(stage).skip(1).any(brings)
}
