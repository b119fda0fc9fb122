use crate::rules::prelude::*;
use crate::shell::unwrap;

pub const RULE: Rule = Rule {
    name: "script-piped-to-shell",
    theme: Theme::Security,
    aliases: &[],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::None,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports a `RUN` that downloads a script and hands it to a shell or another interpreter without having looked at \
               it: `curl … | sh`, `sh -c \"$(curl …)\"`.",
        why: "Whoever has the server, or the way to it, decides what runs in your build, mostly as root. The script may be \
              another one with each build, so the same file builds another image; and when the download breaks off the shell \
              runs the half of it.",
        example: "FROM debian:12\nRUN curl -fsSL https://example.com/install.sh | sh\n",
        instead: "FROM debian:12\nADD --checksum=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 \
                  https://example.com/install.sh /tmp/\nRUN sh /tmp/install.sh\n",
        fix: "There is no fix: the checksum of the script that you have read isn't in the file.",
        files: None,
    },
    check: Check::Command(check),
    examples: &[
        Example::bad(
            "FROM debian:12\nRUN wget -qO- a.org/i | sudo bash -s -- -y\n",
            &[(2, "wget -qO- a.org/i | sudo bash -s -- -y")],
        ),
        Example::bad(
            "FROM debian:12\nRUN curl a.org/i | gunzip | sh\n",
            &[(2, "curl a.org/i | gunzip | sh")],
        ),
        Example::bad(
            "FROM debian:12\nRUN sh -c \"$(curl -fsSL a.org/i)\"\n",
            &[(2, "sh -c \"$(curl -fsSL a.org/i)\"")],
        ),
        Example::bad(
            "FROM debian:12\nRUN bash <(curl -fsSL a.org/i)\n",
            &[(2, "bash <(curl -fsSL a.org/i)")],
        ),
        Example::ok("FROM debian:12\nRUN curl a.org/i | tar -xz\nRUN curl a.org/i | sh -c 'cat > /i'\n"),
        Example::ok("FROM debian:12\nRUN curl a.org/i | tee /i && sha256sum -c sums && sh /i\n"),
        Example::ok(
            "FROM debian:12\nRUN curl a.org/i | python3 -m json.tool\nRUN curl a.org/i | node -e 'x()'\n",
        ),
        Example::ok("FROM debian:12\nRUN cat i.sh | sh && sh -c \"$(cat i.sh)\"\n"),
    ],
};

const MESSAGE: &str = "This runs whatever the server answers, unread, and perhaps another script with each build. Fetch it with \
                       `ADD --checksum=…`, or check its sum before it runs.";

fn check(input: &Input<'_>, site: Site<'_>, command: &Cmd<'_>, found: &mut Vec<Finding>) {
    let invocation = unwrap(&command.command);
    let Some(name) = invocation.name() else { return };
    let Some(reads) = reads_program(&name, invocation.args()) else { return };
    let commands = input.commands(site.id);
    let own = command.command.span;
    // A sum that is checked in the same pipe.
    if command.command.position > 0 && reads == Reading::Input {
        let first = commands.iter().position(|other| std::ptr::eq(other, command)).unwrap_or(0);
        let mut pipe = commands[..first].iter().enumerate().rev().filter(|(_, other)| {
            other.command.pipeline == command.command.pipeline
                && other.command.position < command.command.position
                && !other.command.nesting.substitution
        });
        let left = pipe.find(|(_, other)| other.command.position == 0);
        let Some((at, left)) = left.filter(|(_, left)| downloads(left)) else { return };
        let checked = commands[at + 1..first].iter().any(|other| {
            unwrap(&other.command).name().is_some_and(|name| name.contains("sum") || name.starts_with("gpg"))
        });
        if !checked {
            found.push(Finding::new(left.command.span.to(own), MESSAGE));
        }
        return;
    }
    if reads == Reading::Words && command.command.nesting == crate::shell::Nesting::default() {
        let inside = commands.iter().any(|other| {
            other.command.nesting.substitution && own.encloses(other.command.span) && downloads(other)
        });
        let first = command.command.args().iter().find(|word| !word.text().starts_with('-'));
        let whole = first.is_some_and(|word| {
            let text = word.text().trim_matches('"');
            text.starts_with("$(") || text.starts_with("<(") || text.starts_with('`')
        });
        if inside && whole {
            found.push(Finding::new(own, MESSAGE));
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Input,
    Words,
}

/// Where an interpreter takes its program from, as far as that may be a download.
fn reads_program(name: &str, args: &[crate::shell::Word]) -> Option<Reading> {
    let options = || args.iter().map(|word| word.value_or_text());
    match name {
        "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" => {
            let mut words = options();
            let given = words.find(|word| {
                !matches!(&**word, "-e" | "-x" | "-u" | "-ex" | "-eux" | "-l" | "-i" | "--login")
            });
            match given.as_deref() {
                None | Some("-" | "-s" | "--" | "/dev/stdin") => Some(Reading::Input),
                Some(word) if word.starts_with('-') && word.contains('s') && !word.contains('c') => {
                    Some(Reading::Input)
                }
                Some(_) => Some(Reading::Words),
            }
        }
        "python" | "python3" | "perl" | "ruby" | "node" | "php" => match options().next().as_deref() {
            None | Some("-") => Some(Reading::Input),
            Some(_) => None,
        },
        "eval" | "source" | "." => Some(Reading::Words),
        _ => None,
    }
}

fn downloads(command: &Cmd<'_>) -> bool {
    unwrap(&command.command).name().is_some_and(|name| matches!(&*name, "curl" | "wget"))
}
