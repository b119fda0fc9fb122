//! Names of stages, and what names them.

use crate::model::Stage;
use crate::rules::Input;
use crate::syntax::InstructionId;
use crate::syntax::instruction::from;
use crate::text::Edit;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// The names that a file's stages have and can have. Read once a file ([`Input::stage_names`]).
pub struct StageNames {
    /// Whatever a stage, a FROM or a flag names, in lower case.
    taken: HashSet<String>,
    /// By stage: how many before it have the same name, or none as it has none.
    before: Vec<usize>,
    /// For each wanted name those that were found free, and the number behind the last one that was tried.
    free: RefCell<HashMap<String, (Vec<String>, usize)>>,
}

impl StageNames {
    pub fn read(input: &Input<'_>) -> Self {
        let mut taken: HashSet<String> = HashSet::new();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        for instruction in input.tree().instructions() {
            if let Some(from) = from(instruction) {
                taken.insert(from.image.text.to_lowercase().into());
            }
            for value in instruction.flags.iter().filter_map(|flag| flag.value.as_ref()) {
                let words = value.text.split(|c: char| !is_name(c));
                taken.extend(words.map(|word| word.to_lowercase()));
            }
        }
        let mut counts: HashMap<Option<&str>, usize> = HashMap::new();
        let mut before = Vec::new();
        for stage in input.model().stages() {
            taken.extend(stage.name.as_deref().map(str::to_owned));
            let count = counts.entry(stage.name.as_deref()).or_default();
            before.push(*count);
            *count += 1;
        }
        Self { taken, before, free: RefCell::default() }
    }

    /// A name for `stage` that is free: `wanted`, `wanted-2` and so on. Fixes of stages that have the same name
    /// now, or none, take names of their own. No stage has it, and no FROM or `--from` means something else by it.
    pub fn free(&self, wanted: &str, stage: &Stage) -> Option<String> {
        let mut free = self.free.try_borrow_mut().ok()?;
        let (names, tried) = free.entry(wanted.to_owned()).or_default();
        let skip = *self.before.get(stage.index)?;
        while names.len() <= skip {
            *tried += 1;
            let name = if *tried == 1 { wanted.to_owned() } else { format!("{wanted}-{tried}") };
            if !self.taken.contains(&name) {
                names.push(name);
            }
        }
        names.get(skip).cloned()
    }
}

/// The edits that give the named stage of the FROM `id` its name with `suffix` behind it, here and where the
/// stage is named, and that name.
pub fn with_suffix(input: &Input<'_>, id: InstructionId, suffix: &str) -> Option<(String, Vec<Edit>)> {
    let stage = input.model().stage_of(id).filter(|stage| stage.from == id)?;
    let name = input.stage_names().free(&format!("{}{suffix}", stage.name.as_deref()?), stage)?;
    let mut edits = renamed(input, stage, &name)?;
    edits.push(Edit::replace(stage.name_span?, &*name));
    Some((name, edits))
}

/// The edits that put `name` wherever the file means `stage` by its name or, where it has none, by its number.
/// The FROM of the stage itself is left to the caller. None where such a place isn't written plainly.
pub fn renamed(input: &Input<'_>, stage: &Stage, name: &str) -> Option<Vec<Edit>> {
    let uses = input.model().stages().iter().flat_map(|other| &other.uses);
    let label = stage.label();
    let mut edits = Vec::new();
    for usage in uses.filter(|usage| usage.stage == stage.index) {
        let written = usage.span.of(input.source());
        // A number goes on counting.
        if stage.name.is_some() && written == stage.index.to_string() {
            continue;
        }
        if !written.eq_ignore_ascii_case(&label) {
            return None;
        }
        edits.push(Edit::replace(usage.span, name));
    }
    Some(edits)
}
