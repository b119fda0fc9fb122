//! From what the file exports to the one object literal that is the configuration.

use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, BindingPattern, CallExpression, Declaration,
    ExportDefaultDeclarationKind, Expression, FormalParameters, Function, FunctionBody,
    ImportDeclarationSpecifier, ObjectExpression, Program, Statement, VariableDeclaration,
};
use oxc_span::GetSpan;

/// How many identifiers, calls and functions may lie on the way.
const MAX_STEPS: u32 = 32;

/// Wrappers whose configuration is the first of several arguments.
const CONFIG_FIRST: &[&str] =
    &["withSentryConfig", "withPayload", "withNx", "withContentlayer", "withSerwist", "withAxiom"];

/// What a name stands for in one scope.
#[derive(Clone, Copy)]
enum Binding<'p, 'a> {
    Value {
        init: Option<&'p Expression<'a>>,
        constant: bool,
    },
    Function(&'p Function<'a>),
    Import(&'p str),
    /// A parameter, a class, a part of a pattern.
    Opaque,
}

/// The statements of a file or function body.
struct Scope<'p, 'a> {
    names: Vec<(&'p str, Binding<'p, 'a>)>,
    assignments: Vec<&'p AssignmentExpression<'a>>,
    /// What is returned, and whether that return is a statement of the body itself.
    returns: Vec<(Option<&'p Expression<'a>>, bool)>,
}

/// The walk from the export inwards. After [`Walk::config`] the scopes are those in which the object stands.
pub(in crate::context) struct Walk<'p, 'a> {
    scopes: Vec<Scope<'p, 'a>>,
    /// The names passed on the way.
    passed: Vec<&'p str>,
    steps: u32,
}

impl<'p, 'a> Walk<'p, 'a> {
    pub(in crate::context) fn new(program: &'p Program<'a>) -> Self {
        Self { scopes: vec![scope_of(&program.body, None)], passed: Vec::new(), steps: 0 }
    }

    /// The object literal that the file exports as its configuration, or a sentence why there is none.
    pub(in crate::context) fn config(
        &mut self,
        program: &'p Program<'a>,
    ) -> Result<&'p ObjectExpression<'a>, String> {
        let mut found = None;
        let mut exports = 0;
        for statement in &program.body {
            match statement {
                Statement::ExportDefaultDeclaration(export) => {
                    exports += 1;
                    found = Some(match &export.declaration {
                        ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                            Export::Function(function)
                        }
                        other => match other.as_expression() {
                            Some(expression) => Export::Expression(expression),
                            None => return Err("The file exports a class or a type as its default.".into()),
                        },
                    });
                }
                Statement::ExportNamedDeclaration(export) => {
                    for specifier in export.specifiers.iter().filter(|s| s.exported.name() == "default") {
                        exports += 1;
                        found = Some(Export::Name(specifier.local.name().as_str()));
                    }
                }
                Statement::ExportFromDeclaration(export)
                    if export.specifiers.iter().any(|s| s.exported.name() == "default") =>
                {
                    return Err(elsewhere(export.source.value.as_str()));
                }
                Statement::TSExportAssignment(export) => {
                    exports += 1;
                    found = Some(Export::Expression(&export.expression));
                }
                _ => {}
            }
        }
        for assignment in &self.scopes[0].assignments {
            if is_module_exports(&assignment.left) {
                exports += 1;
                found = Some(Export::Expression(&assignment.right));
            }
        }
        let export = match (found, exports) {
            (Some(export), 1) => export,
            (None, _) => {
                return Err("The file exports no configuration that can be seen without running it.".into());
            }
            (Some(_), _) => return Err("The file exports more than one configuration.".into()),
        };
        match export {
            Export::Expression(expression) => self.follow(expression),
            Export::Function(function) => self.function(function),
            Export::Name(name) => self.name(name),
        }
    }

