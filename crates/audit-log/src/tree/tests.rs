use proptest::prelude::*;

use super::proof::{
    MAX_PATH, needed_for_consistency, needed_for_inclusion, prove_consistency, prove_inclusion,
};
use super::*;
use crate::Head;

fn leaf(number: u64) -> Hash {
    Hash::of_leaf(&number.to_be_bytes())
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(leaf).collect()
}

/// A log of this many entries: the tree and all its rows.
fn log(size: u64) -> (Tree, StoredHashes) {
    let mut tree = Tree::empty();
    let rows = tree.append(&leaves(size)).unwrap();
    (tree, rows.into_iter().collect())
}

fn head(size: u64) -> Head {
    let root = log(size).0.root().unwrap();
    Head { size, root }
}

/// The hash of RFC 9162 §2.1.1, word for word: slow, recursive, and nobody else's.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::EMPTY_TREE,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            let (left, right) = (by_definition(left), by_definition(right));
            let node = [&[1], left.as_bytes().as_slice(), right.as_bytes()].concat();
            Hash::from_slice(&crypto::HashAlgorithm::Sha256.digest(&node)).unwrap()
        }
    }
}

fn fetch(rows: &StoredHashes, needed: Vec<u64>) -> StoredHashes {
    let row = |index| (index, rows.at(index).unwrap());
    needed.into_iter().map(row).collect()
}

#[test]
fn a_leaf_is_hashed_with_its_octet_in_front() {
    let with_zero = crypto::HashAlgorithm::Sha256.digest(b"\0TEST");
    assert_eq!(Hash::of_leaf(b"TEST").as_bytes().as_slice(), with_zero);
}

#[test]
fn rows_only_grow_and_are_two_for_each_entry() {
    let (tree, rows) = log(1_000);
    let indexes: Vec<u64> = rows.iter().map(|(index, _)| index).collect();
    let expected: Vec<u64> = (0..rows_of(1_000).unwrap()).collect();
    assert_eq!(indexes, expected);
    assert!(indexes.len() < 2_000);
    assert_eq!(rows.at(rows_of_entry(999).unwrap().start), Ok(leaf(999)));
    assert_eq!(rows_of_entry(999).unwrap().end, rows_of(1_000).unwrap());
    assert_eq!(tree.peaks().iter().count(), 6, "1,000 has six bits");
}

#[test]
fn a_thousand_million_entries_need_thirty_rows() {
    let size = 1_000_000_000;
    let needed = Tree::needed(size).unwrap();
    assert_eq!(needed.len(), 13);
    let fetched = needed.iter().map(|index| (*index, leaf(*index))).collect();
    let mut tree = Tree::load(size, &fetched).unwrap();
    let rows = tree.append(&[leaf(0)]).unwrap();
    assert_eq!(rows.len(), 1);
    assert!(needed_for_inclusion(7, size).unwrap().len() < 60);
    assert!(needed_for_consistency(999_999_937, size).unwrap().len() < 60);
}

#[test]
fn what_was_not_fetched_is_named() {
    let (_, rows) = log(7);
    let lacking = |without: u64| rows.iter().filter(|(index, _)| *index != without).collect();
    let missing = |index| Error::HashMissing { index };
    for index in Tree::needed(7).unwrap() {
        let without: StoredHashes = lacking(index);
        assert_eq!(Tree::load(7, &without), Err(missing(index)));
    }
    for index in needed_for_inclusion(2, 7).unwrap() {
        let without: StoredHashes = lacking(index);
        assert_eq!(prove_inclusion(2, 7, &without), Err(missing(index)));
    }
    for index in needed_for_consistency(3, 7).unwrap() {
        let without: StoredHashes = lacking(index);
        assert_eq!(prove_consistency(3, 7, &without), Err(missing(index)));
    }
}

#[test]
fn limits_are_held_at_every_door() {
    let too_large = |size| Error::TreeTooLarge {
        size,
        limit: MAX_ENTRIES,
    };
    for size in [MAX_ENTRIES + 1, u64::MAX] {
        assert_eq!(Tree::needed(size), Err(too_large(size)));
        assert_eq!(needed_for_inclusion(0, size), Err(too_large(size)));
        assert_eq!(needed_for_consistency(0, size), Err(too_large(size)));
        assert_eq!(rows_of(size), Err(too_large(size)));
    }
    assert!(rows_of_entry(MAX_ENTRIES - 1).is_ok());
    assert!(rows_of_entry(MAX_ENTRIES).is_err());
    let full = Tree::needed(MAX_ENTRIES).unwrap();
    let fetched = full.iter().map(|index| (*index, leaf(*index))).collect();
    let mut tree = Tree::load(MAX_ENTRIES, &fetched).unwrap();
    let before = tree.clone();
    assert_eq!(tree.append(&[leaf(1)]), Err(too_large(MAX_ENTRIES + 1)));
    assert_eq!(tree, before);
    let outside = |asked, size| Error::NotInTree { asked, size };
    assert_eq!(needed_for_inclusion(3, 3), Err(outside(3, 3)));
    assert_eq!(needed_for_inclusion(0, 0), Err(outside(0, 0)));
    assert_eq!(needed_for_consistency(4, 3), Err(outside(4, 3)));
}

