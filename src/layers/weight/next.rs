//! What `next build` leaves where there is no build on disk, by the version of Next.js, its bundler and the
//! router, by how much source there is and by the packages that pages load.
//!
//! Source: 45 builds on linux/amd64, November 2026. Of Next.js 13.5, 14.2, 15.5 and 16.1 to 16.4, with the App
//! Router and with the Pages Router, apps of 3 pages (8 kB of source), 14 pages with five packages (66 kB), 45
//! pages with twelve (310 kB) and 80 pages without any (470 kB); of 14.2 and 15.5 besides, one app with one
//! package each. What they grow by adds up: the app of 45 pages in 15.5 left a cache of 285 MB, and its parts
//! make 296 MB. Of 12.3, one app of one page with the Pages Router and `sharp`. The ranges are wider than what was measured, since apps differ in more than that.

use super::modules::{self, Modules};
use crate::catalog::{Bytes, Independent, npm};
use crate::context::lock_graph::Target;
use crate::context::lockfiles::Manager;
use crate::context::{Project, VersionBasis, View};
use crate::layers::{Basis, Size};

/// One thing that a build writes: so much whatever the app is, so many bytes for each byte of its sources,
/// and so many thousandths of what its packages bring into webpack's cache.
struct Growth {
    fixed: [u64; 3],
    by_source: [u64; 3],
    by_packages: u64,
}

/// The program of `sharp` for any processor.
const WASM: &str = "@img/sharp-wasm32";

const KB: u64 = 1_000;
const MB: u64 = 1_000_000;

/// What a package brings into webpack's cache where a page loads it as pages do, in kB: with the App Router,
/// and with the Pages Router, whose server doesn't bundle packages. Of some the second is three fifths of the
/// first, as of those together that were measured both ways.
///
/// Source: builds of an app of three pages with 15.5 (App Router) and 14.2 (Pages Router), with one package
/// each; `lucide-react` and others are those of which Next.js takes only what is used.
const CLIENT: [(&str, u64, u64); 20] = [
    ("@emotion/react", 0, 0),
    ("@emotion/styled", 0, 0),
    ("@mui/icons-material", 500, 300),
    ("@mui/material", 54_200, 30_600),
    ("@reduxjs/toolkit", 4_400, 2_600),
    ("@supabase/supabase-js", 25_200, 15_100),
    ("@tanstack/react-query", 5_350, 3_200),
    ("antd", 145_000, 87_000),
    ("axios", 14_700, 3_900),
    ("clsx", 300, 200),
    ("date-fns", 9_300, 5_700),
    ("firebase", 64_000, 38_400),
    ("framer-motion", 31_400, 18_800),
    ("lodash", 10_600, 5_150),
    ("lucide-react", 1_000, 600),
    ("motion", 31_400, 18_800),
    ("react-hook-form", 4_050, 2_400),
    ("react-redux", 0, 0),
    ("recharts", 44_900, 27_100),
    ("zod", 5_400, 3_300),
];

/// One of the packages of `@radix-ui`, likewise.
const RADIX: (u64, u64) = (4_100, 2_500);

/// Packages that Next.js leaves out of its bundles (`serverExternalPackages`), or that no page loads.
const EXTERNAL: [&str; 40] = [
    "@aws-sdk/client-s3",
    "@libsql/client",
    "@prisma/client",
    "@swc/core",
    "argon2",
    "autoprefixer",
    "bcrypt",
    "better-sqlite3",
    "canvas",
    "cross-env",
    "cypress",
    "dotenv",
    "eslint",
    "eslint-config-next",
    "express",
    "firebase-admin",
    "husky",
    "jest",
    "jsdom",
    "mongodb",
    "mongoose",
    "next-seo",
    "pg",
    "pino",
    "playwright",
    "postcss",
    "prettier",
    "prisma",
    "puppeteer",
    "rimraf",
    "sass",
    "sharp",
    "shiki",
    "sqlite3",
    "tailwindcss",
    "ts-node",
    "tsx",
    "typescript",
    "webpack",
    "server-only",
];

/// What `next build` writes into `.next` but for `standalone`.
pub(super) struct Guess {
    /// `.next/server`, manifests and the like.
    pub rest: Bytes,
    /// `.next/static`
    pub statics: Bytes,
    /// `.next/cache`
    pub cache: Bytes,
}

