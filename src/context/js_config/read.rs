//! What an object of the configuration says.

use super::Setting;
use super::follow::{Walk, span_of};
use crate::text::Span;
use oxc_ast::ast::{Expression, ObjectExpression, ObjectPropertyKind, PropertyKind};
use oxc_ast_visit::{Visit, walk};

/// How deep objects spread into one another are looked at.
const MAX_SPREADS: u32 = 8;

/// What a property is set to.
pub(in crate::context) enum Value<'p, 'a> {
    Of(&'p Expression<'a>),
    /// By something that only running it tells.
    Somewhere(Span),
}

pub(in crate::context) struct Found<'p, 'a> {
    pub value: Option<Value<'p, 'a>>,
    /// Something is spread into the object of which it isn't known whether it sets the property.
    pub behind_spread: bool,
}

#[derive(Clone, Copy)]
pub(in crate::context) struct Reader<'w, 'p, 'a> {
    walk: &'w Walk<'p, 'a>,
    /// The number of bytes that the tree's offsets lag behind those of the file.
    pub shift: u32,
}

impl<'w, 'p, 'a> Reader<'w, 'p, 'a> {
    pub fn new(walk: &'w Walk<'p, 'a>, shift: u32) -> Self {
        Self { walk, shift }
    }

    /// The last word that the object has on a property, what is spread into it included.
    pub fn property(&self, object: &'p ObjectExpression<'a>, name: &str, depth: u32) -> Found<'p, 'a> {
        let mut found = Found { value: None, behind_spread: false };
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    // A computed key that is no literal could be any.
                    if !property.key.is_specific_static_name(name) {
                        continue;
                    }
                    found.value = Some(if property.kind == PropertyKind::Init && !property.method {
                        Value::Of(property.value.get_inner_expression())
                    } else {
                        Value::Somewhere(span_of(&**property, self.shift))
                    });
                }
                ObjectPropertyKind::SpreadProperty(spread) => {
                    let inner = match spread.argument.get_inner_expression() {
                        Expression::ObjectExpression(object) => Some(&**object),
                        Expression::Identifier(id) => self.walk.object(id.name.as_str()),
                        _ => None,
                    };
                    match inner.filter(|_| depth < MAX_SPREADS) {
                        Some(inner) => {
                            let inner = self.property(inner, name, depth + 1);
                            found.behind_spread |= inner.behind_spread;
                            found.value = inner.value.or(found.value);
                        }
                        None => {
                            found.behind_spread = true;
                            let mut mention = Mention { name, found: false };
                            mention.visit_expression(&spread.argument);
                            if mention.found {
                                found.value = Some(Value::Somewhere(span_of(&spread.argument, self.shift)));
                            }
                        }
                    }
                }
            }
        }
        found
    }

    /// The object that a property holds; None where it isn't set, or to something else.
    pub fn object(&self, value: &'p Expression<'a>) -> Option<&'p ObjectExpression<'a>> {
        match value.get_inner_expression() {
            Expression::ObjectExpression(object) => Some(object),
            Expression::Identifier(id) => self.walk.object(id.name.as_str()),
            _ => None,
        }
    }

    /// A property with a text value.
    pub fn setting(&self, object: &'p ObjectExpression<'a>, name: &str) -> Setting {
        match self.property(object, name, 0).value {
            None => Setting::Absent,
            Some(Value::Somewhere(span)) => Setting::Expression { span },
            Some(Value::Of(value)) => {
                let span = span_of(value, self.shift);
                match self.literal(value) {
                    Some(value) => Setting::Literal { value: value.to_string(), span },
                    None => Setting::Expression { span },
                }
            }
        }
    }

    /// The text of a string literal, or of a name that always holds one.
    pub fn literal(&self, value: &'p Expression<'a>) -> Option<&'p str> {
        let text = |value: &'p Expression<'a>| match value.get_inner_expression() {
            Expression::StringLiteral(literal) => Some(literal.value.as_str()),
            Expression::TemplateLiteral(template) => {
                match (template.quasis.as_slice(), template.expressions.is_empty()) {
                    ([only], true) => only.value.cooked.as_ref().map(|cooked| cooked.as_str()),
                    _ => None,
                }
            }
            _ => None,
        };
        match value {
            Expression::Identifier(id) => text(self.walk.value(id.name.as_str())?),
            value => text(value),
        }
    }
}

/// Whether an expression has an object with the property somewhere in it.
struct Mention<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visit<'a> for Mention<'_> {
    fn visit_object_property(&mut self, property: &oxc_ast::ast::ObjectProperty<'a>) {
        self.found |= property.key.is_specific_static_name(self.name);
        walk::walk_object_property(self, property);
    }
}
