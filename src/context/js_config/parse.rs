//! From text to oxc's tree, within bounds.

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;

/// The longest configuration that is read, in bytes.
const MAX_LENGTH: usize = 64 << 10;
/// How deep brackets may be nested, and how many prefix operators may stand in a row.
const MAX_NESTING: usize = 256;
/// oxc's parser recurses; with the two bounds above this is several times what any text can need. Only
/// address space is taken until it is used.
const STACK: usize = 256 << 20;

/// Parses `text` and hands `look` the tree and the number of bytes that its offsets lag behind those of
/// `text` (a byte order mark). The error is a sentence.
pub(in crate::context) fn with_program<T: Send>(
    file_name: &str,
    text: &str,
    look: impl FnOnce(&Program<'_>, u32) -> T + Send,
) -> Result<T, String> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shift = (text.len() - body.len()) as u32;
    if body.len() > MAX_LENGTH {
        return Err(format!(
            "The file has {} bytes; a configuration of more than 64 KB isn't read.",
            body.len()
        ));
    }
    if is_nested_too_deeply(body) {
        return Err("The file is nested too deeply to be read.".into());
    }
    let source_type = match file_name.rsplit('.').next() {
        Some("ts" | "mts" | "cts") => SourceType::ts(),
        Some("mjs") => SourceType::mjs(),
        _ => SourceType::unambiguous(),
    };
    let work = || {
        let allocator = Allocator::default();
        let options = ParseOptions { allow_return_outside_function: true, ..ParseOptions::default() };
        let parsed = Parser::new(&allocator, body, source_type).with_options(options).parse();
        if parsed.panicked || parsed.diagnostics.has_errors() {
            return Err("The file has a syntax error; correct it first.".to_string());
        }
        Ok(look(&parsed.program, shift))
    };
    let failed = |_| "The file couldn't be read within the memory there is.".to_string();
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        match thread.map(|handle| handle.join()) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Err(failed(error)),
        }
    })
}

fn is_nested_too_deeply(text: &str) -> bool {
    let (mut depth, mut row) = (0usize, 0usize);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b')' | b']' | b'}' | b'>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match byte {
            b'!' | b'~' | b'+' | b'-' => row += 1,
            b if b.is_ascii_whitespace() => {}
            _ => row = 0,
        }
        // Comments draw lines of dashes, so a row is bounded more loosely.
        if depth > MAX_NESTING || row > 8 * MAX_NESTING {
            return true;
        }
    }
    false
}
