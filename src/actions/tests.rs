use super::*;

#[test]
fn kinds_are_trees() {
    let only = |kind: &str| vec![kind.to_owned()];
    assert!(ActionKind::RefactorRewrite.is_asked_for(&only("refactor")));
    assert!(!ActionKind::RefactorRewrite.is_asked_for(&only("refactor.extract")));
    assert!(!ActionKind::QuickFix.is_asked_for(&only("quick")));
    assert!(ActionKind::SourceFixAll.is_asked_for(&only("source.fixAll")));
    assert!(ActionKind::QuickFix.is_asked_for(&[]));
}
