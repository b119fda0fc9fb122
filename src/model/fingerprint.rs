use super::{Base, Model};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What one stage of a file hangs on, as numbers: where they are the same in two versions of a file, so is what the text
/// says of the stage, but for where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Where the stage's text begins, in bytes: what stands above its FROM belongs to it.
    pub start: u32,
    /// The text of the stage, the ARGs above all stages, the build arguments.
    pub own: u64,
    /// The same with the stages that it is built on, and the line that the text begins in.
    pub chain: u64,
}

impl Model {
    /// By stage, what it hangs on. Reckoned on first use.
    pub fn fingerprints(&self) -> &[Fingerprint] {
        self.fingerprints.get_or_init(|| self.read_fingerprints())
    }

    fn read_fingerprints(&self) -> Vec<Fingerprint> {
        let source = &**self.tree.source();
        let ends = self.stages.iter().map(|stage| {
            let last = stage.instructions.iter().next_back().copied();
            last.and_then(|id| self.tree.instruction(id)).map_or(0, |instruction| instruction.span.end)
        });
        let first = self.stages.first().and_then(|stage| self.tree.instruction(stage.from));
        let head =
            self.tree.instructions().take_while(|it| first.is_some_and(|first| it.span != first.span)).last();
        let head = head.map_or(0, |instruction| instruction.span.end);
        let mut above = DefaultHasher::new();
        (self.tree.escape(), &self.arguments).hash(&mut above);
        for instruction in self.tree.instructions().take_while(|instruction| instruction.span.end <= head) {
            instruction.span.of(source).hash(&mut above);
        }
        let above = above.finish();

        let (mut all, mut start, mut line): (Vec<Fingerprint>, u32, usize) = (Vec::new(), head, 0);
        let mut counted = 0;
        for (stage, end) in self.stages.iter().zip(ends) {
            let last = stage.index + 1 == self.stages.len();
            let end = if last { source.len() as u32 } else { end.max(start) };
            let text = source.get(start as usize..end as usize).unwrap_or_default();
            line += source.get(counted..start as usize).map_or(0, |text| text.matches('\n').count());
            counted = start as usize;
            let base = match stage.base {
                Base::Stage(base) => all.get(base).copied(),
                _ => None,
            };
            let mut own = DefaultHasher::new();
            (above, stage.index, stage.used, last, text).hash(&mut own);
            let own = own.finish();
            let mut chain = DefaultHasher::new();
            (own, line, base.map(|base| base.chain)).hash(&mut chain);
            let chain = chain.finish();
            all.push(Fingerprint { start, own, chain });
            start = end;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;
    use std::sync::Arc;

    fn of(text: &str) -> Vec<Fingerprint> {
        let (tree, _) = parse(Arc::from(text));
        Model::new(Arc::new(tree)).fingerprints().to_vec()
    }

    /// The stages that differ between two texts: by `chain`, and by `own`.
    fn differing(one: &str, other: &str) -> (Vec<usize>, Vec<usize>) {
        let (one, other) = (of(one), of(other));
        let pairs: Vec<_> = one.iter().zip(&other).enumerate().collect();
        let by = |same: fn(&Fingerprint, &Fingerprint) -> bool| {
            pairs.iter().filter(|(_, (a, b))| !same(a, b)).map(|(at, _)| *at).collect()
        };
        (by(|a, b| a.chain == b.chain), by(|a, b| a.own == b.own))
    }

    const FILE: &str = "ARG V=1\nFROM node AS a\nRUN x\nFROM alpine AS b\nRUN y\nFROM a\nRUN z\nFROM debian\nCOPY --from=b / /\n";

    #[test]
    fn an_edit_changes_its_stage_and_those_that_hang_on_it() {
        assert_eq!(differing(FILE, FILE), (vec![], vec![]));
        let edited = |from: &str, to: &str| differing(FILE, &FILE.replace(from, to));
        assert_eq!(edited("RUN x", "RUN xx"), (vec![0, 2], vec![0]));
        assert_eq!(edited("RUN y", "RUN yy"), (vec![1], vec![1]));
        assert_eq!(edited("V=1", "V=2"), (vec![0, 1, 2, 3], vec![0, 1, 2, 3]));
        // What stands below is told by its line.
        assert_eq!(edited("FROM a\n", "# note\nFROM a\n"), (vec![2, 3], vec![2]));
        assert_eq!(edited("RUN x\n", "RUN x \\\n  y\n"), (vec![0, 1, 2, 3], vec![0]));
    }

    #[test]
    fn a_stage_begins_with_what_stands_above_it() {
        let starts = |text: &str| {
            of(text).iter().map(|it| text[it.start as usize..].trim_start().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(starts("# a\nFROM a\n# b\nFROM b\n"), ["# a\nFROM a\n# b\nFROM b\n", "# b\nFROM b\n"]);
        assert_eq!(starts("ARG A\n# a\nFROM a\n"), ["# a\nFROM a\n"]);
        assert!(of("RUN x\n").is_empty());
    }
}
