//! GET STATUS and the life cycle.

use core::fmt;

use iso7816::tlv::{self, Tag, Tlv};
use iso7816::{Channel, CommandApdu, FileId, Ins, Le};
use uuid::Uuid;

use super::{CLA, KeyPlace, LawVersion, done};
use crate::{Error, Result};

/// State of a chip (chapter 06 of the applet's law). Never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LifeCycle {
    /// As the maker delivered it: serial number and transport keys.
    Manufactured,
    /// The issuer's keys are on it.
    Initialised,
    /// A job is being written.
    Open,
    /// The job is complete; quality control reads it.
    Written,
    /// In the field.
    Operational,
    /// Somebody tried wrong keys too often.
    Blocked,
    /// Destroyed.
    Terminated,
}

impl LifeCycle {
    const ALL: [(Self, u8, &'static str); 7] = [
        (Self::Manufactured, 0x01, "MANUFACTURED"),
        (Self::Initialised, 0x03, "INITIALISED"),
        (Self::Open, 0x07, "OPEN"),
        (Self::Written, 0x0F, "WRITTEN"),
        (Self::Operational, 0x1F, "OPERATIONAL"),
        (Self::Blocked, 0x7F, "BLOCKED"),
        (Self::Terminated, 0xFF, "TERMINATED"),
    ];

    /// Code in commands and answers.
    #[must_use]
    pub fn code(self) -> u8 {
        Self::ALL
            .into_iter()
            .find(|(state, ..)| *state == self)
            .map_or(0, |(_, code, _)| code)
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(_, known, _)| *known == code)
            .map(|(state, ..)| state)
    }
}

impl fmt::Display for LifeCycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL
            .into_iter()
            .find(|(state, ..)| state == self)
            .map_or("", |(.., name)| name);
        f.write_str(name)
    }
}

/// A key set on the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySetStatus {
    /// Key version.
    pub version: u8,
    /// Tries left before the chip blocks.
    pub tries_left: u8,
}

/// A file of the open job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStatus {
    /// `00` MF, `01` application.
    pub df: u8,
    /// File identifier.
    pub id: FileId,
    /// Octets of the file.
    pub length: usize,
    /// Octets from the start that are written without a gap.
    pub mark: usize,
}

/// What GET STATUS says. The parts behind `key_sets` come in the secure channel only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipStatus {
    /// State.
    pub state: LifeCycle,
    /// Serial number, 16 to 32 octets.
    pub serial: Vec<u8>,
    /// Version of the law that the chip obeys.
    pub law: LawVersion,
    /// Key sets, ascending by version.
    pub key_sets: Vec<KeySetStatus>,
    /// The open or written job.
    pub job: Option<Uuid>,
    /// SHA-256 of its manifest.
    pub manifest_hash: Option<Vec<u8>>,
    /// Its files.
    pub files: Vec<FileStatus>,
    /// The places of the keys that the chip has generated.
    pub generated: Vec<KeyPlace>,
}

impl ChipStatus {
    /// Whether the key set is on the chip.
    #[must_use]
    pub fn has_keys(&self, version: u8) -> bool {
        self.key_sets.iter().any(|set| set.version == version)
    }

    /// Errors unless the chip is in the state that a step needs.
    ///
    /// # Errors
    /// [`Error::WrongState`].
    pub fn must_be(&self, wanted: LifeCycle, step: &'static str) -> Result<()> {
        if self.state == wanted {
            Ok(())
        } else {
            Err(Error::WrongState {
                step,
                found: self.state,
                wanted,
            })
        }
    }
}

/// GET STATUS: the public part on a bare channel, everything in the secure channel.
///
/// # Errors
/// [`Error::CardRefused`]; [`Error::Malformed`].
pub fn read_status(channel: &mut dyn Channel) -> Result<ChipStatus> {
    let command = CommandApdu::new(CLA, Ins::GET_STATUS, 0x00, 0x00).with_le(Le::SHORT_MAX);
    let answer = done("GET STATUS", channel.transmit(&command)?)?;
    parse(&answer.data).ok_or(Error::Malformed {
        what: "answer to GET STATUS",
    })
}

