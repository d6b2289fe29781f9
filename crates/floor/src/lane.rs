//! The work at one reader: whose card is this, and what is to be done with it?

use crypto::CryptoRng;
use iso7816::{Channel, StatusWord};
use perso::applet::{KeyRequest, LifeCycle, Receipt};
use perso::{CardImage, PreparedChip, Progress, RoleKey};
use uuid::Uuid;

use crate::event::Work;
use crate::station::Standing;
use crate::{Card, ChipSerial, Error, Event, Person, Refused, Result, Stage, transition};

/// Where a lane looks cards up, and where it writes down what happens. One desk serves all readers.
pub trait Desk {
    /// What is known of a chip.
    ///
    /// # Errors
    /// Those of the journal.
    fn card(&self, chip: &ChipSerial) -> Result<Option<Card>>;

    /// Cards whose locking was interrupted.
    ///
    /// # Errors
    /// Those of the journal.
    fn being_locked(&self) -> Result<Vec<Card>>;

    /// What is known of a station.
    ///
    /// # Errors
    /// Those of the journal.
    fn station(&self, name: &str) -> Result<Standing>;

    /// Writes an event down. When this returns it has happened.
    ///
    /// # Errors
    /// Those of the journal.
    fn note(&self, event: &Event) -> Result<()>;

    /// What is to be written.
    ///
    /// # Errors
    /// [`Error::Job`].
    fn image(&self, job: Uuid) -> Result<CardImage>;
}

/// What a lane is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A step begins.
    Named(&'static str),
    /// Octets out of all.
    Octets {
        /// Done.
        done: usize,
        /// To do.
        total: usize,
    },
}

/// A reader, and the person who stands at it.
#[derive(Clone, Copy)]
pub struct Lane<'a> {
    /// Name of the reader.
    pub reader: &'a str,
    /// Who works here.
    pub by: &'a Person,
    /// Where cards are looked up.
    pub desk: &'a dyn Desk,
}

/// What a chip needs to come into the pool.
pub struct Pool<'a> {
    /// The maker's key.
    pub transport: &'a RoleKey,
    /// The issuer's key of the personalisation role.
    pub personalisation: &'a RoleKey,
    /// The issuer's key of the quality role.
    pub quality: &'a RoleKey,
    /// The keys that the chip generates.
    pub requests: &'a [KeyRequest],
}

/// A card that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The card, as it was before.
    pub card: Card,
    /// The receipt of COMMIT.
    pub commit: Receipt,
    /// Octets of its files.
    pub octets: usize,
}

