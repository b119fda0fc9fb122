//! How long the answers on one version of a Dockerfile take: `cargo bench --bench analysis`.

mod dockerfile;

use divan::Bencher;
use divan::counter::BytesCount;
use dockerfile::dockerfile;
use plimsoll::features::{Snapshot, hover};
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
