//! What a script is made of, piece by piece, for those who colour it or look for names in it.

use super::arithmetic::{compares, has_maps, joins, names};
use super::{
    Assignment, Compound, CompoundKind, HereDoc, List, Node, Operator, Part, PartKind, Redirect, Script,
    SimpleCommand, Text, Word,
};
use crate::text::Span;

/// A piece of a script. Pieces don't overlap; what stands between them are blanks, operators, reserved words
/// and the braces of `${…}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'s> {
    /// In bytes of the source.
    pub span: Span,
    /// What it is.
    pub kind: PieceKind<'s>,
}

/// What a piece of a script is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind<'s> {
    /// A part of a word that stands for itself.
    Plain,
    /// The word that names the program of a command.
    Program,
    /// A word that begins with a dash.
    Option,
    /// Text in quotes, the quotes included, and text of a here-document.
    Quoted,
    /// A backslash and what it escapes.
    Escape,
    /// A variable that is read: from its `$` to the end of its name; in arithmetic perhaps the name alone.
    Variable {
        /// Without `$` and braces; a number or sign for the shell's own parameters.
        name: &'s str,
        /// Where the name stands.
        at: Span,
    },
    /// A variable that the shell sets: `NAME` in `NAME=value`, `for NAME in`, `read NAME`, `((NAME++))`.
    Assigned {
        /// The variable.
        name: &'s str,
    },
    /// The name that a function is given.
    Function,
    /// The word that ends a here-document, behind `<<` and below its text.
    Delimiter,
    /// From `#` to the end of the line.
    Comment,
}

impl Script {
    /// The pieces of the script, in the order of the text. A script within it whose text isn't written out in
    /// the source (a JSON string with escapes) is one plain piece.
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        let found = Vec::with_capacity(self.size * 4);
        let mut walk = Walk { script: self, maps: has_maps(self.text()), found };
        walk.script(self);
        walk.found.sort_by_key(|piece| (piece.span.start, piece.span.end));
        walk.found
    }
}

struct Walk<'s> {
    script: &'s Script,
    /// What stands between brackets may be any word.
    maps: bool,
    found: Vec<Piece<'s>>,
}

impl<'s> Walk<'s> {
    fn push(&mut self, span: Span, kind: PieceKind<'s>) {
        if !span.is_empty() {
            self.found.push(Piece { span, kind });
        }
    }

    fn script(&mut self, script: &'s Script) {
        let outer = std::mem::replace(&mut self.script, script);
        self.list(&script.body);
        script.comments.iter().for_each(|span| self.push(*span, PieceKind::Comment));
        self.script = outer;
    }

    fn list(&mut self, list: &'s List) {
        for item in &list.items {
            let rest = item.chain.rest.iter().map(|(_, _, pipeline)| pipeline);
            for pipeline in std::iter::once(&item.chain.first).chain(rest) {
                pipeline.commands.iter().for_each(|(_, node)| self.node(node));
            }
        }
    }

    fn node(&mut self, node: &'s Node) {
        match node {
            Node::Simple(simple) => self.simple(simple),
            Node::Compound(compound) => self.compound(compound),
        }
    }

    fn simple(&mut self, simple: &'s SimpleCommand) {
        simple.assignments().iter().for_each(|assignment| self.assignment(assignment));
        let declares = simple.words.first().is_some_and(declares);
        let computes = simple.words.first().is_some_and(|program| program.is_plain("let"));
        for (index, word) in simple.words.iter().enumerate() {
            match &simple.inner {
                Some(inner) if inner.0 == index && inner.1.text.is_cut() => self.script(&inner.1),
                _ if index == 0 && matches!(&*word.parts, [Part { kind: PartKind::Literal, .. }]) => {
                    self.push(word.span, PieceKind::Program);
                }
                _ if declares && index > 0 => self.declared(word),
                _ if computes && index > 0 => self.arithmetic(&word.parts, &word.source),
                _ => self.word(word, true),
            }
        }
        self.redirects(simple.redirects());
    }

