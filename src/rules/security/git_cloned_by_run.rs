use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "git-cloned-by-run",
    theme: Theme::Security,
    aliases: &["tally/prefer-add-git"],
    severity: Severities::own(Severity::Hint).off_in_editor(),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STEP,
    docs: Docs {
        what: "Reports `git clone` of an address in a `RUN`.",
        why: "`ADD` of a Git address needs no git in the image, and its step runs again when the branch has moved on, where \
              the `RUN` keeps what was cloned once. With a commit behind `#` the build takes that very commit.",
        example: "FROM debian:12\nRUN git clone https://github.com/acme/tool.git /src\n",
        instead: "FROM debian:12\nADD --keep-git-dir=true https://github.com/acme/tool.git /src\n",
        fix: "The fix writes the `ADD` where the `RUN` does nothing but clone. It is unsafe: the files then belong to root, \
              and the submodules are fetched too.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad(
            "FROM a:1\nRUN git clone --depth 1 -b v2 https://github.com/a/b /src\n",
            &[(2, "git clone")],
        )
        .under(Profile::Strict)
        .fixed("FROM a:1\nADD --keep-git-dir=true https://github.com/a/b.git#v2 /src\n"),
        Example::bad("FROM a:1\nRUN git clone https://github.com/a/b.git\n", &[(2, "git clone")])
            .under(Profile::Strict)
            .fixed("FROM a:1\nADD --keep-git-dir=true https://github.com/a/b.git b\n"),
        Example::bad("FROM a:1\nRUN git clone https://github.com/a/b && make -C b\n", &[(2, "git clone")])
            .under(Profile::Strict),
        Example::bad(
            "FROM a:1\nRUN git clone https://github.com/a/b.git \"my dir\"\nRUN X=1 git clone https://github.com/a/b\n\
             RUN git clone https://github.com/a/b > /log\nRUN git clone https://git.sr.ht/~a/b\n",
            &[(2, "git clone"), (3, "git clone"), (4, "git clone"), (5, "git clone")],
        )
        .under(Profile::Strict),
        Example::ok("FROM a:1\nRUN git clone /mnt/a && git fetch\n").under(Profile::Strict),
        Example::ok("FROM a:1\nRUN git clone https://github.com/a/b\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    for call in input.calls(site.id).iter().filter(|call| call.name == "git") {
        let Some(clone) = call.arg(&["clone"]) else { continue };
        let operands =
            call.operands_but_values_of(&["b", "branch", "depth", "j", "jobs", "o", "origin", "c", "config"]);
        let Some(address) = operands.iter().find(|arg| arg.text.contains("://")) else { continue };
        let message = "`ADD` clones this without git in the image, and its step runs again when the branch has moved on. Name \
                       a commit behind `#` to build the same tomorrow.";
        let fix = fix(input, site, call, &operands, address);
        found.push(Finding::new(call.span_to(clone), message).fix(fix));
    }
}

/// Hosts where each repository has an address that ends in `.git`.
const HOSTS: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];

fn fix(
    input: &Input<'_>,
    site: Site<'_>,
    call: &Call<'_>,
    operands: &[&Arg<'_>],
    address: &Arg<'_>,
) -> Option<Fix> {
    let run = site.instruction;
    let alone = input.commands(site.id).len() == 1 && run.flags.is_empty() && run.heredocs.is_empty();
    if !alone || site.onbuild || !run.comments.is_empty() || !call.editable {
        return None;
    }
    let mut reference = None;
    let mut words = call.args.iter();
    while let Some(word) = words.next() {
        match &*word.text {
            "-b" | "--branch" => reference = Some(words.next()?.text.to_string()),
            "--depth" => drop(words.next()),
            text if text.starts_with("--depth=")
                || matches!(text, "-q" | "--quiet" | "--single-branch" | "--recursive") => {}
            text if text.starts_with('-') => return None,
            _ => {}
        }
    }
    let [_, _, rest @ ..] = operands else { return None };
    let command = &input.commands(site.id).first()?.command;
    if !command.assignments().is_empty() || !command.redirects().is_empty() {
        return None;
    }
    let written = address.text.trim_end_matches('/');
    let bare = written.trim_end_matches(".git");
    // ADD knows a repository by its `.git`, and not every host answers there.
    let host = written.strip_prefix("https://")?.split('/').next()?;
    if bare == written && !HOSTS.contains(&host) {
        return None;
    }
    let target = match rest {
        [] => bare.rsplit('/').next()?.to_owned(),
        [target] => target.text.to_string(),
        _ => return None,
    };
    let reference = reference.map(|name| format!("#{name}")).unwrap_or_default();
    let add = format!("ADD --keep-git-dir=true {bare}.git{reference} {target}");
    let words = add.split([' ', '\t']).count();
    if add.contains(['$', '"', '\'', '\\', '\n']) || words != 4 {
        return None;
    }
    let edit = Edit::replace(run.span, add);
    Some(Fix::unsafe_("Write it as ADD (unsafe: the files belong to root)", input.edits(vec![edit])))
}
