use crate::features::Snapshot;
use crate::syntax::{Heredoc, Instruction, InstructionId, Keyword};
use crate::text::Span;

/// Where in an instruction the caret stands, behind the keyword.
pub(in crate::features) struct Place<'a> {
    pub snapshot: &'a Snapshot,
    pub offset: u32,
    pub id: InstructionId,
    /// As the parser reads it: with what stands behind the caret too.
    pub instruction: &'a Instruction,
    /// The instruction's, or behind ONBUILD that of the instruction which it keeps.
    pub keyword: Keyword,
    /// What stands between the keyword and the caret, continuations and comments taken out; in a heredoc what
    /// stands in its body.
    pub before: String,
    /// The last word of `before`, as far as it is typed.
    pub word: String,
    /// The heredoc in whose body the caret stands.
    pub heredoc: Option<&'a Heredoc>,
}

/// Whether a caret that stands behind the start of an instruction is still in it: in its text, in the blanks
/// behind it, or on a line that it is continued on.
pub(super) fn is_inside(source: &str, escape: char, instruction: &Instruction, offset: u32) -> bool {
    let full = instruction.full_span;
    if offset < full.end || offset == instruction.span.end {
        return true;
    }
    if offset > full.end {
        return false;
    }
    let text = full.of(source);
    match text.strip_suffix('\n') {
        Some(text) => instruction.heredocs.is_empty() && text.trim_end().ends_with(escape),
        None => true,
    }
}

impl<'a> Place<'a> {
    /// None in a comment, and where the instruction can't be told.
    pub fn of(snapshot: &'a Snapshot, instruction: &'a Instruction, offset: u32) -> Option<Self> {
        let (tree, source) = (snapshot.tree(), &**snapshot.source());
        if instruction.comments.iter().any(|span| span.start < offset && offset <= span.end) {
            return None;
        }

        let id = tree.id_at(instruction.span.start)?;
        let heredoc = instruction.heredocs.iter().find(|heredoc| {
            heredoc.body.start <= offset
                && offset <= heredoc.body.end
                && heredoc.end.is_none_or(|end| offset < end.start)
        });
        if heredoc.is_none() && instruction.heredocs.iter().any(|heredoc| heredoc.body.start <= offset) {
            return None;
        }
        let mut before = match heredoc {
            Some(heredoc) => source.get(heredoc.body.start as usize..offset as usize)?.to_owned(),
            None => {
                before(source.get(instruction.keyword_span.end as usize..offset as usize)?, tree.escape())?
            }
        };
        let (mut keyword, mut inner) = (instruction.keyword, instruction);
        if keyword == Keyword::Onbuild && heredoc.is_none() {
            let typed = before.trim_start();
            if let Some(end) = typed.find(char::is_whitespace) {
                keyword = Keyword::parse(&typed[..end]);
                inner = instruction.trigger.as_deref().unwrap_or(instruction);
                before = typed[end..].to_owned();
            }
        }
        let start = before
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let word = before[start..].to_owned();
        Some(Self { snapshot, offset, id, instruction: inner, keyword, before, word, heredoc })
    }

    /// The words before the one at the caret.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.before[..self.before.len() - self.word.len()].split_whitespace()
    }

    /// The words before the one at the caret, flags left out.
    pub fn args(&self) -> Vec<&str> {
        self.words().skip_while(|word| word.starts_with("--")).collect()
    }

    /// Whether a flag may still stand at the caret.
    pub fn in_flags(&self) -> bool {
        self.words().all(|word| word.starts_with("--"))
    }

    /// The value of a flag of this instruction, before the caret or behind it.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.instruction.flag_value(name).filter(|value| !value.is_empty())
    }

    /// The word around the caret: to the next blank, or to one of `stops`.
    pub fn span(&self, stops: &[char]) -> Span {
        self.span_back(self.word.len(), stops)
    }

    /// The same from `back` bytes before the caret on.
    pub fn span_back(&self, back: usize, stops: &[char]) -> Span {
        let rest = self.snapshot.source().get(self.offset as usize..).unwrap_or_default();
        let stop = |c: char| c.is_whitespace() || stops.contains(&c);
        let end = rest.find(stop).unwrap_or(rest.len());
        Span::new(self.offset.saturating_sub(back as u32), self.offset + end as u32)
    }
}

/// `text`, which runs from a keyword to the caret, as one line; None where the caret stands in a comment.
fn before(text: &str, escape: char) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.split('\n').enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let is_last = lines.peek().is_none();
        if at > 0 && line.trim_start().starts_with('#') {
            if is_last {
                return None;
            }
        } else if is_last {
            out.push_str(line);
        } else {
            let line = line.trim_end();
            out.push_str(line.strip_suffix(escape).unwrap_or(line));
            out.push(' ');
        }
    }
    Some(out)
}
