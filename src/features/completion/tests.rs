use super::*;
use crate::context::builds::BuildSearch;
use crate::context::{Memory, Request, View};
use std::sync::Arc;

const FILES: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"scripts": {"build": "next build", "start": "next start -p 4000", "빌드 \"1\"": "x"}, "dependencies": {"next": "15.0.0"}}"#,
    ),
    ("package-lock.json", "{}"),
    ("src/index.ts", "12345"),
    ("src/été.ts", "1"),
    ("node_modules/a/index.js", "1"),
    ("with blank.txt", "1"),
    ("my 자료/a,b.csv", "1"),
    ("secret.key", "1"),
    (".dockerignore", "node_modules\nsecret.key\n"),
];

/// What is offered where `|` stands.
fn offered(text: &str) -> Completions {
    offered_beside(&[], text)
}

/// The same in a project with more files.
fn offered_beside(more: &[(&str, &str)], text: &str) -> Completions {
    let at = text.rfind('|').unwrap();
    let text = format!("{}{}", &text[..at], &text[at + 1..]);
    let mut memory = Memory::new();
    memory.insert("/c/Dockerfile", &text);
    for (path, content) in FILES.iter().chain(more) {
        memory.insert(&format!("/c/{path}"), content);
    }
    let request = Request {
        builds: Some(BuildSearch::default()),
        ..Request::new(Some("/c/Dockerfile".into()), Some("/c".into()))
    };
    let view = View::gather(&memory, &request).unwrap();
    let snapshot = Snapshot::new(text, Some(Arc::new(view)), Arc::default());
    completion(&snapshot, at as u32, false)
}

fn labels(text: &str) -> Vec<String> {
    offered(text).items.into_iter().map(|item| item.label).collect()
}

/// The text after the item `label` is taken.
fn taken(text: &str, label: &str) -> String {
    let items = offered(text).items;
    let item = items.iter().find(|item| item.label == label).unwrap_or_else(|| {
        panic!("{label} isn't among {:?}", items.iter().map(|it| &it.label).collect::<Vec<_>>())
    });
    let at = text.rfind('|').unwrap();
    let mut whole = format!("{}{}", &text[..at], &text[at + 1..]);
    whole.replace_range(item.span.range(), &item.text);
    whole
}

#[track_caller]
fn first(text: &str, expected: &[&str]) {
    let found = labels(text);
    assert_eq!(&found[..expected.len().min(found.len())], expected, "{text:?} offers {found:?}");
}

#[track_caller]
fn all(text: &str, expected: &[&str]) {
    assert_eq!(labels(text), expected, "{text:?}");
}

#[test]
fn instructions_that_may_stand_there() {
    all("|", &["FROM", "ARG"]);
    all("ARG A=1\nFR|", &["FROM", "ARG"]);
    assert_eq!(labels("FROM a\n|").len(), 17);
    assert_eq!(labels("FROM a\n\n|\nRUN b\n").len(), 17);
    first("FROM a\nONBUILD |", &["ARG", "ENV", "WORKDIR", "COPY"]);
    assert!(!labels("FROM a\nONBUILD |").contains(&"ONBUILD".to_owned()));
    first("from a\nr|", &["from", "arg"]);
    assert_eq!(taken("FROM a\nCO| . .\n", "COPY"), "FROM a\nCOPY . .\n");
    assert_eq!(taken("FROM a\nCO|", "COPY"), "FROM a\nCOPY ");
}

#[test]
fn snippets_only_where_the_client_takes_them_and_nothing_follows() {
    let items = |text: &str, snippets| {
        completion(&Snapshot::new(text, None, Arc::default()), text.len() as u32, snippets).items
    };
    let copy = |items: Vec<Completion>| items.into_iter().find(|item| item.label == "COPY").unwrap();
    let with = copy(items("FROM a\nCO", true));
    assert_eq!((&*with.text, with.is_snippet), ("COPY ${1:source} ${2:destination}", true));
    let without = copy(items("FROM a\nCO", false));
    assert_eq!((&*without.text, without.is_snippet), ("COPY ", false));
}

