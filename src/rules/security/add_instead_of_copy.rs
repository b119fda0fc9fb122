use crate::rules::kit::hadolint::{ARCHIVES, unquoted};
use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::instruction::{Copy, SourceKind, copy};
use crate::syntax::suggest::in_case_of;

pub const RULE: Rule = Rule {
    name: "add-instead-of-copy",
    theme: Theme::Security,
    aliases: &[
        "hadolint/DL3020",
        "trivy/DS-0005",
        "checkov/CKV_DOCKER_4",
        "kics/add_instead_of_copy",
        "semgrep/best-practice/prefer-copy-over-add",
        "sonar/S7029",
    ],
    severity: Severities::own(Severity::Info).hadolint(Severity::Error),
    fix: FixKind::Either,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports an `ADD` that takes plain files or folders of the build context. Archives, \
              URLs, Git repositories and what isn't known are left alone.",
        why: "`ADD` unpacks whatever turns out to be an archive and downloads whatever looks like an \
             address. Where neither is meant, `COPY` says so, and does what it says.",
        example: "FROM node:22\nADD package.json /app/\n",
        instead: "FROM node:22\nCOPY package.json /app/\n",
        fix: "The fix writes `COPY`. It is safe where the sources are plain names; with patterns or \
             folders it is unsafe, since an archive among them would no longer be unpacked.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Add], check),
    examples: &[
        Example::bad("FROM node:22\nADD package.json /app/\n", &[(2, "ADD")])
            .fixed("FROM node:22\nCOPY package.json /app/\n"),
        Example::bad("from node:22\nadd --chown=node a.json \\\n  b.json /app/\n", &[(2, "add")])
            .fixed("from node:22\ncopy --chown=node a.json \\\n  b.json /app/\n"),
        Example::bad("FROM node:22\nADD src/* /app/\n", &[(2, "ADD")])
            .fixed_unsafely("FROM node:22\nCOPY src/* /app/\n"),
        Example::ok(
            "FROM node:22\nADD rootfs.tar.gz /\nADD https://example.com/a \
            /a\nADD git@github.com:a/b.git /b\nADD $FILE /c\nADD --unpack=true \
            a.bin /d/\n",
        ),
        Example::bad(
            "FROM node:22\nADD $FILE /c\nADD a.zip /d\nADD git@github.com:a/b.git \
            /b\nADD a.tar.zst /e\nONBUILD ADD a /b\n",
            &[(2, "ADD"), (3, "ADD"), (4, "ADD"), (5, "ADD")],
        )
        .under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(copy) = copy(site.instruction) else { return };
    let sources = || copy.sources.iter().map(|source| unquoted(&source.text));
    let archive = |source: &str| ARCHIVES.iter().any(|ending| source.ends_with(ending));
    if input.profile() == Profile::Hadolint {
        let web = |source: &str| source.starts_with("http://") || source.starts_with("https://");
        if !site.onbuild && sources().chain(heredocs(&copy)).any(|source| !archive(source) && !web(source)) {
            found.push(Finding::new(site.instruction.keyword_span, message(site)));
        }
        return;
    }
    let only_add = ["checksum", "unpack", "keep-git-dir"];
    let special = |source: &str| {
        archive(source)
            || source.ends_with(".zst")
            || source.contains('$')
            || SourceKind::of(source) != SourceKind::Path
            || source.contains("://")
    };
    if only_add.iter().any(|flag| site.instruction.flag(flag).is_some()) || sources().any(special) {
        return;
    }
    let keyword = site.instruction.keyword_span;
    let written = in_case_of("COPY", keyword.of(input.source()));
    let edits = input.edits(vec![Edit::replace(keyword, written)]);
    // A name with an ending of its own isn't a folder.
    let plain = |source: &str| {
        let name = source.rsplit('/').next().unwrap_or(source);
        !source.contains(['*', '?', '[']) && name.trim_start_matches('.').contains('.')
    };
    let fix = if sources().all(plain) {
        Fix::safe("Change to `COPY`", edits)
    } else {
        Fix::unsafe_("Change to `COPY`", edits)
    };
    found.push(Finding::new(keyword, message(site)).fix(Some(fix)));
}

fn heredocs<'a>(copy: &Copy<'a>) -> impl Iterator<Item = &'a str> {
    copy.heredocs.iter().map(|word| &*word.text)
}

fn message(_: Site<'_>) -> &'static str {
    "ADD unpacks archives and downloads addresses; nothing here is one, and a file that turns out to be one would \
     land unpacked. COPY takes files as they are."
}
