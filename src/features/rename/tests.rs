use super::*;
use crate::context::builds::BuildSearch;
use crate::context::{Memory, Request, View};
use crate::text::{FileChange, apply};

/// The text with what stands at the `n`th `needle`, no part of a longer word, renamed.
fn renamed(text: &str, needle: &str, n: usize, new: &str) -> Result<String, String> {
    let snapshot = Snapshot::new(text, None, Arc::default());
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut whole = text.match_indices(needle).map(|(at, _)| at).filter(|at| {
        !part(text[..*at].chars().next_back()) && !part(text[at + needle.len()..].chars().next())
    });
    let at = whole.nth(n).unwrap() as u32;
    let edit = rename(&snapshot, at, new)?.edit;
    let [file] = &edit.files[..] else { panic!("{edit:?}") };
    let FileChange::Modify { edits, .. } = &file.change else { panic!("{edit:?}") };
    Ok(apply(text, edits).unwrap())
}

fn outside(text: &str, needle: &str) -> Outside {
    let snapshot = Snapshot::new(text, None, Arc::default());
    prepare_rename(&snapshot, text.find(needle).unwrap() as u32).unwrap().unwrap().outside
}

const STAGES: &str = "FROM node AS deps\nFROM node AS build\nRUN --mount=type=bind,from=deps,target=/d true\nCOPY --from=deps /a /b\nCOPY --from=0 /c /d\nFROM deps\n";

#[test]
fn a_stage_is_renamed_wherever_it_is_used() {
    for (needle, n) in [("deps", 0), ("deps", 1), ("deps", 2), ("deps", 3)] {
        assert_eq!(renamed(STAGES, needle, n, "modules").unwrap(), STAGES.replace("deps", "modules"));
    }
}

#[test]
fn a_stage_gets_no_name_that_it_cannot_have() {
    for (new, why) in [
        ("has space", "can't name a stage"),
        ("1", "can't name a stage"),
        ("", "can't name a stage"),
        ("a😀", "can't name a stage"),
        ("scratch", "something of its own"),
        ("Context", "something of its own"),
        ("build", "name of another one"),
        ("BUILD", "name of another one"),
        ("node", "already means something else"),
    ] {
        let refused = renamed(STAGES, "deps", 0, new).unwrap_err();
        assert!(refused.contains(why), "{new}: {refused}");
    }
    assert_eq!(renamed(STAGES, "deps", 0, "DEPS").unwrap(), STAGES.replace("deps", "DEPS"));
}

#[test]
fn two_things_never_get_one_name() {
    let text = "ARG V=1\nFROM a AS one\nFROM b AS two\nARG W=2\nENV X=1 Y=2\n";
    for (old, new) in [("one", "two"), ("two", "ONE"), ("V", "W"), ("W", "V"), ("X", "Y"), ("X", "W")] {
        assert!(renamed(text, old, 0, new).is_err(), "{old} to {new}");
    }
}

#[test]
fn an_image_that_is_copied_from_does_not_become_a_stage() {
    let text = "FROM a AS one\nFROM b\nCOPY --from=nginx /a /b\nCOPY --from=one /a /b\n";
    assert!(renamed(text, "one", 0, "nginx").unwrap_err().contains("build something else"));
}

#[test]
fn numbers_and_what_stands_for_a_stage_are_declined() {
    assert!(renamed(STAGES, "0", 0, "x").unwrap_err().contains("Give that stage a name"));
    let through = "ARG BASE=one\nFROM a AS one\nFROM $BASE\n";
    assert!(renamed(through, "one", 1, "two").unwrap_err().contains("Line 3 names the stage"));
    assert_eq!(renamed(through, "BASE", 0, "FROM_STAGE").unwrap(), through.replace("BASE", "FROM_STAGE"));
}

#[test]
fn a_variable_is_renamed_in_its_scope_and_nowhere_else() {
    let text =
        "ARG V=1\nFROM a:$V AS one\nARG V\nRUN echo 😀 \"${V:-$V}\" '$V'\nFROM b\nARG V=2\nRUN echo $V\n";
    let expected = "ARG NODE=1\nFROM a:$NODE AS one\nARG NODE\nRUN echo 😀 \"${NODE:-$NODE}\" '$V'\nFROM b\nARG V=2\nRUN echo $V\n";
    assert_eq!(renamed(text, "V", 0, "NODE").unwrap(), expected);
    assert_eq!(
        renamed(text, "V", 7, "NODE").unwrap(),
        text.replace("ARG V=2\nRUN echo $V", "ARG NODE=2\nRUN echo $NODE")
    );
}

