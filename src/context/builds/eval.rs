//! The values of expressions of Bake files, as far as they can be told without running anything.

use super::budget::{Budget, DEEPEST, LONGEST};
use hcl::Value;
use hcl::eval::{Context, Evaluate};
use hcl::expr::{Expression, ObjectKey, Operation, TemplateExpr, TraversalOperator};
use hcl::template::{Element, Template};
use std::collections::{HashMap, HashSet};

/// What a node of an expression or a value is counted as, besides its text.
const NODE: usize = 32;

/// The variables whose values can be told.
pub(super) struct Scope<'a> {
    context: Context<'static>,
    /// How large the values are.
    sizes: HashMap<&'a str, usize>,
    budget: &'a Budget,
}

impl<'a> Scope<'a> {
    /// Of several variables of one name the last counts. One may be made of others, wherever they stand; those
    /// that are made of one another stay unknown.
    pub fn new(variables: impl Iterator<Item = (&'a str, &'a Expression)>, budget: &'a Budget) -> Self {
        let mut scope = Self { context: Context::new(), sizes: HashMap::new(), budget };
        let none = HashSet::new();
        let variables: HashMap<&str, &Expression> = variables.collect();
        // Each is worked out once, after all that it is made of.
        let mut waiting: HashMap<&str, usize> = HashMap::new();
        let mut makes: HashMap<&str, Vec<&'a str>> = HashMap::new();
        let mut ready: Vec<&str> = Vec::new();
        for (name, value) in &variables {
            let mut made_of = named(value);
            made_of.retain(|other| variables.contains_key(other.as_str()));
            if made_of.is_empty() {
                ready.push(name);
            }
            waiting.insert(name, made_of.len());
            for other in &made_of {
                if let Some((other, _)) = variables.get_key_value(other.as_str()) {
                    makes.entry(other).or_default().push(name);
                }
            }
        }
        while let Some(name) = ready.pop() {
            if let Some(value) = variables.get(name).and_then(|value| scope.value(value, &none)) {
                scope.sizes.insert(name, size(&value));
                scope.context.declare_var(name, value);
            }
            for made in makes.remove(name).unwrap_or_default() {
                if let Some(open) = waiting.get_mut(made) {
                    *open -= 1;
                    if *open == 0 {
                        ready.push(made);
                    }
                }
            }
        }
        scope
    }

    /// The value of an expression; None where it hangs on what isn't known, on one of the names in `hidden`, on a
    /// function or a loop, or where it gets too large.
    pub fn value(&self, expression: &Expression, hidden: &HashSet<String>) -> Option<Value> {
        let known = |name: &str| {
            // What isn't known is left to the evaluation, which may do without.
            (!hidden.contains(name)).then(|| self.sizes.get(name).copied().unwrap_or(0))
        };
        let mut walk = Walk { left: LONGEST.max(written(expression)), variable: &mut { known } };
        let all = walk.left;
        let fits = walk.expression(expression, 0);
        let fits = self.budget.take(all - walk.left) && fits.is_some();
        fits.then(|| expression.evaluate(&self.context).ok()).flatten()
    }
}

/// The length of an expression that is a plain text, which may be as long as its file.
fn written(expression: &Expression) -> usize {
    match expression {
        Expression::String(text) => text.len() + NODE,
        _ => 0,
    }
}

/// A value as Bake passes it on; None for null, and for what is no text, number or truth value.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// How large a value is.
fn size(value: &Value) -> usize {
    NODE + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(pairs) => pairs.iter().map(|(key, value)| key.len() + size(value)).sum(),
        _ => 0,
    }
}

/// The variables that an expression names, each once.
fn named(expression: &Expression) -> HashSet<String> {
    let mut named = HashSet::new();
    let mut variable = |name: &str| {
        named.insert(name.to_owned());
        Some(0)
    };
    Walk { left: usize::MAX, variable: &mut variable }.expression(expression, 0);
    named
}

/// Goes through an expression, and counts how large what it makes can get.
struct Walk<'w> {
    left: usize,
    /// How large the value of a variable is; None where the variable must not be asked.
    variable: &'w mut dyn FnMut(&str) -> Option<usize>,
}

