//! EF.DG2.

use biometrics::face::{iso19794_5, iso39794_5};
use crypto::CryptoRng;
use lds::biometric_template::BiometricRecord;
use lds::{Dg2, File};

use super::{parsed, put};
use crate::memory::ChipMemory;
use crate::{Error, Result};

const NO_RECORD: Error = Error::Misuse("the card has no face of ISO 19794-5 in EF.DG2");

/// Where the length of the record stands in its header, and what is around the image of a record of one image without feature
/// points (ISO 19794-5 §5.2, §5.5, §5.7).
const LENGTH: core::ops::Range<usize> = 4..8;
const BLOCK_LENGTH: core::ops::Range<usize> = 14..18;
const HEADER: usize = 14;
const AROUND_THE_IMAGE: usize = HEADER + 20 + 12;
/// By how much the record's length is wrong.
const SURPLUS: u32 = 4;

fn edit(memory: &mut ChipMemory, edit: impl FnOnce(&mut Vec<u8>) -> Result<()>) -> Result<()> {
    let mut file: Dg2 = parsed(memory)?;
    match file.0.records.first_mut().map(|first| &mut first.record) {
        Some(BiometricRecord::Iso19794(record)) => edit(record)?,
        _ => return Err(NO_RECORD),
    }
    put(memory, &file)
}

fn set(record: &mut [u8], place: core::ops::Range<usize>, value: u32) -> Result<()> {
    let field = record.get_mut(place).ok_or(NO_RECORD)?;
    field.copy_from_slice(&value.to_be_bytes());
    Ok(())
}

/// The record says that it is longer than it is.
pub(super) fn wrong_length(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, |record| {
        let length = u32::try_from(record.len()).map_err(|_| NO_RECORD)?;
        set(record, LENGTH, length + SURPLUS)
    })
}

/// A record of everything but the image.
pub(super) fn without_image(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, |record| {
        record.truncate(AROUND_THE_IMAGE);
        let length = u32::try_from(AROUND_THE_IMAGE).map_err(|_| NO_RECORD)?;
        let block = u32::try_from(AROUND_THE_IMAGE - HEADER).map_err(|_| NO_RECORD)?;
        set(record, LENGTH, length)?;
        set(record, BLOCK_LENGTH, block)
    })
}

/// The same image in a record of ISO 39794-5.
pub(super) fn next_generation(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    let file: Dg2 = parsed(memory)?;
    let Some(BiometricRecord::Iso19794(record)) = file.0.records.first().map(|first| &first.record)
    else {
        return Err(NO_RECORD);
    };
    let (record, _) = iso19794_5::FaceRecord::parse(record).map_err(|_| NO_RECORD)?;
    let image = record.images.into_iter().next().ok_or(NO_RECORD)?.data;
    let record = iso39794_5::FaceRecord::new(image).and_then(|record| record.to_bytes());
    let record = record.map_err(|_| NO_RECORD)?;
    let file = Dg2::of_faces([BiometricRecord::Iso39794(record)]).map_err(|_| NO_RECORD)?;
    put(memory, &file)
}

/// No EF.DG2 at all.
pub(super) fn none(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    memory.remove_file(File::Dg2)
}
