use super::{Order, Phase, Refusal, Refused};
use crate::model::Model;
use crate::syntax::{ErrorKind, Instruction, Keyword, SyntaxError};

/// The faults of the grammar as refusals, each where BuildKit comes to it.
pub(super) fn read(model: &Model, errors: &[SyntaxError], refusals: &mut Vec<Refusal>) {
    options(model, refusals);
    let tree = model.tree();
    for error in errors {
        let id = tree.id_at(error.span.start);
        let instruction = id.and_then(|id| tree.instruction(id));
        let phase = phase(error, instruction);
        let of_file = matches!(phase, Phase::Stages) || (phase == Phase::Parse && id.is_none());
        refusals.push(Refusal {
            order: Order { phase, id: if of_file { None } else { id } },
            span: error.span,
            kind: Refused::Grammar,
            message: error.message.clone(),
            certain: true,
            related: Vec::new(),
        });
    }
}

/// The options of `# check=` that BuildKit doesn't take.
///
/// Source: BuildKit `frontend/dockerfile/linter/linter.go`, `ParseLintOptions`.
fn options(model: &Model, refusals: &mut Vec<Refusal>) {
    for directive in model.tree().directives().filter(|directive| &*directive.name == "check") {
        let value = directive.value.split([' ', '\t']).next().unwrap_or_default();
        for option in value.split(';').filter(|_| !value.is_empty()) {
            let (key, given) = option.split_once('=').unwrap_or((option, ""));
            let truths = ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"];
            let message = match key.trim() {
                "skip" | "experimental" if option.contains('=') => continue,
                "error" if truths.contains(&given.trim()) => continue,
                "error" => format!("`error` is `true` or `false`, not `{given}`"),
                _ => format!(
                    "`{option}` is no option of `check`, which has `skip`, `error` and `experimental`"
                ),
            };
            refusals.push(Refusal {
                order: Order { phase: Phase::Parse, id: None },
                span: directive.value_span,
                kind: Refused::Value,
                message,
                certain: true,
                related: Vec::new(),
            });
        }
    }
}

/// Some of what the text alone decides BuildKit sees only when it plans the stage.
fn phase(error: &SyntaxError, instruction: Option<&Instruction>) -> Phase {
    match error.kind {
        ErrorKind::Directive | ErrorKind::Heredoc | ErrorKind::Form => Phase::Parse,
        ErrorKind::NoStages if instruction.is_none() => Phase::Parse,
        ErrorKind::NoStages => Phase::Stages,
        ErrorKind::UnknownInstruction | ErrorKind::BeforeFrom => Phase::Read,
        ErrorKind::Arguments | ErrorKind::Flag => {
            let Some(instruction) = instruction else { return Phase::Read };
            if error.kind == ErrorKind::Arguments {
                // A URL or a Git repository, which only ADD takes.
                let of_source = instruction.keyword == Keyword::Copy
                    && instruction.args.len() > 1
                    && instruction
                        .args
                        .split_last()
                        .is_some_and(|(_, sources)| sources.iter().any(|s| s.span == error.span));
                return if of_source { Phase::Steps } else { Phase::Read };
            }
            let flag = instruction.flags.iter().find(|flag| flag.span.encloses(error.span));
            let of_value = flag.filter(|flag| {
                flag.value.is_some() && flag.name_span != error.span && flag.span != error.span
            });
            match of_value.map(|flag| &*flag.name) {
                Some("platform") => Phase::From,
                Some("from") if instruction.keyword == Keyword::Copy => Phase::Graph,
                Some("chmod" | "checksum" | "keep-git-dir") => Phase::Steps,
                Some("mount") if !error.message.contains("variable") => Phase::Steps,
                _ => Phase::Read,
            }
        }
    }
}
