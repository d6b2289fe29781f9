//! One card after the other through a station.

use core::fmt;
use std::time::Duration;

use crypto::CryptoRng;
use iso7816::Channel;
use perso::RoleKey;

use super::{Answer, Contract, Fault, Machine, Note, NumberRule, Position, Step, cleared};
use crate::lane::{Done, Lane};
use crate::{Card, ChipSerial, Error, Event, Refused, Result, Stage};

/// How often a chip that does not answer, or stops to, is brought to the encoder.
const TRIES: usize = 2;

/// The chip at the encoder does not answer, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoChip(pub String);

/// The reader of a station.
pub trait ChipLine {
    /// Waits for the chip at the encoder, and powers it on.
    ///
    /// # Errors
    /// [`NoChip`].
    fn connect(
        &mut self,
        patience: Duration,
    ) -> core::result::Result<Box<dyn Channel + '_>, NoChip>;
}

/// What came of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// It is written, and out.
    Written(Box<Done>),
    /// It had been written by a run that died before the machine took it away; now it is out.
    WrittenBefore(Box<Card>),
    /// It lies with the rejects of the machine. What becomes of it is decided by a person.
    SetAside {
        /// Its chip, if that has answered.
        chip: Option<ChipSerial>,
        /// The number of its job, if it has one.
        number: Option<String>,
        /// Why.
        why: String,
    },
    /// No card is left.
    NoMore,
}

/// A station that has stopped: nobody knows where the card in it is, until a person has looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The station.
    pub station: String,
    /// The card that is somewhere in it, as far as its chip has answered.
    pub inside: Option<ChipSerial>,
    /// Why.
    pub why: String,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "station {}: {}", self.station, self.why)?;
        match &self.inside {
            Some(chip) => write!(f, "; the card of the chip {chip} is in it or behind it"),
            None => Ok(()),
        }
    }
}

/// A station at work.
pub struct Feeding<'a> {
    /// What it is.
    pub contract: &'a Contract,
    /// Its machine.
    pub machine: &'a mut dyn Machine,
    /// Its reader.
    pub line: &'a mut dyn ChipLine,
    /// Who works there, and where cards are looked up.
    pub lane: Lane<'a>,
}

/// What writing takes.
pub struct Writing<'a> {
    /// The key of the personalisation role.
    pub role: &'a RoleKey,
    /// Random numbers.
    pub rng: &'a mut dyn CryptoRng,
    /// Is told of every step.
    pub watch: &'a mut dyn FnMut(&Card, crate::lane::Step),
}

/// What is wrong with the card at the encoder.
struct Unfit {
    card: Option<Card>,
    chip: Option<ChipSerial>,
    why: String,
}

impl Unfit {
    fn of(card: Card, why: String) -> Self {
        Self {
            chip: Some(card.chip.clone()),
            card: Some(card),
            why,
        }
    }

    fn unknown(why: String) -> Self {
        Self {
            card: None,
            chip: None,
            why,
        }
    }
}

/// A try at the card: another one helps, or not.
enum Tried {
    Written(Box<Done>),
    WrittenBefore(Box<Card>),
    Again(Unfit),
    Unfit(Unfit),
}