    fn follow(&mut self, expression: &'p Expression<'a>) -> Result<&'p ObjectExpression<'a>, String> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err("The way from the export to the configuration object is too long or a circle.".into());
        }
        match expression.get_inner_expression() {
            Expression::ObjectExpression(object) => Ok(object),
            Expression::Identifier(identifier) => self.name(identifier.name.as_str()),
            Expression::AwaitExpression(awaited) => self.follow(&awaited.argument),
            // `module.exports = exports = …`
            Expression::AssignmentExpression(assignment) => self.follow(&assignment.right),
            Expression::CallExpression(call) => self.call(call),
            Expression::ArrowFunctionExpression(arrow) => match arrow.get_expression() {
                Some(expression) => {
                    self.scopes.push(scope_of(&[], Some(&arrow.params)));
                    self.follow(expression)
                }
                None => self.body(arrow.get_function_body(), &arrow.params),
            },
            Expression::FunctionExpression(function) => self.function(function),
            Expression::ConditionalExpression(_) | Expression::LogicalExpression(_) => {
                Err("The configuration is chosen by a condition.".into())
            }
            _ => Err("The configuration isn't an object that can be seen without running the file.".into()),
        }
    }

    fn name(&mut self, name: &'p str) -> Result<&'p ObjectExpression<'a>, String> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err("The way from the export to the configuration object is too long or a circle.".into());
        }
        let (depth, binding) = self.lookup(name)?;
        self.scopes.truncate(depth + 1);
        match binding {
            Binding::Value { init: Some(init), constant } => {
                if !constant && !self.only_wrapped(name) {
                    return Err(format!("`{name}` is assigned more than once."));
                }
                self.passed.push(name);
                self.follow(init)
            }
            Binding::Function(function) => self.function(function),
            Binding::Import(source) => Err(elsewhere(source)),
            Binding::Value { init: None, .. } | Binding::Opaque => {
                Err(format!("What `{name}` holds can't be seen without running the file."))
            }
        }
    }

    fn function(&mut self, function: &'p Function<'a>) -> Result<&'p ObjectExpression<'a>, String> {
        self.body(function.body.as_deref(), &function.params)
    }

    /// A function whose only return, a statement of its own body, gives the object.
    fn body(
        &mut self,
        body: Option<&'p FunctionBody<'a>>,
        params: &'p FormalParameters<'a>,
    ) -> Result<&'p ObjectExpression<'a>, String> {
        let scope = scope_of(body.map_or(&[], |body| &body.statements), Some(params));
        let returned = match scope.returns.as_slice() {
            [(Some(expression), true)] => *expression,
            [_] => return Err("The configuration is returned under a condition.".into()),
            [] => return Err("The configuration function returns nothing.".into()),
            more => return Err(format!("The configuration function has {} returns.", more.len())),
        };
        self.scopes.push(scope);
        self.follow(returned)
    }

    fn call(&mut self, call: &'p CallExpression<'a>) -> Result<&'p ObjectExpression<'a>, String> {
        if let Expression::Identifier(callee) = &call.callee {
            if callee.name == "require" {
                let file = call.arguments.first().and_then(|a| a.as_expression());
                let file = match file {
                    Some(Expression::StringLiteral(literal)) => literal.value.as_str(),
                    _ => "another file",
                };
                return Err(elsewhere(file));
            }
            if call.arguments.is_empty() {
                // A function of this file that makes the configuration.
                if let Ok((depth, binding)) = self.lookup(callee.name.as_str()) {
                    self.scopes.truncate(depth + 1);
                    match binding {
                        Binding::Function(function) => return self.function(function),
                        Binding::Value { init: Some(init), constant: true }
                            if matches!(
                                init.get_inner_expression(),
                                Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_)
                            ) =>
                        {
                            return self.follow(init);
                        }
                        _ => {}
                    }
                }
            }
        }
        let argument = self.config_argument(call)?;
        self.follow(argument)
    }

    /// The argument of a wrapper that is the configuration.
    fn config_argument(&self, call: &'p CallExpression<'a>) -> Result<&'p Expression<'a>, String> {
        let expressions: Vec<&Expression<'a>> =
            call.arguments.iter().filter_map(Argument::as_expression).collect();
        if expressions.len() != call.arguments.len() {
            return Err("The configuration is among spread arguments of a call.".into());
        }
        let callee = match call.callee.get_inner_expression() {
            Expression::Identifier(callee) => callee.name.as_str(),
            Expression::StaticMemberExpression(member) => member.property.name.as_str(),
            _ => "",
        };
        match expressions.as_slice() {
            [] => Err(format!("The configuration is what `{callee}()` returns.")),
            // `Object.assign({}, base, own)`: the last word is the last argument's.
            [.., last] if callee == "assign" => Ok(last),
            [one] => Ok(one),
            [first, ..] if CONFIG_FIRST.contains(&callee) => Ok(first),
            // `withPlugins([…], config)`, `plugins.reduce((config, plugin) => …, config)`
            [list, config, ..] if matches!(list.get_inner_expression(), Expression::ArrayExpression(_)) => {
                Ok(config)
            }
            [_, config] if callee == "reduce" => Ok(config),
            several => {
                let mut named = several.iter().filter(|argument| match argument.get_inner_expression() {
                    Expression::Identifier(name) => name.name.to_ascii_lowercase().contains("config"),
                    _ => false,
                });
                match (named.next(), named.next()) {
                    (Some(one), None) => Ok(one),
                    _ => Err(format!("Which argument of `{callee}(…)` is the configuration can't be told.")),
                }
            }
        }
    }

    fn lookup(&self, name: &str) -> Result<(usize, Binding<'p, 'a>), String> {
        for (depth, scope) in self.scopes.iter().enumerate().rev() {
            let mut here = scope.names.iter().filter(|(own, _)| *own == name);
            match (here.next(), here.next()) {
                (Some((_, binding)), None) => return Ok((depth, *binding)),
                (Some(_), Some(_)) => return Err(format!("`{name}` is declared more than once.")),
                (None, _) => {}
            }
        }
        Err(format!("`{name}` isn't declared in this file."))
    }

    /// The object literal that a name stands for, for what is spread into the configuration.
    pub(in crate::context) fn object(&self, name: &str) -> Option<&'p ObjectExpression<'a>> {
        match self.value(name)?.get_inner_expression() {
            Expression::ObjectExpression(object) => Some(object),
            _ => None,
        }
    }

    /// What a name is initialised with and always holds.
    pub(in crate::context) fn value(&self, name: &str) -> Option<&'p Expression<'a>> {
        match self.lookup(name).ok()?.1 {
            Binding::Value { init, constant } if constant || !self.is_reassigned(name) => init,
            _ => None,
        }
    }

    /// Whether every later assignment to the name only wraps what it holds: `config = withX(config)`.
    fn only_wrapped(&self, name: &str) -> bool {
        self.assignments_to(name).all(|assignment| self.wraps(&assignment.right, name, 0))
    }

    fn wraps(&self, expression: &'p Expression<'a>, name: &str, depth: u32) -> bool {
        match expression.get_inner_expression() {
            Expression::CallExpression(call) if depth < MAX_STEPS => match self.config_argument(call) {
                Ok(argument) if argument.is_specific_id(name) => true,
                Ok(argument) => self.wraps(argument, name, depth + 1),
                Err(_) => false,
            },
            _ => false,
        }
    }

    fn is_reassigned(&self, name: &str) -> bool {
        self.assignments_to(name).next().is_some()
    }

    fn assignments_to(&self, name: &str) -> impl Iterator<Item = &'p AssignmentExpression<'a>> {
        let assigns = move |assignment: &&AssignmentExpression<'a>| match &assignment.left {
            AssignmentTarget::AssignmentTargetIdentifier(target) => target.name == name,
            _ => false,
        };
        self.scopes.iter().flat_map(|scope| scope.assignments.iter().copied()).filter(assigns)
    }

    /// A statement that sets `property` on the configuration after it is made: `nextConfig.output = …`.
    pub(in crate::context) fn assigned(&self, property: &str) -> Option<&'p Expression<'a>> {
        let assignments = self.scopes.iter().flat_map(|scope| &scope.assignments);
        let mut hits = assignments.filter_map(|assignment| match &assignment.left {
            AssignmentTarget::StaticMemberExpression(member) if member.property.name == property => {
                let on_config = match &member.object {
                    Expression::Identifier(name) => {
                        self.passed.contains(&name.name.as_str()) || name.name == "exports"
                    }
                    Expression::StaticMemberExpression(inner) => {
                        inner.property.name == "exports" && inner.object.is_specific_id("module")
                    }
                    _ => false,
                };
                on_config.then_some(&assignment.right)
            }
            _ => None,
        });
        hits.next()
    }
}