/// What a build of `project` writes.
pub(super) fn guess(view: &View, project: &Project, sources: u64) -> Guess {
    let app = App::of(view, project, sources);
    let statics = Growth { fixed: [350 * KB, 650 * KB, 1_100 * KB], by_source: [0, 1, 3], by_packages: 6 };
    Guess { rest: app.size(&app.rest()), statics: app.size(&statics), cache: app.size(&app.cache()) }
}

/// An app, as far as its builds' weight hangs on it.
struct App<'a> {
    project: &'a Project,
    /// 0 where the version isn't known.
    major: u32,
    /// None where it isn't known, or a newer one may be installed.
    minor: Option<u32>,
    /// Whether pages are only in `app`: where there are some in `pages` too, its rules hold for them.
    app_router: bool,
    turbopack: bool,
    /// The bytes of its sources.
    sources: u64,
}

impl<'a> App<'a> {
    fn of(view: &View, project: &'a Project, sources: u64) -> Self {
        let version = project.next_version.as_ref();
        let major = version.map_or(0, |version| version.major);
        let sure = |basis: &VersionBasis| !matches!(basis, VersionBasis::Range);
        let exact = version.filter(|version| {
            sure(&version.basis) || version.text.starts_with(|first: char| first.is_ascii_digit())
        });
        // The script says which one where it isn't the version's own.
        let script = project.package().and_then(|package| package.script("build")).unwrap_or_default();
        let turbopack = script.contains("--turbo") || major >= 16 && !script.contains("--webpack");
        let minor = exact.and_then(|version| version.minor);
        let app_router = uses_app_router(view, project);
        Self { project, major, minor, app_router, turbopack, sources }
    }

    fn cache(&self) -> Growth {
        let (fixed, by_source, by_packages) = match (self.major, self.app_router) {
            (0, _) => ([0, 23, 120], [0, 40, 400], 1000),
            // Turbopack keeps what it did for the next build from 16.3 on.
            (major, _) if self.turbopack && major < 16 => ([0, 0, 1], [0, 0, 0], 0),
            (16, _) if self.turbopack && self.minor.is_some_and(|minor| minor < 3) => {
                ([0, 0, 0], [0, 0, 0], 0)
            }
            (16, true) if self.turbopack && self.minor == Some(3) => ([32, 40, 50], [15, 40, 90], 230),
            (16.., true) if self.turbopack => ([20, 26, 34], [15, 40, 90], 230),
            (16.., false) if self.turbopack => ([8, 13, 18], [10, 25, 60], 380),
            (..=13, true) => ([17, 21, 32], [35, 80, 200], 780),
            (14, true) => ([24, 30, 42], [35, 90, 200], 950),
            (15.., true) => ([48, 58, 75], [70, 190, 400], 1000),
            (..=14, false) => ([6, 8, 13], [25, 65, 150], 1000),
            (15.., false) => ([11, 16, 23], [40, 110, 250], 1000),
        };
        Growth { fixed: fixed.map(|count| count * MB), by_source, by_packages }
    }

    fn rest(&self) -> Growth {
        let (fixed, by_source, by_packages) = match (self.major, self.app_router) {
            (0, _) => ([100, 2_000, 8_000], [1, 10, 30], 20),
            (_, true) if self.turbopack => ([2_500, 5_000, 7_000], [6, 14, 30], 45),
            (_, false) if self.turbopack => ([1_000, 3_000, 5_000], [2, 7, 20], 40),
            (..=14, true) => ([400, 800, 2_000], [3, 9, 20], 14),
            (15.., true) => ([500, 1_250, 3_000], [6, 14, 30], 10),
            (_, false) => ([100, 350, 1_000], [1, 4, 10], 8),
        };
        Growth { fixed: fixed.map(|count| count * KB), by_source, by_packages }
    }

    /// What of the build lies in `standalone`.
    fn within_standalone(&self) -> Growth {
        if !self.turbopack {
            return self.rest();
        }
        Growth { fixed: [500 * KB, 900 * KB, 2 * MB], by_source: [4, 10, 25], by_packages: 20 }
    }