#[test]
fn a_variable_is_renamed_in_arithmetic_too() {
    for text in [
        "FROM a\nRUN n=3; until curl x; do n=$((n-1)); [ $n -gt 0 ] || exit 1; done\n",
        "FROM a\nRUN n=1; y=$(( 2*n )) && (( n++ )) && let n=n+1 && echo ${arr[n]} ${x:n} && arr[n]=1\n",
        "FROM a\nRUN for ((n=0; n<9; n++)); do echo $[n] \"$((n))\"; [[ n -lt 3 ]]; done\n",
        "FROM a\nENV n=2\nRUN make -j$((n*2))\n",
        "FROM a\nENV n=2\nCMD make -j$((n * 2)) ${v[$n]}\n",
    ] {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let expected: String = text
            .split_inclusive(|c| !part(c))
            .map(|word| match word.strip_prefix('n').filter(|rest| !rest.starts_with(part)) {
                Some(rest) => format!("tries{rest}"),
                None => word.to_owned(),
            })
            .collect();
        assert_eq!(renamed(text, "n", 0, "tries").unwrap(), expected);
        assert_eq!(renamed(&expected, "tries", 1, "n").unwrap(), text);
    }
}

#[test]
fn names_that_are_taken_or_would_be_captured_are_refused() {
    let text = "FROM a\nENV V=1 W=2\nRUN echo $V $HOSTED\nRUN for f in $V; do echo $f; done\n";
    for new in ["W", "HOSTED", "f"] {
        let refused = renamed(text, "V", 0, new).unwrap_err();
        assert!(refused.contains("already means something else"), "{new}: {refused}");
    }
    for new in ["PATH", "TARGETARCH", "http_proxy", "BUILDKIT_SYNTAX", "1A", "A-B", "A B", "é", ""] {
        renamed(text, "V", 0, new).unwrap_err();
    }
    assert!(renamed(text, "HOSTED", 0, "X").unwrap_err().contains("isn't declared in this file"));
    let platform = "FROM a\nARG TARGETARCH\nENV PATH=/x:$PATH\n";
    assert!(renamed(platform, "TARGETARCH", 0, "ARCH").unwrap_err().contains("BuildKit"));
    assert!(renamed(platform, "PATH", 0, "P").unwrap_err().contains("read by the shell"));
}

#[test]
fn what_the_base_image_or_a_shell_sets_is_taken() {
    let text = "FROM node:20\nARG V=1\nRUN for f in $V; do echo $f; done\nFROM debian\nARG W=1\n";
    for (name, new) in [("V", "NODE_VERSION"), ("f", "NODE_VERSION"), ("f", "RANDOM"), ("W", "UID")] {
        assert!(renamed(text, name, 0, new).is_err(), "{name} to {new}");
    }
    assert!(renamed(text, "V", 0, "NODE_VERSION").unwrap_err().contains("node"));
    assert!(renamed(text, "W", 0, "NODE_VERSION").is_ok());
}

#[test]
fn a_heredoc_is_renamed_at_both_ends_unless_its_text_has_the_line() {
    let text = "FROM a\nCOPY <<\"EOF\" /x\nEND\nEOF\n";
    assert_eq!(renamed(text, "EOF", 1, "TEXT").unwrap(), text.replace("EOF", "TEXT"));
    assert!(renamed(text, "EOF", 0, "END").is_err());
    assert!(renamed(text, "EOF", 0, "A B").is_err());
}

#[test]
fn what_it_changes_elsewhere_is_said() {
    let text = "ARG V=1\nFROM a AS one\nARG V\nENV PORT=$V\nCMD [\"node\", \"-e\", \"process.env.PORT\"]\nRUN for f in a; do echo $f; done\n";
    let told = outside(text, "V").text;
    assert!(told.contains("--build-arg V=…") && !told.contains("environment"), "{told}");
    let told = outside(text, "PORT").text;
    assert!(told.contains("carries `PORT`") && !told.contains("--build-arg"), "{told}");
    assert!(told.contains("also stands on line 5"), "{told}");
    assert!(outside(text, "one").text.contains("--target one"));
    assert_eq!(outside(text, "f in"), Outside::default());
}

