//! Words with quotes and variables.

use super::{fits, stands_in};
use plimsoll::syntax::expand::{Lex, MAX_GROWTH, references};
use plimsoll::syntax::image::ImageRef;
use std::borrow::Cow;

/// Variables of every kind that a pattern may meet.
fn env(name: &str) -> Option<Cow<'static, str>> {
    let value = match name {
        "A" | "NAME" => "app",
        "B" | "PATH" => "/usr/local/bin:/usr/bin",
        "C" | "VERSION" => "1.2.3-rc.1",
        "D" => "one two\tthree\nfour",
        "E" | "EMPTY" => "",
        "F" => "\\*?[a]{}$A'\"",
        "G" => "한글😀é",
        "a" => "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        _ => return None,
    };
    Some(Cow::Borrowed(value))
}

/// Expands `text` in every manner of reading: as a word, as words, with either escape character.
pub fn check(text: &str) {
    for escape in ['\\', '`'] {
        let plain = Lex::new(escape);
        let manners = [
            plain,
            Lex::verbatim(escape),
            Lex { skip_unset: true, ..plain },
            Lex { skip_quotes: true, ..plain },
            Lex { raw_quotes: true, raw_escapes: true, ..plain },
        ];
        manners.iter().for_each(|manner| expand(text, manner));
        named(text, escape);
        image(text, escape);
    }
}

fn expand(text: &str, lex: &Lex) {
    let word = lex.word(text, &env);
    let words = lex.words_with_spans(text, &env);
    assert_eq!(word, lex.word(text, &env), "the same word expands to the same value");
    match (&word, &words) {
        (Ok(word), Ok(words)) => {
            assert!(word.value.len() <= MAX_GROWTH + 2 * text.len(), "{} bytes", word.value.len());
            for found in words {
                fits(text, found.span, "a word");
                assert!(!found.value.is_empty() && !found.span.is_empty(), "{found:?}");
            }
            assert!(words.is_sorted_by_key(|found| found.span.start), "{words:?}");
            // Nothing is lost in the splitting but blanks.
            let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let joined: String = words.iter().map(|found| found.value.as_str()).collect();
            assert_eq!(solid(&joined), solid(&word.value));
            let twice = |names: &[String]| (1..names.len()).any(|at| names[..at].contains(&names[at]));
            assert!(!twice(&word.used) && !twice(&word.unset), "{word:?}");
            assert!(word.used.iter().all(|name| env(name).is_some()), "{:?}", word.used);
            assert!(word.unset.iter().all(|name| env(name).is_none()), "{:?}", word.unset);
        }
        (Err(a), Err(b)) => {
            assert_eq!(a, b);
            fits(text, a.span, &a.message());
            assert!(!a.message().is_empty());
        }
        _ => panic!("{word:?}, but {words:?}"),
    }
}

fn named(text: &str, escape: char) {
    let found = references(text, escape);
    assert!(found.is_sorted_by_key(|reference| reference.span.start), "{found:?}");
    for reference in &found {
        fits(text, reference.span, "a reference");
        stands_in(reference.span, reference.name_span, "its name");
        assert_eq!(reference.name_span.of(text), reference.name);
        if let Some(word) = reference.word_span {
            fits(text, word, "its word");
            stands_in(reference.span, word, "its word");
        }
    }
    // What BuildKit looks up stands among the references.
    if let Ok(word) = Lex::new(escape).word(text, &env) {
        for name in word.used.iter().chain(&word.unset) {
            assert!(found.iter().any(|reference| reference.name == name), "`{name}` isn't among {found:?}");
        }
    }
}

fn image(text: &str, escape: char) {
    let image = ImageRef::parse(text, escape);
    for span in [Some(image.path), image.registry, image.tag, image.digest].into_iter().flatten() {
        fits(text, span, "a part of an image's name");
    }
    if let Some(error) = image.error() {
        fits(text, error.span, "an image's error");
    }
    let _ = (image.canonical_name(), image.familiar_name(), image.name_span());
}
