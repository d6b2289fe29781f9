//! A batch straight from the service: claimed under a name that was written down before, so that the same call goes on, whatever ended the
//! last one. The line has shown who is at its other end; what came over it is pinned by its digest as any job is.

use uuid::Uuid;

use crate::lane::Desk;
use crate::{ChipSerial, Event, JobEntry, Person, Result, Source, intake};

/// A card of a batch, as the service tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedCard {
    /// Its job.
    pub job: Uuid,
    /// Its chip.
    pub chip: ChipSerial,
    /// Whether it is still to be written.
    pub waits: bool,
}

/// A batch that is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedBatch {
    /// Its name.
    pub batch: Uuid,
    /// Its cards, most urgent first.
    pub cards: Vec<ClaimedCard>,
}

/// The service, as a site sees it.
pub trait Service {
    /// Claims a batch. The same key again is the same batch. `None`: no job waits.
    ///
    /// # Errors
    /// [`crate::Error::Service`].
    fn claim(&mut self, key: Uuid) -> Result<Option<ClaimedBatch>>;

    /// The file of a job; `None` where it is in the batch no longer.
    ///
    /// # Errors
    /// [`crate::Error::Service`].
    fn job(&mut self, batch: Uuid, job: Uuid) -> Result<Option<Vec<u8>>>;
}

/// Where job files are kept until their cards are made.
pub trait Shelf {
    /// Keeps the file of a job. The same file again changes nothing.
    ///
    /// # Errors
    /// Those of the place.
    fn keep(&self, job: Uuid, file: &[u8]) -> Result<()>;
}

/// What was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// The batch, if there is one.
    pub batch: Option<Uuid>,
    /// Jobs that were taken now.
    pub taken: usize,
    /// Jobs that had been taken before.
    pub before: usize,
    /// Jobs that the service has withdrawn in between.
    pub gone: Vec<Uuid>,
    /// Jobs whose file is none, and why.
    pub damaged: Vec<(Uuid, String)>,
}

/// Claims a batch under a key, fetches its files one at a time, and takes them. Whatever ended an earlier call with the same key, this one goes
/// on: nothing is lost, nothing is taken twice.
///
/// # Errors
/// [`crate::Error::Service`], those of the journal and of the shelf: call it again with the same key.
pub fn fetch(
    service: &mut dyn Service,
    key: Uuid,
    url: &str,
    desk: &dyn Desk,
    shelf: &dyn Shelf,
    by: &Person,
) -> Result<Fetched> {
    let mut fetched = Fetched::default();
    let Some(batch) = service.claim(key)? else {
        return Ok(fetched);
    };
    fetched.batch = Some(batch.batch);
    let mut jobs = Vec::new();
    for card in &batch.cards {
        if desk.card(&card.chip)?.and_then(|known| known.job()) == Some(card.job) {
            fetched.before += 1;
            continue;
        }
        if !card.waits {
            continue;
        }
        let Some(file) = service.job(batch.batch, card.job)? else {
            fetched.gone.push(card.job);
            continue;
        };
        match entry(&file, card) {
            Ok(entry) => {
                // The files come first: a job that the journal knows can be written.
                shelf.keep(card.job, &file)?;
                jobs.push(entry);
            }
            Err(why) => fetched.damaged.push((card.job, why)),
        }
    }
    fetched.taken = jobs.len();
    if !jobs.is_empty() {
        desk.note(&Event::Taken {
            batch: batch.batch,
            remake: false,
            jobs,
            source: Some(Source::Service {
                url: url.to_owned(),
            }),
            by: by.clone(),
        })?;
    }
    Ok(fetched)
}

fn entry(file: &[u8], card: &ClaimedCard) -> core::result::Result<JobEntry, String> {
    let entry = intake::entry(file).map_err(|error| error.to_string())?;
    if entry.job == card.job && entry.chip == card.chip {
        Ok(entry)
    } else {
        Err("its file is that of another job".to_owned())
    }
}
