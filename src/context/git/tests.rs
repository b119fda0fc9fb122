//! Real repositories in folders of their own.

use super::*;
use std::fs;
use std::process::{Command, Stdio};

struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    /// A repository with these files in its only commit.
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self { folder: tempfile::Builder::new().prefix("저장소 ").tempdir().unwrap() };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.git(&["config", "user.name", "A"]);
        repository.git(&["config", "user.email", "a@example.org"]);
        repository.write(files);
        repository.git(&["add", "-A"]);
        repository.git(&["commit", "-q", "-m", "first"]);
        repository
    }

    fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        let mut command = Command::new("git");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        let out = command
            .arg("-C")
            .arg(self.folder.path())
            .args(["-c", "commit.gpgSign=false", "-c", "protocol.file.allow=always"])
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_string()
    }

    fn write(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = self.folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    fn remove(&self, path: &str) {
        let path = self.folder.path().join(path);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "later"]);
    }

    fn at(&self, revision: &str) -> Revision {
        Revision::open(&self.root(), revision).unwrap()
    }

    /// All files and links below the root at a revision, `.git` left out, with their text; folders that
    /// are empty end in `/`.
    fn all(&self, source: &dyn Source) -> Vec<(String, String)> {
        let (mut found, mut folders) = (Vec::new(), vec![self.root()]);
        while let Some(folder) = folders.pop() {
            let mut names = Vec::new();
            let listed = source.list(&folder, &mut |entry| {
                names.push(entry);
                ControlFlow::Continue(())
            });
            listed.unwrap();
            let shown = |path: &Path| path.strip_prefix(self.root()).unwrap().display().to_string();
            if names.is_empty() {
                found.push((format!("{}/", shown(&folder)), String::new()));
            }
            for Entry { name, stat } in names.into_iter().filter(|entry| entry.name != ".git") {
                let path = folder.join(name);
                assert_eq!(source.stat(&path).unwrap().kind, stat.kind, "{}", path.display());
                match stat.kind {
                    Kind::Folder => folders.push(path),
                    Kind::Link => found.push((shown(&path), source.link(&path).unwrap())),
                    _ => {
                        let mut bytes = Vec::new();
                        source.bytes(&path, &mut |piece| bytes.extend(piece)).unwrap();
                        let text = String::from_utf8(bytes).unwrap();
                        assert_eq!(stat.size, text.len() as u64, "{}", path.display());
                        assert_eq!(*source.read(&path).unwrap().text, *text);
                        found.push((shown(&path), text));
                    }
                }
            }
        }
        found.sort();
        found
    }

    fn paths(&self, source: &dyn Source) -> Vec<String> {
        self.all(source).into_iter().map(|(path, _)| path).collect()
    }
}

fn pairs(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect()
}

const FILES: &[(&str, &str)] = &[
    (".gitignore", "node_modules/\n"),
    ("Dockerfile", "FROM a\n"),
    ("app/deep/x.ts", "x"),
    ("app/y.ts", "y"),
];

#[test]
fn the_work_tree_is_changed_back() {
    let repository = Repository::new(FILES);
    repository.write(&[
        ("Dockerfile", "FROM b\n"),
        ("app/y.ts", "not y"),
        ("app/new/z.ts", "new"),
        ("staged.ts", "new"),
        ("node_modules/next/index.js", "installed"),
    ]);
    repository.git(&["add", "staged.ts"]);
    repository.remove("app/deep");
    fs::create_dir(repository.root().join("empty")).unwrap();
    let expected = pairs(&[
        (".gitignore", "node_modules/\n"),
        ("Dockerfile", "FROM a\n"),
        ("app/deep/x.ts", "x"),
        ("app/y.ts", "y"),
        ("empty/", ""),
        // What git ignores was there before, as far as anyone knows.
        ("node_modules/next/index.js", "installed"),
    ]);
    let revision = repository.at("HEAD");
    assert_eq!(repository.all(&revision), expected);
    assert!(revision.stat(&repository.root().join("app/new")).unwrap_err().is_absent());
    assert!(revision.stat(&repository.root().join("staged.ts")).unwrap_err().is_absent());
    assert_eq!(revision.unknown(&repository.root()), [""; 0]);
    // An older commit, by any of its names.
    repository.git(&["tag", "-a", "v1", "-m", "x"]);
    repository.commit();
    for name in ["HEAD~1", "main^", revision.commit(), &revision.commit()[..9], "HEAD@{1}", "v1", ":/first"] {
        assert_eq!(repository.all(&repository.at(name)), expected, "{name}");
    }
}

