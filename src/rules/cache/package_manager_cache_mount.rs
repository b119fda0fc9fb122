use crate::context::lockfiles::YarnKind;
use crate::model::Stage;
use crate::rules::kit::removal::{Place, Removal, removal};
use crate::rules::kit::users::Home;
use crate::rules::prelude::*;
use crate::shell::packages::{Action, Tool, Verb};

pub const RULE: Rule = Rule {
    name: "package-manager-cache-mount",
    theme: Theme::Cache,
    aliases: &["tally/prefer-package-cache-mounts"],
    severity: Severities::own(Severity::Hint),
    fix: FixKind::Safe,
    since: "0.1.0",
    reads: Reads::STAGE.and_context(),
    docs: Docs {
        what: "Reports an install with npm, yarn, pnpm, bun or pip in a `RUN` without a cache mount. What pip keeps in \
               a layer that ships is `pip-cache-left`'s to tell, which recommends the same.",
        why: "When the lockfile changes by one line the step runs again, and without its cache the package \
              manager downloads every package anew. A cache mount keeps the downloads between builds on the \
              same machine. It isn't part of the layer, so the image is smaller by that cache, too.",
        example: "FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n",
        instead: "FROM node:22-alpine\nWORKDIR /app\nCOPY package.json package-lock.json ./\n\
                  RUN --mount=type=cache,target=/root/.npm npm ci\n",
        fix: "The fix adds the mount where the cache of this package manager lies for the user in effect. It \
              is safe: what is installed stays the same. Where it isn't known which yarn runs, or where the \
              user's home is, there is none; nor where the step itself may delete that folder, which a mount doesn't allow.",
        files: None,
    },
    check: Check::Instruction(&[Keyword::Run], check),
    examples: &[
        Example::bad("FROM node:22-alpine\nRUN npm ci\n", &[(2, "npm ci")])
            .fixed("FROM node:22-alpine\nRUN --mount=type=cache,target=/root/.npm npm ci\n"),
        Example::bad("FROM node:22\nUSER node\nRUN --network=default set -e; npm install\n", &[(3, "npm install")]).fixed(
            "FROM node:22\nUSER node\nRUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 \
             --network=default set -e; npm install\n",
        ),
        Example::bad("FROM node:22\nRUN yarn --frozen-lockfile\n", &[(2, "yarn --frozen-lockfile")])
            .fixed("FROM node:22\nRUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn --frozen-lockfile\n"),
        Example::bad("FROM node:22\nENV PNPM_HOME=/pnpm\nRUN corepack enable && pnpm i\n", &[(3, "pnpm i")])
            .fixed("FROM node:22\nENV PNPM_HOME=/pnpm\nRUN --mount=type=cache,target=/pnpm/store corepack enable && pnpm i\n"),
        Example::bad(
            "FROM python:3.13 AS a\nRUN pip install -r a.txt\nFROM python:3.13\nCOPY --from=a /a /a\n",
            &[(2, "pip install")],
        )
        .fixed(
            "FROM python:3.13 AS a\nRUN --mount=type=cache,target=/root/.cache/pip pip install -r a.txt\n\
             FROM python:3.13\nCOPY --from=a /a /a\n",
        ),
        Example::ok("FROM python:3.13\nRUN pip install -r requirements.txt\n"),
        // Which yarn corepack starts isn't known; nor is where this user lives.
        Example::bad("FROM node:22\nRUN corepack enable\nRUN yarn install\n", &[(3, "yarn install")]),
        Example::bad("FROM debian:12\nUSER app\nRUN npm ci\n", &[(3, "npm ci")]),
        Example::ok("FROM node:22\nRUN --mount=type=cache,id=npm,target=/root/.npm npm ci\n"),
        Example::ok("FROM node:22\nRUN npm ci && npm cache clean --force\n"),
        // A mount can't be removed, and who removes the cache has decided to have none.
        Example::ok("FROM node:22\nRUN npm ci && rm -rf /root/.npm\n"),
        Example::ok("FROM node:22\nRUN npm ci && rm -rf ~/.npm /tmp/*\n"),
        Example::ok("FROM node:22\nUSER node\nRUN npm ci && rm -rf \"${HOME}/.npm\"\n"),
        Example::ok("FROM node:22\nRUN npm ci && cd /root && rm -rf .npm\n"),
        Example::ok("FROM node:22\nRUN npm ci --cache /tmp/c && rm -rf /tmp/c\n"),
        Example::ok("FROM node:22\nRUN npm ci && rm -rf ~/.npm/*\n"),
        Example::ok("FROM node:22\nRUN npm ci && rm -rf /root/.n*\n"),
        Example::ok("FROM python:3.13\nRUN pip install -r a.txt && sudo rm -rf $HOME/.cache\n"),
        Example::ok("FROM node:22\nRUN yarn && rm -rf /usr/local/share/.cache/*\n"),
        Example::ok("FROM debian:12\nUSER app\nRUN npm ci && rm -rf ~/.npm\n"),
        // What a variable holds isn't known; it may be the cache.
        Example::bad("FROM node:22\nRUN npm ci && rm -rf $unneeded\n", &[(2, "npm ci")]),
        Example::bad("FROM node:22\nRUN npm ci && find /root -name '*.log' -delete\n", &[(2, "npm ci")]),
        Example::bad("FROM node:22\nRUN rm -rf /root/.npm && npm ci\n", &[(2, "npm ci")]),
        Example::bad("FROM node:22\nRUN npm ci && rm -rf /tmp/$x /root/.cache\n", &[(2, "npm ci")])
            .fixed("FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci && rm -rf /tmp/$x /root/.cache\n"),
        Example::ok("FROM python:3.13\nENV PIP_NO_CACHE_DIR=1\nRUN pip install -r a.txt\n"),
        Example::ok("FROM python:3.13\nRUN pip install --no-cache-dir -r a.txt\n"),
        Example::ok("FROM node:22\nRUN npm i -g pnpm && npm run build\n"),
    ],
};

