use crate::world::World;
use plimsoll::rules::Files;

const PROJECT: Files = &[
    (
        "package.json",
        r#"{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "15"}}"#,
    ),
    ("package-lock.json", "{}"),
    (".dockerignore", "node_modules\n.next\n"),
];

/// What the image ships of an app that `install` installs and `build` builds in its one stage.
fn ships(install: &str, build: &str) -> String {
    let text = format!(
        "FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN {install}\nCOPY app ./app\nRUN {build}\n\
         CMD [\"npm\", \"start\"]\n"
    );
    let found = World::new(&text, Some(PROJECT)).check();
    let finding = found.iter().find(|finding| finding.rule == "single-stage-next-image").expect("a finding");
    let list = finding.message().split("the image ships ").nth(1).expect("a list");
    list.split(". ").next().expect("a sentence").to_owned()
}

#[test]
fn a_single_stage_ships_what_its_steps_leave_and_nothing_else() {
    const MODULES: &str = "all of node_modules with the development dependencies";
    let all = format!("{MODULES}, npm's cache and the build's own cache");
    assert_eq!(ships("npm ci", "npm run build"), all);
    let without_npm = format!("{MODULES} and the build's own cache");
    assert_eq!(ships("npm ci && npm cache clean --force", "npm run build"), without_npm);
    assert_eq!(ships("npm ci && rm -rf /root/.npm", "npm run build"), without_npm);
    assert_eq!(ships("--mount=type=cache,target=/root/.npm npm ci", "npm run build"), without_npm);
    let without_next = format!("{MODULES} and npm's cache");
    assert_eq!(ships("npm ci", "npm run build && rm -rf .next/cache"), without_next);
    assert_eq!(ships("npm ci", "--mount=type=cache,target=/app/.next/cache npm run build"), without_next);
    // A mount for something else keeps neither out.
    assert_eq!(ships("--mount=type=cache,target=/x npm ci", "npm run build && rm -rf .next/types"), all);
    assert_eq!(ships("npm ci", "--mount=type=cache,target=/root/.npm npm run build"), all);
    assert_eq!(ships("npm ci --omit=dev", "npm run build").split(',').next(), Some("all of node_modules"));
}

#[test]
fn an_unsafe_move_says_why() {
    let files: Files = &[("package.json", "{}"), ("package-lock.json", "{}"), ("a.js", "")];
    let found = World::new("FROM node:22\nCOPY . .\nRUN npm ci\n", Some(files)).check();
    let finding = found.iter().find(|finding| finding.rule == "copy-before-install").expect("a finding");
    let title = &finding.fix().expect("a fix").title;
    assert!(title.contains("unsafe: `node_modules` isn't in .dockerignore"), "{title}");
}
