//! What the configuration object says.

use super::edit::{ObjectShape, Quote};
use super::{NextConfig, Output, Setting};
use crate::context::js_config::follow::{Walk, span_of};
use crate::context::js_config::read::{Reader, Value};
use crate::text::Span;
use oxc_ast::ast::{Expression, Program, StringLiteral};
use oxc_ast_visit::Visit;

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
    let reader = Reader::new(&walk, shift);
    let mut found = reader.property(object, "output", 0);
    if let Some(value) = walk.assigned("output") {
        found.value = Some(Value::Somewhere(span_of(value, shift)));
    }
    let output = match found.value {
        None => Output::Absent,
        Some(Value::Somewhere(span)) => Output::Expression { span },
        Some(Value::Of(value)) => output_of(&reader, value, text),
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

fn output_of<'p, 'a>(reader: &Reader<'_, 'p, 'a>, value: &'p Expression<'a>, text: &str) -> Output {
    let span = span_of(value, reader.shift);
    match (reader.literal(value), value) {
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
