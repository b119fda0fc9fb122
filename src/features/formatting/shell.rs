//! How deep each line of a RUN stands, where its shell text is indented too.
//!
//! The indent of a continued line is part of what the layer is cached by, so that this is done only when asked for.

use crate::model::Model;
use crate::shell::{CompoundKind, Dialect, List, Node, Script, Word};
use crate::syntax::{Instruction, Keyword};
use crate::text::Span;

/// The lines of a RUN that go on with its shell text.
pub(super) struct Lines<'a> {
    instruction: &'a Instruction,
    script: &'a Script,
    source: &'a str,
    /// Where the line of the keyword ends.
    first_end: u32,
}

impl<'a> Lines<'a> {
    /// None where the text is to be left alone: it is no RUN in shell form, has a heredoc, or isn't understood.
    pub fn of(model: &'a Model, instruction: &'a Instruction) -> Option<Self> {
        if instruction.keyword != Keyword::Run || instruction.is_exec() || !instruction.heredocs.is_empty() {
            return None;
        }
        let tree = model.tree();
        let script = model.script(tree.id_at(instruction.span.start)?)?;
        let is_sound = script.errors.is_empty() && !script.truncated && script.heredocs.is_empty();
        let first_end = tree.lines().span(instruction.first_line - 1, tree.source()).end;
        (script.dialect == Dialect::Posix && is_sound).then_some(Self {
            instruction,
            script,
            source: tree.source(),
            first_end,
        })
    }

    /// How many indents the line has in front whose text begins at `at`: at least one. None where the blanks in
    /// front of it are part of a word, or of a comment.
    pub fn depth(&self, at: u32) -> Option<usize> {
        if self.instruction.flags.iter().any(|flag| flag.span.start == at) {
            return Some(1);
        }
        let is_text = self.instruction.flags.iter().any(|flag| holds(flag.span, at))
            || self.script.comments.iter().any(|comment| holds(*comment, at));
        if is_text { None } else { self.list(&self.script.body, at, 1) }
    }

    /// In commands that stand at `depth`.
    fn list(&self, list: &List, at: u32, depth: usize) -> Option<usize> {
        let chains = list.items.iter().map(|item| &item.chain);
        let pipelines = chains.flat_map(|chain| {
            std::iter::once(&chain.first).chain(chain.rest.iter().map(|(_, _, pipeline)| pipeline))
        });
        let mut commands = pipelines.flat_map(|pipeline| pipeline.commands.iter().map(|(_, node)| node));
        match commands.find(|node| holds(node.span(), at)) {
            Some(node) => self.node(node, at, depth),
            None => Some(depth),
        }
    }

    /// In a command, or in a compound one, that stands at `depth`.
    fn node(&self, node: &Node, at: u32, depth: usize) -> Option<usize> {
        let compound = match node {
            Node::Simple(simple) => {
                let targets = simple.redirects().iter().filter_map(|redirect| redirect.target.as_deref());
                let in_word = simple.words.iter().chain(targets).any(|word| holds(word.span, at))
                    || simple.assignments().iter().any(|assignment| holds(assignment.span, at));
                return (!in_word).then(|| depth + self.more(simple.span));
            }
            Node::Compound(compound) => compound,
        };
        let mut lists: Vec<(&List, usize)> = Vec::new();
        let mut words: Vec<&Word> = Vec::new();
        match &compound.kind {
            CompoundKind::Subshell(list) | CompoundKind::Group(list) => lists.push((list, 1)),
            CompoundKind::If { branches, otherwise } => {
                lists.extend(branches.iter().flat_map(|branch| [(&branch.condition, 1), (&branch.body, 1)]));
                lists.extend(otherwise.iter().map(|list| (list, 1)));
            }
            CompoundKind::For { variable, words: values, body, .. } => {
                words.extend(variable.iter().chain(values.iter().flatten()));
                lists.push((body, 1));
            }
            CompoundKind::While { condition, body, .. } => lists.extend([(condition, 1), (body, 1)]),
            CompoundKind::Case { subject, items } => {
                words.extend(subject.iter().chain(items.iter().flat_map(|item| &item.patterns)));
                lists.extend(items.iter().map(|item| (&item.body, 2)));
            }
            CompoundKind::Function { body, .. } => {
                let body = body.as_deref().filter(|body| holds(body.span(), at));
                return body.map_or(Some(depth), |body| self.node(body, at, depth));
            }
            CompoundKind::Test(words) => {
                let in_word = words.iter().any(|word| holds(word.span, at));
                return (!in_word).then(|| depth + self.more(compound.span));
            }
            CompoundKind::ArithmeticFor { .. } | CompoundKind::Arithmetic(_) => return None,
        }
        if let Some((list, deeper)) = lists
            .into_iter()
            .find(|(list, _)| extent(list).is_some_and(|all| all.start <= at && at < all.end))
        {
            return self.list(list, at, depth + deeper);
        }
        words.extend(compound.redirects.iter().filter_map(|redirect| redirect.target.as_deref()));
        if words.iter().any(|word| holds(word.span, at)) {
            return None;
        }
        let text = self.source.get(at as usize..).unwrap_or_default();
        let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
        match &text[..end] {
            "then" | "elif" | "else" | "fi" | "do" | "done" | "esac" => Some(depth),
            "" if text.starts_with(['}', ')']) => Some(depth),
            "" if text.starts_with(";;") => Some(depth + 2),
            _ => Some(depth + 1),
        }
    }

    /// The words of a command that begins on a line of its own stand deeper than that line.
    fn more(&self, command: Span) -> usize {
        usize::from(command.start >= self.first_end)
    }
}

/// Whether `at` stands within a span, neither at its start nor at its end.
fn holds(span: Span, at: u32) -> bool {
    span.start < at && at < span.end
}

fn extent(list: &List) -> Option<Span> {
    let (first, last) = (list.items.first()?, list.items.last()?);
    Some(first.chain.span().to(last.chain.span()))
}

/// Whether two texts of a RUN are the same commands with the same words, and differ in the blanks between words
/// alone.
pub(super) fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (x, y) = (crate::shell::parse_str(a), crate::shell::parse_str(b));
    let words = |script: &Script| -> Vec<String> {
        let commands = script.commands();
        let words = commands.iter().flat_map(|command| command.words());
        words.map(|word| word.text().to_owned()).collect()
    };
    let (left, right) = (x.pieces(), y.pieces());
    a.split([' ', '\t'])
        .filter(|part| !part.is_empty())
        .eq(b.split([' ', '\t']).filter(|part| !part.is_empty()))
        && x.errors.is_empty()
        && y.errors.is_empty()
        && x.heredocs.is_empty()
        && y.heredocs.is_empty()
        && words(&x) == words(&y)
        && left.iter().map(|piece| piece.span.of(a)).eq(right.iter().map(|piece| piece.span.of(b)))
}
