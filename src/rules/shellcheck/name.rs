//! The names of ShellCheck's findings. Which codes there are is for ShellCheck to say, so all of four digits are
//! there, made when this is compiled.

const FIRST: u32 = 1000;
const COUNT: usize = 4000;
const SHELLCHECK: &[u8; 17] = b"shellcheck/SC0000";
const HADOLINT: &[u8; 15] = b"hadolint/SC0000";

static OF_SHELLCHECK: [[u8; 17]; COUNT] = table(SHELLCHECK);
static OF_HADOLINT: [[u8; 15]; COUNT] = table(HADOLINT);

const fn table<const N: usize>(form: &[u8; N]) -> [[u8; N]; COUNT] {
    let mut names = [*form; COUNT];
    let mut at = 0;
    while at < COUNT {
        let mut rest = FIRST as usize + at;
        let mut digit = 0;
        while digit < 4 {
            names[at][N - 1 - digit] = b'0' + (rest % 10) as u8;
            rest /= 10;
            digit += 1;
        }
        at += 1;
    }
    names
}

/// What a finding with this code is called here, and in all tools.
pub(super) fn names(code: u32) -> (&'static str, Vec<&'static str>) {
    let at = code.checked_sub(FIRST).map(|at| at as usize);
    let name = |bytes: Option<&'static [u8]>| bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
    let own = name(at.and_then(|at| OF_SHELLCHECK.get(at)).map(<[u8; 17]>::as_slice));
    let hadolints = name(at.and_then(|at| OF_HADOLINT.get(at)).map(<[u8; 15]>::as_slice));
    match (own, hadolints) {
        (Some(own), Some(hadolints)) => (own, vec![own, hadolints]),
        _ => ("shellcheck", Vec::new()),
    }
}

/// Whether it is the code of a finding of ShellCheck, `SC2086`, in any case.
pub(in crate::rules) fn is_code(id: &str) -> bool {
    let digits = id.get(2..).filter(|_| id.get(..2).is_some_and(|sc| sc.eq_ignore_ascii_case("SC")));
    let number = digits.filter(|digits| digits.len() == 4).and_then(|digits| digits.parse().ok());
    number.is_some_and(|number: u32| (FIRST..FIRST + COUNT as u32).contains(&number))
}

/// The page of ShellCheck's wiki about a code.
pub(in crate::rules) fn url(id: &str) -> Option<String> {
    is_code(id).then(|| format!("https://www.shellcheck.net/wiki/{}", id.to_ascii_uppercase()))
}
