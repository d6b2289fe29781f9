//! The story, from nothing to cards that verify.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

use anyhow::{Result, bail, ensure};
use time::OffsetDateTime;

use crate::{
    board::Board,
    client::{list, text},
    counter,
    desk::Desk,
    house::{House, OPERATOR},
    office, people,
    press::{self, Card, Job},
    program::said,
    proof,
    rack::Rack,
    server::Server,
    staff::Staff,
    sum::Sum,
};

/// People who are sealed by one call of the station.
const SEALED_AT_ONCE: usize = 25;
/// Of how many cards verifiers ask at the end; small runs ask of all.
const SAMPLE: usize = 50;

/// Everything that is there.
pub struct Story<'s> {
    /// The folders.
    pub house: House,
    /// The readers.
    pub rack: Rack,
    /// The service.
    pub server: Server,
    /// The people of the office.
    pub staff: Staff,
    /// What is shown.
    pub board: Board,
    /// What was counted.
    pub sum: Sum,
    /// Somebody has pressed Ctrl-C.
    pub stop: &'s AtomicBool,
}

impl Story<'_> {
    /// Tells it for so many people.
    ///
    /// # Errors
    /// Anything that is not as it must be.
    pub fn tell(&mut self, people: usize) -> Result<()> {
        self.sum.people = people;
        let today = OffsetDateTime::now_utc().date();
        let drawn = people::draw(&self.house.path("people"), 0..people, today)?;
        // One of the first is refused, and one card is spoiled and made again; both need somebody to be left over.
        let refused = usize::from(people >= 3);
        self.sum.remade = usize::from(people >= 3);
        self.chips(people - refused + self.sum.remade)?;
        self.grant(&drawn.first, refused)?;
        // Whoever has the name and the birthday of somebody in the register is looked at.
        self.grant(&drawn.namesakes, 0)?;
        let cards = self.make()?;
        self.deliver(&cards)?;
        self.prove(&cards)
    }

    fn go_on(&self) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        Ok(())
    }

    fn chips(&mut self, count: usize) -> Result<()> {
        let step = self.board.begin("chips prepared", count);
        let chips = press::prepare(&self.house, &self.rack, count, self.stop, &step)?;
        self.board.end(&step);
        press::stock(&self.staff.clerk, &chips)?;
        self.sum.chips = chips.len();
        Ok(())
    }

    /// From the station to the job.
    fn grant(&mut self, folders: &[PathBuf], refused: usize) -> Result<()> {
        if folders.is_empty() {
            return Ok(());
        }
        let mut refusals = self.enrol(folders)?;
        refusals.truncate(refused);
        let step = self.board.wait("waited for checks", folders.len());
        let stages =
            office::until_none_is(&self.staff.approver, &["received"], |done| step.at(done))?;
        self.board.end(&step);
        let decided = self.decide(&stages, &refusals)?;
        ensure!(
            decided == folders.len(),
            "{decided} of {} were there to be decided",
            folders.len()
        );
        self.sum.refused += refused;
        self.signed(folders.len() - refused)?;
        // Two who resemble each other may have been approved side by side: the second is looked at again before the register has it.
        loop {
            let stages = office::stages(&self.staff.approver)?;
            match self.decide(&stages, &[])? {
                0 => return Ok(()),
                again => self.signed(again)?,
            }
        }
    }

    /// Judges hints and decides.
    fn decide(&mut self, stages: &office::Stages, refusals: &[String]) -> Result<usize> {
        self.sum.reviewed += office::review(&self.staff, stages)?;
        let waiting = ["received", "in-duplicate-review"];
        let stages = office::until_none_is(&self.staff.approver, &waiting, |_| ())?;
        let waiting = stages.get("checked").map_or(0, Vec::len);
        if waiting == 0 {
            return Ok(0);
        }
        let step = self.board.begin("decided", waiting);
        let decided = office::decide(&self.staff, &stages, refusals, || step.one())?;
        self.board.end(&step);
        Ok(decided)
    }

    /// The service signs from the first approval on; what is left then is waited for.
    fn signed(&mut self, jobs: usize) -> Result<()> {
        let step = self.board.wait("waited for signatures", jobs);
        office::until_none_is(&self.staff.approver, &["approved"], |done| step.at(done))?;
        self.board.end(&step);
        self.go_on()
    }

    /// Sealed at the station, sent over its line, and erased there.
    fn enrol(&mut self, folders: &[PathBuf]) -> Result<Vec<String>> {
        let step = self.board.begin("sealed at the station", folders.len());
        let mut packets = Vec::new();
        for part in folders.chunks(SEALED_AT_ONCE) {
            let told = said(
                self.house
                    .station()
                    .args(["seal", "--operator", OPERATOR])
                    .args(part),
            )?;
            let sealed = list(&told, "people")?.iter();
            let sealed = sealed.map(|one| Ok(text(one, "packet")?.to_owned()));
            packets.extend(sealed.collect::<Result<Vec<_>>>()?);
            step.at(packets.len());
            self.go_on()?;
        }
        self.board.end(&step);
        let sealed = packets.len();
        let step = self.board.begin("sent to the service", sealed);
        let sent =
            said(
                self.house
                    .station()
                    .args(["outbox", "send", "--to", &self.server.address]),
            )?;
        self.board.end(&step);
        let acknowledged = list(&sent, "acknowledged")?.len();
        ensure!(
            acknowledged == sealed,
            "{acknowledged} of {sealed} packets are acknowledged"
        );
        said(self.house.station().args(["outbox", "erase"]))?;
        Ok(packets)
    }

    /// Cards, from the batch to the consignment.
    fn make(&mut self) -> Result<Vec<Card>> {
        let mut cards = Vec::new();
        let mut spoiled = self.sum.remade;
        loop {
            let jobs = press::claim(&self.house, &self.staff.site)?;
            if jobs.is_empty() {
                return Ok(cards);
            }
            let step = self.board.begin("written", jobs.len());
            let written = press::write(&self.house, &self.rack, &jobs, self.stop, &step)?;
            self.board.end(&step);
            press::report(&self.staff.site, &jobs, &written, "results", "written")?;
            let (bad, good) = jobs.split_at(spoiled.min(jobs.len()));
            spoiled -= bad.len();
            let step = self.board.begin("read back and locked", good.len());
            let locked = press::lock(&self.house, &self.rack, good, self.stop, &step)?;
            self.board.end(&step);
            press::report(&self.staff.quality, good, &locked, "quality", "passed")?;
            cards.extend(good.iter().map(|job| job.card.clone()));
            self.spoil(bad)?;
        }
    }

    /// Quality control does not pass cards, and a second person has seen it: they are made again before others.
    fn spoil(&mut self, jobs: &[Job]) -> Result<()> {
        if jobs.is_empty() {
            return Ok(());
        }
        let rejected: Vec<_> = jobs
            .iter()
            .map(|job| serde_json::json!({ "outcome": "rejected", "job": job.card.job, "reason": "print-faulty" }))
            .collect();
        press::report(&self.staff.quality, jobs, &rejected, "quality", "proposed")?;
        press::report(
            &self.staff.second_quality,
            jobs,
            &rejected,
            "quality",
            "voided",
        )?;
        self.signed(jobs.len())
    }

    fn deliver(&mut self, cards: &[Card]) -> Result<()> {
        let step = self.board.begin("sent and counted", cards.len());
        counter::ship(&self.staff, &cards.iter().collect::<Vec<_>>())?;
        self.board.end(&step);
        let step = self.board.begin("read out and handed over", cards.len());
        let seen = self.rack.each(cards, self.stop, |card, slot| {
            let seen = counter::inspect(
                &self.rack,
                slot,
                &self.house.path("pki/csca.der"),
                (&card.chip, &card.can),
            )?;
            counter::hand_over(&self.staff.counter, card)?;
            step.one();
            Ok(seen)
        })?;
        self.board.end(&step);
        self.sum.cards = seen.len();
        self.sum.round_trips = seen.iter().map(|seen| seen.round_trips).sum::<u64>()
            / u64::try_from(seen.len().max(1))?;
        Ok(())
    }

    fn prove(&mut self, cards: &[Card]) -> Result<()> {
        ensure!(
            cards.len() + self.sum.refused == self.sum.people,
            "{} people, {} cards, {} refused",
            self.sum.people,
            cards.len(),
            self.sum.refused
        );
        self.staff.agree(&self.house.party)?;
        self.verify(cards)?;
        if let Some(lost) = cards.first() {
            self.at_the_desk(lost, "valid")?;
            proof::lost(&self.staff, lost)?;
            self.at_the_desk(lost, "revoked")?;
        }
        self.sum.stock = Some(proof::stock(&self.staff, self.sum.chips, cards.len())?);
        let step = self.board.wait("waited for erasure", self.sum.people);
        self.sum.erased = proof::erased(&self.staff)?;
        self.board.end(&step);
        self.sum.entries = proof::log(&self.house, &self.staff)?;
        self.sum.peak = self.server.peak();
        Ok(())
    }

    /// A card on the reader of a verifier, who asks the issuer with a line and without one.
    fn at_the_desk(&self, card: &Card, said: &str) -> Result<()> {
        let desk = Desk::of(&self.house, &self.server.address);
        let one = core::slice::from_ref(card);
        self.rack.each(one, self.stop, |card, slot| {
            desk.judge(&self.staff, &self.rack, slot, card, said)
        })?;
        Ok(())
    }

    /// Every card of the sample is valid, says the register to who asks, and the list to who has no line.
    fn verify(&mut self, cards: &[Card]) -> Result<()> {
        let step = self
            .board
            .begin("asked for by verifiers", cards.len().min(SAMPLE));
        for card in cards.iter().take(SAMPLE) {
            proof::is_valid(&self.staff, card)?;
            step.one();
            self.go_on()?;
        }
        self.board.end(&step);
        Ok(())
    }
}
