use super::*;
use crate::model::Model;
use crate::syntax::parse;
use std::sync::Arc;

/// The `n`th `word` of a text that is no part of a longer one.
fn nth(text: &str, word: &str, n: usize) -> usize {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let whole = text
        .match_indices(word)
        .map(|(at, _)| at)
        .filter(|at| !part(text[..*at].chars().next_back()) && !part(text[at + word.len()..].chars().next()));
    whole.into_iter().nth(n).unwrap_or_else(|| panic!("there is no {word} {n}"))
}

/// Where the `n`th word `needle` of `text` leads: line and text of the declaration, then all lines and
/// columns of the same thing.
fn found(text: &str, needle: &str, n: usize) -> (String, Vec<String>) {
    let model = Model::new(Arc::new(parse(text).0));
    let at = nth(text, needle, n) as u32;
    let place = |span: Span| {
        let before = &text[..span.start as usize];
        let line = before.matches('\n').count() + 1;
        format!("{line}:{}", span.start as usize - before.rfind('\n').map_or(0, |at| at + 1) + 1)
    };
    let names = model.names();
    let here = names.at(at).unwrap_or_else(|| panic!("nothing is named at {needle} {n}"));
    assert_eq!(here.span.of(text), needle);
    let all = here.name.map_or_else(Vec::new, |name| names.of(name).map(|it| place(it.span)).collect());
    (here.target.map_or_else(String::new, place), all)
}

#[test]
fn stages_are_found_wherever_they_are_used() {
    let text = "FROM node AS Deps\nFROM deps AS build\nCOPY --from=deps /a /b\nRUN --mount=type=bind,from=DEPS,target=/d true\nCOPY --from=0 /a /b\nFROM build\nCOPY --from=nginx /a /b\n";
    let all = ["1:14", "2:6", "3:13", "4:28", "5:13"].map(str::to_owned).to_vec();
    for (needle, n) in [("Deps", 0), ("deps", 0), ("deps", 1), ("DEPS", 0), ("0", 0)] {
        assert_eq!(found(text, needle, n), ("1:14".to_owned(), all.clone()), "{needle} {n}");
    }
    assert_eq!(found(text, "build", 1), ("2:14".to_owned(), vec!["2:14".to_owned(), "6:6".to_owned()]));
}

#[test]
fn a_stage_without_a_name_is_where_its_from_is() {
    let text = "FROM node\nFROM nginx\nCOPY --from=0 /a /b\n";
    assert_eq!(found(text, "0", 0), ("1:1".to_owned(), vec!["3:13".to_owned()]));
}

#[test]
fn variables_are_read_in_words_and_in_shells() {
    let text = "FROM a\nENV V=1\nRUN echo $V \"${V:-x}\" '$V' \\$V `id $V`\nCOPY $V ${V%x}/\nWORKDIR \"/$V\"\nRUN <<'EOF'\necho $V 😀 $V\nEOF\nCOPY <<EOF <<'RAW' /x/\n'$V'\nEOF\n$V\nRAW\nCMD echo $V\n";
    let (_, all) = found(text, "V", 0);
    assert_eq!(
        all,
        ["2:5", "3:11", "3:16", "3:37", "4:7", "4:11", "5:12", "7:7", "7:15", "10:3", "14:11"]
            .map(str::to_owned)
    );
}

#[test]
fn a_stage_sees_its_own_and_its_bases_variables_only() {
    let text = "ARG V=1\nFROM a:$V AS one\nRUN echo $V\nARG V\nRUN echo $V\nFROM one\nRUN echo $V\nFROM b\nRUN echo $V\nARG V=2\nRUN echo $V\n";
    // Above its ARG a stage doesn't see the global one.
    assert_eq!(found(text, "V", 2), (String::new(), vec![]));
    let one = ["1:5", "2:9", "4:5", "5:11", "7:11"].map(str::to_owned).to_vec();
    assert_eq!(found(text, "V", 1), ("1:5".to_owned(), one.clone()));
    assert_eq!(found(text, "V", 3), ("1:5".to_owned(), one.clone()), "an ARG takes its value from above");
    assert_eq!(found(text, "V", 4), ("4:5".to_owned(), one.clone()));
    assert_eq!(found(text, "V", 5), ("4:5".to_owned(), one));
    assert_eq!(found(text, "V", 6), (String::new(), vec![]));
    assert_eq!(found(text, "V", 8), ("10:5".to_owned(), vec!["10:5".to_owned(), "11:11".to_owned()]));
}

#[test]
fn the_last_declaration_that_has_a_value_is_meant() {
    let text = "FROM a\nARG V=1\nENV V=$V\nRUN echo $V\nARG V\nRUN echo $V\nENV V=3 W=$V\n";
    assert_eq!(found(text, "V", 2).0, "2:5", "ENV reads what was before it");
    assert_eq!(found(text, "V", 3).0, "3:5");
    assert_eq!(found(text, "V", 5).0, "3:5", "an ARG without a value leaves the one before");
    assert_eq!(found(text, "V", 7).0, "3:5");
}

