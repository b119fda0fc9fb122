//! How long the answers on one version of a Dockerfile take: `cargo bench --bench analysis`.

mod dockerfile;

use divan::Bencher;
use divan::counter::BytesCount;
use dockerfile::dockerfile;
use plimsoll::features::{Snapshot, hover};
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
