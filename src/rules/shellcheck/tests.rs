use super::*;
use crate::context::shellcheck::{Place, Replacement};
use crate::model::Model;
use crate::settings::Settings;
use std::sync::Arc;

fn scripts_of(text: &str, profile: Profile) -> Vec<Script> {
    let (tree, _) = crate::syntax::parse(text);
    let settings = Settings { profile, ..Settings::default() };
    scripts(&Model::new(Arc::new(tree)), &settings)
}

/// What the scripts of a file are without the proxies, which are always there.
fn texts(text: &str, profile: Profile) -> Vec<String> {
    let proxy = |line: &&str| !line.to_ascii_uppercase().contains("_PROXY=1");
    let bare = |script: &Script| script.text.lines().filter(proxy).collect::<Vec<_>>().join("|");
    scripts_of(text, profile).iter().map(bare).collect()
}

#[test]
fn a_script_is_what_the_shell_gets_with_its_variables() {
    for (text, expected) in [
        ("FROM a\nRUN --mount=type=tmpfs,target=/t ls\n", "#!/bin/sh|ls"),
        (
            "ARG G\nFROM a\nARG A B=1\nENV C=1 D=1 d-e=2\nRUN ls $A ${B} \"$C$G$F$d-e\"\nARG F\n",
            "#!/bin/sh|export A=1|export B=1|export C=1|ls $A ${B} \"$C$G$F$d-e\"",
        ),
        ("FROM a AS b\nARG A\nSHELL [\"bash\", \"-c\"]\nFROM b\nRUN ls $A\n", "#!/bin/bash|export A=1|ls $A"),
        ("FROM a\nONBUILD ENV A=1\nONBUILD RUN ls $A\n", "#!/bin/sh|export A=1|ls $A"),
        ("FROM a\nRUN ls \\\n  # no\n  -l\n", "#!/bin/sh|ls   -l"),
        ("# escape=`\nFROM a\nRUN a `\r\n b\r\n", "#!/bin/sh|a  b"),
        ("FROM a\nRUN <<-EOF\n\tls\n\tEOF\n", "#!/bin/sh|ls"),
        (
            "FROM a\nENV A=1\nRUN <<EOF\r\n#!/usr/bin/env -S bash -e\r\nls $A\r\nEOF\r\n",
            "#!/usr/bin/env -S bash -e|export A=1|ls $A",
        ),
        ("FROM a\nRUN cat <<EOF > /a\nx\nEOF\n", "#!/bin/sh|cat <<EOF > /a|x|EOF"),
        ("FROM a\nCOPY <<A <<B /c/\n#!/bin/sh\nls\nA\nx\nB\n", "#!/bin/sh|ls"),
        ("FROM a\nSHELL [\"/bin/sh\", \"-c\"]\n# hadolint shell=/bin/bash\nRUN ls\n", "#!/bin/bash|ls"),
        ("FROM a\nSHELL [\"/usr/local/bin/ash\", \"-c\"]\nRUN ls\n", "#!/bin/ash|ls"),
    ] {
        assert_eq!(texts(text, Profile::Editor), [expected], "{text}");
    }
}

#[test]
fn what_no_shell_reads_or_shellcheck_does_not_know_is_left_out() {
    for text in [
        "FROM a\nRUN [\"ls\", \"-l\"]\nCMD ls\n",
        "FROM a\nSHELL [\"pwsh\", \"-c\"]\nRUN ls\n",
        "FROM a\nSHELL [\"/bin/zsh\", \"-c\"]\nRUN ls\n",
        "FROM a\n# hadolint shell=powershell\nRUN ls\n",
        "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN dir\n",
        "FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF\n",
        "FROM a\nCOPY <<EOF /a\necho $1\nEOF\n",
    ] {
        assert_eq!(texts(text, Profile::Editor), [""; 0], "{text}");
    }
    assert_eq!(texts("FROM a\nRUN ls\n", Profile::Buildkit), [""; 0]);
}

