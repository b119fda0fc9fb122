//! The conversion over real Dockerfiles of public repositories with their labels, where they lie beside the
//! repository: no panic, what must hold holds, and the outcome is the label's or the difference is argued.

use crate::project::{Project, convert_text, files, invariants};
use plimsoll::convert::{self, Outcome};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Cases whose label is another than what comes out, and why this is right. The labels are a heuristic's.
const ARGUED: &[(u32, &str)] = &[
    (
        16,
        "a `prestart` script runs with `npm start`; the standalone server would leave it out, so it is refused",
    ),
    (18, "as 16"),
    (
        26,
        "curl is installed for the health check alone, so it can be installed in the run stage: nothing to ask",
    ),
    (54, "`npm ci` is commented out: node_modules comes from outside, which .dockerignore would keep out"),
    (70, "it builds in `/`, which Next.js would take for the root of the traced files"),
    (82, "the script that CMD runs is `next build && next start`, which says more than a missing build step"),
    (90, "withLess takes an object literal, which is edited safely: nothing to ask"),
    (94, "it is a site of Vite, which the other recipe is for; what its vite.config says wasn't kept"),
    (98, "`RUN next` is `next dev`: it never ends, before anything else counts"),
    (104, "`output: 'export'` is commented out, and CMD is `next start`: there is a server to keep"),
    (126, "it listens on port 80, so running as another user than root is asked for"),
    (130, "the case has no package.json, and nothing in the Dockerfile names Next.js"),
    (
        142,
        "the package.json that names Next.js isn't among the case's files; with it the reason is the label's",
    ),
    (180, "all of its packages are compilers and git, which only the build needs: nothing to ask"),
];

/// Why a case whose context wasn't kept may come out as not for this recipe, or as not supported: what its
/// package.json says isn't known, and nothing is guessed.
fn is_unknown(label: &Label, kind: &str, code: &str) -> bool {
    !label.context_known && (code == "not-nextjs" || kind == "ask")
}

