use crate::context::{Limits, Memory, Request, View};
use crate::layers::{Layer, Plan, Size, Subject, Total};
use crate::model::Model;
use crate::syntax::parse;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The weights of the steps that make a layer, by line: `likely` bytes, `?` where they aren't known.
fn weights(dockerfile: &str, files: &[(&str, usize)]) -> Vec<String> {
    let bodies: Vec<(&str, String)> = files.iter().map(|(path, bytes)| (*path, "x".repeat(*bytes))).collect();
    let ignored = "node_modules\n.next\n.dockerignore\npackage*.json\n";
    let mut texts = vec![("package.json", PACKAGE), ("package-lock.json", LOCK), (".dockerignore", ignored)];
    texts.extend(bodies.iter().map(|(path, body)| (*path, &**body)));
    let (model, view) = seen(dockerfile, &texts);
    let plan = Plan::new(&model, None);
    let subject = Subject { model: &model, plan: &plan, context: Some(&view) };
    // What base images weigh is the catalog's to say.
    let told = plan.steps().iter().filter(|step| step.layer == Layer::Filesystem && step.number > 1);
    told.map(|step| {
        let line = model.tree().instruction(step.id).unwrap().first_line;
        let size = subject.weight(step.id).size.map_or("?".to_owned(), |size| size.likely.to_string());
        format!("{line}: {size}")
    })
    .collect()
}

/// A Dockerfile beside files with these texts.
fn seen(dockerfile: &str, files: &[(&str, &str)]) -> (Model, View) {
    let mut memory = Memory::new();
    for (path, text) in files {
        memory.insert(&format!("/app/{path}"), text);
    }
    let cancel = AtomicBool::new(false);
    let request = Request {
        dockerfile: Some("/app/Dockerfile".into()),
        context_dir: Some("/app".into()),
        workspace_root: None,
        builds: None,
        limits: Limits::default(),
        cancel: &cancel,
        progress: None,
    };
    let view = View::gather(&memory, &request).unwrap();
    let model = Model::new(Arc::new(parse(dockerfile).0));
    (model, view)
}

const PACKAGE: &str = r#"{"name":"x","scripts":{"build":"next build","make":"gulp"},
"dependencies":{"a":"1","next":"15"},"devDependencies":{"c":"3"}}"#;

/// A package for everybody, one for development, and one for each of two systems.
const LOCK: &str = r#"{"lockfileVersion":3,"packages":{"":{"name":"x"},
"node_modules/a":{"version":"1.0.0","resolved":"r"},
"node_modules/c":{"version":"3.0.0","resolved":"r","dev":true},
"node_modules/b-linux-x64-gnu":{"version":"1.0.0","resolved":"r","optional":true,"os":["linux"],"cpu":["x64"],"libc":["glibc"]},
"node_modules/b-linux-x64-musl":{"version":"1.0.0","resolved":"r","optional":true,"os":["linux"],"cpu":["x64"],"libc":["musl"]}}}"#;

const DISK: &[(&str, usize)] = &[
    ("src/a.ts", 100),
    ("public/p.png", 50),
    ("node_modules/a/index.js", 600_000),
    ("node_modules/a/node_modules/.bin/x", 0),
    ("node_modules/c/index.js", 400_000),
    ("node_modules/b-linux-x64-gnu/b.node", 200_000),
    ("node_modules/.cache/x", 999_999),
    (".next/BUILD_ID", 20),
    (".next/server/a.js", 980),
    (".next/static/b.js", 3_000),
    (".next/cache/c", 70_000),
];

const MOUNTED: &str = "RUN --mount=type=cache,target=/root/.npm";

#[test]
fn an_install_weighs_what_lies_on_disk_for_this_platform() {
    for (from, command, bytes) in [
        ("node:20", "npm ci", "1200000"),
        ("node:20", "npm ci --omit=dev", "800000"),
        ("node:20", "NODE_ENV=production npm install", "800000"),
        ("node:20", "npm ci && npm prune --omit=dev", "800000"),
        ("node:20", "npm ci && rm -rf node_modules", "0"),
        // The other libc's package isn't on disk: it is taken to weigh the same.
        ("node:20-alpine", "npm ci", "1200000"),
        ("node:20", "npm ci && curl -o x https://example.com", "?"),
    ] {
        let text = format!("FROM {from}\nWORKDIR /app\nCOPY . .\n{MOUNTED} {command}\n");
        let found = weights(&text, DISK);
        assert_eq!(found[2], format!("4: {bytes}"), "{from} {command}");
    }
}

