use super::*;
use crate::shell::parse_str;

/// What the last command of `text` asks for, in one line.
fn asked(text: &str) -> String {
    let script = parse_str(text);
    let commands = script.commands();
    let Some(action) = commands.last().and_then(of) else { return "nothing".to_owned() };
    let mut said = format!(
        "{} {}",
        action.tool.name(),
        match &action.verb {
            Verb::InstallManifest => "manifest".to_owned(),
            Verb::InstallPackages => "install".to_owned(),
            Verb::RunScript(name) => format!("script {name}"),
            Verb::Exec => {
                let words: Vec<_> = action.program.iter().map(|word| word.value_or_text()).collect();
                format!("exec {}", words.join(" "))
            }
            Verb::Update => "update".to_owned(),
            Verb::Upgrade => "upgrade".to_owned(),
            Verb::Remove => "remove".to_owned(),
            Verb::CleanCache => "clean".to_owned(),
            Verb::Other => "other".to_owned(),
        }
    );
    for package in &action.packages {
        said += &format!(" [{}", package.name);
        if let Some(version) = &package.version {
            said += &format!(" {version}");
        }
        said += if package.direct { " direct]" } else { "]" };
    }
    let marks = [
        (action.frozen, " frozen"),
        (action.global, " global"),
        (action.production, " production"),
        (action.assume_yes, " yes"),
        (action.no_recommends, " no-recommends"),
        (action.no_cache, " no-cache"),
        (action.ignore_scripts, " no-scripts"),
    ];
    marks.iter().filter(|(on, _)| *on).for_each(|(_, mark)| said += mark);
    if let Some(directory) = &action.directory {
        said += &format!(" in {directory}");
    }
    if let Some(group) = &action.group {
        said += &format!(" as {group}");
    }
    for file in &action.files {
        said += &format!(" from {file}");
    }
    said
}

fn table(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(asked(text), *expected, "{text}");
    }
}

#[test]
fn npm() {
    table(&[
        ("npm ci", "npm manifest frozen"),
        ("npm --silent ci", "npm manifest frozen"),
        ("npm ci --omit=dev --ignore-scripts", "npm manifest frozen production no-scripts"),
        ("npm ci --omit dev", "npm manifest frozen production"),
        ("npm install", "npm manifest"),
        ("npm i --production", "npm manifest production"),
        ("npm i --production=false", "npm manifest"),
        ("npm install --registry https://example.org/ --prefix web", "npm manifest in web"),
        (
            "npm install -g npm@10.2.0 @nestjs/cli@^9 pm2",
            "npm install [npm 10.2.0] [@nestjs/cli ^9] [pm2] global",
        ),
        (
            "npm install git+https://example.org/a.git ./b",
            "npm install [git+https://example.org/a.git direct] [./b direct]",
        ),
        ("npm run build", "npm script build"),
        ("npm --prefix web run build -- --debug", "npm script build in web"),
        ("npm start", "npm script start"),
        ("npm test", "npm script test"),
        ("npm t", "npm script test"),
        ("npm cache clean --force", "npm clean"),
        ("npm update", "npm upgrade"),
        ("npm prune --production", "npm remove production"),
        ("npm uninstall left-pad", "npm remove [left-pad]"),
        ("npx next build", "npm exec next build"),
        ("npx -y --package=typescript tsc", "npm exec tsc"),
        ("npm exec -- next build", "npm exec next build"),
        ("npm config set registry x", "npm other"),
        ("npm", "npm other"),
        ("sudo -E npm ci", "npm manifest frozen"),
        ("node --run build", "node script build"),
        ("node server.js", "nothing"),
        ("npm run $SCRIPT", "npm script $SCRIPT"),
    ]);
}

#[test]
fn yarn() {
    table(&[
        ("yarn", "yarn manifest"),
        ("yarn --frozen-lockfile", "yarn manifest frozen"),
        ("yarn install --immutable", "yarn manifest frozen"),
        ("yarn install --production=true --network-timeout 600000", "yarn manifest production"),
        ("yarn install --production=false", "yarn manifest"),
        ("yarn --cwd web install", "yarn manifest in web"),
        ("yarn add react@18 @types/node", "yarn install [react 18] [@types/node]"),
        ("yarn global add serve", "yarn install [serve] global"),
        ("yarn build", "yarn script build"),
        ("yarn run build --debug", "yarn script build"),
        ("yarn next build", "yarn exec next build"),
        ("yarn dlx prisma generate", "yarn exec prisma generate"),
        ("yarn workspace web build", "yarn script build"),
        ("yarn workspaces focus --production", "yarn manifest production"),
        ("yarn cache clean", "yarn clean"),
        ("yarn set version berry", "yarn other"),
        ("yarn --version", "yarn other"),
        ("corepack yarn install", "yarn manifest"),
    ]);
}

