//! The tokens of a file, instruction by instruction.

use super::{DECLARATION, DEPRECATED, Token, TokenType, script};
use crate::catalog::flags::MountValue;
use crate::features::Snapshot;
use crate::model::{Base, Stage};
use crate::syntax::expand::references;
use crate::syntax::image::is_stage_index;
use crate::syntax::instruction::{SourceKind, declarations};
use crate::syntax::{Flag, Form, Heredoc, Instruction, InstructionId, Item, Keyword, Word, flags};
use crate::text::Span;

/// The tokens that meet `within`.
pub(super) fn tokens(snapshot: &Snapshot, within: Span) -> Vec<Token> {
    let tree = snapshot.tree();
    let source: &str = snapshot.source();
    let room = (within.len() as usize / 8).min(1 << 16);
    let mut collect = Collect { snapshot, source, escape: tree.escape(), found: Vec::with_capacity(room) };
    let first = tree.items().partition_point(|item| item.span().end < within.start);
    for item in tree.items()[first..].iter().take_while(|item| item.span().start <= within.end) {
        let begin = collect.found.len();
        match item {
            Item::Comment(comment) => collect.add(comment.span, TokenType::Comment, 0),
            Item::Directive(directive) => {
                collect.add(Span::new(directive.span.start, directive.span.start + 1), TokenType::Comment, 0);
                collect.add(directive.name_span, TokenType::Macro, 0);
                collect.add(directive.value_span, TokenType::String, 0);
            }
            Item::Instruction(instruction) => collect.instruction(instruction),
        }
        collect.put_in_order(begin);
    }
    let mut found = collect.found;
    found.retain(|token| token.span.meets(within));
    found
}

pub(super) struct Collect<'a> {
    snapshot: &'a Snapshot,
    pub source: &'a str,
    escape: char,
    found: Vec<Token>,
}

impl<'a> Collect<'a> {
    pub fn add(&mut self, span: Span, kind: TokenType, modifiers: u8) {
        if !span.is_empty() {
            self.found.push(Token { span, kind, modifiers });
        }
    }

    /// Sorts the tokens from the one numbered `begin` on, and cuts off what lies under another.
    fn put_in_order(&mut self, begin: usize) {
        let tokens = &mut self.found[begin..];
        tokens.sort_by_key(|token| (token.span.start, token.span.end));
        let mut kept = begin;
        let mut end = 0;
        for at in begin..self.found.len() {
            let mut token = self.found[at];
            token.span.start = token.span.start.max(end);
            if token.span.start < token.span.end {
                end = token.span.end;
                self.found[kept] = token;
                kept += 1;
            }
        }
        self.found.truncate(kept);
    }

    fn id(&self, instruction: &Instruction) -> Option<InstructionId> {
        self.snapshot.tree().id_at(instruction.span.start)
    }

    fn instruction(&mut self, instruction: &'a Instruction) {
        instruction.comments.iter().for_each(|span| self.add(*span, TokenType::Comment, 0));
        let script = self.id(instruction).and_then(|id| self.snapshot.model().script(id));
        let mut innermost = instruction;
        self.head(innermost);
        while let Some(trigger) = innermost.trigger.as_deref() {
            innermost = trigger;
            self.head(innermost);
        }
        match (script, innermost.keyword) {
            (Some(script), Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck) => {
                self.command(innermost, instruction, script);
            }
            _ => {
                self.arguments(innermost);
                instruction.heredocs.iter().for_each(|heredoc| self.heredoc(heredoc));
            }
        }
    }

    /// Keyword and flags.
    fn head(&mut self, instruction: &'a Instruction) {
        let deprecated = if instruction.keyword == Keyword::Maintainer { DEPRECATED } else { 0 };
        if instruction.keyword != Keyword::Unknown {
            self.add(instruction.keyword_span, TokenType::Keyword, deprecated);
        }
        instruction.flags.iter().for_each(|flag| self.flag(instruction, flag));
    }

