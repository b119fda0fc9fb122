use crate::shell::{Dialect, PieceKind, Script};
use crate::text::Span;
use compact_str::CompactString;

/// A variable that a script names.
#[derive(Clone, Debug)]
pub(in crate::model) struct Mention {
    pub name: CompactString,
    /// Where the name stands.
    pub span: Span,
    /// Whether the shell sets it here.
    pub assigned: bool,
}

/// The variables that `script` names, in the order of the text: the shell's own and those of the environment.
pub(in crate::model) fn of(script: &Script) -> Vec<Mention> {
    let pieces = script.pieces();
    let named = pieces.iter().filter_map(|piece| match piece.kind {
        PieceKind::Assigned { name } => Some((name, piece.span, true)),
        PieceKind::Variable { name, at } => {
            let (name, at) = in_environment(name, at, script.dialect)?;
            Some((name, at, false))
        }
        _ => None,
    });
    named.map(|(name, span, assigned)| Mention { name: name.into(), span, assigned }).collect()
}

/// The same where the text from byte `from` on stands from `to` on.
pub(in crate::model) fn moved(mentions: &[Mention], from: u32, to: u32) -> Vec<Mention> {
    let at = |offset: u32| offset - from + to;
    let moved = |mention: &Mention| Mention {
        span: Span::new(at(mention.span.start), at(mention.span.end)),
        ..mention.clone()
    };
    mentions.iter().map(moved).collect()
}

/// The name of a variable of the environment, as a script of this dialect names it.
fn in_environment(name: &str, at: Span, dialect: Dialect) -> Option<(&str, Span)> {
    let (name, at) = match dialect {
        Dialect::Posix | Dialect::Cmd => (name, at),
        Dialect::PowerShell => {
            let (scope, rest) = name.split_at_checked(4)?;
            (scope.eq_ignore_ascii_case("env:") && at.len() as usize == name.len())
                .then_some((rest, Span::new(at.start + 4, at.end)))?
        }
    };
    name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()).then_some((name, at))
}
