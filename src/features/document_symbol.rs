//! `textDocument/documentSymbol`: stages, and in them their steps.

use super::short::short;
use super::{Snapshot, call_hierarchy};
use crate::model::Stage;
use crate::syntax::instruction::declarations;
use crate::syntax::{Instruction, Keyword};
use crate::text::Span;
use std::borrow::Cow;

/// A part of the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol<'a> {
    /// What is listed: `build`, `RUN npm ci`.
    pub name: Cow<'a, str>,
    /// What is shown beside it, perhaps nothing.
    pub detail: Cow<'a, str>,
    /// What it is.
    pub kind: SymbolKind,
    /// It is out of use.
    pub deprecated: bool,
    /// All of it.
    pub span: Span,
    /// What is selected where the user goes there.
    pub selection: Span,
    /// What stands in it.
    pub children: Vec<Symbol<'a>>,
}

/// What a part of the outline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    /// A stage.
    Stage,
    /// RUN.
    Command,
    /// COPY and ADD.
    Files,
    /// ARG, which a build may be given.
    Argument,
    /// ENV.
    Variable,
    /// CMD, ENTRYPOINT, HEALTHCHECK, ONBUILD: what runs later.
    Later,
    /// What the image only notes.
    Property,
}

/// The outline of the file: the ARGs above the first FROM, then the stages.
pub fn document_symbols(snapshot: &Snapshot) -> Vec<Symbol<'_>> {
    let (tree, model) = (snapshot.tree(), snapshot.model());
    let first = model.stages().first().map(|stage| stage.from);
    let above = tree.numbered().take_while(|(id, _)| first.is_none_or(|first| *id < first));
    let mut symbols: Vec<Symbol<'_>> = above.filter_map(|(_, it)| step(snapshot, it)).collect();
    symbols.extend(model.stages().iter().map(|it| stage(snapshot, it)));
    symbols
}

fn stage<'a>(snapshot: &'a Snapshot, stage: &'a Stage) -> Symbol<'a> {
    let steps = snapshot.model().steps(stage).filter_map(|(_, instruction)| step(snapshot, instruction));
    let selection =
        stage.name_span.or_else(|| Some(snapshot.tree().instruction(stage.from)?.span)).unwrap_or_default();
    let mut detail = call_hierarchy::built_on(snapshot, stage);
    if !stage.used {
        detail.push_str(if detail.is_empty() { "" } else { " · " });
        detail.push_str("not needed by the last stage");
    }
    Symbol {
        name: stage.name_span.map_or_else(|| stage.title().into(), |it| it.of(snapshot.source()).into()),
        detail: detail.into(),
        kind: SymbolKind::Stage,
        deprecated: false,
        span: call_hierarchy::span_of(snapshot, stage).to(selection),
        selection,
        children: steps.collect(),
    }
}

fn step<'a>(snapshot: &'a Snapshot, instruction: &'a Instruction) -> Option<Symbol<'a>> {
    let source = snapshot.source();
    let keyword = instruction.keyword;
    let mut symbol = Symbol {
        name: keyword.as_str().into(),
        detail: Cow::Borrowed(""),
        kind: kind(keyword)?,
        deprecated: keyword == Keyword::Maintainer,
        span: instruction.span,
        selection: instruction.keyword_span,
        children: Vec::new(),
    };
    let child = |name: &'a str, value: &'a str, kind, span: Span, all: Span| Symbol {
        name: name.into(),
        detail: short(value, LONGEST),
        kind,
        deprecated: false,
        span: all.to(span),
        selection: span,
        children: Vec::new(),
    };
    let named: Vec<Symbol<'a>> = match keyword {
        Keyword::Arg => declarations(instruction)
            .zip(&instruction.args)
            .filter(|(declared, _)| !declared.name.is_empty())
            .map(|(declared, word)| {
                let value = declared.value.unwrap_or("");
                child(declared.name, value, SymbolKind::Argument, declared.name_span, word.span)
            })
            .collect(),
        Keyword::Env | Keyword::Label => instruction
            .pairs()
            .filter(|(name, _)| !name.text.is_empty())
            .map(|(name, value)| {
                child(&name.text, &value.text, symbol.kind, name.span, name.span.to(value.span))
            })
            .collect(),
        _ => Vec::new(),
    };
    match <[Symbol<'a>; 1]>::try_from(named) {
        Ok([only]) => {
            symbol.name = [keyword.as_str(), " ", &only.name].concat().into();
            symbol.detail = only.detail;
            symbol.selection = only.selection;
        }
        Err(several) if !several.is_empty() => {
            let names: Vec<&str> = several.iter().map(|symbol| &*symbol.name).collect();
            symbol.name = short(&format!("{keyword} {}", names.join(" ")), LONGEST).into_owned().into();
            symbol.children = several;
        }
        Err(_) => {
            let rest = instruction.rest.of(instruction.logical.text(source));
            let heredoc = instruction.heredocs.first().filter(|it| it.opener.of(source) == rest);
            let rest = heredoc.map_or(rest, |heredoc| {
                heredoc.body.of(source).lines().find(|line| !line.trim().is_empty()).unwrap_or(rest)
            });
            let rest = short(rest, LONGEST - keyword.as_str().len() - 1);
            if !rest.is_empty() {
                symbol.name = [keyword.as_str(), " ", &rest].concat().into();
            }
            if !instruction.flags.is_empty() {
                let flags: Vec<&str> = instruction.flags.iter().map(|flag| flag.span.of(source)).collect();
                symbol.detail = short(&flags.join(" "), LONGEST).into_owned().into();
            }
        }
    }
    Some(symbol)
}

fn kind(keyword: Keyword) -> Option<SymbolKind> {
    use Keyword::*;
    Some(match keyword {
        Run => SymbolKind::Command,
        Copy | Add => SymbolKind::Files,
        Arg => SymbolKind::Argument,
        Env => SymbolKind::Variable,
        Cmd | Entrypoint | Healthcheck | Onbuild => SymbolKind::Later,
        Expose | Label | Maintainer | Shell | Stopsignal | User | Volume | Workdir => SymbolKind::Property,
        From | Unknown => return None,
    })
}

/// The most characters of a name or value that are shown.
const LONGEST: usize = 60;
