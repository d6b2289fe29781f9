//! Proofs: that an entry is in a tree, and that a tree begins with all of an older one.
//!
//! Making one is two steps, so that the caller fetches rows in between: `needed_…` names them, `prove_…` takes them. Checking needs
//! nothing of the log but roots that are signed.

use serde::{Deserialize, Serialize};
use tlog_tiles::{check_record, check_tree, prove_record, prove_tree};

use super::rows::{StoredHashes, Wish};
use super::within_limit;
use crate::error::ProofKind;
use crate::{Error, Hash, Result};

/// The most hashes of a proof. A tree within [`super::MAX_ENTRIES`] never needs more; what comes from outside is held to it.
pub const MAX_PATH: usize = 64;

/// Size and root of a tree: what a checkpoint says and a proof is checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Entries.
    pub size: u64,
    /// Root.
    pub root: Hash,
}

/// That the entry with this index is in the tree of this size (RFC 9162 §2.1.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// Index of the entry, from 0.
    pub index: u64,
    /// Entries of the tree.
    pub size: u64,
    /// The hashes beside the way from the entry to the root, lowest first.
    pub path: Vec<Hash>,
}

/// That the tree of size `to` begins with all entries of the tree of size `from` (RFC 9162 §2.1.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    /// Entries of the older tree.
    pub from: u64,
    /// Entries of the newer tree.
    pub to: u64,
    /// The hashes of the proof.
    pub path: Vec<Hash>,
}

/// Which rows [`prove_inclusion`] needs.
///
/// # Errors
/// [`Error::NotInTree`], [`Error::TreeTooLarge`].
pub fn needed_for_inclusion(index: u64, size: u64) -> Result<Vec<u64>> {
    entry_within(index, size)?;
    let wish = Wish::default();
    let _ = prove_record(size, index, &wish);
    Ok(wish.into_indexes())
}

/// Proves that an entry is in a tree.
///
/// # Errors
/// [`Error::HashMissing`] for a row of [`needed_for_inclusion`] that was not fetched; [`Error::NotInTree`],
/// [`Error::TreeTooLarge`].
pub fn prove_inclusion(index: u64, size: u64, fetched: &StoredHashes) -> Result<InclusionProof> {
    entry_within(index, size)?;
    let path = fetched.read(|rows| prove_record(size, index, rows))?;
    let path = path.into_iter().map(Into::into).collect();
    Ok(InclusionProof { index, size, path })
}

/// Which rows [`prove_consistency`] needs.
///
/// # Errors
/// [`Error::NotInTree`] when the older tree is the larger one, [`Error::TreeTooLarge`].
pub fn needed_for_consistency(from: u64, to: u64) -> Result<Vec<u64>> {
    tree_within(from, to)?;
    let wish = Wish::default();
    if from > 0 {
        let _ = prove_tree(to, from, &wish);
    }
    Ok(wish.into_indexes())
}

/// Proves that a tree begins with all entries of an older one. Everything begins with the empty tree; that proof is empty.
///
/// # Errors
/// [`Error::HashMissing`] for a row of [`needed_for_consistency`] that was not fetched; [`Error::NotInTree`],
/// [`Error::TreeTooLarge`].
pub fn prove_consistency(from: u64, to: u64, fetched: &StoredHashes) -> Result<ConsistencyProof> {
    tree_within(from, to)?;
    let path = if from == 0 {
        Vec::new()
    } else {
        fetched.read(|rows| prove_tree(to, from, rows))?
    };
    let path = path.into_iter().map(Into::into).collect();
    Ok(ConsistencyProof { from, to, path })
}

impl InclusionProof {
    /// Checks that the entry with this hash is in the tree of this head.
    ///
    /// # Errors
    /// [`Error::ProofWrong`] when it is not proved, for whatever reason.
    pub fn verify(&self, leaf: Hash, head: Head) -> Result<()> {
        const WRONG: Error = Error::ProofWrong {
            kind: ProofKind::Inclusion,
        };
        let of_this_tree = self.size == head.size && entry_within(self.index, self.size).is_ok();
        if !of_this_tree || self.path.len() > MAX_PATH {
            return Err(WRONG);
        }
        let (size, root) = (head.size, head.root.into());
        check_record(&hashes(&self.path), size, root, self.index, leaf.into()).map_err(|_| WRONG)
    }
}

impl ConsistencyProof {
    /// Checks that the newer tree begins with all entries of the older one.
    ///
    /// # Errors
    /// [`Error::ProofWrong`] when it is not proved, for whatever reason.
    pub fn verify(&self, older: Head, newer: Head) -> Result<()> {
        const WRONG: Error = Error::ProofWrong {
            kind: ProofKind::Consistency,
        };
        let of_these_trees = self.from == older.size && self.to == newer.size;
        if !of_these_trees || tree_within(self.from, self.to).is_err() || self.path.len() > MAX_PATH
        {
            return Err(WRONG);
        }
        if older.size == 0 {
            let newer_too = newer.size > 0 || newer.root == Hash::EMPTY_TREE;
            let holds = older.root == Hash::EMPTY_TREE && newer_too && self.path.is_empty();
            return holds.then_some(()).ok_or(WRONG);
        }
        let (old, new) = (older.root.into(), newer.root.into());
        check_tree(&hashes(&self.path), newer.size, new, older.size, old).map_err(|_| WRONG)
    }
}

fn hashes(path: &[Hash]) -> Vec<tlog_tiles::Hash> {
    path.iter().copied().map(Into::into).collect()
}

fn entry_within(index: u64, size: u64) -> Result<()> {
    within_limit(size)?;
    if index >= size {
        return Err(Error::NotInTree { asked: index, size });
    }
    Ok(())
}

fn tree_within(from: u64, to: u64) -> Result<()> {
    within_limit(to)?;
    if from > to {
        return Err(Error::NotInTree {
            asked: from,
            size: to,
        });
    }
    Ok(())
}