enum Export<'p, 'a> {
    Expression(&'p Expression<'a>),
    Function(&'p Function<'a>),
    Name(&'p str),
}

fn elsewhere(source: &str) -> String {
    format!("The configuration comes from another file (`{source}`).")
}

fn is_module_exports(target: &AssignmentTarget<'_>) -> bool {
    match target {
        AssignmentTarget::StaticMemberExpression(member) => {
            let name = member.property.name.as_str();
            match &member.object {
                Expression::Identifier(object) => {
                    (object.name == "module" && name == "exports")
                        || (object.name == "exports" && name == "default")
                }
                _ => false,
            }
        }
        _ => false,
    }
}

fn scope_of<'p, 'a>(body: &'p [Statement<'a>], params: Option<&'p FormalParameters<'a>>) -> Scope<'p, 'a> {
    let mut scope = Scope { names: Vec::new(), assignments: Vec::new(), returns: Vec::new() };
    if let Some(params) = params {
        let rest = params.rest.iter().map(|rest| &rest.rest.argument);
        for pattern in params.items.iter().map(|param| &param.pattern).chain(rest) {
            for name in pattern.get_binding_identifiers() {
                scope.names.push((name.name.as_str(), Binding::Opaque));
            }
        }
    }
    for statement in body {
        look(statement, &mut scope, true, 0);
    }
    scope
}

