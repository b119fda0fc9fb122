use crate::shell::Command;
use crate::shell::packages::{Action, Package};
use crate::text::{Edit, Span};

/// The edits that bring the packages of an install into alphabetical order, each in the place of another, and the
/// first one that is out of order. A comment heads the packages below it, so they stay below it. Files, addresses
/// and what a variable names stay where they are: there the order may matter. None where all is in order, and where
/// redirections stand among them.
pub fn sorted(
    source: &str,
    command: &Command<'_>,
    action: &Action<'_>,
    comments: &[Span],
) -> Option<(Span, Vec<Edit>)> {
    if redirected(command, action) {
        return None;
    }
    let packages: Vec<&Package> = action.packages.iter().filter(|it| !it.direct && !it.dynamic).collect();
    // In a JSON string with escapes they have no places of their own.
    if packages.windows(2).any(|pair| pair[1].span.start < pair[0].span.end) {
        return None;
    }
    let headed = |a: &Package, b: &Package| {
        let gap = Span::new(a.span.end, b.span.start);
        comments.iter().any(|comment| gap.encloses(*comment))
    };
    let (mut first, mut edits) = (None, Vec::new());
    for section in packages.chunk_by(|a, b| !headed(a, b)) {
        let words: Vec<&str> = section.iter().map(|package| package.span.of(source)).collect();
        let mut sorted = words.clone();
        sorted.sort_by_key(|word| order(word));
        let out = words.windows(2).position(|pair| order(pair[1]) < order(pair[0]));
        first = first.or(out.map(|at| section[at].span));
        let places = section.iter().zip(&words).zip(&sorted).filter(|((_, old), new)| old != new);
        edits.extend(places.map(|((package, _), new)| Edit::replace(package.span, *new)));
    }
    Some((first?, edits))
}

/// Whether a redirection stands in front of a package of the install, or hangs on the last one (`pip install a>=1`).
pub fn redirected(command: &Command<'_>, action: &Action<'_>) -> bool {
    let (Some(first), Some(last)) = (action.packages.first(), action.packages.last()) else { return false };
    let words = command.words().iter().map(|word| word.span.end);
    let start = words.filter(|end| *end <= first.span.start).max().unwrap_or(command.span.start);
    let among = Span::new(start, last.span.end.max(start));
    command.redirects().iter().any(|redirect| redirect.span.touches(among.end) || redirect.span.meets(among))
}

/// What packages are ordered by.
pub fn order(word: &str) -> String {
    word.trim_matches(['"', '\'']).to_ascii_lowercase()
}
