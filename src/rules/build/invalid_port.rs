use crate::rules::kit::frontend::{Refused, tell};
use crate::rules::prelude::*;
use crate::syntax::suggest;

pub const RULE: Rule = Rule {
    name: "invalid-port",
    theme: Theme::Build,
    aliases: &[
        "hadolint/DL3011",
        "trivy/DS-0008",
        "kics/unix_ports_out_of_range",
        "semgrep/correctness/invalid-port",
    ],
    severity: Severities::own(Severity::Error).hadolint(Severity::Error).buildkit(Severity::Error),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports `EXPOSE` of something that is no port: a number above 65535, a range that runs backwards, a \
               word, an unknown protocol.",
        why: "BuildKit refuses the build when it comes to that stage.",
        example: "FROM nginx:1.29\nEXPOSE 80800\n",
        instead: "FROM nginx:1.29\nEXPOSE 8080\n",
        fix: "The fix turns a range around that runs backwards, mends a protocol with a typing error, and writes the port of \
              a service that is named. It is unsafe, since it is a guess. For other numbers there is none.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM nginx:1.29\nEXPOSE 80 80800\n", &[(2, "80800")]),
        Example::bad("FROM nginx:1.29\nEXPOSE http\n", &[(2, "http")]).fixed("FROM nginx:1.29\nEXPOSE 80\n"),
        Example::bad("FROM nginx:1.29\nEXPOSE 80/http\n", &[(2, "80/http")]),
        Example::bad("FROM nginx:1.29\nEXPOSE 80/tpc\n", &[(2, "80/tpc")])
            .fixed("FROM nginx:1.29\nEXPOSE 80/tcp\n"),
        Example::bad("FROM nginx:1.29\nEXPOSE 90-80\n", &[(2, "90-80")])
            .fixed("FROM nginx:1.29\nEXPOSE 80-90\n"),
        Example::ok("FROM nginx:1.29\nEXPOSE 80 443/tcp 8000-8010/udp\n"),
        Example::ok("FROM nginx:1.29\nARG PORT=99999\nEXPOSE $PORT\n"),
        Example::bad("EXPOSE 80000 70000-70001\n", &[(1, "80000"), (1, "70000-70001")])
            .under(Profile::Hadolint),
        Example::ok("FROM nginx:1.29\nEXPOSE http 40000-${X}\n").under(Profile::Hadolint),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    if input.profile() == Profile::Hadolint {
        return for_hadolint(input, found);
    }
    let first = found.len();
    tell(input, Refused::Port, "Write ports as `8080`, `8080/tcp` or `8000-8010`.", found);
    for finding in found.iter_mut().skip(first) {
        let meant = meant(finding.span.of(input.source()));
        finding.fix = meant.map(|meant| {
            let title = format!("Change to `{meant}`");
            Fix::unsafe_(title, input.edits(vec![Edit::replace(finding.span, meant)]))
        });
    }
}

/// What is likely meant by a word that is no port.
fn meant(written: &str) -> Option<String> {
    let (ports, protocol) = written.split_once('/').map_or((written, None), |(ports, of)| (ports, Some(of)));
    let ports = match (ports.split_once('-'), SERVICES.iter().find(|(name, _)| *name == ports)) {
        (Some((first, last)), _) => {
            let (first, last) = (first.parse::<u16>().ok()?, last.parse::<u16>().ok()?);
            format!("{}-{}", first.min(last), first.max(last))
        }
        (None, Some((_, port))) => port.to_string(),
        (None, None) => ports.parse::<u16>().ok()?.to_string(),
    };
    let known = ["tcp", "udp", "sctp"];
    let protocol = match protocol.map(str::to_ascii_lowercase) {
        None => return Some(ports).filter(|ports| ports != written),
        Some(protocol) if known.contains(&&*protocol) => protocol,
        Some(protocol) => suggest::nearest(&protocol, known)?.to_owned(),
    };
    Some(format!("{ports}/{protocol}")).filter(|meant| meant != written)
}

/// Services whose ports everybody knows (IANA's Service Name and Transport Protocol Port Number Registry).
const SERVICES: [(&str, u16); 6] =
    [("http", 80), ("https", 443), ("ssh", 22), ("postgresql", 5432), ("mysql", 3306), ("redis", 6379)];

/// hadolint's own answer (`src/Hadolint/Rule/DL3011.hs`): numbers and ranges above 65535.
fn for_hadolint(input: &Input<'_>, found: &mut Vec<Finding>) {
    let exposes = input.tree().instructions().filter(|instruction| instruction.keyword == Keyword::Expose);
    for word in exposes.flat_map(|expose| &expose.args) {
        let ports = word.text.split('/').next().unwrap_or_default();
        let numbers: Option<Vec<u64>> = ports.split('-').map(|port| port.parse().ok()).collect();
        if numbers.is_some_and(|numbers| numbers.iter().any(|port| *port > 65535)) {
            let message = "Ports run from 0 to 65535, so the build is refused. Write the port that you mean.";
            found.push(Finding::new(word.span, message));
        }
    }
}
