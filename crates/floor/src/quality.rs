//! Quality control: another person with other keys reads the card as a border would, and only what is good is locked.

use core::time::Duration;
use std::collections::BTreeMap;

use crypto::CryptoRng;
use inspection::{AccessChoice, Config, Event as Seen, Outcome, Report, inspect};
use iso7816::{Channel, StatusWord};
use lds::{EfCardAccess, File, FileContent as _};
use perso::applet::{LifeCycle, Receipt};
use perso::{CardImage, RoleKey};
use pki::TrustStore;
use protocols::{Password, pace};
use time::OffsetDateTime;

use crate::event::Work;
use crate::lane::{Lane, Step};
use crate::{Card, ChipSerial, Error, Event, Refused, Result, Stage, rules, transition};

/// Why a card that was read back is not good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotGood {
    /// The verdict of the inspection.
    pub overall: Outcome,
    /// Whether the card did not even open with the password that is printed on it.
    pub was_not_let_in: bool,
    /// What was found, each with its cause.
    pub faults: Vec<String>,
}

/// What a border has: trusted certificates and the time.
pub struct Border<'a> {
    /// What is trusted. Not what the issuer says of itself: what a border would load.
    pub trust: &'a TrustStore,
    /// The time.
    pub now: OffsetDateTime,
    /// A clock, counted from any start.
    pub clock: &'a dyn Fn() -> Duration,
}

impl Border<'_> {
    /// Reads a card with the password that is printed on it, and compares it octet by octet with the job. The card has been reset.
    ///
    /// # Errors
    /// [`Error::ReadBack`]; [`perso::Error::ReadBackDiffers`] for a file that is not what was written.
    pub fn read_back(
        &self,
        card: &mut dyn Channel,
        image: &CardImage,
        rng: &mut dyn CryptoRng,
        observe: &mut dyn FnMut(Seen<'_>),
    ) -> Result<()> {
        // What is printed on the card opens it, not what the job file says of it.
        let passwords = [Password::mrz(&image.zone()?.information())];
        let config = Config {
            passwords: &passwords,
            access: AccessChoice::Automatic,
            printed_mrz: None,
            terminal: None,
            trust: self.trust,
            now: self.now,
            extended_length: true,
            clock: self.clock,
        };
        let report = inspect(card, &config, rng, observe);
        let read = files(&report);
        image.compare(&read)?;
        let mut faults = faults(&report);
        if report.overall() != Outcome::Aborted {
            let left_out = image.left_out(&read);
            faults.extend(left_out.map(|file| format!("{file} was not read back")));
        }
        if faults.is_empty() && report.overall() == Outcome::Successful {
            return open_by_can(card, image, rng);
        }
        Err(Error::ReadBack(NotGood {
            overall: report.overall(),
            was_not_let_in: report.was_not_let_in(),
            faults,
        }))
    }
}

/// The other number that is printed on the card opens it, too.
fn open_by_can(card: &mut dyn Channel, image: &CardImage, rng: &mut dyn CryptoRng) -> Result<()> {
    let (Some(can), Some(access)) = (image.can_password()?, image.files().get(&File::CardAccess))
    else {
        return Ok(());
    };
    let infos = EfCardAccess::parse(access).map_err(perso::Error::from)?;
    let infos = infos.value.security_infos;
    let Some(info) = pace::strongest(infos.pace()) else {
        return Ok(());
    };
    reset(card)?;
    match pace::terminal::establish(card, info, &can, None, rng) {
        Ok(_) => Ok(()),
        Err(protocols::Error::Transport(lost)) => Err(Error::Perso(lost.into())),
        Err(error) => Err(Error::ReadBack(NotGood {
            overall: Outcome::Failed,
            was_not_let_in: true,
            faults: vec![format!("the card does not open with its CAN: {error}")],
        })),
    }
}

fn files(report: &Report) -> BTreeMap<File, Vec<u8>> {
    report.data.as_shown().files.clone()
}

/// A border forgives a chip one way of proving itself when the other one works; its maker does not.
fn faults(report: &Report) -> Vec<String> {
    let is_fault = |check: &&inspection::Check| {
        let counts = check.counts_as();
        check.finding.outcome == Outcome::Failed
            || counts.is_some_and(|outcome| outcome != Outcome::Successful)
    };
    let faults = report.checks.iter().filter(is_fault);
    faults
        .map(|check| format!("{}: {}", check.kind.title, check.finding.cause))
        .collect()
}

