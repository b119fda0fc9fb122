//! The tree of a Dockerfile.

use super::{fits, stands_in};
use plimsoll::syntax::image::ImageRef;
use plimsoll::syntax::instruction::{copy, declarations, from, healthcheck, run_body};
use plimsoll::syntax::{Instruction, Item, Keyword, SyntaxError, Tree, parse};
use plimsoll::text::Span;

/// Reads `text` as a Dockerfile and checks the tree: its tokens are the text, its items follow each other,
/// every span lies in the text and within what holds it, and reading again gives the same.
pub fn check(text: &str) {
    let (tree, errors) = parse(text);
    tokens(&tree, text);
    let mut end = 0;
    for item in tree.items() {
        let span = item.span();
        fits(text, span, "an item");
        assert!(span.start >= end, "{span:?} overlaps what stands above it, which ends at {end}");
        end = span.end;
        match item {
            Item::Directive(directive) => {
                stands_in(span, directive.name_span, "a directive's name");
                stands_in(span, directive.value_span, "a directive's value");
                fits(text, directive.name_span, "a directive's name");
                fits(text, directive.value_span, "a directive's value");
            }
            Item::Comment(comment) => assert!(comment.span.of(text).starts_with('#'), "{comment:?}"),
            Item::Instruction(instruction) => {
                stands_in(instruction.full_span, instruction.span, "an instruction in its lines");
                lines(&tree, instruction);
                self::instruction(&tree, text, instruction, instruction.span);
            }
        }
    }
    for error in &errors {
        self::error(text, error);
    }
    assert!(errors.is_sorted_by_key(|error| (error.span.start, error.span.end)), "{errors:?}");
    let (again, same) = parse(text);
    assert_eq!(errors, same);
    assert_eq!(format!("{:?}", tree.items()), format!("{:?}", again.items()));
}

/// The tokens cover the text without a gap, and none is empty.
fn tokens(tree: &Tree, text: &str) {
    let mut at = 0;
    for (kind, span) in tree.tokens() {
        assert_eq!(span.start, at, "a gap or an overlap before the {kind:?} at {span:?}");
        assert!(!span.is_empty(), "an empty {kind:?} at {span:?}");
        fits(text, span, "a token");
        at = span.end;
    }
    assert_eq!(at as usize, text.len(), "the tokens end before the text does");
}

fn lines(tree: &Tree, instruction: &Instruction) {
    let first = tree.lines().line(instruction.full_span.start) + 1;
    assert_eq!(instruction.first_line, first);
    assert!(instruction.last_line >= first, "{} < {first}", instruction.last_line);
    let full = instruction.full_span;
    assert_eq!(tree.lines().line(full.end.saturating_sub(1).max(full.start)) + 1, instruction.last_line);
}

fn instruction(tree: &Tree, text: &str, it: &Instruction, within: Span) {
    let inner = |span: Span, what: &str| {
        fits(text, span, what);
        stands_in(within, span, what);
    };
    inner(it.keyword_span, "the keyword");
    fits(text, it.rest_span(), "the arguments");
    let logical = it.logical.text(text);
    fits(logical, it.rest, "the arguments in the logical line");
    assert_eq!(it.rest_splice(text).text(text), it.rest.of(logical));
    for flag in &it.flags {
        inner(flag.span, "a flag");
        stands_in(flag.span, flag.name_span, "a flag's name");
        fits(text, flag.name_span, "a flag's name");
        if let Some(value) = &flag.value {
            stands_in(flag.span, value.span, "a flag's value");
            fits(text, value.span, "a flag's value");
        }
    }
    for word in &it.args {
        inner(word.span, "an argument");
    }
    assert!(it.args.is_sorted_by_key(|word| word.span.start), "{:?}", it.args);
    for heredoc in &it.heredocs {
        for (span, what) in [(heredoc.opener, "an opener"), (heredoc.body, "a heredoc's body")] {
            inner_or_behind(text, within, span, what);
        }
        let Some(end) = heredoc.end else { continue };
        inner(end, "a heredoc's end");
        assert_eq!(end.of(text), &*heredoc.name, "a heredoc's end is its name");
        assert!(heredoc.body.end <= end.start);
    }
    for comment in &it.comments {
        assert!(comment.of(text).starts_with('#'), "{comment:?}");
    }
    for blank in &it.blank_lines {
        assert!(blank.of(text).trim().is_empty() && text.get(blank.range()).is_some(), "{blank:?}");
    }
    fields(tree, text, it);
    if let Some(trigger) = &it.trigger {
        instruction(tree, text, trigger, within);
    }
    assert!(tree.instruction_at(it.keyword_span.start).is_some(), "{:?} isn't found again", it.keyword_span);
}

/// The body of a heredoc that never ends may end in blank lines, which no span of an instruction has.
fn inner_or_behind(text: &str, within: Span, span: Span, what: &str) {
    fits(text, span, what);
    assert!(span.start >= within.start, "{what} at {span:?} stands before {within:?}");
    let behind = Span::new(within.end.clamp(span.start, span.end), span.end);
    assert!(behind.of(text).trim().is_empty(), "{what} at {span:?} reaches out of {within:?}");
}

/// The typed fields of what has some.
fn fields(tree: &Tree, text: &str, it: &Instruction) {
    let _ = (healthcheck(it), run_body(it, text));
    if let Some(copy) = copy(it) {
        let parts = copy.sources.len() + copy.heredocs.len();
        assert_eq!(parts + 1, it.args.len(), "sources, heredocs and destination are the arguments");
    }
    for declared in (it.keyword == Keyword::Arg).then(|| declarations(it)).into_iter().flatten() {
        fits(text, declared.name_span, "an ARG's name");
        declared.value_span.iter().for_each(|span| fits(text, *span, "an ARG's value"));
    }
    let Some(from) = from(it) else { return };
    let image = ImageRef::parse(&from.image.text, tree.escape());
    for span in [Some(image.path), image.registry, image.tag, image.digest].into_iter().flatten() {
        fits(image.text, span, "a part of an image's name");
    }
}

fn error(text: &str, error: &SyntaxError) {
    fits(text, error.span, &error.message);
    assert!(error.message.ends_with(['.', '?', '!', '`']), "no sentence: {}", error.message);
    if let Some((title, edit)) = &error.fix {
        assert!(!title.is_empty());
        plimsoll::text::apply(text, std::slice::from_ref(edit)).expect("the fix fits the text");
    }
}
