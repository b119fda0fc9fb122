use crate::syntax::InstructionId;
use crate::syntax::expand::Lex;
use crate::text::Span;
use std::borrow::Cow;

/// Where a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// ARG of this stage or of the stage that it is built on, or above the first FROM.
    Arg,
    /// ENV, of this stage or of the stage that it is built on.
    Env,
}

/// A variable from the place on where it is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: Box<str>,
    /// The value with its own variables expanded. None where it has none, or where that needs something
    /// that isn't known.
    pub value: Option<Box<str>>,
    pub origin: Origin,
    /// The instruction that declares it.
    pub declared: Option<InstructionId>,
    /// The name, where it is declared.
    pub span: Span,
}

/// The variable that `name` means after `variables`: the last one. ENV hides ARG whatever their order.
pub(super) fn lookup<'a>(variables: &'a [Variable], name: &str) -> Option<&'a Variable> {
    let last = |origin| variables.iter().rev().find(|v| v.origin == origin && &*v.name == name);
    last(Origin::Env).or_else(|| last(Origin::Arg))
}

/// `text` with its variables expanded and its quotes taken out; None where one of them isn't known or the
/// text is broken.
pub(super) fn expand(text: &str, escape: char, variables: &[Variable]) -> Option<String> {
    if !text.contains(['$', '"', '\'', escape]) {
        return Some(text.to_owned());
    }
    let unknown = std::cell::Cell::new(false);
    let value = |name: &str| match lookup(variables, name) {
        Some(variable) => {
            if variable.value.is_none() {
                unknown.set(true);
            }
            variable.value.as_deref().map(|value| Cow::Owned(value.to_owned()))
        }
        None => {
            unknown.set(true);
            None
        }
    };
    let expansion = Lex::new(escape).word(text, &value).ok()?;
    (!unknown.get()).then_some(expansion.value)
}
