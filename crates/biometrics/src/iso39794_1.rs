//! ISO 39794-1: what the records of faces, fingers and irises have in common.
//!
//! Blocks are sequences of objects tagged by their number; codes are choices of a code and an
//! extension block with a code to fall back to. Both forms are read, the profile says which one is
//! written ([`Profile`]).

mod blocks;
mod presentation_attack;
mod value;

use core::fmt;

pub use self::blocks::{
    CaptureDateTime, Coordinate, ExtendedData, Quality, RegistryId, ScoreOrError, ScoringError,
    Version,
};
pub use self::presentation_attack::{
    AttackDecision, CaptureContext, CriteriaCategory, PresentationAttack, PresentationAttackScore,
    SupervisionLevel,
};
pub(crate) use self::value::{
    Content, Field, Value, blocks, choices, descend, enumerations, read_choice, write_choice,
};
use crate::der::{Object, Reading, SEQUENCE, Writer};
use crate::record::within_limit;
use crate::{Deviation, Error, Result};

/// How codes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As the base standard has them: the code itself.
    Base,
    /// As ICAO's profile of ISO 39794-5 wants them: in an extension block, but for the image format.
    Icao,
}

/// Octets that may show a person: they are counted when printed for debugging, not shown.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Octets(pub Vec<u8>);

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets)
    }
}

/// The tag of the template that stands around the record in `7F2E` (Doc 9303-10 §4.7.2).
const DATA_BLOCK: u8 = 0xA1;

/// Most representations of one record: every view of ten fingers.
pub const MAX_REPRESENTATIONS: usize = 32;

/// Reads a record: its version, its representations, and where their list begins. The template
/// `A1` of `7F2E` may stand around it.
pub(crate) fn read_record<R: Content>(
    record: &[u8],
    tag: u8,
    what: &'static str,
    reading: &mut Reading,
) -> Result<(Version, Vec<R>, usize)> {
    let object = open(record, reading)?;
    if object.tag != tag {
        return Err(object.malformed(what));
    }
    let mut children = object.children(reading)?;
    let version = Field::take(&mut children, 0, "version", reading)?;
    let list = children.require(1, "representations", reading)?;
    children.finish(reading);
    let at = list.at;
    let mut list = list.children(reading)?;
    let blocks = list.take_all(SEQUENCE);
    list.finish(reading);
    if blocks.is_empty() {
        let what = "representation";
        return Err(Error::Malformed { what, at });
    }
    within_limit(
        "number of representations",
        blocks.len(),
        MAX_REPRESENTATIONS,
    )?;
    let representations = blocks
        .iter()
        .map(|block| R::read(block, reading))
        .collect::<Result<_>>()?;
    Ok((version, representations, at))
}

/// The object that a record is, without the template around it.
fn open<'a>(record: &'a [u8], reading: &mut Reading) -> Result<Object<'a>> {
    let (mut object, mut rest) = Object::read(record, 0, reading)?;
    if object.tag == DATA_BLOCK {
        note_trailing(rest, reading);
        let at = record.len() - rest.len() - object.value.len();
        (object, rest) = Object::read(object.value, at, reading)?;
    }
    note_trailing(rest, reading);
    Ok(object)
}

fn note_trailing(rest: &[u8], reading: &mut Reading) {
    if !rest.is_empty() {
        let count = rest.len();
        reading.note(Deviation::TrailingBytes { count });
    }
}

/// Writes a record: version and representations under the tag of its part of the standard.
pub(crate) fn write_record<R: Content>(
    tag: u8,
    version: Version,
    representations: &[R],
    profile: Profile,
) -> Vec<u8> {
    let mut writer = Writer::new(profile == Profile::Icao);
    writer.nest(tag, |record| {
        version.write(0, record);
        record.template(1, |list| {
            for representation in representations {
                list.nest(SEQUENCE, |block| {
                    representation.write_children(block);
                });
            }
        });
    });
    writer.finish()
}
