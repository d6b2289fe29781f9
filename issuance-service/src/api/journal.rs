//! The sequencer: entries that transactions have left get their numbers, the tree of the audit log grows, and its key signs.
//!
//! One process at a time succeeds; another one that tried the same finds the journal moved on, and tries again a little later with what is
//! left.

use audit_log::tree::StoredHashes;
use audit_log::{Checkpoint, Hash, Head, Tree, VerifiedCheckpoint};
use register::store::{Sequencing, Store, StoreError, Topic};
use std::time::Duration;
use time::OffsetDateTime;

use super::Shared;
use super::keys::Keys;
use super::serve::Ending;

/// Entries that get their numbers at once.
const AT_ONCE: u32 = 1000;
/// How long nothing is looked for when nothing was there.
const PAUSE: Duration = Duration::from_millis(200);
/// How long after a fault.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(2);
/// After so long without an entry a checkpoint is signed all the same: a log that went silent shows.
const CHECKPOINT_EVERY: time::Duration = time::Duration::hours(1);

/// Numbers what is there, until the last request was answered and what it has left has its number.
pub async fn run(api: Shared, mut ending: Ending) {
    loop {
        // Asked before the round: what is written after it finds another round.
        let ends = api.has_finished();
        let pause = match round(&api.store, &api.keys, api.now()).await {
            Ok(0) if ends => return,
            // Another process is at it: asked again at once, the two would only meet again.
            Ok(0) | Err(crate::Error::Store(StoreError::Sequenced)) => PAUSE,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(target: "journal", error = %error, "entries get no numbers");
                if ends {
                    return;
                }
                PAUSE_AFTER_FAULT
            }
        };
        if *ending.borrow() {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = ending.changed() => {}
        }
    }
}

/// Numbers everything that is there: for verbs that write and serve nothing.
///
/// # Errors
/// Those of store and key.
pub async fn all(store: &impl Store, keys: &Keys, now: OffsetDateTime) -> crate::Result<()> {
    loop {
        match round(store, keys, now).await {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(crate::Error::Store(StoreError::Sequenced)) => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(error),
        }
    }
}

/// One round over both journals. Says how many entries got a number.
///
/// # Errors
/// [`StoreError::Sequenced`] when another process was faster; those of store and key.
pub async fn round(store: &impl Store, keys: &Keys, now: OffsetDateTime) -> crate::Result<usize> {
    let told = notices(store).await?;
    let logged = entries(store, keys, now).await?;
    metrics::counter!("journal_entries_total", "topic" => "notice").increment(told as u64);
    metrics::counter!("journal_entries_total", "topic" => "audit").increment(logged as u64);
    Ok(told + logged)
}

/// Notices have numbers and no tree.
async fn notices(store: &impl Store) -> crate::Result<usize> {
    let waiting = store.unsequenced(Topic::Notice, AT_ONCE).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let (size, _) = store.sequenced(Topic::Notice).await?;
    let entries = waiting.iter().map(|entry| entry.id).collect();
    let sequencing = Sequencing {
        topic: Topic::Notice,
        size,
        entries,
        hashes: Vec::new(),
        checkpoint: None,
    };
    store.sequence(&sequencing).await?;
    Ok(waiting.len())
}

async fn entries(store: &impl Store, keys: &Keys, now: OffsetDateTime) -> crate::Result<usize> {
    let waiting = store.unsequenced(Topic::Audit, AT_ONCE).await?;
    let (size, last) = store.sequenced(Topic::Audit).await?;
    if waiting.is_empty() && !is_due(last.as_deref(), keys, size, now) {
        return Ok(0);
    }
    let mut tree = tree(store, size).await?;
    let leaves: Vec<Hash> = waiting
        .iter()
        .map(|entry| Hash::of_leaf(&entry.body))
        .collect();
    let rows = tree.append(&leaves)?;
    let head = Head {
        size: tree.size(),
        root: tree.root()?,
    };
    let checkpoint = Checkpoint::new(head, now)?.sign(&keys.log, &*keys.audit)?;
    let sequencing = Sequencing {
        topic: Topic::Audit,
        size,
        entries: waiting.iter().map(|entry| entry.id).collect(),
        hashes: rows
            .into_iter()
            .map(|(row, hash)| (row, *hash.as_bytes()))
            .collect(),
        checkpoint: Some(checkpoint),
    };
    store.sequence(&sequencing).await?;
    Ok(waiting.len())
}

/// Whether the last checkpoint is old. One of another key is left to the doctor.
fn is_due(last: Option<&str>, keys: &Keys, size: u64, now: OffsetDateTime) -> bool {
    let Some(last) = last else { return size > 0 };
    let opened = VerifiedCheckpoint::open(last, core::slice::from_ref(&keys.log));
    opened.is_ok_and(|checkpoint| now - checkpoint.at() >= CHECKPOINT_EVERY)
}

async fn tree(store: &impl Store, size: u64) -> crate::Result<Tree> {
    let needed = Tree::needed(size)?;
    Ok(Tree::load(size, &fetched(store, &needed).await?)?)
}

/// Rows of the tree.
///
/// # Errors
/// Those of the store.
pub async fn fetched(store: &impl Store, needed: &[u64]) -> crate::Result<StoredHashes> {
    let hashes = store.tree_hashes(Topic::Audit, needed).await?;
    Ok(needed
        .iter()
        .copied()
        .zip(hashes.into_iter().map(Hash::new))
        .collect())
}
