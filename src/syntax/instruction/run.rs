use super::super::error::SyntaxError;
use super::super::tree::{Form, Instruction};
use crate::text::{Span, Splice};

/// What a RUN runs.
#[derive(Clone, Debug)]
pub enum Body {
    /// A text for the shell of the stage, continuations taken out.
    Shell(Splice),
    /// A script in a heredoc that starts with `#!`: what runs it is named there, not by SHELL.
    Script(Splice),
    /// Words that are run as they are, without a shell.
    Exec,
}

/// What `instruction`, a RUN, runs. A heredoc alone is the script itself; where more stands on its line, the
/// shell is given that line, the bodies and their ends.
///
/// Source: BuildKit `frontend/dockerfile/dockerfile2llb/convert_runmount.go` and `convert.go`, dispatchRun.
pub fn run_body(instruction: &Instruction, source: &str) -> Body {
    if instruction.form == Form::Exec {
        return Body::Exec;
    }
    let Some(first) = instruction.heredocs.first() else {
        return Body::Shell(instruction.rest_splice(source));
    };
    let alone = instruction.heredocs.len() == 1 && first.opener == instruction.rest_span();
    if alone {
        let body = heredoc_body(first, source);
        let shebang = body.text(source).starts_with("#!");
        return if shebang { Body::Script(body) } else { Body::Shell(body) };
    }
    let line = instruction.rest_splice(source);
    let mut spans: Vec<Span> = Vec::new();
    for (index, piece) in line.pieces().iter().enumerate() {
        let end = line.pieces().get(index + 1).map_or(line.len(), |next| next.at);
        spans.push(Span::new(piece.source, piece.source + end - piece.at));
    }
    // From the line break that ends the line on, so that the shell sees the bodies on lines of their own.
    let end = instruction.heredocs.iter().map(|h| h.end.unwrap_or(h.body).end).max().unwrap_or(0);
    let start = source[..first.body.start as usize].trim_end_matches(['\n', '\r']).len() as u32;
    spans.push(Span::new(start, end.max(start)));
    Body::Shell(Splice::join(&spans, source))
}

/// The lines of a heredoc as its reader gets them, without the tabs that `<<-` takes off.
pub fn heredoc_body(heredoc: &super::super::tree::Heredoc, source: &str) -> Splice {
    if !heredoc.strip_tabs {
        return Splice::of(heredoc.body);
    }
    let mut spans = Vec::new();
    let mut at = heredoc.body.start;
    for line in heredoc.body.of(source).split_inclusive('\n') {
        let tabs = (line.len() - line.trim_start_matches('\t').len()) as u32;
        spans.push(Span::new(at + tabs, at + line.len() as u32));
        at += line.len() as u32;
    }
    Splice::join(&spans, source)
}

/// BuildKit takes RUN in any form; its flags are checked with those of all instructions.
pub(super) fn check(_instruction: &Instruction, _errors: &mut Vec<SyntaxError>) {}
