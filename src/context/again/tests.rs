use super::super::source::{Entry, SourceError, TextFile};
use super::super::{Memory, Overlay};
use super::*;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn request() -> Request<'static> {
    Request::new(Some("/srv/Dockerfile".into()), Some("/srv".into()))
}

/// Counts what is asked of another source.
struct Counting<'a> {
    under: &'a dyn Source,
    listed: Mutex<Vec<String>>,
    read: Mutex<Vec<String>>,
    stats: AtomicUsize,
}

impl<'a> Counting<'a> {
    fn new(under: &'a dyn Source) -> Self {
        Self { under, listed: Mutex::default(), read: Mutex::default(), stats: AtomicUsize::new(0) }
    }

    /// The folders listed and the files read since it was asked last, and how many stats there were.
    fn asked(&self) -> (Vec<String>, Vec<String>, usize) {
        let take = |list: &Mutex<Vec<String>>| std::mem::take(&mut *list.lock().unwrap());
        (take(&self.listed), take(&self.read), self.stats.swap(0, Ordering::Relaxed))
    }
}

impl Source for Counting<'_> {
    fn read(&self, path: &Path) -> Result<TextFile, SourceError> {
        let read = self.under.read(path);
        if read.is_ok() {
            self.read.lock().unwrap().push(path.display().to_string());
        }
        read
    }

    fn stat(&self, path: &Path) -> Result<Stat, SourceError> {
        self.stats.fetch_add(1, Ordering::Relaxed);
        self.under.stat(path)
    }

    fn target(&self, path: &Path) -> Result<Stat, SourceError> {
        self.stats.fetch_add(1, Ordering::Relaxed);
        self.under.target(path)
    }

    fn list(&self, folder: &Path, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), SourceError> {
        self.listed.lock().unwrap().push(folder.display().to_string());
        self.under.list(folder, each)
    }

    fn link(&self, path: &Path) -> Result<String, SourceError> {
        self.under.link(path)
    }
}

fn project() -> Memory {
    let mut memory = Memory::from_files([
        ("/srv/Dockerfile", "FROM a\n"),
        ("/srv/.dockerignore", "node_modules\n**/*.log\nout\n!out/keep\n"),
        ("/srv/package.json", "{}"),
        ("/srv/app/a.ts", "a"),
        ("/srv/app/deep/b.ts", "bb"),
        ("/srv/app/x.log", "log"),
        ("/srv/app.ts", ""),
        ("/srv/node_modules/m/index.js", "12345"),
        ("/srv/out/keep/k", "k"),
        ("/srv/out/gone/g", "g"),
        ("/srv/web/package.json", "{\"name\":\"web\"}"),
        ("/srv/web/src/c.ts", "ccc"),
    ]);
    memory.insert_link("/srv/app/link", "a.ts");
    memory.insert("/srv/empty/", "");
    memory
}

/// All that can be seen of a view.
fn shown(view: &View) -> String {
    let files: Vec<_> =
        view.files.iter().map(|file| (&file.path, file.size, file.mode, view.link(&file.path))).collect();
    let ignored = view.largest_ignored(100);
    let projects: Vec<_> = view
        .projects
        .iter()
        .map(|project| {
            (
                &project.folder,
                project.package_json.as_ref().map(|read| read.as_ref().unwrap().file.text.clone()),
            )
        })
        .collect();
    format!(
        "{files:#?}\n{:?}\n{ignored:#?}\n{:?}\n{projects:?}\n{:?}",
        view.folders, view.ignored, view.problems
    )
}