    fn flag(&mut self, instruction: &'a Instruction, flag: &'a Flag) {
        self.add(Span::new(flag.span.start, flag.name_span.end), TokenType::Parameter, 0);
        let Some(value) = &flag.value else { return };
        let plain = value.span.of(self.source) == value.text;
        match (&*flag.name, instruction.keyword) {
            ("mount", Keyword::Run) if plain => {
                for field in flags::mount::parse(&value.text).fields {
                    let at =
                        |span: Span| Span::new(value.span.start + span.start, value.span.start + span.end);
                    self.add(at(field.key_span), TokenType::Property, 0);
                    let place = at(field.value_span);
                    match field.spec().map(|spec| (spec.name, spec.value)) {
                        Some(("from", _)) => self.source_name(place),
                        Some((_, MountValue::Type | MountValue::OneOf(_) | MountValue::Bool)) => {
                            self.add(place, TokenType::EnumMember, 0);
                        }
                        Some((_, MountValue::Id | MountValue::Mode | MountValue::Size)) => {
                            self.with_variables(place, Some(TokenType::Number));
                        }
                        _ => self.with_variables(place, None),
                    }
                }
            }
            ("from", _) => self.source_name(value.span),
            ("network" | "security", _) => self.add(value.span, TokenType::EnumMember, 0),
            ("interval" | "timeout" | "start-period" | "start-interval" | "retries" | "chmod", _) => {
                self.with_variables(value.span, Some(TokenType::Number));
            }
            _ => self.with_variables(value.span, None),
        }
    }

    /// What `--from` and `from=` name.
    fn source_name(&mut self, span: Span) {
        let text = span.of(self.source);
        let kind = if is_stage_index(text) {
            TokenType::Number
        } else if self.is_stage(span) {
            TokenType::Class
        } else {
            TokenType::Type
        };
        self.with_variables(span, Some(kind));
    }

    /// Whether a stage is used by the name that stands here.
    fn is_stage(&self, span: Span) -> bool {
        let found = self.snapshot.model().names().at(span.start);
        found.is_some_and(|found| found.span == span && found.name.is_some())
    }

    /// The variables of a stretch, and the rest of it as `kind`.
    fn with_variables(&mut self, span: Span, kind: Option<TokenType>) {
        let text = span.of(self.source);
        let mut at = span.start;
        if memchr::memchr(b'$', text.as_bytes()).is_some() {
            for reference in references(text, self.escape) {
                if reference.name.is_empty() {
                    continue;
                }
                let start = span.start + reference.span.start;
                if let Some(kind) = kind {
                    self.add(Span::new(at, start.max(at)), kind, 0);
                }
                let end = span.start + reference.name_span.end;
                self.add(Span::new(start, end), TokenType::Variable, 0);
                at = if reference.word_span.is_none() { span.start + reference.span.end } else { end };
                if reference.braced && reference.closed && reference.word_span.is_none() {
                    self.add(Span::new(end, at), TokenType::Variable, 0);
                }
            }
        }
        if let Some(kind) = kind
            && at < span.end
        {
            self.add(Span::new(at, span.end), kind, 0);
        }
    }

    fn word(&mut self, word: &Word) {
        let text = word.span.of(self.source);
        let quoted = text.starts_with(['"', '\'']);
        self.with_variables(word.span, quoted.then_some(TokenType::String));
    }

    fn arguments(&mut self, instruction: &'a Instruction) {
        match instruction.keyword {
            Keyword::From => self.from(instruction),
            Keyword::Arg => {
                for (declared, word) in declarations(instruction).zip(&instruction.args) {
                    self.add(declared.name_span, TokenType::Variable, DECLARATION);
                    if let Some(span) = declared.value_span {
                        self.add(Span::new(declared.name_span.end, span.start), TokenType::Operator, 0);
                        self.value(Span::new(span.start, word.span.end.max(span.start)));
                    }
                }
            }
            Keyword::Env | Keyword::Label => {
                let env = instruction.keyword == Keyword::Env;
                for (name, value) in instruction.pairs() {
                    match env {
                        true => self.add(name.span, TokenType::Variable, DECLARATION),
                        false => self.with_variables(name.span, Some(TokenType::Property)),
                    }
                    if instruction.form == (Form::Pairs { legacy: false }) && name.span.end < value.span.start
                    {
                        self.add(Span::new(name.span.end, value.span.start), TokenType::Operator, 0);
                    }
                    self.value(value.span);
                }
            }
            Keyword::Expose | Keyword::Stopsignal => {
                for word in &instruction.args {
                    self.with_variables(word.span, Some(TokenType::Number));
                }
            }
            Keyword::Maintainer => {
                instruction.args.iter().for_each(|word| self.add(word.span, TokenType::String, 0));
            }
            _ if instruction.is_exec() => self.exec(instruction),
            Keyword::Add | Keyword::Copy => {
                for word in &instruction.args {
                    let remote = SourceKind::of(&word.text) != SourceKind::Path;
                    match remote {
                        true => self.with_variables(word.span, Some(TokenType::String)),
                        false => self.word(word),
                    }
                }
            }
            _ => instruction.args.iter().for_each(|word| self.word(word)),
        }
    }