#[test]
fn flags_of_the_instruction() {
    all("FROM a\nRUN --|", &["--mount", "--network", "--security"]);
    all("FROM a\nCOPY --|", &["--from", "--chown", "--chmod", "--link", "--parents", "--exclude"]);
    all("FROM a\nCOPY --link --| a b\n", &["--from", "--chown", "--chmod", "--parents", "--exclude"]);
    all("# syntax=docker/dockerfile:1.3\nFROM a\nCOPY --|", &["--from", "--chown", "--chmod"]);
    first(
        "# syntax=docker/dockerfile:1-labs\nFROM a\nRUN --d|",
        &["--mount", "--network", "--security", "--device"],
    );
    all("FROM --|", &["--platform"]);
    all(
        "FROM a\nHEALTHCHECK --|",
        &["--interval", "--timeout", "--start-period", "--start-interval", "--retries"],
    );
    all("FROM a\nRUN --network=|", &["default", "none", "host"]);
    all("FROM a\nCOPY --link=|", &["true", "false"]);
    first("FROM --platform=|", &["$BUILDPLATFORM", "linux/amd64", "linux/arm64"]);
    first("FROM node:22\nCOPY --chown=| . .\n", &["node:node", "node"]);
    all("FROM a\nENV --|", &[]);
    // Behind the command a dash is the command's own.
    all("FROM a\nRUN ls --|", &[]);
    assert_eq!(taken("FROM a\nCOPY --fr|=b c d\n", "--from"), "FROM a\nCOPY --from=b c d\n");
}

#[test]
fn the_types_keys_and_targets_of_mounts() {
    first(
        "FROM node:22\nRUN --mount=| npm ci\n",
        &["type=cache,target=/root/.npm", "type=cache", "type=bind"],
    );
    all("FROM a\nRUN --mount=type=|", &["cache", "bind", "secret", "ssh", "tmpfs"]);
    first("FROM a\nRUN --mount=type=cache,|", &["target", "source", "from", "id", "sharing"]);
    let secret = labels("FROM a\nRUN --mount=type=secret,|");
    assert!(secret.contains(&"env".to_owned()) && !secret.contains(&"sharing".to_owned()));
    let again = labels("FROM a\nRUN --mount=type=cache,target=/a,|");
    assert!(!again.contains(&"target".to_owned()) && !again.contains(&"type".to_owned()));
    first(
        "FROM node:22\nRUN --mount=type=cache,target=| npm ci\n",
        &["/root/.npm", "/usr/local/share/.cache/yarn"],
    );
    all("FROM a\nRUN --mount=type=cache,target=/a,sharing=|", &["shared", "private", "locked"]);
    first("FROM a\nRUN --mount=type=bind,source=|", &["src/", "Dockerfile", "package-lock.json"]);
    first("FROM a AS deps\nFROM b\nRUN --mount=type=bind,from=|", &["deps", "node"]);
    assert_eq!(
        taken("FROM a\nRUN --mount=type=cache,tar|,id=x npm ci\n", "target"),
        "FROM a\nRUN --mount=type=cache,target=,id=x npm ci\n"
    );
}

#[test]
fn stages_and_images() {
    first("FROM a AS deps\nFROM b AS build\nFROM |", &["build", "deps", "node", "alpine"]);
    first("FROM a\nFROM b AS build\nFROM c\nCOPY --from=| x y\n", &["build", "0", "node"]);
    assert!(!labels("FROM a AS own\nCOPY --from=|").contains(&"own".to_owned()));
    assert!(labels("FROM |").contains(&"scratch".to_owned()));
    assert!(!labels("FROM a\nCOPY --from=|").contains(&"scratch".to_owned()));
    let tags = offered("FROM node:|");
    let alpine = tags.items.iter().find(|item| item.label == "22-alpine").unwrap();
    assert!(alpine.detail.as_ref().unwrap().contains("MB"), "{alpine:?}");
    assert_eq!(tags.items.last().unwrap().label, "latest");
    assert_eq!(taken("FROM node:20|-alpine AS x\n", "22-alpine"), "FROM node:22-alpine AS x\n");
    assert_eq!(taken("FROM pyt|:3\n", "python"), "FROM python:3\n");
    all("FROM node:20 |", &["AS"]);
    all("FROM localhost:5000/a:|", &[]);
}

