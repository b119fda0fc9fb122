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
    /// The same with the stages that it is built on.
    pub chain: u64,
    /// The same with the texts of the stages that are built on it, directly or not.
    pub family: u64,
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

        let (mut all, mut start): (Vec<Fingerprint>, u32) = (Vec::new(), head);
        for (stage, end) in self.stages.iter().zip(ends) {
            let last = stage.index + 1 == self.stages.len();
            let end = if last { source.len() as u32 } else { end.max(start) };
            let text = source.get(start as usize..end as usize).unwrap_or_default();
            let base = match stage.base {
                Base::Stage(base) => all.get(base).copied(),
                _ => None,
            };
            let mut own = DefaultHasher::new();
            (above, stage.index, stage.used, last, text).hash(&mut own);
            let own = own.finish();
            let mut chain = DefaultHasher::new();
            (own, base.map(|base| base.chain)).hash(&mut chain);
            let chain = chain.finish();
            all.push(Fingerprint { start, own, chain, family: chain });
            start = end;
        }
        // A stage is built on stages above it, so what is built on one is complete when it is reached from below.
        let mut heirs = vec![DefaultHasher::new(); all.len()];
        for stage in self.stages.iter().rev() {
            let heir = heirs[stage.index].finish();
            let mark = &mut all[stage.index];
            let mut family = DefaultHasher::new();
            (mark.chain, heir).hash(&mut family);
            mark.family = family.finish();
            if let Base::Stage(base) = stage.base
                && let Some(heirs) = heirs.get_mut(base)
            {
                (mark.own, heir).hash(heirs);
            }
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

    /// The stages that differ between two texts: by `chain`, by `own` and by `family`.
    fn differing(one: &str, other: &str) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
        let (one, other) = (of(one), of(other));
        let pairs: Vec<_> = one.iter().zip(&other).enumerate().collect();
        let by = |same: fn(&Fingerprint, &Fingerprint) -> bool| {
            pairs.iter().filter(|(_, (a, b))| !same(a, b)).map(|(at, _)| *at).collect()
        };
        (by(|a, b| a.chain == b.chain), by(|a, b| a.own == b.own), by(|a, b| a.family == b.family))
    }

    const FILE: &str = "ARG V=1\nFROM node AS a\nRUN x\nFROM alpine AS b\nRUN y\nFROM a\nRUN z\nFROM debian\nCOPY --from=b / /\n";

    #[test]
    fn an_edit_changes_its_stage_and_those_that_hang_on_it() {
        let all = vec![0, 1, 2, 3];
        assert_eq!(differing(FILE, FILE), (vec![], vec![], vec![]));
        let edited = |from: &str, to: &str| differing(FILE, &FILE.replace(from, to));
        assert_eq!(edited("RUN x", "RUN xx"), (vec![0, 2], vec![0], vec![0, 2]));
        assert_eq!(edited("RUN y", "RUN yy"), (vec![1], vec![1], vec![1]));
        // The first stage knows what is built on it.
        assert_eq!(edited("RUN z", "RUN zz"), (vec![2], vec![2], vec![0, 2]));
        assert_eq!(edited("V=1", "V=2"), (all.clone(), all.clone(), all.clone()));
        // What only moves stays as it is.
        assert_eq!(edited("FROM a\n", "# note\nFROM a\n"), (vec![2], vec![2], vec![0, 2]));
        assert_eq!(edited("RUN x\n", "RUN x \\\n  y\n"), (vec![0, 2], vec![0], vec![0, 2]));
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