#[test]
fn proofs_of_strangers_are_refused() {
    let (_, rows) = log(7);
    let good = prove_inclusion(2, 7, &rows).unwrap();
    assert_eq!(good.verify(leaf(2), head(7)), Ok(()));
    let mut long = good.clone();
    long.path = vec![leaf(0); MAX_PATH + 1];
    let mut huge = good.clone();
    (huge.index, huge.size) = (u64::MAX - 1, u64::MAX);
    let mut moved = good.clone();
    moved.index = 3;
    for proof in [long, huge, moved] {
        assert!(proof.verify(leaf(2), head(7)).is_err(), "{proof:?}");
        let of_same_size = Head {
            size: proof.size,
            ..head(7)
        };
        assert!(proof.verify(leaf(2), of_same_size).is_err(), "{proof:?}");
    }
    assert!(good.verify(leaf(3), head(7)).is_err());
    assert!(good.verify(leaf(2), head(6)).is_err());
}

#[test]
fn everything_continues_the_empty_tree_and_nothing_continues_backwards() {
    let (_, rows) = log(5);
    let from_nothing = prove_consistency(0, 5, &rows).unwrap();
    assert_eq!(from_nothing.path, []);
    assert_eq!(from_nothing.verify(head(0), head(5)), Ok(()));
    let false_nothing = Head {
        root: leaf(1),
        ..head(0)
    };
    assert!(from_nothing.verify(false_nothing, head(5)).is_err());
    let same = prove_consistency(5, 5, &rows).unwrap();
    assert_eq!(same.verify(head(5), head(5)), Ok(()));
    let other = Head {
        root: leaf(1),
        ..head(5)
    };
    assert!(same.verify(other, head(5)).is_err());
    let nothing_at_all = prove_consistency(0, 0, &rows).unwrap();
    assert_eq!(nothing_at_all.verify(head(0), head(0)), Ok(()));
    assert!(nothing_at_all.verify(head(0), false_nothing).is_err());
    let back = crate::ConsistencyProof {
        from: 5,
        to: 3,
        path: Vec::new(),
    };
    assert!(back.verify(head(5), head(3)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_root_is_the_one_of_the_definition(size in 0_u64..200) {
        prop_assert_eq!(log(size).0.root().unwrap(), by_definition(&leaves(size)));
    }

    #[test]
    fn in_how_many_steps_it_is_appended_does_not_matter(steps in prop::collection::vec(0_u64..20, 0..12)) {
        let (mut tree, mut rows) = (Tree::empty(), StoredHashes::default());
        for step in steps {
            // As a service does: the state is forgotten and fetched from the rows again.
            let fetched = fetch(&rows, Tree::needed(tree.size()).unwrap());
            tree = Tree::load(tree.size(), &fetched).unwrap();
            let more: Vec<Hash> = (tree.size()..tree.size() + step).map(leaf).collect();
            rows.extend(tree.append(&more).unwrap());
        }
        let (at_once, all) = log(tree.size());
        prop_assert_eq!(tree, at_once);
        prop_assert_eq!(rows, all);
    }

    #[test]
    fn every_entry_is_proved_and_every_flipped_bit_seen(size in 1_u64..120, pick in any::<u64>(), bit in 0_usize..256) {
        let index = pick % size;
        let (_, rows) = log(size);
        let fetched = fetch(&rows, needed_for_inclusion(index, size).unwrap());
        let proof = prove_inclusion(index, size, &fetched).unwrap();
        prop_assert_eq!(proof.verify(leaf(index), head(size)), Ok(()));
        let text = serde_json::to_string(&proof).unwrap();
        prop_assert_eq!(serde_json::from_str::<crate::InclusionProof>(&text).unwrap(), proof.clone());
        for at in 0..proof.path.len() {
            let mut wrong = proof.clone();
            wrong.path[at] = flipped(wrong.path[at], bit);
            prop_assert!(wrong.verify(leaf(index), head(size)).is_err());
        }
    }

    #[test]
    fn every_older_tree_is_continued_and_every_flipped_bit_seen(to in 1_u64..120, pick in any::<u64>(), bit in 0_usize..256) {
        let from = 1 + pick % to;
        let (_, rows) = log(to);
        let fetched = fetch(&rows, needed_for_consistency(from, to).unwrap());
        let proof = prove_consistency(from, to, &fetched).unwrap();
        prop_assert_eq!(proof.verify(head(from), head(to)), Ok(()));
        for at in 0..proof.path.len() {
            let mut wrong = proof.clone();
            wrong.path[at] = flipped(wrong.path[at], bit);
            prop_assert!(wrong.verify(head(from), head(to)).is_err());
        }
        let other = Head { size: from, root: flipped(head(from).root, bit) };
        prop_assert!(proof.verify(other, head(to)).is_err());
    }

    #[test]
    fn a_hostile_proof_never_panics(index in any::<u64>(), size in any::<u64>(), length in 0_usize..80, root in any::<[u8; 32]>()) {
        let path = vec![Hash::new(root); length];
        let head = Head { size, root: Hash::new(root) };
        let _ = crate::InclusionProof { index, size, path: path.clone() }.verify(Hash::new(root), head);
        let older = Head { size: index, ..head };
        let _ = crate::ConsistencyProof { from: index, to: size, path }.verify(older, head);
    }
}

fn flipped(hash: Hash, bit: usize) -> Hash {
    let mut octets = *hash.as_bytes();
    octets[bit / 8] ^= 1 << (bit % 8);
    Hash::new(octets)
}