#[test]
fn pnpm() {
    table(&[
        ("pnpm install --frozen-lockfile", "pnpm manifest frozen"),
        ("pnpm i --prod", "pnpm manifest production"),
        ("pnpm -C web i", "pnpm manifest in web"),
        ("pnpm fetch", "pnpm manifest"),
        ("pnpm add -g turbo@2", "pnpm install [turbo 2] global"),
        ("pnpm --filter web run build", "pnpm script build"),
        ("pnpm --filter=web build", "pnpm script build"),
        ("pnpm build", "pnpm script build"),
        ("pnpm next build", "pnpm exec next build"),
        ("pnpm exec next build", "pnpm exec next build"),
        ("pnpm --filter web exec next build", "pnpm exec next build"),
        ("pnpm dlx turbo prune", "pnpm exec turbo prune"),
        ("pnpm store prune", "pnpm clean"),
        ("pnpm config set store-dir /pnpm", "pnpm other"),
    ]);
}

#[test]
fn bun() {
    table(&[
        ("bun install --frozen-lockfile --production", "bun manifest frozen production"),
        ("bun i", "bun manifest"),
        ("bun add next@15", "bun install [next 15]"),
        ("bun run build", "bun script build"),
        ("bun --bun run next build", "bun exec next build"),
        ("bunx next build", "bun exec next build"),
        ("bun x next build", "bun exec next build"),
        ("bun test", "bun other"),
        ("bun start", "bun script start"),
        ("bun server.ts", "bun other"),
        ("bun pm cache rm", "bun clean"),
    ]);
}

#[test]
fn apt() {
    table(&[
        ("apt-get update", "apt-get update"),
        ("apt-get install -y curl", "apt-get install [curl] yes"),
        ("apt-get -qq -y install curl", "apt-get install [curl] yes"),
        ("apt-get -qq install curl", "apt-get install [curl] yes"),
        ("apt-get -q install curl", "apt-get install [curl]"),
        ("apt-get install -yqq --no-install-recommends a b", "apt-get install [a] [b] yes no-recommends"),
        (
            "apt-get install -o Dpkg::Options::=--force-confold -t bookworm-backports -y a",
            "apt-get install [a] yes",
        ),
        (
            "apt install -y -o APT::Install-Recommends=false a=1.2-3 b/bookworm c:amd64",
            "apt-get install [a 1.2-3] [b bookworm] [c:amd64] yes no-recommends",
        ),
        ("apt-get install -y g++ libstdc++6 gcc-", "apt-get install [g++] [libstdc++6] yes"),
        ("apt-get install -y ./a.deb /tmp/b.deb", "apt-get install [./a.deb direct] [/tmp/b.deb direct] yes"),
        ("DEBIAN_FRONTEND=noninteractive apt-get install -y a", "apt-get install [a] yes"),
        ("apt-get upgrade -y", "apt-get upgrade yes"),
        ("apt-get purge -y --auto-remove gcc", "apt-get remove [gcc] yes"),
        ("apt-get clean", "apt-get clean"),
        ("apt-get install -y a=$VERSION", "apt-get install [a $VERSION] yes"),
        ("apt-mark hold a", "nothing"),
    ]);
}

#[test]
fn apk() {
    table(&[
        ("apk add --no-cache curl=8.5.0-r0 git", "apk install [curl 8.5.0-r0] [git] yes no-cache"),
        ("apk --no-cache add curl", "apk install [curl] yes no-cache"),
        (
            "apk add -U --virtual .build gcc 'musl-dev>1' make~=4.4 g~4",
            "apk install [gcc] [musl-dev >1] [make ~=4.4] [g ~4] yes as .build",
        ),
        ("apk add --repository https://example.org/edge -t .x vips@edge", "apk install [vips] yes as .x"),
        ("apk del .build", "apk remove [.build] yes"),
        ("apk update", "apk update yes"),
        ("apk upgrade", "apk upgrade yes"),
        ("apk cache clean", "apk clean yes"),
    ]);
}

#[test]
fn pip() {
    table(&[
        ("pip install --no-cache-dir -r requirements.txt", "pip manifest no-cache from requirements.txt"),
        (
            "pip3 install 'requests[socks]>=2,<3' flask==3.0 -i https://example.org/simple",
            "pip install [requests[socks] >=2,<3] [flask 3.0]",
        ),
        ("python3 -m pip install --upgrade pip", "pip install [pip]"),
        ("uv pip install ruff", "pip install [ruff]"),
        ("pip install .", "pip install [. direct]"),
        ("pip install -e .[dev]", "pip manifest"),
        ("pip uninstall -y a", "pip remove [a] yes"),
        ("pip cache purge", "pip clean"),
        ("pip3.11 install a", "pip install [a]"),
        ("pipx install a", "nothing"),
    ]);
}

#[test]
fn spans_are_those_of_the_words() {
    let text = "x && sudo apt-get -y install curl=1 \\\n  git";
    let script = parse_str(text);
    let commands = script.commands();
    let action = commands.last().and_then(of).expect("an action");
    assert_eq!(action.packages[0].span.of(text), "curl=1");
    assert_eq!(action.packages[1].span.of(text), "git");
    assert_eq!(action.verb_span.expect("a verb").of(text), "install");
    assert_eq!(action.span.of(text), "apt-get -y install curl=1 \\\n  git");
    assert_eq!(action.flags[0].span.of(text), "-y");
}
