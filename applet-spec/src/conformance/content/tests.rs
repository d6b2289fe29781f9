use super::*;

#[test]
fn names_are_unique() {
    let mut names = std::collections::BTreeSet::new();
    for predicate in predicates() {
        assert!(names.insert(predicate.name), "{} is there twice", predicate.name);
    }
    assert!(predicate("dg1-tag").is_some());
    assert!(predicate("dg17-tag").is_none());
}
