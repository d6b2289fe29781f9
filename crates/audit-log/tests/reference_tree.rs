//! The reference tree of Certificate Transparency: roots and proofs that everybody has.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::expect_used)]

use audit_log::tree::proof::{
    needed_for_consistency, needed_for_inclusion, prove_consistency, prove_inclusion,
};
use audit_log::{Hash, Head, StoredHashes, Tree};
use serde_json::Value;

fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn hash(value: &Value) -> Hash {
    Hash::from_slice(&octets(value)).unwrap()
}

fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(hash).collect()
}

fn vector() -> (Vec<Hash>, Value) {
    let (_, path) = test_support::vectors("audit-log")
        .into_iter()
        .find(|(name, _)| name == "rfc6962_eight_leaves")
        .unwrap();
    let vector = test_support::read_json(&path);
    let leaves = vector["given"]["leaves"].as_array().unwrap();
    let leaves = leaves.iter().map(|leaf| Hash::of_leaf(&octets(leaf)));
    (leaves.collect(), vector["want"].clone())
}

fn rows(leaves: &[Hash]) -> StoredHashes {
    let rows = Tree::empty().append(leaves).unwrap();
    rows.into_iter().collect()
}

/// Only these rows, so that a proof that reads others fails.
fn fetch(rows: &StoredHashes, needed: Vec<u64>) -> StoredHashes {
    let row = |index| (index, rows.at(index).unwrap());
    needed.into_iter().map(row).collect()
}

#[test]
fn roots() {
    let (leaves, want) = vector();
    let mut tree = Tree::empty();
    assert_eq!(tree.root().unwrap(), hash(&want["empty"]));
    for (leaf, root) in leaves.iter().zip(hashes(&want["roots"])) {
        tree.append(&[*leaf]).unwrap();
        assert_eq!(tree.root().unwrap(), root, "size {}", tree.size());
    }
    assert_eq!(tree.size(), 8);
}

#[test]
fn inclusion() {
    let (leaves, want) = vector();
    let (rows, roots) = (rows(&leaves), hashes(&want["roots"]));
    for case in want["inclusion"].as_array().unwrap() {
        let (index, size) = (
            case["index"].as_u64().unwrap(),
            case["size"].as_u64().unwrap(),
        );
        let fetched = fetch(&rows, needed_for_inclusion(index, size).unwrap());
        let proof = prove_inclusion(index, size, &fetched).unwrap();
        assert_eq!(proof.path, hashes(&case["path"]), "{index} of {size}");
        let root = roots[usize::try_from(size).unwrap() - 1];
        let leaf = leaves[usize::try_from(index).unwrap()];
        assert_eq!(proof.verify(leaf, Head { size, root }), Ok(()));
    }
}

#[test]
fn consistency() {
    let (leaves, want) = vector();
    let (rows, roots) = (rows(&leaves), hashes(&want["roots"]));
    let head = |size: u64| Head {
        size,
        root: roots[usize::try_from(size).unwrap() - 1],
    };
    for case in want["consistency"].as_array().unwrap() {
        let (from, to) = (case["from"].as_u64().unwrap(), case["to"].as_u64().unwrap());
        let fetched = fetch(&rows, needed_for_consistency(from, to).unwrap());
        let proof = prove_consistency(from, to, &fetched).unwrap();
        assert_eq!(proof.path, hashes(&case["path"]), "{from} to {to}");
        assert_eq!(proof.verify(head(from), head(to)), Ok(()));
    }
}
