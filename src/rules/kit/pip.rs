//! What calls of pip do.

use crate::rules::Call;

/// Whether it is `pip install`, of any pip, or `python -m pip install`.
pub fn installs(call: &Call<'_>) -> bool {
    let python = || {
        call.args.windows(3).any(|words| words.iter().map(|word| &*word.text).eq(["-m", "pip", "install"]))
    };
    (call.name.starts_with("pip") && !call.name.contains("pipenv") && call.has_arg(&["install"]))
        || (call.name.starts_with("python") && python())
}

/// Whether it is pipx or pipenv, which keep to themselves what they install.
pub fn is_wrapper(call: &Call<'_>) -> bool {
    ["pipx", "pipenv"].iter().any(|wrapper| {
        let module = || call.args.windows(2).any(|words| words[0].text == "-m" && words[1].text == *wrapper);
        call.name.contains(wrapper) || (call.name.starts_with("python") && module())
    })
}
