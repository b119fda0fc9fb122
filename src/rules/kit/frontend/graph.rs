use super::stages::place;
use super::steps::Steps;
use super::{Order, Phase, Refusal, Refused};
use crate::catalog::flags::MountType;
use crate::syntax::image::ImageRef;
use crate::syntax::{InstructionId, Keyword, flags};
use crate::text::Span;

/// Refuses what stages take from each other in a circle, and numbers that no stage has.
pub(super) fn read(steps: &mut Steps<'_, '_>) {
    let model = steps.model;
    let stages = model.stages();
    let mut edges: Vec<Vec<(usize, InstructionId, Span)>> = Vec::new();
    for stage in stages {
        let mut of_stage = Vec::new();
        for (id, instruction) in model.steps(stage) {
            for flag in &instruction.flags {
                let Some(value) = &flag.value else { continue };
                match (instruction.keyword, &*flag.name) {
                    (Keyword::Copy, "from") => {
                        let number = value.text.parse::<i64>().ok();
                        let to = match number {
                            Some(number) => {
                                usize::try_from(number).ok().filter(|index| *index < stages.len())
                            }
                            None => steps.names.get(value.text.to_lowercase().as_str()).copied(),
                        };
                        if number.is_some() && to.is_none() {
                            let message = format!(
                                "There is no stage number {}: this file has {}, counted from 0",
                                value.text,
                                stages.len()
                            );
                            let order = Order { phase: Phase::Graph, id: Some(id) };
                            let (span, kind) = (value.span, Refused::Value);
                            let related = Vec::new();
                            steps.out.refusals.push(Refusal {
                                order,
                                span,
                                kind,
                                message,
                                certain: true,
                                related,
                            });
                        } else if number.is_none() && to.is_none() {
                            image(steps, id, value.span, &value.text);
                        }
                        of_stage.extend(to.map(|to| (to, id, value.span)));
                    }
                    (Keyword::Run, "mount") => {
                        let mount = flags::mount::parse(&value.text);
                        let Some(from) = mount.field("from") else { continue };
                        let span = place(model, value.span, &value.text, from.value_span);
                        let name = from.value.as_deref().unwrap_or_default();
                        match steps.names.get(&name.to_lowercase()).copied() {
                            Some(to) => of_stage.push((to, id, span)),
                            None if mount.kind() != Some(MountType::Tmpfs) => image(steps, id, span, name),
                            None => {}
                        }
                    }
                    _ => {}
                }
            }
        }
        edges.push(of_stage);
    }
    circle(steps, &edges);
}

/// Refuses what is neither a stage nor the name of an image.
fn image(steps: &mut Steps<'_, '_>, id: InstructionId, span: Span, name: &str) {
    if name.is_empty() || name.contains('$') {
        return;
    }
    let parsed = ImageRef::parse(name, '\\');
    if let Some(error) = parsed.error() {
        let message = format!("`{name}` is no stage of this file, and no image either: {error}");
        let order = Order { phase: Phase::Images, id: Some(id) };
        let (kind, related) = (Refused::ImageName, Vec::new());
        steps.out.refusals.push(Refusal { order, span, kind, message, certain: true, related });
    }
}

/// Finds the circles, each once, without recursion: a file may have thousands of stages.
fn circle(steps: &mut Steps<'_, '_>, edges: &[Vec<(usize, InstructionId, Span)>]) {
    let mut visited = vec![false; edges.len()];
    let mut on_path = vec![false; edges.len()];
    for start in 0..edges.len() {
        // The stages on the way, each with the number of its edges that have been followed.
        let mut path: Vec<(usize, usize)> = Vec::new();
        if !visited[start] {
            (visited[start], on_path[start]) = (true, true);
            path.push((start, 0));
        }
        while let Some(&mut (stage, ref mut next)) = path.last_mut() {
            let Some(&(to, ..)) = edges[stage].get(*next) else {
                on_path[stage] = false;
                path.pop();
                continue;
            };
            *next += 1;
            if on_path[to] {
                let from = path.iter().position(|(stage, _)| *stage == to).unwrap_or(0);
                let all: Vec<(InstructionId, Span)> = path
                    .iter()
                    .map(|&(stage, next)| (edges[stage][next - 1].1, edges[stage][next - 1].2))
                    .collect();
                tell_circle(steps, &all, from);
            } else if !visited[to] {
                (visited[to], on_path[to]) = (true, true);
                path.push((to, 0));
            }
        }
    }
}

fn tell_circle(steps: &mut Steps<'_, '_>, path: &[(InstructionId, Span)], from: usize) {
    let circle = &path[from..];
    let Some(&(_, span)) = circle.first() else { return };
    // BuildKit's error stands at the first line of the whole way.
    let id = path.iter().map(|(id, _)| *id).min();
    let message = match circle {
        [_] => "A stage can't take something from itself".to_owned(),
        _ => format!(
            "{} stages take something from one another in a circle, so none of them can be built first",
            circle.len()
        ),
    };
    let related =
        circle[1..].iter().map(|(_, span)| (*span, "This is part of the circle.".to_owned())).collect();
    let order = Order { phase: Phase::Graph, id };
    steps.out.refusals.push(Refusal { order, span, kind: Refused::Circle, message, certain: true, related });
}
