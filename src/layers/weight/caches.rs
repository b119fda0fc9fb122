//! What package managers keep of their downloads in a layer.

use super::modules::Weighed;
use super::{Part, What};
use crate::catalog::{Bytes, Independent};
use crate::layers::{Basis, Size};
use crate::shell::packages::Tool;

/// One entry of npm's index, and the mean of a registry's document about a package: the registry may send
/// the whole document, as in the trees that were measured (37 to 276 kB in the mean of eight), or only what
/// an install needs.
const INDEX: u64 = 1_500;
const DOCUMENT: Bytes = Bytes { low: 25_000, likely: 115_000, high: 220_000 };

/// The mean of the tree that had the largest; taken as the most where the packages aren't known one by one.
const MOST: u64 = 280_000;

/// What stays of the downloads of an install. `left_out` are the files and archives of the packages that the
/// lockfile names and that weren't installed.
///
/// npm keeps the archives as they are. Yarn 1 keeps them unpacked and packed, with a list of files
/// (measured: 4 %), and downloads what it leaves out, too (its `install` fetches before it checks what fits;
/// measured with 1.22.22 and Next.js 16: 1.9 GB beside 503 MB of node_modules, the same for production). pnpm and bun link the files of their store into node_modules, so that both together
/// weigh no more than one; only what the store notes about them is more (measured with two projects of 264 and
/// 355 packages: 1.0 % and 2.4 % with pnpm 9, nothing with bun 1; without a lockfile some 340 kB and 75 kB for
/// each package). Yarn berry keeps one zip a package, which version 4 doesn't compress.
pub(super) fn part(
    tool: Tool,
    berry: Option<u32>,
    weighed: Option<&Weighed>,
    left_out: Option<(Bytes, Bytes)>,
) -> Part {
    let what = What::PackageCache { tool: tool.name() };
    let Some(weighed) = weighed else { return Part { what, size: None } };
    let (files, packed) = (weighed.size.bytes(), weighed.packed.bytes());
    // What the registry says of each package is kept too, where no lockfile says which version it is.
    let looked_up = |each: u64| {
        let all = if weighed.locked { 0 } else { times(each, weighed.packages as u64) };
        Bytes { low: 0, likely: all / 2, high: all }
    };
    let bytes = match (tool, berry) {
        (Tool::Npm, _) => {
            let count = weighed.packages as u64;
            let unresolved = weighed.unresolved;
            let each = |bytes: u64| times(bytes, unresolved.count);
            let likely = each(DOCUMENT.likely).saturating_add(unresolved.large);
            // Either none is asked for, or all are.
            let sure = |bytes: u64, part: u64| if unresolved.unsure { part } else { bytes };
            let documents = Bytes {
                low: sure(each(DOCUMENT.low).saturating_add(unresolved.large / 5), 0),
                likely: sure(likely, likely / 2),
                high: each(if unresolved.unsure { MOST } else { DOCUMENT.high })
                    .saturating_add(unresolved.large / 10 * 12),
            };
            let archives = packed + Bytes::exact(times(INDEX, count));
            // How documents grow has nothing to do with how archives are packed; but where the number of
            // packages is a guess, both are off with it.
            match weighed.locked {
                true => [archives, documents].into_iter().collect::<Independent>().sum(),
                false => archives + documents,
            }
        }
        (Tool::Yarn, None) => {
            let (more, more_packed) = left_out.unwrap_or_default();
            let files = files + more;
            files + packed + more_packed + Bytes::about(files.likely / 25, 50)
        }
        (Tool::Yarn, Some(major)) if major >= 4 => Bytes::about(files.likely, 10),
        (Tool::Yarn, Some(_)) => packed,
        (Tool::Pnpm, _) => Bytes::about(files.likely / 50, 60) + looked_up(340_000),
        (Tool::Bun, _) => Bytes { low: 0, likely: 0, high: files.likely / 100 } + looked_up(75_000),
        _ => return Part { what, size: None },
    };
    Part { what, size: Some(Size::of(bytes, Basis::Table)) }
}

fn times(bytes: u64, count: u64) -> u64 {
    bytes.saturating_mul(count)
}
