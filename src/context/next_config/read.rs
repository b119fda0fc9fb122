//! What the configuration object says.

use super::edit::{ObjectShape, Quote};
use super::follow::{Walk, span_of};
use super::{NextConfig, Output, Setting};
use crate::text::Span;
use oxc_ast::ast::{Expression, ObjectExpression, ObjectPropertyKind, Program, PropertyKind, StringLiteral};
use oxc_ast_visit::{Visit, walk};

/// How deep objects spread into one another are looked at.
const MAX_SPREADS: u32 = 8;

pub(super) struct Facts {
    /// All but its `standalone_edit`.
    pub config: NextConfig,
    /// Where `output` would go, where the object was found.
    pub object: Option<ObjectShape>,
}

pub(super) fn facts(program: &Program<'_>, text: &str, shift: u32) -> Facts {
    let mut walk = Walk::new(program);
    let object = match walk.config(program) {
        Ok(object) => object,
        Err(reason) => return Facts { config: NextConfig::unknown(reason), object: None },
    };
    let reader = Reader { walk: &walk, shift };
    let mut found = reader.property(object, "output", 0);
    if let Some(value) = walk.assigned("output") {
        found.value = Some(Value::Somewhere(span_of(value, shift)));
    }
    let output = match found.value {
        None => Output::Absent,
        Some(Value::Somewhere(span)) => Output::Expression { span },
        Some(Value::Of(value)) => reader.output(value, text),
    };
    let experimental = match reader.property(object, "experimental", 0).value {
        Some(Value::Of(Expression::ObjectExpression(object))) => Some(&**object),
        _ => None,
    };
    let in_experimental = |name| experimental.map(|object| reader.setting(object, name)).unwrap_or_default();
    let tracing_root = match reader.setting(object, "outputFileTracingRoot") {
        Setting::Absent => in_experimental("outputFileTracingRoot"),
        own => own,
    };
    let config = NextConfig {
        output,
        dist_dir: reader.setting(object, "distDir"),
        base_path: reader.setting(object, "basePath"),
        tracing_root,
        experimental_standalone: in_experimental("outputStandalone") != Setting::Absent,
        standalone_edit: Err(String::new()),
    };
    let shape = ObjectShape {
        span: span_of(object, shift),
        properties: object.properties.iter().map(|property| span_of(property, shift)).collect(),
        comments: program
            .comments
            .iter()
            .map(|c| Span::new(c.span.start + shift, c.span.end + shift))
            .collect(),
        last: found.behind_spread,
        quote: quotes(program),
    };
    Facts { config, object: Some(shape) }
}

/// What a property is set to.
enum Value<'p, 'a> {
    Of(&'p Expression<'a>),
    /// By something that only running it tells.
    Somewhere(Span),
}

struct Found<'p, 'a> {
    value: Option<Value<'p, 'a>>,
    /// Something is spread into the object of which it isn't known whether it sets the property.
    behind_spread: bool,
}

struct Reader<'w, 'p, 'a> {
    walk: &'w Walk<'p, 'a>,
    shift: u32,
}

impl<'p, 'a> Reader<'_, 'p, 'a> {
    /// The last word that the object has on a property, what is spread into it included.
    fn property(&self, object: &'p ObjectExpression<'a>, name: &str, depth: u32) -> Found<'p, 'a> {
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

    fn setting(&self, object: &'p ObjectExpression<'a>, name: &str) -> Setting {
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

    fn output(&self, value: &'p Expression<'a>, text: &str) -> Output {
        let span = span_of(value, self.shift);
        match (self.literal(value), value) {
            (Some("standalone"), _) => Output::Standalone { span },
            (Some("export"), _) => Output::Export { span },
            (Some(_), _)
            | (
                None,
                Expression::NullLiteral(_) | Expression::BooleanLiteral(_) | Expression::NumericLiteral(_),
            ) => Output::OtherLiteral { span, text: span.of(text).to_string() },
            (None, Expression::Identifier(id)) if id.name == "undefined" => {
                Output::OtherLiteral { span, text: "undefined".into() }
            }
            _ => Output::Expression { span },
        }
    }

    /// The text of a string literal, or of a name that always holds one.
    fn literal(&self, value: &'p Expression<'a>) -> Option<&'p str> {
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

/// The quotes that most string literals of the file have; double ones where there is a tie.
fn quotes(program: &Program<'_>) -> Quote {
    struct Count {
        single: usize,
        double: usize,
    }
    impl<'a> Visit<'a> for Count {
        fn visit_string_literal(&mut self, literal: &StringLiteral<'a>) {
            match literal.raw.as_ref().and_then(|raw| raw.as_str().chars().next()) {
                Some('\'') => self.single += 1,
                Some('"') => self.double += 1,
                _ => {}
            }
        }
    }
    let mut count = Count { single: 0, double: 0 };
    count.visit_program(program);
    if count.single > count.double { Quote::Single } else { Quote::Double }
}
