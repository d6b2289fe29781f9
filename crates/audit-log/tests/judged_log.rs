//! A small log whose checkpoints and proofs software of others has judged right. It must never read differently.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use core::slice::from_ref;

use audit_log::{
    Auditor, ConsistencyProof, Entry, Hash, InclusionProof, LogKey, VerifiedCheckpoint, Verifier,
};
use serde_json::Value;

fn texts(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

fn given() -> Value {
    let (_, path) = test_support::vectors("audit-log")
        .into_iter()
        .find(|(name, _)| name == "judged_log")
        .unwrap();
    test_support::read_json(&path)["given"].clone()
}

#[test]
fn it_verifies_whole() {
    let given = given();
    let key = LogKey::parse(given["key"].as_str().unwrap()).unwrap();
    let (notes, entries) = (texts(&given["checkpoints"]), texts(&given["entries"]));
    let mut verifier = Verifier::new(from_ref(&key), notes.iter().map(String::as_str));
    for (index, entry) in (0..).zip(&entries) {
        verifier.entry(index, entry.as_bytes(), None);
    }
    let report = verifier.finish();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!((report.entries, report.proved), (11, 11));
}

#[test]
fn its_proofs_hold() {
    let given = given();
    let key = LogKey::parse(given["key"].as_str().unwrap()).unwrap();
    let notes = texts(&given["checkpoints"]);
    let newest = VerifiedCheckpoint::open(&notes[1], from_ref(&key)).unwrap();
    let inclusion: InclusionProof = serde_json::from_value(given["inclusion"].clone()).unwrap();
    let entry = Entry::parse(texts(&given["entries"])[4].as_bytes()).unwrap();
    assert_eq!(inclusion.verify(entry.leaf(), newest.head()), Ok(()));
    assert!(inclusion.verify(Hash::EMPTY_TREE, newest.head()).is_err());
    let consistency: ConsistencyProof =
        serde_json::from_value(given["consistency"].clone()).unwrap();
    let mut auditor = Auditor::resume(vec![key], &notes[0]).unwrap();
    auditor.advance(&notes[1], &consistency).unwrap();
}
