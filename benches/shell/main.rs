//! How long the shell's parser takes over a real script and over hostile ones: `cargo bench --bench shell`.
//!
//! Each hostile input is read at three sizes; a time that grows faster than the size is a fault.

mod inputs;

use divan::Bencher;
use divan::counter::BytesCount;
use plimsoll::shell::{Dialect, parse};
use plimsoll::text::{Span, Splice};

fn main() {
    divan::main();
}

/// 10 kB, 100 kB, 1 MB.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

fn names() -> impl Iterator<Item = &'static str> {
    inputs::INPUTS.iter().map(|(name, ..)| *name)
}

fn read(bencher: Bencher, text: &str, dialect: Dialect) {
    let splice = Splice::of(Span::new(0, text.len() as u32));
    bencher.counter(BytesCount::of_str(text)).bench_local(|| {
        let script = parse(&splice, text, dialect);
        script.commands().len() + script.errors.len()
    });
}

fn hostile(bencher: Bencher, name: &str, bytes: usize, dialect: Dialect) {
    if let Some((_, head, unit)) = inputs::INPUTS.iter().find(|(other, ..)| *other == name) {
        read(bencher, &inputs::text(head, unit, bytes), dialect);
    }
}

#[divan::bench(args = names(), consts = SIZES, sample_count = 3, sample_size = 1)]
fn posix<const SIZE: usize>(bencher: Bencher, name: &str) {
    hostile(bencher, name, SIZE, Dialect::Posix);
}

#[divan::bench(args = names(), consts = SIZES, sample_count = 3, sample_size = 1)]
fn cmd<const SIZE: usize>(bencher: Bencher, name: &str) {
    hostile(bencher, name, SIZE, Dialect::Cmd);
}

#[divan::bench(args = names(), consts = SIZES, sample_count = 3, sample_size = 1)]
fn powershell<const SIZE: usize>(bencher: Bencher, name: &str) {
    hostile(bencher, name, SIZE, Dialect::PowerShell);
}

/// What people write.
#[divan::bench(args = SIZES)]
fn written(bencher: Bencher, bytes: usize) {
    let script = "set -eux; apt-get update && apt-get install -y --no-install-recommends ca-certificates curl \
                  && rm -rf /var/lib/apt/lists/*; if [ \"$(uname -m)\" = x86_64 ]; then arch=amd64; else \
                  arch=arm64; fi; curl -fsSL \"https://example.org/tool-${VERSION:-1.0}-$arch.tar.gz\" \
                  | tar -xz -C /usr/local/bin 2>/dev/null\n";
    read(bencher, &inputs::text("", script, bytes), Dialect::Posix);
}
