//! The job files of a batch, for whoever has taken it.

use access::Permission;
use crypto::SecretBytes;
use perso::CardImage;
use register::store::{BlobName, Change, Store as _};
use time::OffsetDateTime;
use uuid::Uuid;

use super::claim::must_own;
use super::{SUBJECT, waits};
use crate::office::{Hand, JOB_FILE, Office};
use crate::personalisation::Refusal;
use crate::{Error, Result};

impl Office {
    /// The jobs of a batch that are still to be written, most urgent first, or one of them. That they were fetched is audited: their files hold
    /// personal data.
    ///
    /// # Errors
    /// [`Refusal::OthersBatch`], [`Refusal::UnknownBatch`], [`Refusal::NotInBatch`].
    pub async fn fetch_jobs(
        &self,
        id: Uuid,
        only: Option<Uuid>,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Vec<Uuid>> {
        let batch = self.batch(id).await?;
        let permission = Permission::BatchClaim;
        if let Err(error) = must_own(&batch, hand) {
            self.refuse(
                hand,
                permission,
                (SUBJECT, id),
                Refusal::OthersBatch.code(),
                now,
            )
            .await?;
            return Err(error);
        }
        let chips = self.chips_of_batch(id).await?;
        let is_wanted =
            |job: &Uuid| only.is_none_or(|only| only == *job) && chips.get(job).is_some_and(waits);
        let jobs: Vec<Uuid> = batch
            .jobs()
            .iter()
            .map(|job| job.job)
            .filter(is_wanted)
            .collect();
        if only.is_some() && jobs.is_empty() {
            return Err(Refusal::NotInBatch.into());
        }
        self.commit(Change::new(now), hand, permission, (SUBJECT, id))
            .await?;
        Ok(jobs)
    }

    /// The job file of a job, opened.
    ///
    /// # Errors
    /// [`Error::Erased`] when it is gone: the card was made or voided in this moment; [`Error::Crypto`].
    pub async fn job_file(&self, job: Uuid) -> Result<SecretBytes> {
        let sealed = self
            .store()
            .blob(job, BlobName::JobFile)
            .await?
            .ok_or(Error::Erased)?;
        // Sealed octets begin with a random nonce, which may be that of any text: only whoever opens them knows. The command line does
        // not seal what it makes.
        match self.desk().vault().open(JOB_FILE, job, &sealed) {
            Err(_) if CardImage::from_job_file(&sealed).is_ok() => Ok(SecretBytes::new(sealed)),
            opened => opened,
        }
    }
}