impl Feeding<'_> {
    /// What a run before has left in the machine: a card at the encoder is gone on with.
    ///
    /// # Errors
    /// [`Error::Station`] for a station that a person has to clear first.
    pub fn begin(&mut self, writing: &mut Writing<'_>) -> Result<Option<Came>> {
        let standing = self.lane.desk.station(&self.contract.name)?;
        if let Some(why) = standing.stopped {
            return Err(Error::Station(Stop {
                station: self.contract.name.clone(),
                inside: standing.inside,
                why: format!("it has stopped and was not cleared: {why}"),
            }));
        }
        let position = match self.machine.step(Step::Position, &[]) {
            Ok(answer) => answer.position,
            Err(fault) => return self.stop(Step::Position, &fault, standing.inside),
        };
        match (position, standing.inside) {
            (Some(Position::AtStation), _) => self.at_station(None, writing).map(Some),
            (Some(Position::Empty), Some(_)) => {
                let why = "the machine says that it is empty";
                let event = cleared(&self.contract.name, why, self.lane.by);
                self.lane.desk.note(&event)?;
                Ok(None)
            }
            (None | Some(Position::Empty), None) => Ok(None),
            (_, inside) => self.stopped("a card was left in it".to_owned(), inside),
        }
    }

    /// Brings the next card, writes it, and takes it away.
    ///
    /// # Errors
    /// [`Error::Station`]: the machine has stopped, and the journal says which card is in it. Those of the journal: the card is where it
    /// was.
    pub fn next(&mut self, writing: &mut Writing<'_>) -> Result<Came> {
        match self.machine.step(Step::Get, &[]) {
            Err(Fault::NoMore) => Ok(Came::NoMore),
            Err(fault) => self.stop(Step::Get, &fault, None),
            Ok(Answer {
                position: Some(position),
                ..
            }) if position != Position::AtStation => {
                let why = format!("get: the machine says that the card is {position:?}");
                self.stopped(why, None)
            }
            Ok(answer) => self.at_station(answer.number.as_deref(), writing),
        }
    }

    /// A card is at the encoder.
    fn at_station(&mut self, number: Option<&str>, writing: &mut Writing<'_>) -> Result<Came> {
        let mut left = TRIES;
        loop {
            left -= 1;
            let read = match self.machine.step(Step::Encode, &[]) {
                Ok(answer) => answer.number.or_else(|| number.map(str::to_owned)),
                Err(fault) => return self.stop(Step::Encode, &fault, None),
            };
            match self.attempt(read.as_deref(), writing)? {
                Tried::Written(done) => {
                    self.done(&done.card)?;
                    return Ok(Came::Written(done));
                }
                Tried::WrittenBefore(card) => {
                    self.done(&card)?;
                    return Ok(Came::WrittenBefore(card));
                }
                Tried::Again(_) if left > 0 => {}
                Tried::Again(unfit) | Tried::Unfit(unfit) => return self.reject(unfit),
            }
        }
    }

    fn attempt(&mut self, number: Option<&str>, writing: &mut Writing<'_>) -> Result<Tried> {
        let (name, rule) = (&self.contract.name, self.contract.number);
        let mut channel = match self.line.connect(self.contract.chip_patience()) {
            Ok(channel) => channel,
            Err(NoChip(why)) => return Ok(Tried::Again(Unfit::unknown(why))),
        };
        let (card, job) = match self.lane.whose(&mut *channel) {
            Ok(known) => known,
            Err(error) => return left_inside(name, self.lane, error),
        };
        if let Some(why) = wrong_number(&card, number, rule) {
            let is_other = number.is_some();
            if is_other {
                let note = Note::NumberDiffers;
                let event = self
                    .lane
                    .at_station(name, note, Some(&card.chip), Some(&why));
                self.lane.desk.note(&event)?;
            }
            return Ok(Tried::Unfit(Unfit::of(card, why)));
        }
        let event = self
            .lane
            .at_station(name, Note::Inside, Some(&card.chip), None);
        self.lane.desk.note(&event)?;
        let Writing { role, rng, watch } = writing;
        let known = card.clone();
        let written = self
            .lane
            .write_card(&mut *channel, card, job, role, *rng, *watch);
        match written {
            Ok(done) => Ok(Tried::Written(Box::new(done))),
            Err(error) => unfit(Some(known), error),
        }
    }

    fn done(&mut self, card: &Card) -> Result<()> {
        let serial = card.chip.to_string();
        let told = [
            ("STATION_CHIP", serial.as_str()),
            ("STATION_NUMBER", card.number()),
        ];
        let chip = Some(card.chip.clone());
        let answer = match self.machine.step(Step::Done, &told) {
            Ok(answer) => answer,
            Err(fault) => return self.stop(Step::Done, &fault, chip),
        };
        // Some machines print behind the encoder, and read what they have printed.
        if let Some(number) = &answer.number
            && !is_same(number, card.number())
        {
            let why = format!(
                "the card {} went out as good with the number {number} on it: find it, and reject it",
                card.number()
            );
            self.note(Note::NumberDiffers, chip.as_ref(), Some(&why))?;
            return self.stopped(why, chip);
        }
        self.note(Note::Delivered, chip.as_ref(), None)
    }

    fn reject(&mut self, unfit: Unfit) -> Result<Came> {
        let Unfit { card, chip, why } = unfit;
        let serial = chip.as_ref().map(ToString::to_string).unwrap_or_default();
        let number = card.as_ref().map(|card| card.number().to_owned());
        let told = [
            ("STATION_CHIP", serial.as_str()),
            ("STATION_NUMBER", number.as_deref().unwrap_or_default()),
            ("STATION_REASON", why.as_str()),
        ];
        if let Err(fault) = self.machine.step(Step::Reject, &told) {
            let why = format!("{why}; and then reject: {fault}");
            return self.stopped(why, chip);
        }
        self.note(Note::SetAside, chip.as_ref(), Some(&why))?;
        Ok(Came::SetAside { chip, number, why })
    }

    fn stop<T>(&self, step: Step, fault: &Fault, inside: Option<ChipSerial>) -> Result<T> {
        self.stopped(format!("{step}: {fault}"), inside)
    }

    fn stopped<T>(&self, why: String, inside: Option<ChipSerial>) -> Result<T> {
        self.note(Note::Stopped, inside.as_ref(), Some(&why))?;
        Err(Error::Station(Stop {
            station: self.contract.name.clone(),
            inside,
            why,
        }))
    }

    fn note(&self, note: Note, chip: Option<&ChipSerial>, why: Option<&str>) -> Result<()> {
        let event = self.lane.at_station(&self.contract.name, note, chip, why);
        self.lane.desk.note(&event)
    }
}

