use crate::rules::prelude::*;
use crate::syntax::instruction::copy;

pub const RULE: Rule = Rule {
    name: "vulnerable-openssl",
    theme: Theme::Security,
    aliases: &["kics/vulnerable_openssl_version"],
    severity: Severities::own(Severity::Warning).off_in_editor(),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports the download of an OpenSSL whose version is known to be unsafe: 3.0.0 to 3.0.6 (CVE-2022-3602), \
               1.0.1 to 1.0.1f (Heartbleed), and the 0.9 and 1.0 lines, which get no more corrections.",
        why: "What is built from source is seen by no package manager, so nobody is told that it needs an update.",
        example: "FROM debian:12\nRUN curl -fsSLO https://www.openssl.org/source/openssl-3.0.5.tar.gz\n",
        instead: "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*\n",
        fix: "There is no fix: which version the program works with isn't known.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run, Keyword::Add], check),
    examples: &[
        Example::bad(
            "FROM a:1\nRUN wget \"https://www.openssl.org/source/openssl-3.0.5.tar.gz\"\nADD https://a.io/openssl-1.0.2u.tar.gz /\n",
            &[(2, "\"https://www.openssl.org/source/openssl-3.0.5.tar.gz\""), (3, "https://a.io/openssl-1.0.2u.tar.gz")],
        )
        .under(Profile::Strict),
        Example::ok("FROM a:1\nRUN wget https://www.openssl.org/source/openssl-3.0.15.tar.gz && wget https://a.io/openssl-$V.tar.gz\n")
            .under(Profile::Strict),
        Example::ok("FROM a:1\nRUN wget https://www.openssl.org/source/openssl-3.0.5.tar.gz\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let mut judge = |text: &str, span: Span| {
        if let Some(version) = version(text).filter(|version| is_unsafe(version)) {
            let message = format!(
                "OpenSSL {version} has holes that are known and used, and no package manager sees what is built from \
                 source. Install the distribution's package, or a version that gets corrections."
            );
            found.push(Finding::new(span, message));
        }
    };
    if site.instruction.keyword == Keyword::Add {
        let sources = copy(site.instruction).map(|copy| copy.sources).unwrap_or_default();
        sources.iter().for_each(|source| judge(&source.text, source.span));
        return;
    }
    for call in input.calls(site.id).iter().filter(|call| matches!(&*call.name, "curl" | "wget")) {
        call.args.iter().for_each(|arg| judge(&arg.text, arg.span));
    }
}

/// `3.0.5` of `https://…/openssl-3.0.5.tar.gz`.
fn version(address: &str) -> Option<&str> {
    let (_, rest) = address.rsplit_once("/openssl-")?;
    let version = rest.split(".tar").next()?;
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
}

/// Source: openssl.org's list of vulnerabilities and its release strategy.
fn is_unsafe(version: &str) -> bool {
    let third = version.strip_prefix("3.0.").and_then(|rest| rest.parse::<u32>().ok());
    version.starts_with("0.") || version.starts_with("1.0.") || third.is_some_and(|number| number <= 6)
}
