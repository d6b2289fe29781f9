//! COMMIT, LOCK, VOID: the ways out (chapter 05 §9).

use crypto::HashAlgorithm;

use super::Outcome;
use super::objects::Objects;
use super::receipt::{self, Statement};
use crate::LifeCycle;
use crate::error::Refusal;
use crate::memory::{ChipMemory, Job, KeySet, Write};

const UUID: u32 = 0x80;
const MANIFEST_HASH: u32 = 0x85;

/// The chip hashes every file ([PERSO-081], [PERSO-082]).
pub(super) fn commit(
    memory: &ChipMemory,
    role_keys: &KeySet,
    data: &[u8],
) -> Result<Outcome, Refusal> {
    let uuid = only_uuid(data)?;
    let (LifeCycle::Open | LifeCycle::Written, Some(job)) = (memory.life_cycle(), memory.job())
    else {
        return Err(Refusal::State);
    };
    check_uuid(job, uuid)?;
    if let Some(receipt) = job.receipt {
        return Ok(Outcome::done(receipt::answer(&receipt), Vec::new()));
    }
    let reset_marks = reset_marks_of_wrong_files(job, memory);
    if !reset_marks.is_empty() {
        return Ok(Outcome {
            writes: reset_marks,
            answer: Err(Refusal::Content("hash of a file")),
        });
    }
    let next = LifeCycle::Written;
    let (receipt, counter) = receipt::issue(memory, role_keys, &about(next, job).statement())?;
    let mut writes = full_marks(job);
    writes.extend([
        Write::State { code: next.code() },
        counter,
        Write::CommitReceipt {
            counter: receipt.counter,
            cmac: receipt.cmac.as_slice().into(),
        },
    ]);
    Ok(Outcome::done(receipt::answer(&receipt), writes))
}

/// Quality control is content ([PERSO-083]).
pub(super) fn lock(
    memory: &ChipMemory,
    role_keys: &KeySet,
    data: &[u8],
) -> Result<Outcome, Refusal> {
    let mut objects = Objects::parse(data)?;
    let uuid = objects.require_array(UUID)?;
    let hash = objects.require(MANIFEST_HASH)?;
    objects.end()?;
    let (LifeCycle::Written, Some(job)) = (memory.life_cycle(), memory.job()) else {
        return Err(Refusal::State);
    };
    check_uuid(job, uuid)?;
    if hash != job.manifest.hash() {
        return Err(Refusal::Content("manifest hash"));
    }
    let next = LifeCycle::Operational;
    let (receipt, counter) = receipt::issue(memory, role_keys, &about(next, job).statement())?;
    let mut writes = vec![Write::State { code: next.code() }, counter];
    writes.extend(destroy_key_sets(memory));
    Ok(Outcome::done(receipt::answer(&receipt), writes))
}

/// The chip is spoiled ([PERSO-084]).
pub(super) fn void(
    memory: &ChipMemory,
    role_keys: &KeySet,
    data: &[u8],
) -> Result<Outcome, Refusal> {
    let next = LifeCycle::Terminated;
    let about = match memory.job() {
        Some(job) => {
            check_uuid(job, only_uuid(data)?)?;
            about(next, job)
        }
        None if data.is_empty() => About {
            next,
            body: [0; 48].to_vec(),
        },
        None => return Err(Refusal::Content("UUID without a job")),
    };
    if !memory.life_cycle().may_become(next) {
        return Err(Refusal::State);
    }
    let (receipt, counter) = receipt::issue(memory, role_keys, &about.statement())?;
    let mut writes = vec![
        Write::State { code: next.code() },
        counter,
        Write::DestroyKeys,
        Write::DestroyJob,
    ];
    writes.extend(destroy_key_sets(memory));
    Ok(Outcome::done(receipt::answer(&receipt), writes))
}

/// A transition, and job UUID and manifest hash of the job it concerns.
struct About {
    next: LifeCycle,
    body: Vec<u8>,
}

impl About {
    fn statement(&self) -> Statement<'_> {
        Statement {
            kind: self.next.code(),
            body: &self.body,
        }
    }
}

fn about(next: LifeCycle, job: &Job) -> About {
    let mut body = job.uuid.to_vec();
    body.extend(job.manifest.hash());
    About { next, body }
}

fn only_uuid(data: &[u8]) -> Result<&[u8; 16], Refusal> {
    let mut objects = Objects::parse(data)?;
    let uuid = objects.require_array(UUID)?;
    objects.end()?;
    Ok(uuid)
}

fn check_uuid(job: &Job, uuid: &[u8; 16]) -> Result<(), Refusal> {
    if job.uuid == *uuid {
        Ok(())
    } else {
        Err(Refusal::Content("job UUID"))
    }
}

/// For each file whose hash is not the manifest's, the write that makes the host send it again.
fn reset_marks_of_wrong_files(job: &Job, memory: &ChipMemory) -> Vec<Write> {
    let is_wrong = |(hash, octets): ([u8; 32], Option<&[u8]>)| {
        octets.is_none_or(|octets| HashAlgorithm::Sha256.digest(octets) != hash)
    };
    job.manifest
        .entries()
        .filter(|entry| is_wrong((entry.hash, memory.file(entry.file))))
        .map(|entry| Write::Mark {
            file: entry.file.word().to_owned(),
            octets: 0,
        })
        .collect()
}

fn full_marks(job: &Job) -> Vec<Write> {
    job.manifest
        .entries()
        .map(|entry| Write::Mark {
            file: entry.file.word().to_owned(),
            octets: entry.len,
        })
        .collect()
}

fn destroy_key_sets(memory: &ChipMemory) -> impl Iterator<Item = Write> {
    memory.key_sets().map(|(_, set)| Write::DestroyKeySet {
        version: set.version(),
    })
}
