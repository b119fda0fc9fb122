//! How fast Dockerfiles are parsed, on one core: `cargo bench --bench parse`.

#[path = "../tests/beside/mod.rs"]
mod beside;
mod dockerfile;
#[path = "../tests/pathological/inputs.rs"]
mod inputs;
#[path = "../tests/conformance/shared.rs"]
#[allow(dead_code)]
mod shared;

use divan::Bencher;
use divan::counter::BytesCount;
use plimsoll::syntax::parse;

fn main() {
    divan::main();
}

/// Every real Dockerfile of the corpus, one after the other. Without the corpus it says so and measures nothing.
#[divan::bench]
fn corpus(bencher: Bencher) {
    let Some(files) = shared::corpus() else { return };
    let bytes = files.iter().map(|file| file.text.len()).sum::<usize>();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| files.iter().map(|file| parse(file.text.as_str()).1.len()).sum::<usize>());
}

/// One file, named by `PLIMSOLL_BENCH_FILE`, such as the 20,000 lines that `lspbench gen` writes. Without it this
/// says so and measures nothing.
#[divan::bench]
fn file(bencher: Bencher) {
    let text = std::env::var_os("PLIMSOLL_BENCH_FILE").and_then(|path| std::fs::read_to_string(path).ok());
    let Some(text) = text else {
        eprintln!("skipped: PLIMSOLL_BENCH_FILE names no file");
        return;
    };
    bencher.counter(BytesCount::of_str(&text)).bench(|| parse(text.as_str()));
}

/// 1×, 10× and 100× the lines: the bytes a second stay what they are.
#[divan::bench(args = [20, 200, 2_000])]
fn stages(bencher: Bencher, stages: usize) {
    let text = dockerfile::dockerfile(stages);
    bencher.counter(BytesCount::of_str(&text)).bench(|| parse(text.as_str()));
}

/// A million bytes of what could make a parser slow.
#[divan::bench(args = inputs::NAMES, sample_count = 5, sample_size = 1)]
fn pathological(bencher: Bencher, name: &str) {
    let text = inputs::input(name, 1_000_000);
    bencher.counter(BytesCount::of_str(&text)).bench(|| parse(text.as_str()));
}
