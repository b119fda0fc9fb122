//! How a Dockerfile is laid out.

/// What formatting does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub keywords: KeywordCase,
    /// What a continued line begins with; None: as most of the file do.
    pub indent: Option<Indent>,
    /// Whether blanks at the end of a line go.
    pub trim: bool,
    /// Whether the last line gets a line break.
    pub final_newline: bool,
    /// Whether of several blank lines one is left, and none at the end.
    pub merge_blank_lines: bool,
    /// Whether the lines of a RUN are indented too, which changes what its layer is cached by.
    pub reindent_shell: bool,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            keywords: KeywordCase::default(),
            indent: None,
            trim: true,
            final_newline: true,
            merge_blank_lines: true,
            reindent_shell: false,
        }
    }
}

/// How instructions and the `AS` of a FROM are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeywordCase {
    #[default]
    Upper,
    Lower,
    Keep,
}

impl KeywordCase {
    pub const ALL: [KeywordCase; 3] = [KeywordCase::Upper, KeywordCase::Lower, KeywordCase::Keep];

    pub fn as_str(self) -> &'static str {
        match self {
            KeywordCase::Upper => "upper",
            KeywordCase::Lower => "lower",
            KeywordCase::Keep => "keep",
        }
    }

    pub fn parse(name: &str) -> Option<KeywordCase> {
        Self::ALL.into_iter().find(|case| case.as_str() == name)
    }
}

/// The blanks in front of a continued line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indent {
    Tab,
    /// From 1 to [`Indent::MOST`].
    Spaces(u8),
}

impl Indent {
    /// The most spaces.
    pub const MOST: u8 = 8;

    /// What `format.indent` takes: as the file has it, a tab, or a number of spaces.
    pub const WORDS: [&'static str; 10] = ["file", "tab", "1", "2", "3", "4", "5", "6", "7", "8"];

    /// Reads one of [`Indent::WORDS`]; None for `file`.
    pub fn parse(word: &str) -> Option<Indent> {
        match word {
            "tab" => Some(Indent::Tab),
            _ => word.parse().ok().and_then(Indent::spaces),
        }
    }

    /// So many spaces, where there may be so many.
    pub fn spaces(count: u8) -> Option<Indent> {
        (1..=Self::MOST).contains(&count).then_some(Indent::Spaces(count))
    }

    /// The blanks themselves.
    pub fn text(self) -> String {
        match self {
            Indent::Tab => "\t".to_owned(),
            Indent::Spaces(count) => " ".repeat(count.into()),
        }
    }
}

impl Default for Indent {
    /// As Docker's own examples have it.
    fn default() -> Self {
        Indent::Spaces(4)
    }
}
