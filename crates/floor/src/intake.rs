//! How jobs come in: a job file is looked at once, its digest goes into the journal, and from then on it is that file and no other.

use crypto::HashAlgorithm;
use perso::CardImage;
use perso::batch_file::{BatchFault, BatchJob};
use uuid::Uuid;

use crate::{ChipSerial, Error, JobEntry, Result};

/// The digest of a job file, as the journal has it: SHA-256, hexadecimal.
#[must_use]
pub fn digest(file: &[u8]) -> String {
    hex::encode(HashAlgorithm::Sha256.digest(file))
}

/// What the journal has to know of a job file. The chip opens by the zone that is printed on the card, or it is no job.
///
/// # Errors
/// [`Error::Perso`].
pub fn entry(file: &[u8]) -> Result<JobEntry> {
    let image = CardImage::from_job_file(file)?;
    let zone = image.zone()?;
    Ok(JobEntry {
        job: image.job(),
        chip: ChipSerial::new(image.chip_serial())?,
        number: zone.document_number(),
        sha256: Some(digest(file)),
    })
}

/// The same of a job that a batch file names.
///
/// # Errors
/// [`Error::Perso`]; [`Error::Job`] for a file that is not the one that was signed.
pub fn signed_entry(file: &[u8], signed: &BatchJob) -> Result<JobEntry> {
    let entry = entry(file)?;
    let is_signed = entry.job == signed.job
        && entry.sha256.as_deref() == Some(signed.sha256.as_str())
        && signed.chip.parse().as_ref() == Ok(&entry.chip);
    if is_signed {
        return Ok(entry);
    }
    Err(Error::Job {
        job: signed.job,
        why: "its file is not the one that was signed".to_owned(),
    })
}

/// The content of a job's file, if it is the file that was taken. What was taken before digests were written down has none.
///
/// # Errors
/// [`Error::Job`], [`Error::Perso`].
pub fn image(job: Uuid, sha256: Option<&str>, file: &[u8]) -> Result<CardImage> {
    let refused = |why: String| Error::Job { job, why };
    if sha256.is_some_and(|taken| taken != digest(file)) {
        let why = "its file is not the one that was taken: somebody has changed it";
        return Err(refused(why.to_owned()));
    }
    let image = CardImage::from_job_file(file)?;
    if image.job() != job {
        return Err(refused(format!(
            "its file is that of the job {}",
            image.job()
        )));
    }
    Ok(image)
}

impl From<BatchFault> for Error {
    fn from(fault: BatchFault) -> Self {
        Self::Batch(fault)
    }
}