#[test]
fn the_corpus_comes_out_as_its_labels_say() {
    let Some(folder) = crate::beside::unpacked("nextjs/corpus.tar.xz") else { return };
    let mut cases = Vec::new();
    find_cases(folder.path(), &mut cases);
    cases.sort();
    assert!(!cases.is_empty());

    let mut faults = String::new();
    let (mut agreed, mut argued, mut unknown) = (0, 0, 0);
    let mut outcomes: BTreeMap<&'static str, u32> = BTreeMap::new();
    for case in &cases {
        let label = Label::read(case);
        let project = load(case, &label);
        let outcome = project.convert();
        // Without a context nothing may panic either.
        convert_text(project.text(), None, &[]);
        let (kind, code, message) = match &outcome {
            None => ("refuse", "not-nextjs", String::new()),
            Some(Outcome::Refused(reason)) if reason.code == "not-yet-supported" => {
                ("ask", reason.code, reason.message.clone())
            }
            Some(Outcome::Refused(reason)) => ("refuse", reason.code, reason.message.clone()),
            Some(Outcome::Question(questions)) => ("ask", "question", questions[0].message.clone()),
            Some(Outcome::Converted(_)) => ("offer", "converted", String::new()),
        };
        *outcomes.entry(code).or_default() += 1;
        println!("{}: {} {:?} -> {code} {message}", label.id, label.expected, label.reasons);
        if let Some(Outcome::Converted(conversion)) = &outcome {
            for fault in invariants(&project, conversion) {
                let _ = writeln!(faults, "{}: {fault}", label.id);
            }
        }
        let agrees =
            kind == label.expected && (kind != "refuse" || label.reasons.iter().any(|reason| reason == code));
        let reason = ARGUED.iter().find(|(id, _)| *id == label.id);
        match (agrees, reason) {
            (true, None) => agreed += 1,
            (false, Some(_)) => argued += 1,
            (false, None) if is_unknown(&label, kind, code) => unknown += 1,
            (true, Some(_)) => {
                let _ = writeln!(faults, "{}: is argued, but agrees with its label", label.id);
            }
            (false, None) => {
                let _ = writeln!(
                    faults,
                    "{}: the label says {} {:?}, but it comes out as {code}: {message}",
                    label.id, label.expected, label.reasons
                );
            }
        }
    }
    println!(
        "{} cases, {agreed} as labelled, {argued} argued, {unknown} without a context; {outcomes:?}",
        cases.len()
    );
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn a_file_for_no_recipe_has_a_reason_on_the_command_line() {
    let (tree, _) = plimsoll::syntax::parse("FROM alpine\n");
    let model = plimsoll::model::Model::new(tree.into());
    let plan = plimsoll::layers::Plan::new(&model, None);
    let subject = plimsoll::layers::Subject { model: &model, plan: &plan, context: None };
    assert!(convert::convert(&subject, &[]).is_none());
    assert_eq!(convert::no_recipe(&subject, None).code, "not-nextjs");
}

struct Label {
    id: u32,
    expected: String,
    /// In the names of the command line's contract.
    reasons: Vec<String>,
    context_known: bool,
}

impl Label {
    fn read(case: &Path) -> Self {
        let text = std::fs::read_to_string(case.join("meta.json")).unwrap();
        let meta: serde_json::Value = serde_json::from_str(&text).unwrap();
        let reasons =
            meta["refuse_reasons"].as_array().into_iter().flatten().filter_map(|reason| reason.as_str());
        Self {
            id: meta["id"].as_u64().unwrap() as u32,
            expected: meta["expected"].as_str().unwrap().to_owned(),
            reasons: reasons.map(contract_name).collect(),
            context_known: meta["context_known"].as_bool().unwrap(),
        }
    }
}

/// The labels use older names for some reasons.
fn contract_name(reason: &str) -> String {
    match reason.split(':').next().unwrap_or(reason) {
        "next<12" => "next-too-old",
        "several-processes-in-one-container" => "several-processes",
        "RUN-starts-a-server" => "run-starts-a-server",
        "dockerfile-syntax-error" => "syntax-error",
        "malformed-exec-form-cmd" => "malformed-exec-form",
        other => other,
    }
    .to_owned()
}

/// The case's files, and those that its tree.txt names but that weren't kept, as empty ones.
fn load(case: &Path, label: &Label) -> Project {
    let mut all: BTreeMap<String, String> = files(case).into_iter().collect();
    all.remove("meta.json");
    all.remove("after.Dockerfile");
    if !label.context_known && label.expected != "refuse" {
        suppose(&mut all);
    }
    let tree = all.remove("tree.txt").unwrap_or_default();
    for name in tree.lines().map(str::trim).filter(|name| !name.is_empty() && label.context_known) {
        let inside = format!("{name}/");
        if all.contains_key(name) || all.keys().any(|known| known.starts_with(&inside)) {
            continue;
        }
        let is_file = name.trim_start_matches('.').contains('.')
            || ["Dockerfile", "LICENSE", "Makefile", ".dockerignore", ".gitignore", ".env", ".npmrc"]
                .contains(&name);
        all.insert(if is_file { name.to_owned() } else { inside }, String::new());
    }
    Project { dockerfile: "Dockerfile".into(), files: all, answers: Vec::new() }
}

/// An ordinary project for a Dockerfile whose context wasn't kept: in the folder that the package.json is copied
/// from, with the package manager that is named.
fn suppose(all: &mut BTreeMap<String, String>) {
    let text = all["Dockerfile"].clone();
    let manifests = text.split_whitespace().filter_map(|word| {
        let (folder, name) = word.trim_start_matches("./").rsplit_once('/').unwrap_or(("", word));
        (name.starts_with("package") && name.ends_with(".json")).then_some(folder)
    });
    let folder = manifests.map(str::to_owned).next().unwrap_or_default();
    let prisma = if text.contains("prisma") { ", \"@prisma/client\": \"6.1.0\"" } else { "" };
    let package = format!(
        "{{\"scripts\": {{\"build\": \"next build\", \"start\": \"next start\"}}, \"dependencies\": \
         {{\"next\": \"15.3.1\"{prisma}}}}}"
    );
    let lock = match &*text {
        text if text.contains("pnpm") => ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
        text if text.contains(".yarnrc.yml") => ("yarn.lock", "__metadata:\n  version: 8\n"),
        text if text.contains("yarn") => ("yarn.lock", "# yarn lockfile v1\n"),
        text if text.contains("bun") => ("bun.lockb", ""),
        _ => ("package-lock.json", "{}\n"),
    };
    let config =
        "/** @type {import('next').NextConfig} */\nmodule.exports = {\n  reactStrictMode: true,\n};\n";
    let mut files = vec![
        ("package.json", package.as_str()),
        ("next.config.js", config),
        ("public/robots.txt", "User-agent: *\n"),
        lock,
    ];
    if text.contains(".yarnrc.yml") {
        files.push((".yarnrc.yml", "nodeLinker: node-modules\n"));
    }
    for (name, text) in files {
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        all.insert(path, text.to_owned());
    }
}

fn find_cases(folder: &Path, cases: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.join("meta.json").is_file() {
            cases.push(path);
        } else if path.is_dir() {
            find_cases(&path, cases);
        }
    }
}
