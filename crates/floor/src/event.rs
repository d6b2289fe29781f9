//! What happens on a floor. Old journals load for ever: fields are added, never changed.

use core::fmt;
use core::str::FromStr;

use perso::applet::Receipt;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Pair, Person, Refused, Stage};

/// Octets of a chip's serial number (chapter 05 §4 of the applet's law).
const SERIAL_LEN: core::ops::RangeInclusive<usize> = 16..=32;

/// Serial number of a chip, in hexadecimal where people and files see it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChipSerial(Vec<u8>);

impl ChipSerial {
    /// The serial number of these octets.
    ///
    /// # Errors
    /// [`Refused::Serial`] unless there are 16 to 32.
    pub fn new(octets: &[u8]) -> Result<Self, Refused> {
        if SERIAL_LEN.contains(&octets.len()) {
            Ok(Self(octets.to_vec()))
        } else {
            Err(Refused::Serial)
        }
    }

    /// The octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for ChipSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode_upper(&self.0))
    }
}

impl fmt::Debug for ChipSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChipSerial({self})")
    }
}

impl FromStr for ChipSerial {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        hex::decode(text)
            .map_err(|_| Refused::Serial)
            .and_then(|octets| Self::new(&octets))
    }
}

impl TryFrom<String> for ChipSerial {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        text.parse()
    }
}

impl From<ChipSerial> for String {
    fn from(serial: ChipSerial) -> Self {
        serial.to_string()
    }
}

/// Why there is no good card, in the words of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The chip does not work, or not well enough.
    ChipFaulty,
    /// What is printed is not good enough.
    PrintFaulty,
    /// The card says something that is not true.
    WrongData,
    /// Nobody wants it any more.
    ApplicationWithdrawn,
    /// It was gone, and was found too late.
    LostInProduction,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::ChipFaulty,
        Self::PrintFaulty,
        Self::WrongData,
        Self::ApplicationWithdrawn,
        Self::LostInProduction,
    ];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ChipFaulty => "chip-faulty",
            Self::PrintFaulty => "print-faulty",
            Self::WrongData => "wrong-data",
            Self::ApplicationWithdrawn => "application-withdrawn",
            Self::LostInProduction => "lost-in-production",
        }
    }
}

impl FromStr for Reason {
    type Err = Refused;

    fn from_str(word: &str) -> Result<Self, Refused> {
        let mut all = Self::ALL.into_iter();
        all.find(|reason| reason.word() == word)
            .ok_or(Refused::Reason)
    }
}

/// What was being done at a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// The job is written.
    Writing,
    /// The card is read as at a border.
    ReadingBack,
    /// The card is sent into the field.
    Locking,
}

impl Work {
    /// In words.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Writing => "writing",
            Self::ReadingBack => "reading back",
            Self::Locking => "locking",
        }
    }
}

/// A job of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobEntry {
    /// The job.
    pub job: Uuid,
    /// The one chip that it was made for.
    pub chip: ChipSerial,
    /// The number that is printed on the card.
    pub number: String,
    /// SHA-256 of its file, hexadecimal: it is that file for ever. Journals of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Where a batch comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Source {
    /// Files that nobody has signed; somebody has said that they are taken all the same.
    Unsigned,
    /// A batch file of somebody who is trusted here.
    Signed {
        /// The signer: SHA-256 of the key's SubjectPublicKeyInfo.
        signer: String,
        /// SHA-256 of the batch file.
        sha256: String,
    },
    /// The service itself, over a line on which both have shown who they are.
    Service {
        /// Its address.
        url: String,
    },
}

/// A chip's evidence as a line of the journal: its counter and its MAC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReceipt {
    /// Number of the receipt on the chip.
    pub counter: u32,
    /// 16 octets, hexadecimal.
    pub mac: String,
}

impl From<&Receipt> for StoredReceipt {
    fn from(receipt: &Receipt) -> Self {
        Self {
            counter: receipt.counter,
            mac: hex::encode(receipt.mac),
        }
    }
}