fn check(input: &Input<'_>, site: Site<'_>, found: &mut Vec<Finding>) {
    if site.onbuild || kit::mount::has_cache(site.instruction) {
        return;
    }
    let commands = input.commands(site.id);
    let actions = || commands.iter().filter_map(|command| Some((command, command.action.as_ref()?)));
    for (index, (command, action)) in actions().enumerate() {
        let tool = action.tool;
        let first =
            !actions().take(index).any(|(_, other)| other.tool == tool && downloads(input, site, other));
        let cache = Cache::of(input, site, action);
        // Who cleans the cache has decided to have none.
        let cleaned = actions().any(|(_, other)| other.tool == tool && other.verb == Verb::CleanCache)
            || commands.iter().any(|other| {
                other.command.span.start > command.command.span.start
                    && cache.removal(input, site, other) == Removal::Yes
            });
        if !first || cleaned || !downloads(input, site, action) {
            continue;
        }
        let name = tool.name();
        let message = format!(
            "Each time that this step runs again {name} downloads every package anew, and what it keeps of \
             them stays in the layer. Give {name} a cache that outlives the build, with `RUN --mount=type=cache,…`."
        );
        found.push(Finding::new(command.head(), message).fix(cache.fix(input, site, action)));
    }
}

/// Whether an action fills a cache that is worth to be kept.
fn downloads(input: &Input<'_>, site: Site<'_>, action: &Action<'_>) -> bool {
    match action.tool {
        Tool::Npm | Tool::Yarn | Tool::Pnpm | Tool::Bun => {
            action.verb == Verb::InstallManifest && !action.global
        }
        Tool::Pip => {
            let off =
                input.model().variables(site.id).iter().any(|variable| &*variable.name == "PIP_NO_CACHE_DIR");
            // Where the cache ships, `pip-cache-left` tells of it.
            action.installs() && !action.no_cache && !off && !kit::step::ships(input, site)
        }
        Tool::Apt | Tool::Apk | Tool::Node => false,
    }
}

/// Where a package manager keeps what it downloads.
struct Cache {
    /// Of the user in effect.
    home: Home,
    folder: Option<String>,
}

impl Cache {
    fn of(input: &Input<'_>, site: Site<'_>, action: &Action<'_>) -> Self {
        let home = kit::users::home(input, site.id);
        let Some(stage) = input.model().stage_of(site.id) else { return Self { home, folder: None } };
        let folder = match action.flag(FOLDER_FLAGS) {
            Some(flag) => flag.value.as_deref().filter(|path| path.starts_with('/')).map(str::to_owned),
            None => target(input, site, stage, action, &home.folder),
        };
        Self { home, folder }
    }