#[test]
fn variables_in_scope_with_their_values() {
    let text = "ARG V=20\nFROM node:$|";
    let found = offered(text);
    assert_eq!(found.items[0].label, "V");
    assert_eq!(found.items[0].detail.as_deref(), Some("build argument, = 20"));
    first("ARG V=20\nFROM a\nENV B=1\nENV C=${|", &["B"]);
    assert!(!labels("ARG V=20\nFROM a\nRUN echo $|").contains(&"V".to_owned()));
    first("FROM a\nARG V=1\nRUN echo \"a $|\"", &["V"]);
    all("FROM a\nARG V=1\nRUN echo '$|'", &[]);
    all("FROM a\nARG V=1\nRUN echo \\$|", &[]);
    first("FROM a\nENV V=1\nRUN <<EOF\necho $|\nEOF\n", &["V"]);
    all("FROM a\nENV V=1\nCOPY <<'EOF' /a\n$|\nEOF\n", &[]);
    first("FROM a\nENV V=1\nCOPY --from=b $| /c\n", &["V"]);
    assert_eq!(taken("FROM a\nENV VAL=1\nRUN echo ${V|\n", "VAL"), "FROM a\nENV VAL=1\nRUN echo ${VAL}\n");
    assert_eq!(taken("FROM a\nENV VAL=1\nRUN echo ${V|}\n", "VAL"), "FROM a\nENV VAL=1\nRUN echo ${VAL}\n");
    // A brace is there only where one closes this very reference.
    for (open, closed) in [
        ("ENV P=${V|/bin:$PATH", "ENV P=${VAL}/bin:$PATH"),
        ("COPY ${V|/x y", "COPY ${VAL}/x y"),
        ("ENV P=${V|:${W}", "ENV P=${VAL}:${W}"),
        ("RUN \"${V|-x\" && { a; }", "RUN \"${VAL}-x\" && { a; }"),
        ("ENV P=${V|:-${W}} b", "ENV P=${VAL:-${W}} b"),
        ("RUN a ${V|:-b c}", "RUN a ${VAL:-b c}"),
    ] {
        let file = |line: &str| format!("FROM a\nENV VAL=1\n{line}\n");
        assert_eq!(taken(&file(open), "VAL"), file(closed));
    }
    // The image keeps no build argument, so that none is there when it runs.
    assert!(!labels("FROM a\nARG V=1\nCMD echo $|").contains(&"V".to_owned()));
    assert!(labels("FROM node:22\nRUN echo $|").contains(&"NODE_VERSION".to_owned()));
}

#[test]
fn paths_of_the_build_context_and_of_stages() {
    first("FROM a\nCOPY |", &["src/", "Dockerfile", "package-lock.json", "package.json", ".dockerignore"]);
    all("FROM a\nCOPY src/|", &["index.ts", "été.ts"]);
    all("FROM a\nCOPY ./src/i| /app/\n", &["index.ts", "été.ts"]);
    all("FROM a\nCOPY ../|", &[]);
    all("FROM a\nCOPY package.json \\\n  src/|", &["index.ts", "été.ts"]);
    let stage = "FROM a AS b\nWORKDIR /app\nCOPY . .\nFROM c\n";
    first(&format!("{stage}COPY --from=b /|"), &["app/"]);
    assert!(labels(&format!("{stage}COPY --from=b /app/|")).contains(&"src/".to_owned()));
    first(&format!("{stage}COPY --from=0 /app/src/|"), &["index.ts", "été.ts"]);
    assert_eq!(taken("FROM a\nCOPY src/i|x.ts b\n", "index.ts"), "FROM a\nCOPY src/index.ts b\n");
}

