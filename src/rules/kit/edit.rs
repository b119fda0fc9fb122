use crate::rules::{Input, Site};
use crate::shell::{Command, Dialect};
use crate::syntax::Instruction;
use crate::syntax::instruction::{Body, run_body};
use crate::syntax::suggest::in_case_of;
use crate::text::{Edit, Span, newline};

pub use crate::syntax::indent::indent_of;

/// The lines to delete for an instruction whose lines are `full`: where they end the file without a line break,
/// the one before them goes with them.
pub fn whole_lines(source: &str, full: Span) -> Span {
    let ends_file = full.end as usize == source.len() && !source.ends_with('\n');
    let before = source.get(..full.start as usize).unwrap_or("");
    let start = if ends_file { before.trim_end_matches(['\n', '\r']).len() as u32 } else { full.start };
    Span::new(start, full.end)
}

/// The edit that puts an instruction on a line of its own above `instruction` and the comments that belong to
/// it, with its indent and in its case.
pub fn line_above(input: &Input<'_>, instruction: &Instruction, keyword: &str, rest: &str) -> Edit {
    let source = input.source();
    let comment = input.tree().comments_above(instruction).first().map(|comment| comment.span.start);
    let start = comment.unwrap_or(instruction.span.start);
    let indent = indent_of(source, start);
    let keyword = in_case_of(keyword, instruction.keyword_span.of(source));
    let line = format!("{indent}{keyword} {rest}{}", newline(source));
    Edit::insert(start - indent.len() as u32, line)
}

/// The same below `instruction`.
pub fn line_below(input: &Input<'_>, instruction: &Instruction, keyword: &str, rest: &str) -> Edit {
    let source = input.source();
    let indent = indent_of(source, instruction.span.start);
    let keyword = in_case_of(keyword, instruction.keyword_span.of(source));
    let (full, newline) = (instruction.full_span, newline(source));
    let line = format!("{indent}{keyword} {rest}");
    let line = if full.of(source).ends_with('\n') { line + newline } else { format!("{newline}{line}") };
    Edit::insert(full.end, line)
}

/// The edit that puts `command` behind the last command of a RUN, to run where that one succeeded, in the
/// way in which the RUN is laid out. None where it isn't clear what would run then.
pub fn append_command(input: &Input<'_>, site: Site<'_>, command: &str) -> Option<Edit> {
    let source = input.source();
    let script = input.script(site.id)?;
    if script.dialect != Dialect::Posix || !script.errors.is_empty() || script.truncated {
        return None;
    }
    let last = script.items().last()?;
    // Behind `&` the command would run beside the others, not after them.
    if last.separator.is_some_and(|(kind, _)| kind == crate::shell::Separator::Background) {
        return None;
    }
    let body = match run_body(site.instruction, source) {
        Body::Exec => return None,
        Body::Script(body) | Body::Shell(body) => body,
    };
    let end = last.chain.span().end;
    let newline = newline(source);
    if let [heredoc] = &site.instruction.heredocs[..] {
        // The script is the heredoc's own lines; where it is something else's input this isn't so.
        if !heredoc.body.encloses(Span::empty(end)) || site.instruction.rest_span() != heredoc.opener {
            return None;
        }
        let indent = indent_of(source, last.chain.span().start);
        return Some(Edit::insert(heredoc.body.end, format!("{indent}{command}{newline}")));
    }
    if !site.instruction.heredocs.is_empty() {
        return None;
    }
    // A comment or a separator behind the last command would swallow or break what is appended.
    let body_end = body.source(body.len());
    if source.get(end as usize..body_end as usize)?.trim() != "" {
        return None;
    }
    let text = site.instruction.span.of(source);
    let escape = input.tree().escape();
    let text = match layout(
        source,
        text,
        last.chain.span().start,
        input.commands(site.id).iter().map(|c| &c.command),
    ) {
        Layout::OneLine => format!(" && {command}"),
        Layout::Leading(indent) => format!(" {escape}{newline}{indent}&& {command}"),
        Layout::Trailing(indent) => format!(" && {escape}{newline}{indent}{command}"),
    };
    Some(Edit::insert(end, text))
}

/// The edits that put each command behind one of these `&&` and `||` of a RUN on a line of its own, in the way in
/// which the RUN is laid out.
pub fn break_chain(input: &Input<'_>, site: Site<'_>, connectors: &[Span]) -> Vec<Edit> {
    let (source, escape) = (input.source(), input.tree().escape());
    let newline = newline(source);
    let commands = input.commands(site.id);
    let start = commands.first().map_or(site.instruction.span.start, |first| first.command.span.start);
    let text = site.instruction.span.of(source);
    let (leading, indent) = match layout(source, text, start, commands.iter().map(|c| &c.command)) {
        Layout::OneLine => (true, "    "),
        Layout::Leading(indent) => (true, indent),
        Layout::Trailing(indent) => (false, indent),
    };
    let is_blank = |c: char| c == ' ' || c == '\t';
    let edits = connectors.iter().filter_map(|at| {
        let (before, after) = (source.get(..at.start as usize)?, source.get(at.end as usize..)?);
        let blanks = match leading {
            true => Span::new(before.trim_end_matches(is_blank).len() as u32, at.start),
            false => Span::new(at.end, (source.len() - after.trim_start_matches(is_blank).len()) as u32),
        };
        Some(Edit::replace(blanks, format!(" {escape}{newline}{indent}")))
    });
    edits.collect()
}

/// Where the `&&`s of a RUN stand.
pub enum Layout<'s> {
    /// Between commands of the same line.
    OneLine,
    /// At the start of continued lines, which have this indent.
    Leading(&'s str),
    /// At the end of lines.
    Trailing(&'s str),
}

/// How a RUN is laid out: `text` is all of it, `start` where its last item begins.
pub fn layout<'s, 'c>(
    source: &'s str,
    text: &'s str,
    start: u32,
    commands: impl Iterator<Item = &'c Command<'c>>,
) -> Layout<'s> {
    if !text.contains('\n') {
        return Layout::OneLine;
    }
    // The last command that begins a line, but for the `&&` before it, shows how it is done here.
    let mut starts: Vec<u32> = commands.map(|command| command.span.start).collect();
    starts.insert(0, start);
    for start in starts.into_iter().rev() {
        let before = source.get(..start as usize).unwrap_or("");
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let lead = before[line..].trim();
        if !before[line..].starts_with([' ', '\t']) {
            continue;
        }
        match lead {
            "" => return Layout::Trailing(indent_of(source, start)),
            "&&" => return Layout::Leading(indent_of(source, start)),
            _ => {}
        }
    }
    let lines = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let indents = lines.map(|line| &line[..line.len() - line.trim_start().len()]);
    Layout::Leading(
        indents.min_by_key(|indent| indent.len()).filter(|indent| !indent.is_empty()).unwrap_or("    "),
    )
}

/// Whether a place is part of a heredoc's body: a file's or a script's own text.
pub fn in_heredoc(input: &Input<'_>, span: Span) -> bool {
    input.tree().instruction_at(span.start).is_some_and(|outer| {
        let inner = outer.trigger.as_deref().unwrap_or(outer);
        outer.heredocs.iter().chain(&inner.heredocs).any(|heredoc| heredoc.body.encloses(span))
    })
}