fn parse(data: &[u8]) -> Option<ChipStatus> {
    let objects = tlv::read_all(data).ok()?;
    let value = |tag| tlv::find(&objects, Tag::new(tag)).map(|object: Tlv<'_>| object.value);
    let [state] = value(0x80)? else { return None };
    Some(ChipStatus {
        state: LifeCycle::from_code(*state)?,
        serial: value(0x81)
            .filter(|serial| (16..=32).contains(&serial.len()))?
            .to_vec(),
        law: LawVersion::from_octets(value(0x82)?.try_into().ok()?),
        key_sets: rows(value(0x83), |[version, tries_left]: [u8; 2]| KeySetStatus {
            version,
            tries_left,
        })?,
        job: match value(0x84) {
            None => None,
            Some(uuid) => Some(Uuid::from_slice(uuid).ok()?),
        },
        manifest_hash: value(0x85).map(<[u8]>::to_vec),
        files: rows(
            value(0x87),
            |[df, fid_high, fid_low, l2, l1, l0, m2, m1, m0]: [u8; 9]| FileStatus {
                df,
                id: FileId(u16::from_be_bytes([fid_high, fid_low])),
                length: number([l2, l1, l0]),
                mark: number([m2, m1, m0]),
            },
        )?,
        generated: rows(value(0x88), |[purpose, key_id]: [u8; 2]| KeyPlace {
            purpose,
            key_id,
        })?,
    })
}

/// A value that is a row of entries of `N` octets; an absent one has none.
fn rows<const N: usize, T>(value: Option<&[u8]>, entry: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
    let (entries, rest) = value.unwrap_or_default().as_chunks::<N>();
    rest.is_empty()
        .then(|| entries.iter().map(|octets| entry(*octets)).collect())
}

fn number([high, middle, low]: [u8; 3]) -> usize {
    usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_everything() {
        let mut data = tlv::Writer::new();
        data.object(Tag::new(0x80), &[0x07])
            .object(Tag::new(0x81), &[9; 16])
            .object(Tag::new(0x82), &[1, 0])
            .object(Tag::new(0x83), &[0x31, 9, 0x38, 10])
            .object(Tag::new(0x84), &[5; 16])
            .object(
                Tag::new(0x87),
                &[1, 0x01, 0x02, 0, 0x3A, 0xEB, 0, 0x01, 0x00],
            )
            .object(Tag::new(0x88), &[0xA6, 0x02, 0xA4, 0x00]);
        let status = parse(&data.finish()).unwrap();
        assert_eq!((status.state, status.serial.len()), (LifeCycle::Open, 16));
        assert!(status.has_keys(0x38) && !status.has_keys(0x30));
        assert_eq!(
            status.files,
            [FileStatus {
                df: 1,
                id: FileId(0x0102),
                length: 0x3AEB,
                mark: 256
            }]
        );
        let places = [(0xA6, 2), (0xA4, 0)].map(|(purpose, key_id)| KeyPlace { purpose, key_id });
        assert_eq!(status.generated, places);
    }

    #[test]
    fn what_is_malformed() {
        for (tag, value) in [
            (0x80, &[0x02][..]),
            (0x81, &[1; 15]),
            (0x83, &[1]),
            (0x84, &[1; 15]),
            (0x87, &[0; 8]),
            (0x88, &[0xA6]),
        ] {
            let mut data = tlv::Writer::new();
            for (known, good) in [(0x80u32, &[0x07][..]), (0x81, &[9; 16]), (0x82, &[1, 0])] {
                if known != tag {
                    data.object(Tag::new(known), good);
                }
            }
            data.object(Tag::new(tag), value);
            assert_eq!(parse(&data.finish()), None, "{tag:02X}");
        }
    }
}