#[test]
fn directives_and_comments_for_linters() {
    first("#|", &["syntax=docker/dockerfile:1", "check=skip=", "escape=`"]);
    first("# syntax=docker/dockerfile:1\n# |", &["check=skip=", "escape=`"]);
    first("# syntax=|", &["docker/dockerfile:1"]);
    all("# escape=|\nFROM a\n", &["`", "\\"]);
    assert!(labels("# check=skip=|").contains(&"JSONArgsRecommended".to_owned()));
    assert_eq!(
        taken("# check=skip=StageNameCasing,JSON|\nFROM a\n", "JSONArgsRecommended"),
        "# check=skip=StageNameCasing,JSONArgsRecommended\nFROM a\n"
    );
    assert!(!labels("FROM a\n# |\n").contains(&"escape=`".to_owned()));
    assert!(labels("FROM a\n# hadolint ignore=DL30|\nRUN b\n").contains(&"DL3008".to_owned()));
    let text = "FROM node\n# plimsoll ignore=copy-b|\nRUN b\n";
    assert!(labels(text).contains(&"copy-before-install".to_owned()), "{:?}", labels(text));
}

#[test]
fn words_of_single_instructions() {
    first("FROM a\nEXPOSE |", &["4000", "3000"]);
    first("FROM node:22\nUSER |", &["node", "root"]);
    first("FROM a\nSTOPSIGNAL |", &["SIGTERM", "SIGINT", "SIGQUIT"]);
    first("FROM a\nSHELL |", &["[\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]"]);
    first("FROM alpine:3.22\nSHELL |", &["[\"/bin/ash\", \"-eo\", \"pipefail\", \"-c\"]"]);
    first("FROM a\nHEALTHCHECK |", &["CMD", "NONE", "--interval"]);
    first("ARG V=1\nFROM a\nARG |", &["V", "TARGETPLATFORM"]);
    first("FROM a\nWORKDIR /srv\nFROM b\nWORKDIR |", &["/srv", "/app"]);
}

#[test]
fn scripts_of_package_json_behind_run() {
    for run in ["npm run", "yarn", "yarn run", "pnpm run", "bun run", "npm ci && npm run", "npm run --silent"]
    {
        all(&format!("FROM a\nRUN {run} |"), &["build", "start"]);
    }
    all("FROM a\nRUN npm run build && |", &[]);
    all("FROM a\nRUN npm |", &[]);
    all("FROM a\nRUN <<EOF\nnpm run b|\nEOF\n", &["build", "start"]);
}

