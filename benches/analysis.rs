//! How long the answers on one version of a Dockerfile take: `cargo bench --bench analysis`.

mod dockerfile;

use divan::Bencher;
use divan::counter::BytesCount;
use dockerfile::dockerfile;
use plimsoll::features::{Snapshot, document_symbols, encoded_tokens, folding_ranges, hover, references};
use plimsoll::layers::{Change, Plan, Subject, changed_by};
use plimsoll::model::Model;
use plimsoll::syntax::parse;
use std::sync::Arc;

fn main() {
    divan::main();
}

/// Files of so many stages.
const STAGES: [usize; 4] = [2, 20, 200, 2_000];

#[divan::bench(args = STAGES)]
fn findings(bencher: Bencher, stages: usize) {
    let text: Arc<str> = dockerfile(stages).into();
    let fresh = || Snapshot::new(Arc::clone(&text), None, Arc::default());
    bencher.counter(BytesCount::of_str(&text)).with_inputs(fresh).bench_values(|s| s.diagnostics().len());
}

#[divan::bench(args = STAGES)]
fn hover_after_an_edit(bencher: Bencher, stages: usize) {
    let text: Arc<str> = dockerfile(stages).into();
    let at = text.rfind("RUN npm run build").unwrap_or(0) as u32;
    let fresh = || Snapshot::new(Arc::clone(&text), None, Arc::default());
    bencher.with_inputs(fresh).bench_values(|snapshot| hover(&snapshot, at));
}

/// What an editor asks for at each key, the tree and the scripts being there from the findings.
#[divan::bench(args = STAGES)]
fn semantic_tokens(bencher: Bencher, stages: usize) {
    let snapshot = analysed(stages);
    bencher.bench(|| encoded_tokens(&snapshot, None, Default::default()).len());
}

#[divan::bench(args = STAGES)]
fn outline_and_folds(bencher: Bencher, stages: usize) {
    let snapshot = analysed(stages);
    bencher.bench(|| document_symbols(&snapshot).len() + folding_ranges(&snapshot, None).len());
}

/// The index of names, and one answer from it.
#[divan::bench(args = STAGES)]
fn names_after_an_edit(bencher: Bencher, stages: usize) {
    let text: Arc<str> = dockerfile(stages).into();
    let at = text.rfind("AS ").map_or(0, |at| at + 3) as u32;
    let fresh = || Snapshot::new(Arc::clone(&text), None, Arc::default());
    bencher.with_inputs(fresh).bench_values(|snapshot| references(&snapshot, at, true));
}

fn analysed(stages: usize) -> Snapshot {
    let snapshot = Snapshot::new(dockerfile(stages), None, Arc::default());
    snapshot.diagnostics();
    snapshot
}

/// The file that PLIMSOLL_BENCH_FILE names, else a generated one.
fn file() -> String {
    let named = std::env::var_os("PLIMSOLL_BENCH_FILE");
    named.map_or_else(|| dockerfile(200), |path| std::fs::read_to_string(path).unwrap())
}

/// Steps, layers and weights of a file, the tree being there, without its context.
#[divan::bench]
fn layers_and_weights(bencher: Bencher) {
    let text = file();
    let model = Model::new(Arc::new(parse(text).0));
    bencher.bench(|| {
        let plan = Plan::new(&model, None);
        Subject { model: &model, plan: &plan, context: None }.image()
    });
}

/// All the findings of a file, from its text on, without its context.
#[divan::bench]
fn findings_of_a_file(bencher: Bencher) {
    let text: Arc<str> = file().into();
    let fresh = || Snapshot::new(Arc::clone(&text), None, Arc::default());
    bencher.counter(BytesCount::of_str(&text)).with_inputs(fresh).bench_values(|s| s.diagnostics().len());
}

/// All that a change of one file runs again, with two builds keyed for it. The steps stand in one stage, so
/// that each of them counts, and each has a variable of its own.
#[divan::bench(args = STAGES)]
fn a_change(bencher: Bencher, stages: usize) {
    let mut text = String::from("FROM node:20-alpine\n");
    for (n, line) in dockerfile(stages).lines().enumerate().filter(|(_, line)| !line.starts_with("FROM")) {
        text += &line.replace("NAME", &format!("NAME{n}"));
        text.push('\n');
    }
    let model = Model::new(Arc::new(parse(text).0));
    let plan = Plan::new(&model, None);
    let subject = Subject { model: &model, plan: &plan, context: None };
    let changes = [Change::File("src/index.js".to_owned())];
    bencher.bench(|| changed_by(&subject, &changes).len());
}