#[test]
fn a_later_prune_takes_no_weight_away_but_what_is_copied_from_it_is_less() {
    let text = format!(
        "FROM node:20 AS b\nWORKDIR /app\nCOPY . .\n{MOUNTED} npm ci\nRUN npm prune --omit=dev\nFROM node:20\n\
         COPY --from=b /app/node_modules /m\nCOPY --from=b /app/node_modules/a /a\nCOPY --from=b /app/src /s\n"
    );
    let found = weights(&text, DISK);
    assert_eq!(found[2..], ["4: 1200000", "5: 0", "7: 800000", "8: 600000", "9: 100"]);
}

#[test]
fn a_build_leaves_what_it_left_here_and_stages_hold_it() {
    let text = "FROM node:20 AS b\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:20\n\
                COPY --from=b /app/.next/static /s\nCOPY --from=b /app/public ./p\nCOPY --from=b /app/nothing /n\n\
                RUN npm run make\n";
    let found = weights(text, DISK);
    assert_eq!(found[1..], ["3: 150", "4: 74000", "6: 3000", "7: 50", "8: ?", "9: ?"]);
    let without = text.replace("run build", "run build && rm -rf .next/cache");
    assert_eq!(weights(&without, DISK)[2], "4: 4000");
}

#[test]
fn a_change_of_owner_takes_the_files_into_the_layer_again() {
    let text = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN chown -R node:node /app\nRUN chown -R node /usr/lib\nRUN mkdir x && chown node x\n";
    assert_eq!(weights(text, DISK)[1..], ["3: 150", "4: 150", "5: ?", "6: 0"]);
}

#[test]
fn what_only_running_it_tells_is_not_told() {
    for (command, bytes) in [
        ("echo x > file", "0"),
        ("printf 'a\\n' | tee file", "0"),
        ("cat src/a.ts > /dev/null", "0"),
        ("cat src/a.ts > b.ts", "?"),
        ("head -c 9000000 /dev/zero > zeroes", "?"),
        ("sed s/a/b/ src/a.ts > b.ts", "?"),
        ("sed -i -e s/a/b/ src/a.ts", "100"),
        ("sed -i s/a/b/ /etc/apt/sources.list", "0"),
        ("cp src/a.ts b.ts", "100"),
        ("cp made-elsewhere b.ts", "?"),
        ("ln src/a.ts b.ts", "100"),
        ("ln -sf src/a.ts b.ts", "0"),
        ("command -v node", "0"),
        ("command make", "?"),
        ("env A=b make", "?"),
        ("./install.sh", "?"),
        ("echo \"$(make)\" > file", "?"),
    ] {
        let text = format!("FROM node:20\nWORKDIR /app\nCOPY . .\nRUN {command}\n");
        assert_eq!(weights(&text, DISK)[2], format!("4: {bytes}"), "{command}");
    }
}

#[test]
fn of_a_shell_that_asks_for_lockfiles_the_one_that_is_there_counts() {
    let text = format!(
        "FROM node:20\nWORKDIR /app\nCOPY . .\n{MOUNTED} if [ -f yarn.lock ]; then yarn --frozen-lockfile; \
         elif [ -f package-lock.json ]; then npm ci; else echo none && exit 1; fi\n"
    );
    assert_eq!(weights(&text, DISK)[2], "4: 1200000");
}

#[test]
fn without_a_context_or_a_build_nothing_is_made_up() {
    let text = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm run build\nRUN make\n";
    let bare: &[(&str, usize)] = &[("src/a.ts", 100)];
    assert_eq!(weights(text, bare), ["2: 0", "3: 100", "4: ?", "5: ?"]);
    let model = Model::new(Arc::new(parse(text).0));
    let plan = Plan::new(&model, None);
    let subject = Subject { model: &model, plan: &plan, context: None };
    let made = plan.steps().iter().filter(|step| step.number > 1);
    assert!(made.clone().count() > 0);
    assert!(
        made.map(|step| subject.weight(step.id).size).all(|size| size.is_none_or(|size| size.likely == 0))
    );
    assert_eq!((subject.image().likely, subject.image().basis), (None, None));
}

