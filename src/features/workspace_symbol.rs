//! `workspace/symbol`: the stages of Dockerfiles.

/// Whether the letters of `query` stand in `name` in this order, whatever their case; how well they fit, less
/// being better. An empty query fits all.
pub fn fit(query: &str, name: &str) -> Option<usize> {
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    let (mut at, mut gaps) = (0, 0);
    for wanted in query.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase) {
        let over = name.get(at..)?.iter().position(|c| *c == wanted)?;
        gaps += over;
        at += over + 1;
    }
    Some(gaps)
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn letters_in_order_fit_and_a_start_fits_best() {
        assert_eq!(fit("", "build"), Some(0));
        assert_eq!(fit("BU", "build"), Some(0));
        assert!(fit("bd", "build") > fit("bui", "build"));
        assert_eq!(fit("db", "build"), None);
        assert_eq!(fit("완", "완료"), Some(0));
    }
}
