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

/// What stays of the downloads of an install.
///
/// npm keeps the archives as they are. Yarn 1 keeps them unpacked and packed, with a list of files
/// (measured: 4 %). pnpm and bun link the files of their store into node_modules, so that both together
/// weigh no more than one; only what the store notes about them is more. Yarn berry keeps one zip a
/// package, which version 4 doesn't compress.
pub(super) fn part(tool: Tool, berry: Option<u32>, weighed: Option<&Weighed>) -> Part {
    let what = What::PackageCache { tool: tool.name() };
    let Some(weighed) = weighed else { return Part { what, size: None } };
    let (files, packed) = (weighed.size.bytes(), weighed.packed.bytes());
    let bytes = match (tool, berry) {
        (Tool::Npm, _) => {
            let count = weighed.packages as u64;
            let (large, unsure) = (weighed.unresolved.large, weighed.unresolved.unsure);
            let documents = Bytes {
                low: if unsure {
                    0
                } else {
                    times(DOCUMENT.low, weighed.unresolved.count).saturating_add(large / 5)
                },
                likely: if unsure {
                    0
                } else {
                    times(DOCUMENT.likely, weighed.unresolved.count).saturating_add(large)
                },
                high: times(DOCUMENT.high, weighed.unresolved.count).saturating_add(large / 10 * 12),
            };
            let archives = packed + Bytes::exact(times(INDEX, count));
            // How documents grow has nothing to do with how archives are packed.
            [archives, documents].into_iter().collect::<Independent>().sum()
        }
        (Tool::Yarn, None) => files + packed + Bytes::about(files.likely / 25, 50),
        (Tool::Yarn, Some(major)) if major >= 4 => Bytes::about(files.likely, 10),
        (Tool::Yarn, Some(_)) => packed,
        (Tool::Pnpm | Tool::Bun, _) => Bytes::about(files.likely / 50, 60),
        _ => return Part { what, size: None },
    };
    Part { what, size: Some(Size::of(bytes, Basis::Table)) }
}

fn times(bytes: u64, count: u64) -> u64 {
    bytes.saturating_mul(count)
}