/// A card that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The card, as the journal has it now.
    pub card: Card,
    /// The receipt of LOCK; none when the card had been locked before and its answer was lost.
    pub lock: Option<Receipt>,
}

impl Lane<'_> {
    /// Judges the card in the reader, and locks it if it is good.
    ///
    /// A card whose locking was interrupted may be in the field already. It says no serial number any more; it is recognised by reading it
    /// with the passwords of those few whose locking was interrupted, and is good if all of it is what was written.
    ///
    /// # Errors
    /// [`Refused`] for a card that is not to be judged, or not by this person; [`Error::ReadBack`]; [`Error::Perso`]. The card is not
    /// locked then, unless the answer of LOCK was lost.
    pub fn judge(
        &self,
        card: &mut dyn Channel,
        quality: &RoleKey,
        border: &Border<'_>,
        rng: &mut dyn CryptoRng,
        watch: &mut dyn FnMut(&Card, Step),
    ) -> Result<Judged> {
        let status = match perso::personalise::identify(card) {
            Err(perso::Error::CardRefused { sw, .. }) if sw == StatusWord::FILE_NOT_FOUND => {
                return self.recognise(card, border, rng);
            }
            status => status?,
        };
        let serial = ChipSerial::new(&status.serial)?;
        let (known, job) = self.known(&serial)?;
        if known.stage != Stage::Written {
            return Err(Refused::Stage {
                chip: serial,
                stage: known.stage,
                what: "judging",
            }
            .into());
        }
        rules::may_judge(&known, self.by)?;
        transition::must_be_its_own(&known)?;
        if status.state != LifeCycle::Written {
            return Err(Refused::ChipDiffers {
                chip: serial,
                stage: known.stage,
                found: status.state,
            }
            .into());
        }
        if known.lock_is_open() {
            // It says its number and its state: LOCK has not come to it, and it can be rejected if it is not good.
            self.desk.note(&Event::NotLocked {
                job,
                reader: self.reader.to_owned(),
                by: self.by.clone(),
            })?;
        }
        let image = self.desk.image(job)?;
        watch(&known, Step::Named("reading back"));
        let mut observe = |seen: Seen<'_>| match seen {
            Seen::Started(kind) => watch(&known, Step::Named(kind.title)),
            Seen::Reading { done, total, .. } => watch(&known, Step::Octets { done, total }),
            Seen::Read(_) | Seen::Finished(_) => {}
        };
        let read = reset(card).and_then(|()| border.read_back(card, &image, rng, &mut observe));
        self.or_note(job, Work::ReadingBack, read)?;
        self.note_done(&Event::Locking {
            job,
            reader: self.reader.to_owned(),
            by: self.by.clone(),
        })?;
        watch(&known, Step::Named("locking"));
        let locked =
            reset(card).and_then(|()| perso::lock(card, quality, &image, rng).map_err(Error::from));
        let lock = self.or_note(job, Work::Locking, locked)?;
        self.passed(known, Some(lock))
    }

    /// A card in the field: one of those whose locking was interrupted?
    fn recognise(
        &self,
        card: &mut dyn Channel,
        border: &Border<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Judged> {
        let mut refused = Refused::InTheField;
        for candidate in self.desk.being_locked()? {
            let Some(job) = candidate.job() else { continue };
            if let Err(own) = rules::may_judge(&candidate, self.by) {
                refused = own;
                continue;
            }
            let image = self.desk.image(job)?;
            reset(card)?;
            match border.read_back(card, &image, rng, &mut |_| {}) {
                Ok(()) => return self.passed(candidate, None),
                Err(Error::ReadBack(fault)) if fault.overall == Outcome::Aborted => {
                    return Err(Error::ReadBack(fault));
                }
                // Somebody else's password does not open it.
                Err(Error::ReadBack(_) | Error::Perso(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Err(refused.into())
    }

    fn passed(&self, card: Card, lock: Option<Receipt>) -> Result<Judged> {
        let job = card.job().ok_or(Refused::NoJob(card.chip.clone()))?;
        self.note_done(&Event::Passed {
            job,
            reader: self.reader.to_owned(),
            by: self.by.clone(),
            lock: lock.as_ref().map(Into::into),
        })?;
        let card = Card {
            stage: Stage::Passed,
            was_good: true,
            ..card
        };
        Ok(Judged { card, lock })
    }
}

fn reset(card: &mut dyn Channel) -> Result<()> {
    card.reset_card()
        .map_err(|error| Error::Perso(error.into()))
}