/// What the service was told of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The job.
    pub job: Uuid,
    /// Where its card was then.
    pub stage: Stage,
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Event {
    /// The floor begins.
    Opened {
        /// Who opened it.
        by: Person,
    },
    /// Chips came in that have no job yet.
    Received {
        /// The chips.
        chips: Vec<ChipSerial>,
        /// Who took them in.
        by: Person,
    },
    /// A batch was taken: from now on its chips are for these jobs. Chips that are not in stock came in with it.
    Taken {
        /// The batch.
        batch: Uuid,
        /// Whether its cards take the place of rejects: they go before all others.
        #[serde(default)]
        remake: bool,
        /// Its jobs.
        jobs: Vec<JobEntry>,
        /// Where it comes from. Journals of before do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Source>,
        /// Who took it.
        by: Person,
    },
    /// From now on batches of this signer are taken.
    SignerTrusted {
        /// The key's SubjectPublicKeyInfo, hexadecimal.
        key: String,
        /// Who says so.
        by: Person,
    },
    /// Something happened at a station.
    Station {
        /// The station.
        station: String,
        /// What.
        note: crate::station::Note,
        /// The card that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chip: Option<ChipSerial>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
        /// Who works there.
        by: Person,
    },
    /// The chip of a job is in a reader to be written.
    Started {
        /// The job.
        job: Uuid,
        /// Where.
        reader: String,
        /// Who was at it; lines of before do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Person>,
    },
    /// The chip has confirmed COMMIT.
    Written {
        /// The job.
        job: Uuid,
        /// Where.
        reader: String,
        /// Who has written it.
        by: Person,
        /// The receipt of COMMIT.
        commit: StoredReceipt,
    },
    /// Something did not come to its end. The card is where it was: it can be tried again, or rejected.
    Failed {
        /// The job.
        job: Uuid,
        /// Where.
        reader: String,
        /// What.
        work: Work,
        /// Why.
        why: String,
        /// Who was at it; lines of before do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Person>,
    },
    /// The card was read back and is good; LOCK comes next. The answer of LOCK can be lost, and then this is what is known.
    Locking {
        /// The job.
        job: Uuid,
        /// Where.
        reader: String,
        /// Who has judged it.
        by: Person,
    },
    /// The chip says that LOCK, which was about to come or may have come, has not happened.
    NotLocked {
        /// The job.
        job: Uuid,
        /// Where.
        reader: String,
        /// Who has asked the chip.
        by: Person,
    },
    /// The card is in the field.
    Passed {
        /// The job.
        job: Uuid,
        /// Where.
        reader: String,
        /// Who has judged it.
        by: Person,
        /// The receipt of LOCK; none when its answer was lost, for the chip gives it once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lock: Option<StoredReceipt>,
    },
    /// There will be no good card of this chip.
    Rejected {
        /// The chip.
        chip: ChipSerial,
        /// Why.
        reason: Reason,
        /// Who decided.
        by: Person,
    },
    /// The chip of a reject has destroyed what was on it.
    Voided {
        /// The chip.
        chip: ChipSerial,
        /// The receipt of VOID; none when its answer was lost, for the chip gives it once.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<StoredReceipt>,
        /// Who was at it; lines of before do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Person>,
    },
    /// Two persons have destroyed the card.
    Destroyed {
        /// The chip.
        chip: ChipSerial,
        /// Who.
        by: Pair,
    },
    /// Two persons have looked for the card in vain.
    Missing {
        /// The chip.
        chip: ChipSerial,
        /// Who.
        by: Pair,
    },
    /// What was missing is there again, and goes to the rejects.
    Found {
        /// The chip.
        chip: ChipSerial,
        /// Who found it.
        by: Person,
    },
    /// Good cards leave the floor: one gives them, another one takes them, and both have counted.
    HandedOver {
        /// The chips.
        chips: Vec<ChipSerial>,
        /// Who gives.
        by: Person,
        /// Who takes.
        to: Person,
    },
    /// The service knows what became of these jobs.
    Reported {
        /// Jobs of which it knows all that was so at this line: the form of before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        jobs: Vec<Uuid>,
        /// What it was told of each.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        told: Vec<Told>,
        /// Who has told it; lines of before do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Person>,
    },
    /// A shift begins with what was counted.
    ShiftOpened {
        /// Who counted.
        by: Person,
        /// What lay there.
        count: crate::shift::Count,
        /// Nobody has counted now: these are the numbers with which the last shift was closed, by two who had.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        as_closed: bool,
    },
    /// Somebody counted in between.
    Counted {
        /// Who.
        by: Person,
        /// What lay there.
        count: crate::shift::Count,
    },
    /// A shift ends: two persons have counted, and it adds up.
    ShiftClosed {
        /// Who.
        by: Pair,
        /// What lay there.
        count: crate::shift::Count,
    },
}
