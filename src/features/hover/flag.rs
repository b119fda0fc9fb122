use super::Hover;
use crate::catalog::flags as catalog;
use crate::features::Snapshot;
use crate::syntax::{Instruction, flags::mount};
use crate::text::Span;

/// A flag, or a key of `--mount`: what it does and what it takes.
pub(super) fn hover(snapshot: &Snapshot, instruction: &Instruction, offset: u32) -> Option<Hover> {
    let instruction = match &instruction.trigger {
        Some(trigger) if trigger.span.touches(offset) => trigger,
        _ => instruction,
    };
    let flag = instruction.flags.iter().find(|flag| flag.span.touches(offset))?;
    let known = catalog::find(instruction.keyword.as_str(), &flag.name)?;
    if let Some(value) = &flag.value
        && &*flag.name == "mount"
        && value.span.touches(offset)
        && value.span.of(snapshot.source()) == &*value.text
    {
        let mount = mount::parse(&value.text);
        let field = mount.field_at(offset - value.span.start)?;
        let span = Span::new(value.span.start + field.span.start, value.span.start + field.span.end);
        let key = field.spec()?;
        return Some(Hover {
            markdown: format!("**{}** · key of `--mount`\n\n{}", key.name, key.summary),
            span,
        });
    }
    let mut markdown = format!("**--{}** · flag of {}\n\n{}", known.name, instruction.keyword, known.summary);
    if let Some(since) = known.since {
        markdown.push_str(&format!("\n\nNeeds Dockerfile syntax {since} or later."));
    }
    markdown.push_str(&format!("\n\n[Reference]({})", known.url));
    Some(Hover { markdown, span: flag.span })
}