#[test]
fn a_look_at_what_changed_sees_what_a_look_at_everything_sees() {
    type Change = fn(&mut Memory);
    let changes: &[(&str, &[&str], Change)] = &[
        ("a file grows", &["app/a.ts"], |disk| disk.insert("/srv/app/a.ts", "longer")),
        ("a file comes", &["app/deep/new.ts"], |disk| disk.insert("/srv/app/deep/new.ts", "n")),
        ("a file goes", &["app.ts"], |disk| disk.remove("/srv/app.ts")),
        ("folders come", &["lib/x/y/z.ts"], |disk| disk.insert("/srv/lib/x/y/z.ts", "z")),
        ("an empty folder comes", &["lib/void"], |disk| disk.insert("/srv/lib/void/", "")),
        ("a folder goes", &["app/deep"], |disk| {
            disk.remove("/srv/app/deep/b.ts");
            disk.remove("/srv/app/deep/new.ts");
            disk.remove("/srv/app/deep");
        }),
        ("a folder becomes a file", &["lib/x"], |disk| {
            disk.remove("/srv/lib/x/y/z.ts");
            disk.remove("/srv/lib/x/y");
            disk.remove("/srv/lib/x");
            disk.insert("/srv/lib/x", "file");
        }),
        ("and a folder again", &["lib/x", "lib/x/w"], |disk| {
            disk.remove("/srv/lib/x");
            disk.insert("/srv/lib/x/w", "w");
        }),
        ("an ignored file comes", &["app/y.log"], |disk| disk.insert("/srv/app/y.log", "yy")),
        ("an ignored folder comes", &["web/node_modules/q/i"], |disk| {
            disk.insert("/srv/web/node_modules/q/i", "q");
            disk.insert("/srv/.cache.log/f", "fff");
        }),
        ("an ignored folder goes", &["node_modules"], |disk| {
            disk.remove("/srv/node_modules/m/index.js");
            disk.remove("/srv/node_modules/m");
            disk.remove("/srv/node_modules");
        }),
        ("something is taken back", &["out/keep/more"], |disk| disk.insert("/srv/out/keep/more", "m")),
        ("nothing is taken back any more", &["out/keep/more", "out/keep/k"], |disk| {
            disk.remove("/srv/out/keep/k");
            disk.remove("/srv/out/keep/more");
            disk.remove("/srv/out/keep");
        }),
        ("a link leads elsewhere", &["app/link"], |disk| {
            disk.remove("/srv/app/link");
            disk.insert_link("/srv/app/link", "../web");
        }),
        ("a link becomes a file", &["app/link"], |disk| {
            disk.remove("/srv/app/link");
            disk.insert("/srv/app/link", "file");
        }),
        ("a project comes", &["svc/package.json"], |disk| {
            disk.insert("/srv/svc/package.json", "{\"name\":1}")
        }),
        ("a project changes", &["web/package.json"], |disk| {
            disk.insert("/srv/web/package.json", "{\"name\":2}")
        }),
        ("a project goes", &["web/package.json"], |disk| disk.remove("/srv/web/package.json")),
        ("the patterns change", &[".dockerignore"], |disk| disk.insert("/srv/.dockerignore", "app\nx[\n")),
        ("the patterns of this Dockerfile come", &["Dockerfile.dockerignore"], |disk| {
            disk.insert("/srv/Dockerfile.dockerignore", "*\n!lib\n");
        }),
        ("and go", &["Dockerfile.dockerignore"], |disk| disk.remove("/srv/Dockerfile.dockerignore")),
    ];
    let mut disk = project();
    let mut view = View::gather(&disk, &request()).unwrap();
    for (what, paths, change) in changes {
        assert!(!view.stale(&disk), "before: {what}");
        change(&mut disk);
        assert!(view.stale(&disk), "{what}");
        let whole = View::gather(&disk, &request()).unwrap();
        let all = view.again(&disk, &request(), Look::Everything).unwrap().unwrap();
        assert_eq!(shown(&all), shown(&whole), "{what}");
        let mut paths: Vec<PathBuf> = paths.iter().map(|path| Path::new("/srv").join(path)).collect();
        if *what == "an ignored folder comes" {
            paths.push("/srv/.cache.log".into());
        }
        let named = view.again(&disk, &request(), Look::Named(&paths)).unwrap().unwrap();
        assert_eq!(shown(&named), shown(&whole), "{what}, named");
        view = all;
    }
}