/// Each was given to hadolint 2.15.1.
#[test]
fn profile_hadolint_gives_what_hadolint_gives() {
    let run = "RUN ls\n";
    for (text, expected) in [
        // ENV and ARG forget the shell.
        (
            &*format!("FROM a\nSHELL [\"/bin/bash\", \"-c\"]\n{run}ENV A=1\n{run}"),
            &["#!/bin/bash|ls", "#!/bin/sh|export A=1|ls"][..],
        ),
        (
            "FROM a AS b\nARG A B=1\nFROM b\nRUN ls\nFROM B\nRUN ls\n",
            &["#!/bin/sh|export A=1|ls", "#!/bin/sh|ls"],
        ),
        (
            "# hadolint shell=/bin/bash\nFROM a\nRUN ls\nFROM b\nRUN ls\n",
            &["#!/bin/bash|ls", "#!/bin/bash|ls"],
        ),
        ("ARG A\n# hadolint shell=/bin/bash\nFROM a\nRUN ls\n", &["#!/bin/sh|ls"]),
        ("FROM a\nSHELL [\"bash\", \"-c\"]\nONBUILD RUN ls\n", &["#!/bin/sh|ls"]),
        (
            "FROM a\nONBUILD SHELL [\"/bin/bash\", \"-c\"]\nFROM b\nONBUILD RUN ls\nRUN ls\n",
            &["#!/bin/bash|ls", "#!/bin/sh|ls"],
        ),
        ("FROM a\nSHELL [\"/opt/pwsh\", \"-c\"]\nRUN ls\n", &[]),
        ("FROM a\nSHELL [\"/bin/zsh\", \"-c\"]\nRUN ls\n", &["#!/bin/zsh|ls"]),
        ("FROM a\nRUN [\"sh\", \"-c\", \"ls\"]\n", &[]),
        ("FROM a\nRUN <<EOF bash\nls\nEOF\n", &["#!/bin/sh|bash|ls"]),
        ("FROM a\nRUN <<EOF > /x\nls\nEOF\n", &["#!/bin/sh|ls"]),
        ("FROM a\nRUN true && cat <<EOF && ls\n$1\nEOF\n", &["#!/bin/sh|true && cat "]),
        ("FROM a\nRUN <<EOF\n#!/bin/bash -e\nls\nEOF\n", &["#!/bin/sh|#!/bin/bash -e|ls"]),
        ("FROM a\nRUN <<EOF\n#!/usr/bin/bash\nls\nEOF\n", &[]),
        ("FROM a\nCOPY <<EOF /a\n#!/bin/sh\nls\nEOF\n", &[]),
    ] {
        assert_eq!(texts(text, Profile::Hadolint), expected, "{text}");
    }
}

fn comment(start: Place, end: Place) -> Comment {
    let (level, message) = (Level::Info, "Quote it".to_owned());
    Comment { start, end, code: 2086, level, message, fix: Vec::new() }
}

/// The place of the first `what` in the last line of the script, and of its end.
fn place_of(script: &Script, what: &str) -> (Place, Place) {
    let at = script.text.find(what).unwrap();
    let before = &script.text[..at];
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() as u32 + 1;
    (Place { line, column }, Place { line, column: column + what.chars().count() as u32 })
}

#[test]
fn a_finding_is_found_again_in_the_dockerfile() {
    for (text, what, expected) in [
        ("FROM a\nRUN echo é && \\\n  # $x\n  echo $x\n", "$x\n", "$x"),
        ("FROM a\nRUN echo é && \\\n  # $1\n  echo $2\n", "$2", "$2"),
        ("FROM a\nRUN echo ab\\\n  # no\ncd\n", "abcd", "ab\\\n  # no\ncd"),
        ("FROM a\r\nRUN <<-EOF\r\n\t\techo é\t$1\r\nEOF\r\n", "$1", "$1"),
        ("FROM a\nRUN echo \\\r\n\t日本 $1\r\n", "$1", "$1"),
        ("FROM a\nCOPY <<-EOF /a\n\t#!/bin/sh\n\techo $1\n\tEOF\n", "$1", "$1"),
    ] {
        let scripts = scripts_of(text, Profile::Editor);
        let what = what.trim_end();
        let (start, end) = place_of(&scripts[0], what);
        let span = scripts[0].span(&comment(start, end), text);
        let found = span.of(text);
        // `$x` in the comment isn't meant.
        assert_eq!(found, expected, "{text}");
        assert!(text[..span.start as usize].matches("# $").count() == text.matches("# $").count());
    }
}