#[test]
fn a_file_that_became_a_folder_and_the_other_way_round() {
    let repository = Repository::new(&[("a", "file"), ("b/c", "in b"), ("d/e", "in d")]);
    repository.remove("a");
    repository.remove("b");
    repository.write(&[("a/x", "in a"), ("b", "file"), ("d/f/g", "new")]);
    let expected = pairs(&[("a", "file"), ("b/c", "in b"), ("d/e", "in d")]);
    assert_eq!(repository.all(&repository.at("HEAD")), expected);
    repository.commit();
    assert_eq!(repository.all(&repository.at("HEAD^")), expected);
}

#[test]
fn what_was_only_touched_is_unchanged() {
    let repository = Repository::new(FILES);
    repository.write(FILES);
    let revision = repository.at("HEAD");
    assert!(revision.changed.is_empty() && revision.new.is_empty());
}

#[test]
fn a_context_below_the_repositorys_root_and_a_path_outside_of_it() {
    let repository = Repository::new(&[("web/Dockerfile", "FROM a\n"), ("web/app/x", "x"), ("other", "")]);
    repository.write(&[("web/app/x", "changed")]);
    let web = repository.root().join("web");
    let revision = Revision::open(&web, "HEAD").unwrap();
    assert_eq!(&*revision.read(&web.join("app/../app/x")).unwrap().text, "x");
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("f"), "as it is").unwrap();
    assert_eq!(&*revision.read(&elsewhere.path().join("f")).unwrap().text, "as it is");
    assert!(revision.covers(&web) && !revision.covers(elsewhere.path()));
    assert!(revision.unknown(elsewhere.path())[0].contains("taken as unchanged"));
}

#[test]
fn line_endings_that_git_converts_are_no_change() {
    let repository = Repository::new(&[
        (".gitattributes", "*.ts text eol=crlf\n"),
        ("a.ts", "1\r\n2\r\n"),
        ("b.ts", "1\n"),
    ]);
    repository.write(&[("a.ts", "1\n2\n"), ("b.ts", "1\r\nnot\r\n")]);
    let revision = repository.at("HEAD");
    // a.ts is what git has stored, b.ts isn't.
    assert_eq!(revision.changed.keys().collect::<Vec<_>>(), [Path::new("b.ts")]);
    repository.git(&["checkout", "-q", "."]);
    assert!(repository.at("HEAD").changed.is_empty());
}