    fn assignment(&mut self, assignment: &'s Assignment) {
        // The name begins the assignment, whatever stands behind it.
        let text = assignment.value.source.as_str();
        let start = assignment.span.start;
        let value = assignment.value.at.start as usize;
        let from = text.get(..value).and_then(|before| before.rfind(&*assignment.name));
        if let Some(from) = from {
            let at = Span::from(from..from + assignment.name.len());
            let span = assignment.value.source.span(at);
            if span.start == start {
                self.push(span, PieceKind::Assigned { name: &assignment.name });
            }
        }
        self.subscript(&assignment.subscript, &assignment.value.source);
        self.word(&assignment.value, false);
        assignment.array.iter().flatten().for_each(|word| self.word(word, false));
    }

    /// An argument of `export`, `read` and their like: a name, perhaps with a value.
    fn declared(&mut self, word: &'s Word) {
        let text = word.text();
        let length = text.bytes().take_while(|b| *b == b'_' || b.is_ascii_alphanumeric()).count();
        let name = &text[..length];
        let begins = name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic());
        if !begins || !(text.len() == length || text[length..].starts_with(['=', '+'])) {
            return self.word(word, true);
        }
        self.push(word.span_of(0..length), PieceKind::Assigned { name });
        let behind = word.at.start + length as u32;
        for part in word.parts.iter() {
            if part.at.start >= behind {
                self.part(part, &word.source);
            } else if part.at.end > behind {
                self.push(word.source.span(Span::new(behind, part.at.end)), PieceKind::Plain);
            }
        }
    }

    fn word(&mut self, word: &'s Word, argument: bool) {
        if argument && word.text().starts_with('-') && word.text().len() > 1 {
            match &*word.parts {
                [Part { kind: PartKind::Literal, .. }] => return self.push(word.span, PieceKind::Option),
                [Part { kind: PartKind::Literal, span, .. }, rest @ ..] => {
                    self.push(*span, PieceKind::Option);
                    return rest.iter().for_each(|part| self.part(part, &word.source));
                }
                _ => {}
            }
        }
        word.parts.iter().for_each(|part| self.part(part, &word.source));
    }

    fn part(&mut self, part: &'s Part, text: &'s Text) {
        match &part.kind {
            PartKind::Literal | PartKind::Glob | PartKind::Opaque => self.push(part.span, PieceKind::Plain),
            PartKind::Escaped => self.push(part.span, PieceKind::Escape),
            PartKind::Single | PartKind::AnsiC => self.push(part.span, PieceKind::Quoted),
            PartKind::Double(parts) => self.quoted(part.span, parts, text),
            PartKind::Variable(variable) => {
                let within = part.at.of(text.as_str());
                let found = within.find(&*variable.name).filter(|_| !variable.name.is_empty());
                let from = part.at.start as usize + found.unwrap_or(0);
                let at = text.span(Span::from(from..from + variable.name.len()));
                if found.is_some() && text.is_cut() {
                    let span = Span::new(part.span.start, at.end.max(part.span.start));
                    self.push(span, PieceKind::Variable { name: &variable.name, at });
                }
                self.subscript(&variable.subscript, text);
                match variable.operator {
                    Some(Operator::Substring) => self.arithmetic(&variable.operand, text),
                    _ => variable.operand.iter().for_each(|part| self.part(part, text)),
                }
            }
            PartKind::Command(list) | PartKind::Process(list) => self.list(list),
            PartKind::Backquoted(script) => self.script(script),
            PartKind::Arithmetic(parts) => self.arithmetic(parts, text),
        }
    }

    /// What stands between the brackets behind a name.
    fn subscript(&mut self, parts: &'s [Part], text: &'s Text) {
        if self.maps {
            parts.iter().for_each(|part| self.part(part, text));
        } else {
            self.arithmetic(parts, text);
        }
    }

    /// An expression, in which variables need no `$`.
    fn arithmetic(&mut self, parts: &'s [Part], text: &'s Text) {
        for (index, part) in parts.iter().enumerate() {
            let beside =
                |index: Option<usize>| index.and_then(|at| parts.get(at)).is_some_and(|it| joins(it, text));
            match &part.kind {
                PartKind::Double(inner) => self.arithmetic(inner, text),
                PartKind::Literal | PartKind::Single if text.is_cut() => {
                    let before = beside(index.checked_sub(1));
                    self.expression(part, text, before, beside(Some(index + 1)));
                }
                _ => self.part(part, text),
            }
        }
    }

    /// Text of an expression; `before` and `behind` say whether a name there goes on beyond it.
    fn expression(&mut self, part: &'s Part, text: &'s Text, before: bool, behind: bool) {
        let (start, written) = (part.at.start, part.at.of(text.as_str()));
        let mut from = start;
        for found in names(written) {
            let at = Span::from(found.at.clone());
            if (before && at.start == 0) || (behind && at.end as usize == written.len()) {
                continue;
            }
            let (name, at) = (at.of(written), Span::new(start + at.start, start + at.end));
            self.push(text.span(Span::new(from, at.start)), PieceKind::Plain);
            from = at.end;
            let span = text.span(at);
            let kind =
                if found.set { PieceKind::Assigned { name } } else { PieceKind::Variable { name, at: span } };
            self.push(span, kind);
        }
        self.push(text.span(Span::new(from, part.at.end)), PieceKind::Plain);
    }

    /// Text between quotes: what expands in it, and the rest as text.
    fn quoted(&mut self, span: Span, parts: &'s [Part], text: &'s Text) {
        let mut at = span.start;
        for part in parts {
            let expands = !matches!(part.kind, PartKind::Literal | PartKind::Glob | PartKind::Opaque);
            if expands && part.span.start >= at {
                self.push(Span::new(at, part.span.start), PieceKind::Quoted);
                self.part(part, text);
                at = part.span.end;
            }
        }
        if at < span.end {
            self.push(Span::new(at, span.end), PieceKind::Quoted);
        }
    }

    fn redirects(&mut self, redirects: &'s [Redirect]) {
        for redirect in redirects {
            match redirect.here.and_then(|index| self.script.heredocs.get(index as usize)) {
                Some(here) => {
                    redirect.target.iter().for_each(|word| self.push(word.span, PieceKind::Delimiter));
                    self.heredoc(here);
                }
                None => redirect.target.iter().for_each(|word| self.word(word, false)),
            }
        }
    }

    fn heredoc(&mut self, here: &'s HereDoc) {
        match &here.script {
            Some(script) => self.script(script),
            None => {
                let script = self.script;
                self.quoted(here.body, &here.parts, &script.text);
            }
        }
        self.found.extend(here.end.map(|span| Piece { span, kind: PieceKind::Delimiter }));
    }

    fn words(&mut self, words: &'s [Word]) {
        words.iter().for_each(|word| self.word(word, false));
    }

    fn compound(&mut self, compound: &'s Compound) {
        match &compound.kind {
            CompoundKind::Subshell(list) | CompoundKind::Group(list) => self.list(list),
            CompoundKind::ArithmeticFor { header, body } => {
                let script = self.script;
                self.arithmetic(header, &script.text);
                self.list(body);
            }
            CompoundKind::If { branches, otherwise } => {
                for branch in branches {
                    self.list(&branch.condition);
                    self.list(&branch.body);
                }
                otherwise.iter().for_each(|list| self.list(list));
            }
            CompoundKind::For { variable, words, body, .. } => {
                if let Some(word) = variable {
                    let name = word.text();
                    self.push(word.span, PieceKind::Assigned { name });
                }
                self.words(words.as_deref().unwrap_or(&[]));
                self.list(body);
            }
            CompoundKind::While { condition, body, .. } => {
                self.list(condition);
                self.list(body);
            }
            CompoundKind::Case { subject, items } => {
                subject.iter().for_each(|word| self.word(word, false));
                for item in items {
                    self.words(&item.patterns);
                    self.list(&item.body);
                }
            }
            CompoundKind::Function { name, body } => {
                self.push(name.span, PieceKind::Function);
                body.iter().for_each(|node| self.node(node));
            }
            CompoundKind::Test(words) => {
                let compared = |at: Option<usize>| {
                    at.and_then(|at| words.get(at)).is_some_and(|word| compares(word.text()))
                };
                for (index, word) in words.iter().enumerate() {
                    match compared(index.checked_sub(1)) || compared(Some(index + 1)) {
                        true => self.arithmetic(&word.parts, &word.source),
                        false => self.word(word, false),
                    }
                }
            }
            CompoundKind::Arithmetic(parts) => {
                let script = self.script;
                self.arithmetic(parts, &script.text);
            }
        }
        self.redirects(&compound.redirects);
    }
}

