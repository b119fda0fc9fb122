use crate::rules::prelude::*;
use crate::syntax::instruction::{SourceKind, copy};

pub const RULE: Rule = Rule {
    name: "url-without-checksum",
    theme: Theme::Security,
    aliases: &["kics/curl_or_wget_instead_of_add"],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports an `ADD` of a web address without `--checksum`.",
        why: "Whatever the server sends lands in the image, today this and tomorrow that. A checksum \
             makes the build stop when it isn't what you looked at, and lets BuildKit use its cache \
             without asking.",
        example: "FROM alpine:3.20\nADD https://example.com/tool /usr/local/bin/tool\n",
        instead: "FROM alpine:3.20\nADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \
            https://example.com/tool /usr/local/bin/tool\n",
        fix: "There is no fix: the checksum has to come from whoever publishes the file.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Add], check),
    examples: &[
        Example::bad(
            "FROM alpine:3.20\nADD https://example.com/tool /bin/tool\n",
            &[(2, "https://example.com/tool")],
        ),
        Example::bad(
            "FROM alpine:3.20\nARG V=1\nADD a \"http://example.com/tool-$V\" /bin/\n",
            &[(3, "\"http://example.com/tool-$V\"")],
        ),
        Example::ok(
            "FROM alpine:3.20\nADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef \
            https://example.com/tool /bin/\nADD https://github.com/a/b.git \
            /b\nADD a /c\n",
        ),
    ],
};

fn check(_: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let Some(copy) = copy(site.instruction) else { return };
    if site.instruction.flag("checksum").is_some() {
        return;
    }
    for source in copy.sources {
        let address = kit::hadolint::unquoted(&source.text);
        if SourceKind::of(address) == SourceKind::Http {
            let message = format!(
                "Whatever `{address}` answers lands in the image, and nobody notices when that changes. Add \
                 `--checksum=sha256:…` with the file's checksum."
            );
            found.push(Finding::new(source.span, message));
        }
    }
}