#[cfg(unix)]
#[test]
fn modes_and_links_stand_as_git_keeps_them() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let repository =
        Repository::new(&[("run.sh", "#!/bin/sh\n"), ("tool", "x"), ("gone.sh", "x"), ("real", "text")]);
    let mode = |path: &str, mode| {
        fs::set_permissions(repository.root().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("gone.sh", 0o755);
    symlink("real", repository.root().join("link")).unwrap();
    repository.commit();
    // A work tree that a group may write to.
    mode("run.sh", 0o775);
    mode("tool", 0o664);
    repository.write(&[("tool", "y"), ("other", "other text")]);
    repository.remove("gone.sh");
    repository.remove("link");
    symlink("other", repository.root().join("link")).unwrap();
    let revision = repository.at("HEAD");
    let mode_of = |path: &str| revision.stat(&repository.root().join(path)).unwrap().mode;
    assert_eq!(["run.sh", "tool", "gone.sh"].map(mode_of), [0o664, 0o664, 0o755]);
    let link = repository.root().join("link");
    assert_eq!(revision.link(&link).unwrap(), "real");
    assert_eq!(&*revision.read(&link).unwrap().text, "text");
    assert_eq!(revision.target(&link).unwrap().size, 4);
    assert_eq!(&*Disk.read(&link).unwrap().text, "other text");
    // Where git is told not to look at modes, neither do we.
    repository.git(&["checkout", "-q", "."]);
    repository.git(&["config", "core.fileMode", "false"]);
    mode("run.sh", 0o775);
    assert!(!repository.at("HEAD").changed.contains_key(Path::new("run.sh")));
}

#[cfg(unix)]
#[test]
fn nothing_that_a_repository_brings_is_run() {
    let repository = Repository::new(&[("a.txt", "a"), ("b.txt", "b")]);
    let (root, ran) = (repository.root(), repository.root().join("ran"));
    let evil = root.join("evil.sh");
    fs::write(&evil, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", ran.display())).unwrap();
    let set = Command::new("chmod").arg("+x").arg(&evil).status().unwrap();
    assert!(set.success());
    let evil = format!("'{}'", evil.display());
    fs::create_dir_all(root.join("hooks")).unwrap();
    for hook in ["post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"] {
        fs::copy(root.join("evil.sh"), root.join("hooks").join(hook)).unwrap();
    }
    fs::write(root.join(".gitattributes"), "* filter=evil diff=evil\n").unwrap();
    for (key, value) in [
        ("filter.evil.clean", &*evil),
        ("filter.evil.smudge", &evil),
        ("filter.evil.process", &evil),
        ("filter.evil.required", "true"),
        ("filter.EVIL.clean", &evil),
        ("diff.evil.textconv", &evil),
        ("diff.evil.command", &evil),
        ("diff.external", &evil),
        ("core.fsmonitor", &evil),
        ("core.hooksPath", "hooks"),
        ("core.pager", &evil),
        ("core.sshCommand", &evil),
        ("core.askPass", &evil),
        ("credential.helper", &evil),
        ("alias.diff-index", &format!("!{evil}")),
        ("alias.ls-files", &format!("!{evil}")),
        ("remote.origin.url", &format!("ext::{evil}")),
        ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", &evil),
        ("extensions.partialClone", "origin"),
        ("protocol.ext.allow", "always"),
        ("core.repositoryFormatVersion", "1"),
    ] {
        repository.git(&["config", key, value]);
    }
    let _ = fs::remove_file(&ran);
    repository.write(&[("a.txt", "changed")]);
    // One object is missing, as in a partial clone; the other file was only touched.
    let blob = "63d8dbd40c23542e740659a7168a0ce3138ea748";
    assert_eq!(fs::read(root.join("b.txt")).unwrap(), b"b");
    fs::remove_file(root.join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    repository.write(&[("b.txt", "c")]);
    let index = fs::read(root.join(".git/index")).unwrap();
    let revision = repository.at("HEAD");
    assert_eq!(&*revision.read(&root.join("a.txt")).unwrap().text, "a");
    assert!(revision.read(&root.join("b.txt")).unwrap_err().to_string().contains("isn't in this clone"));
    assert!(revision.unknown(&root)[0].contains("1 file"), "{:?}", revision.unknown(&root));
    assert!(!ran.exists(), "ran: {}", fs::read_to_string(&ran).unwrap());
    assert_eq!(fs::read(root.join(".git/index")).unwrap(), index, "the index isn't written");
    // The config does what it says: the test can fail.
    let _ = Command::new("git").arg("-C").arg(&root).args(["status", "--short"]).output();
    assert!(ran.exists());
}

#[test]
fn git_lfs_tells_the_length_and_not_the_content() {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n";
    let repository = Repository::new(&[("a.bin", pointer), ("b.bin", pointer)]);
    repository.git(&["config", "filter.lfs.clean", "git-lfs clean -- %f"]);
    // What the filter put in place, and a later state of it.
    repository.write(&[("a.bin", "twelve bytes"), ("b.bin", "not any more twelve bytes")]);
    let revision = repository.at("HEAD");
    assert_eq!(revision.changed.keys().collect::<Vec<_>>(), [Path::new("b.bin")]);
    let b = repository.root().join("b.bin");
    assert_eq!(revision.stat(&b).unwrap().size, 12);
    assert!(revision.read(&b).unwrap_err().to_string().contains("Git LFS"));
}

#[test]
fn a_submodule_is_taken_as_it_is_and_said_to_be_unknown() {
    let inner = Repository::new(&[("lib.c", "1")]);
    let repository = Repository::new(&[("Dockerfile", "FROM a\n")]);
    let url = inner.root().display().to_string();
    repository.git(&["submodule", "--quiet", "add", &url, "vendor/lib"]);
    repository.commit();
    repository.write(&[("vendor/lib/lib.c", "2"), ("vendor/lib/new.c", "3")]);
    let revision = repository.at("HEAD");
    assert_eq!(
        repository.paths(&revision),
        [".gitmodules", "Dockerfile", "vendor/lib/lib.c", "vendor/lib/new.c"]
    );
    let unknown = revision.unknown(&repository.root());
    assert!(unknown.len() == 1 && unknown[0].contains("vendor/lib is a submodule"), "{unknown:?}");
}

#[test]
fn what_is_not_there_is_said() {
    let repository = Repository::new(FILES);
    let error = |folder: &Path, revision: &str| Revision::open(folder, revision).err().unwrap().to_string();
    for revision in ["nope", "", "--all", "-h", "HEAD~7", "HEAD:app", "a\nb", "main..main"] {
        let said = error(&repository.root(), revision);
        assert!(said.contains(&format!("no commit `{revision}`")), "{revision}: {said}");
    }
    let outside = tempfile::tempdir().unwrap();
    assert!(error(outside.path(), "HEAD").contains("no git work tree"));
    repository.git(&["init", "-q", "fresh"]);
    assert!(error(&repository.root().join("fresh"), "HEAD").contains("no commit yet"));
    assert!(error(&repository.root().join(".git"), "HEAD").contains("no git work tree"));
}
