//! Logs for the tests of this crate.

use crypto::{Curve, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::{Signer, SoftwareSigner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::{
    Actor, ActorKind, Checkpoint, Entry, Head, LogKey, Outcome, StoredHashes, Subject, Token, Tree,
    Word,
};

pub(crate) const NAME: &str = "uto.example/audit";

/// A key of a log and its signer.
pub(crate) struct Log {
    pub(crate) key: LogKey,
    pub(crate) signer: SoftwareSigner,
}

fn signer(curve: Curve, hash: HashAlgorithm, seed: u64) -> SoftwareSigner {
    let rng = || StdRng::seed_from_u64(seed);
    let key = PrivateKey::generate_ec(curve, &mut rng()).unwrap();
    SoftwareSigner::new(key, SignatureAlgorithm::Ecdsa(hash), Box::new(rng())).unwrap()
}

impl Log {
    pub(crate) fn new(seed: u64) -> Self {
        let signer = signer(Curve::P256, HashAlgorithm::Sha256, seed);
        let key = LogKey::new(NAME, signer.public_key().clone()).unwrap();
        Self { key, signer }
    }

    pub(crate) fn p384() -> SoftwareSigner {
        signer(Curve::P384, HashAlgorithm::Sha384, 1)
    }

    /// The checkpoint of these entries, made right after the last of them.
    pub(crate) fn checkpoint(&self, entries: &[Vec<u8>]) -> String {
        let at = minute(entries.len()) - Duration::SECOND;
        self.checkpoint_at(entries, at)
    }

    pub(crate) fn checkpoint_at(&self, entries: &[Vec<u8>], at: OffsetDateTime) -> String {
        let checkpoint = Checkpoint::new(head(entries), at).unwrap();
        checkpoint.sign(&self.key, &self.signer).unwrap()
    }
}

/// When the entry of this index is made: one every ten minutes.
pub(crate) fn minute(index: usize) -> OffsetDateTime {
    let minutes = i64::try_from(10 * index).unwrap();
    datetime!(2026-11-22 8:00 UTC) + Duration::minutes(minutes)
}

pub(crate) fn head(entries: &[Vec<u8>]) -> Head {
    let (tree, _) = tree(entries);
    Head {
        size: tree.size(),
        root: tree.root().unwrap(),
    }
}

pub(crate) fn tree(entries: &[Vec<u8>]) -> (Tree, StoredHashes) {
    let leaves: Vec<crate::Hash> = entries
        .iter()
        .map(|entry| crate::Hash::of_leaf(entry))
        .collect();
    let mut tree = Tree::empty();
    let rows = tree.append(&leaves).unwrap();
    (tree, rows.into_iter().collect())
}

pub(crate) fn entry_at(index: usize, at: OffsetDateTime) -> Vec<u8> {
    let millis = u64::try_from(at.unix_timestamp()).unwrap() * 1_000;
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &[7; 10]).into_uuid();
    entry(id, index, at).to_bytes()
}

fn entry(id: Uuid, index: usize, at: OffsetDateTime) -> Entry {
    let actor = Actor {
        kind: ActorKind::System,
        id: Token::new("sweeper").unwrap(),
        name: Token::new("sweeper").unwrap(),
    };
    let subject = Subject {
        kind: Word::new("document").unwrap(),
        id: Token::new(format!("doc-{index}")).unwrap(),
    };
    let action = Word::new("document.expire").unwrap();
    Entry::new(id, at, actor, action, subject, Outcome::Done).unwrap()
}

/// This many entries.
pub(crate) fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|index| entry_at(index, minute(index)))
        .collect()
}