#[test]
fn builds_that_use_the_name_are_named() {
    let text = "# 버전 😀\nARG V=1\nFROM a AS Dev\nFROM Dev AS last\nFROM Dev AS prod\n";
    let compose = "services:\n  웹:\n    build: {context: ., target: dev, args: {V: 2}}\n  api:\n    build: {context: ., target: '${T:-DEV}'}\n  \
                   other:\n    build: {context: ., target: '${UNKNOWN}'}\n";
    let bake = "target \"all\" {\n  target = \"prod\"\n}\n";
    let told = |name: &str, compose: &str| {
        let source = Memory::from_files([
            ("/w/Dockerfile", text),
            ("/w/compose.yaml", compose),
            ("/w/docker-bake.hcl", bake),
        ]);
        let builds = Some(BuildSearch::default());
        let request = Request { builds, ..Request::new(Some("/w/Dockerfile".into()), None) };
        let view = View::gather(&source, &request).unwrap();
        let snapshot = Snapshot::new(text, Some(Arc::new(view)), Arc::default());
        prepare_rename(&snapshot, text.find(name).unwrap() as u32).unwrap().unwrap().outside
    };
    let dev = told("Dev", compose);
    assert!(dev.is_known);
    let expected = "`compose.yaml, service 웹`; `compose.yaml, service api` ask for this stage, and aren't changed: write the new name there.";
    assert!(dev.text.contains(expected), "{}", dev.text);
    let prod = told("prod", compose);
    let expected =
        "`docker-bake.hcl, target all` asks for this stage, and isn't changed: write the new name there.";
    assert!(prod.is_known && prod.text.contains(expected), "{}", prod.text);
    let v = told("V=", compose);
    assert!(
        v.is_known && v.text.contains("`compose.yaml, service 웹` passes it, and isn't changed"),
        "{}",
        v.text
    );
    // A file that is half typed tells nothing, and what no build names needs no confirming.
    assert!(!told("Dev", "services:\n  web:\n    build: {context: ., target: ").is_known);
    let many: String =
        (0..9).map(|nth| format!("  s{nth}: {{build: {{context: ., target: dev}}}}\n")).collect();
    let many = told("Dev", &format!("services:\n{many}"));
    assert!(many.text.contains("service s4` and 4 more ask for this stage"), "{}", many.text);
}

#[test]
fn only_what_is_known_to_be_touched_is_to_be_confirmed() {
    let text = "FROM a AS one\nARG VER=1\nENV CI=1\nRUN echo $VER\nFROM b AS two\nARG NAME=1\nENV PORT=1\nRUN python -c 'os.environ[\"NAME\"]'\n";
    for (needle, known) in [("one", false), ("VER", false), ("CI", false), ("NAME", true), ("PORT", true)] {
        let told = outside(text, needle);
        assert!(!told.text.is_empty());
        assert_eq!(told.is_known, known, "{needle}: {}", told.text);
    }
}

#[test]
fn what_programs_alone_read_keeps_its_name() {
    for text in [
        "FROM a\nRUN CGO_ENABLED=0 go build\n",
        "FROM a\nRUN export CGO_ENABLED=0 && go build\n",
        "FROM a\nRUN CGO_ENABLED=0; export -p CGO_ENABLED; go build\n",
        "FROM a\nRUN declare -x CGO_ENABLED=0; go build\n",
        "FROM a\nRUN set -ea; CGO_ENABLED=0; go build\n",
        "FROM a\nRUN set -o allexport && CGO_ENABLED=0 && go build\n",
    ] {
        let refused = renamed(text, "CGO_ENABLED", 0, "C").unwrap_err();
        assert!(refused.contains("programs"), "{text}: {refused}");
    }
    // Where the script reads it too, that is told.
    let text = "FROM a\nRUN export V=1 && curl $V && make\n";
    assert!(renamed(text, "V", 0, "W").is_ok());
    let told = outside(text, "V=");
    assert!(told.is_known && told.text.contains("hands `V` to the programs"), "{}", told.text);
    // A builtin reads no environment, and this isn't exported.
    assert_eq!(outside("FROM a\nRUN readonly V=1; echo $V; set -e\n", "V="), Outside::default());
}

#[test]
fn quoted_code_that_names_a_shells_variable_is_pointed_to() {
    let text = "FROM a\nRUN trap 'rm -rf \"$dir\"' EXIT; dir=$(mktemp -d); cp dir $dir\nRUN echo '$dir'\n";
    let told = outside(text, "dir=");
    assert!(
        told.is_known && told.text.contains("also stands on line 2, where it isn't changed"),
        "{}",
        told.text
    );
    let text = "FROM a\nRUN dir=1; cp dir/x \\\n  $dir\n";
    assert_eq!(outside(text, "dir="), Outside::default());
}

#[test]
fn there_is_nothing_to_rename_on_a_keyword_or_in_a_file_being_typed() {
    for text in ["", "FROM", "RUN echo ${", "FROM a\nRUN <<", "FROM a\nENV =\n"] {
        let snapshot = Snapshot::new(text, None, Arc::default());
        for offset in 0..=text.len() as u32 {
            assert_eq!(prepare_rename(&snapshot, offset), Ok(None), "{text:?} at {offset}");
            assert!(rename(&snapshot, offset, "x").is_err());
        }
    }
}