impl Lane<'_> {
    fn at_station(
        &self,
        station: &str,
        note: Note,
        chip: Option<&ChipSerial>,
        why: Option<&str>,
    ) -> Event {
        Event::Station {
            station: station.to_owned(),
            note,
            chip: chip.cloned(),
            why: why.map(str::to_owned),
            by: self.by.clone(),
        }
    }
}

/// A card that is not to be written: unless it is the one that was in the machine when a run died behind its COMMIT.
fn left_inside(station: &str, lane: Lane<'_>, error: Error) -> Result<Tried> {
    if let Error::Refused(Refused::Stage { chip, stage, .. }) = &error
        && *stage == Stage::Written
        && lane.desk.station(station)?.inside.as_ref() == Some(chip)
        && let Some(card) = lane.desk.card(chip)?
    {
        return Ok(Tried::WrittenBefore(Box::new(card)));
    }
    unfit(None, error)
}

/// Whether the card is at fault, or the floor: then it stays where it is.
fn unfit(card: Option<Card>, error: Error) -> Result<Tried> {
    let why = error.to_string();
    let chip = match &error {
        Error::Refused(
            Refused::Stranger(chip) | Refused::NoJob(chip) | Refused::Stage { chip, .. },
        ) => Some(chip.clone()),
        _ => None,
    };
    let unfit = match card {
        Some(card) => Unfit::of(card, why),
        None => Unfit {
            chip,
            ..Unfit::unknown(why)
        },
    };
    match error {
        Error::Journal(_) => Err(error),
        lost if lost.lost_line().is_some() => Ok(Tried::Again(unfit)),
        _ => Ok(Tried::Unfit(unfit)),
    }
}

fn wrong_number(card: &Card, read: Option<&str>, rule: NumberRule) -> Option<String> {
    match read {
        Some(read) if is_same(read, card.number()) => None,
        Some(read) => Some(format!(
            "the number {read} is printed on it, its job is for {}",
            card.number()
        )),
        None if rule == NumberRule::Required => Some("no number was read off it".to_owned()),
        None => card.other_number.clone(),
    }
}

/// Numbers as people and optics write them: case, blanks and fillers are no matter.
fn is_same(read: &str, number: &str) -> bool {
    let plain = |text: &str| -> String {
        let signs = text.chars().filter(|c| !c.is_whitespace() && *c != '<');
        signs.map(|c| c.to_ascii_uppercase()).collect()
    };
    plain(read) == plain(number)
}