impl Walk<'_> {
    fn take(&mut self, amount: usize) -> Option<()> {
        self.left = self.left.checked_sub(amount)?;
        Some(())
    }

    /// None where it gets too large, and where it isn't only put together of what is there: what isn't known to
    /// be so isn't.
    fn expression(&mut self, expression: &Expression, depth: usize) -> Option<()> {
        self.take(NODE)?;
        if depth > DEEPEST {
            return None;
        }
        let depth = depth + 1;
        match expression {
            Expression::Null | Expression::Bool(_) | Expression::Number(_) => Some(()),
            Expression::String(text) => self.take(text.len()),
            Expression::Variable(variable) => {
                let size = (self.variable)(variable.as_str())?;
                self.take(size)
            }
            Expression::Array(items) => items.iter().try_for_each(|item| self.expression(item, depth)),
            Expression::Object(pairs) => pairs.iter().try_for_each(|(key, value)| {
                match key {
                    ObjectKey::Identifier(name) => self.take(name.len())?,
                    ObjectKey::Expression(key) => self.expression(key, depth)?,
                    _ => return None,
                }
                self.expression(value, depth)
            }),
            Expression::Parenthesis(inner) => self.expression(inner, depth),
            Expression::Conditional(conditional) => {
                self.expression(&conditional.cond_expr, depth)?;
                self.expression(&conditional.true_expr, depth)?;
                self.expression(&conditional.false_expr, depth)
            }
            Expression::Operation(operation) => match &**operation {
                Operation::Unary(unary) => self.expression(&unary.expr, depth),
                Operation::Binary(binary) => {
                    self.expression(&binary.lhs_expr, depth)?;
                    self.expression(&binary.rhs_expr, depth)
                }
            },
            Expression::Traversal(traversal) => {
                self.expression(&traversal.expr, depth)?;
                traversal.operators.iter().try_for_each(|operator| match operator {
                    TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_) => Some(()),
                    TraversalOperator::Index(index) => self.expression(index, depth),
                    // A splat is a loop: what stands behind it is worked out for each item.
                    _ => None,
                })
            }
            Expression::TemplateExpr(template) => {
                self.take(match &**template {
                    TemplateExpr::QuotedString(text) => text.len(),
                    TemplateExpr::Heredoc(heredoc) => heredoc.template.len(),
                })?;
                let template = Template::from_expr(template).ok()?;
                template.elements().iter().try_for_each(|element| match element {
                    Element::Literal(_) => Some(()),
                    Element::Interpolation(inner) => self.expression(&inner.expr, depth),
                    Element::Directive(_) => None,
                })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::hcl;
    use super::*;

    /// What the variable `x` of a file is.
    fn x(text: &str) -> Option<Value> {
        let file = hcl::read(text).unwrap();
        let budget = Budget::default();
        let variables = file.variables.iter().map(|(name, value)| (name.as_str(), value));
        Scope::new(variables, &budget).context_value("x")
    }

    impl Scope<'_> {
        fn context_value(&self, name: &str) -> Option<Value> {
            let variable = ::hcl::expr::Variable::new(name).unwrap();
            self.value(&Expression::Variable(variable), &HashSet::new())
        }
    }

    #[test]
    fn variables_are_made_of_others_wherever_they_stand() {
        let text =
            "x = \"${b}-${c[1].k}\"\nb = a\na = \"1\"\nc = [a, { k = a == \"1\" ? \"yes\" : nowhere }]\n";
        assert_eq!(x(text), Some(Value::from("1-yes")));
        assert_eq!(x("x = y\ny = x\n"), None);
        assert_eq!(x("x = nowhere\n"), None);
    }

    #[test]
    fn nothing_is_run() {
        let list = format!("l = [{}]\n", (0..60).map(|at| at.to_string()).collect::<Vec<_>>().join(", "));
        let all = "[for a in l : [for b in l : [for c in l : [for d in l : [for e in l : a]]]]]";
        for value in [
            all.to_owned(),
            format!("l[{all}]"),
            format!("{{ ({all}) = 1 }}"),
            format!("{{ a = {all} }}"),
            format!("({all})[0]"),
            format!("true ? 1 : {all}"),
            format!("\"${{{all}}}\""),
            "\"%{ for a in l }${a}%{ endfor }\"".to_owned(),
            "l[*]".to_owned(),
            "[upper(\"a\")]".to_owned(),
        ] {
            assert_eq!(x(&format!("{list}x = {value}\n")), None, "{value}");
        }
    }

    #[test]
    fn what_grows_without_bound_is_not_known() {
        for (first, next) in [
            ("\"xxxxxxxxxxxxxxxx\"", "\"${V}${V}\""),
            ("[\"x\"]", "[V, V]"),
            ("{ a = \"x\" }", "{ a = V, b = V }"),
            ("[1]", "[V == V, V, [V]]"),
        ] {
            let mut text = format!("v0 = {first}\n");
            for at in 1..60 {
                text += &format!("v{at} = {}\n", next.replace('V', &format!("v{}", at - 1)));
            }
            assert!(x(&format!("{text}x = v3\n")).is_some(), "{next}");
            assert_eq!(x(&format!("{text}x = v59\n")), None, "{next}");
        }
        // As it stands in the file a text may be as long as that.
        let budget = Budget::default();
        let long = Expression::from("a".repeat(2 * LONGEST));
        assert!(Scope::new(std::iter::empty(), &budget).value(&long, &HashSet::new()).is_some());
    }

    #[test]
    fn what_is_deep_is_not_known() {
        assert_eq!(x(&format!("x = {}1{}\n", "[".repeat(60), "]".repeat(60))), None);
        let chain: String = (0..9_000).map(|at| format!("v{at} = v{}\n", at + 1)).collect();
        assert_eq!(x(&format!("x = v0\n{chain}v9000 = \"end\"\n")), Some(Value::from("end")));
    }
}
