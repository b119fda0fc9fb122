use super::content::Content;
use super::graph::{Graph, Input, Node};
use crate::layers::Again;
use crate::syntax::InstructionId;
use std::collections::HashMap;

/// Whether two keys, or two contents, are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Same {
    No,
    /// It hangs on what a command writes.
    Maybe,
    Yes,
}

/// For each step of `after`, in the order of the file, whether its key is missing among those that the
/// build of `before` left.
pub(super) fn compare(before: &Graph, after: &Graph) -> Vec<(InstructionId, Again)> {
    let matches = matches(before, after);
    let again = |node: u32| match matches[node as usize].iter().map(|&(_, same)| same).max() {
        Some(Same::Yes) => Again::No,
        Some(Same::Maybe) => Again::Maybe,
        _ => Again::Yes,
    };
    let mut steps: Vec<_> = after.steps().iter().map(|&(id, node)| (id, again(node))).collect();
    steps.sort_unstable_by_key(|&(id, _)| id);
    steps
}

/// For each node of `after` the nodes of `before` that it is, or may be, the same as.
fn matches(before: &Graph, after: &Graph) -> Vec<Vec<(u32, Same)>> {
    let mut by_operation: HashMap<_, Vec<u32>> = HashMap::new();
    for (index, node) in before.nodes().iter().enumerate() {
        by_operation.entry(node.operation).or_default().push(index as u32);
    }
    let mut found: Vec<Vec<(u32, Same)>> = Vec::with_capacity(after.nodes().len());
    // A node stands behind those that it is made of.
    for node in after.nodes() {
        if let Some(same) = before.find(node.exact) {
            found.push(vec![(same, Same::Yes)]);
            continue;
        }
        let candidates = by_operation.get(&node.operation).map(Vec::as_slice).unwrap_or_default();
        let mut here = Vec::new();
        for &candidate in candidates {
            let same = compare_inputs(node, &before.nodes()[candidate as usize], &found);
            if same != Same::No {
                here.push((candidate, same));
            }
        }
        found.push(here);
    }
    found
}

fn compare_inputs(after: &Node, before: &Node, found: &[Vec<(u32, Same)>]) -> Same {
    if after.inputs.len() != before.inputs.len() {
        return Same::No;
    }
    let mut same = Same::Yes;
    for pair in after.inputs.iter().zip(&before.inputs) {
        let one = match pair {
            (Input::Node(after), Input::Node(before)) => {
                let known = found[*after as usize].iter().find(|(node, _)| node == before);
                known.map_or(Same::No, |&(_, same)| same)
            }
            (Input::Content(after), Input::Content(before)) => contents(after, before),
            _ => Same::No,
        };
        same = same.min(one);
        if same == Same::No {
            break;
        }
    }
    same
}

/// Whether two descriptions say the same content. What files of the context are is known; what a command
/// wrote is the same where the command and all that it saw are, and may be else.
fn contents(a: &Content, b: &Content) -> Same {
    if a.exact() == b.exact() {
        return Same::Yes;
    }
    let missing = |one: &Content, other: &Content| {
        one.known.iter().any(|(path, digest)| match other.known.iter().find(|(known, _)| known == path) {
            Some((_, known)) => known != digest,
            // What isn't put there may still have been written there.
            None => !other.written(),
        })
    };
    if !(a.written() || b.written()) || a.images != b.images || missing(a, b) || missing(b, a) {
        return Same::No;
    }
    Same::Maybe
}