    fn value(&mut self, span: Span) {
        self.with_variables(span, Some(TokenType::String));
    }

    fn from(&mut self, instruction: &Instruction) {
        let base = self.stage(instruction).map(|stage| &stage.base);
        let kind = match base {
            Some(Base::Stage(_)) => TokenType::Class,
            Some(Base::Scratch) => TokenType::EnumMember,
            _ => TokenType::Type,
        };
        for (index, word) in instruction.args.iter().enumerate() {
            match index {
                0 => self.with_variables(word.span, Some(kind)),
                1 if word.text.eq_ignore_ascii_case("as") => self.add(word.span, TokenType::Keyword, 0),
                2 => self.add(word.span, TokenType::Class, DECLARATION),
                _ => {}
            }
        }
    }

    fn stage(&self, instruction: &Instruction) -> Option<&'a Stage> {
        self.snapshot.model().stage_of(self.id(instruction)?)
    }

    /// The strings of a JSON array, with its brackets and commas.
    fn exec(&mut self, instruction: &'a Instruction) {
        for word in &instruction.args {
            match instruction.keyword {
                Keyword::Add | Keyword::Copy | Keyword::Volume => {
                    self.with_variables(word.span, Some(TokenType::String));
                }
                Keyword::Healthcheck if word.span.of(self.source) == word.text => {
                    self.add(word.span, TokenType::Keyword, 0);
                }
                _ => self.add(word.span, TokenType::String, 0),
            }
        }
    }

    /// RUN, CMD, ENTRYPOINT and HEALTHCHECK. `whole` is the instruction around a trigger.
    fn command(
        &mut self,
        instruction: &'a Instruction,
        whole: &'a Instruction,
        script: &crate::shell::Script,
    ) {
        if instruction.is_exec() {
            let inner = script.commands().into_iter().find(|command| command.nesting.inner).map(|it| it.span);
            match inner {
                // `["sh", "-c", "…"]`: what the shell reads has its own colours.
                Some(inner) => {
                    for word in &instruction.args {
                        if word.span.start < inner.start && inner.end < word.span.end {
                            self.add(Span::new(word.span.start, word.span.start + 1), TokenType::String, 0);
                            self.add(Span::new(word.span.end - 1, word.span.end), TokenType::String, 0);
                        } else {
                            self.add(word.span, TokenType::String, 0);
                        }
                    }
                    script::add(self, script, &[]);
                }
                None => self.exec(instruction),
            }
            return;
        }
        if let (Keyword::Healthcheck, Some(kind)) = (instruction.keyword, instruction.args.first()) {
            self.add(kind.span, TokenType::Keyword, 0);
        }
        let first = match (instruction.keyword, &instruction.args[..]) {
            (Keyword::Healthcheck, [_, command, ..]) => command.span.start,
            _ => instruction.rest_span().start,
        };
        let mut parts: Vec<Span> = Vec::new();
        let pieces = instruction.logical.pieces();
        for (index, piece) in pieces.iter().enumerate() {
            let end = pieces.get(index + 1).map_or(instruction.logical.len(), |next| next.at);
            let span = Span::new(piece.source, piece.source + end - piece.at);
            if span.end > first {
                parts.push(Span::new(span.start.max(first), span.end));
            }
        }
        // What the shell reads of heredocs: their text alone, or with the line that opens them.
        let alone = matches!(&whole.heredocs[..], [only] if only.opener == instruction.rest_span());
        if alone {
            parts.clear();
        }
        for heredoc in &whole.heredocs {
            parts.push(heredoc.body);
            if alone {
                self.add(heredoc.opener, TokenType::String, 0);
                self.add(heredoc.end.unwrap_or_default(), TokenType::String, 0);
            }
        }
        script::add(self, script, &parts);
    }

    /// The text of a heredoc of COPY or ADD.
    fn heredoc(&mut self, heredoc: &'a Heredoc) {
        self.add(heredoc.opener, TokenType::String, 0);
        match heredoc.expand {
            true => self.with_variables(heredoc.body, Some(TokenType::String)),
            false => self.add(heredoc.body, TokenType::String, 0),
        }
        self.add(heredoc.end.unwrap_or_default(), TokenType::String, 0);
    }
}