    fn removal(&self, input: &Input<'_>, site: Site<'_>, command: &Cmd<'_>) -> Removal {
        let (Some(folder), Some(frame)) = (&self.folder, input.frame(site.id)) else { return Removal::No };
        let place = Place { workdir: &frame.workdir.path, home: &self.home.folder };
        removal(command, &place, folder.trim_end_matches('/'))
    }

    fn fix(&self, input: &Input<'_>, site: Site<'_>, action: &Action<'_>) -> Option<Fix> {
        let (owner, target) = (self.home.owner?, self.folder.as_ref()?);
        // A mount can't be removed: the step would fail.
        let removed =
            input.commands(site.id).iter().any(|command| self.removal(input, site, command) != Removal::No);
        let odd = target.contains([',', '"', ' ', '$']);
        if removed || odd || action.flag(FOLDER_FLAGS).is_some() {
            return None;
        }
        let mount = format!(" --mount=type=cache,target={target}{owner}");
        let edit = Edit::insert(site.instruction.keyword_span.end, mount);
        let title = format!("Keep {}'s cache in a cache mount", action.tool.name());
        Some(Fix::safe(title, input.edits(vec![edit])))
    }
}

/// The options that name the folder of the cache.
const FOLDER_FLAGS: &[&str] = &["--cache", "--cache-folder", "--store-dir", "--cache-dir"];

/// Where the package manager keeps what it downloads.
///
/// Sources: `npm help config` (cache), `yarn cache dir` of yarn 1.22 as root and as a user, pnpm's settings
/// (store-dir), Bun's bunfig (install.cache), pip's `pip cache dir`.
fn target<'a>(
    input: &Input<'a>,
    site: Site<'_>,
    stage: &'a Stage,
    action: &Action<'_>,
    home: &str,
) -> Option<String> {
    let model = input.model();
    let set = |names: &[&str]| {
        let named = |name: &&str| model.variables(site.id).iter().any(|variable| &*variable.name == *name);
        names.iter().find(|name| named(name)).map(|name| model.value(site.id, name))
    };
    // A folder that the file sets itself; None inside where its value isn't known.
    let own = |names: &[&str]| {
        set(names).map(|value| value.filter(|path| path.starts_with('/')).map(str::to_owned))
    };
    match action.tool {
        Tool::Npm => {
            own(&["npm_config_cache", "NPM_CONFIG_CACHE"]).unwrap_or_else(|| Some(format!("{home}/.npm")))
        }
        Tool::Pip => own(&["PIP_CACHE_DIR"]).unwrap_or_else(|| Some(format!("{home}/.cache/pip"))),
        Tool::Bun => {
            own(&["BUN_INSTALL_CACHE_DIR"]).unwrap_or_else(|| Some(format!("{home}/.bun/install/cache")))
        }
        Tool::Pnpm => match own(&["PNPM_HOME"]) {
            Some(path) => path.map(|path| format!("{}/store", path.trim_end_matches('/'))),
            None => Some(format!("{home}/.local/share/pnpm/store")),
        },
        Tool::Yarn => match own(&["YARN_CACHE_FOLDER"]) {
            Some(path) => path,
            None => yarn_cache(input, stage, home),
        },
        Tool::Apt | Tool::Apk | Tool::Node => None,
    }
}

/// Yarn classic's folder, or berry's where it is known to keep a global cache.
fn yarn_cache<'a>(input: &Input<'a>, stage: &'a Stage, home: &str) -> Option<String> {
    let project = kit::node::project(input, stage);
    let field = project.and_then(|p| p.package()).and_then(|package| package.package_manager.as_ref());
    let version = field.filter(|field| field.name == "yarn").map(|field| field.version.as_str());
    let classic = match (version, project.and_then(|project| project.lockfiles.yarn())) {
        (Some(version), _) => version.starts_with("1."),
        (None, Some(kind)) => kind == YarnKind::Classic,
        // The official images bring yarn 1; corepack may bring any.
        (None, None) => !input.source().contains("corepack"),
    };
    if classic {
        let of_root = "/usr/local/share/.cache/yarn".to_owned();
        return Some(if home == "/root" { of_root } else { format!("{home}/.cache/yarn") });
    }
    // Since 4.0 the cache is a global one where nothing else is set (yarn's changelog, enableGlobalCache).
    let major: u32 = version?.split('.').next()?.parse().ok()?;
    (major >= 4).then(|| format!("{home}/.yarn/berry/cache"))
}
