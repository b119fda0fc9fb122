use super::{Snapshot, Style, layout};
use crate::features::quotes;
use crate::settings::Indent;
use crate::syntax::indent::even_indents;
use crate::syntax::indent::indent_of;
use crate::syntax::{Instruction, TokenKind};
use crate::text::{Edit, Span};

/// What typing `typed` in front of `offset` asks for: the indent of the line that an instruction goes on with. A
/// line break asks for that of the new line, the escape character at the end of a line for that of the next one.
pub fn on_type_formatting(snapshot: &Snapshot, offset: u32, typed: &str, style: &Style) -> Vec<Edit> {
    let (tree, source) = (snapshot.tree(), snapshot.source());
    let lines = tree.lines();
    let here = lines.line(offset);
    let line = match typed {
        "\n" => here,
        _ if typed.starts_with(tree.escape()) => here + 1,
        _ => return Vec::new(),
    };
    let Some(above) = line.checked_sub(1).filter(|_| line < lines.count()) else { return Vec::new() };
    let start = lines.start(line);
    // Without a blank the word goes on in the next line.
    let ends_word = |at: u32| source[..at as usize].ends_with([' ', '\t', '\n']);
    if typed != "\n" && !offset.checked_sub(typed.len() as u32).is_some_and(ends_word) {
        return Vec::new();
    }
    let Some(instruction) = going_on(snapshot, start) else { return Vec::new() };
    // Blanks in quotes are text.
    let above_it =
        Span::new(instruction.rest.start, instruction.logical.at(start).max(instruction.rest.start));
    if quotes::are_open(above_it.of(instruction.logical.text(source)), tree.escape()) {
        return Vec::new();
    }
    let content = lines.span(line, source);
    let text = content.of(source).trim_end_matches(['\r', '\n']);
    let own = &text[..text.len() - text.trim_start_matches([' ', '\t']).len()];
    // A comment in between says nothing of the indent, nor does the first line.
    let above = lines.span(above, source);
    let wanted = if above.start > instruction.keyword_span.start && !above.of(source).trim().is_empty() {
        indent_of(source, above.start).to_owned()
    } else {
        let unit = style.format.indent.map(Indent::text);
        let unit = unit.or_else(|| layout::own_indent(tree, None, even_indents(tree)).map(str::to_owned));
        let indent = indent_of(source, instruction.span.start);
        format!("{indent}{}", unit.unwrap_or_else(|| style.fallback.text()))
    };
    // A line that has its indent already, and shell text that stood there before, are left alone.
    if own == wanted || (typed != "\n" && (text.trim().is_empty() || !own.is_empty())) {
        return Vec::new();
    }
    vec![Edit::replace(Span::new(start, start + own.len() as u32), wanted)]
}

/// The instruction that goes on in the line that starts at `start`, outside of heredocs.
fn going_on(snapshot: &Snapshot, start: u32) -> Option<&Instruction> {
    let tree = snapshot.tree();
    let mut before = tree.tokens().take_while(|(_, span)| span.end <= start).collect::<Vec<_>>();
    let (TokenKind::Newline, _) = before.pop()? else { return None };
    let (kind, last) = before.pop()?;
    let instruction = tree.instructions().rev().find(|it| it.full_span.start <= last.start)?;
    let goes_on = match kind {
        TokenKind::Continuation => true,
        TokenKind::Comment => instruction.comments.contains(&last),
        _ => false,
    };
    goes_on.then_some(instruction)
}
