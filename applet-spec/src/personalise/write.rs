//! WRITE (chapter 05 §8).

use iso7816::FileId;

use super::Outcome;
use super::command::WRITE_HEAD_LEN;
use super::manifest::file_of_reference;
use crate::LifeCycle;
use crate::error::Refusal;
use crate::memory::{ChipMemory, Write};

/// Content and mark go together ([PERSO-071]).
pub(super) fn write(memory: &ChipMemory, id: FileId, data: &[u8]) -> Result<Outcome, Refusal> {
    let (&[df, offset @ ..], content) = data
        .split_first_chunk::<WRITE_HEAD_LEN>()
        .filter(|(_, content)| !content.is_empty())
        .ok_or(Refusal::Length)?;
    if memory.life_cycle() != LifeCycle::Open {
        return Err(Refusal::State);
    }
    let [high, low] = id.to_bytes();
    let file = file_of_reference([df, high, low]).ok_or(Refusal::NoSuchFile)?;
    let stored = memory.stored_file(file).ok_or(Refusal::NoSuchFile)?;
    let at = offset
        .iter()
        .fold(0usize, |offset, octet| offset << 8 | usize::from(*octet));
    let end = at + content.len();
    if end > stored.octets.len() {
        return Err(Refusal::OutsideFile);
    }
    let mut writes = vec![Write::File {
        file: file.word().to_owned(),
        at,
        octets: content.into(),
    }];
    if at <= stored.mark && end > stored.mark {
        writes.push(Write::Mark {
            file: file.word().to_owned(),
            octets: end,
        });
    }
    Ok(Outcome::done(Vec::new(), writes))
}