/// The steps' sizes and the image's of a build whose server is copied, in a project of these dependencies
/// with nothing on disk.
fn standalone(dependencies: &str, page: &str) -> (Vec<Option<Size>>, Total) {
    let package =
        format!(r#"{{"name":"x","scripts":{{"build":"next build"}},"dependencies":{{{dependencies}}}}}"#);
    let files = [
        ("package.json", &*package),
        ("next.config.js", "module.exports = { output: 'standalone' }"),
        (page, "export default () => null"),
    ];
    let text = "FROM node:20-alpine AS b\nWORKDIR /app\nCOPY . .\nRUN npm run build\nFROM node:20-alpine\n\
                COPY --from=b /app/.next/standalone ./\nCOPY --from=b /app/.next/static .next/static\n";
    let (model, view) = seen(text, &files);
    let plan = Plan::new(&model, None);
    let subject = Subject { model: &model, plan: &plan, context: Some(&view) };
    let made = plan.steps().iter().filter(|step| step.layer == Layer::Filesystem && step.number > 1);
    (made.skip(2).map(|step| subject.weight(step.id).size).collect(), subject.image())
}

#[test]
fn a_server_without_a_build_is_reckoned_by_version_router_and_what_comes_along() {
    let likely = |dependencies: &str, page: &str| standalone(dependencies, page).0[1].map(|size| size.likely);
    let app = likely(r#""next":"14.2.0""#, "app/page.js").unwrap();
    let pictures = likely(r#""next":"14.2.0","sharp":"0.33.0""#, "app/page.js").unwrap();
    assert!(app + 15_000_000 < pictures, "{app} {pictures}");
    let image = |page: &str| standalone(r#""next":"14.2.0""#, page).1.likely.unwrap();
    assert!(image("src/pages/index.js") < image("src/app/page.js"));
    assert_eq!(image("src/pages/index.js"), image("pages/index.js"));
    // From version 15 on Next.js brings the pictures' library itself.
    assert!(likely(r#""next":"^16.0.0""#, "app/page.js").unwrap() > app + 15_000_000);
    // Up to 14.0 its programs aren't traced; the server of 12 was a small one.
    let twelve = likely(r#""next":"12.3.7","sharp":"0.33.5""#, "pages/index.js").unwrap();
    let thirteen = likely(r#""next":"13.5.11","sharp":"0.33.5""#, "pages/index.js").unwrap();
    assert!(twelve < 10_000_000 && thirteen < 26_000_000, "{twelve} {thirteen}");
    assert_eq!(likely(r#""next":"14.2.0","whatever":"1""#, "app/page.js"), None);
    assert_eq!(likely(r#""next":"latest""#, "app/page.js"), None);
}

#[test]
fn an_image_is_told_whose_small_parts_are_not() {
    let (steps, image) = standalone(r#""next":"16.1.0""#, "app/page.js");
    // The files for browsers may be few or many.
    assert!(steps[0].is_some() && steps[1].is_some() && steps[2].is_none(), "{steps:?}");
    let image = image.size().unwrap();
    assert!(image.high > image.low && image.high < 2 * image.low, "{image:?}");
}

/// What `command` weighs in a project of which nothing but package.json is there.
fn by_package_json(command: &str, fields: &str) -> Option<Size> {
    let package = format!(r#"{{"name":"x","scripts":{{"build":"next build"}},{fields}}}"#);
    let page = "export default () => null\n".repeat(40);
    let files = [("package.json", &*package), ("app/page.js", &*page)];
    let text = format!("FROM node:20\nWORKDIR /app\nCOPY . .\n{MOUNTED} {command}\n");
    let (model, view) = seen(&text, &files);
    let plan = Plan::new(&model, None);
    let subject = Subject { model: &model, plan: &plan, context: Some(&view) };
    subject.weight(plan.steps().last().unwrap().id).size
}

#[test]
fn without_a_lockfile_an_install_is_reckoned_by_what_package_json_names() {
    let install = |fields: &str| by_package_json("npm install", fields);
    let next = install(r#""dependencies":{"next":"^15.5.0","react":"^19","react-dom":"^19"}"#).unwrap();
    assert!(next.low < next.likely && next.likely < next.high && next.high <= 2 * next.low, "{next:?}");
    // Next.js with its compiler, React and the pictures' library.
    assert!((300_000_000..420_000_000).contains(&next.likely), "{next:?}");
    let more = r#""dependencies":{"next":"^15.5.0","react":"^19","react-dom":"^19","nobody-knows":"1"}"#;
    let more = install(more).unwrap();
    assert!(more.likely > next.likely && more.high > next.high, "{more:?}");
    assert_eq!(install(r#""dependencies":{"nobody-knows":"1","nor-this":"2"}"#), None);
    assert_eq!(install(r#""dependencies":{"next":"^15.5.0","own":"workspace:*"}"#), None);
    assert_eq!(install(r#""workspaces":["apps/*"],"dependencies":{"next":"^15.5.0"}"#), None);
    let both =
        r#""dependencies":{"express":"^4.19.0"},"devDependencies":{"typescript":"^5.5.0","jest":"^29"}"#;
    let production = by_package_json("npm install --omit=dev", both).unwrap();
    let all = install(both).unwrap();
    assert!(all.likely > production.likely + 20_000_000, "{all:?} {production:?}");
}

#[test]
fn yarn_1_keeps_the_packages_of_other_platforms_too() {
    let names = ["linux-x64-gnu", "linux-x64-musl", "darwin-arm64", "win32-x64-msvc"];
    let locked = |names: &[&str]| -> u64 {
        let optional = |name: &&str| format!("    \"@next/swc-{name}\" \"16.1.0\"\n");
        let entry = |name: &&str| format!("\"@next/swc-{name}@16.1.0\":\n  version \"16.1.0\"\n\n");
        let lock = format!(
            "# yarn lockfile v1\n\n\n{}next@16.1.0:\n  version \"16.1.0\"\n  optionalDependencies:\n{}",
            names.iter().map(entry).collect::<String>(),
            names.iter().map(optional).collect::<String>()
        );
        let package = r#"{"name":"x","dependencies":{"next":"16.1.0"}}"#;
        let text = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN yarn install --frozen-lockfile\n";
        let (model, view) = seen(text, &[("package.json", package), ("yarn.lock", &lock)]);
        let plan = Plan::new(&model, None);
        let subject = Subject { model: &model, plan: &plan, context: Some(&view) };
        subject.weight(plan.steps().last().unwrap().id).size.unwrap().likely
    };
    // Each weighs more than 100 MB unpacked and some 40 MB packed; what isn't for Linux is only kept.
    let (own, all) = (locked(&names[..2]), locked(&names));
    assert!((270_000_000..450_000_000).contains(&(all - own)), "{own} {all}");
}

#[test]
fn a_build_is_reckoned_by_its_bundler_and_by_what_pages_load() {
    let build = |fields: &str| by_package_json("npm run build", fields).map(|size| size.likely / 1_000_000);
    let with = |next: &str, more: &str| {
        build(&format!(r#""dependencies":{{"next":"{next}","react":"^19","react-dom":"^19"{more}}}"#))
    };
    // webpack's cache, and Turbopack's, which was none at first.
    let (webpack, turbopack) = (with("15.5.0", "").unwrap(), with("16.4.0", "").unwrap());
    assert!(webpack > 50 && (20..40).contains(&turbopack), "{webpack} {turbopack}");
    assert!(with("16.1.0", "").is_none_or(|likely| likely < 10));
    // A large package of which all is loaded, one of which a little is, and one that stays on the server.
    assert!(with("15.5.0", r#","recharts":"^2.12.0""#).unwrap() > webpack + 30);
    assert!(with("15.5.0", r#","lucide-react":"^0.400.0""#).unwrap() < webpack + 5);
    assert_eq!(with("15.5.0", r#","pg":"^8.12.0""#), Some(webpack));
    assert_eq!(with("15.5.0", r#","nobody-knows":"1","nor-this":"2""#), None);
}