#[test]
fn what_runs_with_the_image_has_the_environment_alone() {
    let text = "FROM a\nARG A=1\nCMD serve $A $E $E\nENV E=1\nHEALTHCHECK CMD test $E\nONBUILD RUN echo $E\nONBUILD COPY $E /x\n";
    assert_eq!(found(text, "A", 1), (String::new(), vec![]));
    assert_eq!(found(text, "E", 0).1, ["3:15", "3:18", "4:5", "5:23", "6:19", "7:15"].map(str::to_owned));
}

#[test]
fn a_shell_has_variables_of_its_own() {
    let text = "FROM a\nENV V=1\nRUN for f in *; do V=$f; echo $f $V; done\nRUN echo $f\n";
    assert_eq!(found(text, "f", 0).1, ["3:9", "3:23", "3:32"].map(str::to_owned));
    assert_eq!(found(text, "V", 1).1, ["2:5", "3:20", "3:35"].map(str::to_owned));
    assert_eq!(found(text, "f", 3), (String::new(), vec![]));
}

#[test]
fn windows_shells_name_the_environment_in_their_own_way() {
    let text = "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nENV V=1\nRUN echo %V%\nSHELL [\"powershell\", \"-Command\"]\nRUN echo $env:V $V\n";
    assert_eq!(found(text, "V", 0).1, ["3:5", "4:11", "6:15"].map(str::to_owned));
}

#[test]
fn heredocs_have_a_name_at_both_ends() {
    let text = "FROM a\nCOPY <<-\"EOF\" <<B /x/\n\ta\n\tEOF\nb\nB\n";
    assert_eq!(found(text, "EOF", 1), ("2:10".to_owned(), vec!["2:10".to_owned(), "4:2".to_owned()]));
    assert_eq!(found(text, "B", 1), ("2:17".to_owned(), vec!["2:17".to_owned(), "6:1".to_owned()]));
}

#[test]
fn half_typed_lines_cost_themselves_alone() {
    let text = "FROM a AS one\nENV V=1\nRUN echo ${V\nCOPY --from= \nRUN --mount=from=\nRUN <<\nFROM b\nCOPY --from=one\nENV $\nENV\nARG\nFROM\nFROM one AS\nRUN echo $V ${";
    assert_eq!(found(text, "one", 0).1, ["1:11", "8:13", "13:6"].map(str::to_owned));
    assert_eq!(found(text, "V", 0).1, ["2:5", "3:12", "14:11"].map(str::to_owned));
}

#[test]
fn a_word_over_several_lines_is_read_in_one_piece() {
    let text = "FROM a\nENV VAR=1\nWORKDIR /a\\\n/${VAR}/\\\n  # why\n$VAR\nRUN a \\\n  $VAR\n";
    assert_eq!(found(text, "VAR", 0).1, ["2:5", "4:4", "6:2", "8:4"].map(str::to_owned));
}

#[test]
fn many_names_take_time_in_proportion() {
    // A quadratic walk of this would take minutes.
    let mut text = String::from("FROM a AS s0\n");
    for n in 0..15_000 {
        text.push_str(&format!("FROM s{n} AS s{}\nRUN echo $v{n}\n", n + 1));
    }
    let model = Model::new(Arc::new(parse(text.as_str()).0));
    assert_eq!(model.names().occurrences().len(), 15_001 + 15_000 + 15_000);
}

#[test]
fn names_in_scripts_are_taken_over_where_the_text_is_the_same() {
    let before = "ARG V=1\nFROM a AS b\nARG V\nRUN X=1 && echo $X ${V} $HOME\nRUN <<E\necho \"$V\"\nE\nFROM b\nSHELL [\"bash\", \"-c\"]\nCMD echo $V\n";
    let afters = [
        before.to_owned(),
        before.replace(" AS b", " AS longer").replace("FROM b", "FROM longer"),
        before.replace("ARG V", "ARG HOME"),
        before.replace("bash", "pwsh"),
        before.replace("echo $X", "read X; echo $X"),
        format!("# é\n{before}"),
        before.replace("SHELL [\"bash\", \"-c\"]\n", ""),
    ];
    let earlier = Model::new(Arc::new(parse(before).0));
    earlier.names();
    for after in afters {
        let tree = Arc::new(parse(after.as_str()).0);
        let (fresh, knowing) = (Model::new(Arc::clone(&tree)), Model::new(tree).knowing(&earlier));
        assert_eq!(knowing.names().occurrences(), fresh.names().occurrences(), "{after}");
        assert_eq!(knowing.names().list(), fresh.names().list(), "{after}");
    }
}
