//! What quality control needs to read a written card and to lock it: the passwords of the chip, and the hashes of what must be on it. Neither
//! pictures nor texts of the holder, and no key of personalisation: LOCK takes the quality role's alone ([PERSO-085]).

use std::collections::BTreeMap;

use access::Permission;
use perso::CardImage;
use register::store::{Change, StoreError};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::SUBJECT;
use super::claim::must_own;
use crate::Result;
use crate::office::{Hand, Office};
use crate::personalisation::{ChipState, Refusal};

/// A card as quality control reads it.
#[derive(Serialize, ToSchema)]
#[schema(as = CardReading)]
pub struct Reading {
    /// The job.
    pub job: Uuid,
    /// Serial number of its chip, hexadecimal.
    pub chip: String,
    /// The key seed of the machine readable zone, Base64 (Doc 9303-11 §9.7.3): it opens the chip by PACE or BAC.
    #[schema(value_type = String)]
    pub mrz_key_seed: Zeroizing<String>,
    /// The card access number, where the document has one: it opens the chip by PACE.
    #[schema(value_type = Option<String>)]
    pub can: Option<Zeroizing<String>>,
    /// SHA-256 of each file that must be on the chip, hexadecimal, by the word of the file.
    pub files: BTreeMap<String, String>,
    /// SHA-256 of the manifest, hexadecimal: LOCK and its receipt name it.
    pub manifest_sha256: String,
}

/// The part of a job file that opens the chip.
#[derive(Deserialize)]
struct Passwords {
    mrz_key_seed: Zeroizing<String>,
    #[serde(default)]
    can: Option<Zeroizing<String>>,
}

impl Office {
    /// What is needed to read a card of a batch that is written and not judged yet. That it was asked for is audited.
    ///
    /// # Errors
    /// [`Refusal::UnknownBatch`], [`Refusal::NotInBatch`]; [`Refusal::SamePerson`] for who has taken the batch to write it;
    /// [`Refusal::ChipState`] for a card that is not written, or judged.
    pub async fn reading(
        &self,
        id: Uuid,
        job: Uuid,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Reading> {
        let permission = Permission::QualityRecord;
        if let Err(refusal) = self.may_be_read(id, job, hand).await? {
            self.refuse(hand, permission, ("document", job), refusal.code(), now)
                .await?;
            return Err(refusal.into());
        }
        let file = self.job_file(job).await?;
        let image = CardImage::from_job_file(file.expose())?;
        let passwords: Passwords =
            serde_json::from_slice(file.expose()).map_err(|_| StoreError::Corrupt {
                id: job,
                what: "job file",
            })?;
        let manifest = image.manifest();
        let files = manifest
            .entries()
            .iter()
            .map(|entry| (entry.file.word().to_owned(), hex::encode(&entry.hash)));
        let reading = Reading {
            job,
            chip: hex::encode(image.chip_serial()),
            mrz_key_seed: passwords.mrz_key_seed,
            can: passwords.can,
            files: files.collect(),
            manifest_sha256: hex::encode(manifest.hash()),
        };
        self.commit(Change::new(now), hand, permission, (SUBJECT, id))
            .await?;
        Ok(reading)
    }

    async fn may_be_read(
        &self,
        id: Uuid,
        job: Uuid,
        hand: &Hand,
    ) -> Result<core::result::Result<(), Refusal>> {
        let batch = self.batch(id).await?;
        let chips = self.chips_of_batch(id).await?;
        Ok(match chips.get(&job) {
            _ if must_own(&batch, hand).is_ok() => Err(Refusal::SamePerson),
            None => Err(Refusal::NotInBatch),
            Some(chip) if chip.state != ChipState::Written => Err(Refusal::ChipState(chip.state)),
            Some(_) => Ok(()),
        })
    }
}