    /// What grows so comes to, for this app.
    fn size(&self, growth: &Growth) -> Bytes {
        let of = |[low, likely, high]: [u64; 3]| Bytes { low, likely, high };
        let sources = of(growth.by_source.map(|count| self.sources.saturating_mul(count)));
        let share = |count: u64| count / 1000 * growth.by_packages;
        let packages = self.packages().map(|it| of([share(it.low), share(it.likely), share(it.high)]));
        packages.chain([of(growth.fixed), sources]).collect::<Independent>().sum()
    }

    /// What each of the app's packages brings into webpack's cache. Of one that pages load less or more may be
    /// used; of one that wasn't measured it is a matter of its size at most.
    fn packages(&self) -> impl Iterator<Item = Bytes> + '_ {
        let dependencies = self.project.package().map_or(&[][..], |package| &package.dependencies);
        let loaded = dependencies.iter().filter(|(name, _)| {
            !is_of_next(name) && !EXTERNAL.contains(&name.as_str()) && !name.starts_with("@types/")
        });
        loaded.map(|(name, range)| {
            let known = CLIENT.iter().find(|(known, ..)| known == name).map(|(_, app, pages)| (*app, *pages));
            if let Some((app, pages)) = known.or(name.starts_with("@radix-ui/").then_some(RADIX)) {
                let likely = KB * if self.app_router { app } else { pages };
                return Bytes { low: likely / 10 * 3, likely, high: likely / 2 * 3 };
            }
            let size = with_what_comes(name, range).map_or(10 * MB, |size| size.likely);
            Bytes { low: 0, likely: size.min(10 * MB), high: size.saturating_mul(6).min(60 * MB) }
        })
    }
}

/// A package with what comes along with it that isn't Next.js's anyway; None where no table knows it.
fn with_what_comes(name: &str, range: &str) -> Option<Bytes> {
    let own = npm::package(name, Some(range))?;
    let along = npm::tree(name, Some(range)).map(|tree| tree.heavy).unwrap_or_default();
    let along = along.into_iter().filter(|(name, _)| !is_of_next(name));
    let along = along.filter_map(|(name, version)| npm::package(name, Some(version)));
    Some(along.chain([own]).collect::<Independent>().sum())
}

/// `.next/standalone` by the lockfile, or by package.json; None where nothing tells it.
pub(super) fn standalone(view: &View, project: &Project, sources: u64, target: Target<'_>) -> Option<Size> {
    let modules = Modules { project: project.folder.clone(), production: true };
    let app = App::of(view, project, sources);
    let mut parts = vec![app.server(), app.size(&app.within_standalone())];
    let rest = match project.lock_graph() {
        Some(_) => modules::beyond(view, &modules, target, is_of_next).map(|size| size.bytes()),
        None => Some(beyond_package_json(project)?),
    };
    // The App Router bundles what the server needs but for some packages that can't be; the Pages Router
    // takes all from node_modules, though not every file.
    parts.extend(rest.map(|rest| match app.app_router {
        true => Bytes { low: 0, likely: rest.likely / 50, high: rest.high / 3 },
        false => Bytes { low: 0, likely: rest.likely / 4, high: rest.high },
    }));
    // The pictures' library is traced whole where it is installed, its programs by newer versions only.
    if project.lock_graph().is_some() {
        let own = |is_other: fn(&str) -> bool| {
            modules::beyond(view, &modules, target, is_other).map(|size| size.bytes())
        };
        parts.extend(own(|name| name != "sharp"));
        if app.traces_programs() {
            parts.extend(own(|name| !name.starts_with("@img/") || name == WASM));
            let wasm = own(|name| name != WASM);
            // From among pnpm's links it wasn't traced, in either of two builds that were looked into.
            let manager =
                project.lockfiles.manager(project.package().and_then(|it| it.package_manager.as_ref()));
            let linked = manager.is_some_and(|(manager, _)| manager == Manager::Pnpm);
            parts.extend(wasm.map(|size| if linked { Bytes { low: 0, likely: 0, ..size } } else { size }));
        }
    } else {
        parts.extend(sharp(project, target, app.traces_programs()));
    }
    let basis = if project.lock_graph().is_some() { Basis::Lockfile } else { Basis::Table };
    Some(Size::of(parts.into_iter().collect::<Independent>().sum(), basis))
}

