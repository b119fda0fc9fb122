use super::*;
use crate::settings::Settings;
use crate::text::apply;
use proptest::prelude::*;
use std::sync::Arc;

fn snapshot(text: &str) -> Snapshot {
    Snapshot::new(text, None, Arc::new(Settings::default()))
}

fn formatted_by(text: &str, style: &Style) -> String {
    apply(text, &formatting(&snapshot(text), style)).unwrap()
}

#[test]
fn a_range_is_its_lines() {
    let text = "from a\nuser b\nuser c\n";
    let edits = range_formatting(&snapshot(text), Span::new(9, 14), &Style::default());
    assert_eq!(apply(text, &edits).unwrap(), "from a\nUSER b\nuser c\n");
}

#[test]
fn the_next_line_is_indented_while_typing() {
    let typed = |text: &str, what: &str| {
        let at = text.find('|').unwrap();
        let text = text.replace('|', "");
        apply(&text, &on_type_formatting(&snapshot(&text), at as u32, what, &Style::default())).unwrap()
    };
    assert_eq!(typed("FROM a\nRUN b \\\n|", "\n"), "FROM a\nRUN b \\\n    ");
    assert_eq!(typed("FROM a\nRUN b \\\n  c \\\n|\n", "\n"), "FROM a\nRUN b \\\n  c \\\n  \n");
    assert_eq!(typed("FROM a\nCOPY a \\|\nb\n", "\\"), "FROM a\nCOPY a \\\n    b\n");
    for text in ["FROM a\n|", "FROM a\nRUN <<E\na \\\n|\nE\n", "# a \\\n|", "FROM a\nRUN echo \"x \\\n|"] {
        assert_eq!(typed(text, "\n"), text.replace('|', ""), "{text}");
    }
    // In quotes, and within a word, blanks would be text.
    for text in
        ["FROM a\nENV A=\"x \\|\ny\"\n", "FROM a\nRUN echo a\\|\nb\n", "FROM a\nRUN a \\\n 'b \\|\nc'\n"]
    {
        assert_eq!(typed(text, "\\"), text.replace('|', ""), "{text}");
    }
    assert_eq!(typed("FROM a\nENV A=\"x\" \\|\nB=1\n", "\\"), "FROM a\nENV A=\"x\" \\\n    B=1\n");
}

/// Lines of every kind, one below the other.
fn files() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "from a as b",
        "FROM  x",
        "run a  \\",
        "  b  c",
        "  b  c \\",
        " && if x; then \\",
        "   fi; 'a \\",
        "    b' \\",
        "copy a \\",
        "\tb  \\",
        " # why  ",
        "#x",
        "",
        "  ",
        "ENV A=1 \\",
        "B=\"x \\",
        "  y\"",
        "COPY <<E /a",
        "E",
        "frm x",
        "onbuild run  x",
        "HEALTHCHECK cmd  a",
        "CMD [ \"a\",  \\",
        "\"b\" ]",
        "# escape=`",
        "WORKDIR  /a ",
        "ENV a  b  c",
        "label a=\\",
        "user x`",
    ]);
    let ends = prop::sample::select(vec!["\n", "\r\n", "\n\n\n"]);
    (prop::collection::vec((line, ends), 0..12), any::<bool>()).prop_map(|(lines, cut)| {
        let text: String = lines.into_iter().map(|(line, end)| format!("{line}{end}")).collect();
        if cut { text.trim_end_matches(['\r', '\n']).to_owned() } else { text }
    })
}

/// A file without errors, and edits of it that may do anything.
fn edited() -> impl Strategy<Value = (String, Vec<Edit>)> {
    let line = prop::sample::select(vec![
        "run a  \\",
        "  b  c",
        "copy a b",
        "# why  ",
        "",
        "COPY <<E /a\nE",
        "ENV A=1 \\\n  B=2",
        "CMD [ \"a\",  \"b\" ]",
        "label a=b",
        "FROM b",
    ]);
    let texts = vec![
        "", " ", "\n", "\\", "\\\n", "\n\n", "#", "# x\n", "<<E", "E\n", "run x\n", "\"", "copy", "\u{feff}",
        "\t",
    ];
    let edit = (any::<prop::sample::Index>(), 0..3_usize, prop::sample::select(texts));
    (prop::collection::vec(line, 1..8), prop::collection::vec(edit, 1..4)).prop_map(|(lines, edits)| {
        let text = format!("FROM a\n{}\n", lines.join("\n"));
        let mut edits: Vec<Edit> = edits
            .into_iter()
            .map(|(at, length, new)| {
                let start = text.floor_char_boundary(at.index(text.len() + 1));
                let end = text.floor_char_boundary((start + length).min(text.len()));
                Edit::replace(Span::new(start as u32, end as u32), new)
            })
            .collect();
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        (text, edits)
    })
}

#[test]
fn most_edits_are_judged_by_the_lines_that_they_change() {
    let text = "# escape=\\\nfrom a\nrun b \\\n  c\n# d  \n\n\ncopy <<E /e\nE\n\n";
    let edits = formatting(&snapshot(text), &Style::default());
    assert!(edits.len() > 4);
    assert!(sound::is_same_line_by_line(&snapshot(text), &edits, false));
    let at = |needle: &str| text.find(needle).unwrap() as u32;
    let changed = [
        // What stands below goes on with the line, or is swallowed by it.
        Edit::insert(at("\n# d"), " \\"),
        Edit::delete(Span::new(at("\n# d"), at("# d"))),
        Edit::insert(at(" /e"), "x"),
        Edit::insert(at("c\n#"), "c"),
        Edit::insert(at("# d"), "USER x\n"),
        Edit::insert(at("\ncopy"), "RUN y \\"),
        Edit::delete(Span::new(at("# d"), at("copy"))),
    ];
    for edit in changed {
        assert!(
            !sound::is_same_line_by_line(&snapshot(text), std::slice::from_ref(&edit), false),
            "{edit:?}"
        );
    }
}

proptest! {
    /// Lines that mean the same by themselves do so in the file.
    #[test]
    fn what_is_judged_line_by_line_holds_for_the_file((text, edits) in edited()) {
        let before = snapshot(&text);
        if sound::is_same_line_by_line(&before, &edits, false) {
            prop_assert!(sound::is_same(&before, &edits, false));
        }
    }

    /// What comes out is read as what went in, and is laid out.
    #[test]
    fn twice_is_once_and_nothing_is_lost(text in files(), reindent_shell in any::<bool>()) {
        let style = Style { format: Format { reindent_shell, ..Format::default() }, ..Style::default() };
        let before = snapshot(&text);
        let edits = formatting(&before, &style);
        prop_assert!(edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        let after = apply(&text, &edits).unwrap();
        let later = snapshot(&after);
        prop_assert!(same::same(
            (before.tree(), before.syntax_errors()),
            (later.tree(), later.syntax_errors()),
            reindent_shell,
        ));
        prop_assert_eq!(formatted_by(&after, &style), after);
    }
}
