//! What holds for a tree that is edited, printed and read again.

use super::tests::files;
use super::*;
use crate::text::{Edit, Span, apply};
use proptest::prelude::*;

/// All that the tree says of an instruction, its places told by what stands there.
fn told(instruction: &Instruction, source: &str) -> Vec<String> {
    let at = |span: Span| span.of(source).to_owned();
    let mut told = vec![
        format!("{} {:?}", instruction.keyword, instruction.form),
        at(instruction.full_span),
        at(instruction.span),
        at(instruction.rest_span()),
    ];
    for flag in &instruction.flags {
        told.extend([
            flag.name.to_string(),
            at(flag.span),
            format!("{:?}", flag.value.as_ref().map(|v| &v.text)),
        ]);
    }
    for word in &instruction.args {
        told.extend([word.text.to_string(), at(word.span)]);
    }
    for heredoc in &instruction.heredocs {
        told.extend([heredoc.name.to_string(), at(heredoc.body), format!("{:?}", heredoc.end.map(at))]);
    }
    told.extend(instruction.comments.iter().chain(&instruction.blank_lines).map(|span| at(*span)));
    told.extend(instruction.trigger.iter().flat_map(|trigger| self::told(trigger, source)));
    told
}

fn all_told(tree: &Tree) -> Vec<Vec<String>> {
    tree.instructions().map(|instruction| told(instruction, tree.source())).collect()
}

proptest! {
    /// The text as the tokens print it is read as the same tree.
    #[test]
    fn a_printed_tree_is_read_again(text in files()) {
        let (tree, errors) = parse(text.as_str());
        let printed: String = tree.tokens().map(|(_, span)| span.of(tree.source())).collect();
        let (again, same_errors) = parse(printed);
        prop_assert_eq!(all_told(&again), all_told(&tree));
        prop_assert_eq!(same_errors, errors);
        prop_assert!(again.tokens().eq(tree.tokens()));
    }

    /// An instruction in place of another one: it is there as if it stood alone, and the others stay.
    #[test]
    fn an_exchanged_instruction_is_read_again(text in files(), which in any::<prop::sample::Index>()) {
        let (tree, _) = parse(text.as_str());
        let escape = tree.escape();
        let new = format!("COPY --from=x a {escape}\n  # why\n  b\n");
        let count = tree.instructions().count();
        prop_assume!(count > 0);
        let old = tree.instructions().nth(which.index(count)).unwrap();
        let edited = apply(&text, &[Edit::replace(old.full_span, new.as_str())]).unwrap();
        let mut expected = all_told(&tree);
        let alone = parse(format!("# escape={escape}\n{new}")).0;
        expected[which.index(count)] = all_told(&alone).remove(0);
        prop_assert_eq!(all_told(&parse(edited).0), expected);
    }

    /// A word in place of another one: the instruction has it, and keeps its other words.
    #[test]
    fn an_exchanged_word_is_read_again(below in files(), which in any::<prop::sample::Index>()) {
        // So that there always is a word.
        let text = format!("FROM base\n{below}");
        let (tree, _) = parse(text.as_str());
        let plain = |instruction: &&Instruction| {
            let rest = instruction.rest_span().of(&text);
            instruction.form == Form::Words && instruction.heredocs.is_empty() && !rest.starts_with('[')
        };
        let words = |tree: &Tree, place: u32| -> Vec<String> {
            let found = tree.instruction_at(place);
            found.into_iter().flat_map(|it| &it.args).map(|word| word.text.to_string()).collect()
        };
        let all: Vec<(u32, usize, Span)> = tree.instructions().filter(plain)
            .flat_map(|it| it.args.iter().enumerate().map(|(n, word)| (it.keyword_span.start, n, word.span)))
            .collect();
        let (place, number, span) = all[which.index(all.len())];
        let mut expected = words(&tree, place);
        expected[number] = "new-word".to_owned();
        let edited = apply(&text, &[Edit::replace(span, "new-word")]).unwrap();
        prop_assert_eq!(words(&parse(edited).0, place), expected);
    }
}
