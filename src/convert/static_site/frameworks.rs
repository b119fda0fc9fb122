//! Frameworks that build with Vite, or like it, but whose pages a server of their own may make.

use super::programs;
use crate::context::{PackageJson, Program, Project, View};
use crate::convert::places;
use crate::convert::refuse::{Stop, refused_by};

/// The package that tells a framework, and what that is called. Sources: the frameworks' own guides to deployment.
const FRAMEWORKS: [(&str, &str); 18] = [
    ("@sveltejs/kit", "SvelteKit"),
    ("@remix-run/dev", "Remix"),
    ("@react-router/dev", "React Router as a framework"),
    ("astro", "Astro"),
    ("nuxt", "Nuxt"),
    ("nuxt3", "Nuxt"),
    ("vike", "Vike"),
    ("vite-plugin-ssr", "vite-plugin-ssr"),
    ("vite-ssr", "vite-ssr"),
    ("@solidjs/start", "SolidStart"),
    ("solid-start", "SolidStart"),
    ("@builder.io/qwik-city", "Qwik City"),
    ("@qwik.dev/router", "Qwik Router"),
    ("@tanstack/react-start", "TanStack Start"),
    ("@tanstack/solid-start", "TanStack Start"),
    ("@analogjs/platform", "Analog"),
    ("vinxi", "Vinxi"),
    ("waku", "Waku"),
];

/// Their own programs, where those aren't Vite's.
const PROGRAMS: [&str; 13] = [
    "astro",
    "nuxt",
    "nuxi",
    "remix",
    "remix-serve",
    "react-router",
    "react-router-serve",
    "svelte-kit",
    "vike",
    "vite-ssr",
    "solid-start",
    "vinxi",
    "waku",
];

fn of(package: &PackageJson) -> Option<(&'static str, &'static str)> {
    FRAMEWORKS.into_iter().find(|(name, _)| package.dependency(name).is_some())
}

/// Whether a program is that of a framework which the project uses.
pub(super) fn runs(program: &Program, package: Option<&PackageJson>) -> bool {
    PROGRAMS.contains(&programs::name(program)) && package.is_some_and(|package| of(package).is_some())
}

/// Refuses a project of a framework.
pub(super) fn check(view: &View, project: &Project) -> Result<(), Stop> {
    let Some((dependency, name)) = project.package().and_then(of) else { return Ok(()) };
    let path = places::below(&project.folder, "package.json");
    // The contract of the command line has no code for other frameworks than the one it is about.
    Err(refused_by(
        "not-nextjs",
        view.absolute(&path),
        None,
        format!(
            "{path} names {dependency}: {name} may answer requests on a server of its own, so its build may be more \
             than files to serve, and no recipe is for it yet."
        ),
    ))
}
