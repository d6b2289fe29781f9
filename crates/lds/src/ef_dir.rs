//! EF.DIR: the applications of the chip (Doc 9303-10 §3.11.2).

use iso7816::tlv::{Tag, Writer};

use crate::data_object::{self, Row};
use crate::file_content::open_row;
use crate::{APPLICATION_AID, DataObject, Deviations, Parsed, Result};

const APPLICATION_TEMPLATE: Tag = Tag::new(0x61);
const APPLICATION_IDENTIFIER: Tag = Tag::new(0x4F);

/// EF.DIR, a row of application templates in any order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EfDir {
    /// The applications.
    pub applications: Vec<ApplicationTemplate>,
    /// Other objects of the file.
    pub other: Vec<DataObject>,
}

/// One application (ISO 7816-4 §12.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationTemplate {
    /// Application identifier.
    pub aid: Vec<u8>,
    /// Other objects of the template, such as a label.
    pub other: Vec<DataObject>,
}

impl EfDir {
    /// A chip with the eMRTD application alone.
    #[must_use]
    pub fn emrtd() -> Self {
        let application = ApplicationTemplate {
            aid: APPLICATION_AID.to_vec(),
            other: Vec::new(),
        };
        Self {
            applications: vec![application],
            other: Vec::new(),
        }
    }

    /// Reads the whole file.
    ///
    /// # Errors
    /// [`crate::Error::Malformed`] when it is no row of data objects, or an application has no identifier.
    pub fn parse(file: &[u8]) -> Result<Parsed<Self>> {
        Parsed::collect(|deviations| {
            let mut row = open_row(file, deviations)?;
            let applications = row
                .take_all(|tag| tag == APPLICATION_TEMPLATE, deviations)
                .iter()
                .map(|template| {
                    ApplicationTemplate::read(Row::inside(template, deviations)?, deviations)
                })
                .collect::<Result<_>>()?;
            let other = row.rest(deviations);
            Ok(Self {
                applications,
                other,
            })
        })
    }

    /// The whole file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = Writer::new();
        for application in &self.applications {
            file.nest(APPLICATION_TEMPLATE, |template| application.write(template));
        }
        data_object::write_all(&self.other, &mut file);
        file.finish()
    }
}

impl ApplicationTemplate {
    fn read(mut objects: Row<'_>, deviations: &mut Deviations) -> Result<Self> {
        let what = "application without an identifier";
        let aid = objects.require(APPLICATION_IDENTIFIER, what, deviations)?;
        Ok(Self {
            aid: aid.value.to_vec(),
            // ISO 7816-4 allows them, so they are no deviation.
            other: objects.remaining().iter().map(DataObject::from).collect(),
        })
    }

    fn write(&self, template: &mut Writer) {
        template.object(APPLICATION_IDENTIFIER, &self.aid);
        data_object::write_all(&self.other, template);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applications() {
        for (hex, applications, deviations) in [
            ("61094F07A0000002471001", 1, 0),
            ("61094F07A0000002471001 61094F07A0000002472001", 2, 0),
            ("610B4F07A00000024710015000", 1, 0),
            ("61094F07A0000002471001 0000", 1, 1),
            ("61094F07A0000002471001 FFFF", 1, 1),
            ("", 0, 0),
        ] {
            let parsed = EfDir::parse(&test_support::unhex(hex)).unwrap();
            assert_eq!(parsed.value.applications.len(), applications, "{hex}");
            assert_eq!(parsed.deviations.len(), deviations);
            let file = test_support::unhex(hex);
            assert!(file.starts_with(&parsed.value.to_bytes()));
        }
        assert!(EfDir::parse(&test_support::unhex("61025000")).is_err());
        assert!(EfDir::parse(&test_support::unhex("61094F")).is_err());
    }

    #[test]
    fn one_application() {
        let file = test_support::unhex("61094F07A0000002471001");
        assert_eq!(EfDir::emrtd().to_bytes(), file);
    }
}
