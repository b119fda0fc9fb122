use super::LockedPackage;

/// Which packages need which, by number, for formats that don't mark development dependencies.
#[derive(Default)]
pub(super) struct Edges {
    /// By package: what it needs, and whether only optionally.
    pub needs: Vec<Vec<(usize, bool)>>,
    /// What the project itself needs in production.
    pub production: Vec<(usize, bool)>,
    /// What it needs for development alone.
    pub development: Vec<(usize, bool)>,
}

/// Marks the packages to which only development dependencies lead, and those to which only optional ones
/// do. What nothing leads to is left as it is: something unseen needs it.
pub(super) fn mark(packages: &mut [LockedPackage], edges: &Edges) {
    let production = reached(edges, &edges.production, true, packages.len());
    let development = reached(edges, &edges.development, true, packages.len());
    let all: Vec<(usize, bool)> = edges.production.iter().chain(&edges.development).copied().collect();
    let firmly = reached(edges, &all, false, packages.len());
    for (at, package) in packages.iter_mut().enumerate() {
        package.dev = development[at] && !production[at];
        package.optional = (production[at] || development[at]) && !firmly[at];
    }
}

fn reached(edges: &Edges, from: &[(usize, bool)], optional_too: bool, count: usize) -> Vec<bool> {
    let mut seen = vec![false; count];
    let goes = |(to, optional): &(usize, bool)| (optional_too || !optional).then_some(*to);
    let mut open: Vec<usize> = from.iter().filter_map(goes).collect();
    while let Some(at) = open.pop() {
        if let Some(seen) = seen.get_mut(at)
            && !std::mem::replace(seen, true)
        {
            open.extend(edges.needs.get(at).into_iter().flatten().filter_map(goes));
        }
    }
    seen
}
