//! EF.DG1: the machine readable zone (Doc 9303-4 §4.2, Doc 9303-5 §4.2).

use core::ops::Range;

use crypto::CryptoRng;
use iso7816::tlv::{self, Tag};
use lds::{Dg1, File};
use mrz::Mrz;

use super::parsed;
use crate::memory::ChipMemory;
use crate::{Error, Result};

const ZONE: Tag = Tag::new(0x5F1F);
const FILE: Tag = Tag::new(0x61);
const NO_ZONE: Error = Error::Misuse("the quirk is about the zone of a passport or an ID card");

/// Where the fields stand, counted over all lines.
struct Layout {
    name: Range<usize>,
    nationality: Range<usize>,
    birth: Range<usize>,
    sex: usize,
    expiry: Range<usize>,
    optional: Range<usize>,
    /// The check digit over the optional data, which an ID card has not.
    optional_check: Option<usize>,
    /// What the last check digit is over, and where it stands.
    composite: (&'static [Range<usize>], usize),
}

const TD3: Layout = Layout {
    name: 5..44,
    nationality: 54..57,
    birth: 57..63,
    sex: 64,
    expiry: 65..71,
    optional: 72..86,
    optional_check: Some(86),
    composite: (&[44..54, 57..64, 65..87], 87),
};
const TD1: Layout = Layout {
    name: 60..90,
    nationality: 45..48,
    birth: 30..36,
    sex: 37,
    expiry: 38..44,
    optional: 15..30,
    optional_check: None,
    composite: (&[5..30, 30..37, 38..45, 48..59], 59),
};

/// A zone that is being altered.
struct Zone {
    characters: String,
    layout: Layout,
}

impl Zone {
    fn of(memory: &ChipMemory) -> Result<Self> {
        let characters = parsed::<Dg1>(memory)?.characters().to_owned();
        let layout = match characters.len() {
            88 => TD3,
            90 => TD1,
            _ => return Err(NO_ZONE),
        };
        Ok(Self { characters, layout })
    }

    fn text(&self, place: Range<usize>) -> &str {
        self.characters.get(place).unwrap_or_default()
    }

    /// Writes a text and fills the rest of the field.
    fn set(&mut self, place: Range<usize>, text: &str) {
        let filled = format!("{text:<<width$}", width = place.len());
        if self.characters.is_char_boundary(place.end) {
            self.characters.replace_range(place, &filled);
        }
    }

    /// The check digit behind a field.
    fn check(&mut self, place: Range<usize>) -> Result<()> {
        let digit = mrz::check_digit(self.text(place.clone())).map_err(|_| NO_ZONE)?;
        self.set(place.end..place.end + 1, &digit.to_string());
        Ok(())
    }

    fn check_all(&mut self) -> Result<()> {
        let (parts, place) = self.layout.composite;
        let all: String = parts.iter().map(|part| self.text(part.clone())).collect();
        let digit = mrz::check_digit(&all).map_err(|_| NO_ZONE)?;
        self.set(place..place + 1, &digit.to_string());
        Ok(())
    }

    /// Writes the file; what opens the chip is what the zone says now.
    fn put(self, memory: &mut ChipMemory) -> Result<()> {
        let (zone, _) = Mrz::parse(&self.characters).map_err(|_| NO_ZONE)?;
        memory.open_by(&zone.information())?;
        let zone = tlv::encode(ZONE, self.characters.as_bytes());
        memory.put_file(File::Dg1, tlv::encode(FILE, &zone))
    }
}

fn edit(memory: &mut ChipMemory, edit: impl FnOnce(&mut Zone) -> Result<()>) -> Result<()> {
    let mut zone = Zone::of(memory)?;
    edit(&mut zone)?;
    zone.put(memory)
}

/// The optional data are empty, and their check digit is `<` on a document that would write `0`, or the other way round.
pub(super) fn optional_check_digit(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, |zone| {
        let place = zone.layout.optional_check.ok_or(NO_ZONE)?;
        zone.set(zone.layout.optional.clone(), "");
        let other = if zone.text(place..place + 1) == "0" {
            "<"
        } else {
            "0"
        };
        zone.set(place..place + 1, other);
        zone.check_all()
    })
}

/// A filler before the number in the optional data.
pub(super) fn optional_data_with_filler(
    memory: &mut ChipMemory,
    _: &mut dyn CryptoRng,
) -> Result<()> {
    edit(memory, |zone| {
        let optional = zone.layout.optional.clone();
        zone.set(optional.clone(), "<10000000146");
        if zone.layout.optional_check.is_some() {
            zone.check(optional)?;
        }
        zone.check_all()
    })
}

/// A date of birth of which the day is not known.
pub(super) fn incomplete_birth(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, |zone| {
        let birth = zone.layout.birth.clone();
        let known = zone.text(birth.start..birth.end - 2).to_owned();
        zone.set(birth.clone(), &known);
        zone.check(birth)?;
        zone.check_all()
    })
}

/// X, where nothing is to be said of the sex.
pub(super) fn sex_x(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, |zone| {
        let place = zone.layout.sex;
        zone.set(place..place + 1, "X");
        Ok(())
    })
}

/// Fillers for a date of expiry.
pub(super) fn no_expiry(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, |zone| {
        let expiry = zone.layout.expiry.clone();
        zone.set(expiry.clone(), "");
        zone.check(expiry)?;
        zone.check_all()
    })
}

/// The last check digit is another one.
pub(super) fn wrong_check_digit(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, |zone| {
        let (_, place) = zone.layout.composite;
        let other = if zone.text(place..place + 1) == "0" {
            "1"
        } else {
            "0"
        };
        zone.set(place..place + 1, other);
        Ok(())
    })
}

/// A zone of the document code `UB` that names nobody.
pub(super) fn stub(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, |zone| {
        zone.set(0..2, "UB");
        zone.set(zone.layout.name.clone(), "");
        Ok(())
    })
}

/// A nationality of three letters where the document's state writes one.
pub(super) fn german_nationality(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, |zone| {
        zone.set(zone.layout.nationality.clone(), "DEU");
        Ok(())
    })
}
