use crate::rules::kit::frontend::RelativeWorkdir;
use crate::rules::prelude::*;
use crate::settings::Profile;
use crate::syntax::Word;

pub const RULE: Rule = Rule {
    name: "relative-workdir",
    theme: Theme::Build,
    aliases: &[
        "hadolint/DL3000",
        "buildkit/WorkdirRelativePath",
        "trivy/DS-0009",
        "checkov/CKV_DOCKER_10",
        "kics/workdir_path_not_absolute",
        "sonar/S7021",
    ],
    severity: Severities::own(Severity::Warning).hadolint(Severity::Error).buildkit(Severity::Warning),
    fix: FixKind::Either,
    since: "0.1.0",
    reads: Reads::STAGE,
    docs: Docs {
        what: "Reports a stage whose first `WORKDIR` is relative. Those below an absolute one are left alone, since \
               they hang on it.",
        why: "It hangs on the folder that the base image happens to set. With another base, or a newer one, files land \
              elsewhere than the rest of the file says.",
        example: "FROM node:22-alpine\nWORKDIR app\n",
        instead: "FROM node:22-alpine\nWORKDIR /app\n",
        fix: "The fix writes the path out in full. It is safe where the folder of the base image is known, else it \
              takes `/` for it and is unsafe.",
        files: None,
    },
    check: Check::File(check),
    examples: &[
        Example::bad("FROM node:22-alpine\nWORKDIR app\n", &[(2, "app")])
            .fixed("FROM node:22-alpine\nWORKDIR /app\n"),
        Example::bad("FROM scratch AS a\nWORKDIR ./srv/\nFROM a\nWORKDIR b\n", &[(2, "./srv/")])
            .fixed("FROM scratch AS a\nWORKDIR /srv/\nFROM a\nWORKDIR b\n"),
        Example::bad("FROM registry.example.com/team/app:1\nWORKDIR \"my app\"\n", &[(2, "\"my app\"")])
            .fixed_unsafely("FROM registry.example.com/team/app:1\nWORKDIR \"/my app\"\n"),
        Example::ok("FROM node:22\nWORKDIR /app\nWORKDIR web\n"),
        Example::ok("FROM registry.example.com/team/app:1\nWORKDIR $APP_HOME/web\n"),
        Example::ok("FROM mcr.microsoft.com/windows/servercore:ltsc2022\nWORKDIR C:\\app\n"),
        // hadolint looks at each WORKDIR by itself.
        Example::bad("FROM node:22\nWORKDIR /app\nWORKDIR 'web'\n", &[(3, "'web'")]).under(Profile::Hadolint),
        Example::ok("FROM node:22\nWORKDIR ${work}\nWORKDIR \"C:/\"\n").under(Profile::Hadolint),
        Example::bad("FROM scratch\nWORKDIR $app\n", &[(2, "$app")]).under(Profile::Buildkit),
    ],
};

fn check(input: &Input<'_>, found: &mut Vec<Finding>) {
    if input.profile() == Profile::Hadolint {
        return for_hadolint(input, found);
    }
    let all = input.profile() == Profile::Buildkit;
    for workdir in input.frontend().relative_workdirs.iter().filter(|workdir| workdir.certain || all) {
        let Some(instruction) = input.tree().instruction(workdir.id) else { continue };
        // What an ONBUILD brings stands at the FROM that runs it.
        let word = instruction.args.first().filter(|_| instruction.keyword == Keyword::Workdir);
        let span = word.map_or(instruction.keyword_span, |word| word.span);
        let fix = word.filter(|word| !word.text.starts_with('$')).and_then(|word| fix(input, workdir, word));
        found.push(finding(span, word.map_or("", |word| &word.text)).fix(fix));
    }
}

fn finding(span: Span, path: &str) -> Finding {
    let message = format!(
        "`{path}` is relative to the folder that the base image sets, so the files land elsewhere when the base \
         changes. Write the path out from `/`."
    );
    Finding::new(span, message)
}

fn fix(input: &Input<'_>, workdir: &RelativeWorkdir, word: &Word) -> Option<Fix> {
    let path = word.text.trim_start_matches(['"', '\'']);
    let quotes = (word.text.len() - path.len()) as u32;
    let plain = path.strip_prefix("./").unwrap_or(path);
    if plain.is_empty() || plain.starts_with('.') || word.span.of(input.source()) != &*word.text {
        return None;
    }
    let at = Span::new(word.span.start + quotes, word.span.end - plain.len() as u32);
    let prefix = match workdir.to.as_deref() {
        None | Some("/") => "/".to_owned(),
        Some(folder) => format!("{folder}/"),
    };
    let edits = input.edits(vec![Edit::replace(at, prefix)]);
    Some(match workdir.to {
        Some(_) => Fix::safe("Write the path out from `/`", edits),
        None => Fix::unsafe_("Write the path out from `/`, should the base image set no folder", edits),
    })
}

/// hadolint's own answer (`src/Hadolint/Rule/DL3000.hs`): each WORKDIR that starts neither with `/`, `$` nor a
/// drive's letter.
fn for_hadolint(input: &Input<'_>, found: &mut Vec<Finding>) {
    for instruction in
        input.tree().instructions().filter(|instruction| instruction.keyword == Keyword::Workdir)
    {
        let Some(word) = instruction.args.first() else { continue };
        let path = word.text.trim_matches(['"', '\'']);
        let mut chars = path.chars();
        let drive = chars.next().is_some_and(char::is_alphabetic) && chars.next() == Some(':');
        if !path.starts_with(['/', '$']) && !drive {
            found.push(finding(word.span, path));
        }
    }
}