#[test]
fn nothing_is_listed_but_the_folder_that_changed() {
    let mut disk = project();
    for folder in 0..300 {
        for file in 0..5 {
            disk.insert(&format!("/srv/src/f{folder}/{file}.ts"), "text");
        }
    }
    let view = View::gather(&disk, &request()).unwrap();
    let look = |view: &View, disk: &Memory, look: Look<'_>| {
        let counting = Counting::new(disk);
        let again = view.again(&counting, &request(), look).unwrap();
        let (listed, read, stats) = counting.asked();
        (again, listed, read, stats)
    };
    let none: [&str; 0] = [];
    // Nothing has changed.
    let (again, listed, read, _) = look(&view, &disk, Look::Everything);
    assert!(again.is_none());
    assert_eq!((listed, read), (vec![], vec![]));
    // A file is saved, and its name is told: one look at that file.
    disk.insert("/srv/src/f7/3.ts", "longer text");
    let saved = [PathBuf::from("/srv/src/f7/3.ts")];
    let (again, listed, read, stats) = look(&view, &disk, Look::Named(&saved));
    assert_eq!((listed, read, stats), (vec![], vec![], 1));
    assert_eq!(again.unwrap().file("src/f7/3.ts").unwrap().size, 11);
    // Nobody tells its name: no listing either.
    let (again, listed, read, _) = look(&view, &disk, Look::Everything);
    assert_eq!((listed, read), (vec![], vec![]));
    let view = again.unwrap();
    // A file comes: its folder is listed.
    disk.insert("/srv/src/f9/new.ts", "new");
    for hint in [Look::Everything, Look::Named(&["/srv/src/f9/new.ts".into()])] {
        let (again, listed, read, _) = look(&view, &disk, hint);
        assert_eq!((&*listed, &*read), (&["/srv/src/f9".to_string()][..], &[][..]));
        assert_eq!(again.unwrap().files.len(), view.files.len() + 1);
    }
    // What is ignored is no matter.
    disk.insert("/srv/node_modules/m/index.js", "changed");
    let ignored = ["/srv/node_modules/m/index.js".into(), "/elsewhere/x".into()];
    let (again, listed, _, stats) = look(&view, &disk, Look::Named(&ignored));
    assert!(again.is_none() && listed == none && stats == 0);
    // Of two projects the one that changed is read.
    disk.insert("/srv/web/package.json", "{\"name\":\"other\"}");
    let (again, listed, read, _) = look(&view, &disk, Look::Named(&["/srv/web/package.json".into()]));
    assert_eq!((listed, read), (vec!["/srv/web".into()], vec!["/srv/web/package.json".into()]));
    let again = again.unwrap();
    assert!(Arc::ptr_eq(&again.projects[0], &view.projects[0]));
    assert_eq!(
        &*again.projects[1].package_json.as_ref().unwrap().as_ref().unwrap().file.text,
        "{\"name\":\"other\"}"
    );
}

#[test]
fn a_text_typed_in_the_editor_is_read_and_nothing_is_walked() {
    let disk = project();
    let typed = |version, text: &str| {
        Overlay::new(&disk, [(PathBuf::from("/srv/package.json"), Arc::from(text), version)])
    };
    let view = View::gather(&typed(1, "{\"a\":1}"), &request()).unwrap();
    let path = [PathBuf::from("/srv/package.json")];
    // The same version and length, as after closing and opening anew.
    for (version, text) in [(2, "{\"b\":22}"), (1, "{\"c\":1}")] {
        let overlay = typed(version, text);
        let counting = Counting::new(&overlay);
        let again = view.again(&counting, &request(), Look::Named(&path)).unwrap().unwrap();
        let package = again.project().package_json.as_ref().unwrap().as_ref().unwrap();
        assert_eq!((&*package.file.text, package.file.version), (text, Some(version)));
        let (listed, _, _) = counting.asked();
        assert_eq!(listed, ["/srv"], "only for the names of the .env files");
    }
    // The patterns are the same in a newer version of the document.
    let text = "node_modules\n**/*.log\nout\n!out/keep\n";
    let overlay = Overlay::new(&disk, [(PathBuf::from("/srv/.dockerignore"), Arc::from(text), 5)]);
    let view = View::gather(&disk, &request()).unwrap();
    let counting = Counting::new(&overlay);
    let ignore = [PathBuf::from("/srv/.dockerignore")];
    let again = view.again(&counting, &request(), Look::Named(&ignore)).unwrap().unwrap();
    assert_eq!(again.ignore().unwrap().file.version, Some(5));
    assert!(counting.asked().0.is_empty());
}

#[test]
fn a_look_is_ended_on_request() {
    let mut disk = project();
    let view = View::gather(&disk, &request()).unwrap();
    disk.insert("/srv/app/new.ts", "new");
    let cancel = AtomicBool::new(true);
    let cancelled = Request { cancel: &cancel, ..request() };
    assert_eq!(view.again(&disk, &cancelled, Look::Everything).unwrap_err(), Cancelled);
}
