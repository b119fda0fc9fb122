use super::*;
use crate::syntax::{Keyword, parse};

fn model(text: &str) -> Model {
    Model::new(Arc::new(parse(text).0))
}

fn nth(model: &Model, keyword: Keyword, n: usize) -> InstructionId {
    model.tree().numbered().filter(|(_, i)| i.keyword == keyword).nth(n).unwrap().0
}

#[test]
fn the_target_needs_the_stages_that_it_copies_from() {
    let model = model(
        "FROM a AS deps\nFROM deps AS build\nFROM b AS docs\nFROM c\nCOPY --from=Build /x /\nRUN --mount=type=bind,from=0,target=/d true\n",
    );
    let used: Vec<bool> = model.stages().iter().map(|stage| stage.used).collect();
    assert_eq!(used, [true, true, false, true]);
    let mount = &model.stages()[3].uses[1];
    assert_eq!((mount.stage, mount.span.of(model.tree().source())), (0, "0"));
}

#[test]
fn variables_are_expanded_where_they_stand() {
    let model = model(
        "ARG V=20\nARG UNUSED=1\nFROM node:${V}-alpine AS a\nARG V\nENV A=$V B=${A:-x}\nENV C=$A\nFROM a\nRUN true\n",
    );
    let base = Base::Image { written: "node:${V}-alpine".into(), reference: Some("node:20-alpine".into()) };
    assert_eq!(model.stages()[0].base, base);
    let run = nth(&model, Keyword::Run, 0);
    assert_eq!(model.value(run, "A"), Some("20"));
    assert_eq!(model.value(run, "C"), Some("20"));
    assert_eq!(model.value(run, "V"), Some("20"), "an ARG is inherited like an ENV");
}

#[test]
fn the_working_directory_is_resolved() {
    let model = model(
        "FROM a\nRUN x\nWORKDIR app\nWORKDIR /srv\nENV D=web\nWORKDIR $D\nRUN y\nWORKDIR ${NO}\nRUN z\n",
    );
    let at = |n| model.frame(nth(&model, Keyword::Run, n)).unwrap().workdir.clone();
    assert_eq!(at(0), Workdir { path: "/".into(), certain: false });
    assert_eq!(at(1), Workdir { path: "/srv/web".into(), certain: true });
    assert!(!at(2).certain);
}

#[test]
fn commands_know_their_place_through_continuations() {
    let text = "FROM a\nRUN apk add \\\n  # why\n  git && npm \\\n  ci\n";
    let model = model(text);
    let script = model.script(nth(&model, Keyword::Run, 0)).unwrap();
    let commands = script.commands();
    assert_eq!(commands[1].span.of(text), "npm \\\n  ci");
}

#[test]
fn a_stage_is_called_as_the_build_command_calls_it() {
    let model = model("FROM a AS Deps\nFROM b\n");
    let titles: Vec<String> = model.stages().iter().map(Stage::title).collect();
    assert_eq!(titles, ["stage deps", "stage 1"]);
    assert_eq!(model.stages()[1].label(), "1");
}

#[test]
fn folders_within_folders_are_followed_as_far_as_a_system_has_them() {
    let folder = "a".repeat(99);
    let text = format!("FROM a\nWORKDIR /\n{}", format!("WORKDIR {folder}\n").repeat(1_000));
    let model = Model::new(Arc::new(parse(text.as_str()).0));
    let frames: Vec<&Frame> = model.steps(&model.stages()[0]).filter_map(|(id, _)| model.frame(id)).collect();
    assert!(frames.iter().all(|frame| frame.workdir.path.len() < 4096));
    assert_eq!((frames[41].workdir.path.len(), frames[41].workdir.certain), (4000, true));
    assert_eq!((frames[42].workdir.path.len(), frames[42].workdir.certain), (4000, false));
    assert!(std::ptr::eq(&*frames[42].workdir.path, &*frames[1000].workdir.path), "it is kept once");
}

#[test]
fn stages_on_one_another_share_their_variables() {
    let text = "FROM a AS one\nENV A=1 B=2\nFROM one AS two\nRUN a\nFROM two AS three\nARG C\nFROM three\n";
    let model = Model::new(Arc::new(parse(text).0));
    let [one, two, three, last] = model.stages() else { panic!("four stages") };
    assert!(std::ptr::eq(model.all_variables(one), model.all_variables(two)));
    assert!(std::ptr::eq(model.all_variables(three), model.all_variables(last)));
    let names = |stage| model.all_variables(stage).iter().map(|it| &*it.name).collect::<Vec<_>>();
    assert_eq!((names(two), names(three)), (vec!["A", "B"], vec!["A", "B", "C"]));
}
