//! How long a look at a build context of 200,000 files takes, the first and the next, and how much memory
//! the view of it holds: `cargo bench --bench context`.

use divan::{AllocProfiler, Bencher};
use plimsoll::context::{Disk, Look, Request, View};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
    let _ = fs::remove_dir_all(&*TREE);
}

/// 20 packages of 100 folders of 100 files, in a folder of its own.
static TREE: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = std::env::temp_dir().join(format!("plimsoll-bench-{}", std::process::id()));
    for package in 0..20 {
        for folder in 0..100 {
            let folder = root.join(format!("packages/package-{package}/src/components/folder-{folder}"));
            fs::create_dir_all(&folder).expect("the folder is made");
            for file in 0..100 {
                fs::write(folder.join(format!("Component{file}.tsx")), "export {}\n").expect("it is written");
            }
        }
    }
    fs::write(root.join("Dockerfile"), "FROM node:22\nCOPY . .\n").expect("it is written");
    fs::write(root.join("package.json"), "{}").expect("it is written");
    fs::write(root.join(".dockerignore"), "**/node_modules\n**/.next\n*.md\n.git\n").expect("it is written");
    root
});

fn request(root: &Path) -> Request<'static> {
    Request::new(Some(root.join("Dockerfile")), None)
}

fn view() -> View {
    View::gather(&Disk, &request(&TREE)).expect("nothing cancels it")
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn first_look(bencher: Bencher) {
    let _ = &*TREE;
    bencher.bench(view);
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn nothing_has_changed(bencher: Bencher) {
    let view = view();
    bencher.bench(|| view.again(&Disk, &request(&TREE), Look::Everything));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn one_file_was_saved(bencher: Bencher) {
    let view = view();
    let saved = TREE.join("packages/package-7/src/components/folder-50/Component3.tsx");
    let mut length = 0;
    let mut save = || {
        length += 1;
        fs::write(&saved, "x".repeat(length)).expect("it is written");
    };
    let named = [saved.clone()];
    bencher
        .with_inputs(&mut save)
        .bench_local_values(|()| view.again(&Disk, &request(&TREE), Look::Named(&named)));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn one_file_came(bencher: Bencher) {
    let view = view();
    let new = TREE.join("packages/package-7/src/components/folder-50/New.tsx");
    fs::write(&new, "x").expect("it is written");
    let named = [new.clone()];
    bencher.bench_local(|| view.again(&Disk, &request(&TREE), Look::Named(&named)));
    let _ = fs::remove_file(&new);
}
