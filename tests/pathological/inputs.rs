//! What could make a parser slow or deep, in any size. The benches measure it, the test reads it.

/// One such text: a stage, `head`, and `unit` again and again; then, where there is one, `close` as often.
/// `@` in the unit is how many stand before it.
struct Input {
    name: &'static str,
    head: &'static str,
    unit: &'static str,
    close: &'static str,
}

const fn of(name: &'static str, head: &'static str, unit: &'static str) -> Input {
    Input { name, head, unit, close: "" }
}

const fn nested(name: &'static str, head: &'static str, unit: &'static str, close: &'static str) -> Input {
    Input { name, head, unit, close }
}

const INPUTS: [Input; 58] = [
    of("a line", "RUN ", "a"),
    of("blanks", "RUN a", " "),
    of("line breaks", "", "\n"),
    of("comments", "", "#\n"),
    of("no-break spaces", "RUN ", "\u{a0}"),
    of("double quotes", "RUN ", "\""),
    of("double quotes of ENV", "ENV a=", "\""),
    of("double quotes of a flag", "COPY --from=", "\""),
    of("single quotes", "RUN ", "'"),
    of("single quotes of LABEL", "LABEL a=", "'"),
    of("backslashes", "RUN ", "\\"),
    of("backslashes of ENV", "ENV a=", "\\"),
    of("backslashes of a flag", "COPY --from=", "\\"),
    of("backslashes of a string", "CMD [\"", "\\"),
    of("continuations", "RUN ", "\\\n"),
    of("continued words", "COPY ", "a \\\n"),
    of("continued pairs", "ENV ", "a=b \\\n"),
    of("continued strings", "CMD [", "\"a\", \\\n"),
    of("continued flags", "COPY ", "--exclude=a \\\n"),
    of("comments in a continuation", "RUN \\\n", "#\n"),
    of("blank lines in a continuation", "RUN \\\n", "\n"),
    of("heredoc openers", "RUN ", "<<A"),
    of("heredocs on a line", "RUN ", "<<A "),
    of("heredocs of ONBUILD", "ONBUILD COPY ", "<<'A' "),
    of("heredocs", "", "RUN <<A\nb\nA\n"),
    of("heredocs without an end", "", "RUN <<A\n"),
    of("heredocs of many names", "", "RUN <<A@\n"),
    of("heredocs with tabs", "", "RUN <<-A@\n\tA@\n"),
    of("lines of a heredoc", "RUN <<A\n", "b\n"),
    nested("$( in one another", "RUN ", "$(", ")"),
    of("$( without an end", "RUN <<A ", "$("),
    of("${ without an end", "ENV a=", "${"),
    of("${ of a heredoc", "RUN <<A ", "${"),
    nested("${a:- in one another", "RUN <<A ", "${a:-", "}"),
    nested("${a:- in one another, of a flag", "RUN --mount=target=\"\",from=", "${a:-", "}"),
    of("variables", "RUN <<A ", "$a@ "),
    of("ONBUILD", "", "ONBUILD RUN a\n"),
    of("ONBUILD of ONBUILD", "", "ONBUILD "),
    of("flags", "COPY ", "--link "),
    of("unknown flags", "COPY ", "--f@ "),
    of("mounts", "RUN ", "--mount=type=cache,target=/a "),
    of("keys of a mount", "RUN --mount=", "ro,"),
    of("keys with quotes", "RUN --mount=", "\"id=a\","),
    of("unknown keys of a mount", "RUN --mount=", "typo=a,"),
    of("commas of a mount", "RUN --mount=", ","),
    of("commas of a device", "RUN --device=", ","),
    of("sizes before the type of a mount", "RUN --mount=", "size=1,"),
    of("pairs", "ENV ", "a@=b "),
    of("words without =", "ENV a=b ", "c "),
    of("names", "ARG ", "a@=b "),
    of("paths", "COPY ", "a "),
    nested("arrays in one another", "CMD ", "[", "]"),
    of("arrays without an end", "CMD ", "["),
    nested("objects in one another", "CMD [", "{\"a\":", "}"),
    of("strings", "CMD [", "\"a\","),
    of("instructions", "", "RUN a\n"),
    of("unknown instructions", "", "FORM a\n"),
    of("directives", "", "# escape=\\\n"),
];

pub const NAMES: [&str; INPUTS.len()] = {
    let mut names = [""; INPUTS.len()];
    let mut at = 0;
    while at < INPUTS.len() {
        names[at] = INPUTS[at].name;
        at += 1;
    }
    names
};

/// The text of this name, in so many bytes or a few more: units are whole, and what stands for `@` may be long.
pub fn input(name: &str, bytes: usize) -> String {
    let Some(input) = INPUTS.iter().find(|input| input.name == name) else { return String::new() };
    let times = bytes.div_ceil(input.unit.len() + input.close.len());
    let mut text = format!("FROM a\n{}", input.head);
    for number in 0..times {
        match input.unit.split_once('@') {
            Some((before, after)) if !after.contains('@') => {
                text.push_str(&format!("{before}{number}{after}"))
            }
            Some(_) => text.push_str(&input.unit.replace('@', &number.to_string())),
            None => text.push_str(input.unit),
        }
    }
    text.push_str(&input.close.repeat(times));
    text.push('\n');
    text
}