impl App<'_> {
    /// Whether the programs that `sharp` has in packages of their own from 0.33 on are traced: from 14.1 on.
    fn traces_programs(&self) -> bool {
        self.major > 14 || self.major == 14 && self.minor != Some(0) || self.major == 0
    }

    /// Next.js's own server with React, without the pictures' library: 5.9 MB in 12.3, 21.7 MB in 13.5, 17.6 MB in 14.2 (18.9
    /// MB with the Pages Router), 30.0 MB in 15.5, 16.0 MB in 16.1 and 16.4 MB in 16.4 (18.0 MB).
    fn server(&self) -> Bytes {
        let [low, likely, high] = match self.major {
            0 => [8_000, 18_000, 36_000],
            1..=12 => [4_500, 5_900, 8_500],
            13 => [17_000, 21_700, 26_000],
            14 => [14_000, 17_900, 22_000],
            15 => [25_000, 30_000, 36_000],
            16.. if self.turbopack => [13_500, 16_500, 20_000],
            16.. => [23_000, 27_500, 33_000],
        };
        let own = Bytes { low: low * KB, likely: likely * KB, high: high * KB };
        // Up to 16.1 its compiler was traced too in apps of TypeScript, but not in all of them.
        let typed = self.project.package().is_some_and(|package| package.dependency("typescript").is_some());
        if typed && (self.major == 15 || self.major == 16 && self.minor.is_some_and(|minor| minor < 2)) {
            return own + Bytes { low: 0, likely: 9 * MB, high: 20 * MB };
        }
        own
    }
}

/// Whether pages are only in `app`: where there are some in `pages` too, its rules hold for them.
fn uses_app_router(view: &View, project: &Project) -> bool {
    let start = if project.folder.is_empty() { String::new() } else { format!("{}/", project.folder) };
    let has = |folder: &str| {
        view.files.iter().any(|file| {
            let path = file.path.strip_prefix(&*start);
            path.is_some_and(|path| path.strip_prefix("src/").unwrap_or(path).starts_with(folder))
        })
    };
    has("app/") && !has("pages/")
}

/// What a server can need beyond Next.js by package.json alone; None where a table doesn't know a package,
/// since nothing tells then what that one needs, and where the version of Next.js isn't known.
fn beyond_package_json(project: &Project) -> Option<Bytes> {
    project.next_version.as_ref()?;
    let others = project.package()?.dependencies.iter().filter(|(name, _)| !is_of_next(name));
    let known = others.map(|(name, range)| {
        let size = with_what_comes(name, range)?;
        Some(Bytes { low: 0, likely: size.likely, high: size.high })
    });
    known.sum()
}

/// `sharp` with its programs, by package.json alone: a dependency of Next.js's own from version 15 on.
///
/// Source: Next.js's optionalDependencies; the packages' own, of which `@img/sharp-wasm32` names no
/// processor in 0.35, so that it is installed everywhere, and does in 0.34.
fn sharp(project: &Project, target: Target<'_>, programs_too: bool) -> Vec<Bytes> {
    let major = project.next_version.as_ref().map_or(0, |version| version.major);
    let asked = project.package().is_some_and(|package| package.dependency("sharp").is_some());
    if major < 15 && !asked {
        return Vec::new();
    }
    // From version to version libvips grows or shrinks.
    let programs = npm::platform_packages("sharp", target.libc == Some("musl")).iter();
    let everywhere = npm::package(WASM, None).map(|size| Bytes {
        low: 0,
        likely: if major < 16 { 0 } else { size.likely },
        high: size.high,
    });
    npm::package("sharp", None)
        .into_iter()
        .chain(
            programs.filter_map(|name| npm::package(name, None)).chain(everywhere).filter(|_| programs_too),
        )
        .collect()
}

/// Whether a package comes with Next.js and React, or is reckoned apart.
fn is_of_next(name: &str) -> bool {
    let own = ["next", "react", "react-dom", "sharp", "styled-jsx", "caniuse-lite", "postcss", "client-only"];
    own.contains(&name)
        || ["@next/", "@img/", "@swc/", "@types/", "@emnapi/", "@babel/"]
            .iter()
            .any(|start| name.starts_with(start))
}
