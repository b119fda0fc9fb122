use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "archive-fetched-by-run",
    theme: Theme::Size,
    aliases: &["tally/prefer-add-unpack"],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `RUN` that does nothing but download a tar archive with `curl` or `wget` and unpack it with `tar`.",
        why: "`ADD --unpack` does both without curl, wget and tar in the image, takes a `--checksum`, and runs again when the \
              archive changes. It needs a syntax of Dockerfile 1.17 or newer.",
        example: "FROM debian:12\nRUN curl -fsSL https://acme.io/tool.tar.gz | tar -xz -C /opt\n",
        instead: "FROM debian:12\nADD --unpack=true https://acme.io/tool.tar.gz /opt/\n",
        fix: "The fix writes the `ADD`, where the `RUN` pipes into `tar` with no option but what unpacks where. It is \
              unsafe: the files then belong to root, whatever `USER` says, and older builders don't know the flag.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN wget -qO- https://a.io/t.tgz | tar xz -C /opt\n",
            &[(2, "https://a.io/t.tgz")],
        )
        .fixed("FROM debian:12\nADD --unpack=true https://a.io/t.tgz /opt/\n"),
        Example::bad(
            "FROM debian:12\nRUN curl -fsSL https://a.io/t.tgz | tar xz --strip-components=1 -C /opt\n",
            &[(2, "https://a.io/t.tgz")],
        ),
        Example::bad(
            "FROM debian:12\nRUN curl -fsSLo /t.tgz https://a.io/t.tgz && tar -xzf /t.tgz && rm /t.tgz\n",
            &[(2, "https://a.io/t.tgz")],
        ),
        Example::bad(
            "# syntax=docker/dockerfile:1.17-labs\nFROM debian:12\nRUN wget -qO- https://a.io/t.tgz | tar xz -C /opt\n",
            &[(3, "https://a.io/t.tgz")],
        )
        .fixed("# syntax=docker/dockerfile:1.17-labs\nFROM debian:12\nADD --unpack=true https://a.io/t.tgz /opt/\n"),
        Example::ok("# syntax=docker/dockerfile:1.4\nFROM debian:12\nRUN curl -fsSL https://a.io/t.tgz | tar xz\n"),
        Example::ok("FROM debian:12\nRUN curl -fsSL https://a.io/t.tgz | tar xz -C /opt && /opt/install\n"),
        Example::ok(
            "FROM debian:12\nRUN curl -fsSL -H \"X: $T\" https://a.io/t.tgz | tar xz\nRUN curl -fsSLO https://a.io/t.tgz\n",
        ),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let calls = input.calls(site.id);
    let Some(fetch) = calls.iter().find(|call| matches!(&*call.name, "curl" | "wget")) else { return };
    let Some(tar) = calls.iter().find(|call| call.name == "tar") else { return };
    // Whatever else is done would have to stay a RUN.
    let helps = |name: &str| matches!(name, "curl" | "wget" | "tar" | "rm" | "mkdir" | "cd" | "set");
    let alone = calls.iter().all(|call| helps(&call.name))
        && calls.iter().filter(|call| matches!(&*call.name, "curl" | "wget")).count() == 1;
    let plain = !site.onbuild && site.instruction.flags.is_empty() && site.instruction.heredocs.is_empty();
    // What the server is told besides the address isn't told by ADD.
    let told = fetch.has_flag(&["header", "user", "data", "post-data", "cookie"])
        || fetch.has_arg(&["-H", "-u", "-d", "-b"]);
    let unpacks = tar.has_arg(&["--extract"]) || tar.args.first().is_some_and(|arg| arg.text.contains('x'));
    if !alone || !plain || told || !unpacks || !kit::frontend::knows(input, 17) {
        return;
    }
    let mut addresses = fetch.args.iter().filter(|arg| arg.text.starts_with("http"));
    let (Some(address), None) = (addresses.next(), addresses.next()) else { return };
    let path = address.text.split(['?', '#']).next().unwrap_or_default();
    let known = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2"];
    if !known.iter().any(|ending| path.ends_with(ending)) {
        return;
    }
    let message = "`ADD --unpack` fetches and unpacks this archive without curl, wget and tar in the image, and \
                   takes a `--checksum`.";
    found.push(Finding::new(address.span, message).fix(fix(input, site, calls, address, tar)));
}

/// The fix for `curl ADDRESS | tar xz -C FOLDER`, and nothing else.
fn fix(
    input: &Input<'_>,
    site: Site<'_>,
    calls: &[Call<'_>],
    address: &Arg<'_>,
    tar: &Call<'_>,
) -> Option<Fix> {
    let folder = match &tar.args[..] {
        [_] => ".".to_owned(),
        [_, option, folder] if matches!(&*option.text, "-C" | "--directory") => {
            folder.text.trim_end_matches('/').to_owned()
        }
        _ => return None,
    };
    let letters = tar.args.first()?.text.trim_start_matches('-').chars().all(|c| "xzjJvf".contains(c));
    let odd = |text: &str| text.contains([' ', '$', '"', '*', '~']);
    let commented = !site.instruction.comments.is_empty();
    let [first, second] = calls else { return None };
    let piped = first.pipeline == 2 && second.pipeline == 2 && input.commands(site.id).len() == 2;
    if !letters || odd(&folder) || odd(&address.text) || commented || !piped || first.name == "tar" {
        return None;
    }
    let add = format!("ADD --unpack=true {} {folder}/", address.text);
    let edit = Edit::replace(site.instruction.span, add);
    Some(Fix::unsafe_("Write it as ADD --unpack (unsafe: the files belong to root)", input.edits(vec![edit])))
}
