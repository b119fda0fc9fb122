use crate::context::View;
use crate::rules::Diagnostic;
use crate::text::LineTable;
use std::sync::{Arc, OnceLock};

/// One version of one Dockerfile with all that is known of it. Immutable; what is derived from the
/// text is computed once, on first use, by whichever thread asks first. A clone is cheap and shares it.
#[derive(Clone)]
pub struct Snapshot {
    text: Arc<Text>,
    context: Option<Arc<View>>,
    diagnostics: Arc<OnceLock<Vec<Diagnostic>>>,
}

/// What depends on the text alone and is shared by snapshots that differ in their context.
struct Text {
    source: Arc<str>,
    lines: OnceLock<LineTable>,
}

impl Snapshot {
    /// A snapshot of `source`. `context` is what is known of the build context so far, None before the
    /// first look at the disk.
    pub fn new(source: impl Into<Arc<str>>, context: Option<Arc<View>>) -> Self {
        let text = Arc::new(Text { source: source.into(), lines: OnceLock::new() });
        Self { text, context, diagnostics: Arc::default() }
    }

    /// The same text with a newer view of its build context.
    pub fn with_context(&self, context: Option<Arc<View>>) -> Self {
        Self { text: Arc::clone(&self.text), context, diagnostics: Arc::default() }
    }

    pub fn source(&self) -> &Arc<str> {
        &self.text.source
    }

    /// The lines as the LSP counts them.
    pub fn lines(&self) -> &LineTable {
        self.text.lines.get_or_init(|| LineTable::lsp(&self.text.source))
    }

    pub fn context(&self) -> Option<&Arc<View>> {
        self.context.as_ref()
    }

    /// What the rules find, in the order of the text.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.diagnostics.get_or_init(Vec::new)
    }
}