#[test]
fn scripts_in_the_json_form() {
    const ALL: [&str; 3] = ["build", "start", "빌드 \"1\""];
    for before in [
        r#"CMD ["npm", "run", "|"]"#,
        r#"RUN ["npm","run","|"#,
        r#"ENTRYPOINT ["pnpm", "run", "--silent", "|]"#,
        r#"HEALTHCHECK --interval=1s CMD [ "yarn", "b|uild" ]"#,
        r#"ONBUILD RUN ["bun", "run", |]"#,
        "RUN --network=none [\"npm\", \\\n  \"run\", \\\n  \"|\"]",
    ] {
        all(&format!("FROM a\n{before}\n"), &ALL);
    }
    for (before, after) in [
        (r#"CMD ["npm", "run", "|"]"#, r#"CMD ["npm", "run", "build"]"#),
        (r#"CMD ["npm", "run", "|"#, r#"CMD ["npm", "run", "build""#),
        (r#"CMD ["npm", "run", "st|]"#, r#"CMD ["npm", "run", "build"]"#),
        (r#"CMD ["npm", "run", |"#, r#"CMD ["npm", "run", "build""#),
        (r#"CMD ["npm", "run", "st|art", "--", "-p"]"#, r#"CMD ["npm", "run", "build", "--", "-p"]"#),
        (r#"CMD ["npm", "run", "|, "--"]"#, r#"CMD ["npm", "run", "build", "--"]"#),
    ] {
        assert_eq!(taken(&format!("FROM a\n{before}\n"), "build"), format!("FROM a\n{after}\n"));
    }
    let text = "FROM a\nCMD [\"npm\", \"run\", \"빌|드\"]\n";
    assert_eq!(taken(text, ALL[2]), "FROM a\nCMD [\"npm\", \"run\", \"빌드 \\\"1\\\"\"]\n");
    // In what a shell is given a name that needs quotes would be several words.
    all("FROM a\nCMD [\"/bin/sh\", \"-c\", \"npm ci && npm run |\"]", &["build", "start"]);
    for text in [
        r#"CMD ["npm", "|"]"#,
        r#"CMD ["npm", "run"| ]"#,
        r#"CMD ["npm", "run" "|"]"#,
        r#"CMD ["npm", "run", | "build"]"#,
        r#"CMD ["npm", "run", "build", "|"]"#,
        r#"CMD ["echo", "npm", "run", "|"]"#,
        r#"CMD ["npm", "run", "\"|"]"#,
    ] {
        all(&format!("FROM a\n{text}\n"), &[]);
    }
    // A bracket of the shell begins no array.
    all("FROM a\nRUN [ \"$A\" = b ] && npm run |", &["build", "start"]);
}

#[test]
fn paths_in_quotes() {
    const JSON: [&str; 5] = ["my 자료/", "src/", "Dockerfile", "package-lock.json", "package.json"];
    first(
        r#"FROM a
COPY ["|", "/app/"]"#,
        &JSON,
    );
    first("FROM a\nADD [\"|", &JSON);
    assert!(labels("FROM a\nCOPY [\"|\", \"b\"]").contains(&"with blank.txt".to_owned()));
    all("FROM a\nCOPY [\"src/|, \"/app/\"]", &["index.ts", "été.ts"]);
    all("FROM a\nCOPY [\"my 자료/|\"]", &["a,b.csv"]);
    all("FROM a\nCOPY [\"$A/|\"]", &[]);
    for (before, label, after) in [
        (r#"["|", "/app/"]"#, "src/", r#"["src/", "/app/"]"#),
        (r#"["src/|, "/app/"]"#, "été.ts", r#"["src/été.ts", "/app/"]"#),
        (r#"["src/|"#, "index.ts", r#"["src/index.ts""#),
        (r#"["sr|/é", "b"]"#, "src/", r#"["src/é", "b"]"#),
        (r#"["my 자료/|", "b"]"#, "a,b.csv", r#"["my 자료/a,b.csv", "b"]"#),
        (r#"["my 자|료/a,b.csv", "b"]"#, "src/", r#"["src/a,b.csv", "b"]"#),
        (r#"[|, "b"]"#, "with blank.txt", r#"["with blank.txt", "b"]"#),
        (r#"["a", |"#, "src/", r#"["a", "src/""#),
        (r#""sr|" /app/"#, "src/", r#""src/" /app/"#),
        (r#""src/| /app/"#, "été.ts", r#""src/été.ts" /app/"#),
        ("'src/|", "été.ts", "'src/été.ts'"),
        // A blank ends a word whatever its quotes say: such a name stands in an array.
        (r#""my |"#, "\"my 자료/\"", r#"["my 자료/", "./"]"#),
        (r#""with b|" /app/ "#, "\"with blank.txt\"", r#"["with blank.txt", "/app/"] "#),
        (r#""my 자료/|"#, "\"my 자료/a,b.csv\"", r#"["my 자료/a,b.csv", "./"]"#),
    ] {
        let line = |arguments: &str| format!("FROM a\nCOPY --chown=😀 {arguments}\nRUN b\n");
        assert_eq!(taken(&line(before), label), line(after));
    }
    all("FROM a\nCOPY a \"my |", &[]);
    let names = labels("FROM a\nCOPY \"|\" b");
    assert!(
        names.contains(&"src/".to_owned()) && !names.iter().any(|name| name == "with blank.txt"),
        "{names:?}"
    );
    assert!(!names.iter().any(|name| name.contains("secret") || name.contains("node_modules")), "{names:?}");
    let stage = "FROM a AS b\nWORKDIR /app\nCOPY . .\nFROM c\n";
    all(&format!("{stage}COPY --from=b [\"/app/src/|\", \"./\"]"), &["index.ts", "été.ts"]);
    all(&format!("{stage}COPY --from=b \"/app/src/|\" ./"), &["index.ts", "été.ts"]);
}

#[test]
fn contexts_that_a_build_names() {
    let compose =
        "services: {web: {build: {context: ., additional_contexts: {shared: ../공유, 'base 1': x}}}}";
    let offered = |text: &str| offered_beside(&[("compose.yaml", compose)], text).items;
    let labels = |text: &str| -> Vec<String> { offered(text).into_iter().map(|item| item.label).collect() };
    assert_eq!(labels("FROM a AS b\nFROM c\nCOPY --from=|")[..3], ["b", "shared", "node"]);
    assert_eq!(labels("FROM sha|\n")[..2], ["shared", "node"]);
    assert!(labels("FROM a\nRUN --mount=type=bind,from=sh|").contains(&"shared".to_owned()));
    assert!(!labels("FROM |").contains(&"base 1".to_owned()));
    let text = "FROM a\nCOPY --chown=é --from=sh é b\n";
    let found = offered(&text.replace("=sh", "=sh|")).remove(0);
    assert_eq!(found.detail.as_deref(), Some("context of compose.yaml, service web: ../공유"));
    assert_eq!((found.text.as_str(), found.span.of(text)), ("shared", "sh"));
}

#[test]
fn users_that_the_stage_makes() {
    let debian = "FROM debian:12\nRUN groupadd -g 1 web && useradd -r -g web -u 7 app\nRUN useradd 앱\n";
    first(&format!("{debian}USER |"), &["앱", "app", "root"]);
    first(&format!("{debian}COPY --chown=|"), &["앱:앱", "앱", "app:web", "app", "root:root"]);
    all(&format!("{debian}COPY --chown=app:| a b"), &["web", "앱", "root", "1000"]);
    all(&format!("{debian}USER app:|"), &["web", "앱", "root", "1000"]);
    assert_eq!(taken(&format!("{debian}USER ap|"), "app"), format!("{debian}USER app"));
    // Below the caret, and in a stage that isn't built on, nobody is made; who is deleted is gone.
    all("FROM debian:12\nUSER |\nRUN useradd app\n", &["root", "1000"]);
    all("FROM debian:12 AS a\nRUN useradd app\nUSER app\nFROM debian:12\nUSER |", &["root", "1000"]);
    all("FROM debian:12\nRUN useradd app && userdel app\nUSER |", &["root", "1000"]);
    first("FROM debian:12 AS a\nRUN useradd app\nFROM a\nUSER |", &["app", "root"]);
    // Whose group isn't known is offered alone.
    for (made, pair) in [
        ("adduser -D app", Some("app:app")),
        ("adduser -S -D app", None),
        ("adduser -SD -G web app", Some("app:web")),
        ("adduser --system --group app", Some("app:app")),
        ("adduser --system --ingroup=web app", Some("app:web")),
        ("useradd -N app", None),
        ("useradd -rg $GROUP app", None),
    ] {
        let found = labels(&format!("FROM alpine:3.22\nRUN {made}\nCOPY --chown=|"));
        let expected: Vec<&str> = pair.into_iter().chain(["app"]).collect();
        assert_eq!(&found[..expected.len()], expected, "{made}: {found:?}");
    }
}

#[test]
fn devices_and_whether_they_are_required() {
    first("FROM a\nRUN --device=|", &["nvidia.com/gpu=all", "nvidia.com/gpu=0", "nvidia.com/gpu"]);
    let found = labels("FROM a\nRUN --device=|");
    assert_eq!(found[found.len() - 2..], ["name=", "required"]);
    all("FROM a\nRUN --device=nvidia.com/gpu=all,| make\n", &["required"]);
    first("FROM a\nRUN --device=required,|", &["nvidia.com/gpu=all"]);
    all("FROM a\nRUN --device=a,required=|", &["true", "false"]);
    all("FROM a\nRUN --device=a,required,|", &[]);
    first("FROM a\nRUN --device=é.com/x=1 a\nRUN --device=name=|", &["é.com/x=1", "nvidia.com/gpu=all"]);
    assert_eq!(
        taken("FROM a\nRUN --device=nvid|,required echo 😀\n", "nvidia.com/gpu=all"),
        "FROM a\nRUN --device=nvidia.com/gpu=all,required echo 😀\n"
    );
}

#[test]
fn every_place_has_an_answer_that_fits_it() {
    let texts = [
        "# syntax=docker/dockerfile:1\n# check=skip=a;error=\nARG V=😀\nFROM --platform=$B node:${V}-x AS b\nRUN --mount=type=cache,target=/a,id=é --network= npm run b && \\\n  # 😀\n  echo \"${V\" '$V'\nCOPY --from=b --chown=é: 😀/a $V ./\nONBUILD COPY --link= a b\nHEALTHCHECK --interval= CMD\n",
        "FROM\nFROM \nRUN <<EOF\necho ${\nEOF\nCOPY <<'A' <<B /x\n$\nA\n$V\nB\nSHELL [\"a\"\nUSER é:\nEXPOSE 80/\nENV A=\\\n\nLABEL\r\nARG\r\nCMD [\"npm\", \"run\", \"",
        "escape=`\n# escape=`\nFROM a\\b:`\nRUN a `\n  b\\\nSTOPSIGNAL \u{feff}SIG\nONBUILD ONBUILD FROM \nADD --checksum= --exclude= a",
    ];
    for text in texts {
        for end in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            // The whole text, and the text as it is while it is being typed.
            for (text, at) in [(text, end), (&text[..end], end)] {
                let snapshot = Snapshot::new(text, None, Arc::default());
                let found = completion(&snapshot, at as u32, true);
                for item in &found.items {
                    assert!(item.span.touches(at as u32), "{item:?} at {at} of {text:?}");
                    assert!(text.get(item.span.range()).is_some(), "{item:?} at {at} of {text:?}");
                    assert!(!item.span.of(text).contains('\n'), "{item:?} at {at} of {text:?}");
                    if let Some(topic) = &item.topic {
                        assert!(documentation(topic).is_some(), "{topic} has no description");
                    }
                }
            }
        }
    }
}

#[test]
fn long_lists_say_that_there_is_more() {
    let mut memory = Memory::new();
    memory.insert("/c/Dockerfile", "FROM a\nCOPY ");
    (0..300).for_each(|number| memory.insert(&format!("/c/f{number}.txt"), ""));
    let request = Request::new(Some("/c/Dockerfile".into()), Some("/c".into()));
    let view = Arc::new(View::gather(&memory, &request).unwrap());
    let at = |text: &str| {
        let snapshot = Snapshot::new(text, Some(Arc::clone(&view)), Arc::default());
        completion(&snapshot, text.len() as u32, false)
    };
    let found = at("FROM a\nCOPY ");
    assert_eq!((found.items.len(), found.incomplete), (200, true));
    assert!(at("FROM a\nCOPY f299").items.iter().any(|item| item.label == "f299.txt"));
}

#[test]
fn files_have_an_answer_everywhere() {
    let files = [
        include_str!("../../../fixtures/tokens/stages.Dockerfile"),
        include_str!("../../../fixtures/tokens/shell.Dockerfile"),
        include_str!("../../../fixtures/tokens/windows.Dockerfile"),
        include_str!("../../../fixtures/convert/korean_comments/expected/Dockerfile"),
        include_str!("../../../fixtures/convert/crlf/expected/Dockerfile"),
    ];
    for text in files {
        let snapshot = Snapshot::new(text, None, Arc::default());
        for at in 0..=text.len() as u32 {
            for item in completion(&snapshot, at, false).items {
                assert!(item.span.touches(at) && !item.span.of(text).contains('\n'), "{item:?} at {at}");
            }
            for signature in
                crate::features::signature_help(&snapshot, at).into_iter().flat_map(|it| it.signatures)
            {
                assert!(
                    signature.active.is_none_or(|active| active < signature.parameters.len()),
                    "{signature:?}"
                );
            }
        }
    }
}
