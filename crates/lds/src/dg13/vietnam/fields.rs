//! Fields of the citizen's particulars: an id, and perhaps a value.

use std::collections::BTreeMap;

use iso7816::tlv::{Tlv, Writer};

use super::CitizenDate;
use crate::asn1::{
    self, BMP_STRING, IA5_STRING, INTEGER, OCTET_STRING, PRINTABLE_STRING, SEQUENCE, UTF8_STRING,
};
use crate::data_object::{Row, understood};
use crate::{DataObject, Deviation, Deviations, Error, Result};

/// Highest id with a known meaning.
const LAST_ID: u8 = 16;
/// Most fields that are read: readers of real cards reserve 32.
const MAX_FIELDS: usize = 64;

/// A field with the object that is its value.
struct Field<'a> {
    whole: Tlv<'a>,
    value: Option<Tlv<'a>>,
}

/// Reads fields by their id.
pub(super) struct FieldReader<'a, 'd> {
    fields: BTreeMap<u8, Field<'a>>,
    other: Vec<DataObject>,
    deviations: &'d mut Deviations,
}

impl<'a, 'd> FieldReader<'a, 'd> {
    pub(super) fn new(set: &Tlv<'a>, deviations: &'d mut Deviations) -> Result<Self> {
        let entries = Row::inside(set, deviations)?;
        if entries.remaining().len() > MAX_FIELDS {
            let (what, at) = ("EF.DG13, too many fields", set.at);
            return Err(Error::Malformed { what, at });
        }
        let mut reader = Self {
            fields: BTreeMap::new(),
            other: Vec::new(),
            deviations,
        };
        let mut last_id = 0;
        for entry in entries.remaining() {
            reader.add(entry, &mut last_id);
        }
        Ok(reader)
    }

    /// A text; an empty one counts as absent.
    pub(super) fn text(&mut self, id: u8) -> Option<String> {
        let Field { whole, value } = self.fields.remove(&id)?;
        let text = decode(&value?, self.deviations);
        self.understood(&whole, text)
            .filter(|text| !text.is_empty())
    }

    /// A date.
    pub(super) fn date(&mut self, id: u8) -> Option<CitizenDate> {
        self.text(id).as_deref().map(CitizenDate::parse)
    }

    /// `N` names in a SEQUENCE; an empty SEQUENCE holds the place of a name that is not recorded.
    pub(super) fn names<const N: usize>(&mut self, id: u8) -> [Option<String>; N] {
        const NOBODY: Option<String> = None;
        let read = self.fields.remove(&id).and_then(|Field { whole, value }| {
            let names = decode_names(&value?, self.deviations);
            self.understood(&whole, names)
        });
        read.unwrap_or([NOBODY; N])
    }

    /// What is unknown or was not understood.
    pub(super) fn rest(self) -> Vec<DataObject> {
        self.other
    }

    fn add(&mut self, entry: &Tlv<'a>, last_id: &mut u8) {
        let Ok((id, value)) = read_entry(entry, self.deviations) else {
            self.understood::<()>(entry, None);
            return;
        };
        let (tag, at) = (entry.tag, entry.at);
        if id < *last_id {
            self.deviations.push(Deviation::OutOfOrder { tag, at });
        }
        *last_id = id.max(*last_id);
        let whole = *entry;
        if (1..=LAST_ID).contains(&id) && !self.fields.contains_key(&id) {
            self.fields.insert(id, Field { whole, value });
        } else {
            self.deviations.push(Deviation::Unexpected { tag, at });
            self.other.push(DataObject::from(entry));
        }
    }

    fn understood<T>(&mut self, field: &Tlv<'_>, content: Option<T>) -> Option<T> {
        let what = "field of the citizen's particulars";
        understood(field, what, content, &mut self.other, self.deviations)
    }
}

/// Id and value of a field; objects behind the value are reported.
fn read_entry<'a>(entry: &Tlv<'a>, deviations: &mut Deviations) -> Result<(u8, Option<Tlv<'a>>)> {
    let (what, at) = ("field of the citizen's particulars", entry.at);
    let mut objects = Row::inside(entry, deviations)?;
    let id = objects
        .take_next()
        .filter(|id| id.tag == INTEGER && entry.tag == SEQUENCE);
    let id = asn1::small(&id.ok_or(Error::Malformed { what, at })?, deviations)?;
    let value = objects.take_next();
    objects.rest(deviations);
    Ok((id, value))
}

/// A character string; one of a kind that is seldom met is reported. `None` when it is no string.
fn decode(value: &Tlv<'_>, deviations: &mut Deviations) -> Option<String> {
    let (tag, at) = (value.tag, value.at);
    if [OCTET_STRING, IA5_STRING, BMP_STRING].contains(&tag) {
        deviations.push(Deviation::CharacterSet { tag, at });
    } else if ![UTF8_STRING, PRINTABLE_STRING].contains(&tag) {
        return None;
    }
    if tag != BMP_STRING {
        return core::str::from_utf8(value.value).ok().map(str::to_owned);
    }
    let (units, []) = value.value.as_chunks() else {
        return None;
    };
    char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit)))
        .collect::<core::result::Result<_, _>>()
        .ok()
}

fn decode_names<const N: usize>(
    value: &Tlv<'_>,
    deviations: &mut Deviations,
) -> Option<[Option<String>; N]> {
    const NOBODY: Option<String> = None;
    let mut names = [NOBODY; N];
    let places = value.children().ok().filter(|_| value.tag == SEQUENCE)?;
    if places.len() > N {
        return None;
    }
    for (name, place) in names.iter_mut().zip(&places) {
        if place.tag != SEQUENCE || !place.value.is_empty() {
            *name = Some(decode(place, deviations)?).filter(|name| !name.is_empty());
        }
    }
    Some(names)
}

/// Appends a field with a text, or without a value.
pub(super) fn write_text(id: u8, text: Option<&str>, set: &mut Writer) {
    set.nest(SEQUENCE, |field| {
        field.object(INTEGER, &[id]);
        if let Some(text) = text {
            field.object(UTF8_STRING, text.as_bytes());
        }
    });
}

/// Appends a field with a SEQUENCE of names, places of those not recorded kept.
pub(super) fn write_names(id: u8, names: &[Option<&str>], set: &mut Writer) {
    set.nest(SEQUENCE, |field| {
        field.object(INTEGER, &[id]);
        field.nest(SEQUENCE, |places| {
            for name in names {
                match name {
                    Some(name) => places.object(UTF8_STRING, name.as_bytes()),
                    None => places.object(SEQUENCE, &[]),
                };
            }
        });
    });
}