/// Takes in one statement. `own` says that it is one of the body itself, not of a block in it.
fn look<'p, 'a>(statement: &'p Statement<'a>, scope: &mut Scope<'p, 'a>, own: bool, depth: u32) {
    if depth > MAX_STEPS {
        return;
    }
    let depth = depth + 1;
    match statement {
        Statement::VariableDeclaration(declaration) if own => variables(declaration, scope),
        Statement::FunctionDeclaration(function) if own => {
            scope.names.extend(function.id.iter().map(|id| (id.name.as_str(), Binding::Function(function))));
        }
        Statement::ClassDeclaration(class) if own => {
            scope.names.extend(class.id.iter().map(|id| (id.name.as_str(), Binding::Opaque)));
        }
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::VariableDeclaration(declaration) => variables(declaration, scope),
            Declaration::FunctionDeclaration(function) => {
                scope
                    .names
                    .extend(function.id.iter().map(|id| (id.name.as_str(), Binding::Function(function))));
            }
            _ => {}
        },
        Statement::ExportDefaultDeclaration(export) => {
            if let ExportDefaultDeclarationKind::FunctionDeclaration(function) = &export.declaration {
                scope
                    .names
                    .extend(function.id.iter().map(|id| (id.name.as_str(), Binding::Function(function))));
            }
        }
        Statement::ImportDeclaration(import) => {
            let source = import.source.value.as_str();
            for specifier in import.specifiers.iter().flatten() {
                let local = match specifier {
                    ImportDeclarationSpecifier::ImportSpecifier(s) => &s.local,
                    ImportDeclarationSpecifier::ImportDefaultSpecifier(s) => &s.local,
                    ImportDeclarationSpecifier::ImportNamespaceSpecifier(s) => &s.local,
                };
                scope.names.push((local.name.as_str(), Binding::Import(source)));
            }
        }
        Statement::ExpressionStatement(statement) => {
            let mut expression = &statement.expression;
            while let Expression::AssignmentExpression(assignment) = expression.get_inner_expression() {
                scope.assignments.push(assignment);
                expression = &assignment.right;
            }
        }
        Statement::ReturnStatement(returned) => scope.returns.push((returned.argument.as_ref(), own)),
        Statement::BlockStatement(block) => block.body.iter().for_each(|s| look(s, scope, false, depth)),
        Statement::IfStatement(branch) => {
            look(&branch.consequent, scope, false, depth);
            branch.alternate.iter().for_each(|s| look(s, scope, false, depth));
        }
        Statement::TryStatement(attempt) => {
            let handler = attempt.handler.iter().flat_map(|handler| &handler.body.body);
            let finalizer = attempt.finalizer.iter().flat_map(|block| &block.body);
            attempt
                .block
                .body
                .iter()
                .chain(handler)
                .chain(finalizer)
                .for_each(|s| look(s, scope, false, depth));
        }
        Statement::SwitchStatement(switch) => {
            switch.cases.iter().flat_map(|case| &case.consequent).for_each(|s| look(s, scope, false, depth));
        }
        Statement::LabeledStatement(labeled) => look(&labeled.body, scope, false, depth),
        Statement::ForStatement(r#loop) => look(&r#loop.body, scope, false, depth),
        Statement::ForInStatement(r#loop) => look(&r#loop.body, scope, false, depth),
        Statement::ForOfStatement(r#loop) => look(&r#loop.body, scope, false, depth),
        Statement::WhileStatement(r#loop) => look(&r#loop.body, scope, false, depth),
        Statement::DoWhileStatement(r#loop) => look(&r#loop.body, scope, false, depth),
        _ => {}
    }
}

fn variables<'p, 'a>(declaration: &'p VariableDeclaration<'a>, scope: &mut Scope<'p, 'a>) {
    for declarator in &declaration.declarations {
        match &declarator.id {
            BindingPattern::BindingIdentifier(id) => {
                let init = declarator.init.as_ref();
                // `const config = module.exports = {…}`
                let constant = declaration.kind.is_const();
                if let Some(Expression::AssignmentExpression(assignment)) =
                    init.map(Expression::get_inner_expression)
                {
                    scope.assignments.push(assignment);
                }
                scope.names.push((id.name.as_str(), Binding::Value { init, constant }));
            }
            pattern => {
                for id in pattern.get_binding_identifiers() {
                    scope.names.push((id.name.as_str(), Binding::Opaque));
                }
            }
        }
    }
}

/// The span of any node, in bytes of the file.
pub(in crate::context) fn span_of(node: &impl GetSpan, shift: u32) -> crate::text::Span {
    let span = node.span();
    crate::text::Span::new(span.start + shift, span.end + shift)
}
