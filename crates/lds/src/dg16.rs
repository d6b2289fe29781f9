//! EF.DG16: persons to notify (Doc 9303-10 §4.7.16).

use iso7816::tlv::{Tag, Tlv, Writer};

use crate::asn1::{self, INTEGER};
use crate::data_object::{self, Row, understood};
use crate::{
    DataObject, Deviation, Deviations, Error, File, FileContent, PartialDate, Result, Text,
};

const DATE_RECORDED: Tag = Tag::new(0x5F50);
const NAME: Tag = Tag::new(0x5F51);
const TELEPHONE: Tag = Tag::new(0x5F52);
const ADDRESS: Tag = Tag::new(0x5F53);
/// The template of the first person; the next ones count up.
const FIRST_PERSON: u32 = 0xA1;
const LAST_PERSON: u32 = 0xAF;

/// EF.DG16. Hashed like any data group, so it cannot be changed once the document is issued.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg16 {
    persons: Vec<PersonToNotify>,
}

/// A person to notify in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonToNotify {
    /// When this was recorded.
    pub date_recorded: Option<PartialDate>,
    /// Name, written as in the machine readable zone.
    pub name: Option<Text>,
    /// Telephone number.
    pub telephone: Option<Text>,
    /// Address, parts separated by `<`.
    pub address: Option<Text>,
    /// Objects that are not known or were not understood.
    pub other: Vec<DataObject>,
}

impl Dg16 {
    /// Most persons: templates `A1` to `AF`.
    pub const MAX_PERSONS: usize = 15;

    /// The file of these persons.
    ///
    /// # Errors
    /// [`Error::Misuse`] when there is none, or more than [`Dg16::MAX_PERSONS`].
    pub fn new(persons: Vec<PersonToNotify>) -> Result<Self> {
        match persons.len() {
            1..=Self::MAX_PERSONS => Ok(Self { persons }),
            _ => Err(Error::Misuse("EF.DG16 holds 1 to 15 persons")),
        }
    }

    /// The persons, in the order of the file.
    #[must_use]
    pub fn persons(&self) -> &[PersonToNotify] {
        &self.persons
    }
}

impl FileContent for Dg16 {
    const FILE: File = File::Dg16;
    const TAG: Tag = Tag::new(0x70);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut row = Row::inside(outer, deviations)?;
        let count = row.require(INTEGER, "number of persons", deviations)?;
        let expected = usize::from(asn1::small(&count, deviations)?);
        let is_person = |tag: Tag| (FIRST_PERSON..=LAST_PERSON).contains(&tag.get());
        let templates = row.take_all(is_person, deviations);
        row.rest(deviations);

        let found = templates.len();
        if found > Self::MAX_PERSONS {
            let (what, at) = ("EF.DG16, too many persons", outer.at);
            return Err(Error::Malformed { what, at });
        }
        if found != expected || found == 0 {
            deviations.push(Deviation::Count {
                what: "persons to notify",
                expected: expected.max(1),
                found,
                at: outer.at,
            });
        }
        for (template, tag) in templates.iter().zip(FIRST_PERSON..) {
            if template.tag != Tag::new(tag) {
                let (what, at) = ("number of a person", template.at);
                deviations.push(Deviation::Value { what, at });
            }
        }
        let persons = templates
            .iter()
            .map(|template| PersonToNotify::read(template, deviations))
            .collect::<Result<_>>()?;
        Ok(Self { persons })
    }

    fn value(&self) -> Vec<u8> {
        let mut value = Writer::new();
        asn1::write_unsigned(self.persons.len() as u64, &mut value);
        for (person, tag) in self.persons.iter().zip(FIRST_PERSON..) {
            value.nest(Tag::new(tag), |template| person.write(template));
        }
        value.finish()
    }
}

impl PersonToNotify {
    fn read(template: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut row = Row::inside(template, deviations)?;
        let mut other = Vec::new();
        let date_recorded = row.expect(DATE_RECORDED, deviations).and_then(|object| {
            let date = PartialDate::read(&object, deviations);
            understood(&object, "date", date, &mut other, deviations)
        });
        let mut text = |tag| {
            let object = row.take_filled(tag, deviations)?;
            Text::read(&object, deviations)
        };
        let (name, telephone, address) = (text(NAME), text(TELEPHONE), text(ADDRESS));
        other.extend(row.rest(deviations));
        Ok(Self {
            date_recorded,
            name,
            telephone,
            address,
            other,
        })
    }

    fn write(&self, template: &mut Writer) {
        if let Some(date) = self.date_recorded {
            template.object(DATE_RECORDED, date.digits().as_bytes());
        }
        for (tag, text) in [
            (NAME, &self.name),
            (TELEPHONE, &self.telephone),
            (ADDRESS, &self.address),
        ] {
            if let Some(text) = text {
                template.object(tag, text.as_bytes());
            }
        }
        data_object::write_all(&self.other, template);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departures_are_reported() {
        for (content, persons, deviations) in [
            ("020101 A10F 5F50083230323530313031 5F510141", 1, 0),
            ("020102 A10F 5F50083230323530313031 5F510141", 1, 1),
            ("020101 A20F 5F50083230323530313031 5F510141", 1, 1),
            ("020101 A10B 5F500420250101 5F510141", 1, 1),
            ("020101 A104 5F510141", 1, 1),
            ("020100", 0, 1),
        ] {
            let file = iso7816::tlv::encode(Dg16::TAG, &test_support::unhex(content));
            let parsed = Dg16::parse(&file).unwrap();
            assert_eq!(parsed.value.persons().len(), persons, "{content}");
            assert_eq!(
                parsed.deviations.len(),
                deviations,
                "{content} {:?}",
                parsed.deviations
            );
        }
    }

    /// An empty object makes room for the next one with its tag: what was written is read as the same.
    #[test]
    fn what_was_written_stays_as_it_is() {
        for content in [
            "020101 A111 5F50083230323530313031 5F5200 5F5200",
            "020101 A112 5F50083230323530313031 5F5200 5F520131",
            "020101 A118 5F5000 5F50083230323530313031 5F5200 5F510141 5F5100",
        ] {
            let file = iso7816::tlv::encode(Dg16::TAG, &test_support::unhex(content));
            let written = Dg16::parse(&file).unwrap().value;
            let again = Dg16::parse(&written.to_bytes()).unwrap().value;
            assert_eq!(again, written, "{content}");
        }
    }

    #[test]
    fn number_of_persons() {
        let persons = |n| Dg16::new(vec![PersonToNotify::default(); n]);
        assert!(persons(0).is_err() && persons(16).is_err());
        let most = persons(15).unwrap();
        assert_eq!(Dg16::parse(&most.to_bytes()).unwrap().value, most);
    }
}
