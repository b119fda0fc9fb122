use crate::rules::prelude::*;

pub const RULE: Rule = Rule {
    name: "pip-cache-left",
    theme: Theme::Size,
    aliases: &[
        "hadolint/DL3042",
        "kics/pip_install_keeping_cached_packages",
        "semgrep/best-practice/missing-pip-no-cache-dir",
    ],
    severity: Severities::own(Severity::Hint).hadolint(Severity::Warning).strict(Severity::Warning),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE.wide_for_hadolint(),
    docs: Docs {
        what: "Reports `pip install` that leaves its cache in the layer, in a stage whose layers ship.",
        why: "pip keeps every archive that it downloads and every wheel that it builds in `~/.cache/pip`, for the next install. In a layer that next install never comes, and the image is larger by all of it.",
        example: "FROM python:3.13\nRUN pip install -r requirements.txt\n",
        instead: "FROM python:3.13\nRUN pip install --no-cache-dir -r requirements.txt\n",
        fix: "The fix adds `--no-cache-dir`. It is safe: the same packages are installed.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM python:3.13\nRUN pip3 install flask==3\n", &[(2, "pip3 install")])
            .fixed("FROM python:3.13\nRUN pip3 install --no-cache-dir flask==3\n"),
        Example::bad(
            "FROM python:3.13\nRUN python -m pip install \\\n  flask==3\n",
            &[(2, "python -m pip install")],
        )
        .fixed("FROM python:3.13\nRUN python -m pip install --no-cache-dir \\\n  flask==3\n"),
        Example::ok("FROM python:3.13\nRUN pip install --no-cache-dir flask==3\n"),
        Example::ok("FROM python:3.13\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask==3\n"),
        Example::ok("FROM python:3.13\nRUN PIP_NO_CACHE_DIR=1 pip install flask==3\n"),
        Example::ok("FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache pip install flask==3\n"),
        Example::ok("FROM python:3.13\nRUN pip install flask==3 && rm -rf ~/.cache/pip\n"),
        Example::ok("FROM python:3.13\nRUN pip install flask==3 && pip cache purge\n"),
        Example::ok(
            "FROM python:3.13 AS build\nRUN pip install flask==3\nFROM python:3.13\nCOPY --from=build /a /a\n",
        ),
        Example::ok("FROM python:3.13\nENV PIP_NO_CACHE_DIR=on\nRUN pip install a==1\n")
            .under(Profile::Hadolint),
        Example::bad(
            "FROM python:3.13\nENV PIP_NO_CACHE_DIR=0\nRUN pip install a==1\n",
            &[(3, "pip install")],
        )
        .under(Profile::Hadolint)
        .fixed("FROM python:3.13\nENV PIP_NO_CACHE_DIR=0\nRUN pip install --no-cache-dir a==1\n"),
    ],
};

const VARIABLE: &str = "PIP_NO_CACHE_DIR";

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    let exact = input.profile() == Profile::Hadolint;
    let mounted: &[&str] = if exact { &[".cache/pip"] } else { &["/.cache", "/pip"] };
    let off = |input: &Input<'_>| if exact { off_for_hadolint(input, site) } else { off(input, site) };
    for call in input.calls(site.id).iter().filter(|call| kit::pip::installs(call)) {
        let silent = call.has_arg(&["--no-cache-dir"]) || kit::pip::is_wrapper(call);
        let Some(verb) = call.arg(&["install"]).filter(|_| !silent) else { continue };
        if kit::step::keeps_out(site, mounted) || off(input) {
            return;
        }
        let message = "pip keeps what it downloads in the layer, for a next install that never comes. Add \
                       `--no-cache-dir`, or give it a cache mount.";
        let fix = kit::step::insert_behind(call, verb.span, "--no-cache-dir")
            .map(|edit| Fix::safe("Add --no-cache-dir", input.edits(vec![edit])));
        found.push(Finding::new(call.span_to(verb), message).fix(fix));
    }
}

/// The cache is off by a variable, deleted in the same step, or it doesn't ship.
fn off(input: &Input<'_>, site: Site<'_>) -> bool {
    let purged =
        || input.calls(site.id).iter().any(|call| call.has_arg(&["purge"]) && call.has_arg(&["cache"]));
    let assigned = || {
        input.commands(site.id).iter().any(|command| {
            let words = command.command.words().iter().map(|word| word.text());
            let names = command.command.assignments().iter().map(|assignment| &*assignment.name);
            names.chain(words).any(|text| text.starts_with(VARIABLE))
        })
    };
    !kit::step::ships(input, site)
        || input.model().variables(site.id).iter().any(|variable| &*variable.name == VARIABLE)
        || assigned()
        || purged()
        || kit::step::deletes(input, site, ".cache/pip")
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3042.hs`): the variable is on in the stage or the one that it
/// is built on, or anywhere in the step's text.
fn off_for_hadolint(input: &Input<'_>, site: Site<'_>) -> bool {
    let on =
        |value: &str| ["1", "true", "True", "TRUE", "on", "On", "ON", "yes", "Yes", "YES"].contains(&value);
    let text = input.script(site.id).map_or("", |script| script.text());
    let assigned = text.split_once("PIP_NO_CACHE_DIR=").is_some_and(|(_, value)| {
        ["1", "true", "True", "TRUE", "on", "On", "ON", "yes", "Yes", "YES"]
            .iter()
            .any(|on| value.starts_with(on))
    });
    if assigned || (!site.onbuild && input.model().value(site.id, VARIABLE).is_some_and(on)) {
        return true;
    }
    // What stands behind ONBUILD, and above the first FROM, is in no scope of the model.
    let above = input.tree().numbered().take_while(|(id, _)| *id < site.id);
    let envs = above.filter_map(|(_, outer)| match (site.onbuild, &outer.trigger) {
        (true, trigger) => trigger.as_deref(),
        (false, None) => input.model().stages().is_empty().then_some(outer),
        _ => None,
    });
    let mut pairs = envs.filter(|env| env.keyword == Keyword::Env).flat_map(|env| env.pairs());
    pairs.any(|(name, value)| name.text == VARIABLE && on(&value.text))
}