impl Lane<'_> {
    /// Writes the card in the reader: its chip is identified, its job is looked up, written, and confirmed by COMMIT. A card that was
    /// begun goes on where its chip stands.
    ///
    /// # Errors
    /// [`Refused`] for a chip that has no job here or needs none any more: nothing was written. After [`Error::Perso`] the card can be put
    /// in again.
    pub fn write(
        &self,
        card: &mut dyn Channel,
        personalisation: &RoleKey,
        rng: &mut dyn CryptoRng,
        watch: &mut dyn FnMut(&Card, Step),
    ) -> Result<Done> {
        let (known, job) = self.whose(card)?;
        transition::must_be_its_own(&known)?;
        self.write_card(card, known, job, personalisation, rng, watch)
    }

    /// Whose card is in the reader: one that is to be written.
    pub(crate) fn whose(&self, card: &mut dyn Channel) -> Result<(Card, Uuid)> {
        let status = perso::personalise::identify(card)?;
        let serial = ChipSerial::new(&status.serial)?;
        let (known, job) = self.known(&serial)?;
        if known.stage.waits() {
            return Ok((known, job));
        }
        Err(Refused::Stage {
            chip: serial,
            stage: known.stage,
            what: "writing",
        }
        .into())
    }

    /// Writes a card that was identified.
    pub(crate) fn write_card(
        &self,
        card: &mut dyn Channel,
        known: Card,
        job: Uuid,
        personalisation: &RoleKey,
        rng: &mut dyn CryptoRng,
        watch: &mut dyn FnMut(&Card, Step),
    ) -> Result<Done> {
        let image = self.desk.image(job)?;
        self.desk.note(&Event::Started {
            job,
            reader: self.reader.to_owned(),
            by: Some(self.by.clone()),
        })?;
        let written = perso::write_job(card, personalisation, &image, rng, &mut |step| {
            watch(&known, step.into());
        });
        let commit = self.or_note(job, Work::Writing, written.map_err(Error::from))?;
        self.note_done(&Event::Written {
            job,
            reader: self.reader.to_owned(),
            by: self.by.clone(),
            commit: (&commit).into(),
        })?;
        Ok(Done {
            card: known,
            commit,
            octets: image.total_len(),
        })
    }

    /// Brings the chip in the reader into the pool: it gets the issuer's keys, generates its own, and waits in stock for a job. `keep` puts
    /// down what the issuer has to know of it, before it counts as received; a chip that is in stock is told of again.
    ///
    /// # Errors
    /// [`Refused::Stage`] for a chip that has a job; [`Error::Perso`], after which the chip can be put in again; those of `keep`.
    pub fn prepare(
        &self,
        card: &mut dyn Channel,
        pool: &Pool<'_>,
        rng: &mut dyn CryptoRng,
        keep: &dyn Fn(&PreparedChip) -> Result<()>,
        watch: &mut dyn FnMut(&Card, Step),
    ) -> Result<Card> {
        let status = perso::personalise::identify(card)?;
        let serial = ChipSerial::new(&status.serial)?;
        let known = self.desk.card(&serial)?;
        let chip = known.clone().unwrap_or_else(|| Card::new(serial.clone()));
        if chip.stage != Stage::Stock {
            return Err(Refused::Stage {
                chip: serial,
                stage: chip.stage,
                what: "the pool",
            }
            .into());
        }
        watch(&chip, Step::Named("issuer's keys"));
        let issuer = [pool.quality, pool.personalisation];
        perso::initialise(card, pool.transport, issuer, rng)?;
        let show = &mut |step: Progress| watch(&chip, step.into());
        let prepared = perso::prepare(card, pool.personalisation, pool.requests, rng, show)?;
        keep(&prepared)?;
        if known.is_none() {
            self.desk.note(&Event::Received {
                chips: vec![serial],
                by: self.by.clone(),
            })?;
        }
        Ok(chip)
    }

    /// Has the chip of a reject destroy its content. A chip that has done so before is written down as such.
    ///
    /// # Errors
    /// [`Refused`] for a card that is no reject, or was voided before; [`Refused::Locked`] for one in the field; [`Error::Perso`].
    pub fn void(
        &self,
        card: &mut dyn Channel,
        role: &RoleKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Card, Option<Receipt>)> {
        let status = match perso::personalise::identify(card) {
            Err(perso::Error::CardRefused { sw, .. }) if sw == StatusWord::FILE_NOT_FOUND => {
                return Err(Refused::Locked.into());
            }
            status => status?,
        };
        let serial = ChipSerial::new(&status.serial)?;
        let known = self.desk.card(&serial)?;
        let known = known.ok_or_else(|| Refused::Stranger(serial.clone()))?;
        if known.stage != Stage::Rejected || known.voided {
            return Err(Refused::Stage {
                chip: serial,
                stage: known.stage,
                what: "VOID",
            }
            .into());
        }
        let receipt = match status.state {
            LifeCycle::Terminated => None,
            _ => Some(perso::void(card, role, rng)?),
        };
        self.note_done(&Event::Voided {
            chip: serial,
            receipt: receipt.as_ref().map(Into::into),
            by: Some(self.by.clone()),
        })?;
        Ok((known, receipt))
    }

    /// The card of a chip, and its job.
    pub(crate) fn known(&self, chip: &ChipSerial) -> Result<(Card, Uuid)> {
        let card = self.desk.card(chip)?;
        let card = card.ok_or_else(|| Refused::Stranger(chip.clone()))?;
        let job = card.job().ok_or_else(|| Refused::NoJob(chip.clone()))?;
        Ok((card, job))
    }

    /// Writes a failure down. When even that fails, what failed first is the lesser trouble.
    pub(crate) fn or_note<T>(&self, job: Uuid, work: Work, done: Result<T>) -> Result<T> {
        if let Err(error) = &done {
            self.note_done(&Event::Failed {
                job,
                reader: self.reader.to_owned(),
                work,
                why: error.to_string(),
                by: Some(self.by.clone()),
            })?;
        }
        done
    }

    /// Writes down what came of a card that was worked on. When that is refused, the card was the right one all the same.
    pub(crate) fn note_done(&self, event: &Event) -> Result<()> {
        self.desk.note(event).map_err(|error| match error {
            Error::Refused(refused) => Error::TooLate(refused),
            other => other,
        })
    }
}

impl From<Progress> for Step {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Step(what) => Self::Named(what),
            Progress::Written { done, total } => Self::Octets { done, total },
        }
    }
}
