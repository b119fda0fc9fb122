use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "world-writable-files",
    theme: Theme::Security,
    aliases: &["tally/world-writable-state-path-workaround", "sonar/S2612"],
    severity: Severities::own(Severity::Warning),
    fix: FixKind::Unsafe,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a mode that lets every user write (`chmod 777`, `chmod a+w`, `mkdir -m 777`, `install -m`, `COPY \
               --chmod=777`), in a step that ships. A mode with the sticky bit (`1777`), as `/tmp` has it, is left alone.",
        why: "Whoever gets hold of any account in the container can replace what is there: a script that root runs \
              later, the program itself. Mostly it is done because the program's user may not write; give the files to \
              that user instead, with `chown` or `COPY --chown`.",
        example: "FROM debian:12\nRUN mkdir /data && chmod -R 777 /data\n",
        instead: "FROM debian:12\nRUN mkdir /data && chown -R 1000:1000 /data\n",
        fix: "The fix takes the right to write from all but the owner, where the mode is in digits. It is unsafe: the \
              program's user may be one of those who need it.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run, Keyword::Copy, Keyword::Add], check),
    examples: &[
        Example::bad("FROM debian:12\nRUN mkdir /d && chmod -R 0777 /d\n", &[(2, "chmod -R 0777")])
            .fixed("FROM debian:12\nRUN mkdir /d && chmod -R 0755 /d\n"),
        Example::bad(
            "FROM debian:12\nRUN chmod a+rwx /d && chmod u=rw,o+w /e && install -d -m 777 /f\n",
            &[(2, "chmod a+rwx"), (2, "chmod u=rw,o+w"), (2, "install -d -m 777")],
        )
        .fixed("FROM debian:12\nRUN chmod a+rwx /d && chmod u=rw,o+w /e && install -d -m 755 /f\n"),
        Example::bad("FROM debian:12\nCOPY --chmod=666 a /a\n", &[(2, "--chmod=666")])
            .fixed("FROM debian:12\nCOPY --chmod=644 a /a\n"),
        Example::ok(
            "FROM debian:12\nRUN chmod 1777 /tmp && chmod 775 /a && chmod +x /b && chmod u+w,a+r /c\n",
        ),
        Example::ok("FROM debian:12 AS a\nRUN chmod 777 /d\nFROM debian:12\nCOPY --from=a /x /x\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    if site.instruction.keyword != Keyword::Run {
        let flag = site.instruction.flag("chmod");
        let Some((flag, value)) = flag.and_then(|flag| Some((flag, flag.value.as_ref()?))) else { return };
        if is_open(&value.text) && kit::step::ships(input, site) {
            found.push(finding(input, flag.span, &value.text, value.span, true));
        }
        return;
    }
    for call in input.calls(site.id) {
        let mode = match &*call.name {
            // What takes rights away begins with a dash as options do.
            "chmod" => call.operands().next(),
            "mkdir" | "install" => call.values_of("m").next(),
            _ => continue,
        };
        let Some(mode) = mode.filter(|mode| is_open(&mode.text)) else { continue };
        if kit::step::ships(input, site) {
            found.push(finding(input, call.span_to(mode), &mode.text, mode.span, call.editable));
        }
    }
}

fn finding(input: &Input<'_>, span: Span, mode: &str, place: Span, editable: bool) -> Finding {
    let message = format!(
        "`{mode}` lets every user of the container write here, whoever breaks into any of them included. Give the files \
         to the user who needs them, with `chown` or `COPY --chown`."
    );
    let digits = octal(mode).filter(|_| editable && place.of(input.source()) == mode);
    let fix = digits.map(|bits| {
        let closed = format!("{:0width$o}", bits & !0o022, width = mode.len());
        let title = format!("Use mode {closed} (unsafe: only the owner can write then)");
        Fix::unsafe_(title, input.edits(vec![Edit::replace(place, closed)]))
    });
    Finding::new(span, message).fix(fix)
}

fn octal(mode: &str) -> Option<u32> {
    u32::from_str_radix(mode, 8).ok().filter(|_| mode.len() >= 3)
}

/// Whether a mode lets all others write, and delete what isn't theirs.
fn is_open(mode: &str) -> bool {
    if mode.starts_with(|c: char| c.is_ascii_digit()) {
        return octal(mode).is_some_and(|bits| bits & 0o002 != 0 && bits & 0o1000 == 0);
    }
    mode.split(',').any(|clause| {
        let Some(at) = clause.find(['+', '=']) else { return false };
        let (who, rights) = clause.split_at(at);
        who.contains(['a', 'o']) && rights.contains('w') && !rights.contains('t')
    })
}