#[test]
fn places_without_width_and_places_that_are_not_there_are_shown_somewhere() {
    let text = "FROM a\nRUN if é; \\\n  then\n";
    let scripts = scripts_of(text, Profile::Editor);
    let script = &scripts[0];
    let shown = |start, end| script.span(&comment(start, end), text).of(text).to_owned();
    let (start, end) = place_of(script, "é");
    assert_eq!(shown(start, start), "é");
    let (_, last) = place_of(script, "then");
    assert_eq!(shown(last, last), "n", "behind the last character");
    let far = Place { line: 999, column: 1 };
    assert_eq!(shown(far, far), "n");
    let first = Place { line: 1, column: 1 };
    assert_eq!(shown(first, first), "RUN", "what isn't of the file is shown at the instruction");
    assert_eq!(shown(start, Place { column: 999, ..end }), "é; \\\n  then");
}

/// The text after a fix with these edits (what stands there, what replaces it), or None where there is none.
fn mended(text: &str, edits: &[(&str, &str)]) -> Option<String> {
    let (tree, errors) = crate::syntax::parse(text);
    let model = Model::new(Arc::new(tree));
    let plan = crate::layers::Plan::new(&model, None);
    let subject = crate::layers::Subject { model: &model, plan: &plan, context: None };
    let settings = Settings::default();
    let input = Input::new(subject, &errors, &settings, None);
    let scripts = scripts(&model, &settings);
    let script = &scripts[0];
    let replacement = |(what, new): &(&str, &str)| {
        let (start, end) = place_of(script, what.trim_matches('^'));
        let (start, end) = match (what.starts_with('^'), what.ends_with('^')) {
            (true, _) => (start, start),
            (_, true) => (end, end),
            _ => (start, end),
        };
        let after_before = what.ends_with('^');
        Replacement { start, end, text: new.to_string(), precedence: 7, after_before }
    };
    let (start, end) = place_of(script, edits[0].0.trim_matches('^'));
    let comment = Comment { fix: edits.iter().map(replacement).collect(), ..comment(start, end) };
    let fix = fix::fix(&input, script, &comment)?;
    let [file] = &fix.edit.files[..] else { panic!("{:?}", fix.edit) };
    let crate::text::FileChange::Modify { edits, .. } = &file.change else { panic!("{:?}", fix.edit) };
    Some(crate::text::apply(text, edits).unwrap())
}

#[test]
fn a_fix_is_made_in_the_dockerfile_or_not_at_all() {
    let quotes = [("^$1", "\""), ("$1^", "\"")];
    let of = |text: &str| mended(text, &quotes);
    assert_eq!(of("FROM a\nRUN echo $1\n").unwrap(), "FROM a\nRUN echo \"$1\"\n");
    let continued = of("FROM a\nRUN echo é \\\n  # why\n$1\\\n  # $1\n  x\n").unwrap();
    assert_eq!(
        continued, "FROM a\nRUN echo é \\\n  # why\n\"$1\"\\\n  # $1\n  x\n",
        "quotes stick to their word"
    );
    let heredoc = of("FROM a\r\nRUN <<-EOF\r\n\t$1\r\nEOF\r\n").unwrap();
    assert_eq!(heredoc, "FROM a\r\nRUN <<-EOF\r\n\t\"$1\"\r\nEOF\r\n");
    assert_eq!(mended("FROM a\nRUN ls `pwd`\n", &[("`pwd`", "$(pwd)")]).unwrap(), "FROM a\nRUN ls $(pwd)\n");
    for (text, edits) in [
        // Over a continuation; into the shebang; a line break; a continuation made by the fix.
        ("FROM a\nRUN ls `p\\\nwd`\n", ("`pwd`", "$(pwd)")),
        ("FROM a\nRUN ls\n", ("#!/bin/sh", "#!/bin/bash")),
        ("FROM a\nRUN ls\n", ("ls", "l\ns")),
        ("FROM a\nRUN ls\n", ("ls", "ls\\")),
    ] {
        assert_eq!(mended(text, &[edits]), None, "{text}");
    }
}

#[test]
fn a_code_is_a_name_and_has_a_page() {
    let (rule, aliases) = name::names(2086);
    assert_eq!((rule, &aliases[..]), ("shellcheck/SC2086", &["shellcheck/SC2086", "hadolint/SC2086"][..]));
    assert_eq!(name::names(4999).0, "shellcheck/SC4999");
    assert_eq!(name::names(12), ("shellcheck", Vec::new()));
    assert_eq!(url("sc2086").unwrap(), "https://www.shellcheck.net/wiki/SC2086");
    assert!(!is_code("SC9999") && !is_code("SC208") && !is_code("DL3006") && !is_code("SC20é6"));
}
