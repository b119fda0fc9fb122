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
    /// As the declaration has it, its own variables expanded.
    pub name: Box<str>,
    /// The value with its own variables expanded. None where it has none, or where that needs something
    /// that isn't known.
    pub value: Option<Box<str>>,
    /// Whether commands find it in their environment: an ARG that is given no value is declared only.
    pub set: bool,
    /// The kind of its declaration.
    pub origin: Origin,
    /// The instruction that declares it.
    pub declared: Option<InstructionId>,
    /// The name, where it is declared.
    pub span: Span,
}

/// The variable that `name` means after `variables`: the last one that has a value, ENV or ARG. An ARG
/// below an ENV of the same name takes its place where it has a default or is given a value.
///
/// Source: `dispatchArg` and `dispatchEnv`, both of which set the variable; measured with BuildKit 28.5,
/// where `ENV V=1`, `ARG V=2` gives a RUN 2.
pub(super) fn lookup<'a>(variables: &'a [Variable], name: &str) -> Option<&'a Variable> {
    let mut named = variables.iter().rev().filter(|variable| &*variable.name == name);
    let last = named.next()?;
    if last.set { Some(last) } else { named.find(|variable| variable.set).or(Some(last)) }
}

/// What the arguments of a build are given.
#[derive(Clone, Copy, Default)]
pub(super) struct Given<'a> {
    /// `--build-arg`, by name; None for a value that isn't known.
    pub arguments: &'a [(String, Option<String>)],
    /// Which variables are given another value than they have, and what is derived from them with them.
    pub altered: Option<&'a dyn Fn(&Variable) -> bool>,
}

impl Given<'_> {
    /// None where the argument isn't given, Some(None) where what it is given isn't known.
    pub fn argument(&self, name: &str) -> Option<Option<String>> {
        // Of an argument that is given twice the last value counts.
        self.arguments.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.clone())
    }

    /// `variable`, or the same with another value.
    pub fn alter(&self, mut variable: Variable) -> Variable {
        if self.altered.is_some_and(|altered| altered(&variable)) {
            // No value that can be written down, so that it differs from whatever is there.
            variable.value = Some(format!("\u{1}{}", variable.value.as_deref().unwrap_or_default()).into());
            variable.set = true;
        }
        variable
    }
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
