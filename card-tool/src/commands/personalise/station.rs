//! The steps at a chip, for every verb that makes cards: it gets its keys, is written, read back as at a border, and locked.

use anyhow::Result;
use enrolment::profile::Chip;
use floor::quality::Border;
use iso7816::Channel;
use perso::applet::Receipt;
use perso::{CardImage, PreparedChip, Progress as Step, Role};
use pki::TrustStore;
use transport::Clock;

use crate::commands::Context;
use crate::keys::Masters;
use crate::progress::Progress;
use crate::reader::{self, Card};

/// A place where cards are made: its keys, and the issuer whose cards they are.
pub struct Station<'a> {
    /// The master keys of its roles.
    pub masters: &'a Masters,
    /// CSCA certificates of the issuer, for the reading back.
    pub csca: &'a [Vec<u8>],
}

/// What the chip has confirmed.
pub struct Receipts {
    /// The content is written.
    pub commit: Receipt,
    /// The card is in the field.
    pub lock: Option<Receipt>,
}

impl Receipts {
    /// Each with the word for it.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &Receipt)> {
        let lock = self.lock.as_ref().map(|receipt| ("lock", receipt));
        [("commit", &self.commit)].into_iter().chain(lock)
    }
}

impl Station<'_> {
    /// From the maker's chip to one with the issuer's keys and its own.
    pub fn prepare(
        &self,
        offers: &Chip<'_>,
        channel: &mut dyn Channel,
        context: &mut Context,
        progress: &Progress,
    ) -> Result<PreparedChip> {
        let [transport, personalisation, quality] =
            [Role::Transport, Role::Personalisation, Role::Quality]
                .map(|role| self.masters.key(role));
        let (personalisation, quality) = (personalisation?, quality?);
        progress.step("initialise");
        perso::initialise(
            channel,
            &transport?,
            [&quality, &personalisation],
            &mut *context.rng,
        )?;
        let requests = perso::key_requests(offers)?;
        Ok(perso::prepare(
            channel,
            &personalisation,
            &requests,
            &mut *context.rng,
            &mut |step| show(progress, step),
        )?)
    }

    /// Writes, reads back and, unless somebody else shall do that, locks.
    pub fn deliver(
        &self,
        image: &CardImage,
        locks: bool,
        channel: &mut dyn Card,
        context: &mut Context,
        progress: &Progress,
    ) -> Result<Receipts> {
        let personalisation = self.masters.key(Role::Personalisation)?;
        let rng = &mut *context.rng;
        let commit = perso::write_job(channel, &personalisation, image, rng, &mut |step| {
            show(progress, step);
        })?;
        progress.step("read back");
        channel.reset()?;
        self.read_back(image, channel, context)?;
        if !locks {
            return Ok(Receipts { commit, lock: None });
        }
        progress.step("lock");
        channel.reset()?;
        let quality = self.masters.key(Role::Quality)?;
        let lock = perso::lock(channel, &quality, image, &mut *context.rng)?;
        Ok(Receipts {
            commit,
            lock: Some(lock),
        })
    }

    /// Reads the card as a border would, with the password of the job, and compares byte by byte. Only what passes is locked.
    fn read_back(
        &self,
        image: &CardImage,
        channel: &mut dyn Card,
        context: &mut Context,
    ) -> Result<()> {
        let mut trust = TrustStore::new();
        for certificate in self.csca {
            trust.add(certificate, "the issuer's own CSCA")?;
        }
        let clock = std::cell::RefCell::new(Clock::monotonic());
        let border = Border {
            trust: &trust,
            now: context.now,
            clock: &|| clock.borrow_mut().now(),
        };
        let (read, _) = reader::with_line(channel, context.verbose, |line| {
            border.read_back(line, image, &mut *context.rng, &mut |_| {})
        });
        Ok(read?)
    }
}

/// Shows a step.
fn show(progress: &Progress, step: Step) {
    match step {
        Step::Step(what) => progress.step(what),
        Step::Written { done, total } => progress.at(done, total),
    }
}
