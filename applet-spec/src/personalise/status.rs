//! GET STATUS (chapter 05 §4).

use iso7816::tlv::{Tag, Writer};

use super::manifest::{file_reference, length_octets};
use super::receipt;
use crate::LAW_VERSION;
use crate::memory::{ChipMemory, Job};

const STATE: Tag = Tag::new(0x80);
const SERIAL: Tag = Tag::new(0x81);
const VERSION: Tag = Tag::new(0x82);
const TRIES: Tag = Tag::new(0x83);
const JOB: Tag = Tag::new(0x84);
const MANIFEST_HASH: Tag = Tag::new(0x85);
const RECEIPT_COUNTER: Tag = Tag::new(0x86);
const FILES: Tag = Tag::new(0x87);
const GENERATED_KEYS: Tag = Tag::new(0x88);

/// What everybody may know ([PERSO-031]).
pub(super) fn public(memory: &ChipMemory) -> Vec<u8> {
    let mut status = Writer::new();
    status
        .object(STATE, &[memory.life_cycle().code()])
        .object(SERIAL, memory.serial())
        .object(VERSION, &LAW_VERSION);
    let tries: Vec<u8> = memory
        .key_sets()
        .flat_map(|(_, set)| [set.version(), set.tries])
        .collect();
    if !tries.is_empty() {
        status.object(TRIES, &tries);
    }
    status.finish()
}

/// What the roles may know.
pub(super) fn full(memory: &ChipMemory) -> Vec<u8> {
    let mut status = Writer::new();
    status.raw(&public(memory));
    if let Some(job) = memory.job() {
        status
            .object(JOB, &job.uuid)
            .object(MANIFEST_HASH, &job.manifest.hash());
    }
    status.object(
        RECEIPT_COUNTER,
        &receipt::counter_octets(memory.receipt_counter()),
    );
    if let Some(job) = memory.job() {
        status.object(FILES, &marks(job, memory));
    }
    let keys: Vec<u8> = memory
        .generated()
        .flat_map(|key| [key.purpose().code(), key.key_id().unwrap_or(0)])
        .collect();
    if !keys.is_empty() {
        status.object(GENERATED_KEYS, &keys);
    }
    status.finish()
}

fn marks(job: &Job, memory: &ChipMemory) -> Vec<u8> {
    job.manifest
        .entries()
        .flat_map(|entry| {
            let mark = memory.stored_file(entry.file).map_or(0, |file| file.mark);
            let mut row = file_reference(entry.file).to_vec();
            row.extend(length_octets(entry.len));
            row.extend(length_octets(mark));
            row
        })
        .collect()
}