/// Whether the arguments of this program are names of variables.
fn declares(program: &Word) -> bool {
    const DECLARING: [&str; 7] = ["export", "readonly", "local", "declare", "typeset", "read", "unset"];
    DECLARING.iter().any(|name| program.is_plain(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::parse_str;

    /// The pieces that aren't plain, as `kind:text`.
    fn shown(text: &str) -> Vec<String> {
        let script = parse_str(text);
        let pieces = script.pieces();
        for pair in pieces.windows(2) {
            assert!(pair[0].span.end <= pair[1].span.start, "{pair:?} overlap in {text}");
        }
        let shown = pieces.iter().filter(|piece| piece.kind != PieceKind::Plain).map(|piece| {
            let text = piece.span.of(text);
            match piece.kind {
                PieceKind::Variable { name, .. } => format!("Variable {name}:{text}"),
                PieceKind::Assigned { name } => format!("Assigned {name}:{text}"),
                kind => format!("{kind:?}:{text}"),
            }
        });
        shown.collect()
    }

    #[test]
    fn what_expands_is_told_from_what_is_quoted() {
        assert_eq!(
            shown("A=1 echo -n \"a ${A:-$B} 😀\" '$C' \\$D # why"),
            [
                "Assigned A:A",
                "Program:echo",
                "Option:-n",
                "Quoted:\"a ",
                "Variable A:${A",
                "Variable B:$B",
                "Quoted: 😀\"",
                "Quoted:'$C'",
                "Escape:\\$",
                "Comment:# why",
            ]
        );
    }

    #[test]
    fn names_that_the_shell_sets_are_found_wherever_it_sets_them() {
        let sets = |text: &str| -> Vec<String> {
            shown(text).into_iter().filter_map(|it| Some(it.strip_prefix("Assigned ")?.to_owned())).collect()
        };
        assert_eq!(
            sets("for f in a b; do read line; export X=$f Y; done"),
            ["f:f", "line:line", "X:X", "Y:Y"]
        );
        assert_eq!(sets("arr=(a b); n+=1 true"), ["arr:arr", "n:n"]);
        assert_eq!(sets("make export X=1"), [""; 0]);
    }

    #[test]
    fn names_in_arithmetic_need_no_dollar() {
        let named = |text: &str| -> Vec<String> {
            let of = |it: &String| it.starts_with("Variable") || it.starts_with("Assigned");
            shown(text).into_iter().filter(of).collect()
        };
        assert_eq!(named("x=$((x - $y * 0xff))"), ["Assigned x:x", "Variable x:x", "Variable y:$y"]);
        assert_eq!(
            named("((n++ < m)) && let n=m+1 'k = n'"),
            ["Assigned n:n", "Variable m:m", "Assigned n:n", "Variable m:m", "Assigned k:k", "Variable n:n"]
        );
        assert_eq!(
            named("for ((i=0; i<n; i++)); do a[i]=${b[j]} c[$k]=${d:o:p}; done"),
            [
                "Assigned i:i",
                "Variable i:i",
                "Variable n:n",
                "Assigned i:i",
                "Assigned a:a",
                "Variable i:i",
                "Variable b:${b",
                "Variable j:j",
                "Assigned c:c",
                "Variable k:$k",
                "Variable d:${d",
                "Variable o:o",
                "Variable p:p"
            ]
        );
        assert_eq!(
            named("[[ n -gt 3 && n == m ]]; [ n -gt 3 ]; echo $[n] \"$((m))\""),
            ["Variable n:n", "Variable n:n", "Variable m:m"]
        );
        // What only the shell can tell: a name made of two, and the words of a map.
        assert_eq!(named("echo $((a$b + c))"), ["Variable b:$b", "Variable c:c"]);
        assert_eq!(
            named("declare -A m; m[k]=1; echo ${m[k]}"),
            ["Assigned m:m", "Assigned m:m", "Variable m:${m"]
        );
    }

    #[test]
    fn scripts_within_words_and_heredocs_are_read() {
        assert_eq!(
            shown("sh -c 'echo $A' && cat <<EOF\nb $B\nEOF\ntrue `id $C`"),
            [
                "Program:sh",
                "Option:-c",
                "Program:echo",
                "Variable A:$A",
                "Program:cat",
                "Delimiter:EOF",
                "Quoted:b ",
                "Variable B:$B",
                "Quoted:\n",
                "Delimiter:EOF",
                "Program:true",
                "Program:id",
                "Variable C:$C",
            ]
        );
        assert_eq!(
            shown("cat <<'EOF'\n$B\nEOF"),
            ["Program:cat", "Delimiter:'EOF'", "Quoted:$B\n", "Delimiter:EOF"]
        );
    }
}
